"""Reads about mentorships, each as one of its two people sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination

from app import clock
from app.db import db
from app.engagements.abilities import top_skills
from app.engagements.hours import shared_hours
from app.engagements.models import (
    Answer,
    Engagement,
    EngagementKind,
    EngagementRole,
    EngagementState,
)
from app.engagements.queries import engagements_of, takes_place
from app.engagements.reasons import Party, Told, parts_in_words, told
from app.engagements.states import FELL_THROUGH
from app.people.models import Person

PER_PAGE = 25
MOST_CURRENT = 40
FELL_LATELY = timedelta(days=14)


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
    def standing(self) -> EngagementState:
        """Return its state today: a proposal lapses with its last day, before the job has come by."""
        row = self.engagement
        is_overdue = row.answer_by is not None and row.answer_by < clock.today()
        if row.state is EngagementState.PROPOSED and is_overdue:
            return EngagementState.LAPSED
        return row.state

    @property
    def is_active(self) -> bool:
        """Tell whether it is going on."""
        return self.standing is EngagementState.ACTIVE

    @property
    def is_proposal(self) -> bool:
        """Tell whether it waits for an answer."""
        return self.standing is EngagementState.PROPOSED

    @property
    def fell_through(self) -> bool:
        """Tell whether it never came about."""
        return self.standing in FELL_THROUGH

    @property
    def own_answer(self) -> Answer | None:
        """Return what the reader has answered; what the other has is told to nobody."""
        own = next(row for row in self.engagement.members if row.person_id == self.reader.id)
        return own.answer.answer if own.answer is not None else None

    @property
    def in_a_word(self) -> str:
        """Say where it stands, as its reader may know."""
        if self.fell_through:
            return "You declined" if self.own_answer is Answer.DECLINED else "Did not come about"
        return {
            EngagementState.PROPOSED: "Proposed",
            EngagementState.ACTIVE: "Going on",
            EngagementState.COMPLETED: "Completed",
        }.get(self.standing, "Ended early")

    @property
    def why_it_fell(self) -> str:
        """Say kindly that it never came about, and nothing of what the other person did."""
        if self.own_answer is Answer.DECLINED:
            return "You declined this match. Only HR reads why."
        if self.standing is EngagementState.WITHDRAWN:
            return "This match was taken back before it could begin. HR can look for somebody else."
        if self.own_answer is None and self.standing is EngagementState.LAPSED:
            return "The last day to answer has passed, so this match did not come about."
        return (
            "This match did not come about. That says nothing about you: times and plans change. "
            "HR knows that you are free again and can look for somebody else."
        )

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


def current_mentorships(person_id: int) -> list[Mentorship]:
    """Return a person's mentorships that go on, wait for an answer, or fell through lately."""
    lately = clock.now() - FELL_LATELY
    fell = sa.and_(Engagement.state.in_(FELL_THROUGH), Engagement.settled_at >= lately)
    overdue = sa.and_(Engagement.state == EngagementState.PROPOSED, Engagement.answer_by >= lately.date())
    query = engagements_of(person_id).where(
        Engagement.kind == EngagementKind.MENTORSHIP, sa.or_(takes_place(), overdue, fell)
    )
    return [seen_by(person_id, row) for row in db.session.scalars(query.limit(MOST_CURRENT)).unique()]


def past_mentorships(person_id: int, *, page: int) -> Pagination:
    """Return a page of a person's mentorships that are over, and of matches that never came about."""
    query = engagements_of(person_id).where(
        Engagement.kind == EngagementKind.MENTORSHIP, sa.not_(takes_place())
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
    skills = top_skills([mentorship.other.id, mentorship.reader.id])
    parts = ("Mentor", "Mentee") if mentorship.reader_is_mentee else ("Mentee", "Mentor")
    people = (mentorship.other, mentorship.reader)
    return [
        Card(person, person is mentorship.reader, part, skills.get(person.id, []))
        for person, part in zip(people, parts, strict=True)
    ]


def hours_of(mentorship: Mentorship) -> str:
    """Say when both could meet, on the reader's clock."""
    return shared_hours(mentorship.reader, mentorship.other, on=clock.today())
