"""What programmes write to people, the versions of their settings, and what nobody has looked at yet.

Revision: 0014, after 0013. The settings that programmes have become their version 1.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = "'invitation', 'matched_mentee', 'matched_mentor', 'left_out'"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "programme_message",
        _of_programme("programme_message"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_programme_message_kind")),
        sa.PrimaryKeyConstraint("programme_id", "kind", name=op.f("pk_programme_message")),
    )
    op.create_table(
        "programme_version",
        sa.Column("id", sa.Integer(), nullable=False),
        _of_programme("programme_version"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column(
            "made_by_id",
            sa.Integer(),
            sa.ForeignKey("account.id", ondelete="SET NULL", name=op.f("fk_programme_version_made_by_id_account")),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_programme_version_number_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_version")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_programme_version_programme_id_number")),
    )
    op.create_index("ix_programme_version_made_by_id", "programme_version", ["made_by_id"])
    op.create_table(
        "programme_open_task",
        _of_programme("programme_open_task"),
        sa.Column("task", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "task", name=op.f("pk_programme_open_task")),
    )
    _keep_first_versions()


def downgrade() -> None:
    for table in ("programme_open_task", "programme_version", "programme_message"):
        op.drop_table(table)


def _of_programme(table: str) -> sa.Column[int]:
    key = op.f(f"fk_{table}_programme_id_programme")
    return sa.Column(
        "programme_id", sa.Integer(), sa.ForeignKey("programme.id", ondelete="CASCADE", name=key), nullable=False
    )


def _keep_first_versions() -> None:
    bind = op.get_bind()
    programme = sa.table(
        "programme", sa.column("id"), sa.column("name"), sa.column("hours_a_month"), sa.column("created_at", INSTANT)
    )
    version = sa.table(
        "programme_version",
        sa.column("programme_id"),
        sa.column("number"),
        sa.column("settings", sa.JSON()),
        sa.column("made_at", INSTANT),
    )
    for row in bind.execute(sa.select(programme)).all():
        settings = {
            "name": row.name,
            "hours_a_month": row.hours_a_month,
            "rules": dict(_rows("programme_rule", row.id, "rule", "rule", "parameters")),
            "criteria": dict(_rows("programme_criterion", row.id, "criterion", "criterion", "weight")),
            "goals": [goal for (goal,) in _rows("programme_goal", row.id, "position", "goal")],
            "messages": {},
        }
        first = {"programme_id": row.id, "number": 1, "settings": settings, "made_at": row.created_at}
        bind.execute(sa.insert(version).values(first))


def _rows(name: str, programme_id: int, order: str, *columns: str) -> list[tuple]:
    kinds = {"parameters": sa.JSON()}
    table = sa.table(
        name, sa.column("programme_id"), sa.column(order), *(sa.column(column, kinds.get(column)) for column in columns if column != order)
    )
    query = sa.select(*(table.c[column] for column in columns)).where(table.c.programme_id == programme_id)
    return [tuple(row) for row in op.get_bind().execute(query.order_by(table.c[order]))]
