"""The demo: a fictional company, loaded in bulk, that exists only in demo mode."""
