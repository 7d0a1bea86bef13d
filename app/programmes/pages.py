"""Every page of programmes, imported once so that the blueprint is whole."""

from app.programmes import message_routes, version_routes
from app.programmes.routes import bp

__all__ = ["bp", "message_routes", "version_routes"]
