"""The home page names what waits for its reader first, and nothing of anybody else's."""

import re

import pytest

from app import clock
from app.access import Role
from app.db import db
from app.rounds.models import EnrolmentRole
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW
from tests.forms import post


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture
def ada(app):
    return factories.person(name="Ada")


@pytest.fixture
def home(ada, client_for):
    client = client_for(factories.account(of=ada))
    return lambda: client.get("/")


def test_a_new_person_reads_one_card_that_says_how_to_begin(home):
    page = words(home())
    assert "Find your first mentor" in page
    assert "Say what I want to learn" in page


def test_an_open_round_comes_first_with_its_deadline(home):
    matching_round = factories.matching_round()
    page = home()
    assert f"Find a mentor, or be one, in {matching_round.name}" in words(page)
    assert "Until 30 November 2026, in 7 days" in words(page)
    assert f'href="/rounds/{matching_round.id}/enrolment"' in page.text


def test_someone_who_takes_part_is_told_so_and_not_asked_again(ada, home):
    matching_round = factories.matching_round()
    factories.enrolment(ada, EnrolmentRole.MENTEE, matching_round)
    page = words(home())
    assert "You take part" in page
    assert "You are not on the list yet" not in page


@pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.CLOSED, RoundState.CANCELLED])
def test_a_round_that_is_not_open_is_not_offered(home, state):
    matching_round = factories.matching_round(state=state)
    assert matching_round.name not in words(home())


def test_hr_reads_the_next_step_of_the_round_and_takes_it(app, client_for):
    matching_round = factories.matching_round(state=RoundState.DRAFT)
    client = client_for(factories.account(roles={Role.EMPLOYEE, Role.HR}))
    assert "Open enrolment" in words(client.get("/"))
    assert post(client, f"/rounds/{matching_round.id}/open", page="/").status_code == 303
    assert "Close enrolment" in words(client.get("/"))


def test_an_account_without_a_person_reads_why_nothing_is_there(app, client_for):
    account = factories.account(roles={Role.ADMINISTRATOR})
    account.person_id = None
    db.session.commit()
    assert "belongs to nobody in the company" in words(client_for(account).get("/"))


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(5, "Good morning"), (11, "Good afternoon"), (16, "Good afternoon"), (18, "Good evening")],
)
def test_the_greeting_follows_the_readers_clock(home, frozen_clock, hour, greeting):
    frozen_clock(NOW.replace(hour=hour))
    assert f"{greeting}, Ada" in words(home())


def test_hr_is_led_to_the_round_under_way_and_to_the_next(app, client_for):
    running = factories.matching_round(name="Autumn", state=RoundState.PUBLISHED, published_at=clock.now())
    client = client_for(factories.account(roles={Role.EMPLOYEE, Role.HR}))
    page = client.get("/")
    assert f'href="/rounds/{running.id}"' in page.text
    assert "Prepare the next round" in words(page)


def test_a_training_architect_sees_rounds_and_is_not_asked_to_prepare_one(app, client_for):
    client = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    page = words(client.get("/"))
    assert "All rounds" in page
    assert "Prepare the next round" not in page


def test_an_employee_sees_nothing_of_rounds_beyond_their_own(home):
    assert "All rounds" not in words(home())


class TestReminder:
    """Who looks for a mentor and has not asked for one is told so before the last day."""

    WORDS = "You look for a mentor, and are not on the list of"

    @pytest.fixture
    def matching_round(self, app):
        return factories.matching_round()

    @pytest.fixture
    def ada(self, app):
        return factories.person(name="Ada", seeks_mentor=True)

    def test_it_names_the_last_day_and_leads_to_the_round(self, home, matching_round):
        page = home()
        assert f"{self.WORDS} {matching_round.name}" in words(page)
        assert "Until 30 November 2026, in 7 days" in words(page)
        assert page.text.count(f'href="/rounds/{matching_round.id}/enrolment"') == 1

    def test_a_mentor_who_looks_for_one_is_reminded_too(self, ada, home, matching_round):
        factories.enrolment(ada, EnrolmentRole.MENTOR, matching_round)
        assert self.WORDS in words(home())

    def test_it_goes_when_they_have_asked_or_changed_their_mind(self, ada, home, matching_round):
        row = factories.enrolment(ada, EnrolmentRole.MENTEE, matching_round)
        assert self.WORDS not in words(home())
        row.withdrawn_at = NOW
        db.session.commit()
        assert self.WORDS not in words(home())

    @pytest.mark.parametrize(
        "change",
        [
            {"seeks_mentor": False},
            {"paused_from": NOW.date()},
        ],
    )
    def test_nobody_else_is_reminded(self, ada, home, matching_round, change):
        for name, value in change.items():
            setattr(ada, name, value)
        db.session.commit()
        assert self.WORDS not in words(home())

    def test_it_is_gone_after_the_last_day(self, home, matching_round):
        matching_round.closes_on = NOW.date().replace(day=22)
        db.session.commit()
        assert self.WORDS not in words(home())

    def test_hr_keeps_the_next_step_of_the_round_as_the_first_thing(self, ada, client_for, matching_round):
        page = client_for(factories.account(of=ada, roles={Role.EMPLOYEE, Role.HR})).get("/")
        assert self.WORDS in words(page)
        assert page.text.count("up-next") == 1
