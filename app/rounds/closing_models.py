"""Tables of the check that closes a round: what stays as it is, and what is decided for the next one."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, enum_column
from app.programmes.models import Programme

LONGEST_KEEP = 2000
LONGEST_WORDS = 500


class ClosingCheck(Model):
    """What HR wants to keep of a round that is over; without it no round is completed."""

    __tablename__ = "closing_check"
    __table_args__ = (sa.CheckConstraint("keep <> ''", name="says_something"),)

    matching_round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("matching_round.id", ondelete="CASCADE"), primary_key=True
    )
    keep: Mapped[str] = mapped_column(sa.String(LONGEST_KEEP))
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    saved_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("account.id", ondelete="SET NULL"), index=True
    )


class ChangedPart(StrEnum):
    """What a decision for the next round changes."""

    RULE = "rule"
    NO_RULE = "no_rule"
    WEIGHT = "weight"
    GOALS = "goals"
    OTHER = "other"


class ClosingDecision(Model):
    """What is to be otherwise in the next round: a setting of a programme, or anything else in words."""

    __tablename__ = "closing_decision"
    __table_args__ = (
        sa.CheckConstraint("(programme_id IS NULL) = (part = 'other')", name="setting_of_programme"),
        sa.CheckConstraint("part <> 'other' OR words <> ''", name="other_in_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matching_round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("matching_round.id", ondelete="CASCADE"), index=True
    )
    programme_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="RESTRICT"), index=True
    )
    part: Mapped[ChangedPart] = mapped_column(enum_column(ChangedPart, name="part"))
    name: Mapped[str] = mapped_column(sa.String(40), default="")
    """The rule or the criterion."""
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    words: Mapped[str] = mapped_column(sa.String(LONGEST_WORDS), default="")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"), index=True)
    due_on: Mapped[date | None]
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)

    programme: Mapped[Programme | None] = relationship()
