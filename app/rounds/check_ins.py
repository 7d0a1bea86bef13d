"""The check-ins of a round: told before it is published, fixed for each engagement then, counted later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app import clock
from app.db import db
from app.engagements.models import Engagement, EngagementCheckIn
from app.engagements.states import CAME_ABOUT, EngagementState
from app.programmes.check_ins import check_ins_of_all, days_of
from app.rounds.models import MatchingRound, Run


@dataclass(frozen=True, slots=True)
class Planned:
    """The days on which the people of a programme are asked how it goes."""

    programme: str
    days: Sequence[date]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many check-ins of a round are there, were due by today, and of those were done."""

    all: int
    due: int
    done: int
    next_on: date | None
    """The next day on which somebody is asked."""


def starts_on(run: Run) -> date:
    """Return the first day of what a run would bring: of further matches not before today."""
    first = run.matching_round.starts_on
    return max(first, clock.today()) if run.is_rematch else first


def planned(run: Run) -> list[Planned]:
    """Return the check-ins that publishing a run would fix, for each programme that has some."""
    matching_round, first = run.matching_round, starts_on(run)
    wanted = check_ins_of_all(matching_round.programmes)
    found = [
        Planned(row.name, [day for day, _words in days_of(wanted[row.id], first, matching_round.ends_on)])
        for row in matching_round.programmes
    ]
    return [row for row in found if row.days]


def fix_check_ins(matching_round: MatchingRound, *, since: int) -> None:
    """Give the engagements of a round that have just been made, from the id `since` on, their days."""
    wanted = check_ins_of_all(matching_round.programmes)
    if not any(wanted.values()):
        return
    made = sa.select(Engagement.id, Engagement.programme_id, Engagement.starts_on, Engagement.ends_on).where(
        Engagement.matching_round_id == matching_round.id, Engagement.id >= since
    )
    rows = [
        {"engagement_id": row.id, "position": position, "due_on": day, "words": words}
        for row in db.session.execute(made.order_by(Engagement.id))
        for position, (day, words) in enumerate(
            days_of(wanted[row.programme_id], row.starts_on, row.ends_on), start=1
        )
    ]
    if rows:
        table: Any = EngagementCheckIn.__table__
        db.session.execute(sa.insert(table), rows)


def take_back_check_ins(matching_round: MatchingRound) -> None:
    """Remove the check-ins of matches that were taken back, as if they had never been."""
    withdrawn = sa.select(Engagement.id).where(
        Engagement.matching_round_id == matching_round.id, Engagement.state == EngagementState.WITHDRAWN
    )
    db.session.execute(
        sa.delete(EngagementCheckIn)
        .where(EngagementCheckIn.engagement_id.in_(withdrawn))
        .execution_options(synchronize_session=False)
    )


def check_ins_counted(matching_round: MatchingRound) -> Counted:
    """Count the check-ins of the matches of a round that came about."""
    is_due = EngagementCheckIn.due_on <= clock.today()
    is_done = EngagementCheckIn.done_at.is_not(None)
    goes_on = Engagement.state == EngagementState.ACTIVE
    query = (
        sa.select(
            sa.func.count(),
            sa.func.count().filter(is_due),
            sa.func.count().filter(is_due, is_done),
            sa.func.min(EngagementCheckIn.due_on).filter(sa.not_(is_due), goes_on),
        )
        .select_from(EngagementCheckIn)
        .join(Engagement, Engagement.id == EngagementCheckIn.engagement_id)
        .where(
            Engagement.matching_round_id == matching_round.id,
            Engagement.state.in_(CAME_ABOUT),
            sa.or_(goes_on, is_done),
        )
    )
    return Counted(*db.session.execute(query).one())
