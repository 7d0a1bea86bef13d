"""Every page of programmes, imported once so that the blueprint is whole."""

from app.programmes.routes import bp

__all__ = ["bp"]
