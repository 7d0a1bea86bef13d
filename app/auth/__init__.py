"""Accounts: signing in and out, roles, and the sessions an account has open, at `/auth`."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Let Flask-Login find the account behind each request."""
    from app.auth.login import login_manager

    login_manager.init_app(app)
