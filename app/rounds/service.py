"""Commands about a matching round as a whole: prepare, open, close, cancel, complete."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import changed_rows, db
from app.engagements.models import Engagement
from app.engagements.queries import is_open
from app.errors import Conflict, Invalid
from app.programmes.models import Programme
from app.programmes.upkeep import check_may_have_rounds
from app.rounds.closing_models import ClosingCheck
from app.rounds.enrolling import enrol_everyone
from app.rounds.models import MatchingRound, Run
from app.rounds.question_models import Question
from app.rounds.sharing import share_like
from app.rounds.states import STATE_WORDS, RoundState, RunState, check_may_follow
from app.text import cleaned_line
from app.words import plural

LONGEST_NAME = 120
LONGEST_ROUND_DAYS = 366


def create_round(
    *,
    name: str,
    programmes: Sequence[Programme],
    opens_on: date,
    closes_on: date,
    starts_on: date,
    ends_on: date,
    by: audit.Actor,
    like: MatchingRound | None = None,
) -> MatchingRound:
    """Prepare a round of some programmes; nobody is enrolled before it opens.

    Its programmes share what they shared in the round that it is `like`.

    Raises:
        Invalid: when the name is taken, the dates are not in order, or a programme is archived.
    """
    name = cleaned_line(name)
    _check_name(name)
    _check_dates(opens_on, closes_on, starts_on, ends_on)
    _check_programmes(programmes)
    matching_round = MatchingRound(
        name=name,
        state=RoundState.DRAFT,
        opens_on=opens_on,
        closes_on=closes_on,
        starts_on=starts_on,
        ends_on=ends_on,
        programmes=list(programmes),
    )
    db.session.add(matching_round)
    db.session.flush()
    if like is not None:
        share_like(matching_round, like)
    _record("round.created", matching_round, by=by)
    return matching_round


def open_round(matching_round: MatchingRound, *, by: audit.Actor) -> int:
    """Open enrolment and enrol everyone whose profile asks for it; return how many joined.

    Also opens a closed round again; those who withdrew stay out.
    """
    move(matching_round, RoundState.OPEN)
    enrolled = enrol_everyone(matching_round)
    _record("round.opened", matching_round, by=by, enrolled=enrolled)
    return enrolled


def close_round(matching_round: MatchingRound, *, by: audit.Actor) -> None:
    """Close enrolment: who takes part is settled now."""
    check_may_close(matching_round)
    move(matching_round, RoundState.CLOSED)
    _record("round.closed", matching_round, by=by)


def check_may_close(matching_round: MatchingRound) -> None:
    """Refuse to close what is not open: a round that is being matched is stopped instead."""
    if matching_round.state is not RoundState.OPEN:
        raise Conflict(
            f"{matching_round.name} is {STATE_WORDS[matching_round.state]}, so it cannot be closed."
        )


def check_may_cancel(matching_round: MatchingRound) -> None:
    """Refuse to give up what is published or over."""
    check_may_follow(matching_round.name, matching_round.state, RoundState.CANCELLED)


def cancel_round(matching_round: MatchingRound, *, by: audit.Actor) -> None:
    """Give a round up before anything of it is published; what workers are at is stopped."""
    move(matching_round, RoundState.CANCELLED)
    active = [RunState.QUEUED, RunState.RUNNING]
    stopped = {"state": RunState.CANCELLED, "finished_at": clock.now()}
    here = Run.matching_round_id == matching_round.id
    db.session.execute(sa.update(Run).where(here, Run.state.in_(active)).values(**stopped))
    asked = sa.and_(Question.run_id.in_(sa.select(Run.id).where(here)), Question.state.in_(active))
    db.session.execute(sa.update(Question).where(asked).values(**stopped))
    _record("round.cancelled", matching_round, by=by)


def complete_round(matching_round: MatchingRound, *, by: audit.Actor) -> None:
    """Mark a published round as over, once HR has looked back on it.

    Raises:
        Conflict: when it is not published, matches wait for an answer, or its check is not filled in.
    """
    check_may_complete(matching_round)
    move(matching_round, RoundState.COMPLETED)
    _record("round.completed", matching_round, by=by)


def check_may_complete(matching_round: MatchingRound) -> None:
    """Refuse to complete a round in which somebody has still to answer, or that nobody has looked back on.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    check_may_follow(matching_round.name, matching_round.state, RoundState.COMPLETED)
    waiting = sa.select(sa.func.count()).select_from(Engagement)
    count = db.session.scalar(waiting.where(Engagement.matching_round_id == matching_round.id, is_open()))
    if count:
        waits = plural(count, "match waits", "matches wait")
        raise Conflict(f"{waits} for an answer, so {matching_round.name} is not over.")
    if db.session.get(ClosingCheck, matching_round.id) is None:
        raise Conflict(
            f"Nobody has looked back on {matching_round.name} yet. Fill in its check, then complete it."
        )


def move(matching_round: MatchingRound, state: RoundState, **values: Any) -> None:
    """Bring a round from the state it was read in to `state`, unless somebody else was faster.

    Raises:
        Conflict: when `state` may not follow, or the round has moved meanwhile.
    """
    before = matching_round.state
    check_may_follow(matching_round.name, before, state)
    moved = changed_rows(
        sa.update(MatchingRound)
        .where(MatchingRound.id == matching_round.id, MatchingRound.state == before)
        .values(state=state, **values)
    )
    db.session.refresh(matching_round)
    if moved != 1:
        check_may_follow(matching_round.name, matching_round.state, state)
        raise Conflict(f"{matching_round.name} has changed meanwhile. Reload the page and try again.")


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(f"Enter a name of at most {LONGEST_NAME} characters.", field="name")
    if db.session.scalar(sa.select(MatchingRound.id).where(MatchingRound.name == name)):
        raise Invalid(f"There is already a round called {name}.", field="name")


def _check_programmes(programmes: Sequence[Programme]) -> None:
    """Refuse programmes that get no rounds; nobody archives the others before this transaction ends."""
    if not programmes:
        raise Invalid("Choose at least one programme.", field="programmes")
    for programme in programmes:
        db.session.refresh(programme, with_for_update={"read": True})
        check_may_have_rounds(programme)


def _check_dates(opens_on: date, closes_on: date, starts_on: date, ends_on: date) -> None:
    if closes_on < opens_on:
        raise Invalid("Enter a day on or after the day enrolment opens.", field="closes_on")
    if starts_on < closes_on:
        raise Invalid("Enter a day on or after the last day of enrolment.", field="starts_on")
    if ends_on <= starts_on:
        raise Invalid("Enter a day after the first day of the matches.", field="ends_on")
    if (ends_on - starts_on).days >= LONGEST_ROUND_DAYS:
        raise Invalid(f"Matches of a round last at most {LONGEST_ROUND_DAYS} days.", field="ends_on")


def _record(action: str, matching_round: MatchingRound, *, by: audit.Actor, **details: Any) -> None:
    details = {"name": matching_round.name, **details}
    audit.record(audit.Entry(action, "matching_round", matching_round.id, details=details), by=by)
