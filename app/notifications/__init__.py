"""What Trellis tells people: written where something happens, read at `/notifications`."""
