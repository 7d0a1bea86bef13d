"""What people are told of requests and invitations to join a community."""

from collections.abc import Iterator

import sqlalchemy as sa

from app.communities.models import Community, CommunityMembership, CommunityRequest, MemberRole
from app.communities.queries import is_current
from app.db import db
from app.notifications.models import NotificationKind
from app.notifications.service import News
from app.people.models import Person


def asked(community: Community, request: CommunityRequest) -> Iterator[News]:
    """Tell the leads of a community who asks to be let in."""
    person = db.session.get_one(Person, request.person_id)
    leads = sa.select(CommunityMembership.person_id).where(
        CommunityMembership.community_id == community.id,
        CommunityMembership.role == MemberRole.LEAD,
        is_current(),
    )
    for lead_id in db.session.scalars(leads.order_by(CommunityMembership.person_id)):
        yield _news(
            lead_id, community, request, f"{person.name} asks to join {community.name}", request.words
        )


def invited(community: Community, request: CommunityRequest) -> Iterator[News]:
    """Tell somebody that they are invited."""
    subject = f"You are invited to join {community.name}"
    yield _news(request.person_id, community, request, subject, community.purpose)


def let_in(community: Community, request: CommunityRequest) -> Iterator[News]:
    """Tell somebody who has asked that they are in."""
    subject = f"You are in {community.name} now"
    yield _news(request.person_id, community, request, subject, "A lead has let you in.")


def not_let_in(community: Community, request: CommunityRequest) -> Iterator[News]:
    """Tell somebody who has asked that they are not let in."""
    subject = f"You were not let into {community.name}"
    yield _news(request.person_id, community, request, subject, "Its leads can say why; you can ask again.")


def _news(person_id: int, community: Community, request: CommunityRequest, subject: str, body: str) -> News:
    return News(
        person_id=person_id,
        kind=NotificationKind.COMMUNITY,
        occasion=f"community_request:{request.id}:{request.state}",
        subject=subject,
        body=body,
        endpoint="communities.show",
        arguments={"slug": community.slug},
    )
