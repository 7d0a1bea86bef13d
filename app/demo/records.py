"""What a fictional company consists of: records that refer to people by their place in `Company.people`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works for the company; managers always come before those they manage."""

    employee_id: str
    name: str
    email: str
    department: str
    site: str
    time_zone: str
    working_hours: tuple[tuple[int, int], ...]
    """Stretches of the local working day, in minutes after midnight."""
    languages: tuple[str, ...]
    """ISO 639-1 codes, sorted."""
    grade: int
    """1 (trainee) to 8 (executive); 6 and above lead others."""
    job_title: str
    manager: int | None
    hours_a_month: float
    bio: str
    seeks_mentor: bool
    mentor_capacity: int
    """Mentees the person would take in a round; 0 for those who offer nothing."""
    paused_from: date | None
    paused_until: date | None


class Claim(NamedTuple):
    """A person's stated proficiency level in a skill of the starter taxonomy."""

    person: int
    skill: str
    level: int


class Goal(NamedTuple):
    """A skill, the level a person wishes to reach in it, how much it matters (1 to 3), and why."""

    person: int
    skill: str
    level: int
    importance: int
    reason: str


class Block(NamedTuple):
    """Someone never wants to be introduced to someone."""

    person: int
    blocked: int


@dataclass(frozen=True, slots=True)
class PastQuarter:
    """A quarter in which a matching round ran."""

    name: str
    """As in "2026-Q3"."""
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class PastMentorship:
    """A mentorship of a past quarter; `ending_reason` is None when it ran its course."""

    quarter: int
    """Place in `Company.quarters`."""
    mentor: int
    mentee: int
    skill: str
    starts_on: date
    ended_on: date
    ending_reason: str | None


class PastSession(NamedTuple):
    """A session that took place, during the working hours of both."""

    mentorship: int
    """Place in `Company.mentorships`."""
    held_at: datetime
    """In UTC."""
    minutes: int
    topic: str


class PastFeedback(NamedTuple):
    """How useful a person found a past mentorship, 1 (not at all) to 5 (very); the comment may be empty."""

    mentorship: int
    by_person: int
    rating: int
    comment: str


@dataclass(frozen=True, slots=True)
class Company:
    """A whole fictional company on one day; the same size, seed and day always give the same company."""

    today: date
    seed: int
    people: tuple[Person, ...]
    claims: tuple[Claim, ...]
    goals: tuple[Goal, ...]
    blocks: tuple[Block, ...]
    quarters: tuple[PastQuarter, ...]
    """The two quarters before today's, the earlier one first."""
    mentorships: tuple[PastMentorship, ...]
    sessions: tuple[PastSession, ...]
    feedback: tuple[PastFeedback, ...]
