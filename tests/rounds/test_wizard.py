"""The steps of a round: on every page of the way one sees where one is, what is done and what can be opened."""

import re
from datetime import date

import pytest

from app import audit
from app.access import Role
from app.db import db
from app.programmes.service import change_settings, settings_of
from app.rounds import closing, deciding, publishing
from app.rounds.models import Assignment
from app.rounds.review_queries import pair_of
from app.rounds.states import RoundState
from tests import factories
from tests.counting import count_statements
from tests.rounds.conftest import asked_for_run, company, finished_run

BY = audit.COMMAND_LINE
STEPS = ["Snapshot", "Rules and weights", "Run", "Review", "Publish"]


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()


def steps_on(response) -> dict[str, tuple[str, str | None]]:
    """Return each step of a page with its state and its address."""
    shown = re.search(r'<ol class="steps".*?</ol>', response.text, re.DOTALL)
    assert shown, "the page has no steps"
    found = re.findall(r'<li class="(\w+)"([^>]*)>(.*?)</li>', shown[0], re.DOTALL)
    steps = {}
    for state, attributes, inside in found:
        assert ('aria-current="step"' in attributes) == (state == "current")
        assert ("(done)" in inside) == (state == "done")
        link = re.search(r'href="([^"]+)"', inside)
        steps[words(inside).removesuffix(" (done)")] = (state, link[1] if link else None)
    assert list(steps) == STEPS
    return steps


def states_on(response) -> list[str]:
    return [state for state, _address in steps_on(response).values()]


def test_every_page_of_the_way_says_where_one_is_and_what_is_done(as_hr):
    matching_round = company()
    at = f"/rounds/{matching_round.id}"
    assert states_on(as_hr.get(f"{at}/snapshot")) == ["current", *["later"] * 4]
    assert states_on(as_hr.get(f"{at}/settings")) == ["later", "current", *["later"] * 3]
    waiting = asked_for_run(matching_round)
    assert states_on(as_hr.get(f"{at}/runs/{waiting.id}")) == ["done", "done", "current", "later", "later"]
    db.session.delete(waiting)
    matching_round.state = RoundState.CLOSED
    db.session.commit()
    run = finished_run(matching_round)
    assert states_on(as_hr.get(f"{at}/runs/{run.id}")) == [*["done"] * 3, "current", "later"]
    assert states_on(as_hr.get(f"{at}/runs/{run.id}/publish")) == [*["done"] * 3, "later", "current"]
    assert states_on(as_hr.get(at)) == [*["done"] * 3, "current", "later"]
    publishing.publish_run(run, by=BY)
    db.session.commit()
    assert states_on(as_hr.get(at)) == ["done"] * 5
    assert states_on(as_hr.get(f"{at}/snapshot")) == ["current", *["done"] * 4]


def test_steps_lead_to_pages_that_can_be_opened_and_to_no_others(as_hr):
    matching_round = company()
    at = f"/rounds/{matching_round.id}"
    before = steps_on(as_hr.get(f"{at}/snapshot"))
    assert [name for name, (_state, address) in before.items() if address] == ["Rules and weights"]
    run = finished_run(matching_round)
    for page in (at, f"{at}/snapshot", f"{at}/runs/{run.id}", f"{at}/runs/{run.id}/publish"):
        for _state, address in steps_on(as_hr.get(page)).values():
            assert address is None or as_hr.get(address).status_code == 200


def test_a_round_that_was_given_up_has_no_steps(as_hr):
    matching_round = factories.matching_round(state=RoundState.CANCELLED)
    assert '<ol class="steps"' not in as_hr.get(f"/rounds/{matching_round.id}").text


def test_the_step_before_the_run_says_what_it_keeps_to_and_what_hr_settled(as_hr):
    matching_round = company()
    page = words(as_hr.get(f"/rounds/{matching_round.id}/settings").text)
    assert "Not in the same reporting line" in page
    assert "Skills asked for: 60 of 100" in page
    assert "The best fit for everyone together" in page
    assert "Nothing is locked, and nobody is kept apart." in page
    assert "Run the matching" in page
    run = finished_run(matching_round)
    match_id = db.session.query(Assignment.id).filter_by(run_id=run.id).first()[0]
    deciding.lock(matching_round, pair_of(run, match_id), by=BY)
    db.session.commit()
    assert "1 decision stands" in words(as_hr.get(f"/rounds/{matching_round.id}/settings").text)


def test_a_published_round_says_what_it_was_matched_with_whatever_holds_today(as_hr):
    matching_round = company()
    publishing.publish_run(finished_run(matching_round), by=BY)
    (programme,) = matching_round.programmes
    before = settings_of(programme)
    change_settings(programme, {**before, "rules": {}}, seen=before, by=BY)
    db.session.commit()
    page = words(as_hr.get(f"/rounds/{matching_round.id}/settings").text)
    assert "Not in the same reporting line" in page


def test_it_says_when_the_programmes_are_not_set_as_it_was_decided(as_hr):
    before = company()
    publishing.publish_run(finished_run(before), by=BY)
    (programme,) = before.programmes
    part = closing.ChangedPart.NO_RULE
    closing.decide(before, closing.Wanted(part=part, programme=programme, name="shared_language"), by=BY)
    following = factories.matching_round(
        programmes=[programme],
        starts_on=date(2027, 4, 5),
        ends_on=date(2027, 7, 2),
    )
    page = words(as_hr.get(f"/rounds/{following.id}/settings").text)
    assert f"Decided after {before.name} 1 programme is not set as it was decided." in page


def test_the_architect_sees_the_settings_and_runs_nothing(app, client_for):
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    page = architect.get(f"/rounds/{company().id}/settings")
    assert page.status_code == 200
    assert "/runs" not in page.text


def test_the_settings_take_as_many_statements_however_many_take_part(as_hr):
    sent = []
    for mentees in (2, 6):
        matching_round = company(mentees=mentees)
        with count_statements() as statements:
            assert as_hr.get(f"/rounds/{matching_round.id}/settings").status_code == 200
        sent.append(len(statements))
    assert sent[0] == sent[1]
