"""Every page of programmes, imported once so that the blueprint is whole."""

from app.programmes import (
    agenda_routes,
    audience_routes,
    check_in_routes,
    community_routes,
    goal_routes,
    message_routes,
    part_tasks,
    question_routes,
    rule_routes,
    version_routes,
    visibility_routes,
    weight_routes,
)
from app.programmes.routes import bp

__all__ = [
    "agenda_routes",
    "audience_routes",
    "bp",
    "check_in_routes",
    "community_routes",
    "goal_routes",
    "message_routes",
    "part_tasks",
    "question_routes",
    "rule_routes",
    "version_routes",
    "visibility_routes",
    "weight_routes",
]
