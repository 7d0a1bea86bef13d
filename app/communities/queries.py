"""Reads about communities, one for each page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import joinedload, selectinload

from app.communities.models import (
    Community,
    CommunityMembership,
    CommunityRequest,
    CommunityTopic,
    Joining,
    MemberRole,
    RequestState,
)
from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.skills.models import Claim, Goal, Skill

SLUG = re.compile(r"[a-z0-9-]{1,60}")
PAGE_SIZE = 25
MOST_SUGGESTED = 5
MOST_OWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A community in a list: how many members it has, and who leads it."""

    community: Community
    members: int
    leads: list[str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A community for the reader, with the skills of theirs that speak for it."""

    row: Row
    skills: list[str]
    of_goals: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A community with who leads it, and what its reader has to do with it."""

    community: Community
    leads: Sequence[CommunityMembership]
    own: CommunityMembership | None
    asked: CommunityRequest | None

    @property
    def is_led(self) -> bool:
        """Tell whether the reader leads it."""
        return self.own is not None and self.own.role is MemberRole.LEAD


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for among all communities."""

    words: str = ""
    skill_ids: frozenset[int] | None = None
    joining: Joining | None = None
    archived: bool = False


def is_current() -> sa.ColumnElement[bool]:
    """Hold for memberships that last."""
    return CommunityMembership.left_at.is_(None)


def community_seen(slug: str, *, reader_id: int | None) -> Seen:
    """Return a community as somebody sees it.

    Raises:
        Missing: when there is none.
    """
    found = (
        sa.select(Community)
        .where(Community.slug == slug)
        .options(selectinload(Community.topics), selectinload(Community.mixes))
    )
    community = db.session.scalar(found) if SLUG.fullmatch(slug) else None
    if community is None:
        raise Missing
    rows = db.session.scalars(
        sa.select(CommunityMembership)
        .join(CommunityMembership.person)
        .where(
            CommunityMembership.community_id == community.id,
            is_current(),
            sa.or_(
                CommunityMembership.role == MemberRole.LEAD,
                CommunityMembership.person_id == (reader_id or 0),
            ),
        )
        .order_by(Person.name, Person.id)
        .options(sa.orm.contains_eager(CommunityMembership.person))
    ).all()
    return Seen(
        community=community,
        leads=[row for row in rows if row.role is MemberRole.LEAD],
        own=next((row for row in rows if row.person_id == reader_id), None),
        asked=_waiting(community.id, reader_id) if reader_id else None,
    )


def own_rows(person_id: int | None) -> list[tuple[Row, CommunityMembership]]:
    """Return the communities somebody is in, the latest first."""
    memberships = db.session.scalars(
        sa.select(CommunityMembership)
        .where(CommunityMembership.person_id == (person_id or 0), is_current())
        .order_by(CommunityMembership.joined_at.desc(), CommunityMembership.id.desc())
        .limit(MOST_OWN)
    ).all()
    rows = _rows([row.community_id for row in memberships])
    return [(rows[row.community_id], row) for row in memberships]


def communities(filters: Filters, *, page: int) -> tuple[Pagination, list[Row]]:
    """Return one page of communities by name."""
    query = sa.select(Community.id).where(*_conditions(filters)).order_by(Community.name, Community.id)
    pages = db.paginate(query, page=page, per_page=PAGE_SIZE)
    rows = _rows(pages.items)
    return pages, [rows[community_id] for community_id in pages.items]


def suggestions(person_id: int | None) -> list[Suggestion]:
    """Return the communities about most of what somebody wants to learn, else of what they can do."""
    if person_id is None:
        return []
    for table in (Goal, Claim):
        found = _about_own(table, person_id)
        if found:
            rows = _rows(list(found))
            return [Suggestion(rows[key], skills, table is Goal) for key, skills in found.items()]
    return []


def members_of(community: Community, *, page: int) -> Pagination:
    """Return one page of the members of a community by name, its leads among them."""
    query = (
        sa.select(CommunityMembership)
        .join(CommunityMembership.person)
        .where(CommunityMembership.community_id == community.id, is_current())
        .order_by(Person.name, Person.id)
        .options(sa.orm.contains_eager(CommunityMembership.person).options(joinedload(Person.department)))
    )
    return db.paginate(query, page=page, per_page=PAGE_SIZE)


def count_of_members(community: Community) -> int:
    """Count the members of a community; who leads it takes no place."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(CommunityMembership)
            .where(
                CommunityMembership.community_id == community.id,
                CommunityMembership.role == MemberRole.MEMBER,
                is_current(),
            )
        )
        or 0
    )


