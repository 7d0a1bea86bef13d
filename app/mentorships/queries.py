"""Reads about mentorships, each as one of its two people sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination

from app import clock
from app.db import db
from app.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementRole,
    EngagementState,
)
from app.engagements.queries import engagements_of
from app.engagements.reasons import Party, Told, parts_in_words, told
from app.mentorships.hours import shared_hours
from app.people.models import Person
from app.skills.models import Claim, Skill

PER_PAGE = 25
MOST_ACTIVE = 40
TOP_SKILLS = 5


@dataclass(frozen=True, slots=True)
class Mentorship:
    """A mentorship as one of its people sees it."""

    engagement: Engagement
    reader: Person
    other: Person
    reader_is_mentee: bool
    told: Told
    parts: list[tuple[str, int, int]]
    sessions: Sequence[Any]

    @property
    def is_active(self) -> bool:
        """Tell whether it is going on."""
        return self.engagement.state is EngagementState.ACTIVE

    @property
    def last_held_at(self) -> Any:
        """Return when they last met."""
        return self.sessions[-1].held_at if self.sessions else None


@dataclass(frozen=True, slots=True)
class Card:
    """What a colleague may see of a person, in short."""

    person: Person
    is_reader: bool
    part: str
    skills: list[str]


def active_mentorships(person_id: int) -> list[Mentorship]:
    """Return a person's mentorships that are going on."""
    query = engagements_of(person_id).where(
        Engagement.kind == EngagementKind.MENTORSHIP, Engagement.state == EngagementState.ACTIVE
    )
    return [seen_by(person_id, row) for row in db.session.scalars(query.limit(MOST_ACTIVE))]


def past_mentorships(person_id: int, *, page: int) -> Pagination:
    """Return a page of a person's mentorships that are over."""
    query = engagements_of(person_id).where(
        Engagement.kind == EngagementKind.MENTORSHIP, Engagement.state != EngagementState.ACTIVE
    )
    return db.paginate(query, page=page, per_page=PER_PAGE, error_out=False)


def seen_by(person_id: int, engagement: Engagement) -> Mentorship:
    """Return a mentorship as one of its members sees it."""
    people = {member.role: member.person for member in engagement.members}
    mentee, mentor = people[EngagementRole.MENTEE], people[EngagementRole.MENTOR]
    reader_is_mentee = mentee.id == person_id
    return Mentorship(
        engagement=engagement,
        reader=mentee if reader_is_mentee else mentor,
        other=mentor if reader_is_mentee else mentee,
        reader_is_mentee=reader_is_mentee,
        told=told(
            engagement.reasons,
            mentee=Party(mentee.name, is_reader=reader_is_mentee),
            mentor=Party(mentor.name, is_reader=not reader_is_mentee),
        ),
        parts=parts_in_words(engagement.parts),
        sessions=engagement.sessions,
    )


def cards_of(mentorship: Mentorship) -> list[Card]:
    """Return both people in short: the other first."""
    skills = _top_skills([mentorship.other.id, mentorship.reader.id])
    parts = ("Mentor", "Mentee") if mentorship.reader_is_mentee else ("Mentee", "Mentor")
    people = (mentorship.other, mentorship.reader)
    return [
        Card(person, person is mentorship.reader, part, skills.get(person.id, []))
        for person, part in zip(people, parts, strict=True)
    ]


def hours_of(mentorship: Mentorship) -> str:
    """Say when both could meet, on the reader's clock."""
    return shared_hours(mentorship.reader, mentorship.other, on=clock.today())


def _top_skills(people: list[int]) -> dict[int, list[str]]:
    """Return the labels of the skills each of some people holds best."""
    place = sa.func.row_number().over(
        partition_by=Claim.person_id, order_by=(Claim.level.desc(), Skill.label)
    )
    ranked = (
        sa.select(Claim.person_id, Skill.label, Claim.level, place.label("place"))
        .join(Skill)
        .where(Claim.person_id.in_(people))
        .subquery()
    )
    query = sa.select(ranked).where(ranked.c.place <= TOP_SKILLS).order_by(ranked.c.place)
    found: dict[int, list[str]] = {}
    for person_id, label, level, _ in db.session.execute(query):
        found.setdefault(person_id, []).append(f"{label} (level {level})")
    return found
