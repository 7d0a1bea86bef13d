"""Communities and group mentoring as kinds of programme, matched in rounds.

Revision: 0023, after 0022. Programmes, parts and matches that are there stay as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KINDS = ("mentoring", "reverse_mentoring", "flash_mentoring", "peer_coaching")
NEW_KINDS = ("group_mentoring", "communities")
PARTS = ("mentee", "mentor", "peer")
# Each table whose rows tell somebody's part; rows of members could not be before.
WITH_PARTS = (
    "unmatched_person",
    "assignment_member",
    "enrolment",
    "audience_department",
    "audience_location",
    "audience_grades",
)
CAUSES = "cause IN ('no_room', 'too_few', 'too_alike', 'lead_hours', 'not_best', 'not_solved')"


def upgrade() -> None:
    _allow("programme", "kind", (*KINDS, *NEW_KINDS))
    for table in WITH_PARTS:
        _allow(table, "role", (*PARTS, "member"))
    with op.batch_alter_table("assignment") as batch:
        batch.add_column(sa.Column("community_id", sa.Integer()))
        batch.create_foreign_key(
            op.f("fk_assignment_community_id_community"),
            "community",
            ["community_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch.create_index(op.f("ix_assignment_community_id"), ["community_id"])
    _chosen()
    _wishes()
    _closed()


def downgrade() -> None:
    for table in ("closed_group", "community_wish", "programme_community"):
        op.drop_table(table)
    with op.batch_alter_table("assignment") as batch:
        batch.drop_index(op.f("ix_assignment_community_id"))
        batch.drop_constraint(op.f("fk_assignment_community_id_community"), type_="foreignkey")
        batch.drop_column("community_id")
    for table in WITH_PARTS:
        rows = sa.table(table, sa.column("role"))
        op.execute(rows.delete().where(rows.c.role == "member"))
        _allow(table, "role", PARTS)
    programme = sa.table("programme", sa.column("kind"))
    op.execute(programme.update().where(programme.c.kind.in_(NEW_KINDS)).values(kind="mentoring"))
    _allow("programme", "kind", KINDS)


def _chosen() -> None:
    table = "programme_community"
    op.create_table(
        table,
        _refers(table, "programme_id", "programme", "CASCADE"),
        _refers(table, "community_id", "community", "CASCADE"),
        sa.PrimaryKeyConstraint("programme_id", "community_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_community_id", table, ["community_id"])


def _wishes() -> None:
    table = "community_wish"
    op.create_table(
        table,
        _refers(table, "enrolment_id", "enrolment", "CASCADE"),
        sa.Column("position", sa.Integer(), nullable=False),
        _refers(table, "community_id", "community", "CASCADE"),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name=op.f(f"ck_{table}_position_in_range")),
        sa.PrimaryKeyConstraint("enrolment_id", "position", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "enrolment_id", "community_id", name=op.f(f"uq_{table}_enrolment_id_community_id")
        ),
    )
    op.create_index(f"ix_{table}_community_id", table, ["community_id"])


def _closed() -> None:
    table = "closed_group"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        _refers(table, "run_id", "run", "CASCADE"),
        _refers(table, "programme_id", "programme", "RESTRICT"),
        _refers(table, "community_id", "community", "RESTRICT", nullable=True),
        _refers(table, "mentor_id", "person", "CASCADE", nullable=True),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.CheckConstraint(CAUSES, name=op.f(f"ck_{table}_cause")),
        sa.CheckConstraint(
            "(community_id IS NULL) <> (mentor_id IS NULL)", name=op.f(f"ck_{table}_of_community_or_mentor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in ("run_id", "programme_id", "community_id", "mentor_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _allow(table: str, column: str, words: tuple[str, ...]) -> None:
    named = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({named})")


def _refers(
    table: str, column: str, other: str, ondelete: str, *, nullable: bool = False
) -> sa.Column[int]:
    key = op.f(f"fk_{table}_{column}_{other}")
    return sa.Column(
        column, sa.Integer(), sa.ForeignKey(f"{other}.id", ondelete=ondelete, name=key), nullable=nullable
    )
