"""Pages of questions: another mentor in three clicks, why not somebody, and what rules and locks cost."""

import re

import pytest
import sqlalchemy as sa

from app.access import Role
from app.db import db
from app.rounds import question_tasks
from app.rounds.models import Assignment, Decision
from app.rounds.question_models import Question
from tests import factories
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import company, finished_run, person_called
from tests.rounds.test_questions import (
    ALTERNATIVES,
    CAUSES,
    SAME,
    TOMORROW,
    WHY_NOT,
    answered,
    asked,
    block,
    pair,
)
from tests.rounds.test_review_pages import HTMX, words


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def as_architect(app, client_for):
    return client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))


@pytest.fixture
def run(closed_round):
    return finished_run(closed_round)


@pytest.fixture
def address(run) -> str:
    return f"/rounds/{run.matching_round_id}/runs/{run.id}"


def match_of(run, number: int) -> Assignment:
    rows = db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id))
    return next(row for row in rows if f"Mentee {number}" in {one.person.name for one in row.members})


def standing() -> list[Decision]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Decision).where(Decision.undone_at.is_(None))))


def main_of(page) -> str:
    return page.text[page.text.index("<main") : page.text.index("</main")]


def test_another_mentor_is_chosen_in_three_clicks_from_the_review(as_hr, run, address):
    match = match_of(run, 0)
    review = as_hr.get(address)
    assert f'action="{address}/matches/{match.id}/others"' in review.text
    first = post(as_hr, f"{address}/matches/{match.id}/others", page=address)
    assert first.status_code == 303
    part = as_hr.get(
        first.location, headers={**HTMX, "HX-Current-URL": f"http://localhost{address}?show=all"}
    )
    assert part.text.lstrip().startswith('<div id="answer-')
    assert "Who should mentor Mentee 0?" in words(part)
    back = re.search(r'name="next" value="([^"]+)"', part.text)[1]
    assert back == f"{address}?show=all#match-{match.id}"
    action = re.search(r'action="([^"]+/choose)"', part.text)[1]
    fields = {"mentor": str(person_called("Mentor 1").id), "next": back}
    chosen = post(as_hr, action, fields, page=first.location)
    assert (chosen.status_code, chosen.location) == (303, back)
    (row,) = standing()
    assert (row.mentor.name, row.instead_of.name) == ("Mentor 1", "Mentor 0")
    page = words(as_hr.get(address))
    assert "Mentee 0 is locked with Mentor 1 from the next run on." in page
    assert "You chose Mentor 1 instead. The next run has it." in page


def test_the_same_by_plain_pages(as_hr, run, address):
    match = match_of(run, 0)
    first = post(as_hr, f"{address}/matches/{match.id}/others", page=address)
    page = as_hr.get(first.location)
    assert "<h1>Another mentor for Mentee 0</h1>" in page.text
    refused = post(as_hr, f"{first.location}/choose", page=first.location)
    assert refused.status_code == 422
    assert "Choose one of the mentors." in words(refused)
    post(
        as_hr, f"{first.location}/choose", {"mentor": str(person_called("Mentor 2").id)}, page=first.location
    )
    assert [row.mentor.name for row in standing()] == ["Mentor 2"]


def test_an_answer_that_is_not_there_yet_is_asked_for_again(as_hr, run, address, monkeypatch):
    monkeypatch.setattr(question_tasks, "hand_over", lambda question_id: None)
    match = match_of(run, 0)
    waits = post(as_hr, f"{address}/matches/{match.id}/others", page=address).location
    page = as_hr.get(waits)
    assert 'http-equiv="refresh"' in page.text
    assert 'hx-trigger="load delay:1s"' in page.text
    assert post(as_hr, f"{waits}/choose", {"mentor": "1"}).status_code == 422
    question_tasks.answer(int(waits.rsplit("/", 1)[1]))
    db.session.expire_all()
    assert "hx-trigger" not in main_of(as_hr.get(waits))


def test_why_not_somebody_is_found_by_name_and_answered(as_hr, run, address):
    match = match_of(run, 0)
    there = as_hr.get(f"{address}/matches/{match.id}").text
    link = re.search(r'href="([^"]+/why-not/[^"]+)"', there)[1]
    assert "No mentor in this round is called" in words(as_hr.get(f"{link}?name=nobody"))
    found = as_hr.get(f"{link}?name=mentor")
    assert main_of(found).count('type="radio"') == 3
    refused = post(as_hr, f"{link}?name=mentor")
    assert refused.status_code == 422
    asked_for = post(
        as_hr,
        f"{link}?name=mentor",
        {"mentor": str(person_called("Mentor 1").id)},
    )
    page = as_hr.get(asked_for.location)
    assert "With both together: −80 points for Mentee 0." in words(page)
    assert "the total falls by 160" in words(page)
    post(as_hr, f"{asked_for.location}/choose", page=asked_for.location)
    (row,) = standing()
    assert (row.mentor.name, row.instead_of.name, row.is_override) == ("Mentor 1", "Mentor 0", False)


