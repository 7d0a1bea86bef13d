"""What people ask about the plan of a run, and the answers.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE = "question"
INDEXED = ("run_id", "programme_id", "mentee_id", "mentor_id", "asked_by_id")
CHECKS = {
    "kind": "kind IN ('alternatives', 'why_not', 'rule_prices', 'lock_prices')",
    "state": "state IN ('queued', 'running', 'finished', 'failed', 'cancelled')",
    "about_two_people_or_the_plan": "(mentee_id IS NULL) = (kind IN ('rule_prices', 'lock_prices')) "
    "AND (mentor_id IS NULL) = (mentee_id IS NULL) AND (programme_id IS NULL) = (mentee_id IS NULL)",
    "about_two_people": "mentee_id <> mentor_id",
    "failed_says_why": "(failure IS NOT NULL) = (state = 'failed')",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("run_id", "run", "CASCADE", nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        _refers("programme_id", "programme", "RESTRICT"),
        _refers("mentee_id", "person", "CASCADE"),
        _refers("mentor_id", "person", "CASCADE"),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _refers("asked_by_id", "account", "SET NULL"),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.String(300)),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for column in INDEXED:
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])
    pair = ["run_id", "kind", "programme_id", "mentee_id", "mentor_id"]
    _one_each("uq_question_one_pair", pair, "mentee_id IS NOT NULL")
    _one_each("uq_question_one_plan", pair[:2], "mentee_id IS NULL")


def downgrade() -> None:
    op.drop_table(TABLE)


def _refers(name: str, table: str, ondelete: str, *, nullable: bool = True) -> sa.Column[int]:
    key = op.f(f"fk_{TABLE}_{name}_{table}")
    return sa.Column(
        name, sa.Integer(), sa.ForeignKey(f"{table}.id", ondelete=ondelete, name=key), nullable=nullable
    )


def _one_each(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, TABLE, columns, unique=True, sqlite_where=where, postgresql_where=where)
