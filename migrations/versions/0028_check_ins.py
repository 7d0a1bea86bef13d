"""Check-ins: when a programme asks how it goes, and the days on which each engagement is asked.

Revision: 0028, after 0027. Programmes and engagements that are there have none until somebody adds some.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "programme_check_in",
        {
            "moment": "moment IN ('after_start', 'halfway', 'before_end')",
            "days_in_range": "days BETWEEN 0 AND 730",
            "halfway_has_no_days": "(moment = 'halfway') = (days = 0)",
        },
        _refers("programme_check_in", "programme_id", "programme", "CASCADE"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(20), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        key=("programme_id", "position"),
    )
    _table(
        "engagement_check_in",
        {"done_has_instant": "done_by_id IS NULL OR done_at IS NOT NULL"},
        _refers("engagement_check_in", "engagement_id", "engagement", "CASCADE"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        _refers("engagement_check_in", "done_by_id", "person", "SET NULL", nullable=True),
        key=("engagement_id", "position"),
    )
    op.create_index("ix_engagement_check_in_done_by_id", "engagement_check_in", ["done_by_id"])


def downgrade() -> None:
    op.drop_table("engagement_check_in")
    op.drop_table("programme_check_in")


def _table(name: str, checks: dict[str, str], *columns: Any, key: tuple[str, ...]) -> None:
    rules = {"position_from_one": "position >= 1", "has_words": "words <> ''", **checks}
    op.create_table(
        name,
        *columns,
        sa.Column("words", sa.String(120), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{check}")) for check, rule in rules.items()),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def _refers(
    table: str, column: str, other: str, ondelete: str, *, nullable: bool = False
) -> sa.Column[int]:
    key = op.f(f"fk_{table}_{column}_{other}")
    return sa.Column(
        column, sa.Integer(), sa.ForeignKey(f"{other}.id", ondelete=ondelete, name=key), nullable=nullable
    )
