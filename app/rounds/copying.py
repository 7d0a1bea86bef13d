"""A new round from the last one: its programmes, its dates a quarter later, and a name that follows on."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.db import db
from app.rounds.models import MatchingRound
from app.rounds.states import RoundState

MONTHS_OF_A_QUARTER = 3
MONTHS_OF_A_YEAR = 12
SEASONS = ("Winter", "Spring", "Summer", "Autumn")
_QUARTER = re.compile(r"(\d{4})([- ]?Q)([1-4])")
_SEASON = re.compile(rf"({'|'.join(SEASONS)})( \d{{4}})")
_NUMBER = re.compile(r"(\d{1,6})$")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a round that follows another one would be created with."""

    name: str
    programmes: list[int]
    opens_on: date
    closes_on: date
    starts_on: date
    ends_on: date


def last_round() -> MatchingRound | None:
    """Return the round with the latest mentorships that was not given up, if any."""
    query = sa.select(MatchingRound).where(MatchingRound.state != RoundState.CANCELLED)
    latest = query.order_by(MatchingRound.starts_on.desc(), MatchingRound.id.desc()).limit(1)
    return db.session.scalar(latest)


def draft_after(matching_round: MatchingRound) -> Draft:
    """Return what a round would be created with that follows one: of the programmes that are still current.

    Every day is a quarter later; when enrolment would be over by then, as many quarters later as it takes.
    """
    months = MONTHS_OF_A_QUARTER
    while later(matching_round.closes_on, months) < clock.today():
        months += MONTHS_OF_A_QUARTER
    starts_on = later(matching_round.starts_on, months)
    return Draft(
        name=_free_name(matching_round.name, starts_on, months // MONTHS_OF_A_QUARTER),
        programmes=[row.id for row in matching_round.programmes if row.archived_at is None],
        opens_on=later(matching_round.opens_on, months),
        closes_on=later(matching_round.closes_on, months),
        starts_on=starts_on,
        ends_on=later(matching_round.ends_on, months),
    )


def later(day: date, months: int) -> date:
    """Return the day so many months later; the last day of a month stays the last."""
    place = day.month - 1 + months
    # No calendar goes beyond its last year.
    year, month = min(day.year + place // MONTHS_OF_A_YEAR, date.max.year), place % MONTHS_OF_A_YEAR + 1
    longest = calendar.monthrange(year, month)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month, longest if is_last else min(day.day, longest))


def next_name(name: str, quarters: int = 1) -> str | None:
    """Return what a name says so many quarters later: 2026-Q4 is followed by 2027-Q1; None for any other."""
    for _ in range(quarters):
        following = _following(name)
        if following is None:
            return None
        name = following
    return name


def _following(name: str) -> str | None:
    if _QUARTER.search(name):
        return _QUARTER.sub(_next_quarter, name, count=1)
    if _SEASON.search(name):
        return _SEASON.sub(_next_season, name, count=1)
    return None


def _next_quarter(found: re.Match[str]) -> str:
    year, quarter = divmod(int(found[1]) * 4 + int(found[3]), 4)
    return f"{year}{found[2]}{quarter + 1}"


def _next_season(found: re.Match[str]) -> str:
    """A winter is named after the year it ends in."""
    place = SEASONS.index(found[1]) + 1
    return f"{SEASONS[place % len(SEASONS)]} {int(found[2]) + place // len(SEASONS)}"


def _free_name(before: str, starts_on: date, quarters: int) -> str:
    """Return the first name that follows on and no round has."""
    taken = set(db.session.scalars(sa.select(MatchingRound.name)))
    return next(name for name in _names(before, starts_on, quarters) if name not in taken)


def _names(before: str, starts_on: date, quarters: int) -> Iterator[str]:
    following = next_name(before, quarters)
    if following is not None:
        yield following
    number = _NUMBER.search(before)
    if following is None and number is not None:
        yield f"{before[: number.start()]}{int(number[1]) + 1}"
    quarter = f"{starts_on.year}-Q{(starts_on.month + 2) // MONTHS_OF_A_QUARTER}"
    yield quarter
    place = 2
    while True:
        yield f"{quarter} ({place})"
        place += 1
