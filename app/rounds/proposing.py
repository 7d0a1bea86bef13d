"""Proposals of a round: until when people answer, and whether they are asked at all."""

from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.db import db
from app.errors import Invalid
from app.rounds.models import MatchingRound
from app.words import long_date

DAYS_TO_ANSWER = 7
MOST_DAYS_TO_ANSWER = 14
FEWEST_DAYS_TO_ANSWER = 2


def check_answer_by(matching_round: MatchingRound, answer_by: date) -> None:
    """Refuse a last day to answer that leaves no time, or that the mentorships would long have begun by.

    Raises:
        Invalid: with a day that would do.
    """
    if answer_by <= clock.today():
        raise Invalid("Enter a day from tomorrow on.", field="answer_by")
    latest = _latest_day(matching_round)
    if answer_by > latest:
        raise Invalid(f"Enter {long_date(latest)} or a day before.", field="answer_by")


def suggested_day(matching_round: MatchingRound) -> date:
    """Return a last day to answer: a week from now, or when the mentorships begin if that leaves time."""
    today = clock.today()
    usual, starts_on = today + timedelta(days=DAYS_TO_ANSWER), matching_round.starts_on
    leaves_time = starts_on >= today + timedelta(days=FEWEST_DAYS_TO_ANSWER)
    return min(usual, starts_on) if leaves_time else usual


def asked_last_time() -> bool:
    """Tell whether the round published last asked people first; nobody is asked unless HR once chose so."""
    latest = (
        sa.select(MatchingRound.answer_by)
        .where(MatchingRound.published_at.is_not(None))
        .order_by(MatchingRound.published_at.desc(), MatchingRound.id.desc())
        .limit(1)
    )
    return db.session.scalar(latest) is not None


def _latest_day(matching_round: MatchingRound) -> date:
    return max(matching_round.starts_on, clock.today() + timedelta(days=MOST_DAYS_TO_ANSWER))
