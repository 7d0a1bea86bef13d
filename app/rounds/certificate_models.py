"""The table of certificates: what was verified of a run's plan, and what tells it from any other."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model


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
