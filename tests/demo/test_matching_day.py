"""The demo's matching day: from a loaded company to published mentorships, and nothing twice."""

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.demo import loading, matching_day
from app.demo.people import company
from app.engagements.models import Engagement, EngagementState
from app.rounds import closing, service
from app.rounds.models import MatchingRound, Run
from app.rounds.states import RoundState


def hold() -> tuple[list[str], list[int]]:
    percents: list[int] = []
    said = []
    for sentence in matching_day.hold(lambda words, percent: percents.append(percent)):
        db.session.commit()
        said.append(sentence)
    return said, percents


def active() -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(Engagement.state == EngagementState.ACTIVE))


def test_a_start_ends_with_published_matches_and_the_next_changes_nothing(own_app):
    loading.load(company(60, 7, clock.today()))
    db.session.commit()

    said, percents = hold()
    assert said[0].startswith("2026-Q4 is open:")
    assert said[-1].endswith("matches are published.")
    assert percents == sorted(percents)
    published = active()
    assert published >= 10

    assert hold() == ([], [])
    assert active() == published
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Run)) == 1


def test_a_round_that_is_over_is_followed_by_none_in_the_same_quarter(own_app):
    loading.load(company(60, 7, clock.today()))
    db.session.commit()
    hold()
    matching_round = db.session.scalars(
        sa.select(MatchingRound).order_by(MatchingRound.id.desc()).limit(1)
    ).one()
    closing.save_check(matching_round, keep="The dates", by=audit.COMMAND_LINE)
    service.complete_round(matching_round, by=audit.COMMAND_LINE)
    db.session.commit()

    assert hold() == ([], [])
    assert matching_round.state is RoundState.COMPLETED
