"""A publication is taken back whole, within a day, and only while nobody has acted on a match."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.db import db
from app.engagements import proposals
from app.engagements.models import Engagement, EngagementState
from app.errors import Conflict
from app.feedback.models import Feedback
from app.rounds import publishing, unpublishing
from app.rounds.models import Run
from app.rounds.states import RoundState
from app.sessions.models import MentoringSession
from tests import factories
from tests.conftest import NOW, signed_in_client
from tests.forms import post
from tests.home.test_home import words
from tests.rounds.conftest import MENTEES, finished_run

BY = audit.COMMAND_LINE
IN_A_WEEK = NOW.date() + timedelta(days=7)


@pytest.fixture(params=[None, IN_A_WEEK], ids=["at once", "asked first"])
def published(closed_round, request) -> Run:
    run = finished_run(closed_round)
    publishing.publish_run(run, by=BY, answer_by=request.param)
    db.session.commit()
    return run


def states() -> set[EngagementState]:
    return set(db.session.scalars(sa.select(Engagement.state)))


def first() -> Engagement:
    return db.session.scalars(sa.select(Engagement).order_by(Engagement.id)).first()


def test_it_takes_every_match_back_and_the_round_can_be_published_again(published):
    assert unpublishing.unpublish(published.matching_round, by=BY) == MENTEES
    assert states() == {EngagementState.WITHDRAWN}
    matching_round = published.matching_round
    assert (matching_round.state, matching_round.published_at, matching_round.answer_by) == (
        RoundState.PROPOSED,
        None,
        None,
    )
    assert published.published_at is None
    told = db.session.scalars(sa.select(audit.AuditEvent.action)).all()
    assert (told.count("round.unpublished"), told.count("mentorship.taken_back")) == (1, MENTEES)
    assert publishing.publish_run(published, by=BY) == MENTEES
    assert unpublishing.unpublish(matching_round, by=BY) == MENTEES


def answers(row) -> None:
    if row.state is EngagementState.PROPOSED:
        proposals.accept(row, person_id=row.members[0].person_id, by=BY)
    else:
        row.state, row.ended_on = EngagementState.ENDED, row.starts_on


def meets(row) -> None:
    db.session.add(MentoringSession(engagement_id=row.id, held_at=NOW, minutes=45))


def rates(row) -> None:
    db.session.add(Feedback(engagement_id=row.id, by_person_id=row.members[0].person_id, rating=4))


@pytest.mark.parametrize("act", [answers, meets, rates])
def test_whatever_anybody_did_with_a_match_lets_all_stand(published, act):
    act(first())
    db.session.commit()
    before = states()
    with pytest.raises(Conflict, match="cannot be taken back: somebody has acted on theirs"):
        unpublishing.unpublish(published.matching_round, by=BY)
    db.session.rollback()
    assert states() == before
    assert published.matching_round.state is RoundState.PUBLISHED


def test_a_day_later_it_is_too_late(published, frozen_clock):
    frozen_clock(NOW + timedelta(hours=24))
    unpublishing.check_may_unpublish(published.matching_round)
    frozen_clock(NOW + timedelta(hours=24, seconds=1))
    with pytest.raises(Conflict, match="more than 24 hours ago"):
        unpublishing.unpublish(published.matching_round, by=BY)


def test_what_was_never_published_cannot_be_taken_back(closed_round):
    with pytest.raises(Conflict, match="is closed for enrolment, so there is nothing to take back"):
        unpublishing.unpublish(closed_round, by=BY)


def test_hr_takes_it_back_from_the_page_of_the_round_and_people_read_so(published, hr):
    as_hr, round_address = signed_in_client(hr), f"/rounds/{published.matching_round_id}"
    assert "Take the matches back" in as_hr.get(round_address).text
    question = words(as_hr.get(f"{round_address}/unpublish"))
    assert "9 people read on their home page that their match was taken back." in question
    mentee = first().members[0].person
    answered = post(as_hr, f"{round_address}/unpublish", page=f"{round_address}/unpublish")
    page = words(as_hr.get(answered.location))
    assert "6 matches taken back. The round waits for review again." in page
    assert "Review the matches" in page
    assert "was taken back before it could begin" in words(
        signed_in_client(factories.account(of=mentee)).get("/")
    )


def test_the_page_says_why_it_cannot_be_taken_back(published, hr):
    as_hr, round_address = signed_in_client(hr), f"/rounds/{published.matching_round_id}"
    meets(first())
    db.session.commit()
    page = as_hr.get(round_address).text
    assert unpublishing.ACTED_ON in page
    assert f'href="{round_address}/unpublish"' not in page
    assert as_hr.get(f"{round_address}/unpublish").status_code == 409
