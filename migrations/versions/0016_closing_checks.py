"""The check that closes a round: what to keep of it, and what is decided for the next one.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CHECKED, DECIDED = "closing_check", "closing_decision"
CHECKS = {
    "part": "part IN ('rule', 'no_rule', 'weight', 'goals', 'other')",
    "setting_of_programme": "(programme_id IS NULL) = (part = 'other')",
    "other_in_words": "part <> 'other' OR words <> ''",
}


def upgrade() -> None:
    op.create_table(
        CHECKED,
        _refers(CHECKED, "matching_round_id", "matching_round", "CASCADE"),
        sa.Column("keep", sa.String(2000), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        _refers(CHECKED, "saved_by_id", "account", "SET NULL", nullable=True),
        sa.CheckConstraint("keep <> ''", name=op.f(f"ck_{CHECKED}_says_something")),
        sa.PrimaryKeyConstraint("matching_round_id", name=op.f(f"pk_{CHECKED}")),
    )
    op.create_index(f"ix_{CHECKED}_saved_by_id", CHECKED, ["saved_by_id"])
    op.create_table(
        DECIDED,
        sa.Column("id", sa.Integer(), nullable=False),
        _refers(DECIDED, "matching_round_id", "matching_round", "CASCADE"),
        _refers(DECIDED, "programme_id", "programme", "RESTRICT", nullable=True),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        _refers(DECIDED, "owner_id", "account", "SET NULL", nullable=True),
        sa.Column("due_on", sa.Date()),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{DECIDED}_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DECIDED}")),
    )
    for column in ("matching_round_id", "programme_id", "owner_id"):
        op.create_index(f"ix_{DECIDED}_{column}", DECIDED, [column])


def downgrade() -> None:
    op.drop_table(DECIDED)
    op.drop_table(CHECKED)


def _refers(
    table: str, name: str, referred: str, ondelete: str, *, nullable: bool = False
) -> sa.Column[int]:
    key = op.f(f"fk_{table}_{name}_{referred}")
    return sa.Column(
        name, sa.Integer(), sa.ForeignKey(f"{referred}.id", ondelete=ondelete, name=key), nullable=nullable
    )
