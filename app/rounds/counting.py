"""Commands about counting what rules forbid: ask for it, take it up, show that it lives, settle its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app import clock
from app.db import changed_rows, db, write_aside
from app.programmes.models import Programme, ProgrammeKind
from app.rounds.count_models import CountState, RuleCount
from app.rounds.models import Enrolment, MatchingRound
from app.rounds.running import MOST_ATTEMPTS, SILENT_AFTER
from app.rounds.states import RoundState
from matching.forbidden import Forbidden

ACTIVE = (CountState.QUEUED, CountState.RUNNING)
GAVE_UP = (
    f"The worker stopped {MOST_ATTEMPTS} times while it counted. "
    "Count again; if it happens again, look at the worker's log."
)


@dataclass(frozen=True, slots=True)
class CountAttempt:
    """A worker's hold on a count: whoever holds an older one may no longer write."""

    programme_id: int
    number: int
    attempt: int


def round_counted(programme: Programme) -> MatchingRound | None:
    """Return the round whose people are counted: the latest of the programme in which anybody takes part.

    None for peer coaching: pairs of a mentee and a mentor alone are counted.
    """
    if programme.kind is ProgrammeKind.PEER_COACHING:
        return None
    takes_part = sa.exists().where(
        Enrolment.matching_round_id == MatchingRound.id,
        Enrolment.programme_id == programme.id,
        Enrolment.withdrawn_at.is_(None),
    )
    latest = (
        sa.select(MatchingRound)
        .where(takes_part, MatchingRound.state != RoundState.CANCELLED)
        .order_by(MatchingRound.starts_on.desc(), MatchingRound.id.desc())
        .limit(1)
    )
    return db.session.scalar(latest)


def request_count(
    programme: Programme, *, rules: Mapping[str, Mapping[str, Any]], in_force: Sequence[str]
) -> RuleCount | None:
    """Ask how many pairs some rules forbid; afterwards give the programme's id to `count_tasks.hand_over`.

    None when nobody takes part in a round of the programme. Who asks for what is being counted gets that.
    """
    # Two who ask at once wait for each other here, so that the second finds what the first has asked for.
    db.session.refresh(programme, with_for_update=True)
    matching_round = round_counted(programme)
    if matching_round is None:
        return None
    count = db.session.get(RuleCount, programme.id, populate_existing=True)
    asked = {"rules": {name: dict(rules[name]) for name in rules}, "in_force": sorted(in_force)}
    if count is not None and count.state in ACTIVE and asked == _asked(count):
        return count
    if count is None:
        count = RuleCount(programme_id=programme.id, number=0)
        db.session.add(count)
    anew = {
        "matching_round_id": matching_round.id,
        "state": CountState.QUEUED,
        "number": count.number + 1,
        "attempts": 0,
        "asked_at": clock.now(),
        "heartbeat_at": None,
        "counted_at": None,
        "failure": "",
    }
    for name, value in {**anew, **asked}.items():
        setattr(count, name, value)
    db.session.flush()
    return count


def take_up(programme_id: int) -> CountAttempt | None:
    """Claim a count that waits; None when another worker has it or it no longer waits."""
    claimed = db.session.execute(
        sa.update(RuleCount)
        .where(RuleCount.programme_id == programme_id, RuleCount.state == CountState.QUEUED)
        .values(state=CountState.RUNNING, attempts=RuleCount.attempts + 1, heartbeat_at=clock.now())
        .returning(RuleCount.number, RuleCount.attempts)
    ).first()
    return None if claimed is None else CountAttempt(programme_id, *claimed)


def report(attempt: CountAttempt, *, stage: str, done: int, total: int) -> bool:
    """Show that a count lives, in a transaction of its own; tell whether it is still this attempt's."""
    with write_aside() as session:
        held = session.execute(
            sa.update(RuleCount)
            .where(_held(attempt))
            .values(heartbeat_at=clock.now())
            .returning(RuleCount.programme_id)
            .execution_options(synchronize_session=False)
        ).first()
    return held is not None


def settle(attempt: CountAttempt, found: Forbidden) -> None:
    """Keep what was counted, unless somebody has asked anew meanwhile."""
    _end(
        attempt,
        CountState.FINISHED,
        counted_at=clock.now(),
        pairs=found.pairs,
        looked_at=min(found.looked_at, found.pairs),
        together=found.together,
        forbidden=dict(found.by_rule),
    )


def fail(attempt: CountAttempt, sentence: str) -> None:
    """Settle that a count came to nothing, and say why."""
    _end(attempt, CountState.FAILED, failure=sentence)


def recover_silent_counts() -> list[int]:
    """Give counts whose worker fell silent back to the queue, or up; return whose to enqueue again."""
    silent_since = clock.now() - SILENT_AFTER
    silent = db.session.execute(
        sa.select(RuleCount.programme_id, RuleCount.number, RuleCount.attempts)
        .where(RuleCount.state == CountState.RUNNING, RuleCount.heartbeat_at < silent_since)
        .order_by(RuleCount.programme_id)
    ).all()
    for held in (CountAttempt(*row) for row in silent):
        if held.attempt >= MOST_ATTEMPTS:
            fail(held, GAVE_UP)
        else:
            _end(held, CountState.QUEUED)
    lost = sa.select(RuleCount.programme_id).where(
        RuleCount.state == CountState.QUEUED, RuleCount.asked_at < silent_since
    )
    return list(db.session.scalars(lost.order_by(RuleCount.programme_id)))


def _asked(count: RuleCount) -> dict[str, Any]:
    return {"rules": count.rules, "in_force": count.in_force}


def _held(attempt: CountAttempt) -> sa.ColumnElement[bool]:
    return sa.and_(
        RuleCount.programme_id == attempt.programme_id,
        RuleCount.state == CountState.RUNNING,
        RuleCount.number == attempt.number,
        RuleCount.attempts == attempt.attempt,
    )


def _end(attempt: CountAttempt, state: CountState, **values: object) -> None:
    changed_rows(sa.update(RuleCount).where(_held(attempt)).values(state=state, **values))
