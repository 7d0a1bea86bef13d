"""Tables of the skill graph, and of who holds and who wants which skill."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Stamped, enum_column

# Compared byte by byte on every database: one order, and an index that serves searches for a beginning.
FOLDED = sa.String(300).with_variant(sa.String(300, collation="C"), "postgresql")


class Source(StrEnum):
    """Where a skill came from."""

    STARTER = "starter"
    ESCO = "esco"
    OWN = "own"


class EdgeKind(StrEnum):
    """How one skill points to another: to one that contains it, to a prerequisite, to a neighbour."""

    BROADER = "broader"
    REQUIRES = "requires"
    RELATED = "related"


class EvidenceKind(StrEnum):
    """What supports a claim."""

    WORK = "work"
    CERTIFICATE = "certificate"
    FEEDBACK = "feedback"
    MENTOR = "mentor"


class Skill(Stamped, Model):
    """Something people can learn and help each other with. Skills are deprecated, never deleted."""

    __tablename__ = "skill"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.CheckConstraint("replaced_by_id <> id", name="not_replaced_by_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[Source] = mapped_column(enum_column(Source, name="source"))
    source_key: Mapped[str] = mapped_column(sa.String(200))
    label: Mapped[str] = mapped_column(sa.String(300))
    folded_label: Mapped[str] = mapped_column(FOLDED, index=True)
    description: Mapped[str] = mapped_column(sa.Text, default="")
    deprecated_at: Mapped[datetime | None]
    replaced_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("skill.id", ondelete="RESTRICT"))

    aliases: Mapped[list["SkillAlias"]] = relationship(
        order_by="SkillAlias.label", cascade="all, delete-orphan", passive_deletes=True
    )


class SkillAlias(Model):
    """Another name of a skill; several skills may share one."""

    __tablename__ = "skill_alias"

    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    folded_label: Mapped[str] = mapped_column(FOLDED, index=True)


class SkillEdge(Model):
    """A typed edge of the skill graph; `related` is stored once, from the lower id to the higher."""

    __tablename__ = "skill_edge"
    __table_args__ = (
        sa.CheckConstraint("from_skill_id <> to_skill_id", name="not_a_loop"),
        sa.CheckConstraint("kind <> 'related' OR from_skill_id < to_skill_id", name="related_once"),
    )

    from_skill_id: Mapped[int] = mapped_column(
        sa.ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[EdgeKind] = mapped_column(enum_column(EdgeKind, name="kind"), primary_key=True)
    to_skill_id: Mapped[int] = mapped_column(
        sa.ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Claim(Stamped, Model):
    """A person's stated proficiency level in a skill, 1 (novice) to 5 (expert)."""

    __tablename__ = "claim"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "skill_id"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id", ondelete="RESTRICT"), index=True)
    level: Mapped[int]

    skill: Mapped[Skill] = relationship()
    evidence: Mapped[list["ClaimEvidence"]] = relationship(
        order_by="ClaimEvidence.id", cascade="all, delete-orphan", passive_deletes=True
    )


class ClaimEvidence(Stamped, Model):
    """Something that supports a claim."""

    __tablename__ = "claim_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claim.id", ondelete="CASCADE"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(enum_column(EvidenceKind, name="kind"))
    description: Mapped[str] = mapped_column(sa.String(500))
    happened_on: Mapped[date | None]


class Goal(Stamped, Model):
    """The level a person wishes to reach in a skill, and how much it matters to them (1 to 3)."""

    __tablename__ = "goal"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "skill_id"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_in_range"),
        sa.CheckConstraint("importance BETWEEN 1 AND 3", name="importance_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id", ondelete="RESTRICT"), index=True)
    level: Mapped[int]
    importance: Mapped[int] = mapped_column(default=2)

    skill: Mapped[Skill] = relationship()