def waiting_requests(community: Community, *, invitations: bool) -> Sequence[CommunityRequest]:
    """Return who waits for an answer of the leads, or has been invited and not answered yet."""
    query = (
        sa.select(CommunityRequest)
        .filter_by(community_id=community.id, state=RequestState.WAITING, is_invitation=invitations)
        .order_by(CommunityRequest.asked_at, CommunityRequest.id)
        .limit(PAGE_SIZE)
        .options(joinedload(CommunityRequest.person).joinedload(Person.department))
    )
    return db.session.scalars(query).all()


def request_numbered(community: Community, request_id: int) -> CommunityRequest:
    """Return a request of a community.

    Raises:
        Missing: when there is none.
    """
    found = db.session.scalar(
        sa.select(CommunityRequest).filter_by(id=request_id, community_id=community.id, is_invitation=False)
    )
    if found is None:
        raise Missing
    return found


def _waiting(community_id: int, person_id: int) -> CommunityRequest | None:
    return db.session.scalar(
        sa.select(CommunityRequest).filter_by(
            community_id=community_id, person_id=person_id, state=RequestState.WAITING
        )
    )


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [
        Community.archived_at.is_not(None) if filters.archived else Community.archived_at.is_(None)
    ]
    for word in filters.words.split():
        conditions.append(
            sa.or_(
                Community.name.icontains(word, autoescape=True),
                Community.purpose.icontains(word, autoescape=True),
            )
        )
    if filters.skill_ids is not None:
        about = sa.select(CommunityTopic.community_id).where(CommunityTopic.skill_id.in_(filters.skill_ids))
        conditions.append(Community.id.in_(about))
    if filters.joining is not None:
        conditions.append(Community.joining == filters.joining)
    return conditions


def _about_own(table: type[Goal] | type[Claim], person_id: int) -> dict[int, list[str]]:
    """Return the skills of somebody that each community is about, those with most of them first."""
    mine = sa.select(CommunityMembership.community_id).where(
        CommunityMembership.person_id == person_id, is_current()
    )
    shared = (
        sa.select(CommunityTopic.community_id, sa.func.count().label("shared"))
        .join(table, table.skill_id == CommunityTopic.skill_id)
        .join(Community, Community.id == CommunityTopic.community_id)
        .where(
            table.person_id == person_id,
            Community.archived_at.is_(None),
            Community.joining != Joining.INVITED,
            Community.id.not_in(mine),
        )
        .group_by(CommunityTopic.community_id)
        .order_by(sa.desc("shared"), CommunityTopic.community_id)
        .limit(MOST_SUGGESTED)
        .subquery()
    )
    query = (
        sa.select(shared.c.community_id, Skill.label)
        .join(CommunityTopic, CommunityTopic.community_id == shared.c.community_id)
        .join(table, sa.and_(table.skill_id == CommunityTopic.skill_id, table.person_id == person_id))
        .join(Skill, Skill.id == CommunityTopic.skill_id)
        .order_by(shared.c.shared.desc(), shared.c.community_id, Skill.label)
    )
    found: dict[int, list[str]] = {}
    for community_id, label in db.session.execute(query):
        found.setdefault(community_id, []).append(label)
    return found


def _rows(ids: Sequence[int]) -> dict[int, Row]:
    """Return communities by id, with how many members each has and who leads it."""
    standing = (
        sa.select(CommunityMembership.community_id, CommunityMembership.role, Person.name)
        .join(CommunityMembership.person)
        .where(CommunityMembership.community_id.in_(ids), is_current())
    )
    leads: dict[int, list[str]] = {}
    for community_id, _role, name in db.session.execute(
        standing.where(CommunityMembership.role == MemberRole.LEAD).order_by(Person.name)
    ):
        leads.setdefault(community_id, []).append(name)
    members = (
        sa.select(CommunityMembership.community_id, sa.func.count())
        .where(
            CommunityMembership.community_id.in_(ids),
            CommunityMembership.role == MemberRole.MEMBER,
            is_current(),
        )
        .group_by(CommunityMembership.community_id)
    )
    counted = {row[0]: row[1] for row in db.session.execute(members)}
    found = db.session.scalars(
        sa.select(Community).where(Community.id.in_(ids)).options(selectinload(Community.topics))
    )
    return {row.id: Row(row, counted.get(row.id, 0), leads.get(row.id, [])) for row in found}
