"""Mentors whom mentees would like, in order.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enrolment_wish",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name=op.f("ck_enrolment_wish_position_in_range")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_enrolment_wish_enrolment_id_enrolment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["person.id"], name=op.f("fk_enrolment_wish_mentor_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "position", name=op.f("pk_enrolment_wish")),
        sa.UniqueConstraint("enrolment_id", "mentor_id", name=op.f("uq_enrolment_wish_enrolment_id_mentor_id")),
    )
    op.create_index(op.f("ix_enrolment_wish_mentor_id"), "enrolment_wish", ["mentor_id"])


def downgrade() -> None:
    op.drop_table("enrolment_wish")
