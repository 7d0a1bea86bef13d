"""What HR has settled about pairs and people of a round before it is matched.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = "decision"
PAIR = ["matching_round_id", "programme_id", "mentee_id", "mentor_id"]
INDEXED = ("programme_id", "mentee_id", "mentor_id", "instead_of_id", "decided_by_id", "undone_by_id")
CHECKS = {
    "kind": "kind IN ('lock', 'ban', 'required')",
    "about_a_pair_or_a_person": "(mentor_id IS NULL) = (kind = 'required')",
    "about_two_people": "mentee_id <> mentor_id",
    "has_reason": "(kind <> 'ban' AND NOT is_override) OR reason <> ''",
    "override_expires": "is_override = (expires_on IS NOT NULL)",
    "override_is_lock": "NOT is_override OR kind = 'lock'",
    "choice_is_lock": "instead_of_id IS NULL OR kind = 'lock'",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("matching_round_id", "matching_round", "CASCADE"),
        _refers("programme_id", "programme", "RESTRICT"),
        sa.Column("kind", sa.String(20), nullable=False),
        _refers("mentee_id", "person", "CASCADE"),
        _refers("mentor_id", "person", "CASCADE", nullable=True),
        _refers("instead_of_id", "person", "SET NULL", nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("is_override", sa.Boolean(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        _refers("decided_by_id", "account", "SET NULL", nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        _refers("undone_by_id", "account", "SET NULL", nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    for column in INDEXED:
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])
    _one_standing("uq_decision_one_pair", PAIR, "undone_at IS NULL")
    _one_standing("uq_decision_one_person", PAIR[:-1], "undone_at IS NULL AND mentor_id IS NULL")


def downgrade() -> None:
    op.drop_table(TABLE)


def _refers(name: str, table: str, ondelete: str, *, nullable: bool = False) -> sa.Column[int]:
    key = op.f(f"fk_{TABLE}_{name}_{table}")
    return sa.Column(
        name, sa.Integer(), sa.ForeignKey(f"{table}.id", ondelete=ondelete, name=key), nullable=nullable
    )


def _one_standing(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, TABLE, columns, unique=True, sqlite_where=where, postgresql_where=where)
