"""`kill -9` at any point of publishing leaves all of a round or nothing, on each database.

The process that publishes kills itself at a chosen statement, so every point between two of them is tried and no clock decides.
"""

import os
import random
import signal
import threading
from collections.abc import Callable
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
KILLS_IN_THE_COMMIT = 12
LONGEST_COMMIT_SECONDS = 0.02


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


def on_each_step(act: Callable[[], None]) -> None:
    """Call `act` before and after every statement of the connected database, and before every commit."""
    engine = db.engines[None]
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(engine, name, lambda *_: act())


def steps_of_publishing(app, url: str) -> int:
    """Publish, and return at how many points in between it could be killed."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    with connected(app, url):
        on_each_step(count)
        publish()
        counted = steps
        assert published() == ALL
    return counted


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def publish_and_die(app, url: str, act: Callable[[], None]) -> None:
    """Publish in a process of its own that does `act` at each step and dies at the end at the latest.

    The fork starts with everything imported.
    """
    child = os.fork()
    if child == 0:
        try:
            with connected(app, url):
                on_each_step(act)
                publish()
                die()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def at_step(last: int) -> Callable[[], None]:
    """Return what kills its process at the step with the number `last`, from 0."""
    passed = 0

    def act() -> None:
        nonlocal passed
        if passed == last:
            die()
        passed += 1

    return act


def in_the_commit(commit: int, seconds: float) -> Callable[[], None]:
    """Return what kills its process some time after the commit, the step `commit`, has begun."""
    passed = 0

    def act() -> None:
        nonlocal passed
        if passed == commit:
            threading.Timer(seconds, die).start()
        passed += 1

    return act


def outcome(app, url: str) -> tuple[str, int, int, int, int]:
    """Return what is left of a killed publication, having shown that the rest can be published after it."""
    with connected(app, url):
        found = published()
        assert found in (NOTHING, ALL)
        if found == NOTHING:
            publish()
            assert published() == ALL
    return found


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
    steps = steps_of_publishing(shared_app, databases.copy(source))
    chance = random.Random(7)
    killers = [(at_step(number), {NOTHING}) for number in range(steps)]
    killers.append((at_step(steps), {ALL}))
    for _ in range(KILLS_IN_THE_COMMIT):
        seconds = LONGEST_COMMIT_SECONDS * chance.random()
        killers.append((in_the_commit(steps - 1, seconds), {NOTHING, ALL}))

    for act, expected in killers:
        url = databases.copy(source)
        publish_and_die(shared_app, url, act)
        assert outcome(shared_app, url) in expected
        databases.drop(url)
