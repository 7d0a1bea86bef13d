"""What the pages of programmes ask of rounds: to try settings out, to count pairs, and what came of it."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from app import audit
from app.db import db
from app.errors import Missing
from app.programmes.models import Programme
from app.programmes.signals import (
    Asked,
    Counted,
    Trial,
    counts_shown,
    counts_wanted,
    trial_round,
    trial_shown,
    trial_wanted,
)
from app.rounds import comparing, count_tasks, counting, tasks, what_ifs
from app.rounds.count_models import CountState, RuleCount
from app.rounds.models import MatchingRoundProgramme, Run
from app.rounds.progress import polled_after
from app.rounds.running import ACTIVE
from app.rounds.states import RunState

ENDED_EARLY = "It was stopped before it had found a plan. Nothing was changed."


@trial_round.connect
def round_to_try(programme: Programme) -> str | None:
    """Answer which round settings of a programme are tried on: the last one that was matched."""
    base = _base_of(programme)
    return None if base is None else base.matching_round.name


@trial_wanted.connect
def try_settings(programme: Programme, *, settings: Mapping[str, Any], by: audit.Actor) -> Asked | None:
    """Ask for a what-if of the last run in which one programme has other settings.

    Raises:
        Invalid: when a setting makes no sense, or nothing is otherwise.
        Conflict: when another what-if of the round is not finished.
    """
    base = _base_of(programme)
    if base is None:
        return None
    asked_with = {**(base.settings or {}), programme.key: settings}
    run_id = what_ifs.request_what_if(base, asked_with, by=by).id
    return Asked(run_id, partial(tasks.hand_over, run_id))


@trial_shown.connect
def trial_of(programme: Programme, *, run_id: int) -> Trial:
    """Answer how far a trial is and, when it has ended, how many mentees it would concern.

    Raises:
        Missing: when there is no such trial of the programme.
    """
    run = db.session.get(Run, run_id)
    if run is None or run.base_run_id is None or programme.key not in (run.settings or {}):
        raise Missing
    is_finished = run.state is RunState.FINISHED
    base = db.session.get_one(Run, run.base_run_id)
    return Trial(
        round_id=run.matching_round_id,
        round_name=run.matching_round.name,
        run_id=run.id,
        base_run_id=base.id,
        stage=run.stage,
        percent=run.done * 100 // run.total,
        seconds=polled_after(run.started_at or run.queued_at),
        is_active=run.state in ACTIVE,
        failure="" if is_finished or run.state in ACTIVE else run.failure or ENDED_EARLY,
        mentees=run.mentees or 0,
        differing=comparing.changed_count(base, run) if is_finished else 0,
    )


@counts_shown.connect
def counts_of(programme: Programme) -> Counted | None:
    """Answer what was counted last; None where nobody takes part in a round of the programme."""
    count = db.session.get(RuleCount, programme.id)
    if count is None:
        matching_round = counting.round_counted(programme)
        return None if matching_round is None else Counted(matching_round.name)
    return Counted(
        round_name=count.matching_round.name,
        is_active=count.state in counting.ACTIVE,
        seconds=polled_after(count.asked_at),
        failure=count.failure,
        counted_at=count.counted_at,
        pairs=count.pairs,
        looked_at=count.looked_at,
        rules=count.rules,
        in_force=count.in_force,
        forbidden=count.forbidden if count.state is CountState.FINISHED else {},
        together=count.together,
    )


@counts_wanted.connect
def count_rules(
    programme: Programme, *, rules: Mapping[str, Mapping[str, Any]], in_force: Sequence[str]
) -> Asked | None:
    """Ask how many pairs some rules forbid; None where nobody takes part in a round of the programme."""
    count = counting.request_count(programme, rules=rules, in_force=in_force)
    return None if count is None else Asked(count.number, partial(count_tasks.hand_over, programme.id))


def _base_of(programme: Programme) -> Run | None:
    """Return the last run of a programme that found a plan and whose settings were kept."""
    latest = (
        sa.select(Run)
        .join(MatchingRoundProgramme, MatchingRoundProgramme.matching_round_id == Run.matching_round_id)
        .where(
            MatchingRoundProgramme.programme_id == programme.id,
            Run.state == RunState.FINISHED,
            Run.base_run_id.is_(None),
        )
        .order_by(Run.id.desc())
        .limit(1)
    )
    run = db.session.scalar(latest)
    return run if run is not None and programme.key in (run.settings or {}) else None
