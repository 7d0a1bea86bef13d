"""What was verified of a run's plan, with the hashes that tell it from any other.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "run_certificate"


def upgrade() -> None:
    run = sa.ForeignKey("run.id", ondelete="CASCADE", name=op.f(f"fk_{TABLE}_run_id_run"))
    op.create_table(
        TABLE,
        sa.Column("run_id", sa.Integer(), run, nullable=False),
        sa.Column("solution_sha256", sa.String(64), nullable=False),
        sa.Column("answer_sha256", sa.String(64), nullable=False),
        sa.Column("engine", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f(f"pk_{TABLE}")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
