"""The table of sessions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Stamped


class MentoringSession(Stamped, Model):
    """One meeting of an engagement that took place."""

    __tablename__ = "mentoring_session"
    __table_args__ = (
        sa.UniqueConstraint("engagement_id", "held_at"),
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name="minutes_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagement.id", ondelete="CASCADE"))
    held_at: Mapped[datetime]
    minutes: Mapped[int]
    topic: Mapped[str] = mapped_column(sa.String(300), default="")
