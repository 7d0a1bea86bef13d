"""Reads about engagements."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.engagements.models import Engagement, EngagementMember, EngagementRole, EngagementState
from app.errors import Missing
from app.people.models import Person
from app.people.signals import places_taken


def engagement_numbered(engagement_id: int) -> Engagement:
    """Return an engagement with its members.

    Raises:
        Missing: when there is none.
    """
    found = db.session.scalar(with_members(sa.select(Engagement).filter_by(id=engagement_id)))
    if found is None:
        raise Missing
    return found


def engagements_of(person_id: int) -> sa.Select[Engagement]:
    """Select the engagements a person is part of, the latest first, with members and sessions."""
    own = sa.select(EngagementMember.engagement_id).filter_by(person_id=person_id)
    query = sa.select(Engagement).where(Engagement.id.in_(own))
    return with_members(query).order_by(Engagement.starts_on.desc(), Engagement.id.desc())


def with_members(query: sa.Select[Engagement]) -> sa.Select[Engagement]:
    """Let a query of engagements bring their members and sessions."""
    members = selectinload(Engagement.members).joinedload(EngagementMember.person)
    return query.options(
        members.options(joinedload(Person.department), joinedload(Person.location)),
        selectinload(Engagement.sessions),
    )


@places_taken.connect
def mentors_of_today(_sender: object) -> sa.Select[int]:
    """Answer the mentor of each mentorship that goes on."""
    return (
        sa.select(EngagementMember.person_id.label("mentor_id"))
        .join(Engagement)
        .where(EngagementMember.role == EngagementRole.MENTOR, Engagement.state == EngagementState.ACTIVE)
    )
