"""Tables of the questions that programmes ask whoever joins: one vocabulary, and what each programme asks."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, enum_column

MOST_WORDS = 200
LONGEST_OPTION = 80


class AnswerType(StrEnum):
    """What kind of answer a question has."""

    ONE_CHOICE = "one_choice"
    SEVERAL_CHOICES = "several_choices"
    YES_NO = "yes_no"
    WHOLE_NUMBER = "whole_number"
    DATE = "date"
    SHORT_TEXT = "short_text"


CHOICES = frozenset({AnswerType.ONE_CHOICE, AnswerType.SEVERAL_CHOICES})


class AskedOf(StrEnum):
    """Whose answer a programme asks for."""

    EVERYONE = "everyone"
    MENTEE = "mentee"
    MENTOR = "mentor"


class ProgrammeQuestion(Model):
    """A question that any programme can ask; those that ask the same one have answers to compare."""

    __tablename__ = "programme_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60), unique=True)
    words: Mapped[str] = mapped_column(sa.String(MOST_WORDS), unique=True)
    answer_type: Mapped[AnswerType] = mapped_column(enum_column(AnswerType, name="answer_type"))

    options: Mapped[list["ProgrammeQuestionOption"]] = relationship(
        order_by="ProgrammeQuestionOption.position", cascade="all, delete-orphan", passive_deletes=True
    )


class ProgrammeQuestionOption(Model):
    """One of the answers there are to choose from."""

    __tablename__ = "programme_question_option"
    __table_args__ = (
        sa.UniqueConstraint("question_id", "words"),
        sa.CheckConstraint("position >= 1", name="position_from_one"),
    )

    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme_question.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(sa.String(LONGEST_OPTION))


class AskedQuestion(Model):
    """A question that a programme asks, of whom, and its place among the others."""

    __tablename__ = "asked_question"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "position"),
        sa.CheckConstraint("position >= 1", name="position_from_one"),
    )

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme_question.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int]
    asked_of: Mapped[AskedOf] = mapped_column(enum_column(AskedOf, name="asked_of"))
    is_required: Mapped[bool]

    question: Mapped[ProgrammeQuestion] = relationship()
