"""Every page of communities, imported once so that the blueprint is whole."""

from app.communities import joining_routes
from app.communities.routes import bp

__all__ = ["bp", "joining_routes"]
