"""Reads about peer coaching, each as one of its people sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import selectinload

from app import clock
from app.db import db
from app.engagements.abilities import top_skills
from app.engagements.hours import shared_hours
from app.engagements.models import Engagement, EngagementKind, EngagementMember, EngagementState
from app.engagements.reasons import Party, Told, parts_in_words, told_among
from app.people.models import Person
from app.words import listed

PER_PAGE = 25
MOST_CURRENT = 40


@dataclass(frozen=True, slots=True)
class PeerCoaching:
    """A pair or a triad as one of its people sees it."""

    engagement: Engagement
    reader: Person
    others: Sequence[Person]
    told: Told
    parts: list[tuple[str, int, int]]

    @property
    def sessions(self) -> Sequence[Any]:
        """Return their sessions, the first one first."""
        return self.engagement.sessions

    @property
    def others_named(self) -> str:
        """Name the others."""
        return listed([row.name for row in self.others])

    @property
    def in_a_word(self) -> str:
        """Say where it stands."""
        if self.engagement.state is EngagementState.ACTIVE:
            return "Going on"
        return "Completed" if self.engagement.state is EngagementState.COMPLETED else "Ended early"


def active_peer_coachings(person_id: int) -> list[PeerCoaching]:
    """Return the peer coachings of a person that go on, with their sessions."""
    query = _active(person_id).options(selectinload(Engagement.sessions))
    return [seen_by(person_id, row) for row in db.session.scalars(query)]


def past_peer_coachings(person_id: int, *, page: int) -> Pagination:
    """Return a page of the peer coachings of a person that are over."""
    query = _of(person_id).where(Engagement.state != EngagementState.ACTIVE)
    query = query.options(selectinload(Engagement.sessions))
    return db.paginate(query, page=page, per_page=PER_PAGE, error_out=False)


def seen_by(person_id: int, engagement: Engagement) -> PeerCoaching:
    """Return a peer coaching as one of its members sees it."""
    people = {member.person_id: member.person for member in engagement.members}
    parties = {row.id: Party(row.name, is_reader=row.id == person_id) for row in people.values()}
    return PeerCoaching(
        engagement=engagement,
        reader=people[person_id],
        others=sorted((row for row in people.values() if row.id != person_id), key=lambda row: row.name),
        told=told_among(engagement.reasons, parties),
        parts=parts_in_words(engagement.parts),
    )


def skills_of(coaching: PeerCoaching) -> Mapping[int, list[str]]:
    """Return what each of the others can do best."""
    return top_skills([row.id for row in coaching.others])


def hours_of(coaching: PeerCoaching) -> list[tuple[Person, str]]:
    """Say when the reader could meet each of the others, on the reader's clock."""
    today = clock.today()
    return [(row, shared_hours(coaching.reader, row, on=today)) for row in coaching.others]


def _of(person_id: int) -> sa.Select[Engagement]:
    own = sa.select(EngagementMember.engagement_id).filter_by(person_id=person_id)
    return (
        sa.select(Engagement)
        .where(Engagement.id.in_(own), Engagement.kind == EngagementKind.PEER_COACHING)
        .order_by(Engagement.starts_on.desc(), Engagement.id.desc())
        .options(selectinload(Engagement.members).joinedload(EngagementMember.person))
    )


def _active(person_id: int) -> sa.Select[Engagement]:
    return _of(person_id).where(Engagement.state == EngagementState.ACTIVE).limit(MOST_CURRENT)
