"""Reads about notifications: the inbox, and one of it."""

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import InstrumentedAttribute

from app.db import db
from app.errors import Missing
from app.notifications.models import Notification

PAGE_SIZE = 25


def inbox(person_id: int, *, page: int) -> Pagination:
    """Return a page of what somebody was told, the latest first."""
    query = sa.select(Notification).filter_by(person_id=person_id)
    return db.paginate(
        query.order_by(Notification.told_at.desc(), Notification.id.desc()), page=page, per_page=PAGE_SIZE
    )


def notification_numbered(notification_id: int) -> Notification:
    """Return something that somebody was told.

    Raises:
        Missing: when there is none.
    """
    found = db.session.get(Notification, notification_id)
    if found is None:
        raise Missing
    return found


def unread_of(person_id: InstrumentedAttribute[int | None]) -> sa.ScalarSelect[int]:
    """Count what somebody has not read, as a part of another statement."""
    return (
        sa.select(sa.func.count())
        .where(Notification.person_id == person_id, Notification.read_at.is_(None))
        .scalar_subquery()
    )
