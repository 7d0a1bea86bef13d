"""Background tasks of engagements: end the proposals that nobody answered in time."""

from huey import crontab

from app.db import db
from app.engagements import proposals
from app.jobs import periodic


@periodic(crontab(minute="7"))
def end_overdue_proposals() -> None:
    """End the proposals whose last day has passed; pages treat them so from midnight on."""
    proposals.lapse_overdue()
    db.session.commit()
