"""When HR added somebody to a round that was closed already.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("added_late_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("enrolment") as table:
        table.drop_column("added_late_at")
