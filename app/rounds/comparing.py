"""Reads that set runs of one round beside each other: their figures, fairness, and the pairs that differ."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased

from app.communities.models import Community
from app.db import db
from app.people.models import Department, Person
from app.rounds.models import SEEKING, Assignment, AssignmentMember, EnrolmentRole, Run
from app.rounds.queries import Shown
from app.rounds.states import RunState
from app.words import FIT_BANDS

FEWEST_IN_GROUP = 5
WEAK_BELOW = FIT_BANDS[-2].from_fit


@dataclass(frozen=True, slots=True)
class Fits:
    """How well the pairs of a run fit, out of 100; without pairs there is no average and no weakest."""

    pairs: int = 0
    average: float | None = None
    weakest: int | None = None
    weak: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """The average fit of the department best off and of the one worst off, of those large enough to tell."""

    best: str
    most: float
    worst: str
    least: float

    @property
    def width(self) -> float:
        """Return by how many points of fit they are apart."""
        return self.most - self.least


@dataclass(frozen=True, slots=True)
class Change:
    """Whom a mentee has in one run and in another."""

    mentee_id: int
    mentee: str
    first: list[str]
    second: list[str]


def finished_of(runs: Iterable[Run]) -> list[Run]:
    """Return those of some runs that found a plan."""
    return [run for run in runs if run.state is RunState.FINISHED]


def fits_of(run_ids: Sequence[int]) -> Mapping[int, Fits]:
    """Return for each of some runs how well its pairs fit."""
    query = (
        sa.select(
            Assignment.run_id,
            sa.func.count(),
            sa.func.avg(Assignment.points),
            sa.func.min(Assignment.points),
            sa.func.count().filter(Assignment.points < WEAK_BELOW),
        )
        .where(Assignment.run_id.in_(run_ids))
        .group_by(Assignment.run_id)
    )
    found = {
        run_id: Fits(pairs, float(average), weakest, weak)
        for run_id, pairs, average, weakest, weak in db.session.execute(query)
    }
    return {run_id: found.get(run_id, Fits()) for run_id in run_ids}


def gaps_of(run_ids: Sequence[int]) -> Mapping[int, Gap | None]:
    """Return for each of some runs how far apart departments are in the average fit of their mentees.

    Departments with fewer than five pairs in a run are left out: one could tell whose fit it is.
    """
    member = aliased(AssignmentMember)
    query = (
        sa.select(Assignment.run_id, Department.name, sa.func.avg(Assignment.points))
        .join(member, sa.and_(member.assignment_id == Assignment.id, member.role.in_(SEEKING)))
        .join(Person, Person.id == member.person_id)
        .join(Department, Department.id == Person.department_id)
        .where(Assignment.run_id.in_(run_ids))
        .group_by(Assignment.run_id, Department.id, Department.name)
        .having(sa.func.count(Person.id.distinct()) >= FEWEST_IN_GROUP)
    )
    groups: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for run_id, department, average in db.session.execute(query):
        groups[run_id].append((float(average), department))
    return {run_id: _gap(groups[run_id]) for run_id in run_ids}


def changed_count(first: Run, second: Run) -> int:
    """Count the mentees who have someone else, or nobody, in one of two runs."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(_changed(first, second).subquery())) or 0


def changes_page(first: Run, second: Run) -> Pagination:
    """Return a page of the mentees whose mentors differ between two runs, by name."""

    def read(limit: int, offset: int) -> list[Change]:
        return list(_changes(first, second, limit, offset))

    return Shown(read=read, counted=changed_count(first, second))


def _gap(groups: Sequence[tuple[float, str]]) -> Gap | None:
    if len(groups) < 2:
        return None
    # Departments alike in this stand by name, so that the page is the same each time.
    ordered = sorted(groups, key=lambda row: (-row[0], row[1]))
    (most, best), (least, worst) = ordered[0], ordered[-1]
    return Gap(best, most, worst, least)


def _changed(first: Run, second: Run) -> sa.Select[tuple[int]]:
    """Return the query of the mentees who have somebody in one of two runs and not in the other."""
    mentee, mentor = aliased(AssignmentMember), aliased(AssignmentMember)
    pairs = (
        sa.select(mentee.person_id.label("mentee_id"))
        .join_from(Assignment, mentee, _seeks(mentee))
        .outerjoin(mentor, _is_with(mentor, mentee))
        .where(Assignment.run_id.in_([first.id, second.id]))
        .group_by(Assignment.programme_id, mentee.person_id, mentor.person_id, Assignment.community_id)
        .having(sa.func.count() == 1)
        .subquery()
    )
    return sa.select(pairs.c.mentee_id).distinct()


def _changes(first: Run, second: Run, limit: int, offset: int) -> Iterator[Change]:
    changed = _changed(first, second).subquery()
    rows = (
        sa.select(Person.id, Person.name)
        .join(changed, changed.c.mentee_id == Person.id)
        .order_by(Person.name, Person.id)
        .limit(limit)
        .offset(offset)
    )
    people = db.session.execute(rows).all()
    mentors = _mentors_of([row.id for row in people], (first.id, second.id))
    for row in people:
        yield Change(row.id, row.name, mentors[first.id, row.id], mentors[second.id, row.id])


def _mentors_of(mentee_ids: Sequence[int], run_ids: Sequence[int]) -> Mapping[tuple[int, int], list[str]]:
    mentee, mentor = aliased(AssignmentMember), aliased(AssignmentMember)
    name = sa.func.coalesce(Person.name, Community.name)
    query = (
        sa.select(Assignment.run_id, mentee.person_id, name)
        .join_from(Assignment, mentee, _seeks(mentee))
        .outerjoin(mentor, _is_with(mentor, mentee))
        .outerjoin(Person, Person.id == mentor.person_id)
        .outerjoin(Community, Community.id == Assignment.community_id)
        .where(Assignment.run_id.in_(run_ids), mentee.person_id.in_(mentee_ids))
        .order_by(name, Person.id, Community.id)
    )
    named: dict[tuple[int, int], list[str]] = defaultdict(list)
    for run_id, mentee_id, called in db.session.execute(query):
        named[run_id, mentee_id].append(called)
    return named


def _seeks(member: type[AssignmentMember]) -> sa.ColumnElement[bool]:
    return sa.and_(member.assignment_id == Assignment.id, member.role.in_(SEEKING))


def _is_with(member: type[AssignmentMember], seeker: type[AssignmentMember]) -> sa.ColumnElement[bool]:
    """Hold for a mentee's mentor, and for every other peer of a peer; for nobody beside a member."""
    return sa.and_(
        member.assignment_id == Assignment.id,
        member.role != EnrolmentRole.MENTEE,
        member.person_id != seeker.person_id,
    )
