"""Reads about the groups of a run: who is in each that opens, and why others do not."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased

from app.communities.models import Community
from app.db import db
from app.people.models import Person
from app.programmes.models import Programme, ProgrammeKind
from app.rounds.group_models import ClosedCause, ClosedGroup
from app.rounds.models import Assignment, AssignmentMember, Enrolment, EnrolmentRole, Run
from app.rounds.queries import Shown
from app.words import plural

GROUPS = (ProgrammeKind.GROUP_MENTORING, ProgrammeKind.COMMUNITIES)


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody in a group, with how well they fit it."""

    match_id: int
    name: str
    points: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group that a plan opens, or adds members to; of a mentor or a community."""

    name: str
    slug: str | None
    mentor_id: int | None
    most: int | None
    """How many the mentor offered to take, or the community takes in all."""
    placed: list[Placed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Closed:
    """A group that a plan does not open."""

    name: str
    slug: str | None
    mentor_id: int | None
    why: str


def has_groups(run: Run) -> bool:
    """Tell whether people of a run are put into groups."""
    return any(row.kind in GROUPS for row in run.matching_round.programmes)


def groups_page(run: Run) -> Pagination:
    """Return a page of the groups of a plan, by name."""
    rows = _named(run)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0

    def read(limit: int, offset: int) -> list[Group]:
        query = sa.select(rows).order_by(rows.c.name, rows.c.community_id, rows.c.mentor_id)
        found = db.session.execute(query.limit(limit).offset(offset)).all()
        placed = _placed(run, [(row.programme_id, row.community_id, row.mentor_id) for row in found])
        return [
            Group(
                row.name,
                row.slug,
                row.mentor_id,
                row.most,
                placed[row.programme_id, row.community_id, row.mentor_id],
            )
            for row in found
        ]

    return Shown(read=read, counted=total)


def closed_groups(run: Run) -> list[Closed]:
    """Return the groups that a plan does not open, by name, each with why."""
    name = sa.func.coalesce(Community.name, Person.name)
    query = (
        sa.select(ClosedGroup, name.label("name"), Community.slug)
        .outerjoin(Community, Community.id == ClosedGroup.community_id)
        .outerjoin(Person, Person.id == ClosedGroup.mentor_id)
        .where(ClosedGroup.run_id == run.id)
        .order_by(name, ClosedGroup.id)
    )
    return [
        Closed(called, slug, row.mentor_id, why_closed(row))
        for row, called, slug in db.session.execute(query)
    ]


def why_closed(row: ClosedGroup) -> str:
    """Say why a group does not open, or takes nobody more."""
    could = f"{plural(row.eligible, 'person', 'people')} could join"
    match row.cause:
        case ClosedCause.NO_ROOM:
            return "It is full: there is no place for anybody more."
        case ClosedCause.TOO_FEW:
            return f"It needs {row.needed}, and {could}."
        case ClosedCause.TOO_ALIKE:
            return f"It needs members from {row.needed} parts of the company; {could}, too much alike."
        case ClosedCause.LEAD_HOURS:
            return "Whoever leads it has no hours left."
        case ClosedCause.NOT_BEST:
            return f"{could}, and all of them together do better in other groups."
        case ClosedCause.NOT_SOLVED:
            return "The run was stopped before it could open."


def _named(run: Run) -> sa.Subquery:
    """Return each group of a plan once, with what it is called and how many it takes at most."""
    mentor, person = aliased(AssignmentMember), aliased(Person)
    offer = (
        sa.select(sa.func.max(Enrolment.places))
        .where(
            Enrolment.matching_round_id == run.matching_round_id,
            Enrolment.programme_id == Assignment.programme_id,
            Enrolment.person_id == mentor.person_id,
            Enrolment.role == EnrolmentRole.MENTOR,
        )
        .correlate(Assignment, mentor)
        .scalar_subquery()
    )
    is_mentor = sa.and_(mentor.assignment_id == Assignment.id, mentor.role == EnrolmentRole.MENTOR)
    return (
        sa.select(
            Assignment.programme_id,
            Assignment.community_id,
            mentor.person_id.label("mentor_id"),
            sa.func.coalesce(Community.name, person.name).label("name"),
            Community.slug,
            sa.func.coalesce(Community.most_members, offer).label("most"),
        )
        .join(Programme, Programme.id == Assignment.programme_id)
        .outerjoin(Community, Community.id == Assignment.community_id)
        .outerjoin(mentor, is_mentor)
        .outerjoin(person, person.id == mentor.person_id)
        .where(Assignment.run_id == run.id, Programme.kind.in_(GROUPS))
        .distinct()
        .subquery()
    )


Key = tuple[int, int | None, int | None]


def _placed(run: Run, keys: Sequence[Key]) -> dict[Key, list[Placed]]:
    member, mentor = aliased(AssignmentMember), aliased(AssignmentMember)
    is_mentor = sa.and_(mentor.assignment_id == Assignment.id, mentor.role == EnrolmentRole.MENTOR)
    query = (
        sa.select(
            Assignment.programme_id,
            Assignment.community_id,
            mentor.person_id,
            Assignment.id,
            Person.name,
            Assignment.points,
        )
        .join(
            member,
            sa.and_(member.assignment_id == Assignment.id, member.role != EnrolmentRole.MENTOR),
        )
        .join(Person, Person.id == member.person_id)
        .outerjoin(mentor, is_mentor)
        .where(
            Assignment.run_id == run.id,
            Assignment.programme_id.in_({key[0] for key in keys}),
            sa.or_(
                Assignment.community_id.in_([key[1] for key in keys if key[1]]),
                mentor.person_id.in_([key[2] for key in keys if key[2]]),
            ),
        )
        .order_by(Person.name, Person.id)
    )
    found: dict[Key, list[Placed]] = defaultdict(list)
    for programme_id, community_id, mentor_id, match_id, name, points in db.session.execute(query):
        found[programme_id, community_id, mentor_id].append(Placed(match_id, name, points))
    return found
