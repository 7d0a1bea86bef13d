"""A queue that is lost or out of order, a full disk: found again, told, and nothing lost."""

import resource
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import clock, create_app, jobs
from app.db import db
from app.people.models import Person
from app.rounds import running, tasks
from app.rounds.models import Run
from app.rounds.states import RunState
from tests import factories
from tests.conftest import config_for, dispose, signed_in_client
from tests.forms import post
from tests.house.form_samples import sender
from tests.rounds.conftest import asked_for_run, company


@pytest.fixture
def queued(own_database, tmp_path, monkeypatch):
    """An application with a queue in a file, at the time it is."""
    monkeypatch.setattr(clock, "_read", lambda: datetime.now(UTC))
    queue_url = f"sqlite:///{tmp_path / 'jobs.db'}"
    app = create_app(config_for(own_database, jobs_url=queue_url))
    with app.app_context():
        yield own_database, queue_url
    jobs.queue.storage.close()
    dispose(app)


def state() -> RunState:
    found = db.session.scalar(sa.select(Run.state))
    db.session.rollback()  # else this process would keep SQLite's one place to write
    return found


def test_a_lost_queue_begins_anew_and_the_run_is_handed_over_again(queued, monkeypatch):
    run_id = asked_for_run(company()).id
    tasks.hand_over(run_id)
    assert len(jobs.queue) == 1
    Path(queued[1].removeprefix("sqlite:///")).unlink()
    assert len(jobs.queue) == 0
    later = clock.now() + running.SILENT_AFTER + timedelta(seconds=1)
    monkeypatch.setattr(clock, "_read", lambda: later)
    tasks.recover()
    assert len(jobs.queue) == 1
    jobs.queue.execute(jobs.queue.dequeue())
    db.session.rollback()
    assert state() is RunState.FINISHED


def test_a_queue_out_of_order_does_not_lose_the_run_that_was_asked_for(own_app, monkeypatch):
    address = f"/rounds/{company().id}/runs"
    client = signed_in_client(sender())
    db.session.rollback()

    def refuse(run_id):
        raise OSError("no space left on device")

    monkeypatch.setattr(tasks, "solve_run", refuse)
    answer = post(client, address)
    assert answer.status_code == 303
    assert state() is RunState.QUEUED


@contextmanager
def full_disk(url: str):
    """Let no file of this process grow beyond what the database has already."""
    path = Path(url.removeprefix("sqlite:///"))
    largest = max(file.stat().st_size for file in path.parent.glob(path.name + "*"))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest // 4096 * 4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@pytest.mark.sqlite_only
def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(own_app, own_database, frozen_clock):
    own_app.testing = False
    account = factories.account()
    client = signed_in_client(account)
    form = f"/people/{account.person_id}/about"
    person_id = account.person_id
    db.session.rollback()

    def tell(words: str):
        return post(
            client,
            form,
            {"job_title": "x", "spoken": "en", "bio": words, "department_id": "", "location_id": ""},
        )

    acknowledged = ""
    with full_disk(own_database):
        for number in range(4_000):
            words = f"{number} " + "x" * 1_900
            answer = tell(words)
            if answer.status_code != 303:
                break
            acknowledged = words
        assert answer.status_code == 503
        assert "Nothing of your last step was saved." in answer.text
        frozen_clock(clock.now() + timedelta(minutes=5))
        assert client.get(f"/people/{person_id}").status_code == 200, "reading goes on"
    db.session.rollback()
    assert db.session.scalar(sa.select(Person.bio).filter_by(id=person_id)) == acknowledged
    db.session.rollback()
    assert tell("There is space again.").status_code == 303
    db.session.rollback()
    assert db.session.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
