"""Matching rounds: enrol, snapshot, run, review and publish, at `/rounds`."""
