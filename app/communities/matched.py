"""Why somebody was matched to a community, as they read it."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from app import clock
from app.communities.models import CameBy, Community, CommunityMembership
from app.communities.queries import is_current
from app.db import db
from app.engagements.reasons import Party, Told, parts_in_words, told
from app.people.models import Person

SHOWN_FOR = timedelta(days=90)
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Matched:
    """A membership that came out of a round, with why."""

    membership: CommunityMembership
    community: Community
    told: Told
    parts: list[tuple[str, int, int]]


def matched_communities(person: Person) -> list[Matched]:
    """Return the communities that rounds put somebody into lately, the latest first."""
    query = (
        sa.select(CommunityMembership)
        .join(CommunityMembership.community)
        .where(
            CommunityMembership.person_id == person.id,
            CommunityMembership.came_by == CameBy.MATCHED,
            CommunityMembership.joined_at >= clock.now() - SHOWN_FOR,
            is_current(),
        )
        .order_by(CommunityMembership.joined_at.desc(), Community.name)
        .limit(MOST_SHOWN)
        .options(contains_eager(CommunityMembership.community))
    )
    return [as_told(row, row.community, person.name) for row in db.session.scalars(query)]


def as_told(membership: CommunityMembership, community: Community, name: str) -> Matched:
    """Return why the reader, of this name, was matched to a community."""
    return Matched(
        membership,
        community,
        told(
            membership.reasons,
            mentee=Party(name, is_reader=True),
            mentor=Party(community.name),
        ),
        parts_in_words(membership.parts),
    )
