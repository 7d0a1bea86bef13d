"""Reverse mentoring and flash mentoring.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW = ("reverse_mentoring", "flash_mentoring")


def upgrade() -> None:
    _allow("mentoring", *NEW)


def downgrade() -> None:
    # What was set up meanwhile stays: mentoring is what comes nearest.
    programme = sa.table("programme", sa.column("kind"))
    op.execute(programme.update().where(programme.c.kind.in_(NEW)).values(kind="mentoring"))
    _allow("mentoring")


def _allow(*kinds: str) -> None:
    named = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("programme") as table:
        table.drop_constraint(op.f("ck_programme_kind"), type_="check")
        table.create_check_constraint(op.f("ck_programme_kind"), f"kind IN ({named})")
