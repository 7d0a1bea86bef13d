"""The demo's matching day: this quarter's round from opening to publishing, as HR would run it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.demo import questions
from app.errors import Conflict
from app.programmes.models import Programme
from app.rounds import publishing, queries, running, service, tasks
from app.rounds.models import MatchingRound, Run
from app.rounds.states import RoundState, RunState

DAYS_OF_A_QUARTER = 91
BY = audit.COMMAND_LINE


def hold(progress: Callable[[str, int], None]) -> Iterator[str]:
    """Bring this quarter's round as far as published, leaving what an earlier start has done as it is.

    Yields a sentence after each step; the caller commits before it asks for the next.

    Raises:
        Conflict: when the run found no plan that may be published.
    """
    matching_round = _this_quarters_round()
    if matching_round.state is RoundState.DRAFT:
        joined = service.open_round(matching_round, by=BY)
        questions.answer(matching_round)
        yield f"{matching_round.name} is open: {joined:,} enrolments"
    if matching_round.state is RoundState.OPEN:
        service.close_round(matching_round, by=BY)
    if matching_round.state is RoundState.CLOSED:
        run = _requested_run(matching_round)
        yield "Matching everyone ..."
        _carry_out(run, progress)
        db.session.refresh(matching_round)
    if matching_round.state is RoundState.PROPOSED:
        run = _finished_run(matching_round)
        published = publishing.publish_run(run, by=BY)
        yield f"{published:,} matches are published."


def _this_quarters_round() -> MatchingRound:
    today = clock.today()
    name = f"{today.year}-Q{(today.month + 2) // 3}"
    found = db.session.scalar(sa.select(MatchingRound).order_by(MatchingRound.id.desc()).limit(1))
    if found is not None and found.state is not RoundState.COMPLETED:
        return found
    if found is not None and found.name == name:
        return found
    programme = db.session.scalars(sa.select(Programme)).one()
    return service.create_round(
        name=name,
        programmes=[programme],
        opens_on=today,
        closes_on=today,
        starts_on=today,
        ends_on=today + timedelta(days=DAYS_OF_A_QUARTER),
        by=BY,
    )


def _requested_run(matching_round: MatchingRound) -> Run:
    counts = queries.enrolment_counts(matching_round.id)
    return running.request_run(matching_round, mentees=counts.mentees, mentors=counts.mentors, by=BY)


def _carry_out(run: Run, progress: Callable[[str, int], None]) -> None:
    """Carry out a run in this process.

    Raises:
        Conflict: when it found no plan.
    """
    tasks.carry_out(run.id, progress)
    db.session.refresh(run)
    if run.state is not RunState.FINISHED:
        raise Conflict(run.failure or "The matching was stopped before it found a plan.")


def _finished_run(matching_round: MatchingRound) -> Run:
    latest = sa.select(Run).filter_by(
        matching_round_id=matching_round.id, state=RunState.FINISHED, base_run_id=None
    )
    return db.session.scalars(latest.order_by(Run.id.desc()).limit(1)).one()
