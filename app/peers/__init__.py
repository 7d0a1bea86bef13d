"""Peer coaching: what people who coach each other see of it, at `/peers`."""
