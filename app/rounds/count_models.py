"""Table of rule counts: how many pairs each rule of a programme forbids, and how far counting them is."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, enum_column
from app.rounds.models import MatchingRound


class CountState(StrEnum):
    """Where a count stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class RuleCount(Model):
    """The latest count of a programme; whoever asks again begins it anew, under the next number.

    `rules` are those that are counted, with their parameters; `in_force` names those that were switched on.
    """

    __tablename__ = "rule_count"
    __table_args__ = (
        sa.CheckConstraint("(counted_at IS NOT NULL) = (state = 'finished')", name="finished_has_instant"),
        sa.CheckConstraint("0 <= looked_at AND looked_at <= pairs", name="looked_at_in_range"),
    )

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    matching_round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("matching_round.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[CountState] = mapped_column(
        enum_column(CountState, name="state"), default=CountState.QUEUED
    )
    number: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    heartbeat_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]
    rules: Mapped[dict[str, Any]]
    in_force: Mapped[list[Any]]
    pairs: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    looked_at: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    together: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    forbidden: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[str] = mapped_column(sa.String(1000), default="")

    matching_round: Mapped[MatchingRound] = relationship()
