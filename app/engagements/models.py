"""Tables of engagements and of who is part of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Stamped, enum_column
from app.engagements.states import EngagementState
from app.people.models import Person

LONGEST_WORDS = 500


class EngagementKind(StrEnum):
    """What kind of relationship it is."""

    MENTORSHIP = "mentorship"
    PEER_COACHING = "peer_coaching"
    GROUP_MENTORING = "group_mentoring"


class EngagementRole(StrEnum):
    """A person's part in an engagement."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    PEER = "peer"


class Answer(StrEnum):
    """What somebody says to a proposal."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class DeclineReason(StrEnum):
    """Why somebody declines a proposal, in a few words that anybody can give."""

    NO_TIME = "no_time"
    OTHER_GOALS = "other_goals"
    OTHER_EXPERIENCE = "other_experience"
    TOO_CLOSE = "too_close"
    OTHER = "other"


class Engagement(Stamped, Model):
    """A mentorship that was published, with what spoke for it.

    A proposal has `answer_by`, the last day on which both may say yes or no.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        sa.CheckConstraint(
            "(ended_on IS NOT NULL) = (state IN ('completed', 'ended'))", name="ended_has_day"
        ),
        sa.CheckConstraint("ended_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'declined', 'lapsed') OR answer_by IS NOT NULL", name="has_last_day"
        ),
        sa.CheckConstraint(
            "state NOT IN ('declined', 'lapsed', 'withdrawn') OR settled_at IS NOT NULL", name="has_instant"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EngagementKind] = mapped_column(enum_column(EngagementKind, name="kind"))
    state: Mapped[EngagementState] = mapped_column(
        enum_column(EngagementState, name="state"), default=EngagementState.ACTIVE, index=True
    )
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="RESTRICT"), index=True)
    matching_round_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("matching_round.id", ondelete="RESTRICT"), index=True
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    answer_by: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    """When everybody had accepted, or when it was clear that it would not come about."""
    points: Mapped[int | None]
    parts: Mapped[list[Any]] = mapped_column(default=list)
    reasons: Mapped[list[Any]] = mapped_column(default=list)

    members: Mapped[list["EngagementMember"]] = relationship(
        order_by="EngagementMember.role", cascade="all, delete-orphan", passive_deletes=True
    )
    check_ins: Mapped[list["EngagementCheckIn"]] = relationship(
        order_by="EngagementCheckIn.position", cascade="all, delete-orphan", passive_deletes=True
    )
    # Named, not imported: sessions stand above engagements.
    sessions: Mapped[list[Any]] = relationship(
        "MentoringSession", order_by="MentoringSession.held_at", viewonly=True
    )


class EngagementCheckIn(Model):
    """A day on which the people of an engagement look at how it goes, and whether they have."""

    __tablename__ = "engagement_check_in"
    __table_args__ = (
        sa.CheckConstraint("position >= 1", name="position_from_one"),
        sa.CheckConstraint("words <> ''", name="has_words"),
        sa.CheckConstraint("done_by_id IS NULL OR done_at IS NOT NULL", name="done_has_instant"),
    )

    engagement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("engagement.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    words: Mapped[str] = mapped_column(sa.String(120))
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("person.id", ondelete="SET NULL"), index=True
    )


class EngagementMember(Model):
    """A person's part in an engagement."""

    __tablename__ = "engagement_member"

    engagement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("engagement.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[EngagementRole] = mapped_column(enum_column(EngagementRole, name="role"))

    person: Mapped[Person] = relationship()
    answer: Mapped["ProposalAnswer | None"] = relationship(viewonly=True)


class ProposalAnswer(Model):
    """What a member said to a proposal; why somebody declined is read by HR alone."""

    __tablename__ = "proposal_answer"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["engagement_id", "person_id"],
            ["engagement_member.engagement_id", "engagement_member.person_id"],
            name="fk_proposal_answer_engagement_id_engagement_member",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("(answer = 'declined') = (reason IS NOT NULL)", name="declined_has_reason"),
        sa.CheckConstraint("answer = 'declined' OR words = ''", name="words_when_declined"),
    )

    engagement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("engagement.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    answer: Mapped[Answer] = mapped_column(enum_column(Answer, name="answer"))
    reason: Mapped[DeclineReason | None] = mapped_column(enum_column(DeclineReason, name="reason"))
    words: Mapped[str] = mapped_column(sa.String(LONGEST_WORDS), default="")
    seeks_another: Mapped[bool] = mapped_column(default=False)
    """Of somebody who declined: whether they would like another match in this round."""
    answered_at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[Person] = relationship()
