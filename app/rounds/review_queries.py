"""Reads of the review: the pairs of a run beside what HR has settled about each, and all decisions."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased, joinedload

from app.auth.models import Account
from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.rounds.deciding import PairOf, is_standing
from app.rounds.models import (
    Assignment,
    AssignmentMember,
    Decision,
    DecisionKind,
    EnrolmentRole,
    Run,
)
from app.rounds.queries import Shown
from app.rounds.run_queries import Match, in_band, pairs_query
from app.rounds.states import RunState

ALL, LOOK, LOCKED, CHANGED = "all", "look", "locked", "changed"
BY_NAME, BY_MENTOR, BY_FIT = "name", "mentor", "fit"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A pair of a run and what HR has settled about it since."""

    match: Match
    lock_id: int | None
    is_override: bool | None
    changed_from: str | None
    """Whom the mentee had before HR chose this mentor."""
    ban_id: int | None
    chosen: str | None
    """Whom HR has chosen for the mentee in place of this mentor; the next run has it."""
    before: str | None
    """Whom the mentee had in the run before, when it was somebody else."""


@dataclass(frozen=True, slots=True)
class Review:
    """A page of pairs; how many each segment has; and of the whole run, how many pairs and unmet changes."""

    pages: Pagination
    counts: dict[str, int]
    pairs: int
    locked: int
    lockable: int
    """How many of those shown here, on every page, could still be locked."""
    unmet: int
    """How many pairs HR has decided against, so that only another run can be published with good sense."""


class _Rows:
    """The query for the pairs of a run beside what HR has settled, and the conditions it is asked with."""

    def __init__(self, run: Run, search: str = "") -> None:
        self.run = run
        self.mentee, self.mentor = aliased(Person), aliased(Person)
        self.lock, self.ban = aliased(Decision), aliased(Decision)
        self.pairs = (
            pairs_query(run, self.mentee, self.mentor)
            .outerjoin(self.lock, self._about(self.lock, DecisionKind.LOCK))
            .outerjoin(self.ban, self._about(self.ban, DecisionKind.BAN))
        )
        named = [person.name.icontains(search, autoescape=True) for person in (self.mentee, self.mentor)]
        self.found = sa.or_(*named) if search else sa.true()
        self.chosen = self._chosen()
        self.against = sa.or_(self.ban.id.is_not(None), self.chosen.is_not(None))
        self.free = sa.and_(self.lock.id.is_(None), sa.not_(self.against))
        self.segments: dict[str, sa.ColumnElement[bool]] = {
            ALL: sa.true(),
            LOOK: in_band("weak"),
            LOCKED: self.lock.id.is_not(None),
            CHANGED: sa.or_(self.lock.instead_of_id.is_not(None), self.against),
        }

    def shown(self) -> sa.Select[Any]:
        """Return the pairs with everything the page says of them."""
        instead = aliased(Person)
        return self.pairs.outerjoin(instead, instead.id == self.lock.instead_of_id).add_columns(
            self.lock.id.label("lock_id"),
            self.lock.is_override,
            instead.name.label("changed_from"),
            self.ban.id.label("ban_id"),
            self.chosen.label("chosen"),
            self._before().label("before"),
        )

    def _about(self, row: type[Decision], kind: DecisionKind) -> sa.ColumnElement[bool]:
        return sa.and_(
            row.matching_round_id == self.run.matching_round_id,
            row.programme_id == Assignment.programme_id,
            row.mentee_id == self.mentee.id,
            row.mentor_id == self.mentor.id,
            row.kind == kind,
            is_standing(row),
        )

    def _chosen(self) -> sa.ScalarSelect[Any]:
        other, person = aliased(Decision), aliased(Person)
        return (
            sa.select(sa.func.min(person.name))
            .join(other, other.mentor_id == person.id)
            .where(
                other.matching_round_id == self.run.matching_round_id,
                other.programme_id == Assignment.programme_id,
                other.mentee_id == self.mentee.id,
                other.instead_of_id == self.mentor.id,
                is_standing(other),
            )
            .correlate(Assignment, self.mentee, self.mentor)
            .scalar_subquery()
        )

    def _before(self) -> sa.ColumnElement[Any]:
        """Return the mentee's mentor in the run before, when this one was not theirs there."""
        earlier = aliased(Run)
        latest = (
            sa.select(sa.func.max(earlier.id))
            .where(
                earlier.matching_round_id == self.run.matching_round_id,
                earlier.state == RunState.FINISHED,
                earlier.base_run_id.is_(None),
                earlier.id < self.run.id,
            )
            .scalar_subquery()
        )
        then, of_mentee, of_mentor, person = (
            aliased(Assignment),
            aliased(AssignmentMember),
            aliased(AssignmentMember),
            aliased(Person),
        )
        same = sa.func.max(sa.case((of_mentor.person_id == self.mentor.id, 1), else_=0))
        return (
            sa.select(sa.case((same == 1, None), else_=sa.func.min(person.name)))
            .select_from(of_mentee)
            .join(then, then.id == of_mentee.assignment_id)
            .join(of_mentor, of_mentor.assignment_id == then.id)
            .join(person, person.id == of_mentor.person_id)
            .where(
                of_mentee.person_id == self.mentee.id,
                of_mentee.role == EnrolmentRole.MENTEE,
                of_mentor.role == EnrolmentRole.MENTOR,
                then.run_id == latest,
                then.programme_id == Assignment.programme_id,
            )
            .correlate(Assignment, self.mentee, self.mentor)
            .scalar_subquery()
        )


