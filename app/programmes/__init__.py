"""Programmes: the standing schemes HR runs, with their rules, criteria and goals, at `/programmes`."""
