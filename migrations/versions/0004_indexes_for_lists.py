"""Indexes from which lists are counted, searched and leafed through.

Revision: 0004, after 0003.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ENROLMENT = "ix_enrolment_matching_round_id_role_withdrawn_at_places"


def upgrade() -> None:
    op.drop_index("ix_person_name", table_name="person")
    op.create_index("ix_person_name_id_left_on", "person", ["name", "id", "left_on"])
    op.create_index("ix_spoken_language_language", "spoken_language", ["language"])
    op.create_index(ENROLMENT, "enrolment", ["matching_round_id", "role", "withdrawn_at", "places"])


def downgrade() -> None:
    op.drop_index(ENROLMENT, table_name="enrolment")
    op.drop_index("ix_spoken_language_language", table_name="spoken_language")
    op.drop_index("ix_person_name_id_left_on", table_name="person")
    op.create_index("ix_person_name", "person", ["name"])
