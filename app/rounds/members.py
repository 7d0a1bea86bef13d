"""Who is together in an assignment, as joins: mentee and mentor, peers by their ids, or a member alone."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.rounds.models import Assignment, AssignmentMember, EnrolmentRole

Member = type[AssignmentMember]


def is_first(first: Member) -> sa.ColumnElement[bool]:
    """Hold for the mentee of an assignment, the member of a community, or the first of its peers."""
    return sa.and_(
        first.assignment_id == Assignment.id,
        sa.or_(
            first.role.in_([EnrolmentRole.MENTEE, EnrolmentRole.MEMBER]),
            sa.and_(first.role == EnrolmentRole.PEER, first.person_id == _lowest_peer()),
        ),
    )


def is_second(second: Member, first: Member) -> sa.ColumnElement[bool]:
    """Hold for the mentor of an assignment, or the second of its peers."""
    return sa.and_(
        second.assignment_id == Assignment.id,
        sa.or_(
            second.role == EnrolmentRole.MENTOR,
            sa.and_(second.role == EnrolmentRole.PEER, second.person_id == _lowest_peer(above=first)),
        ),
    )


def is_third(third: Member, second: Member) -> sa.ColumnElement[bool]:
    """Hold for the third of the peers of an assignment: no group has more."""
    return sa.and_(
        third.assignment_id == Assignment.id,
        third.role == EnrolmentRole.PEER,
        third.person_id > second.person_id,
    )


def _lowest_peer(*, above: Member | None = None) -> sa.ScalarSelect[Any]:
    other = aliased(AssignmentMember)
    query = sa.select(sa.func.min(other.person_id)).where(other.assignment_id == Assignment.id)
    if above is not None:
        query = query.where(other.person_id > above.person_id)
    return query.correlate_except(other).scalar_subquery()
