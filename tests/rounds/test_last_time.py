"""Before a run HR sees who came and went since the last round, what is missing, and starts the run from there."""

from datetime import date

import pytest

from app.access import Role
from app.db import db
from app.rounds import last_time
from app.rounds.models import EnrolmentRole
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import company
from tests.rounds.test_pages import words
from tests.rounds.test_snapshot import publish_pair

MENTEE, MENTOR = EnrolmentRole.MENTEE, EnrolmentRole.MENTOR


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def earlier(programmes, **values):
    days = {"opens_on": date(2026, 6, 1), "closes_on": date(2026, 6, 15), "starts_on": date(2026, 7, 1)}
    state = {"state": RoundState.COMPLETED, "published_at": NOW}
    return factories.matching_round(
        **{"programmes": programmes, "ends_on": date(2026, 10, 1), **days, **state, **values}
    )


def test_who_came_went_and_waits_is_counted(app):
    now = factories.matching_round()
    then = earlier(now.programmes, name="Autumn")
    stays, waits, went, mentor = (factories.person(mentor_capacity=2) for _ in range(4))
    for person in (stays, waits, went):
        factories.enrolment(person, MENTEE, then)
    factories.enrolment(mentor, MENTOR, then, places=2)
    publish_pair(stays, mentor, then)
    for person in (stays, waits, factories.person()):
        factories.enrolment(person, MENTEE, now)
    changes = last_time.changes_since(now)
    assert (changes.name, changes.came, changes.went, changes.waiting) == ("Autumn", 1, 2, 1)
    assert (changes.before.mentees, changes.before.mentors, changes.before.places) == (3, 1, 2)


def test_whoever_withdrew_took_no_part(app):
    now = factories.matching_round()
    then = earlier(now.programmes)
    person = factories.person()
    factories.enrolment(person, MENTEE, then).withdrawn_at = NOW
    factories.enrolment(person, MENTEE, now)
    db.session.commit()
    changes = last_time.changes_since(now)
    assert (changes.came, changes.went, changes.waiting) == (1, 0, 0)


def test_only_a_published_round_of_the_same_programme_is_the_one_before(app):
    now = factories.matching_round()
    earlier([factories.programme()])
    earlier(now.programmes, state=RoundState.CANCELLED, published_at=None)
    assert last_time.changes_since(now) is None
    earlier(now.programmes, name="Spring", starts_on=date(2026, 6, 20))
    earlier(now.programmes, name="Summer")
    assert last_time.changes_since(now).name == "Summer"


class TestPage:
    def test_it_leads_on_to_the_run(self, as_hr):
        matching_round = company()
        earlier(matching_round.programmes, name="Autumn")
        address = f"/rounds/{matching_round.id}/snapshot"
        page = words(as_hr.get(address))
        assert "6 people, 6 places; every skill" in page
        assert "+6 since Autumn" in page
        assert "9 people are new." in page
        assert "No manager" in page
        assert f'href="{address}"' in as_hr.get(f"/rounds/{matching_round.id}").text
        run = post(as_hr, f"/rounds/{matching_round.id}/runs", page=address)
        assert run.status_code == 303
        assert "6 of 6 people have a mentor" in words(as_hr.get(run.location))

    def test_what_cannot_run_says_why(self, as_hr):
        matching_round = factories.matching_round()
        page = as_hr.get(f"/rounds/{matching_round.id}/snapshot")
        assert f'action="/rounds/{matching_round.id}/runs"' not in page.text
        assert "The first round" in words(page)

    def test_an_architect_reads_it_and_is_offered_nothing(self, app, client_for):
        matching_round = company()
        architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
        page = architect.get(f"/rounds/{matching_round.id}/snapshot")
        assert page.status_code == 200
        assert f'action="/rounds/{matching_round.id}/runs"' not in page.text

    def test_statements_do_not_grow(self, as_hr):
        taken = []
        for mentees, mentors in ((2, 1), (30, 12)):
            matching_round = company(mentees=mentees, mentors=mentors)
            earlier(matching_round.programmes)
            with count_statements() as sent:
                assert as_hr.get(f"/rounds/{matching_round.id}/snapshot").status_code == 200
            taken.append(len(sent))
        assert taken[0] == taken[1] <= 12
