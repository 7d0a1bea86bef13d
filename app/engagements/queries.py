"""Reads about engagements."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.db import db
from app.engagements.models import (
    Answer,
    Engagement,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
    ProposalAnswer,
)
from app.engagements.states import CAME_ABOUT
from app.errors import Missing
from app.people.models import Person
from app.people.signals import places_taken

MOST_TODAY = 40


def is_open() -> sa.ColumnElement[bool]:
    """Hold for proposals that wait for an answer today, whether or not the job has ended the others yet."""
    return sa.and_(Engagement.state == EngagementState.PROPOSED, Engagement.answer_by >= clock.today())


def is_overdue() -> sa.ColumnElement[bool]:
    """Hold for proposals whose last day has passed."""
    return sa.and_(Engagement.state == EngagementState.PROPOSED, Engagement.answer_by < clock.today())


def takes_place() -> sa.ColumnElement[bool]:
    """Hold for engagements that go on or may begin, each of which takes a place of its mentor."""
    return sa.or_(Engagement.state == EngagementState.ACTIVE, is_open())


def is_match() -> sa.ColumnElement[bool]:
    """Hold for engagements that began, also when they are over, and for those that still may begin."""
    return sa.or_(Engagement.state.in_(CAME_ABOUT), is_open())


def was_offered_to(person_id: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    """Hold for the matches of somebody, and for those that fell through because they said no or nothing."""
    own = sa.and_(ProposalAnswer.engagement_id == Engagement.id, ProposalAnswer.person_id == person_id)
    said_no = sa.exists().where(own, ProposalAnswer.answer == Answer.DECLINED)
    said_nothing = ~sa.exists().where(own)
    lapsed = sa.or_(Engagement.state == EngagementState.LAPSED, is_overdue())
    return sa.or_(is_match(), said_no, sa.and_(lapsed, said_nothing))


def mentorship_numbered(engagement_id: int) -> Engagement:
    """Return a mentorship with its members.

    Raises:
        Missing: when there is none.
    """
    return _numbered(engagement_id, EngagementKind.MENTORSHIP)


def peer_coaching_numbered(engagement_id: int) -> Engagement:
    """Return a peer coaching with its members.

    Raises:
        Missing: when there is none.
    """
    return _numbered(engagement_id, EngagementKind.PEER_COACHING)


def mentoring_group_numbered(engagement_id: int) -> Engagement:
    """Return the group of a mentor with its members.

    Raises:
        Missing: when there is none.
    """
    return _numbered(engagement_id, EngagementKind.GROUP_MENTORING)


def _numbered(engagement_id: int, kind: EngagementKind) -> Engagement:
    query = with_members(sa.select(Engagement).filter_by(id=engagement_id, kind=kind))
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise Missing
    return found


def engagements_of(person_id: int) -> sa.Select[Engagement]:
    """Select the engagements of a person, the latest first, with all they bring; each may come twice."""
    own = sa.select(EngagementMember.engagement_id).filter_by(person_id=person_id)
    query = sa.select(Engagement).where(Engagement.id.in_(own))
    return with_members(query).order_by(Engagement.starts_on.desc(), Engagement.id.desc())


def together_today(person_id: int) -> Sequence[Engagement]:
    """Return the engagements of more than two, or of equals, that go on for a person, with check-ins."""
    own = sa.select(EngagementMember.engagement_id).filter_by(person_id=person_id)
    query = (
        sa.select(Engagement)
        .where(
            Engagement.id.in_(own),
            Engagement.kind.in_([EngagementKind.PEER_COACHING, EngagementKind.GROUP_MENTORING]),
            Engagement.state == EngagementState.ACTIVE,
        )
        .order_by(Engagement.starts_on.desc(), Engagement.id.desc())
        .limit(MOST_TODAY)
        .options(
            selectinload(Engagement.members).joinedload(EngagementMember.person),
            joinedload(Engagement.check_ins),
        )
    )
    return db.session.scalars(query).unique().all()


def with_members(query: sa.Select[Engagement]) -> sa.Select[Engagement]:
    """Let a query of engagements bring members, answers, check-ins and sessions; each may come twice."""
    members = selectinload(Engagement.members).joinedload(EngagementMember.person)
    return query.options(
        members.options(joinedload(Person.department), joinedload(Person.location)),
        selectinload(Engagement.members).joinedload(EngagementMember.answer),
        joinedload(Engagement.check_ins),
        selectinload(Engagement.sessions),
    )


@places_taken.connect
def mentors_of_today(_sender: object) -> sa.Select[int]:
    """Answer the mentor of each mentorship that goes on or is proposed."""
    return (
        sa.select(EngagementMember.person_id.label("mentor_id"))
        .join(Engagement)
        .where(
            Engagement.kind == EngagementKind.MENTORSHIP,
            EngagementMember.role == EngagementRole.MENTOR,
            takes_place(),
        )
    )
