"""Who may take part in peer coaching: the third role for which a programme says it.

Revision: 0021, after 0020. Programmes that are there stay open to everyone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = ("audience_department", "audience_location", "audience_grades")
BEFORE = ("mentee", "mentor")


def upgrade() -> None:
    for table in TABLES:
        _allow(table, (*BEFORE, "peer"))


def downgrade() -> None:
    for table in TABLES:
        rows = sa.table(table, sa.column("role"))
        op.execute(rows.delete().where(rows.c.role == "peer"))
        _allow(table, BEFORE)


def _allow(table: str, words: tuple[str, ...]) -> None:
    named = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_role"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_role"), f"role IN ({named})")
