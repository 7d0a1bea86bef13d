"""Communities of practice: what each is about, who is in it, and who asks or is invited to be.

Revision: 0022, after 0021.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXED = (
    ("community_topic", "skill_id"),
    ("community_membership", "community_id"),
    ("community_membership", "person_id"),
    ("community_membership", "programme_id"),
    ("community_membership", "matching_round_id"),
    ("community_request", "community_id"),
    ("community_request", "person_id"),
)


def upgrade() -> None:
    _communities()
    _memberships()
    _requests()
    for table, column in INDEXED:
        op.create_index(f"ix_{table}_{column}", table, [column])
    _one_each("community_membership", "uq_community_membership_one_current", "left_at IS NULL")
    _one_each("community_request", "uq_community_request_one_waiting", "state = 'waiting'")


def downgrade() -> None:
    for table in ("community_request", "community_membership", "community_mix", "community_topic", "community"):
        op.drop_table(table)


def _communities() -> None:
    _table(
        "community",
        {
            "joining": "joining IN ('open', 'request', 'invited')",
            "sizes_in_order": "1 <= least_members AND least_members <= most_members AND most_members <= 500",
        },
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("joining", sa.String(20), nullable=False),
        sa.Column("least_members", sa.Integer(), nullable=False),
        sa.Column("most_members", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("slug", name=op.f("uq_community_slug")),
        sa.UniqueConstraint("name", name=op.f("uq_community_name")),
    )
    _table(
        "community_topic",
        {},
        _refers("community_topic", "community_id", "community", "CASCADE"),
        _refers("community_topic", "skill_id", "skill", "RESTRICT"),
        key=("community_id", "skill_id"),
    )
    _table(
        "community_mix",
        {
            "attribute": "attribute IN ('department', 'location')",
            "values_in_range": "at_least BETWEEN 2 AND 20",
        },
        _refers("community_mix", "community_id", "community", "CASCADE"),
        sa.Column("attribute", sa.String(20), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        key=("community_id", "attribute"),
    )


def _memberships() -> None:
    table = "community_membership"
    _table(
        table,
        {
            "role": "role IN ('lead', 'member')",
            "came_by": "came_by IN ('joined', 'requested', 'invited', 'matched', 'appointed')",
            "leaves_after_joining": "left_at >= joined_at",
            "matched_has_round": "(matching_round_id IS NOT NULL) = (came_by = 'matched')",
            "matched_has_points": "(points IS NOT NULL) = (came_by = 'matched')",
        },
        sa.Column("id", sa.Integer(), nullable=False),
        _refers(table, "community_id", "community", "RESTRICT"),
        _refers(table, "person_id", "person", "CASCADE"),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("came_by", sa.String(20), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True)),
        _refers(table, "programme_id", "programme", "RESTRICT", nullable=True),
        _refers(table, "matching_round_id", "matching_round", "RESTRICT", nullable=True),
        sa.Column("points", sa.Integer()),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
    )


def _requests() -> None:
    table = "community_request"
    _table(
        table,
        {
            "state": "state IN ('waiting', 'accepted', 'declined', 'withdrawn')",
            "answered_has_instant": "(answered_at IS NULL) = (state = 'waiting')",
            "words_of_who_asks": "NOT is_invitation OR words = ''",
        },
        sa.Column("id", sa.Integer(), nullable=False),
        _refers(table, "community_id", "community", "CASCADE"),
        _refers(table, "person_id", "person", "CASCADE"),
        sa.Column("is_invitation", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
    )


def _table(name: str, checks: dict[str, str], *columns: Any, key: tuple[str, ...] = ("id",)) -> None:
    op.create_table(
        name,
        *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{check}")) for check, rule in checks.items()),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def _refers(
    table: str, column: str, other: str, ondelete: str, *, nullable: bool = False
) -> sa.Column[int]:
    key = op.f(f"fk_{table}_{column}_{other}")
    return sa.Column(
        column, sa.Integer(), sa.ForeignKey(f"{other}.id", ondelete=ondelete, name=key), nullable=nullable
    )


def _one_each(table: str, name: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        name, table, ["community_id", "person_id"], unique=True, sqlite_where=where, postgresql_where=where
    )
