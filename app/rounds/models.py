"""Tables of matching rounds: who enrolled, what each run was asked, and what it answered."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Stamped, enum_column
from app.people.models import MOST_PLACES, Person
from app.programmes.models import Programme
from app.rounds.states import RoundState, RunState

MOST_WISHES = 5
LONGEST_REASON = 300


class EnrolmentRole(StrEnum):
    """What a person offers or wishes in a round."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    PEER = "peer"
    MEMBER = "member"


SEEKING = (EnrolmentRole.MENTEE, EnrolmentRole.PEER, EnrolmentRole.MEMBER)
"""The parts of those who ask for somebody, and can be left out."""


class DocumentKind(StrEnum):
    """What is kept of a run, word for word."""

    PROBLEM = "problem"
    SOLUTION = "solution"


class MatchingRound(Stamped, Model):
    """One quarterly run of one or more programmes."""

    __tablename__ = "matching_round"
    __table_args__ = (
        sa.CheckConstraint("closes_on >= opens_on", name="closes_after_opening"),
        sa.CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        sa.CheckConstraint(
            "(published_at IS NOT NULL) = (state IN ('published', 'completed'))", name="published_has_instant"
        ),
        sa.CheckConstraint("answer_by IS NULL OR published_at IS NOT NULL", name="proposed_is_published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    state: Mapped[RoundState] = mapped_column(enum_column(RoundState, name="state"), default=RoundState.DRAFT)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    published_at: Mapped[datetime | None]
    answer_by: Mapped[date | None]
    """The last day to accept or decline, when the matches were published as proposals."""
    shares_hours: Mapped[bool] = mapped_column(default=False)
    """Whether the matches of a person in all programmes together keep to the hours they have."""

    programmes: Mapped[list[Programme]] = relationship(
        secondary="matching_round_programme", order_by=Programme.name
    )


class MatchingRoundProgramme(Model):
    """A programme that a round matches, and its place among those that cover for one another, if it does."""

    __tablename__ = "matching_round_programme"
    __table_args__ = (
        sa.UniqueConstraint("matching_round_id", "cover_place"),
        sa.CheckConstraint("cover_place >= 1", name="cover_place_counts_from_one"),
    )

    matching_round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("matching_round.id", ondelete="CASCADE"), primary_key=True
    )
    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    cover_place: Mapped[int | None]


class Enrolment(Model):
    """A person's offer or wish in a round: so many places, as a mentor or as a mentee."""

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.UniqueConstraint("matching_round_id", "programme_id", "person_id", "role"),
        sa.CheckConstraint(f"places BETWEEN 1 AND {MOST_PLACES}", name="places_in_range"),
        # Counting who takes part reads this alone.
        sa.Index(None, "matching_round_id", "role", "withdrawn_at", "places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matching_round_id: Mapped[int] = mapped_column(sa.ForeignKey("matching_round.id", ondelete="CASCADE"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[EnrolmentRole] = mapped_column(enum_column(EnrolmentRole, name="role"))
    places: Mapped[int] = mapped_column(default=1)
    enrolled_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    added_late_at: Mapped[datetime | None]
    """When HR added the person to a round that was closed already."""

    person: Mapped[Person] = relationship()


class EnrolmentWish(Model):
    """A mentor whom a mentee would like, and their place in the order; only the mentee sees it."""

    __tablename__ = "enrolment_wish"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "mentor_id"),
        sa.CheckConstraint(f"position BETWEEN 1 AND {MOST_WISHES}", name="position_in_range"),
    )

    enrolment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)


def _one_standing(name: str, column: str | None, condition: str) -> sa.Index:
    """Return an index that lets a round have at most one standing decision about the same people."""
    where = sa.text(condition)
    columns = [name for name in ("matching_round_id", "programme_id", "mentee_id", column) if name]
    return sa.Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class DecisionKind(StrEnum):
    """What HR settles before the matching."""

    LOCK = "lock"
    BAN = "ban"
    REQUIRED = "required"


class Decision(Model):
    """What HR has settled about a pair, or a mentee, in a round. Rows are undone, never deleted."""

    __tablename__ = "decision"
    __table_args__ = (
        sa.CheckConstraint("(mentor_id IS NULL) = (kind = 'required')", name="about_a_pair_or_a_person"),
        sa.CheckConstraint("mentee_id <> mentor_id", name="about_two_people"),
        sa.CheckConstraint("(kind <> 'ban' AND NOT is_override) OR reason <> ''", name="has_reason"),
        sa.CheckConstraint("is_override = (expires_on IS NOT NULL)", name="override_expires"),
        sa.CheckConstraint("NOT is_override OR kind = 'lock'", name="override_is_lock"),
        sa.CheckConstraint("instead_of_id IS NULL OR kind = 'lock'", name="choice_is_lock"),
        _one_standing("uq_decision_one_pair", "mentor_id", "undone_at IS NULL"),
        _one_standing("uq_decision_one_person", None, "undone_at IS NULL AND mentor_id IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matching_round_id: Mapped[int] = mapped_column(sa.ForeignKey("matching_round.id", ondelete="CASCADE"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[DecisionKind] = mapped_column(enum_column(DecisionKind, name="kind"))
    mentee_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    instead_of_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    """Whom the mentee had when HR chose another mentor for them."""
    reason: Mapped[str] = mapped_column(sa.String(LONGEST_REASON), default="")
    is_override: Mapped[bool] = mapped_column(default=False)
    expires_on: Mapped[date | None]
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("account.id", ondelete="SET NULL"), index=True
    )
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("account.id", ondelete="SET NULL"), index=True
    )

    mentee: Mapped[Person] = relationship(foreign_keys=[mentee_id])
    mentor: Mapped[Person | None] = relationship(foreign_keys=[mentor_id])
    instead_of: Mapped[Person | None] = relationship(foreign_keys=[instead_of_id])
    programme: Mapped[Programme] = relationship()


