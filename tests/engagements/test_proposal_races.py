"""Answers at the same moment: one outcome, one clear word for whoever came too late, and never over capacity.

Each race is run a few times; `make races` runs it a hundred times on both databases.
"""

from collections.abc import Callable
from datetime import timedelta
from threading import current_thread

import pytest
import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.engagements import proposals
from app.engagements.models import (
    DeclineReason,
    Engagement,
    EngagementState,
    ProposalAnswer,
)
from app.engagements.queries import mentorship_numbered
from app.people.models import Person
from app.people.service import change_mentoring
from tests import factories
from tests.conftest import NOW
from tests.racing import DONE, TIMES, race

pytestmark = pytest.mark.slow
BY = audit.COMMAND_LINE


def accept(engagement_id: int, person_id: int) -> Callable[[], object]:
    return lambda: proposals.accept(mentorship_numbered(engagement_id), person_id=person_id, by=BY)


def decline(engagement_id: int, person_id: int) -> Callable[[], object]:
    return lambda: proposals.decline(
        mentorship_numbered(engagement_id),
        person_id=person_id,
        reason=DeclineReason.OTHER,
        words="",
        seeks_another=True,
        by=BY,
    )


def take(mentor_id: int, places: int) -> Callable[[], object]:
    def lower() -> None:
        mentor = db.session.get_one(Person, mentor_id)
        change_mentoring(mentor, seeks_mentor=False, mentor_capacity=places, by=BY)

    return lower


@pytest.fixture
def pair(own_app) -> tuple[int, int, int]:
    """A mentee, a mentor with one place, and a programme."""
    return factories.person().id, factories.person(mentor_capacity=1).id, factories.programme().id


def proposed(mentee_id: int, mentor_id: int, programme_id: int) -> int:
    """Propose a match; those before are over, so that their places are free."""
    db.session.execute(
        sa.update(Engagement)
        .where(Engagement.state == EngagementState.ACTIVE)
        .values(state=EngagementState.COMPLETED, ended_on=Engagement.starts_on)
    )
    people = (db.session.get_one(Person, row_id) for row_id in (mentee_id, mentor_id))
    return factories.proposal(*people, programme_id=programme_id).id


def state_of(engagement_id: int) -> EngagementState:
    db.session.rollback()
    return db.session.scalar(sa.select(Engagement.state).filter_by(id=engagement_id))


def answers_to(engagement_id: int) -> int:
    query = sa.select(sa.func.count()).select_from(ProposalAnswer).filter_by(engagement_id=engagement_id)
    return db.session.scalar(query)


def begun(engagement_id: int) -> int:
    """Count how often the trail says that it began."""
    query = sa.select(sa.func.count()).select_from(audit.AuditEvent)
    return db.session.scalar(query.filter_by(action="mentorship.began", subject_id=engagement_id))


def test_a_mentor_who_accepts_twice_accepts_once(own_app, pair):
    for _ in range(TIMES):
        row = proposed(*pair)
        mentee_id, mentor_id, _ = pair
        answers = race(own_app, accept(row, mentor_id), accept(row, mentor_id), accept(row, mentee_id))
        assert answers == [DONE] * 3
        assert state_of(row) is EngagementState.ACTIVE
        assert (answers_to(row), begun(row)) == (2, 1)
    assert audit.broken_link() is None


def test_of_a_yes_and_a_change_of_mind_one_wins(own_app, pair):
    """The mentor has said yes and takes it back while the mentee accepts."""
    mentee_id, mentor_id, _ = pair
    for _ in range(TIMES):
        row = proposed(*pair)
        accept(row, mentor_id)()
        db.session.commit()
        yes, no = race(own_app, accept(row, mentee_id), decline(row, mentor_id))
        if state_of(row) is EngagementState.ACTIVE:
            assert (yes, no) == (DONE, "You have both accepted, so the mentorship has begun.")
        else:
            assert state_of(row) is EngagementState.DECLINED
            assert (yes, no) == (proposals.DID_NOT_COME_ABOUT, DONE)
        assert begun(row) == (yes == DONE)


def test_of_a_yes_before_midnight_and_the_job_after_it_one_wins(own_app, pair, monkeypatch):
    mentee_id, mentor_id, _ = pair
    before, after = NOW + timedelta(days=7), NOW + timedelta(days=8)
    at_job: set[str] = set()

    def end_overdue() -> None:
        at_job.add(current_thread().name)
        try:
            proposals.lapse_overdue()
        finally:
            at_job.clear()

    for _ in range(TIMES):
        monkeypatch.setattr(clock, "_read", lambda: NOW)
        row = proposed(*pair)
        accept(row, mentor_id)()
        db.session.commit()
        monkeypatch.setattr(clock, "_read", lambda: after if current_thread().name in at_job else before)
        yes, job = race(own_app, accept(row, mentee_id), end_overdue)
        assert job == DONE
        if yes == DONE:
            assert (state_of(row), begun(row)) == (EngagementState.ACTIVE, 1)
        else:
            assert yes == proposals.DID_NOT_COME_ABOUT
            assert (state_of(row), begun(row)) == (EngagementState.LAPSED, 0)


def test_capacity_lowered_during_acceptance_is_never_exceeded(own_app):
    """A mentor of three places wants one while three mentees accept: whoever comes after finds one place."""
    mentor_id = factories.person(mentor_capacity=3).id
    mentees = [factories.person().id for _ in range(3)]
    for _ in range(TIMES):
        take(mentor_id, 3)()
        programme_id = factories.programme().id
        rows = [proposed(mentee_id, mentor_id, programme_id) for mentee_id in mentees]
        for row in rows:
            accept(row, mentor_id)()
        db.session.commit()
        accepts = [accept(row, mentee_id) for row, mentee_id in zip(rows, mentees, strict=True)]
        *answers, lowered = race(own_app, *accepts, take(mentor_id, 1))
        assert lowered == DONE
        assert all(answer == DONE or "takes fewer people than before" in answer for answer in answers)
        active = [row for row in rows if state_of(row) is EngagementState.ACTIVE]
        assert len(active) == answers.count(DONE) == max(1, begun_before_lowering(rows))


def begun_before_lowering(rows: list[int]) -> int:
    """Count which of these began before the mentor's places were lowered last, by the order of the trail."""
    trail = sa.select(audit.AuditEvent.id).order_by(audit.AuditEvent.id.desc())
    lowered = db.session.scalars(trail.filter_by(action="person.change_mentoring").limit(1)).one()
    before = trail.where(
        audit.AuditEvent.id < lowered,
        audit.AuditEvent.action == "mentorship.began",
        audit.AuditEvent.subject_id.in_(rows),
    )
    return len(db.session.scalars(before).all())
