"""Tables of programmes: their kind, hard rules, how much each criterion matters, and goals in order."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Stamped, enum_column


class ProgrammeKind(StrEnum):
    """The kinds of programme a round can match today."""

    MENTORING = "mentoring"
    REVERSE_MENTORING = "reverse_mentoring"
    FLASH_MENTORING = "flash_mentoring"
    PEER_COACHING = "peer_coaching"
    GROUP_MENTORING = "group_mentoring"
    COMMUNITIES = "communities"


MENTORING = frozenset(
    {ProgrammeKind.MENTORING, ProgrammeKind.REVERSE_MENTORING, ProgrammeKind.FLASH_MENTORING}
)


class MessageKind(StrEnum):
    """What a programme writes to people."""

    INVITATION = "invitation"
    MATCHED_MENTEE = "matched_mentee"
    MATCHED_MENTOR = "matched_mentor"
    LEFT_OUT = "left_out"


class AudienceRole(StrEnum):
    """The parts for which a programme says who may take them."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    PEER = "peer"
    MEMBER = "member"


class CheckInMoment(StrEnum):
    """From where the days to a check-in are counted."""

    AFTER_START = "after_start"
    HALFWAY = "halfway"
    BEFORE_END = "before_end"


class Programme(Stamped, Model):
    """A standing scheme."""

    __tablename__ = "programme"
    __table_args__ = (sa.CheckConstraint("hours_a_month > 0", name="takes_time"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[ProgrammeKind] = mapped_column(enum_column(ProgrammeKind, name="kind"))
    hours_a_month: Mapped[float] = mapped_column(default=2.0)
    archived_at: Mapped[datetime | None]

    rules: Mapped[list["ProgrammeRule"]] = relationship(
        order_by="ProgrammeRule.rule", cascade="all, delete-orphan", passive_deletes=True
    )
    criteria: Mapped[list["ProgrammeCriterion"]] = relationship(
        order_by="ProgrammeCriterion.weight.desc(), ProgrammeCriterion.criterion",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    goals: Mapped[list["ProgrammeGoal"]] = relationship(
        order_by="ProgrammeGoal.position", cascade="all, delete-orphan", passive_deletes=True
    )
    messages: Mapped[list["ProgrammeMessage"]] = relationship(
        order_by="ProgrammeMessage.kind", cascade="all, delete-orphan", passive_deletes=True
    )


class ProgrammeRule(Model):
    """A hard rule that is switched on, with its parameters."""

    __tablename__ = "programme_rule"

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    rule: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ProgrammeCriterion(Model):
    """The most points a criterion can give."""

    __tablename__ = "programme_criterion"
    __table_args__ = (sa.CheckConstraint("weight BETWEEN 1 AND 1000", name="weight_in_range"),)

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    criterion: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    weight: Mapped[int]


class ProgrammeGoal(Model):
    """A soft goal and its place in the order."""

    __tablename__ = "programme_goal"
    __table_args__ = (sa.UniqueConstraint("programme_id", "goal"),)

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    goal: Mapped[str] = mapped_column(sa.String(40))


class ProgrammeMessage(Model):
    """A text that a programme writes in its own words; where there is none, the usual one serves."""

    __tablename__ = "programme_message"

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind, name="kind"), primary_key=True)
    body: Mapped[str] = mapped_column(sa.Text)


class ProgrammeAgendaItem(Model):
    """One thing to talk about in a session, in its place; without any, the usual agenda serves."""

    __tablename__ = "programme_agenda_item"
    __table_args__ = (
        sa.CheckConstraint("position >= 1", name="position_from_one"),
        sa.CheckConstraint("words <> ''", name="has_words"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes_in_range"),
    )

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(sa.String(120))
    minutes: Mapped[int]


class ProgrammeCheckIn(Model):
    """When people of an engagement look at how it goes, in days from its start or to its end."""

    __tablename__ = "programme_check_in"
    __table_args__ = (
        sa.CheckConstraint("position >= 1", name="position_from_one"),
        sa.CheckConstraint("words <> ''", name="has_words"),
        sa.CheckConstraint("days BETWEEN 0 AND 730", name="days_in_range"),
        sa.CheckConstraint("(moment = 'halfway') = (days = 0)", name="halfway_has_no_days"),
    )

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    moment: Mapped[CheckInMoment] = mapped_column(enum_column(CheckInMoment, name="moment"))
    days: Mapped[int]
    words: Mapped[str] = mapped_column(sa.String(120))


class ProgrammeVersion(Model):
    """The settings of a programme as they were from one change to the next."""

    __tablename__ = "programme_version"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="CASCADE"))
    number: Mapped[int]
    settings: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("account.id", ondelete="SET NULL"), index=True
    )


class ProgrammeOpenTask(Model):
    """A task of setting a programme up that nobody has looked at yet."""

    __tablename__ = "programme_open_task"

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    task: Mapped[str] = mapped_column(sa.String(40), primary_key=True)


class ProgrammeCommunity(Model):
    """A community that a programme finds members for; without any, every community in use takes part."""

    __tablename__ = "programme_community"

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    community_id: Mapped[int] = mapped_column(
        sa.ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class AudienceDepartment(Model):
    """A department whose people may take a part; without any, people of every department may."""

    __tablename__ = "audience_department"

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[AudienceRole] = mapped_column(enum_column(AudienceRole, name="role"), primary_key=True)
    department_id: Mapped[int] = mapped_column(
        sa.ForeignKey("department.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class AudienceLocation(Model):
    """A place of work whose people may take a part; without any, people of every place may."""

    __tablename__ = "audience_location"

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[AudienceRole] = mapped_column(enum_column(AudienceRole, name="role"), primary_key=True)
    location_id: Mapped[int] = mapped_column(
        sa.ForeignKey("location.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class AudienceGrades(Model):
    """The grades of those who may take a part."""

    __tablename__ = "audience_grades"
    __table_args__ = (
        sa.CheckConstraint("lowest_grade BETWEEN 1 AND 20", name="lowest_in_range"),
        sa.CheckConstraint("highest_grade BETWEEN 1 AND 20", name="highest_in_range"),
        sa.CheckConstraint("lowest_grade <= highest_grade", name="in_order"),
    )

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[AudienceRole] = mapped_column(enum_column(AudienceRole, name="role"), primary_key=True)
    lowest_grade: Mapped[int | None]
    highest_grade: Mapped[int | None]
