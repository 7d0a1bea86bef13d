"""Reads about what became of the matches of a published round: who answered what, and why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased

from app.db import db
from app.engagements.models import (
    Answer,
    DeclineReason,
    Engagement,
    EngagementMember,
    EngagementRole,
    EngagementState,
    ProposalAnswer,
)
from app.engagements.queries import is_open, is_overdue
from app.engagements.states import CAME_ABOUT
from app.people.models import Person
from app.rounds.models import MatchingRound
from app.rounds.queries import Shown

REASONS = {
    DeclineReason.NO_TIME: "no time in these months",
    DeclineReason.OTHER_GOALS: "goals or work have changed",
    DeclineReason.OTHER_EXPERIENCE: "hoped for other experience",
    DeclineReason.TOO_CLOSE: "the two work together too closely",
    DeclineReason.OTHER: "another reason",
}


@dataclass(frozen=True, slots=True)
class AnswersCounted:
    """How many matches of a round were proposed, and where they stand."""

    settled: int
    """Both have accepted."""
    waiting: int
    declined: int
    lapsed: int
    ended: int
    """Begun and ended before their time, also where nobody was asked first."""
    answer_by: date | None
    """The last day on which those that wait can be answered."""

    @property
    def fell_through(self) -> int:
        """Count the matches that never came about."""
        return self.declined + self.lapsed

    @property
    def proposed(self) -> int:
        """Count the matches people were asked about."""
        return self.settled + self.waiting + self.fell_through


@dataclass(frozen=True, slots=True)
class Fallen:
    """A match that fell through: whose, and why, as HR alone reads it."""

    mentee: str
    mentor: str
    state: EngagementState
    by: str | None
    reason: DeclineReason | None
    words: str | None
    seeks_another: bool | None


def answers_counted(matching_round: MatchingRound) -> AnswersCounted:
    """Count where the proposals of a round stand today."""
    was_asked = Engagement.answer_by.is_not(None)
    conditions = (
        sa.and_(was_asked, Engagement.state.in_(CAME_ABOUT)),
        is_open(),
        Engagement.state == EngagementState.DECLINED,
        has_lapsed(),
        Engagement.state == EngagementState.ENDED,
    )
    counted: list[Any] = [sa.func.count().filter(condition) for condition in conditions]
    counted.append(sa.func.max(Engagement.answer_by).filter(is_open()))
    own = Engagement.matching_round_id == matching_round.id
    return AnswersCounted(*db.session.execute(sa.select(*counted).where(own)).one())


def has_lapsed() -> sa.ColumnElement[bool]:
    """Hold for proposals that somebody did not answer in time."""
    return sa.or_(Engagement.state == EngagementState.LAPSED, is_overdue())


def fallen_page(matching_round: MatchingRound) -> Pagination:
    """Return a page of the matches that fell through, the latest first, with why."""
    fell = sa.or_(Engagement.state == EngagementState.DECLINED, has_lapsed())
    conditions = (Engagement.matching_round_id == matching_round.id, fell)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Engagement).where(*conditions)) or 0

    def read(limit: int, offset: int) -> Iterable[Fallen]:
        query = _fallen_query().where(*conditions).limit(limit).offset(offset)
        return [Fallen(**row._mapping) for row in db.session.execute(query)]

    return Shown(read=read, counted=total)


def _fallen_query() -> sa.Select[Any]:
    mentee, mentor = aliased(Person), aliased(Person)
    said_no, decliner = aliased(ProposalAnswer), aliased(Person)
    query: Any = sa.select(
        mentee.name.label("mentee"),
        mentor.name.label("mentor"),
        sa.case((is_overdue(), EngagementState.LAPSED), else_=Engagement.state)
        .cast(Engagement.state.type)
        .label("state"),
        decliner.name.label("by"),
        said_no.reason,
        said_no.words,
        said_no.seeks_another,
    ).select_from(Engagement)
    for role, person in ((EngagementRole.MENTEE, mentee), (EngagementRole.MENTOR, mentor)):
        member = aliased(EngagementMember)
        is_theirs = sa.and_(member.engagement_id == Engagement.id, member.role == role)
        query = query.join(member, is_theirs).join(person, person.id == member.person_id)
    own_no = sa.and_(said_no.engagement_id == Engagement.id, said_no.answer == Answer.DECLINED)
    return (
        query.outerjoin(said_no, own_no)
        .outerjoin(decliner, decliner.id == said_no.person_id)
        .order_by(Engagement.id.desc())
    )
