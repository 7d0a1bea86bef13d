"""The group of a mentor: a kind of engagement with one mentor and several mentees.

Revision: 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEFORE = ("mentorship", "peer_coaching")
NEW = "group_mentoring"


def upgrade() -> None:
    _allow((*BEFORE, NEW))


def downgrade() -> None:
    engagement = sa.table("engagement", sa.column("id"), sa.column("kind"))
    member = sa.table("engagement_member", sa.column("engagement_id"))
    groups = sa.select(engagement.c.id).where(engagement.c.kind == NEW)
    op.execute(member.delete().where(member.c.engagement_id.in_(groups)))
    op.execute(engagement.delete().where(engagement.c.kind == NEW))
    _allow(BEFORE)


def _allow(words: tuple[str, ...]) -> None:
    named = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table("engagement") as batch:
        batch.drop_constraint(op.f("ck_engagement_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_engagement_kind"), f"kind IN ({named})")
