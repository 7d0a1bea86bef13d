"""Reads about a round that is over: what came of it, in figures that name nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.access import Role
from app.auth.models import Account, AccountRole
from app.auth.queries import named
from app.db import db
from app.engagements.models import Engagement, EngagementMember, EngagementRole
from app.engagements.states import FELL_THROUGH, EngagementState
from app.feedback.models import Feedback
from app.people.models import Person
from app.rounds.comparing import Fits, fits_of
from app.rounds.models import Enrolment, EnrolmentRole, EnrolmentWish, Run, UnmatchedPerson
from app.rounds.queries import FEWEST_FOR_AVERAGE, published_run
from app.sessions.models import MentoringSession


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a round; `fits` and `causes` are those of its published run."""

    run: Run | None
    fits: Fits
    causes: Sequence[tuple[str, int]]
    matches: int
    declined: int
    unanswered: int
    ended_early: int
    met: int
    sessions: int
    named_somebody: int
    first_choices: int
    answers: int
    rating: float | None


def outcome_of(round_id: int) -> Outcome:
    """Count what came of a round; how useful it was found only from five answers on."""
    run = published_run(round_id)
    fits = fits_of([run.id])[run.id] if run is not None else Fits()
    matches, declined, lapsed, ended = _engagements(round_id)
    met, sessions = _meetings(round_id)
    named_somebody, first_choices = _first_choices(round_id)
    answers, rating = _ratings(round_id)
    return Outcome(
        run=run,
        fits=fits,
        causes=_causes(run),
        matches=matches,
        declined=declined,
        unanswered=lapsed,
        ended_early=ended,
        met=met,
        sessions=sessions,
        named_somebody=named_somebody,
        first_choices=first_choices,
        answers=answers,
        rating=rating,
    )


def owners() -> list[tuple[int, str]]:
    """Return the accounts that can see to a decision, by name: those of HR and of training architects."""
    name = named()
    query = (
        sa.select(Account.id, name)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(
            Account.disabled_at.is_(None),
            Account.granted.any(AccountRole.role.in_([Role.HR, Role.TRAINING_ARCHITECT])),
        )
        .order_by(name, Account.id)
    )
    return [(account_id, called) for account_id, called in db.session.execute(query)]


def _engagements(round_id: int) -> tuple[int, int, int, int]:
    of_round = Engagement.matching_round_id == round_id
    counts = db.session.execute(
        sa.select(
            sa.func.count().filter(Engagement.state.not_in(FELL_THROUGH)),
            sa.func.count().filter(Engagement.state == EngagementState.DECLINED),
            sa.func.count().filter(Engagement.state == EngagementState.LAPSED),
            sa.func.count().filter(Engagement.state == EngagementState.ENDED),
        ).where(of_round)
    ).one()
    return counts[0], counts[1], counts[2], counts[3]


def _meetings(round_id: int) -> tuple[int, int]:
    """Count the matches that met at least once, and how often all of them did."""
    query = (
        sa.select(
            sa.func.count(MentoringSession.engagement_id.distinct()), sa.func.count(MentoringSession.id)
        )
        .join(Engagement, Engagement.id == MentoringSession.engagement_id)
        .where(Engagement.matching_round_id == round_id)
    )
    met, sessions = db.session.execute(query).one()
    return met, sessions


def _first_choices(round_id: int) -> tuple[int, int]:
    """Count the mentees who named somebody, and those who were matched with whom they named first."""
    mentee, mentor = aliased(EngagementMember), aliased(EngagementMember)
    came_true = (
        sa.exists()
        .where(
            Engagement.matching_round_id == round_id,
            Engagement.state.not_in(FELL_THROUGH),
            mentee.engagement_id == Engagement.id,
            mentee.person_id == Enrolment.person_id,
            mentee.role == EngagementRole.MENTEE,
            mentor.engagement_id == Engagement.id,
            mentor.person_id == EnrolmentWish.mentor_id,
            mentor.role == EngagementRole.MENTOR,
        )
        .correlate(Enrolment, EnrolmentWish)
    )
    query = (
        sa.select(sa.func.count(), sa.func.count().filter(came_true))
        .select_from(EnrolmentWish)
        .join(Enrolment, Enrolment.id == EnrolmentWish.enrolment_id)
        .where(
            Enrolment.matching_round_id == round_id,
            Enrolment.role == EnrolmentRole.MENTEE,
            Enrolment.withdrawn_at.is_(None),
            EnrolmentWish.position == 1,
        )
    )
    named_somebody, first = db.session.execute(query).one()
    return named_somebody, first


def _causes(run: Run | None) -> list[tuple[str, int]]:
    """Count the mentees a run left out by the cause, the most frequent first."""
    if run is None:
        return []
    counted = sa.func.count()
    query: Any = (
        sa.select(UnmatchedPerson.cause, counted)
        .where(UnmatchedPerson.run_id == run.id, UnmatchedPerson.role == EnrolmentRole.MENTEE)
        .group_by(UnmatchedPerson.cause)
        .order_by(counted.desc(), UnmatchedPerson.cause)
    )
    return [(cause, count) for cause, count in db.session.execute(query)]


def _ratings(round_id: int) -> tuple[int, float | None]:
    query = (
        sa.select(sa.func.count(), sa.func.avg(Feedback.rating))
        .join(Engagement, Engagement.id == Feedback.engagement_id)
        .where(Engagement.matching_round_id == round_id)
    )
    answers, average = db.session.execute(query).one()
    return answers, float(average) if answers >= FEWEST_FOR_AVERAGE else None
