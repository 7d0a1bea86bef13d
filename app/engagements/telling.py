"""What the people of a proposal are told when it does not come about; never what the other one said."""

from collections import defaultdict
from collections.abc import Collection, Iterator

import sqlalchemy as sa

from app.db import db
from app.engagements.models import EngagementMember
from app.notifications.models import NotificationKind
from app.notifications.service import News
from app.people.models import Person
from app.words import listed


def did_not_come_about(engagement_ids: Collection[int], *, but_for: int | None = None) -> Iterator[News]:
    """Tell the people of proposals that these did not come about, except the one who knows it already."""
    for engagement_id, people in _others_of(engagement_ids).items():
        for person_id, others in people.items():
            if person_id != but_for:
                yield News(
                    person_id=person_id,
                    kind=NotificationKind.PROPOSAL,
                    occasion=f"fell_through:{engagement_id}",
                    subject=f"Your match with {others} did not come about",
                    body="Not both of you accepted it. HR sees that, and can look for somebody else.",
                    endpoint="mentorships.index",
                )


def _others_of(engagement_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Return the people of engagements, each with the names of the others."""
    query = (
        sa.select(EngagementMember.engagement_id, Person.id, Person.name)
        .join(Person, Person.id == EngagementMember.person_id)
        .where(EngagementMember.engagement_id.in_(engagement_ids))
        .order_by(EngagementMember.engagement_id, Person.name)
    )
    names: dict[int, dict[int, str]] = defaultdict(dict)
    for engagement_id, person_id, name in db.session.execute(query):
        names[engagement_id][person_id] = name
    return {
        engagement_id: {
            person_id: listed([name for other, name in people.items() if other != person_id])
            for person_id in people
        }
        for engagement_id, people in names.items()
    }
