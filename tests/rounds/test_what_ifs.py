"""What-ifs: copies of a run with other settings that show what would come of them and change nothing."""

import re

import pytest
import sqlalchemy as sa

from app import audit
from app.access import Role
from app.audit import AuditEvent
from app.db import db
from app.errors import Conflict, Invalid
from app.programmes import service as programmes
from app.programmes.models import ProgrammeRule
from app.programmes.vocabulary import CRITERIA, RULES
from app.programmes.weights import shared_out
from app.rounds import publishing, queries, running, service, tasks, what_ifs
from app.rounds.documents import document_of
from app.rounds.models import DocumentKind, MatchingRound, Run
from app.rounds.settings import settings_of, with_settings
from app.rounds.states import RoundState, RunState
from matching.problem import Problem
from tests import factories
from tests.conftest import NOW
from tests.forms import post
from tests.rounds.conftest import asked_for_run, finished_run

BY = audit.COMMAND_LINE


@pytest.fixture
def run(closed_round) -> Run:
    return finished_run(closed_round)


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def other_settings(run: Run, **changes) -> dict:
    """Return the settings of a run with some of its one programme changed."""
    ((key, programme),) = run.settings.items()
    return {key: {**programme, **changes}}


def key_of(run: Run) -> str:
    return next(iter(run.settings))


def what_if_fields(run: Run) -> dict[str, str]:
    """Return what a browser sends of the form as it is shown: empty fields, too."""
    key = key_of(run)
    programme = run.settings[key]
    fields = {f"{key}-{criterion}": str(programme["criteria"].get(criterion, 0)) for criterion in CRITERIA}
    for rule, words in RULES.items():
        fields |= {f"{key}-{rule}": "y"} if rule in programme["rules"] else {}
        given = programme["rules"].get(rule, {})
        fields |= {f"{key}-{rule}-{name}": str(given.get(name, "")) for name in words.numbers}
        fields |= {f"{key}-{rule}-{name}": next(iter(words.choices[name])) for name in words.choices}
    return {**fields, f"{key}-goals": ",".join(programme["goals"])}


def tried(run: Run, **changes) -> Run:
    what_if = what_ifs.request_what_if(run, other_settings(run, **changes), by=BY)
    db.session.commit()
    tasks.carry_out(what_if.id)
    db.session.expire_all()
    return what_if


def test_a_run_keeps_the_settings_it_was_asked_with(run):
    problem = Problem.from_json(document_of(run.id, DocumentKind.PROBLEM))
    assert run.settings == settings_of(problem)
    assert with_settings(problem, run.settings).sha256 == problem.sha256


def test_the_rules_of_a_run_are_those_it_was_asked_with_whatever_the_programme_says_today(run, as_hr):
    run.matching_round.programmes[0].rules.append(ProgrammeRule(rule="other_department", parameters={}))
    db.session.commit()
    page = words(as_hr.get(f"/rounds/{run.matching_round_id}/runs/{run.id}"))
    assert "Not in the same reporting line" in page
    assert "From different departments" not in page


def test_a_what_if_has_the_same_people_and_its_own_settings_and_leaves_the_round_alone(run):
    what_if = tried(run, rules={})
    before, after = (Problem.from_json(document_of(row.id, DocumentKind.PROBLEM)) for row in (run, what_if))
    assert (before.people, before.blocks, before.history) == (after.people, after.blocks, after.history)
    assert after.programmes[0].rules == ()
    assert what_if.state is RunState.FINISHED
    assert what_if.matching_round.state is RoundState.PROPOSED
    assert queries.busy_round().latest_run_id == run.id


@pytest.mark.parametrize("state", [RoundState.CLOSED, RoundState.OPEN])
def test_a_what_if_may_run_in_any_state_and_moves_none(run, state):
    db.session.execute(sa.update(MatchingRound).values(state=state))
    db.session.commit()
    assert tried(run, rules={}).matching_round.state is state


