"""The table of what people are told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, enum_column

LONGEST_SUBJECT = 200


class NotificationKind(StrEnum):
    """What a notification is about."""

    INVITATION = "invitation"
    MATCH = "match"
    LEFT_OUT = "left_out"
    PROPOSAL = "proposal"
    TAKEN_BACK = "taken_back"
    COMMUNITY = "community"
    REMINDER = "reminder"


class Notification(Model):
    """Something one person is told, once for each occasion, with the page where it can be acted on.

    `endpoint` and `arguments` name that page, so that its address may change.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "occasion"),
        sa.CheckConstraint("subject <> ''", name="says_something"),
        sa.Index(
            "ix_notification_unread",
            "person_id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind] = mapped_column(enum_column(NotificationKind, name="kind"))
    occasion: Mapped[str] = mapped_column(sa.String(120))
    subject: Mapped[str] = mapped_column(sa.String(LONGEST_SUBJECT))
    body: Mapped[str] = mapped_column(sa.Text, default="")
    endpoint: Mapped[str] = mapped_column(sa.String(60), default="")
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    told_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
