"""Who may take part in a programme, in each role.

Revision: 0017, after 0016. Programmes that are there stay open to everyone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

GRADES = {
    "lowest_in_range": "lowest_grade BETWEEN 1 AND 20",
    "highest_in_range": "highest_grade BETWEEN 1 AND 20",
    "in_order": "lowest_grade <= highest_grade",
}


def upgrade() -> None:
    for place in ("department", "location"):
        table, column = f"audience_{place}", f"{place}_id"
        op.create_table(
            table,
            *_keys(table),
            _refers(table, column, place, "RESTRICT"),
            sa.PrimaryKeyConstraint("programme_id", "role", column, name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_table(
        "audience_grades",
        *_keys("audience_grades"),
        sa.Column("lowest_grade", sa.Integer()),
        sa.Column("highest_grade", sa.Integer()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_audience_grades_{name}")) for name, rule in GRADES.items()),
        sa.PrimaryKeyConstraint("programme_id", "role", name=op.f("pk_audience_grades")),
    )


def downgrade() -> None:
    for table in ("audience_grades", "audience_location", "audience_department"):
        op.drop_table(table)


def _keys(table: str) -> list[sa.Column | sa.CheckConstraint]:
    return [
        _refers(table, "programme_id", "programme", "CASCADE"),
        sa.Column("role", sa.String(20), nullable=False),
        sa.CheckConstraint("role IN ('mentee', 'mentor')", name=op.f(f"ck_{table}_role")),
    ]


def _refers(table: str, column: str, other: str, ondelete: str) -> sa.Column[int]:
    key = op.f(f"fk_{table}_{column}_{other}")
    return sa.Column(column, sa.Integer(), sa.ForeignKey(f"{other}.id", ondelete=ondelete, name=key), nullable=False)
