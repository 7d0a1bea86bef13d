"""Reads of the review: the pairs of a run beside what HR has settled about each."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased

from app import clock
from app.communities.models import Community
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
    overrides: int
    """How many pairs break a rule because HR decided so."""
    unmet: int
    """How many pairs HR has decided against, so that only another run can be published with good sense."""


RUN_ID, ROUND_ID = sa.bindparam("run_id", type_=sa.Integer), sa.bindparam("round_id", type_=sa.Integer)
TODAY = sa.bindparam("today", type_=sa.Date)
SEARCH, ESCAPE = sa.bindparam("search", type_=sa.String), "/"


def _asked(run: Run, search: str = "") -> dict[str, Any]:
    """Return what the statements of this module are executed with."""
    text = "".join(ESCAPE + letter if letter in "%_/" else letter for letter in search)
    return {"run_id": run.id, "round_id": run.matching_round_id, "today": clock.today(), "search": text}


class _Rows:
    """The query for the pairs of a run beside what HR has settled, and the conditions it is asked with.

    To put it together takes many times longer than to execute it, so each is made once; what differs between
    two requests are parameters.
    """

    def __init__(self, *, searching: bool) -> None:
        self.mentee, self.mentor = aliased(Person), aliased(Person)
        self.lock, self.ban = aliased(Decision), aliased(Decision)
        self.pairs = (
            pairs_query(RUN_ID, self.mentee, self.mentor)
            .outerjoin(self.lock, self._about(self.lock, DecisionKind.LOCK))
            .outerjoin(self.ban, self._about(self.ban, DecisionKind.BAN))
        )
        self.found = self._named() if searching else sa.true()
        self.chosen = self._chosen()
        self.against = sa.or_(self.ban.id.is_not(None), self.chosen.is_not(None))
        # Peers and members of communities are not locked yet.
        is_pair = sa.exists().where(
            AssignmentMember.assignment_id == Assignment.id, AssignmentMember.role == EnrolmentRole.MENTOR
        )
        self.free = sa.and_(self.lock.id.is_(None), sa.not_(self.against), is_pair)
        self.segments: dict[str, sa.ColumnElement[bool]] = {
            ALL: sa.true(),
            LOOK: in_band("weak"),
            LOCKED: self.lock.id.is_not(None),
            CHANGED: sa.or_(self.lock.instead_of_id.is_not(None), self.against),
        }
        self.orders: dict[str, Any] = {
            BY_NAME: self.mentee.name,
            BY_MENTOR: sa.func.coalesce(self.mentor.name, Community.name),
            BY_FIT: Assignment.points,
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

    def _named(self) -> sa.ColumnElement[bool]:
        """Hold where anybody of a pair or a group has a name with what is searched in it."""
        member, person = aliased(AssignmentMember), aliased(Person)
        return (
            sa.select(member.person_id)
            .join(person, person.id == member.person_id)
            .where(member.assignment_id == Assignment.id, person.name.icontains(SEARCH, escape=ESCAPE))
            .correlate(Assignment)
            .exists()
        )

    def _about(self, row: type[Decision], kind: DecisionKind) -> sa.ColumnElement[bool]:
        return sa.and_(
            row.matching_round_id == ROUND_ID,
            row.programme_id == Assignment.programme_id,
            row.mentee_id == self.mentee.id,
            row.mentor_id == self.mentor.id,
            row.kind == kind,
            is_standing(row, on=TODAY),
        )

    def _chosen(self) -> sa.ScalarSelect[Any]:
        other, person = aliased(Decision), aliased(Person)
        return (
            sa.select(sa.func.min(person.name))
            .join(other, other.mentor_id == person.id)
            .where(
                other.matching_round_id == ROUND_ID,
                other.programme_id == Assignment.programme_id,
                other.mentee_id == self.mentee.id,
                other.instead_of_id == self.mentor.id,
                is_standing(other, on=TODAY),
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
                earlier.matching_round_id == ROUND_ID,
                earlier.state == RunState.FINISHED,
                earlier.base_run_id.is_(None),
                earlier.id < RUN_ID,
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


@functools.cache
def _rows(*, searching: bool) -> _Rows:
    return _Rows(searching=searching)


@functools.cache
def _counted(segment: str, *, searching: bool) -> sa.Select[Any]:
    rows = _rows(searching=searching)
    here = sa.and_(rows.found, rows.segments[segment])
    counted: Any = rows.pairs.with_only_columns(
        *(
            sa.func.count().filter(rows.found, condition).label(key)
            for key, condition in rows.segments.items()
        ),
        sa.func.count().label("pairs"),
        sa.func.count(rows.lock.id).label("all_locked"),
        sa.func.count().filter(rows.lock.is_override).label("overrides"),
        sa.func.count().filter(here, rows.free).label("lockable"),
        sa.func.count().filter(rows.against).label("unmet"),
    )
    return counted.order_by(None)


@functools.cache
def _shown(segment: str, sort: str, *, searching: bool) -> sa.Select[Any]:
    rows = _rows(searching=searching)
    query = rows.shown().where(rows.found, rows.segments[segment])
    part = (sa.bindparam("limit", type_=sa.Integer), sa.bindparam("offset", type_=sa.Integer))
    return query.order_by(rows.orders[sort], Assignment.id).limit(part[0]).offset(part[1])


@functools.cache
def _one() -> sa.Select[Any]:
    return _rows(searching=False).shown().where(Assignment.id == sa.bindparam("match_id", type_=sa.Integer))


def review_page(run: Run, *, segment: str, search: str, sort: str) -> Review:
    """Return a page of the pairs of a run in a segment whose names contain `search`."""
    asked, searching = _asked(run, search), bool(search)
    figures = db.session.execute(_counted(segment, searching=searching), asked).one()._mapping

    def read(limit: int, offset: int) -> list[Reviewed]:
        query = _shown(segment, sort, searching=searching)
        return list(_reviewed(query, {**asked, "limit": limit, "offset": offset}))

    return Review(
        pages=Shown(read=read, counted=figures[segment]),
        counts={key: figures[key] for key in (ALL, LOOK, LOCKED, CHANGED)},
        pairs=figures["pairs"],
        locked=figures["all_locked"],
        lockable=figures["lockable"],
        overrides=figures["overrides"],
        unmet=figures["unmet"],
    )


def match_numbered(run: Run, match_id: int) -> Reviewed:
    """Return a pair of a run with what HR has settled about it.

    Raises:
        Missing: when the run has no such pair.
    """
    found = next(_reviewed(_one(), {**_asked(run), "match_id": match_id}), None)
    if found is None:
        raise Missing
    return found


def pair_of(run: Run, match_id: int) -> PairOf:
    """Return who is together in a pair of a run.

    Raises:
        Missing: when the run has no such pair; of peers, nothing can be settled yet.
    """
    mentor = aliased(AssignmentMember)
    is_mentor = sa.and_(mentor.assignment_id == Assignment.id, mentor.role == EnrolmentRole.MENTOR)
    query = _pairs_alone(_rows(searching=False)).join(mentor, is_mentor).where(Assignment.id == match_id)
    found = db.session.execute(query, _asked(run)).first()
    if found is None:
        raise Missing
    return PairOf(*found)


def free_pairs(run: Run, *, segment: str, search: str) -> list[PairOf]:
    """Return the pairs shown, on every page, that could still be locked; the best fits first."""
    rows = _rows(searching=bool(search))
    query = _pairs_alone(rows).where(rows.found, rows.segments[segment], rows.free)
    order = query.order_by(Assignment.points.desc(), Assignment.id)
    return [PairOf(*row) for row in db.session.execute(order, _asked(run, search))]


def locks_shown(run: Run, *, search: str) -> list[Decision]:
    """Return the locks on the pairs shown, on every page."""
    rows = _rows(searching=bool(search))
    ids = rows.pairs.with_only_columns(rows.lock.id).where(rows.found, rows.lock.id.is_not(None))
    query = sa.select(Decision).where(Decision.id.in_(ids)).order_by(Decision.id)
    return list(db.session.scalars(query, _asked(run, search)))


def _pairs_alone(rows: _Rows) -> sa.Select[Any]:
    query: Any = rows.pairs.with_only_columns(Assignment.programme_id, rows.mentee.id, rows.mentor.id)
    return query


def _reviewed(query: sa.Select[Any], asked: Mapping[str, Any]) -> Iterator[Reviewed]:
    own = {field.name for field in fields(Match)}
    for row in db.session.execute(query, asked):
        found = dict(row._mapping)
        match = Match(**{name: found.pop(name) for name in own})
        yield Reviewed(match, **found)
