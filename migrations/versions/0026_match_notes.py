"""What HR notes about a match, for whoever looks at it later.

Revision: 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLE = "match_note"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("matching_round_id", "matching_round", "CASCADE"),
        _refers("person_id", "person", "CASCADE"),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _refers("written_by_id", "account", "SET NULL", nullable=True),
        sa.CheckConstraint("words <> ''", name=op.f("ck_match_note_says_something")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_note")),
    )
    for column in ("matching_round_id", "person_id", "written_by_id"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])


def downgrade() -> None:
    op.drop_table(TABLE)


def _refers(column: str, other: str, ondelete: str, *, nullable: bool = False) -> sa.Column[int]:
    name = op.f(f"fk_{TABLE}_{column}_{other}")
    return sa.Column(
        column, sa.Integer(), sa.ForeignKey(f"{other}.id", name=name, ondelete=ondelete), nullable=nullable
    )
