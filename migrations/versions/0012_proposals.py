"""Proposals: engagements that both people accept or decline by a day, and what they answered.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEFORE = ("active", "completed", "ended")
NOW = ("proposed", *BEFORE, "declined", "lapsed", "withdrawn")
# Rules about rows that only proposals have: name, and what holds.
ADDED = {
    "has_last_day": "state NOT IN ('proposed', 'declined', 'lapsed') OR answer_by IS NOT NULL",
    "has_instant": "state NOT IN ('declined', 'lapsed', 'withdrawn') OR settled_at IS NOT NULL",
}
REASONS = ("no_time", "other_goals", "other_experience", "too_close", "other")


def upgrade() -> None:
    with op.batch_alter_table("engagement") as batch:
        batch.add_column(sa.Column("answer_by", sa.Date(), nullable=True))
        batch.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        _rule_states(batch, NOW, "(ended_on IS NOT NULL) = (state IN ('completed', 'ended'))")
        for name, rule in ADDED.items():
            batch.create_check_constraint(op.f(f"ck_engagement_{name}"), rule)
    with op.batch_alter_table("matching_round") as batch:
        batch.add_column(sa.Column("answer_by", sa.Date(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_matching_round_proposed_is_published"), "answer_by IS NULL OR published_at IS NOT NULL"
        )
    op.create_table(
        "proposal_answer",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(20), nullable=True),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("seeks_another", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer IN ('accepted', 'declined')", name=op.f("ck_proposal_answer_answer")),
        sa.CheckConstraint(f"reason IN {REASONS}", name=op.f("ck_proposal_answer_reason")),
        sa.CheckConstraint(
            "(answer = 'declined') = (reason IS NOT NULL)", name=op.f("ck_proposal_answer_declined_has_reason")
        ),
        sa.CheckConstraint(
            "answer = 'declined' OR words = ''", name=op.f("ck_proposal_answer_words_when_declined")
        ),
        _refers("engagement_id", "engagement"),
        _refers("person_id", "person"),
        sa.ForeignKeyConstraint(
            ["engagement_id", "person_id"],
            ["engagement_member.engagement_id", "engagement_member.person_id"],
            name="fk_proposal_answer_engagement_id_engagement_member",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("engagement_id", "person_id", name=op.f("pk_proposal_answer")),
    )
    op.create_index("ix_proposal_answer_person_id", "proposal_answer", ["person_id"])


def downgrade() -> None:
    op.drop_table("proposal_answer")
    # What never came about had no place in this table before, nor has what waits for answers.
    op.execute(f"DELETE FROM engagement WHERE state NOT IN {BEFORE}")
    with op.batch_alter_table("matching_round") as batch:
        batch.drop_constraint(op.f("ck_matching_round_proposed_is_published"), type_="check")
        batch.drop_column("answer_by")
    with op.batch_alter_table("engagement") as batch:
        for name in ADDED:
            batch.drop_constraint(op.f(f"ck_engagement_{name}"), type_="check")
        _rule_states(batch, BEFORE, "(ended_on IS NULL) = (state = 'active')")
        batch.drop_column("settled_at")
        batch.drop_column("answer_by")


def _rule_states(batch: object, states: tuple[str, ...], ended_has_day: str) -> None:
    """Let the table hold these states, and a last day in those that are over."""
    for name, rule in {"state": f"state IN {states}", "ended_has_day": ended_has_day}.items():
        batch.drop_constraint(op.f(f"ck_engagement_{name}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_engagement_{name}"), rule)


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{table}.id"], name=op.f(f"fk_proposal_answer_{column}_{table}"), ondelete="CASCADE"
    )
