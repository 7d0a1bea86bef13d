"""Commands about what the programmes of a round share, and what stands against sharing it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import audit
from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import Person
from app.programmes.models import Programme, ProgrammeGoal, ProgrammeKind
from app.programmes.vocabulary import GOALS
from app.rounds.deciding import is_standing
from app.rounds.enrolling import hold_for_change
from app.rounds.models import (
    Decision,
    DecisionKind,
    Enrolment,
    EnrolmentRole,
    MatchingRound,
    MatchingRoundProgramme,
)
from app.rounds.states import STATE_WORDS, RoundState
from app.rounds.together import Together, may_share, together_in
from app.words import hours_a_month

COVERAGE, POINTS = "coverage", "points"
FEWEST_TO_COVER = 2
BEFORE_PUBLISHING = (RoundState.DRAFT, RoundState.OPEN, RoundState.CLOSED, RoundState.PROPOSED)
# Hours that are added up are whole hundredths.
HUNDREDTHS = 100


def check_may_share(matching_round: MatchingRound) -> None:
    """Refuse to settle what is shared in a round that is being matched or is over, or has one programme.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if not may_share(matching_round):
        raise Conflict(f"{matching_round.name} has one programme, which has nothing to share hours with.")
    if matching_round.state not in BEFORE_PUBLISHING:
        state = STATE_WORDS[matching_round.state]
        raise Conflict(f"{matching_round.name} is {state}, so what its programmes share stays as it is.")


def share(
    matching_round: MatchingRound, *, shares_hours: bool, cover: Sequence[Programme], by: audit.Actor
) -> Together:
    """Settle what the programmes of a round share from the next run on; `cover` is in its order.

    Raises:
        Conflict: when it is not the time.
        Invalid: when these cannot cover for one another, or goals or what HR has settled stand against it.
    """
    hold_for_change(matching_round)
    check_may_share(matching_round)
    ids = [row.id for row in cover]
    known = {row.id for row in matching_round.programmes}
    if len(ids) == 1 or len(set(ids)) < len(ids) or not known.issuperset(ids):
        raise Invalid("Choose at least two programmes that cover for one another, each once.")
    refusal = _refusal(matching_round) if shares_hours or cover else None
    if refusal is not None:
        raise Invalid(refusal)
    before = together_in(matching_round)
    after = Together(shares_hours, tuple(cover))
    if after == before:
        return after
    _write(matching_round, after)
    told = {"name": matching_round.name, "hours": shares_hours, "cover": [row.key for row in cover]}
    audit.record(audit.Entry("round.shared", "matching_round", matching_round.id, details=told), by=by)
    return after


def share_like(matching_round: MatchingRound, before: MatchingRound) -> None:
    """Let the programmes of a new round share what they shared in an earlier one, where they are in both."""
    earlier, known = together_in(before), {row.id for row in matching_round.programmes}
    if not may_share(matching_round):
        return
    cover = tuple(row for row in earlier.cover if row.id in known)
    _write(matching_round, Together(earlier.shares_hours, cover if len(cover) >= FEWEST_TO_COVER else ()))


def _write(matching_round: MatchingRound, after: Together) -> None:
    own = MatchingRoundProgramme
    here = own.matching_round_id == matching_round.id
    db.session.execute(sa.update(own).where(here).values(cover_place=None))
    for place, programme in enumerate(after.cover, start=1):
        db.session.execute(
            sa.update(own).where(here, own.programme_id == programme.id).values(cover_place=place)
        )
    matching_round.shares_hours = after.shares_hours
    db.session.flush()


