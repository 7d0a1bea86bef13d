"""Home: what needs me today, at `/`."""
