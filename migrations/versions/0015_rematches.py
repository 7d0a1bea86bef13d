"""Runs that match again what fell through of a run that was published.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("run") as batch:
        batch.add_column(sa.Column("follows_run_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            "fk_run_follows_run_id_run", "run", ["follows_run_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_check_constraint(
            op.f("ck_run_rematch_is_no_what_if"), "follows_run_id IS NULL OR base_run_id IS NULL"
        )
    op.create_index("ix_run_follows_run_id", "run", ["follows_run_id"])
    op.drop_index("uq_run_one_published", table_name="run")
    _one_published("uq_run_one_published", "matching_round_id", "follows_run_id IS NULL")
    _one_published("uq_run_one_follower", "follows_run_id", "follows_run_id IS NOT NULL")


def downgrade() -> None:
    op.execute("DELETE FROM run WHERE follows_run_id IS NOT NULL")
    for name in ("uq_run_one_follower", "uq_run_one_published", "ix_run_follows_run_id"):
        op.drop_index(name, table_name="run")
    with op.batch_alter_table("run") as batch:
        batch.drop_constraint(op.f("ck_run_rematch_is_no_what_if"), type_="check")
        batch.drop_column("follows_run_id")
    where = sa.text("published_at IS NOT NULL")
    op.create_index(
        "uq_run_one_published",
        "run",
        ["matching_round_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def _one_published(name: str, column: str, condition: str) -> None:
    where = sa.text(f"published_at IS NOT NULL AND {condition}")
    op.create_index(name, "run", [column], unique=True, sqlite_where=where, postgresql_where=where)
