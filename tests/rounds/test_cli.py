"""A round from its creation to its files, by command; a refusal is a sentence and exit status 2."""

import json

import pytest
import sqlalchemy as sa

from app.db import db
from app.engagements.models import Engagement
from app.rounds.models import MatchingRound, Run
from app.rounds.states import RoundState, RunState, diagrams
from tests import factories
from tests.rounds.conftest import MENTEES, asked_for_run, finished_run

DATES = ["--opens", "2026-11-23", "--closes", "2026-11-30", "--starts", "2026-12-07", "--ends", "2027-03-05"]


@pytest.fixture
def flask(app):
    """Run `flask rounds ...` and return its exit status and what it said."""
    runner = app.test_cli_runner()

    def run(*arguments: str):
        result = runner.invoke(args=["rounds", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        db.session.expire_all()
        return result

    return run


def test_a_round_by_command(flask, tmp_path):
    skill = factories.skill("Negotiation")
    mentee, mentor = factories.person(seeks_mentor=True), factories.person(mentor_capacity=1)
    factories.goal(mentee, skill)
    factories.claim(mentor, skill)
    factories.programme()
    assert "Winter 2027 is ready to be opened." in flask("create", "Winter 2027", *DATES).output
    assert "2 enrolments made from profiles." in flask("open", "Winter 2027").output
    assert "1 mentee, 1 mentor and 1 place" in flask("close", "Winter 2027").output
    solved = flask("solve", "Winter 2027", "--here")
    assert "Checking every rule again" in solved.output
    assert "1 of 1 person has a mentor. All 5 rules are kept. The plan is the best possible." in solved.output
    assert "waiting for review, 1 mentee, 1 mentor and 1 place" in flask("list").output
    assert (
        "pairs.csv, problem.json, solution.json"
        in flask("export", "Winter 2027", str(tmp_path / "out")).output
    )
    assert json.loads((tmp_path / "out" / "problem.json").read_text())["format"] == "trellis-problem/1"
    assert json.loads((tmp_path / "out" / "solution.json").read_text())["status"] == "optimal"
    assert (tmp_path / "out" / "pairs.csv").read_bytes().startswith(b"\xef\xbb\xbfprogramme,")
    assert "1 mentorship of Winter 2027 published." in flask("publish", "Winter 2027").output
    shown = flask("show", "Winter 2027").output
    assert "is published" in shown
    assert "finished, published" in shown
    assert "Winter 2027 is completed." in flask("complete", "Winter 2027", "--keep", "The dates").output
    assert db.session.scalar(sa.select(sa.func.count(Engagement.id))) == 1


def test_a_run_by_a_worker_is_followed_to_its_end(flask, closed_round):
    """Tests work jobs off at once; the command sees the run ended when it first looks."""
    result = flask("solve", str(closed_round.id))
    assert result.exit_code == 0
    assert f"{MENTEES} of {MENTEES} people have a mentor." in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["open", "Nowhere"], "There is no round Nowhere. List them with: flask rounds list"),
        (["open", "987654"], "There is no round 987654."),
        (["create", "Autumn", "--programme", "none", *DATES], "There is no programme none."),
        (["create", "Autumn", *DATES], "Choose at least one programme."),
    ],
)
def test_what_does_not_exist_is_refused(flask, arguments, sentence):
    result = flask(*arguments)
    assert result.exit_code == 2
    assert sentence in result.output
    assert db.session.scalar(sa.select(sa.func.count(MatchingRound.id))) == 0


def test_a_date_that_does_not_exist_is_refused(flask):
    factories.programme()
    result = flask("create", "Autumn", *["2026-02-30" if text == "2026-11-23" else text for text in DATES])
    assert result.exit_code == 2
    assert "2026-02-30" in result.output


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["open"], "is being matched, so it cannot be opened."),
        (["close"], "is being matched, so it cannot be closed."),
        (["solve", "--here"], "is being matched, so it cannot be matched."),
        (["publish"], "has no finished run."),
        (["complete"], "is being matched, so it cannot be completed."),
    ],
)
def test_a_step_out_of_turn_is_refused_and_changes_nothing(flask, closed_round, command, sentence):
    run = asked_for_run(closed_round)
    result = flask(command[0], closed_round.name, *command[1:])
    assert result.exit_code == 2
    assert sentence in result.output
    assert (closed_round.state, run.state) == (RoundState.SOLVING, RunState.QUEUED)


def test_a_run_that_fails_says_why(flask, closed_round):
    from tests.rounds.conftest import person_called

    one, other = person_called("Mentor 0"), person_called("Mentor 1")
    one.manager_id, other.manager_id = other.id, one.id
    db.session.commit()
    result = flask("solve", closed_round.name, "--here")
    assert result.exit_code == 2
    assert "This round cannot be matched as it stands" in result.output


def test_files_that_cannot_be_written_are_refused(flask, closed_round, tmp_path):
    finished_run(closed_round)
    (tmp_path / "file").write_text("in the way")
    result = flask("export", closed_round.name, str(tmp_path / "file" / "out"))
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_cancelling_stops_the_run(flask, closed_round):
    run = asked_for_run(closed_round)
    assert "is cancelled." in flask("cancel", closed_round.name).output
    assert db.session.get(Run, run.id).state is RunState.CANCELLED


def test_the_page_of_states_can_be_written_anew(flask):
    assert flask("states").output == diagrams()
