"""Reads about the groups of mentors, each as one of its people sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.db import db
from app.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.engagements.reasons import Party, Told, parts_in_words, told
from app.engagements.states import CAME_ABOUT
from app.people.models import Person
from app.words import listed

MOST_GROUPS = 40


@dataclass(frozen=True, slots=True)
class MentoringGroup:
    """A mentor with several mentees, as one of them sees it."""

    engagement: Engagement
    reader: Person
    mentor: Person
    mentees: Sequence[Person]
    told: Told
    """Why the reader is in it; of the mentor nothing, who is with each for reasons of their own."""
    parts: list[tuple[str, int, int]]

    @property
    def reader_is_mentor(self) -> bool:
        """Tell whether the reader mentors it."""
        return self.reader.id == self.mentor.id

    @property
    def fit(self) -> int | None:
        """Return how well the reader fits, out of 100; None for the mentor."""
        return None if self.reader_is_mentor else sum(points for _criterion, points, _most in self.parts)

    @property
    def others_named(self) -> str:
        """Name everybody but the reader, the mentor first."""
        others = [row for row in (self.mentor, *self.mentees) if row.id != self.reader.id]
        return listed([row.name for row in others])

    @property
    def is_active(self) -> bool:
        """Tell whether it goes on."""
        return self.engagement.state is EngagementState.ACTIVE


def groups_of(person_id: int) -> list[MentoringGroup]:
    """Return the groups somebody is or was in, the latest first."""
    return [seen_by(person_id, row) for row in db.session.scalars(_of(person_id))]


def seen_by(person_id: int, engagement: Engagement) -> MentoringGroup:
    """Return a group as one of its people sees it."""
    mentor = next(row.person for row in engagement.members if row.role is EngagementRole.MENTOR)
    mentees = [row.person for row in engagement.members if row.role is EngagementRole.MENTEE]
    reader = next(row for row in (mentor, *mentees) if row.id == person_id)
    return MentoringGroup(
        engagement=engagement,
        reader=reader,
        mentor=mentor,
        mentees=sorted(mentees, key=lambda row: (row.name, row.id)),
        told=told(
            _own(engagement.reasons, person_id),
            mentee=Party(reader.name, is_reader=True),
            mentor=Party(mentor.name),
        ),
        parts=parts_in_words(_own(engagement.parts, person_id)),
    )


def _own(rows: list[Any], person_id: int) -> list[Any]:
    return [row for row in rows if row["mentee_id"] == person_id]


def _of(person_id: int) -> sa.Select[Engagement]:
    own = sa.select(EngagementMember.engagement_id).filter_by(person_id=person_id)
    return (
        sa.select(Engagement)
        .where(
            Engagement.id.in_(own),
            Engagement.kind == EngagementKind.GROUP_MENTORING,
            Engagement.state.in_(CAME_ABOUT),
        )
        .order_by(Engagement.starts_on.desc(), Engagement.id.desc())
        .limit(MOST_GROUPS)
        .options(selectinload(Engagement.members).joinedload(EngagementMember.person))
    )
