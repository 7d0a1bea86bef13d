"""Publishing, taking back and answering at the same moment: one wins, and the others read why.

Each race is run a few times; `make races` runs it a hundred times on both databases.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.db import db
from app.engagements import proposals
from app.engagements.models import DeclineReason, Engagement, EngagementState
from app.engagements.queries import mentorship_numbered
from app.rounds import publishing, rematching, tasks, unpublishing
from app.rounds.models import MatchingRound, Run
from app.rounds.states import RoundState
from tests.conftest import NOW
from tests.racing import DONE, TIMES, race
from tests.rounds.conftest import company, finished_run

pytestmark = pytest.mark.slow
BY = audit.COMMAND_LINE
IN_A_WEEK = NOW.date() + timedelta(days=7)


@pytest.fixture
def run_id(own_app) -> int:
    return finished_run(company(mentees=2, mentors=1)).id


def publish(run_id: int) -> Callable[[], object]:
    return lambda: publishing.publish_run(db.session.get_one(Run, run_id), by=BY, answer_by=IN_A_WEEK)


def take_back(run_id: int) -> Callable[[], object]:
    return lambda: unpublishing.unpublish(db.session.get_one(Run, run_id).matching_round, by=BY)


def accept(engagement_id: int, person_id: int) -> Callable[[], object]:
    return lambda: proposals.accept(mentorship_numbered(engagement_id), person_id=person_id, by=BY)


def carried_out(command: Callable[[], object]) -> None:
    command()
    db.session.commit()


def states() -> list[EngagementState]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Engagement.state).order_by(Engagement.id)))


def test_of_two_who_publish_at_once_one_wins(own_app, run_id):
    for attempt in range(1, TIMES + 1):
        answers = race(own_app, publish(run_id), publish(run_id))
        refused = next(answer for answer in answers if answer != DONE)
        assert answers.count(DONE) == 1
        assert "is published, so it cannot be published" in refused
        assert states().count(EngagementState.PROPOSED) == 2
        carried_out(take_back(run_id))
        assert states() == [EngagementState.WITHDRAWN] * 2 * attempt
    assert audit.broken_link() is None


def test_of_two_who_take_back_at_once_one_wins(own_app, run_id):
    for _ in range(TIMES):
        carried_out(publish(run_id))
        answers = race(own_app, take_back(run_id), take_back(run_id))
        assert answers.count(DONE) == 1
        assert "is waiting for review" in next(answer for answer in answers if answer != DONE)


def test_of_a_yes_and_a_taking_back_one_wins(own_app):
    for _ in range(TIMES):
        run_id = finished_run(company(mentees=1, mentors=1)).id
        carried_out(publish(run_id))
        latest = sa.select(Engagement).order_by(Engagement.id.desc()).limit(1)
        row = db.session.scalars(latest).one()
        yes, back = race(own_app, accept(row.id, row.members[0].person_id), take_back(run_id))
        state = states()[-1]
        if back == DONE:
            assert (state, yes) == (
                EngagementState.WITHDRAWN,
                "HR has taken this match back, so there is nothing left to answer.",
            )
        else:
            assert (state, yes, back) == (EngagementState.PROPOSED, DONE, unpublishing.ACTED_ON)
        matching_round = db.session.get_one(Run, run_id).matching_round
        assert (matching_round.state is RoundState.PUBLISHED) == (yes == DONE)


def test_of_two_who_publish_further_matches_at_once_one_wins(own_app):
    for _ in range(max(2, TIMES // 4)):
        run_id = finished_run(company(mentees=2, mentors=2)).id
        carried_out(publish(run_id))
        matching_round = db.session.get_one(Run, run_id).matching_round
        decline_first(matching_round)
        further = []
        for _ in range(2):
            run = rematching.request_rematch(matching_round, by=BY)
            db.session.commit()
            tasks.carry_out(run.id)
            further.append(run.id)
        answers = race(own_app, *(publish(row_id) for row_id in further))
        assert answers.count(DONE) == 1
        assert "Other matches were published since this run" in next(row for row in answers if row != DONE)
        db.session.rollback()
        proposed = sa.select(Engagement.id).filter_by(
            matching_round_id=matching_round.id, state=EngagementState.PROPOSED
        )
        assert len(db.session.scalars(proposed).all()) == 2


def decline_first(matching_round: MatchingRound) -> None:
    rows = sa.select(Engagement).filter_by(matching_round_id=matching_round.id).order_by(Engagement.id)
    row = db.session.scalars(rows).first()
    carried_out(
        lambda: proposals.decline(
            row,
            person_id=row.members[0].person_id,
            reason=DeclineReason.OTHER,
            words="",
            seeks_another=True,
            by=BY,
        )
    )
