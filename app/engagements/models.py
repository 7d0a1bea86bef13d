"""Tables of engagements and of who is part of them."""

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Stamped, enum_column
from app.people.models import Person


class EngagementKind(StrEnum):
    """What kind of relationship it is."""

    MENTORSHIP = "mentorship"


class EngagementState(StrEnum):
    """Where an engagement stands: going on, concluded as planned, or ended before its time."""

    ACTIVE = "active"
    COMPLETED = "completed"
    ENDED = "ended"


class EngagementRole(StrEnum):
    """A person's part in an engagement."""

    MENTEE = "mentee"
    MENTOR = "mentor"


class Engagement(Stamped, Model):
    """A mentorship that was published, with what spoke for it."""

    __tablename__ = "engagement"
    __table_args__ = (
        sa.CheckConstraint("(ended_on IS NULL) = (state = 'active')", name="ended_has_day"),
        sa.CheckConstraint("ended_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EngagementKind] = mapped_column(enum_column(EngagementKind, name="kind"))
    state: Mapped[EngagementState] = mapped_column(
        enum_column(EngagementState, name="state"), default=EngagementState.ACTIVE, index=True
    )
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="RESTRICT"), index=True)
    matching_round_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("matching_round.id", ondelete="RESTRICT"), index=True
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    points: Mapped[int | None]
    parts: Mapped[list[Any]] = mapped_column(default=list)
    reasons: Mapped[list[Any]] = mapped_column(default=list)

    members: Mapped[list["EngagementMember"]] = relationship(
        order_by="EngagementMember.role", cascade="all, delete-orphan", passive_deletes=True
    )
    # Named, not imported: sessions stand above engagements.
    sessions: Mapped[list[Any]] = relationship(
        "MentoringSession", order_by="MentoringSession.held_at", viewonly=True
    )


class EngagementMember(Model):
    """A person's part in an engagement."""

    __tablename__ = "engagement_member"

    engagement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("engagement.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[EngagementRole] = mapped_column(enum_column(EngagementRole, name="role"))

    person: Mapped[Person] = relationship()