def test_a_rule_is_broken_with_a_reason_and_a_last_day(as_hr, closed_round):
    person_called("Mentee 0").manager_id = person_called("Mentor 1").id
    db.session.commit()
    run = finished_run(closed_round)
    question = answered(run, WHY_NOT, pair(run, 0, 1))
    there = f"/rounds/{closed_round.id}/runs/{run.id}/questions/{question.id}"
    assert "Mentor 1 manages Mentee 0, directly" in words(as_hr.get(there))
    for wrong in ({}, {"reason": "Why"}, {"reason": " ", "expires_on": str(TOMORROW)}):
        assert post(as_hr, f"{there}/choose", wrong, page=there).status_code == 422
    past = {"reason": "They asked", "expires_on": "2026-01-01"}
    assert "Enter a day that is not over." in words(post(as_hr, f"{there}/choose", past, page=there))
    assert standing() == []
    right = {"reason": "They asked", "expires_on": str(TOMORROW)}
    assert post(as_hr, f"{there}/choose", right, page=there).status_code == 303
    assert standing()[0].is_override
    again = finished_run(closed_round)
    review = words(as_hr.get(f"/rounds/{closed_round.id}/runs/{again.id}"))
    assert "You changed this from Mentor 0, against a rule" in review
    assert "1 match breaks a rule, as HR decided." in review


@pytest.mark.parametrize("cause", CAUSES)
def test_the_page_of_a_block_is_that_of_any_other_cause(as_hr, closed_round, cause):
    CAUSES[cause](closed_round)
    run = finished_run(closed_round)
    question = answered(run, WHY_NOT, pair(run, 0, 1))
    page = as_hr.get(f"/rounds/{closed_round.id}/runs/{run.id}/questions/{question.id}")
    assert SAME.replace("A and B", "Mentee 0 and Mentor 1") in words(page)
    assert 'method="post"' not in main_of(page)


def test_prices_are_asked_for_and_shown(as_hr, run, address):
    assert f'href="{address}/prices"' in as_hr.get(address).text
    assert "Work out the prices" in words(as_hr.get(f"{address}/prices"))
    assert post(as_hr, f"{address}/prices", page=f"{address}/prices").status_code == 303
    page = words(as_hr.get(f"{address}/prices"))
    assert "Not in the same reporting line Forbids 0 pairs · Costs nothing 0 0" in page
    part = as_hr.get(f"{address}/prices", headers=HTMX)
    assert part.text.lstrip().startswith('<div id="prices"')


def test_an_architect_asks_and_chooses_nothing(as_architect, run, address):
    match = match_of(run, 0)
    there = post(as_architect, f"{address}/matches/{match.id}/others", page=address).location
    page = as_architect.get(there)
    assert "Mentor 1 (−80 points)" in words(page)
    assert 'method="post"' not in main_of(page)
    mentor = {"mentor": str(person_called("Mentor 1").id)}
    assert post(as_architect, f"{there}/choose", mentor).status_code == 403
    assert standing() == []


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.ADMINISTRATOR, Role.COMMUNITY_LEAD])
def test_nobody_else_knows_of_questions(client_for, run, address, role):
    question = asked(run, WHY_NOT, pair(run, 0, 1))
    client = client_for(factories.account(roles={Role.EMPLOYEE, role}))
    about = pair(run, 0, 1)
    for path in ("/prices", f"/questions/{question.id}", f"/why-not/{about.programme_id}/{about.mentee_id}"):
        assert client.get(f"{address}{path}").status_code == 404


def test_a_question_of_another_run_is_not_found(as_hr, run, address):
    question = answered(run, WHY_NOT, pair(run, 0, 1))
    other = factories.matching_round()
    assert as_hr.get(f"/rounds/{other.id}/runs/{run.id}/questions/{question.id}").status_code == 404
    assert as_hr.get(f"{address}9/questions/{question.id}").status_code == 404
    about = pair(run, 0, 1)
    stranger = factories.person()
    assert as_hr.get(f"{address}/why-not/{about.programme_id}/{stranger.id}").status_code == 404
    fields = {"mentor": str(stranger.id)}
    there = f"{address}/why-not/{about.programme_id}/{about.mentee_id}?name={stranger.name}"
    assert post(as_hr, there, fields).status_code == 422


def test_answers_take_a_constant_few_statements(as_hr):
    taken = []
    for mentees in (4, 40):
        run = finished_run(company(mentees=mentees, mentors=mentees // 2))
        address = f"/rounds/{run.matching_round_id}/runs/{run.id}"
        row = db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id)).first()
        there = post(as_hr, f"{address}/matches/{row.id}/others").location
        post(as_hr, f"{address}/prices", page=f"{address}/prices")
        why_not = re.search(r'href="([^"]+/why-not/[^"]+)"', as_hr.get(there).text)[1]
        for path in (there, f"{address}/prices", f"{why_not}?name=mentor"):
            with count_statements() as sent:
                assert as_hr.get(path).status_code == 200
            taken.append(len(sent))
    assert taken[:3] == taken[3:]
    assert max(taken) <= 9


def test_names_of_people_who_are_gone_leave_a_sentence(as_hr, run, address):
    question = answered(run, ALTERNATIVES, pair(run, 0, 0))
    question.answer = {**question.answer, "forbidden": []}
    options = [{**row, "mentor": 987_654} for row in question.answer["options"]]
    question.answer = {**question.answer, "options": options}
    db.session.commit()
    assert "Somebody who is gone" in words(as_hr.get(f"{address}/questions/{question.id}"))


def test_a_block_made_after_the_answer_is_told_by_nothing_but_the_run(as_hr, run, address):
    question = answered(run, ALTERNATIVES, pair(run, 0, 0))
    block("Mentee 0", "Mentor 1")
    there = f"{address}/questions/{question.id}"
    chosen = post(as_hr, f"{there}/choose", {"mentor": str(person_called("Mentor 1").id)}, page=there)
    assert chosen.status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 1
