"""Comparisons and load figures, each a command that prints a table."""
