"""Commands about what HR settles before a run: who is together, who is not, who must have a mentor."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.errors import Conflict, Invalid, Missing
from app.people.models import Person
from app.rounds.enrolling import places_given
from app.rounds.models import Decision, DecisionKind, Enrolment, EnrolmentRole, MatchingRound
from app.rounds.states import STATE_WORDS, RoundState
from app.rounds.together import together_in
from app.text import cleaned_line
from app.words import plural

NOT_POSSIBLE = "The rules do not allow it."


class PairOf(NamedTuple):
    """Two people in a programme of a round."""

    programme_id: int
    mentee_id: int
    mentor_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Why a lock may break a rule, and the last day on which it does."""

    reason: str
    expires_on: date


def is_standing(
    table: type[Decision] = Decision, *, on: sa.BindParameter[date] | None = None
) -> sa.ColumnElement[bool]:
    """Return the condition that a decision counts today, or on the day that a statement is given."""
    day = clock.today() if on is None else on
    return sa.and_(table.undone_at.is_(None), sa.or_(table.expires_on.is_(None), table.expires_on >= day))


def check_may_decide(matching_round: MatchingRound) -> None:
    """Refuse to settle anything while the round is being matched, and once it is published or over.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if matching_round.state not in (RoundState.CLOSED, RoundState.PROPOSED):
        state = STATE_WORDS[matching_round.state]
        raise Conflict(f"{matching_round.name} is {state}, so its matches cannot be changed.")


def lock(
    matching_round: MatchingRound,
    pair: PairOf,
    *,
    by: audit.Actor,
    override: Override | None = None,
    instead_of_id: int | None = None,
) -> Decision:
    """Keep two people together in every run to come; a lock that stands already is left as it is.

    `instead_of_id` is the mentor whom the mentee has now and gives up: what was locked with them is undone.

    Raises:
        Conflict: when it is not the time.
        Invalid: when they are to be kept apart, or one of them has no place left.
    """
    _hold(matching_round)
    names = _names((pair.mentee_id, pair.mentor_id))
    found = _standing_about(matching_round, pair)
    if found is not None and found.kind is DecisionKind.LOCK:
        return found
    if instead_of_id is not None:
        _release(matching_round, pair._replace(mentor_id=instead_of_id), by=by)
        _release_chosen(matching_round, pair, instead_of_id, by=by)
    _check_not_apart(matching_round, pair, names)
    refusal = _Rooms(matching_round).refusal(pair, names)
    if refusal is not None:
        raise Invalid(refusal, field="mentor")
    if override is not None:
        _check_override(override)
    row = _decision(matching_round, DecisionKind.LOCK, pair, by=by)
    row.instead_of_id = instead_of_id
    if override is not None:
        row.is_override, row.reason = True, cleaned_line(override.reason)
        row.expires_on = override.expires_on
    return _kept(row, by=by)


def lock_all(matching_round: MatchingRound, pairs: Sequence[PairOf], *, by: audit.Actor) -> int:
    """Lock many pairs; those that are locked, are to be kept apart or have no room left stay as they are."""
    _hold(matching_round)
    rooms, taken = _Rooms(matching_round), _people_decided(matching_round)
    rows = []
    for pair in pairs:
        if taken.isdisjoint({pair, PairOf(pair.programme_id, pair.mentor_id, pair.mentee_id)}) and rooms.take(
            pair
        ):
            taken.add(pair)
            rows.append(_decision(matching_round, DecisionKind.LOCK, pair, by=by))
    db.session.add_all(rows)
    db.session.flush()
    audit.record_all([_entry("decision.lock", row) for row in rows], by=by)
    return len(rows)


def ban(matching_round: MatchingRound, pair: PairOf, *, reason: str, by: audit.Actor) -> Decision:
    """Keep two people apart in every run to come; a lock on them is undone.

    Raises:
        Conflict: when it is not the time.
        Invalid: when no reason is given.
    """
    _hold(matching_round)
    reason = cleaned_line(reason)
    if not reason:
        raise Invalid("Enter a reason.", field="reason")
    found = _standing_about(matching_round, pair)
    if found is not None and found.kind is DecisionKind.BAN:
        return found
    for one in (pair, PairOf(pair.programme_id, pair.mentor_id, pair.mentee_id)):
        _release(matching_round, one, by=by)
    row = _decision(matching_round, DecisionKind.BAN, pair, by=by)
    row.reason = reason
    return _kept(row, by=by)


def require(matching_round: MatchingRound, *, programme_id: int, mentee_id: int, by: audit.Actor) -> Decision:
    """Let somebody have a mentor before every goal, if the rules leave any.

    Raises:
        Missing: when they never sought a mentor in this programme of the round.
        Conflict: when it is not the time, they seek none any more, or programmes share something.
    """
    sought = sa.select(Enrolment.id).filter_by(
        matching_round_id=matching_round.id,
        programme_id=programme_id,
        person_id=mentee_id,
        role=EnrolmentRole.MENTEE,
    )
    if db.session.scalar(sought) is None:
        raise Missing
    _hold(matching_round)
    if not _Rooms(matching_round).asks(programme_id, mentee_id):
        raise Conflict("They seek no mentor in this round any more.")
    if together_in(matching_round).is_joint:
        raise Conflict(
            f"The programmes of {matching_round.name} share hours or cover for one another, so nobody can go "
            "before everybody else. Lock a match instead."
        )
    about = sa.select(Decision).filter_by(
        matching_round_id=matching_round.id,
        programme_id=programme_id,
        mentee_id=mentee_id,
        kind=DecisionKind.REQUIRED,
        undone_at=None,
    )
    found = db.session.scalar(about)
    if found is not None:
        return found
    row = Decision(
        matching_round_id=matching_round.id,
        programme_id=programme_id,
        kind=DecisionKind.REQUIRED,
        mentee_id=mentee_id,
        decided_by_id=by.id,
    )
    return _kept(row, by=by)


def undo(matching_round: MatchingRound, decisions: Iterable[Decision], *, by: audit.Actor) -> int:
    """Take decisions back; return how many had not been taken back already."""
    _hold(matching_round)
    rows = [row for row in decisions if row.undone_at is None]
    for row in rows:
        row.undone_at, row.undone_by_id = clock.now(), by.id
    db.session.flush()
    audit.record_all([_entry(f"decision.{row.kind}_undone", row) for row in rows], by=by)
    return len(rows)


def _hold(matching_round: MatchingRound) -> None:
    """Let nobody else decide about the round before this transaction ends, and clear what has expired."""
    db.session.refresh(matching_round, with_for_update=True)
    check_may_decide(matching_round)
    db.session.expire_all()
    db.session.execute(
        sa.update(Decision)
        .where(
            Decision.matching_round_id == matching_round.id,
            Decision.undone_at.is_(None),
            Decision.expires_on < clock.today(),
        )
        .values(undone_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _decision(
    matching_round: MatchingRound, kind: DecisionKind, pair: PairOf, *, by: audit.Actor
) -> Decision:
    return Decision(matching_round_id=matching_round.id, kind=kind, decided_by_id=by.id, **pair._asdict())


def _kept(row: Decision, *, by: audit.Actor) -> Decision:
    db.session.add(row)
    db.session.flush()
    audit.record(_entry(f"decision.{row.kind}", row), by=by)
    return row


def _entry(action: str, row: Decision) -> audit.Entry:
    told = {"round": row.matching_round_id, "mentor": row.mentor_id}
    if row.instead_of_id is not None:
        told["instead_of"] = row.instead_of_id
    details = {**told, **({"reason": row.reason} if row.reason else {})}
    return audit.Entry(action, "decision", row.id, person_id=row.mentee_id, details=details)


def _standing_about(matching_round: MatchingRound, pair: PairOf) -> Decision | None:
    about = sa.select(Decision).filter_by(matching_round_id=matching_round.id, **pair._asdict())
    return db.session.scalar(about.where(Decision.undone_at.is_(None)))


def _release(matching_round: MatchingRound, pair: PairOf, *, by: audit.Actor) -> None:
    found = _standing_about(matching_round, pair)
    if found is not None and found.kind is DecisionKind.LOCK:
        undo(matching_round, [found], by=by)


def _release_chosen(
    matching_round: MatchingRound, pair: PairOf, instead_of_id: int, *, by: audit.Actor
) -> None:
    """Undo what was chosen before in place of the same mentor: HR has thought better of it."""
    chosen = sa.select(Decision).filter_by(
        matching_round_id=matching_round.id,
        programme_id=pair.programme_id,
        mentee_id=pair.mentee_id,
        instead_of_id=instead_of_id,
        undone_at=None,
    )
    undo(matching_round, db.session.scalars(chosen).all(), by=by)


def _check_not_apart(matching_round: MatchingRound, pair: PairOf, names: Mapping[int, str]) -> None:
    for one in (pair, PairOf(pair.programme_id, pair.mentor_id, pair.mentee_id)):
        found = _standing_about(matching_round, one)
        if found is not None and found.kind is DecisionKind.BAN:
            both = " and ".join(names[person_id] for person_id in one[1:])
            raise Invalid(f"{both} are kept apart: {found.reason}. Undo that first.", field="mentor")


def _check_override(override: Override) -> None:
    if not cleaned_line(override.reason):
        raise Invalid("Enter why this rule may be broken.", field="reason")
    if override.expires_on < clock.today():
        raise Invalid("Enter a day that is not over.", field="expires_on")


def _people_decided(matching_round: MatchingRound) -> set[PairOf]:
    query: Any = sa.select(Decision.programme_id, Decision.mentee_id, Decision.mentor_id).where(
        Decision.matching_round_id == matching_round.id, Decision.mentor_id.is_not(None), is_standing()
    )
    return {PairOf(*row) for row in db.session.execute(query)}


def _names(person_ids: Iterable[int]) -> dict[int, str]:
    query = sa.select(Person.id, Person.name).where(Person.id.in_(list(person_ids)))
    return dict(db.session.execute(query).all())


class _Rooms:
    """How many places everybody has in a round, and how many of them locks have taken."""

    def __init__(self, matching_round: MatchingRound) -> None:
        self._places = {
            (programme_id, role, person_id): places
            for programme_id, role, person_id, places in db.session.execute(
                sa.select(
                    Enrolment.programme_id,
                    Enrolment.role,
                    Enrolment.person_id,
                    places_given(Enrolment),
                )
                .join(Person, Person.id == Enrolment.person_id)
                .where(
                    Enrolment.matching_round_id == matching_round.id,
                    Enrolment.withdrawn_at.is_(None),
                )
            )
        }
        self._taken: Counter[tuple[int, EnrolmentRole, int]] = Counter()
        locked: Any = sa.select(Decision.programme_id, Decision.mentee_id, Decision.mentor_id).where(
            Decision.matching_round_id == matching_round.id,
            Decision.kind == DecisionKind.LOCK,
            is_standing(),
        )
        for row in db.session.execute(locked):
            self._taken.update(_sides(PairOf(*row)))

    def asks(self, programme_id: int, mentee_id: int) -> bool:
        """Tell whether somebody seeks a mentor."""
        return (programme_id, EnrolmentRole.MENTEE, mentee_id) in self._places

    def take(self, pair: PairOf) -> bool:
        """Take a place of both; tell whether both had one."""
        sides = _sides(pair)
        if any(self._taken[side] >= self._places.get(side, 0) for side in sides):
            return False
        self._taken.update(sides)
        return True

    def refusal(self, pair: PairOf, names: Mapping[int, str]) -> str | None:
        """Say which of the two has no place left, if one of them has none."""
        for side in _sides(pair):
            places, name = self._places.get(side, 0), names[side[2]]
            if not places:
                return f"{name} does not take part in this round."
            if self._taken[side] >= places:
                return f"{name} has {plural(places, 'place')}, locked for somebody else. Unlock one first."
        return None


def _sides(pair: PairOf) -> list[tuple[int, EnrolmentRole, int]]:
    return [
        (pair.programme_id, EnrolmentRole.MENTEE, pair.mentee_id),
        (pair.programme_id, EnrolmentRole.MENTOR, pair.mentor_id),
    ]
