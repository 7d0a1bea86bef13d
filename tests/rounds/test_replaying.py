"""A replay: the problem of a run solved once more, and whether the answer is the same bit for bit."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.access import Role
from app.audit import AuditEvent
from app.db import db
from app.errors import Conflict
from app.rounds import replay_tasks, replaying
from app.rounds.certificate_models import Replay, ReplayState, RunCertificate
from app.rounds.models import Run
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import asked_for_run, finished_run

BY = audit.COMMAND_LINE
LATER = NOW + timedelta(seconds=31)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def run(closed_round) -> Run:
    return finished_run(closed_round)


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def no_worker(monkeypatch):
    """Let replays wait."""
    monkeypatch.setattr(replay_tasks, "hand_over", lambda replay_id: None)


def certificate(run: Run) -> str:
    return f"/rounds/{run.matching_round_id}/runs/{run.id}/certificate"


def button(run: Run) -> str:
    return f"/rounds/{run.matching_round_id}/runs/{run.id}/replay"


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def replays() -> list[Replay]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Replay).order_by(Replay.id)))


def asked(run: Run) -> Replay:
    replay = replaying.request_replay(run, by=BY)
    db.session.commit()
    return replay


def test_a_run_replayed_by_its_button_gives_the_same_answer_and_says_who_asked(run, as_hr, hr):
    answer = post(as_hr, button(run), page=certificate(run))
    assert answer.status_code == 303
    assert answer.location == f"{certificate(run)}#replay"
    (replay,) = replays()
    assert (replay.state, replay.is_same, replay.asked_by_id) == (ReplayState.FINISHED, True, hr.id)
    assert replay.answer_sha256 == db.session.get_one(RunCertificate, run.id).answer_sha256
    page = words(as_hr.get(certificate(run)))
    assert "The same answer, bit for bit" in page
    assert "asked for by" in page
    assert "Replay again" in page
    actions = db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.startswith("replay.")))
    assert sorted(actions) == ["replay.finished", "replay.requested"]
    assert run.matching_round.state is RoundState.PROPOSED


def test_another_answer_is_said_to_be_another(run, as_hr):
    db.session.execute(sa.update(RunCertificate).values(answer_sha256="0" * 64))
    db.session.commit()
    post(as_hr, button(run))
    assert [replay.is_same for replay in replays()] == [False]
    page = words(as_hr.get(certificate(run)))
    assert "Another answer, made with numpy" in page
    assert "Different" in page


def test_a_replay_with_another_seed_is_told_apart(run):
    db.session.execute(sa.update(Run).values(seed=run.seed + 1))
    db.session.commit()
    replay_tasks.carry_out(asked(run).id)
    assert [replay.is_same for replay in replays()] == [False]


def test_it_is_polled_until_it_has_ended_and_the_rest_of_the_page_stays(run, as_hr, no_worker):
    post(as_hr, button(run))
    page = as_hr.get(certificate(run)).text
    assert 'http-equiv="refresh"' in page
    waiting = as_hr.get(certificate(run), headers=HTMX).text
    assert waiting.lstrip().startswith('<div id="replay"')
    assert "hx-trigger" in waiting
    assert "<h1" not in waiting
    replay_tasks.carry_out(replays()[0].id)
    ended = as_hr.get(certificate(run), headers=HTMX).text
    assert ended.lstrip().startswith('<div id="replay"')
    assert "hx-trigger" not in ended
    assert "The replay has ended." in ended.split('id="status"')[1]


def test_a_run_is_replayed_once_at_a_time(run, as_hr, no_worker):
    assert post(as_hr, button(run)).status_code == 303
    refused = post(as_hr, button(run))
    assert refused.status_code == 409
    assert "is being replayed already" in words(refused)
    assert len(replays()) == 1


def test_a_run_that_was_stopped_is_not_replayed_and_the_page_says_why(run, as_hr):
    db.session.execute(sa.update(Run).values(status="cancelled"))
    db.session.commit()
    page = as_hr.get(certificate(run))
    assert "This run was stopped early." in words(page)
    assert button(run) not in page.text
    assert post(as_hr, button(run)).status_code == 409


def test_a_run_without_a_plan_is_not_replayed(closed_round):
    with pytest.raises(Conflict, match="found no plan"):
        replaying.request_replay(asked_for_run(closed_round), by=BY)


def test_what_breaks_down_says_so_and_can_be_asked_for_again(run, as_hr, monkeypatch):
    def break_down(*_arguments, **_named):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patched:
        patched.setattr(replay_tasks, "solve", break_down)
        post(as_hr, button(run))
    assert replay_tasks.BROKE_DOWN in words(as_hr.get(certificate(run)))
    post(as_hr, button(run))
    assert [replay.state for replay in replays()] == [ReplayState.FAILED, ReplayState.FINISHED]


def test_a_replay_of_a_worker_that_died_is_taken_up_by_another_and_given_up_in_the_end(run, frozen_clock):
    replay = asked(run)
    first = replaying.take_up(replay.id)
    db.session.commit()
    assert replaying.recover_silent_replays() == []
    frozen_clock(LATER)
    assert replaying.recover_silent_replays() == [replay.id]
    second = replaying.take_up(replay.id)
    replaying.fail(first, "The first worker is back.")
    assert [row.state for row in replays()] == [ReplayState.RUNNING]
    third_at = LATER
    for _ in range(2):
        third_at += timedelta(seconds=31)
        frozen_clock(third_at)
        if replaying.recover_silent_replays():
            second = replaying.take_up(replay.id)
    assert second.number == 3
    assert [(row.state, row.failure) for row in replays()] == [(ReplayState.FAILED, replaying.GAVE_UP)]


def test_it_tells_how_far_it_is_only_while_it_is_its_own(run):
    replay = asked(run)
    attempt = replaying.take_up(replay.id)
    db.session.commit()
    assert replaying.report(attempt, stage="Looking for the best plan", done=40, total=100)
    assert [(row.stage, row.done) for row in replays()] == [("Looking for the best plan", 40)]
    replaying.fail(attempt, "It came to nothing.")
    db.session.commit()
    assert not replaying.report(attempt, stage="Looking on", done=50, total=100)


def test_the_architect_replays_and_an_employee_knows_of_nothing(run, client_for):
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    assert post(architect, button(run), page=certificate(run)).status_code == 303
    assert post(client_for(factories.account()), button(run)).status_code == 404


def test_by_command_it_says_whether_the_answer_is_the_same(app, run):
    runner = app.test_cli_runner()
    same = runner.invoke(args=["rounds", "replay", str(run.id)])
    assert (same.exit_code, f"Run {run.id}: The same answer, bit for bit" in same.output) == (0, True)
    db.session.execute(sa.update(RunCertificate).values(answer_sha256="0" * 64))
    db.session.commit()
    other = runner.invoke(args=["rounds", "replay", str(run.id)])
    assert (other.exit_code, "Another answer" in other.output) == (1, True)
    nowhere = runner.invoke(args=["rounds", "replay", "987654"])
    assert (nowhere.exit_code, "There is no run 987654." in nowhere.output) == (2, True)


def test_the_page_takes_as_many_statements_however_often_a_run_was_replayed(run, as_hr):
    sent = []
    for _ in range(3):
        post(as_hr, button(run))
        with count_statements() as statements:
            assert as_hr.get(certificate(run)).status_code == 200
        sent.append(len(statements))
    assert len(set(sent)) == 1
