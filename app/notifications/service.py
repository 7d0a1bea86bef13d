"""Commands about notifications: tell people something, and note that they have read it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app import clock
from app.db import db
from app.notifications.models import LONGEST_SUBJECT, Notification, NotificationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something to tell a person, once for each `occasion`; `endpoint` with `arguments` is where it leads."""

    person_id: int
    kind: NotificationKind
    occasion: str
    subject: str
    body: str = ""
    endpoint: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)


def tell(news: Iterable[News]) -> None:
    """Tell people something, in the transaction in which it happens; nobody is told the same twice."""
    told_at = clock.now()
    rows = [
        {
            "person_id": one.person_id,
            "kind": one.kind,
            "occasion": one.occasion,
            "subject": _short(one.subject),
            "body": one.body,
            "endpoint": one.endpoint,
            "arguments": one.arguments,
            "told_at": told_at,
        }
        for one in news
    ]
    if rows:
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        db.session.execute(insert(Notification).on_conflict_do_nothing(), rows)


def mark_read(notification: Notification) -> None:
    """Note that somebody has read what they were told; the first time counts."""
    if notification.read_at is None:
        notification.read_at = clock.now()
        db.session.flush()


def mark_all_read(person_id: int) -> int:
    """Note that somebody has read everything; return how many were new."""
    unread = sa.update(Notification).where(
        Notification.person_id == person_id, Notification.read_at.is_(None)
    )
    marked: Any = db.session.execute(unread.values(read_at=clock.now()))
    return int(marked.rowcount)


def _short(subject: str) -> str:
    return subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…"
