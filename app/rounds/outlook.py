"""What a round means for somebody who may take part: the step it stands at, and what comes next and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import clock
from app.rounds.models import MatchingRound
from app.rounds.states import RoundState
from app.words import days_away, long_date

STEPS = (
    "Everybody is matched at once; whoever waited longest goes first.",
    "HR looks at every match before anybody is told.",
    "HR publishes the matches. Your home page shows yours, with the reasons.",
)


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that happens in a round, and when in words."""

    when: str
    what: str


def standing(matching_round: MatchingRound) -> str:
    """Say in one sentence where a round stands for those who may take part."""
    name, last_day = matching_round.name, long_date(matching_round.closes_on)
    match matching_round.state:
        case RoundState.OPEN if clock.today() <= matching_round.closes_on:
            away = days_away(matching_round.closes_on)
            return f"Join, change or withdraw until the end of {last_day}, {away}."
        case RoundState.OPEN:
            return f"Enrolment in {name} ended on {last_day}."
        case RoundState.PUBLISHED:
            return f"{name} is published. The matches last until {long_date(matching_round.ends_on)}."
        case RoundState.COMPLETED:
            return f"{name} is over. Its matches ended on {long_date(matching_round.ends_on)}."
        case RoundState.CANCELLED:
            return f"Enrolment in {name} is closed. HR gave the round up, and nobody was matched in it."
        case _:
            return f"Enrolment in {name} is closed. Nobody has been matched yet."


def coming(matching_round: MatchingRound) -> list[Coming]:
    """Return what happens next in a round, in order; nothing when all of it is behind."""
    starts = Coming(_day(matching_round.starts_on), "The matches start.")
    ends = Coming(_day(matching_round.ends_on), "The matches end. You are asked how useful they were.")
    match matching_round.state:
        case RoundState.OPEN:
            closes = Coming(_day(matching_round.closes_on), "The last day to join, change or withdraw.")
            return [closes, *(Coming("Then", what) for what in STEPS), starts, ends]
        case RoundState.CLOSED | RoundState.SOLVING:
            return [*_from_now(STEPS), starts, ends]
        case RoundState.PROPOSED:
            return [*_from_now(STEPS[1:]), starts, ends]
        case RoundState.PUBLISHED:
            return [starts, ends] if clock.today() < matching_round.starts_on else [ends]
        case _:
            return []


def _from_now(steps: Sequence[str]) -> list[Coming]:
    return [Coming("Then" if place else "Now", what) for place, what in enumerate(steps)]


def _day(day: date) -> str:
    return f"{long_date(day)}, {days_away(day)}"
