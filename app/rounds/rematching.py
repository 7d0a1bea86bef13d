"""Commands about matching again what fell through in a published round; everything else stands."""

import sqlalchemy as sa

from app import audit
from app.db import db
from app.errors import Conflict
from app.rounds.answers import AnswersCounted, answers_counted
from app.rounds.enrolling import hold_for_change, roles_in
from app.rounds.group_queries import GROUPS
from app.rounds.models import EnrolmentRole, MatchingRound, Run
from app.rounds.running import ACTIVE, record
from app.rounds.states import STATE_WORDS, RoundState
from app.rounds.together import together_in


def check_may_match_again(matching_round: MatchingRound, counted: AnswersCounted) -> None:
    """Refuse a round that is not published, or in which nobody has become free.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if matching_round.state is not RoundState.PUBLISHED:
        state = STATE_WORDS[matching_round.state]
        raise Conflict(f"{matching_round.name} is {state}, so there is nothing to match again.")
    if any(EnrolmentRole.PEER in roles_in(row) for row in matching_round.programmes):
        raise Conflict("A round with peer coaching is not matched again; whoever is free goes into the next.")
    if any(row.kind in GROUPS for row in matching_round.programmes):
        raise Conflict("A round with groups is not matched again; whoever is free goes into the next.")
    if together_in(matching_round).is_joint:
        raise Conflict(
            "A round whose programmes share something is not matched again; "
            "whoever is free goes into the next."
        )
    if not counted.fell_through + counted.ended:
        raise Conflict("No match has fallen through, so there is nobody to match again.")


def request_rematch(matching_round: MatchingRound, *, by: audit.Actor) -> Run:
    """Ask for a run of those who are free again; then give its id to `tasks.solve_run`.

    Raises:
        Conflict: when another run is going on, or there is nothing to match again.
    """
    hold_for_change(matching_round)
    check_may_match_again(matching_round, answers_counted(matching_round))
    active = sa.select(Run.id).where(
        Run.matching_round_id == matching_round.id, Run.state.in_(ACTIVE), Run.base_run_id.is_(None)
    )
    if db.session.scalar(active) is not None:
        raise Conflict(f"{matching_round.name} is being matched already.")
    run = Run(matching_round_id=matching_round.id, follows_run_id=published_last(matching_round))
    db.session.add(run)
    db.session.flush()
    record("run.requested", run, by=by)
    return run


def check_may_follow_up(run: Run, matching_round: MatchingRound) -> None:
    """Refuse further matches that were made for a round as it no longer is.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if matching_round.state is not RoundState.PUBLISHED:
        state = STATE_WORDS[matching_round.state]
        raise Conflict(f"{matching_round.name} is {state}, so no further matches can be published.")
    if run.published_at is not None:
        raise Conflict("These matches are published already.")
    if run.follows_run_id != published_last(matching_round):
        raise Conflict("Other matches were published since this run. Match again, then publish.")


def published_last(matching_round: MatchingRound) -> int | None:
    """Return the run of a round that was published last."""
    latest = sa.select(Run.id).where(
        Run.matching_round_id == matching_round.id, Run.published_at.is_not(None)
    )
    return db.session.scalar(latest.order_by(Run.id.desc()).limit(1))
