"""Tables of groups: which communities people would like, and which groups a run did not open."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.communities.models import Community
from app.db import Model, enum_column
from app.people.models import Person
from app.rounds.models import MOST_WISHES


class ClosedCause(StrEnum):
    """Why a group does not open in a plan, by the engine's names; a test keeps both alike."""

    NO_ROOM = "no_room"
    TOO_FEW = "too_few"
    TOO_ALIKE = "too_alike"
    LEAD_HOURS = "lead_hours"
    NOT_BEST = "not_best"
    NOT_SOLVED = "not_solved"


class CommunityWish(Model):
    """A community somebody would like to be in, and its place in the order; only they see it."""

    __tablename__ = "community_wish"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "community_id"),
        sa.CheckConstraint(f"position BETWEEN 1 AND {MOST_WISHES}", name="position_in_range"),
    )

    enrolment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(sa.ForeignKey("community.id", ondelete="CASCADE"), index=True)


class ClosedGroup(Model):
    """A community, or the group of a mentor, that nobody was put into, and the one cause of it."""

    __tablename__ = "closed_group"
    __table_args__ = (
        sa.CheckConstraint("(community_id IS NULL) <> (mentor_id IS NULL)", name="of_community_or_mentor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("run.id", ondelete="CASCADE"), index=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="RESTRICT"), index=True)
    community_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("community.id", ondelete="RESTRICT"), index=True
    )
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    cause: Mapped[ClosedCause] = mapped_column(enum_column(ClosedCause, name="cause"))
    eligible: Mapped[int]
    """How many could join it."""
    needed: Mapped[int]
    """How many it needs; of one whose members would be too alike, how many different values."""

    community: Mapped[Community | None] = relationship()
    mentor: Mapped[Person | None] = relationship()
