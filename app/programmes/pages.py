"""Every page of programmes, imported once so that the blueprint is whole."""

from app.programmes import goal_routes, message_routes, part_tasks, rule_routes, version_routes, weight_routes
from app.programmes.routes import bp

__all__ = [
    "bp",
    "goal_routes",
    "message_routes",
    "part_tasks",
    "rule_routes",
    "version_routes",
    "weight_routes",
]
