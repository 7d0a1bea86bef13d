"""Commands of the house: `flask --app wsgi ...`."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add every group of commands to `flask`."""
