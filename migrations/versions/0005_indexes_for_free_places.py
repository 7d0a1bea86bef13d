"""Indexes from which the mentors with a free place are found.

Revision: 0005, after 0004.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DIRECTORY = "ix_person_directory"
STATE = "ix_engagement_state"
AVAILABLE = ["mentor_capacity", "paused_from", "paused_until"]


def upgrade() -> None:
    op.drop_index("ix_person_name_id_left_on", table_name="person")
    op.create_index(DIRECTORY, "person", ["name", "id", "left_on", *AVAILABLE])
    op.create_index(STATE, "engagement", ["state"])


def downgrade() -> None:
    op.drop_index(STATE, table_name="engagement")
    op.drop_index(DIRECTORY, table_name="person")
    op.create_index("ix_person_name_id_left_on", "person", ["name", "id", "left_on"])
