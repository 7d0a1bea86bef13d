"""What a session can look like: the agenda of a programme.

Revision: 0025, after 0024. Programmes that are there have the usual agenda of their kind, which has no rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = "programme_agenda_item"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(120), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f(f"ck_{TABLE}_position_from_one")),
        sa.CheckConstraint("words <> ''", name=op.f(f"ck_{TABLE}_has_words")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 240", name=op.f(f"ck_{TABLE}_minutes_in_range")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f(f"fk_{TABLE}_programme_id_programme"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("programme_id", "position", name=op.f(f"pk_{TABLE}")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