def test_a_what_if_that_fails_or_is_stopped_does_not_free_a_round_that_is_being_matched(run):
    what_if = what_ifs.request_what_if(run, other_settings(run, rules={}), by=BY)
    asked_for_run(run.matching_round)
    attempt = running.take_up(what_if.id)
    running.fail(attempt, "It came to nothing.")
    db.session.commit()
    assert run.matching_round.state is RoundState.SOLVING
    again = what_ifs.request_what_if(run, other_settings(run, rules={}), by=BY)
    running.stop_run(again, by=BY)
    db.session.commit()
    assert again.state is RunState.CANCELLED
    assert run.matching_round.state is RoundState.SOLVING


def test_a_what_if_cannot_be_published_by_command_page_or_hand(run, as_hr):
    what_if = tried(run, rules={})
    with pytest.raises(Conflict, match="cannot be published"):
        publishing.publish_run(what_if, by=BY)
    address = f"/rounds/{run.matching_round_id}/runs/{what_if.id}"
    assert "cannot be published" in words(as_hr.get(address))
    assert as_hr.get(f"{address}/publish").status_code == 409
    assert post(as_hr, f"{address}/publish").status_code == 409
    with pytest.raises(sa.exc.IntegrityError, match="what_if_unpublished"):
        db.session.execute(sa.update(Run).where(Run.id == what_if.id).values(published_at=NOW))
    db.session.rollback()


def test_a_round_has_one_what_if_at_a_time_beside_its_run(run):
    asked_for_run(run.matching_round)
    what_ifs.request_what_if(run, other_settings(run, rules={}), by=BY)
    with pytest.raises(Conflict, match="Another what-if"):
        what_ifs.request_what_if(run, other_settings(run, rules={}), by=BY)


def test_a_what_if_without_a_change_is_refused(run):
    with pytest.raises(Invalid, match="so far nothing is otherwise"):
        what_ifs.request_what_if(run, run.settings, by=BY)


@pytest.mark.parametrize(
    "changes",
    [{"rules": {"shared_hours": {"minutes": 0}}}, {"criteria": {"skills": 99}}, {"goals": ["worst_match"]}],
)
def test_settings_that_make_no_sense_are_refused(run, changes):
    with pytest.raises(Invalid):
        what_ifs.request_what_if(run, other_settings(run, **changes), by=BY)


def test_a_run_without_a_plan_or_from_before_settings_were_kept_cannot_be_copied(run, as_hr):
    waiting = asked_for_run(run.matching_round)
    with pytest.raises(Conflict, match="found no plan"):
        what_ifs.check_may_try(waiting)
    db.session.execute(sa.update(Run).where(Run.id == run.id).values(settings=None))
    db.session.commit()
    refused = as_hr.get(f"/rounds/{run.matching_round_id}/runs/{run.id}/what-if")
    assert refused.status_code == 409
    assert "from before what-ifs" in words(refused)
    assert "What if" not in words(as_hr.get(f"/rounds/{run.matching_round_id}/runs/{run.id}"))


