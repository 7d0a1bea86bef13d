"""Tables of communities of practice: what each is about, who is in it, and who wishes to be."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Stamped, enum_column
from app.people.models import Person
from app.skills.models import Skill

LONGEST_NAME, LONGEST_PURPOSE, LONGEST_WORDS = 120, 300, 300
MOST_MEMBERS = 500
FEWEST_VALUES, MOST_VALUES = 2, 20


class Joining(StrEnum):
    """How people come to be members."""

    OPEN = "open"
    REQUEST = "request"
    INVITED = "invited"


class MemberRole(StrEnum):
    """A person's part in a community."""

    LEAD = "lead"
    MEMBER = "member"


class CameBy(StrEnum):
    """How somebody came to a community."""

    JOINED = "joined"
    REQUESTED = "requested"
    INVITED = "invited"
    MATCHED = "matched"
    APPOINTED = "appointed"


class MixOf(StrEnum):
    """In what the members of a community may have to differ."""

    DEPARTMENT = "department"
    LOCATION = "location"


class RequestState(StrEnum):
    """Where somebody's wish to join, or an invitation, stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Community(Stamped, Model):
    """People who get better at something together. Communities are archived, never deleted."""

    __tablename__ = "community"
    __table_args__ = (
        sa.CheckConstraint(
            f"1 <= least_members AND least_members <= most_members AND most_members <= {MOST_MEMBERS}",
            name="sizes_in_order",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME), unique=True)
    purpose: Mapped[str] = mapped_column(sa.String(LONGEST_PURPOSE))
    joining: Mapped[Joining] = mapped_column(enum_column(Joining, name="joining"), default=Joining.OPEN)
    least_members: Mapped[int] = mapped_column(default=3)
    most_members: Mapped[int] = mapped_column(default=25)
    archived_at: Mapped[datetime | None]

    topics: Mapped[list[Skill]] = relationship(secondary="community_topic", order_by=Skill.label)
    mixes: Mapped[list["CommunityMix"]] = relationship(
        order_by="CommunityMix.attribute", cascade="all, delete-orphan", passive_deletes=True
    )


class CommunityTopic(Model):
    """A skill that a community is about."""

    __tablename__ = "community_topic"

    community_id: Mapped[int] = mapped_column(
        sa.ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[int] = mapped_column(
        sa.ForeignKey("skill.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class CommunityMix(Model):
    """From how many departments, or places of work, the members of a community come at least."""

    __tablename__ = "community_mix"
    __table_args__ = (
        sa.CheckConstraint(f"at_least BETWEEN {FEWEST_VALUES} AND {MOST_VALUES}", name="values_in_range"),
    )

    community_id: Mapped[int] = mapped_column(
        sa.ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    attribute: Mapped[MixOf] = mapped_column(enum_column(MixOf, name="attribute"), primary_key=True)
    at_least: Mapped[int]


def _one(name: str, condition: str) -> sa.Index:
    """Return an index that lets a person be at most once in a community, where `condition` holds."""
    where = sa.text(condition)
    return sa.Index(
        name, "community_id", "person_id", unique=True, sqlite_where=where, postgresql_where=where
    )


class CommunityMembership(Model):
    """Somebody's time in a community; of who was matched to it, with what spoke for it."""

    __tablename__ = "community_membership"
    __table_args__ = (
        sa.CheckConstraint("left_at >= joined_at", name="leaves_after_joining"),
        sa.CheckConstraint(
            "(matching_round_id IS NOT NULL) = (came_by = 'matched')", name="matched_has_round"
        ),
        sa.CheckConstraint("(points IS NOT NULL) = (came_by = 'matched')", name="matched_has_points"),
        _one("uq_community_membership_one_current", "left_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(sa.ForeignKey("community.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[MemberRole] = mapped_column(enum_column(MemberRole, name="role"), default=MemberRole.MEMBER)
    came_by: Mapped[CameBy] = mapped_column(enum_column(CameBy, name="came_by"), default=CameBy.JOINED)
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]
    programme_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="RESTRICT"), index=True
    )
    matching_round_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("matching_round.id", ondelete="RESTRICT"), index=True
    )
    points: Mapped[int | None]
    parts: Mapped[list[Any]] = mapped_column(default=list)
    reasons: Mapped[list[Any]] = mapped_column(default=list)

    community: Mapped[Community] = relationship()
    person: Mapped[Person] = relationship()


class CommunityRequest(Model):
    """Somebody asks to join a community, or is invited to; the other side answers."""

    __tablename__ = "community_request"
    __table_args__ = (
        sa.CheckConstraint("(answered_at IS NULL) = (state = 'waiting')", name="answered_has_instant"),
        sa.CheckConstraint("NOT is_invitation OR words = ''", name="words_of_who_asks"),
        _one("uq_community_request_one_waiting", "state = 'waiting'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(sa.ForeignKey("community.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    is_invitation: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(sa.String(LONGEST_WORDS), default="")
    state: Mapped[RequestState] = mapped_column(
        enum_column(RequestState, name="state"), default=RequestState.WAITING
    )
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
