"""The steps of a round from snapshot to publication, as every page of the way shows them."""

from collections.abc import Iterator
from enum import StrEnum

import sqlalchemy as sa
from flask import url_for

from app.db import db
from app.rounds.models import MatchingRound, Run
from app.rounds.states import RoundState

DONE, CURRENT, LATER = "done", "current", "later"
Shown = tuple[str, str | None, str]


class Step(StrEnum):
    """A step on the way, by the words of its link."""

    SNAPSHOT = "Snapshot"
    SETTINGS = "Rules and weights"
    RUN = "Run"
    REVIEW = "Review"
    PUBLISH = "Publish"


ORDER = tuple(Step)
# The step a round waits at; without one it has not come so far, or has been given up.
WAITS_AT: dict[RoundState, Step] = {
    RoundState.CLOSED: Step.SNAPSHOT,
    RoundState.SOLVING: Step.RUN,
    RoundState.PROPOSED: Step.REVIEW,
}
OVER = (RoundState.PUBLISHED, RoundState.COMPLETED)


def waits_at(matching_round: MatchingRound) -> Step | None:
    """Return the step at which a round stands, if it stands at one."""
    return WAITS_AT.get(matching_round.state)


def steps_of(matching_round: MatchingRound, shown: Step | None, *, run_id: int | None = None) -> list[Shown]:
    """Return each step with where it leads and whether it is done, shown, or still to come.

    `run_id` is the run that the steps after it are about: the latest of the round when it is not told.
    """
    if matching_round.state is RoundState.CANCELLED:
        return []
    return list(_steps(matching_round, shown, run_id or _latest_run_id(matching_round.id)))


def _steps(matching_round: MatchingRound, shown: Step | None, run_id: int | None) -> Iterator[Shown]:
    reached = _reached(matching_round)
    for place, step in enumerate(ORDER):
        state = CURRENT if step is shown else DONE if place < reached else LATER
        yield step.value, _address(matching_round, step, run_id), state


def _reached(matching_round: MatchingRound) -> int:
    """Return how many steps are done."""
    if matching_round.state in OVER:
        return len(ORDER)
    waiting = waits_at(matching_round)
    return 0 if waiting is None else ORDER.index(waiting)


def _address(matching_round: MatchingRound, step: Step, run_id: int | None) -> str | None:
    """Return the page of a step, if the round has come so far that it has one."""
    round_id = matching_round.id
    if step is Step.SNAPSHOT:
        return url_for("rounds.snapshot_page", round_id=round_id)
    if step is Step.SETTINGS:
        return url_for("rounds.settings_page", round_id=round_id)
    if run_id is None:
        return None
    has_plan = matching_round.state is RoundState.PROPOSED
    if step is Step.RUN and matching_round.state is RoundState.SOLVING:
        return url_for("rounds.show_run", round_id=round_id, run_id=run_id)
    if step is Step.REVIEW and (has_plan or matching_round.state in OVER):
        return url_for("rounds.show_run", round_id=round_id, run_id=run_id)
    if step is Step.PUBLISH and has_plan:
        return url_for("rounds.publish", round_id=round_id, run_id=run_id)
    return None


def _latest_run_id(round_id: int) -> int | None:
    query = sa.select(sa.func.max(Run.id)).where(
        Run.matching_round_id == round_id, Run.base_run_id.is_(None), Run.follows_run_id.is_(None)
    )
    return db.session.scalar(query)
