"""How many pairs each rule of a programme forbids, as last counted.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = "rule_count"
CHECKS = {
    "state": "state IN ('queued', 'running', 'finished', 'failed')",
    "finished_has_instant": "(counted_at IS NOT NULL) = (state = 'finished')",
    "looked_at_in_range": "0 <= looked_at AND looked_at <= pairs",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        _refers("programme_id", "programme"),
        _refers("matching_round_id", "matching_round"),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True)),
        sa.Column("counted_at", sa.DateTime(timezone=True)),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("in_force", sa.JSON(), nullable=False),
        sa.Column("pairs", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("together", sa.BigInteger(), nullable=False),
        sa.Column("forbidden", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(1000), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_rule_count")),
    )
    op.create_index("ix_rule_count_matching_round_id", TABLE, ["matching_round_id"])


def downgrade() -> None:
    op.drop_table(TABLE)


def _refers(name: str, table: str) -> sa.Column[int]:
    key = op.f(f"fk_{TABLE}_{name}_{table}")
    return sa.Column(
        name,
        sa.Integer(),
        sa.ForeignKey(f"{table}.id", ondelete="CASCADE", name=key),
        nullable=False,
        autoincrement=False,
    )
