"""The communities of the demo company: what they are about, and who is in them since earlier quarters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.communities.models import CameBy, Community, CommunityMembership, Joining, MemberRole, MixOf
from app.communities.service import Settings, found_community
from app.db import db
from app.skills.models import Claim, Goal, Skill, Source

LEADS_FROM = 3
OLDEST_DAYS, DAYS_BETWEEN = 170, 4


@dataclass(frozen=True, slots=True)
class Circle:
    """A community to be: its settings, and how many have joined it so far."""

    name: str
    purpose: str
    topics: tuple[str, ...]
    joining: Joining
    least: int
    most: int
    members: int
    mixes: tuple[tuple[MixOf, int], ...] = ()


CIRCLES = (
    Circle(
        "Data storytelling",
        "Charts and reports that colleagues understand and act on",
        ("data-storytelling", "data-visualisation", "dashboards", "data-analysis"),
        Joining.OPEN,
        4,
        30,
        12,
        ((MixOf.DEPARTMENT, 2),),
    ),
    Circle(
        "Leading remote teams",
        "What works when a team is never in one room",
        ("managing-remote-teams", "delegation", "one-to-ones", "giving-feedback"),
        Joining.REQUEST,
        4,
        20,
        9,
        ((MixOf.LOCATION, 2),),
    ),
    Circle(
        "Clear writing",
        "Letters, reports and guides in plain words, read by each other before anybody else does",
        ("plain-language", "report-writing", "editing", "technical-writing"),
        Joining.OPEN,
        3,
        25,
        7,
    ),
    Circle(
        "Python workshop",
        "Small tools for everyday work, written and reviewed together",
        ("python-for-data", "python", "code-review", "sql"),
        Joining.OPEN,
        4,
        24,
        10,
    ),
    Circle(
        "Better meetings",
        "Meetings that end with a decision, tried out in our own teams",
        ("meeting-facilitation", "group-facilitation", "consensus-building", "retrospectives"),
        Joining.OPEN,
        3,
        20,
        0,
    ),
    Circle(
        "Negotiators",
        "Cases from our own contracts, played through and talked over",
        ("negotiation", "sales-negotiation", "contract-negotiation"),
        Joining.INVITED,
        3,
        12,
        5,
    ),
)


def found_all() -> int:
    """Found the communities, led by who knows what they are about; return how many there are."""
    keys = sa.select(Skill.source_key, Skill.id).filter_by(source=Source.STARTER)
    ids = {row.source_key: row.id for row in db.session.execute(keys)}
    for circle in CIRCLES:
        topics = [ids[key] for key in circle.topics]
        settings = Settings(
            name=circle.name,
            purpose=circle.purpose,
            topics=topics,
            joining=circle.joining,
            least_members=circle.least,
            most_members=circle.most,
            mixes=dict(circle.mixes),
        )
        community = found_community(settings, by=audit.COMMAND_LINE)
        began = datetime.combine(clock.today() - timedelta(days=OLDEST_DAYS), time(9), tzinfo=UTC)
        community.created_at = began
        if rows := list(_memberships(community, topics, circle, began)):
            db.session.execute(sa.insert(CommunityMembership), rows)
    return len(CIRCLES)


def _memberships(
    community: Community, topics: Sequence[int], circle: Circle, began: datetime
) -> Iterator[dict[str, Any]]:
    lead_id = _best_at(topics)
    people = [(lead_id, MemberRole.LEAD, CameBy.APPOINTED)] if lead_id else []
    people += [
        (person_id, MemberRole.MEMBER, CameBy.JOINED)
        for person_id in _who_want(topics, besides=lead_id, most=circle.members)
    ]
    for place, (person_id, role, came_by) in enumerate(people):
        yield {
            "community_id": community.id,
            "person_id": person_id,
            "role": role,
            "came_by": came_by,
            "joined_at": began + timedelta(days=DAYS_BETWEEN * place),
            "parts": [],
            "reasons": [],
        }


def _best_at(topics: Sequence[int]) -> int | None:
    """Return who knows most of the topics, and best."""
    query = (
        sa.select(Claim.person_id)
        .where(Claim.skill_id.in_(topics), Claim.level >= LEADS_FROM)
        .group_by(Claim.person_id)
        .order_by(sa.func.sum(Claim.level).desc(), Claim.person_id)
        .limit(1)
    )
    return db.session.scalar(query)


def _who_want(topics: Sequence[int], *, besides: int | None, most: int) -> Sequence[int]:
    query = (
        sa.select(Goal.person_id)
        .where(Goal.skill_id.in_(topics), Goal.person_id != (besides or 0))
        .group_by(Goal.person_id)
        .order_by(sa.func.sum(Goal.importance).desc(), Goal.person_id)
        .limit(most)
    )
    return db.session.scalars(query).all()
