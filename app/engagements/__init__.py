"""Engagements: the shared record of a mentorship or a peer coaching; it has no URL of its own."""

# Both answer signals of people, so they have to be there as soon as engagements are.
from app.engagements import queries, service

__all__ = ["queries", "service"]
