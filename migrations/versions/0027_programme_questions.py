"""Questions that programmes ask whoever joins, and the answers.

Revision: 0027, after 0026.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TYPES = "'one_choice', 'several_choices', 'yes_no', 'whole_number', 'date', 'short_text'"


def upgrade() -> None:
    _table(
        "programme_question",
        {"answer_type": f"answer_type IN ({TYPES})"},
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("answer_type", sa.String(20), nullable=False),
        sa.UniqueConstraint("key", name=op.f("uq_programme_question_key")),
        sa.UniqueConstraint("words", name=op.f("uq_programme_question_words")),
    )
    _table(
        "programme_question_option",
        {"position_from_one": "position >= 1"},
        _refers("programme_question_option", "question_id", "programme_question", "CASCADE"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(80), nullable=False),
        sa.UniqueConstraint(
            "question_id", "words", name=op.f("uq_programme_question_option_question_id_words")
        ),
        key=("question_id", "position"),
    )
    _asked_questions()
    _answers()


def downgrade() -> None:
    for table in ("enrolment_answer", "asked_question", "programme_question_option", "programme_question"):
        op.drop_table(table)


def _asked_questions() -> None:
    _table(
        "asked_question",
        {
            "position_from_one": "position >= 1",
            "asked_of": "asked_of IN ('everyone', 'mentee', 'mentor')",
        },
        _refers("asked_question", "programme_id", "programme", "CASCADE"),
        _refers("asked_question", "question_id", "programme_question", "RESTRICT"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asked_of", sa.String(20), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("programme_id", "position", name=op.f("uq_asked_question_programme_id_position")),
        key=("programme_id", "question_id"),
    )
    op.create_index("ix_asked_question_question_id", "asked_question", ["question_id"])


def _answers() -> None:
    table = "enrolment_answer"
    _table(
        table,
        {"position_from_one": "position >= 1", "says_something": "answer <> ''"},
        _refers(table, "enrolment_id", "enrolment", "CASCADE"),
        _refers(table, "question_id", "programme_question", "RESTRICT"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(300), nullable=False),
        sa.UniqueConstraint(
            "enrolment_id",
            "question_id",
            "answer",
            name=op.f("uq_enrolment_answer_enrolment_id_question_id_answer"),
        ),
        key=("enrolment_id", "question_id", "position"),
    )
    op.create_index("ix_enrolment_answer_question_id", table, ["question_id"])


def _table(name: str, checks: dict[str, str], *columns: Any, key: tuple[str, ...] = ("id",)) -> None:
    op.create_table(
        name,
        *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{check}")) for check, rule in checks.items()),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def _refers(table: str, column: str, other: str, ondelete: str) -> sa.Column[int]:
    key = op.f(f"fk_{table}_{column}_{other}")
    return sa.Column(
        column, sa.Integer(), sa.ForeignKey(f"{other}.id", ondelete=ondelete, name=key), nullable=False
    )
