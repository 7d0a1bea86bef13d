"""Every page of rounds, imported once so that the blueprint is whole, and what they answer to other pages."""

from app.rounds import (
    answer_routes,
    certificate_routes,
    closing_routes,
    community_wish_routes,
    compare_routes,
    enrolment_routes,
    group_routes,
    late_routes,
    preparation_routes,
    question_routes,
    review_routes,
    run_routes,
    sharing_routes,
    standings,
    trials,
    what_if_routes,
    wish_routes,
)
from app.rounds.routes import bp

__all__ = [
    "answer_routes",
    "bp",
    "certificate_routes",
    "closing_routes",
    "community_wish_routes",
    "compare_routes",
    "enrolment_routes",
    "group_routes",
    "late_routes",
    "preparation_routes",
    "question_routes",
    "review_routes",
    "run_routes",
    "sharing_routes",
    "standings",
    "trials",
    "what_if_routes",
    "wish_routes",
]
