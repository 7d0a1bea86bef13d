"""What the programmes of a round share: hours, and cover for one another.

Revision: 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COVER_IS_ONE_EACH = "uq_matching_round_programme_matching_round_id_cover_place"
COVER_FROM_ONE = "ck_matching_round_programme_cover_place_counts_from_one"


def upgrade() -> None:
    with op.batch_alter_table("matching_round") as batch:
        batch.add_column(sa.Column("shares_hours", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("matching_round") as batch:
        batch.alter_column("shares_hours", server_default=None)
    with op.batch_alter_table("matching_round_programme") as batch:
        batch.add_column(sa.Column("cover_place", sa.Integer(), nullable=True))
        batch.create_unique_constraint(op.f(COVER_IS_ONE_EACH), ["matching_round_id", "cover_place"])
        batch.create_check_constraint(op.f(COVER_FROM_ONE), "cover_place >= 1")
    op.add_column("run", sa.Column("together", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("run") as batch:
        batch.drop_column("together")
    with op.batch_alter_table("matching_round_programme") as batch:
        batch.drop_constraint(op.f(COVER_FROM_ONE), type_="check")
        batch.drop_constraint(op.f(COVER_IS_ONE_EACH), type_="unique")
        batch.drop_column("cover_place")
    with op.batch_alter_table("matching_round") as batch:
        batch.drop_column("shares_hours")