def review_page(run: Run, *, segment: str, search: str, sort: str) -> Review:
    """Return a page of the pairs of a run in a segment whose names contain `search`."""
    rows = _Rows(run, search)
    here = sa.and_(rows.found, rows.segments[segment])
    counted = rows.pairs.with_only_columns(
        *(
            sa.func.count().filter(rows.found, condition).label(key)
            for key, condition in rows.segments.items()
        ),
        sa.func.count().label("pairs"),
        sa.func.count(rows.lock.id).label("all_locked"),
        sa.func.count().filter(here, rows.free).label("lockable"),
        sa.func.count().filter(rows.against).label("unmet"),
    ).order_by(None)
    figures = dict(db.session.execute(counted).one()._mapping)
    orders = {
        BY_NAME: rows.mentee.name,
        BY_MENTOR: rows.mentor.name,
        BY_FIT: Assignment.points,
    }

    def read(limit: int, offset: int) -> list[Reviewed]:
        query = rows.shown().where(here).order_by(orders[sort], Assignment.id)
        return list(_reviewed(query.limit(limit).offset(offset)))

    return Review(
        pages=Shown(read=read, counted=figures[segment]),
        counts={key: figures[key] for key in rows.segments},
        pairs=figures["pairs"],
        locked=figures["all_locked"],
        lockable=figures["lockable"],
        unmet=figures["unmet"],
    )


def match_numbered(run: Run, match_id: int) -> Reviewed:
    """Return a pair of a run with what HR has settled about it.

    Raises:
        Missing: when the run has no such pair.
    """
    found = next(_reviewed(_Rows(run).shown().where(Assignment.id == match_id)), None)
    if found is None:
        raise Missing
    return found


def pair_of(run: Run, match_id: int) -> PairOf:
    """Return who is together in a pair of a run.

    Raises:
        Missing: when the run has no such pair.
    """
    found = db.session.execute(_pairs_alone(_Rows(run)).where(Assignment.id == match_id)).first()
    if found is None:
        raise Missing
    return PairOf(*found)


def free_pairs(run: Run, *, segment: str, search: str) -> list[PairOf]:
    """Return the pairs shown, on every page, that could still be locked; the best fits first."""
    rows = _Rows(run, search)
    query = _pairs_alone(rows).where(rows.found, rows.segments[segment], rows.free)
    order = query.order_by(Assignment.points.desc(), Assignment.id)
    return [PairOf(*row) for row in db.session.execute(order)]


def locks_shown(run: Run, *, search: str) -> list[Decision]:
    """Return the locks on the pairs shown, on every page."""
    rows = _Rows(run, search)
    ids = rows.pairs.with_only_columns(rows.lock.id).where(rows.found, rows.lock.id.is_not(None))
    return list(db.session.scalars(sa.select(Decision).where(Decision.id.in_(ids)).order_by(Decision.id)))


def lock_on(run: Run, pair: PairOf) -> Decision | None:
    """Return the lock that stands on a pair, if any."""
    about = {"matching_round_id": run.matching_round_id, "kind": DecisionKind.LOCK, "undone_at": None}
    return db.session.scalar(sa.select(Decision).filter_by(**about, **pair._asdict()))


def decisions_page(round_id: int) -> Pagination:
    """Return a page of what HR has settled about a round, the latest first, undone ones included."""
    here = Decision.matching_round_id == round_id
    total = db.session.scalar(sa.select(sa.func.count()).where(here)) or 0

    def read(limit: int, offset: int) -> list[tuple[Decision, str | None, str | None]]:
        query = _with_names().where(here).order_by(Decision.id.desc()).limit(limit).offset(offset)
        return [tuple(row) for row in db.session.execute(query)]

    return Shown(read=read, counted=total)


def history_of(run: Run, match: Match) -> list[tuple[Decision, str | None, str | None]]:
    """Return what HR has settled about a mentee in a round, the latest first, with who did and undid it."""
    query = _with_names().where(
        Decision.matching_round_id == run.matching_round_id, Decision.mentee_id == match.mentee_id
    )
    return [tuple(row) for row in db.session.execute(query.order_by(Decision.id.desc()))]


def decision_numbered(round_id: int, decision_id: int) -> Decision:
    """Return what HR has settled about a round.

    Raises:
        Missing: when there is no such decision.
    """
    found = db.session.scalar(sa.select(Decision).filter_by(id=decision_id, matching_round_id=round_id))
    if found is None:
        raise Missing
    return found


def _with_names() -> sa.Select[Any]:
    decider, undoer = aliased(Account), aliased(Account)
    by, undone_by = aliased(Person), aliased(Person)
    query: Any = (
        sa.select(Decision, by.name, undone_by.name)
        .outerjoin(decider, decider.id == Decision.decided_by_id)
        .outerjoin(by, by.id == decider.person_id)
        .outerjoin(undoer, undoer.id == Decision.undone_by_id)
        .outerjoin(undone_by, undone_by.id == undoer.person_id)
        .options(
            joinedload(Decision.mentee),
            joinedload(Decision.mentor),
            joinedload(Decision.instead_of),
        )
    )
    return query


def _pairs_alone(rows: _Rows) -> sa.Select[Any]:
    query: Any = rows.pairs.with_only_columns(Assignment.programme_id, rows.mentee.id, rows.mentor.id)
    return query


def _reviewed(query: sa.Select[Any]) -> Iterator[Reviewed]:
    own = {field.name for field in fields(Match)}
    for row in db.session.execute(query):
        found = dict(row._mapping)
        match = Match(**{name: found.pop(name) for name in own})
        yield Reviewed(match, **found)
