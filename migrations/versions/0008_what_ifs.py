"""What-ifs: copies of a run with other settings, and the settings each run was asked with.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ACTIVE = "state IN ('queued', 'running')"

def one_each_round(name: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        name, "run", ["matching_round_id"], unique=True, sqlite_where=where, postgresql_where=where
    )


def upgrade() -> None:
    with op.batch_alter_table("run") as batch:
        batch.add_column(sa.Column("settings", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("base_run_id", sa.Integer(), nullable=True))
        batch.create_index("ix_run_base_run_id", ["base_run_id"])
        batch.create_foreign_key(
            "fk_run_base_run_id_run", "run", ["base_run_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_check_constraint(
            "ck_run_what_if_unpublished", "base_run_id IS NULL OR published_at IS NULL"
        )
    op.drop_index("uq_run_one_active", table_name="run")
    one_each_round("uq_run_one_active", f"{ACTIVE} AND base_run_id IS NULL")
    one_each_round("uq_run_one_what_if", f"{ACTIVE} AND base_run_id IS NOT NULL")


def downgrade() -> None:
    op.execute("DELETE FROM run WHERE base_run_id IS NOT NULL")
    op.drop_index("uq_run_one_what_if", table_name="run")
    op.drop_index("uq_run_one_active", table_name="run")
    op.drop_index("ix_run_base_run_id", table_name="run")
    with op.batch_alter_table("run") as batch:
        batch.drop_constraint("ck_run_what_if_unpublished", type_="check")
        batch.drop_column("base_run_id")
        batch.drop_column("settings")
    one_each_round("uq_run_one_active", ACTIVE)
