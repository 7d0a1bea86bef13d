"""Tables of certificates and replays: what was verified of a run's plan, and whether it comes out again."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, enum_column
from app.rounds.models import Run


class RunCertificate(Model):
    """What the check verified of a finished run, kept with the run; nothing of it changes afterwards."""

    __tablename__ = "run_certificate"

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    solution_sha256: Mapped[str] = mapped_column(sa.String(64))
    answer_sha256: Mapped[str] = mapped_column(sa.String(64))
    """Of the solution without what differs from one time to the next: seconds, memory and versions."""
    engine: Mapped[dict[str, Any]]
    rules: Mapped[list[Any]]
    goals: Mapped[list[Any]]
    checked_at: Mapped[datetime] = mapped_column(default=clock.now)


class ReplayState(StrEnum):
    """Where a replay stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


_ACTIVE = sa.text("state IN ('queued', 'running')")


class Replay(Model):
    """One more solve of the problem a run was given, to see whether the answer is the same bit for bit."""

    __tablename__ = "replay"
    __table_args__ = (
        sa.CheckConstraint("0 <= done AND done <= total", name="progress_in_range"),
        sa.CheckConstraint("(is_same IS NOT NULL) = (state = 'finished')", name="finished_has_verdict"),
        sa.Index(
            "uq_replay_one_active", "run_id", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("run.id", ondelete="CASCADE"), index=True)
    state: Mapped[ReplayState] = mapped_column(
        enum_column(ReplayState, name="state"), default=ReplayState.QUEUED
    )
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    asked_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("account.id", ondelete="SET NULL"), index=True
    )
    attempts: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(sa.String(80), default="Waiting to begin")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=1)
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    is_same: Mapped[bool | None]
    answer_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    engine: Mapped[dict[str, Any] | None]
    failure: Mapped[str | None] = mapped_column(sa.String(1000))

    run: Mapped[Run] = relationship()
