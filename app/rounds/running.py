"""Commands about a run: ask for it, take it up, report from it, stop it, and settle how it ended."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import changed_rows, db, write_aside
from app.errors import Conflict
from app.rounds.enrolling import roles_in
from app.rounds.models import EnrolmentRole, MatchingRound, Run
from app.rounds.service import move
from app.rounds.sharing import check_may_be_matched
from app.rounds.states import RoundState, RunState, check_may_follow

MOST_ATTEMPTS = 3
SILENT_AFTER = timedelta(seconds=30)
ACTIVE = (RunState.QUEUED, RunState.RUNNING)
GAVE_UP = (
    f"The worker stopped {MOST_ATTEMPTS} times in the middle of this run. "
    "Run the matching again; if it happens again, look at the worker's log."
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A worker's hold on a run: whoever holds an older one may no longer write."""

    run_id: int
    number: int


def check_may_run(
    matching_round: MatchingRound, *, mentees: int, mentors: int, peers: int = 0, members: int = 0
) -> None:
    """Refuse a run that cannot begin or would match nobody.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    check_may_follow(matching_round.name, matching_round.state, RoundState.SOLVING)
    check_may_be_matched(matching_round)
    if peers > 1 or members:
        return
    parts = {role for row in matching_round.programmes for role in roles_in(row)}
    if parts == {EnrolmentRole.MEMBER}:
        raise Conflict(f"Nobody in {matching_round.name} seeks a community, so there is nothing to match.")
    if EnrolmentRole.MENTEE not in parts:
        raise Conflict(f"It takes two to coach each other, and fewer take part in {matching_round.name}.")
    if not mentees or not mentors:
        nobody = "seeks a mentor" if not mentees else "offers to be a mentor"
        raise Conflict(f"Nobody in {matching_round.name} {nobody}, so there is nothing to match.")


def request_run(
    matching_round: MatchingRound,
    *,
    mentees: int,
    mentors: int,
    by: audit.Actor,
    peers: int = 0,
    members: int = 0,
    seed: int = 0,
) -> Run:
    """Ask for a run; once the transaction has ended, give its id to `tasks.solve_run`.

    Raises:
        Conflict: when another run is going on or the round is not closed.
    """
    check_may_run(matching_round, mentees=mentees, mentors=mentors, peers=peers, members=members)
    active = sa.select(Run.id).where(
        Run.matching_round_id == matching_round.id, Run.state.in_(ACTIVE), Run.base_run_id.is_(None)
    )
    if db.session.scalar(active) is not None:
        raise Conflict(f"{matching_round.name} is being matched already.")
    move(matching_round, RoundState.SOLVING)
    run = Run(matching_round_id=matching_round.id, seed=seed)
    db.session.add(run)
    db.session.flush()
    record("run.requested", run, by=by)
    return run


def check_may_stop(run: Run) -> None:
    """Refuse to stop what has ended.

    Raises:
        Conflict: with the reason.
    """
    if run.state not in ACTIVE:
        raise Conflict(
            f"This run has {'been stopped' if run.state is RunState.CANCELLED else 'ended'} already."
        )


def stop_run(run: Run, *, by: audit.Actor) -> None:
    """Stop a run: at once while it waits, else when its worker next looks up."""
    check_may_stop(run)
    record("run.stopped", run, by=by)
    if run.state is RunState.QUEUED and _settle(run.id, RunState.QUEUED, RunState.CANCELLED):
        _give_back(run)
    else:
        db.session.execute(
            sa.update(Run)
            .where(Run.id == run.id, Run.stop_requested_at.is_(None))
            .values(stop_requested_at=clock.now())
        )
    db.session.refresh(run)


def take_up(run_id: int) -> Attempt | None:
    """Claim a run that waits; None when another worker has it or it no longer waits."""
    claimed = db.session.execute(
        sa.update(Run)
        .where(Run.id == run_id, Run.state == RunState.QUEUED)
        .values(
            state=RunState.RUNNING,
            attempts=Run.attempts + 1,
            started_at=sa.func.coalesce(Run.started_at, clock.now()),
            heartbeat_at=clock.now(),
            stage="Taking the snapshot",
            done=0,
            total=1,
        )
        .returning(Run.attempts)
    ).scalar()
    return None if claimed is None else Attempt(run_id, claimed)


def report(attempt: Attempt, *, stage: str, done: int, total: int) -> bool:
    """Note how far a run is, in a transaction of its own; tell whether it is still wanted."""
    with write_aside() as session:
        stop_requested = session.execute(
            sa.update(Run)
            .where(_held(attempt))
            .values(
                stage=stage,
                done=done,
                total=total,
                heartbeat_at=clock.now(),
            )
            .returning(Run.stop_requested_at)
            .execution_options(synchronize_session=False)
        ).first()
    return stop_requested is not None and stop_requested.stop_requested_at is None


def note_problem(attempt: Attempt, sha256: str, settings: dict[str, Any]) -> None:
    """Note which problem a run was given, and with which settings."""
    given = {"problem_sha256": sha256, "settings": settings}
    db.session.execute(sa.update(Run).where(_held(attempt)).values(**given))


def fail(attempt: Attempt, sentence: str) -> None:
    """Settle that a run came to nothing, and say why."""
    if _settle(attempt.run_id, RunState.RUNNING, RunState.FAILED, attempt=attempt, failure=sentence):
        _after(attempt.run_id, "run.failed")


def abandon(attempt: Attempt) -> None:
    """Settle that a run was stopped as asked."""
    if _settle(attempt.run_id, RunState.RUNNING, RunState.CANCELLED, attempt=attempt):
        _after(attempt.run_id, "run.ended_early")


def settle_finished(attempt: Attempt, **figures: object) -> bool:
    """Mark a run as finished and its round as proposed; False when another attempt has taken over.

    A what-if proposes nothing, and a re-match leaves its round published.
    """
    if not _settle(attempt.run_id, RunState.RUNNING, RunState.FINISHED, attempt=attempt, **figures):
        return False
    run = db.session.get_one(Run, attempt.run_id, populate_existing=True)
    if not run.is_what_if and not run.is_rematch:
        move(run.matching_round, RoundState.PROPOSED)
    record("run.finished", run, by=audit.WORKER)
    return True


def recover_silent_runs() -> list[int]:
    """Give runs whose worker fell silent back to the queue, or up; return the ids to enqueue again."""
    silent_since = clock.now() - SILENT_AFTER
    silent = db.session.scalars(
        sa.select(Run)
        .where(Run.state == RunState.RUNNING, Run.heartbeat_at < silent_since)
        .order_by(Run.id)
        .execution_options(populate_existing=True)
    ).all()
    for run in silent:
        held = Attempt(run.id, run.attempts)
        if run.stop_requested_at is not None:
            abandon(held)
        elif run.attempts >= MOST_ATTEMPTS:
            fail(held, GAVE_UP)
        else:
            _settle(
                run.id, RunState.RUNNING, RunState.QUEUED, attempt=held, stage="Waiting for another worker"
            )
    lost = sa.select(Run.id).where(Run.state == RunState.QUEUED, Run.queued_at < silent_since)
    return list(db.session.scalars(lost.order_by(Run.id)))


def _held(attempt: Attempt) -> sa.ColumnElement[bool]:
    return sa.and_(Run.id == attempt.run_id, Run.state == RunState.RUNNING, Run.attempts == attempt.number)


def _settle(
    run_id: int, before: RunState, after: RunState, *, attempt: Attempt | None = None, **values: object
) -> bool:
    """Move a run from one state to another, unless it has moved meanwhile or belongs to a later attempt."""
    condition = sa.and_(Run.id == run_id, Run.state == before) if attempt is None else _held(attempt)
    ended = {} if after is RunState.QUEUED else {"finished_at": clock.now()}
    moved = changed_rows(sa.update(Run).where(condition).values(state=after, **ended, **values))
    return moved == 1


def _after(run_id: int, action: str) -> None:
    run = db.session.get_one(Run, run_id, populate_existing=True)
    _give_back(run)
    record(action, run, by=audit.WORKER)


def _give_back(run: Run) -> None:
    """Let a round whose run came to nothing be matched again; a what-if never held it."""
    if run.is_what_if:
        return
    matching_round = db.session.get_one(MatchingRound, run.matching_round_id, populate_existing=True)
    if matching_round.state is RoundState.SOLVING:
        move(matching_round, RoundState.CLOSED)


def record(action: str, run: Run, *, by: audit.Actor) -> None:
    """Add a change of a run to the trail."""
    told = {"round": run.matching_round_id, "state": run.state}
    audit.record(audit.Entry(action, "run", run.id, details=told), by=by)
