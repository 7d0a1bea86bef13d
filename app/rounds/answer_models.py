"""The table of what people answered when they joined."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model

LONGEST_ANSWER = 300


class EnrolmentAnswer(Model):
    """An answer somebody gave when they joined; of several choices, each has a place of its own.

    As it is said: an option in its words, "yes" or "no", a number in digits, a day as 2027-01-31, a text.
    """

    __tablename__ = "enrolment_answer"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "question_id", "answer"),
        sa.CheckConstraint("position >= 1", name="position_from_one"),
        sa.CheckConstraint("answer <> ''", name="says_something"),
    )

    enrolment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme_question.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(sa.String(LONGEST_ANSWER))