def test_by_page_a_rule_left_out_and_a_weight_doubled_are_tried_and_compared(run, as_hr):
    key, address = key_of(run), f"/rounds/{run.matching_round_id}/runs/{run.id}"
    shown = what_if_fields(run)
    fields = {**shown, **dict.fromkeys((f"{key}-{criterion}" for criterion in CRITERIA), "0")}
    fields |= {f"{key}-skills": "2", f"{key}-hours": "1"}
    fields.pop(f"{key}-not_in_reporting_line")
    asked = post(as_hr, f"{address}/what-if", fields, page=f"{address}/what-if")
    assert asked.status_code == 303, words(asked)
    page = words(as_hr.get(asked.location))
    assert "Without the rule: Not in the same reporting line" in page
    assert "67 points instead of" in page
    compared = words(
        as_hr.get(
            f"/rounds/{run.matching_round_id}/compare?run={run.id}&run={asked.location.rpartition('/')[2]}"
        )
    )
    assert "Run 1 and What-if 1" in compared
    assert "Without the rule" in compared
    assert "1 what-if" in words(as_hr.get(f"/rounds/{run.matching_round_id}"))
    event = db.session.scalars(sa.select(AuditEvent).filter_by(action="what_if.requested")).one()
    assert "Without the rule: Not in the same reporting line" in event.details["changed"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("shared_hours-minutes", "", "Enter a whole number from 1 to 1440."),
        ("shared_hours-minutes", "9999", "Enter a whole number from 1 to 1440."),
        ("shared_hours-minutes", "two", "Enter a whole number."),
        ("skills", "101", "Enter a whole number from 0 to 100."),
        ("goals", "points,stable", "Choose one of the options."),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field_with_what_was_typed(
    run, as_hr, field, value, sentence
):
    key, address = key_of(run), f"/rounds/{run.matching_round_id}/runs/{run.id}/what-if"
    fields = {**what_if_fields(run), f"{key}-shared_hours": "y", f"{key}-{field}": value}
    response = post(as_hr, address, fields, page=address)
    assert response.status_code == 422
    assert sentence in words(response)
    assert db.session.scalar(sa.select(sa.func.count(Run.id))) == 1


def test_weights_are_shared_out_so_that_they_add_up_to_100():
    assert shared_out({"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}
    assert shared_out({"a": 45, "b": 55, "c": 0}) == {"a": 45, "b": 55}
    assert shared_out({"a": 0}) == {}


def test_the_architect_tries_out_and_stops_what_ifs_and_no_run(run, client_for):
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    what_if = what_ifs.request_what_if(run, other_settings(run, rules={}), by=BY)
    waiting = asked_for_run(run.matching_round)
    at = f"/rounds/{run.matching_round_id}/runs"
    assert architect.get(f"{at}/{run.id}/what-if").status_code == 200
    assert post(architect, f"{at}/{what_if.id}/stop").status_code == 303
    assert post(architect, f"{at}/{waiting.id}/stop").status_code == 403


def test_a_cancelled_round_stops_its_what_ifs(run):
    what_if = what_ifs.request_what_if(run, other_settings(run, rules={}), by=BY)
    service.cancel_round(run.matching_round, by=BY)
    db.session.commit()
    assert what_if.state is RunState.CANCELLED


def test_settings_that_were_tried_are_taken_over_and_the_next_run_is_asked_with_them(run, as_hr):
    what_if = tried(run, rules={}, goals=["points", "coverage"])
    address = f"/rounds/{run.matching_round_id}/runs/{what_if.id}"
    assert "Use these settings" in words(as_hr.get(address))
    question = as_hr.get(f"{address}/use")
    assert "Without the rule: Not in the same reporting line" in words(question)
    seen = re.search('name="seen" value="([0-9a-f]+)"', question.text)[1]
    assert post(as_hr, f"{address}/use", {"seen": seen}, page=f"{address}/use").status_code == 303
    programme = run.matching_round.programmes[0]
    assert programmes.settings_of(programme) == what_if.settings[programme.key]
    assert finished_run(run.matching_round).settings == what_if.settings
    event = db.session.scalars(sa.select(AuditEvent).filter_by(action="programme.changed")).one()
    assert event.details["before"] == run.settings[programme.key]
    again = as_hr.get(f"{address}/use")
    assert again.status_code == 409
    assert "has these settings already" in words(again)


def test_settings_are_not_taken_over_into_a_programme_that_changed_meanwhile(run, as_hr):
    what_if = tried(run, rules={})
    address = f"/rounds/{run.matching_round_id}/runs/{what_if.id}/use"
    seen = re.search('name="seen" value="([0-9a-f]+)"', as_hr.get(address).text)[1]
    programme = run.matching_round.programmes[0]
    before = programmes.settings_of(programme)
    other = {**before, "rules": {**before["rules"], "other_department": {}}}
    programmes.change_settings(programme, other, seen=before, by=BY)
    db.session.commit()
    refused = post(as_hr, address, {"seen": seen})
    assert refused.status_code == 409
    assert "changed meanwhile" in words(refused)
    assert programmes.settings_of(programme) == other
    with pytest.raises(Conflict, match="changed meanwhile"):
        programmes.change_settings(programme, before, seen=before, by=BY)


def test_only_a_what_if_has_settings_to_take_over_and_only_hr_takes_them(run, as_hr, client_for):
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    what_if = tried(run, rules={})
    at = f"/rounds/{run.matching_round_id}/runs"
    assert as_hr.get(f"{at}/{run.id}/use").status_code == 404
    assert architect.get(f"{at}/{what_if.id}/use").status_code == 403
    assert "Use these settings" not in words(architect.get(f"{at}/{what_if.id}"))
