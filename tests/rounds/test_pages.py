"""HR takes a round from its first day to published matches by pages alone; everyone else sees their own part."""

import re

import pytest
import sqlalchemy as sa

from app.access import Role
from app.db import db
from app.engagements.models import Engagement
from app.feedback.models import Feedback
from app.people.models import Person
from app.rounds import publishing, running
from app.rounds.models import Assignment, Enrolment, EnrolmentRole, MatchingRound, UnmatchedPerson
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import BY, MENTEES, asked_for_run, company, finished_run, person_called

DATES = {
    "opens_on": "2026-11-23",
    "closes_on": "2026-11-30",
    "starts_on": "2026-12-07",
    "ends_on": "2027-03-05",
}


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def as_architect(app, client_for):
    return client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))


def words(response) -> str:
    """The text of a page as a reader gets it, blanks folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def test_a_round_by_pages_from_its_creation_to_published_matches(as_hr, client_for):
    skill = factories.skill("Negotiation")
    mentee = factories.person(name="Amara Diallo", seeks_mentor=True)
    mentor = factories.person(name="Tomas Lindqvist", mentor_capacity=1)
    factories.goal(mentee, skill)
    factories.claim(mentor, skill)
    programme = factories.programme(name="Mentoring")

    created = post(
        as_hr, "/rounds/new", {"name": "Winter", "programmes": programme.id, **DATES}, page="/rounds/new"
    )
    address = created.location
    assert created.status_code == 303
    assert "Open enrolment" in words(as_hr.get(address))
    assert post(as_hr, f"{address}/open", page=address).location == address
    assert "2 enrolments made from profiles" in words(as_hr.get(address))
    post(as_hr, f"{address}/close", page=address)
    run_address = post(as_hr, f"{address}/runs", page=address).location
    result = words(as_hr.get(run_address))
    assert "1 of 1 person has a mentor" in result
    assert "All 5 rules are kept. The plan is the best possible." in result
    assert "Amara Diallo with Tomas Lindqvist" in result
    assert "Tomas Lindqvist has Negotiation at level 4; Amara Diallo wants level 3" in result
    question = words(as_hr.get(f"{run_address}/publish"))
    assert "Publish 1 match?" in question
    assert "2 people see their match on their home page at once." in question
    address_of_publish = f"{run_address}/publish"
    published = post(as_hr, address_of_publish, {"how": "at_once"}, page=address_of_publish)
    assert published.location == address
    assert "1 match published" in words(as_hr.get(address))

    home = words(client_for(factories.account(of=mentee)).get("/"))
    assert "You and Tomas Lindqvist" in home
    assert "Tomas Lindqvist has Negotiation at level 4; you want level 3" in home
    home = words(client_for(factories.account(of=mentor)).get("/"))
    assert "You have Negotiation at level 4; Amara Diallo wants level 3" in home


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"closes_on": "2026-11-01"}, "Enter a day on or after the day enrolment opens."),
        ({"ends_on": "soon"}, "Enter a day that exists, as day, month and year."),
        ({"programmes": "987"}, "Choose among the options."),
        ({"programmes": []}, "Choose at least one programme."),
    ],
)
def test_a_round_that_makes_no_sense_is_refused_with_what_was_typed(as_hr, values, sentence):
    programme = factories.programme()
    response = post(as_hr, "/rounds/new", {"name": "Winter", "programmes": programme.id, **DATES, **values})
    assert response.status_code == 422
    assert sentence in words(response)
    assert db.session.scalar(sa.select(sa.func.count(MatchingRound.id))) == 0


def test_a_step_that_cannot_be_taken_is_absent_and_refused_for_the_same_reason(as_hr):
    matching_round = factories.matching_round(state=RoundState.CLOSED)
    address = f"/rounds/{matching_round.id}"
    reason = f"Nobody in {matching_round.name} seeks a mentor, so there is nothing to match."
    page = as_hr.get(address)
    assert reason in words(page)
    assert f'action="{address}/runs"' not in page.text
    refused = post(as_hr, f"{address}/runs")
    assert refused.status_code == 409
    assert reason in words(refused)


def test_a_run_shows_its_progress_and_asks_again_until_it_ends(as_hr, closed_round):
    run = asked_for_run(closed_round)
    attempt = running.take_up(run.id)
    running.report(attempt, stage="Finding who fits whom", done=30, total=100)
    db.session.commit()
    address = f"/rounds/{closed_round.id}/runs/{run.id}"
    page = as_hr.get(address)
    assert "Finding who fits whom" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    fragment = as_hr.get(address, headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith('<div id="progress"')
    assert 'hx-trigger="load delay:1s"' in fragment.text
    running.fail(attempt, "It came to nothing.")
    db.session.commit()
    last = as_hr.get(address, headers={"HX-Request": "true"})
    assert "It came to nothing." in last.text
    assert "hx-trigger" not in last.text
    assert "http-equiv" not in as_hr.get(address).text


def test_the_last_answer_of_a_finished_run_leads_to_its_matches(as_hr, closed_round):
    run = finished_run(closed_round)
    address = f"/rounds/{closed_round.id}/runs/{run.id}"
    last = as_hr.get(address, headers={"HX-Request": "true"})
    assert "6 of 6 people have a mentor" in words(last)
    assert f'href="{address}"' in last.text
    assert "hx-trigger" not in last.text


def test_the_longer_a_run_lasts_the_less_often_it_is_asked(as_hr, closed_round, frozen_clock):
    from datetime import timedelta

    run = asked_for_run(closed_round)
    running.take_up(run.id)
    db.session.commit()
    address = f"/rounds/{closed_round.id}/runs/{run.id}"
    for seconds, wait in ((10, 1), (31, 2), (301, 5)):
        frozen_clock(NOW + timedelta(seconds=seconds))
        assert f"delay:{wait}s" in as_hr.get(address, headers={"HX-Request": "true"}).text


def test_hr_stops_a_run(as_hr, closed_round):
    run = asked_for_run(closed_round)
    address = f"/rounds/{closed_round.id}/runs/{run.id}"
    assert post(as_hr, f"{address}/stop", page=address).status_code == 303
    assert "stopped before it had found a plan" in words(as_hr.get(address))
    assert post(as_hr, f"{address}/stop").status_code == 409


def test_a_result_says_who_is_left_out_why_and_what_to_do(as_hr):
    run = finished_run(company(mentees=4, mentors=1))
    page = words(as_hr.get(f"/rounds/{run.matching_round_id}/runs/{run.id}"))
    assert "2 of 4 people have a mentor" in page
    assert "2 people have no mentor" in page
    assert "1 mentor would be possible, and every place went to others." in page
    assert "Invite one more mentor" in page
    everyone = words(as_hr.get(f"/rounds/{run.matching_round_id}/runs/{run.id}/left-out"))
    assert everyone.count("every place went to others") == 2


def test_nobody_learns_of_a_block_from_a_cause(as_hr):
    from app.people.models import PersonalBlock

    matching_round = company(mentees=1, mentors=1)
    db.session.add(
        PersonalBlock(person_id=person_called("Mentee 0").id, blocked_person_id=person_called("Mentor 0").id)
    )
    db.session.commit()
    run = finished_run(matching_round)
    assert db.session.scalars(sa.select(UnmatchedPerson.details)).first()["rules"] == {}
    page = as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}")
    assert page.status_code == 200
    assert "block" not in words(page).casefold()


def test_matches_are_found_by_name_and_by_fit(as_hr, closed_round):
    run = finished_run(closed_round)
    address = f"/rounds/{closed_round.id}/runs/{run.id}"
    one = db.session.scalars(sa.select(Assignment).order_by(Assignment.id)).first()
    one.points = 10
    db.session.commit()
    assert as_hr.get(address).text.count("<article") == MENTEES
    assert as_hr.get(f"{address}?q=mentee+3").text.count("<article") == 1
    assert as_hr.get(f"{address}?q=%25").text.count("<article") == 0
    weak = as_hr.get(f"{address}?show=look")
    assert weak.text.count("<article") >= 1
    assert "Weak fit, 10 of 100" in weak.text
    assert as_hr.get(f"{address}?show=nonsense").text.count("<article") == MENTEES
    assert as_hr.get(f"{address}?page=99").status_code == 200
    assert as_hr.get(f"{address}?q={'x' * 101}").status_code == 422


def test_a_plan_that_has_changed_since_is_refused_with_what_to_do(as_hr, closed_round):
    run = finished_run(closed_round)
    person_called("Mentee 0").left_on = NOW.date()
    db.session.commit()
    response = post(as_hr, f"/rounds/{closed_round.id}/runs/{run.id}/publish", {"how": "at_once"})
    assert response.status_code == 409
    assert "1 match of this run has changed since" in words(response)
    assert db.session.scalar(sa.select(sa.func.count(Engagement.id))) == 0


def test_the_pairs_are_a_download_that_names_its_run(as_hr, as_architect, closed_round):
    run = finished_run(closed_round)
    address = f"/rounds/{closed_round.id}/runs/{run.id}"
    pairs = as_hr.get(f"{address}/pairs.csv")
    assert pairs.headers["Content-Disposition"] == f'attachment; filename="run-{run.id}-pairs.csv"'
    assert len(pairs.text.splitlines()) == 1 + MENTEES
    assert as_architect.get(f"{address}/pairs.csv").status_code == 200


@pytest.mark.parametrize("document", ["problem.json", "solution.json"])
def test_no_page_hands_out_what_lists_personal_blocks(as_hr, closed_round, document):
    run = finished_run(closed_round)
    address = f"/rounds/{closed_round.id}/runs/{run.id}"
    assert document not in as_hr.get(address).text
    assert as_hr.get(f"{address}/{document}").status_code == 404


def test_an_architect_reads_everything_and_is_offered_nothing(as_architect, closed_round):
    run = finished_run(closed_round)
    for address in ("/rounds", f"/rounds/{closed_round.id}", f"/rounds/{closed_round.id}/runs/{run.id}"):
        page = as_architect.get(address)
        assert page.status_code == 200
        main = page.text[page.text.index("<main") : page.text.index("</main")]
        sent = re.findall(r'<form[^>]*method="post"[^>]* action="([^"]*)"', main)
        assert {where.rsplit("/", 1)[-1] for where in sent} <= {"others"}, "they ask, and decide nothing"
    assert as_architect.get("/rounds/new").status_code == 403
    assert post(as_architect, f"/rounds/{closed_round.id}/runs/{run.id}/publish").status_code == 403
    assert run.published_at is None


def test_a_run_is_found_only_under_its_own_round(as_hr, closed_round):
    run = finished_run(closed_round)
    other = factories.matching_round()
    assert as_hr.get(f"/rounds/{other.id}/runs/{run.id}").status_code == 404


def test_cancelling_asks_first(as_hr, closed_round):
    address = f"/rounds/{closed_round.id}/cancel"
    assert "6 mentees and 3 mentors will not be matched in it." in words(as_hr.get(address))
    post(as_hr, address, page=address)
    assert closed_round.state is RoundState.CANCELLED
    assert as_hr.get(address).status_code == 409


def test_the_rating_of_the_round_before_needs_five_answers(as_hr, closed_round):
    run = finished_run(closed_round)
    publishing.publish_run(run, by=BY)
    db.session.commit()
    following = factories.matching_round(
        opens_on=closed_round.ends_on, closes_on=closed_round.ends_on,
        starts_on=closed_round.ends_on, ends_on=closed_round.ends_on.replace(month=9),
    )  # fmt: skip
    engagements = db.session.scalars(sa.select(Engagement)).all()
    for number, engagement in enumerate(engagements[:5], start=1):
        db.session.add(
            Feedback(engagement_id=engagement.id, by_person_id=engagement.members[0].person_id, rating=4)
        )
        db.session.commit()
        shown = "of 5" in words(as_hr.get(f"/rounds/{following.id}"))
        assert shown == (number == 5)


def statements_by_page(client, run) -> dict[str, int]:
    round_address = f"/rounds/{run.matching_round_id}"
    addresses = {
        "home": "/",
        "rounds": "/rounds",
        "mentorships": "/mentorships",
        "round": round_address,
        "enrolment": f"{round_address}/enrolment",
        "run": f"{round_address}/runs/{run.id}",
        "left out": f"{round_address}/runs/{run.id}/left-out",
        "publish": f"{round_address}/runs/{run.id}/publish",
    }
    taken = {}
    for page, address in addresses.items():
        with count_statements() as sent:
            assert client.get(address).status_code == 200
        taken[page] = len(sent)
    return taken


def test_pages_take_a_constant_few_statements(hr, as_hr):
    few = statements_by_page(as_hr, finished_run(company(mentees=2, mentors=1)))
    many = statements_by_page(as_hr, finished_run(company(mentees=40, mentors=15)))
    assert many == few
    assert max(many.values()) <= 8


class TestEnrolment:
    @pytest.fixture
    def matching_round(self, app) -> MatchingRound:
        return factories.matching_round()

    @pytest.fixture
    def ada(self, app) -> Person:
        return factories.person(name="Ada")

    @pytest.fixture
    def as_ada(self, ada, client_for):
        return client_for(factories.account(of=ada))

    def part(self, matching_round, role, **values):
        programme_id = matching_round.programmes[0].id
        fields = {"role": role, **values}
        return (
            f"/rounds/{matching_round.id}/enrolment/{programme_id}",
            {f"programme-{programme_id}-{name}": value for name, value in fields.items()},
        )

    def test_an_employee_joins_as_mentee_and_withdraws(self, as_ada, ada, matching_round):
        page = f"/rounds/{matching_round.id}/enrolment"
        address, fields = self.part(matching_round, "mentee")
        assert post(as_ada, address, fields, page=page).status_code == 303
        enrolment = db.session.scalars(sa.select(Enrolment)).one()
        assert (enrolment.person_id, enrolment.role) == (ada.id, EnrolmentRole.MENTEE)
        assert "You are on the list for a mentor." in words(as_ada.get(page))
        assert post(as_ada, f"{page}/{enrolment.id}/withdraw", page=page).status_code == 303
        assert "You are not on the list for a mentor." in words(as_ada.get(page))

    def test_an_employee_offers_places(self, as_ada, ada, matching_round):
        address, fields = self.part(matching_round, "mentor", places="3")
        post(as_ada, address, fields)
        assert "You offer 3 places." in words(as_ada.get(f"/rounds/{matching_round.id}/enrolment"))
        assert ada.mentor_capacity == 3

    @pytest.mark.parametrize("places", ["0", "21", "many", "", "99999999999999999999"])
    def test_an_offer_that_is_no_number_of_places_is_refused(self, as_ada, matching_round, places):
        address, fields = self.part(matching_round, "mentor", places=places)
        assert post(as_ada, address, fields).status_code == 422
        assert db.session.scalar(sa.select(sa.func.count(Enrolment.id))) == 0

    def test_a_part_nobody_knows_is_refused(self, as_ada, matching_round):
        address, fields = self.part(matching_round, "director")
        assert post(as_ada, address, fields).status_code == 422

    def test_nobody_withdraws_another_person(self, as_ada, matching_round):
        other = factories.enrolment(factories.person(), EnrolmentRole.MENTEE, matching_round)
        assert post(as_ada, f"/rounds/{matching_round.id}/enrolment/{other.id}/withdraw").status_code == 404
        assert other.withdrawn_at is None

    def test_a_round_in_preparation_is_not_known_to_employees(self, as_ada):
        draft = factories.matching_round(state=RoundState.DRAFT)
        assert as_ada.get(f"/rounds/{draft.id}/enrolment").status_code == 404

    def test_a_closed_round_says_so_and_offers_nothing(self, as_ada, matching_round):
        matching_round.state = RoundState.CLOSED
        db.session.commit()
        page = as_ada.get(f"/rounds/{matching_round.id}/enrolment")
        assert f"Enrolment in {matching_round.name} is closed." in words(page)
        assert "Find me a mentor" not in page.text
        address, fields = self.part(matching_round, "mentee")
        assert post(as_ada, address, fields).status_code == 409
