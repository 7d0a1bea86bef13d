"""Tables about people: who they are, where and when they work, and whom they never want to meet."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Stamped

MINUTES_A_DAY = 1440
MOST_PLACES = 20
MOST_HOURS = 200


class Department(Model):
    """A part of the company."""

    __tablename__ = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)


class Location(Model):
    """A place of work and its usual time zone."""

    __tablename__ = "location"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    time_zone: Mapped[str] = mapped_column(sa.String(64))


class Person(Stamped, Model):
    """Someone who works, or worked, for the company."""

    __tablename__ = "person"
    __table_args__ = (
        sa.CheckConstraint("manager_id <> id", name="not_own_manager"),
        sa.CheckConstraint("grade BETWEEN 1 AND 20", name="grade_in_range"),
        sa.CheckConstraint(f"hours_a_month BETWEEN 0 AND {MOST_HOURS}", name="hours_in_range"),
        sa.CheckConstraint(f"mentor_capacity BETWEEN 0 AND {MOST_PLACES}", name="capacity_in_range"),
        sa.CheckConstraint("email = lower(email)", name="email_in_lower_case"),
        sa.CheckConstraint("paused_until IS NULL OR paused_from IS NOT NULL", name="pause_has_start"),
        sa.CheckConstraint("paused_until >= paused_from", name="pause_ends_after_start"),
        # The directory counts, searches and leafs through people and free mentors without reading whole rows.
        sa.Index(
            "ix_person_directory", "name", "id", "left_on", "mentor_capacity", "paused_from", "paused_until"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    job_title: Mapped[str] = mapped_column(sa.String(200), default="")
    bio: Mapped[str] = mapped_column(sa.Text, default="")
    department_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("department.id", ondelete="RESTRICT"), index=True
    )
    location_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("location.id", ondelete="RESTRICT"), index=True
    )
    manager_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    grade: Mapped[int | None]
    hours_a_month: Mapped[float] = mapped_column(default=2.0)
    seeks_mentor: Mapped[bool] = mapped_column(default=False)
    mentor_capacity: Mapped[int] = mapped_column(default=0)
    paused_from: Mapped[date | None]
    paused_until: Mapped[date | None]
    left_on: Mapped[date | None]

    department: Mapped[Department | None] = relationship()
    location: Mapped[Location | None] = relationship()
    manager: Mapped["Person | None"] = relationship(remote_side="Person.id")
    working_hours: Mapped[list["WorkingHours"]] = relationship(
        order_by="WorkingHours.starts_minute", cascade="all, delete-orphan", passive_deletes=True
    )
    languages: Mapped[list["SpokenLanguage"]] = relationship(
        order_by="SpokenLanguage.language", cascade="all, delete-orphan", passive_deletes=True
    )

    def is_paused(self, on: date) -> bool:
        """Tell whether the person takes no part on that day."""
        if self.paused_from is None or on < self.paused_from:
            return False
        return self.paused_until is None or on <= self.paused_until

    def has_left(self, on: date) -> bool:
        """Tell whether the person no longer works here on that day."""
        return self.left_on is not None and self.left_on <= on


class WorkingHours(Model):
    """A stretch of a person's local working day, in minutes after midnight."""

    __tablename__ = "working_hours"
    __table_args__ = (
        sa.CheckConstraint(
            f"0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= {MINUTES_A_DAY}",
            name="within_a_day",
        ),
    )

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    starts_minute: Mapped[int] = mapped_column(primary_key=True)
    ends_minute: Mapped[int]


class SpokenLanguage(Model):
    """A language a person is willing to meet in, as an ISO 639-1 code."""

    __tablename__ = "spoken_language"
    __table_args__ = (
        sa.CheckConstraint("length(language) = 2 AND language = lower(language)", name="is_a_code"),
    )

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(2), primary_key=True, index=True)


class PersonalBlock(Stamped, Model):
    """Someone never wants to be introduced to someone; the other never learns of it."""

    __tablename__ = "personal_block"
    __table_args__ = (sa.CheckConstraint("person_id <> blocked_person_id", name="not_oneself"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    blocked_person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
