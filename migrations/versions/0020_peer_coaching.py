"""Peer coaching: a kind of programme and of engagement, in which everybody is a peer.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Each column that tells what somebody or something is: what it could say before, and what it can say as well.
COLUMNS = {
    ("programme", "kind"): (("mentoring", "reverse_mentoring", "flash_mentoring"), "peer_coaching"),
    ("enrolment", "role"): (("mentee", "mentor"), "peer"),
    ("assignment_member", "role"): (("mentee", "mentor"), "peer"),
    ("unmatched_person", "role"): (("mentee", "mentor"), "peer"),
    ("engagement", "kind"): (("mentorship",), "peer_coaching"),
    ("engagement_member", "role"): (("mentee", "mentor"), "peer"),
}
# Rows that could not be without peer coaching, the dependent ones first.
GONE = (
    ("engagement_member", "role"),
    ("engagement", "kind"),
    ("unmatched_person", "role"),
    ("assignment_member", "role"),
    ("enrolment", "role"),
)


def upgrade() -> None:
    for (table, column), (before, new) in COLUMNS.items():
        _allow(table, column, (*before, new))


def downgrade() -> None:
    for name, column in GONE:
        table = sa.table(name, sa.column(column))
        op.execute(table.delete().where(table.c[column] == COLUMNS[name, column][1]))
    programme = sa.table("programme", sa.column("kind"))
    op.execute(programme.update().where(programme.c.kind == "peer_coaching").values(kind="mentoring"))
    for (table, column), (before, _new) in COLUMNS.items():
        _allow(table, column, before)


def _allow(table: str, column: str, words: tuple[str, ...]) -> None:
    named = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({named})")
