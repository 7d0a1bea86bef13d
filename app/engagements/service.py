"""Commands about engagements."""

from datetime import date

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.engagements.models import Engagement, EngagementMember, EngagementState
from app.people.models import Person
from app.people.signals import person_left


@person_left.connect
def end_engagements_of(person: Person, *, on: date, by: audit.Actor) -> None:
    """End what somebody who leaves is part of; the other side stays free for the next round."""
    going_on = db.session.scalars(
        sa.select(Engagement)
        .join(EngagementMember)
        .where(
            EngagementMember.person_id == person.id,
            Engagement.state.in_([EngagementState.PROPOSED, EngagementState.ACTIVE]),
        )
        .order_by(Engagement.id)
        .with_for_update(of=Engagement)
    ).all()
    for engagement in going_on:
        engagement.ended_reason = "One of the two left the company"
        if engagement.state is EngagementState.PROPOSED:
            engagement.state, engagement.settled_at = EngagementState.WITHDRAWN, clock.now()
        else:
            engagement.state, engagement.ended_on = EngagementState.ENDED, max(on, engagement.starts_on)
    db.session.flush()
    audit.record_all(
        [
            audit.Entry("engagement.ended", "engagement", row.id, person_id=person.id, details={"left": True})
            for row in going_on
        ],
        by=by,
    )