def one_each_round(name: str, condition: str) -> sa.Index:
    """Return an index that lets a round have at most one run for which `condition` holds."""
    return _one_each(name, "matching_round_id", condition)


def _one_each(name: str, column: str, condition: str) -> sa.Index:
    where = sa.text(condition)
    return sa.Index(name, column, unique=True, sqlite_where=where, postgresql_where=where)


class Run(Model):
    """One attempt to match a round: its progress while it lasts, its figures when it is done.

    `settings` are the rules, criteria and goals of each programme, by its key, that the run was asked with.
    A what-if is a run of the problem of its base run, with settings of its own. A re-match is a run of those
    who are free again since the run it follows was published; its matches join those that stand.
    """

    __tablename__ = "run"
    __table_args__ = (
        sa.CheckConstraint("0 <= done AND done <= total", name="progress_in_range"),
        sa.CheckConstraint("published_at IS NULL OR state = 'finished'", name="published_is_finished"),
        sa.CheckConstraint("base_run_id IS NULL OR published_at IS NULL", name="what_if_unpublished"),
        one_each_round("uq_run_one_active", "state IN ('queued', 'running') AND base_run_id IS NULL"),
        one_each_round("uq_run_one_what_if", "state IN ('queued', 'running') AND base_run_id IS NOT NULL"),
        sa.CheckConstraint("follows_run_id IS NULL OR base_run_id IS NULL", name="rematch_is_no_what_if"),
        one_each_round("uq_run_one_published", "published_at IS NOT NULL AND follows_run_id IS NULL"),
        _one_each(
            "uq_run_one_follower", "follows_run_id", "published_at IS NOT NULL AND follows_run_id IS NOT NULL"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matching_round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("matching_round.id", ondelete="CASCADE"), index=True
    )
    base_run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("run.id", ondelete="CASCADE"), index=True)
    follows_run_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("run.id", ondelete="CASCADE"), index=True
    )
    settings: Mapped[dict[str, Any] | None]
    together: Mapped[dict[str, Any] | None]
    """What its programmes shared, and how many people got something of them, once it has found a plan."""
    state: Mapped[RunState] = mapped_column(enum_column(RunState, name="state"), default=RunState.QUEUED)
    seed: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(sa.String(80), default="Waiting to begin")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=1)
    queued_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stop_requested_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(sa.String(1000))

    status: Mapped[str | None] = mapped_column(sa.String(20))
    points: Mapped[int | None]
    bound: Mapped[int | None]
    mentees: Mapped[int | None]
    mentees_matched: Mapped[int | None]
    mentors: Mapped[int | None]
    candidates: Mapped[int | None]
    rules_checked: Mapped[int | None]
    problem_sha256: Mapped[str | None] = mapped_column(sa.String(64))

    matching_round: Mapped[MatchingRound] = relationship()

    @property
    def is_what_if(self) -> bool:
        """Tell whether this run only tries something out."""
        return self.base_run_id is not None

    @property
    def is_rematch(self) -> bool:
        """Tell whether this run matches again what fell through after a publication."""
        return self.follows_run_id is not None


class RunDocument(Model):
    """The problem a run was given, or the solution it found, as compressed canonical JSON."""

    __tablename__ = "run_document"

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(enum_column(DocumentKind, name="kind"), primary_key=True)
    body: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


class Assignment(Model):
    """Who was put with whom in a run, or into which community, for how many points, and why."""

    __tablename__ = "assignment"
    __table_args__ = (sa.Index(None, "run_id", "points"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("run.id", ondelete="CASCADE"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="RESTRICT"), index=True)
    community_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("community.id", ondelete="RESTRICT"), index=True
    )
    points: Mapped[int]
    parts: Mapped[list[Any]]
    reasons: Mapped[list[Any]]

    members: Mapped[list["AssignmentMember"]] = relationship(
        order_by="AssignmentMember.role", cascade="all, delete-orphan", passive_deletes=True
    )


class AssignmentMember(Model):
    """A person's part in an assignment."""

    __tablename__ = "assignment_member"

    assignment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("assignment.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[EnrolmentRole] = mapped_column(enum_column(EnrolmentRole, name="role"))

    person: Mapped[Person] = relationship()


class UnmatchedPerson(Model):
    """Someone a run left out, and the one cause of it."""

    __tablename__ = "unmatched_person"

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="RESTRICT"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[EnrolmentRole] = mapped_column(enum_column(EnrolmentRole, name="role"), primary_key=True)
    cause: Mapped[str] = mapped_column(sa.String(40))
    details: Mapped[dict[str, Any]]

    person: Mapped[Person] = relationship()
