"""The table of what people ask about the plan of a run, and of the answers that workers find."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, enum_column
from app.people.models import Person
from app.programmes.models import Programme
from app.rounds.models import Run
from app.rounds.states import RunState


class QuestionKind(StrEnum):
    """What can be asked about a plan."""

    ALTERNATIVES = "alternatives"
    WHY_NOT = "why_not"
    RULE_PRICES = "rule_prices"
    LOCK_PRICES = "lock_prices"


PRICES = (QuestionKind.RULE_PRICES, QuestionKind.LOCK_PRICES)


def _one_each(name: str, columns: list[str], condition: str) -> sa.Index:
    where = sa.text(condition)
    return sa.Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Question(Model):
    """A question about the plan of a run; whoever asks the same shares the row and its answer.

    `alternatives` asks who could mentor somebody in place of the mentor they have in the plan, `why_not` why
    they have not this one; prices are of the whole plan. An answer names people by their ids.
    """

    __tablename__ = "question"
    __table_args__ = (
        sa.CheckConstraint(
            "(mentee_id IS NULL) = (kind IN ('rule_prices', 'lock_prices')) "
            "AND (mentor_id IS NULL) = (mentee_id IS NULL) AND (programme_id IS NULL) = (mentee_id IS NULL)",
            name="about_two_people_or_the_plan",
        ),
        sa.CheckConstraint("mentee_id <> mentor_id", name="about_two_people"),
        sa.CheckConstraint("(failure IS NOT NULL) = (state = 'failed')", name="failed_says_why"),
        _one_each(
            "uq_question_one_pair",
            ["run_id", "kind", "programme_id", "mentee_id", "mentor_id"],
            "mentee_id IS NOT NULL",
        ),
        _one_each("uq_question_one_plan", ["run_id", "kind"], "mentee_id IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("run.id", ondelete="CASCADE"), index=True)
    kind: Mapped[QuestionKind] = mapped_column(enum_column(QuestionKind, name="kind"))
    programme_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="RESTRICT"), index=True
    )
    mentee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[RunState] = mapped_column(enum_column(RunState, name="state"), default=RunState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[dict[str, Any] | None]
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    asked_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("account.id", ondelete="SET NULL"), index=True
    )
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(sa.String(300))

    run: Mapped[Run] = relationship()
    programme: Mapped[Programme | None] = relationship()
    mentee: Mapped[Person | None] = relationship(foreign_keys=[mentee_id])
    mentor: Mapped[Person | None] = relationship(foreign_keys=[mentor_id])
