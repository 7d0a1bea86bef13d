"""The table of feedback."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Stamped


class Feedback(Stamped, Model):
    """How useful a person found an engagement, 1 (not at all) to 5 (very)."""

    __tablename__ = "feedback"
    __table_args__ = (
        sa.UniqueConstraint("engagement_id", "by_person_id"),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagement.id", ondelete="CASCADE"))
    by_person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    rating: Mapped[int]
