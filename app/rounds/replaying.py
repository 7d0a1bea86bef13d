"""Commands about a replay: ask for it, take it up, report from it, settle whether the answer is the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import audit, clock
from app.auth.models import Account
from app.auth.queries import named
from app.db import changed_rows, db, write_aside
from app.errors import Conflict
from app.people.models import Person
from app.rounds.certificate_models import Replay, ReplayState
from app.rounds.certifying import answer_sha256, certificate_of, check_has_plan
from app.rounds.models import Run
from app.rounds.running import MOST_ATTEMPTS, SILENT_AFTER
from matching.solution import Solution, Status

ACTIVE = (ReplayState.QUEUED, ReplayState.RUNNING)
GAVE_UP = (
    f"The worker stopped {MOST_ATTEMPTS} times in the middle of this replay. "
    "Ask for another one; if it happens again, look at the worker's log."
)


@dataclass(frozen=True, slots=True)
class ReplayAttempt:
    """A worker's hold on a replay: whoever holds an older one may no longer write."""

    replay_id: int
    number: int


def check_may_replay(run: Run) -> None:
    """Refuse to replay what has no plan, or one that depends on the moment at which it was stopped.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    check_has_plan(run)
    if run.status in (Status.CANCELLED, Status.TIMED_OUT):
        raise Conflict(
            "This run was stopped early. How far it came by then depended on the time it had, "
            "so a replay would tell nothing."
        )


def request_replay(run: Run, *, by: audit.Actor) -> Replay:
    """Ask for a replay; once the transaction has ended, give its id to `replay_tasks.hand_over`.

    Raises:
        Conflict: when the run cannot be replayed, or is being replayed already.
    """
    check_may_replay(run)
    # Two who ask at once wait for each other here, so that the second finds what the first has asked for.
    db.session.execute(sa.select(Run.id).filter_by(id=run.id).with_for_update())
    active = sa.select(Replay.id).where(Replay.run_id == run.id, Replay.state.in_(ACTIVE))
    if db.session.scalar(active) is not None:
        raise Conflict("This run is being replayed already. Its result will stand on this page.")
    replay = Replay(run_id=run.id, asked_by_id=by.id)
    db.session.add(replay)
    db.session.flush()
    _record("replay.requested", replay, by=by)
    return replay


def take_up(replay_id: int) -> ReplayAttempt | None:
    """Claim a replay that waits; None when another worker has it or it no longer waits."""
    claimed = db.session.execute(
        sa.update(Replay)
        .where(Replay.id == replay_id, Replay.state == ReplayState.QUEUED)
        .values(
            state=ReplayState.RUNNING,
            attempts=Replay.attempts + 1,
            heartbeat_at=clock.now(),
            stage="Reading the problem",
            done=0,
            total=1,
        )
        .returning(Replay.attempts)
    ).scalar()
    return None if claimed is None else ReplayAttempt(replay_id, claimed)


def report(attempt: ReplayAttempt, *, stage: str, done: int, total: int) -> bool:
    """Note how far a replay is, in a transaction of its own; tell whether it is still this attempt's."""
    values = {"stage": stage, "done": done, "total": total, "heartbeat_at": clock.now()}
    with write_aside() as session:
        held = session.execute(
            sa.update(Replay)
            .where(_held(attempt))
            .values(**values)
            .returning(Replay.id)
            .execution_options(synchronize_session=False)
        ).first()
    return held is not None


def settle(attempt: ReplayAttempt, solution: Solution) -> None:
    """Keep what a replay answered, and whether it is what the run had answered."""
    replay = db.session.get_one(Replay, attempt.replay_id, options=[joinedload(Replay.run)])
    answer = answer_sha256(solution)
    _end(
        attempt,
        ReplayState.FINISHED,
        is_same=answer == certificate_of(replay.run).answer_sha256,
        answer_sha256=answer,
        engine=dict(solution.engine),
        stage="Finished",
        done=1,
        total=1,
    )


def fail(attempt: ReplayAttempt, sentence: str) -> None:
    """Settle that a replay came to nothing, and say why."""
    _end(attempt, ReplayState.FAILED, failure=sentence)


def recover_silent_replays() -> list[int]:
    """Give replays whose worker fell silent back to the queue, or up; return the ids to enqueue again."""
    silent_since = clock.now() - SILENT_AFTER
    silent = db.session.execute(
        sa.select(Replay.id, Replay.attempts)
        .where(Replay.state == ReplayState.RUNNING, Replay.heartbeat_at < silent_since)
        .order_by(Replay.id)
    ).all()
    for replay_id, number in silent:
        held = ReplayAttempt(replay_id, number)
        if number >= MOST_ATTEMPTS:
            fail(held, GAVE_UP)
        else:
            waiting = {"state": ReplayState.QUEUED, "stage": "Waiting for another worker"}
            changed_rows(sa.update(Replay).where(_held(held)).values(**waiting))
    lost = sa.select(Replay.id).where(Replay.state == ReplayState.QUEUED, Replay.asked_at < silent_since)
    return list(db.session.scalars(lost.order_by(Replay.id)))


def latest_replays(run: Run, *, most: int) -> Sequence[tuple[Replay, str | None]]:
    """Return the latest replays of a run, the latest first, each with who asked for it."""
    query = (
        sa.select(Replay, named())
        .outerjoin(Account, Account.id == Replay.asked_by_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Replay.run_id == run.id)
        .order_by(Replay.id.desc())
        .limit(most)
    )
    return [(replay, name) for replay, name in db.session.execute(query)]


def _held(attempt: ReplayAttempt) -> sa.ColumnElement[bool]:
    return sa.and_(
        Replay.id == attempt.replay_id,
        Replay.state == ReplayState.RUNNING,
        Replay.attempts == attempt.number,
    )


def _end(attempt: ReplayAttempt, state: ReplayState, **values: Any) -> None:
    """Settle how a replay ended, unless a later attempt has taken over."""
    ended = {"state": state, "finished_at": clock.now(), **values}
    if changed_rows(sa.update(Replay).where(_held(attempt)).values(**ended)) == 1:
        replay = db.session.get_one(Replay, attempt.replay_id, populate_existing=True)
        _record(f"replay.{state}", replay, by=audit.WORKER)


def _record(action: str, replay: Replay, *, by: audit.Actor) -> None:
    told = {"replay": replay.id, "is_same": replay.is_same}
    audit.record(audit.Entry(action, "run", replay.run_id, details=told), by=by)
