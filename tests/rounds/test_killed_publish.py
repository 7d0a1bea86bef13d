"""`kill -9` at any point of publishing leaves all of a round or nothing, fifty times on each database."""

import os
import random
import signal
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app import audit, create_app
from app.audit import AuditEvent
from app.db import db, engine_options, make_sqlite_safe
from app.engagements.models import Engagement, EngagementMember
from app.rounds import publishing, queries, running, service, tasks
from app.rounds.models import EnrolmentRole, MatchingRound, Run
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import config_for, dispose

PAIRS = 60
KILLS = 50


@pytest.fixture
def proposed(own_database):
    """The URL of a database with a round of sixty pairs that waits to be published."""
    app = create_app(config_for(own_database))
    with app.app_context():
        skill = factories.skill("SQL")
        matching_round = factories.matching_round()
        for _ in range(PAIRS):
            mentee, mentor = factories.person(seeks_mentor=True), factories.person(mentor_capacity=1)
            factories.goal(mentee, skill)
            factories.claim(mentor, skill, level=5)
            factories.enrolment(mentee, EnrolmentRole.MENTEE, matching_round)
            factories.enrolment(mentor, EnrolmentRole.MENTOR, matching_round)
        service.close_round(matching_round, by=audit.COMMAND_LINE)
        counts = queries.enrolment_counts(matching_round.id)
        run = running.request_run(
            matching_round, mentees=counts.mentees, mentors=counts.mentors, by=audit.COMMAND_LINE
        )
        db.session.commit()
        tasks.carry_out(run.id)
        db.session.refresh(matching_round)
        assert matching_round.state is RoundState.PROPOSED
    dispose(app)
    return own_database


@contextmanager
def connected(app, url: str):
    """Connect an application that exists to another database: a fiftieth of the time a new one takes."""
    config = config_for(url)
    with app.app_context():
        kept = db.engines[None]
        engine = sa.create_engine(config.database_url, **engine_options(config.database_url))
        if engine.dialect.name == "sqlite":
            make_sqlite_safe(engine)
        db.engines[None] = engine
        try:
            yield
        finally:
            db.session.remove()
            db.engines[None] = kept
            engine.dispose()


def publish() -> None:
    """Publish the round as a web process does: one service call and one commit."""
    run = db.session.scalars(sa.select(Run)).one()
    publishing.publish_run(run, by=audit.COMMAND_LINE)
    db.session.commit()


def kill_during_publish(app, url: str, *, after_seconds: float) -> None:
    """Publish in a process of its own and kill it; the fork starts with everything imported."""
    child = os.fork()
    if child == 0:
        try:
            with connected(app, url):
                publish()
        finally:
            os._exit(0)
    time.sleep(after_seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def published() -> tuple[str, int, int, int, int]:
    """The state of the round, and how much of a publication can be found."""
    db.session.remove()
    state = db.session.scalar(sa.select(MatchingRound.state))
    marks = db.session.scalar(sa.select(sa.func.count()).where(Run.published_at.is_not(None)))
    engagements = db.session.scalar(sa.select(sa.func.count()).select_from(Engagement))
    members = db.session.scalar(sa.select(sa.func.count()).select_from(EngagementMember))
    told = db.session.scalar(sa.select(sa.func.count()).where(AuditEvent.action == "round.published"))
    assert audit.broken_link() is None
    return state, marks, engagements, members, told


NOTHING = (RoundState.PROPOSED, 0, 0, 0, 0)
ALL = (RoundState.PUBLISHED, 1, PAIRS, 2 * PAIRS, 1)


def test_a_killed_publication_is_whole_or_absent(proposed, databases, shared_app):
    source = databases.name_of(proposed)
    timed = databases.copy(source)
    with connected(shared_app, timed):
        began = time.monotonic()
        publish()
        needed = time.monotonic() - began
        assert published() == ALL

    chance = random.Random(7)
    outcomes = set()
    for number in range(KILLS):
        url = databases.copy(source)
        kill_during_publish(shared_app, url, after_seconds=needed * 2 * (number + chance.random()) / KILLS)
        with connected(shared_app, url):
            found = published()
            assert found in (NOTHING, ALL)
            if found == NOTHING:
                publish()
                assert published() == ALL
        outcomes.add(found)
        databases.drop(url)
    assert outcomes == {NOTHING, ALL}
