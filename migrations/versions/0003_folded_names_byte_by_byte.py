"""Folded names of skills are compared byte by byte.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("skill", "skill_alias")


def upgrade() -> None:
    change_collation("C")


def downgrade() -> None:
    change_collation(None)


def change_collation(collation: str | None) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite compares byte by byte unless told otherwise
    for table in TABLES:
        op.alter_column(table, "folded_label", type_=sa.String(300, collation=collation), existing_nullable=False)
