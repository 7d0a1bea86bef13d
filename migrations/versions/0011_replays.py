"""Replays of runs: who asked for one, and whether the answer came out the same.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "replay"
CHECKS = {
    "state": "state IN ('queued', 'running', 'finished', 'failed')",
    "progress_in_range": "0 <= done AND done <= total",
    "finished_has_verdict": "(is_same IS NOT NULL) = (state = 'finished')",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("run_id", "run", "CASCADE", nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _refers("asked_by_id", "account", "SET NULL", nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(80), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("is_same", sa.Boolean()),
        sa.Column("answer_sha256", sa.String(64)),
        sa.Column("engine", sa.JSON()),
        sa.Column("failure", sa.String(1000)),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay")),
    )
    for column in ("run_id", "asked_by_id"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])
    where = sa.text("state IN ('queued', 'running')")
    op.create_index(
        "uq_replay_one_active", TABLE, ["run_id"], unique=True, sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_table(TABLE)


def _refers(name: str, table: str, ondelete: str, *, nullable: bool) -> sa.Column[int]:
    key = op.f(f"fk_{TABLE}_{name}_{table}")
    return sa.Column(
        name, sa.Integer(), sa.ForeignKey(f"{table}.id", ondelete=ondelete, name=key), nullable=nullable
    )