def check_may_be_matched(matching_round: MatchingRound) -> None:
    """Refuse a run of programmes that share something while they, or what HR has settled, do not allow it.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    together = together_in(matching_round)
    if not together.is_joint:
        return
    refusal = _refusal(matching_round)
    if refusal is None and together.shares_hours:
        refusal = _refusal_of_locks(matching_round)
    if refusal is not None:
        raise Conflict(refusal)


def refusal_of_goals(goals: Mapping[str, Sequence[str]]) -> str | None:
    """Return why the first goals that programmes which share something cannot seek are none of them, if so.

    `goals` are in their order, by the name of the programme that seeks them.
    """
    for name, sought in goals.items():
        for goal in sought:
            if goal not in (COVERAGE, POINTS):
                return (
                    f"{name} has the goal “{GOALS[goal]}”, which cannot be sought where programmes share "
                    "hours or cover for one another. Change its goals, or let them share nothing."
                )
        if list(sought) == [POINTS, COVERAGE]:
            return (
                f"In {name} the best fit comes before how many have a match. Where programmes share hours or "
                "cover for one another it is the other way round. Change its goals, or let them share "
                "nothing."
            )
    return None


def _refusal(matching_round: MatchingRound) -> str | None:
    return refusal_of_goals(_goals(matching_round)) or _refusal_of_who_goes_first(matching_round)


def _goals(matching_round: MatchingRound) -> dict[str, list[str]]:
    own = MatchingRoundProgramme
    query = (
        sa.select(Programme.name, ProgrammeGoal.goal)
        .join(own, own.programme_id == Programme.id)
        .join(ProgrammeGoal, ProgrammeGoal.programme_id == Programme.id)
        .where(own.matching_round_id == matching_round.id)
        .order_by(Programme.name, ProgrammeGoal.position)
    )
    goals = defaultdict[str, list[str]](list)
    for name, goal in db.session.execute(query):
        goals[name].append(goal)
    return goals


def _refusal_of_who_goes_first(matching_round: MatchingRound) -> str | None:
    query = (
        sa.select(Person.name)
        .join(Decision, Decision.mentee_id == Person.id)
        .where(
            Decision.matching_round_id == matching_round.id,
            Decision.kind == DecisionKind.REQUIRED,
            is_standing(),
        )
        .order_by(Decision.id)
        .limit(1)
    )
    name = db.session.scalar(query)
    if name is None:
        return None
    return (
        f"{name} goes before everybody else. Where programmes share hours or cover for one another nobody "
        "does: undo that decision, or let the programmes share nothing."
    )


def _refusal_of_locks(matching_round: MatchingRound) -> str | None:
    """Return for whom more hours are locked than they have, if for anybody; no lock breaks that."""
    asked = defaultdict[int, int](int)
    leading: set[tuple[int, int]] = set()
    for programme_id, kind, hours, mentee_id, mentor_id in db.session.execute(_locks(matching_round)):
        asked[mentee_id] += round(hours * HUNDREDTHS)
        # Whoever leads a group gives their hours once, however many are in it.
        if kind is not ProgrammeKind.GROUP_MENTORING or (programme_id, mentor_id) not in leading:
            asked[mentor_id] += round(hours * HUNDREDTHS)
        leading.add((programme_id, mentor_id))
    query = sa.select(Person.id, Person.name, Person.hours_a_month).where(Person.id.in_(asked))
    for person_id, name, has in db.session.execute(query.order_by(Person.id)):
        if asked[person_id] > round(has * HUNDREDTHS):
            return (
                f"What is locked for {name} takes {hours_a_month(asked[person_id] / HUNDREDTHS)}, and they "
                f"have {has:g}. Unlock one of their matches, or ask them for more hours."
            )
    return None


def _locks(matching_round: MatchingRound) -> Any:
    """Select the locks that stand on people who take part, with what each of their matches takes."""

    def takes_part(person: Any, role: EnrolmentRole) -> sa.ColumnElement[bool]:
        own = aliased(Enrolment)
        return sa.exists().where(
            own.matching_round_id == Decision.matching_round_id,
            own.programme_id == Decision.programme_id,
            own.person_id == person,
            own.role == role,
            own.withdrawn_at.is_(None),
        )

    return (
        sa.select(
            Programme.id, Programme.kind, Programme.hours_a_month, Decision.mentee_id, Decision.mentor_id
        )
        .join(Programme, Programme.id == Decision.programme_id)
        .where(
            Decision.matching_round_id == matching_round.id,
            Decision.kind == DecisionKind.LOCK,
            is_standing(),
            takes_part(Decision.mentee_id, EnrolmentRole.MENTEE),
            takes_part(Decision.mentor_id, EnrolmentRole.MENTOR),
        )
    )
