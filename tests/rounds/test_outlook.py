"""Everybody sees where a round stands, what happens next, and what they can still change."""

from datetime import timedelta

import pytest

from app.db import db
from app.engagements.models import EngagementMember
from app.errors import Invalid
from app.rounds import enrolling, outlook, publishing, queries
from app.rounds.models import EnrolmentRole
from app.rounds.states import RoundState
from app.skills.models import Claim
from tests import factories
from tests.conftest import NOW
from tests.forms import post
from tests.rounds.conftest import BY, company, finished_run, person_called
from tests.rounds.test_pages import words

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("state", "stands", "first", "steps"),
    [
        (RoundState.OPEN, "Join, change or withdraw until the end of 30 November 2026, in 7 days.",
         "30 November 2026, in 7 days", 6),
        (RoundState.CLOSED, "Nobody has been matched yet.", "Now", 5),
        (RoundState.SOLVING, "Nobody has been matched yet.", "Now", 5),
        (RoundState.PROPOSED, "Nobody has been matched yet.", "Now", 4),
        (RoundState.PUBLISHED, "The matches last until 5 March 2027.", "7 December 2026, in 14 days", 2),
        (RoundState.COMPLETED, "Its matches ended on 5 March 2027.", None, 0),
        (RoundState.CANCELLED, "HR gave the round up, and nobody was matched in it.", None, 0),
    ],
)  # fmt: skip
def test_each_state_says_where_the_round_stands_and_what_comes_next(app, state, stands, first, steps):
    published_at = NOW if state in (RoundState.PUBLISHED, RoundState.COMPLETED) else None
    matching_round = factories.matching_round(state=state, published_at=published_at)
    coming = outlook.coming(matching_round)
    assert outlook.standing(matching_round).endswith(stands)
    assert (coming[0].when if coming else None, len(coming)) == (first, steps)


def test_once_they_have_started_only_the_end_of_the_mentorships_is_to_come(app, frozen_clock):
    matching_round = factories.matching_round(state=RoundState.PUBLISHED, published_at=NOW)
    frozen_clock(NOW + timedelta(days=30))
    assert [step.what.split(".")[0] for step in outlook.coming(matching_round)] == ["The matches end"]


class TestPage:
    @pytest.fixture
    def matching_round(self, app):
        return factories.matching_round()

    @pytest.fixture
    def ada(self, app):
        return factories.person(name="Ada")

    @pytest.fixture
    def as_ada(self, ada, client_for):
        return client_for(factories.account(of=ada))

    def sent(self, client, matching_round, role, **numbers):
        programme_id = matching_round.programmes[0].id
        fields = {f"programme-{programme_id}-{name}": value for name, value in numbers.items()}
        fields[f"programme-{programme_id}-role"] = role
        return post(client, f"/rounds/{matching_round.id}/enrolment/{programme_id}", fields)

    def test_somebody_seeks_two_mentors_and_offers_three_places_at_once(self, as_ada, ada, matching_round):
        self.sent(as_ada, matching_round, "mentee", mentors="2")
        self.sent(as_ada, matching_round, "mentor", places="3")
        page = words(as_ada.get(f"/rounds/{matching_round.id}/enrolment"))
        assert "You are on the list for 2 mentors." in page
        assert "You offer 3 places." in page
        places = {row.role: row.places for row in queries.enrolments_of(ada.id, matching_round.id)}
        assert places == {"mentee": 2, "mentor": 3}

    @pytest.mark.parametrize("mentors", ["0", "4", "x", ""])
    def test_a_wish_for_no_number_of_mentors_is_refused_beside_its_field(
        self, as_ada, ada, matching_round, mentors
    ):
        page = self.sent(as_ada, matching_round, "mentee", mentors=mentors)
        assert page.status_code == 422
        assert f'id="programme-{matching_round.programmes[0].id}-mentors-error"' in page.text
        assert queries.enrolments_of(ada.id, matching_round.id) == []

    def test_a_refused_offer_leaves_the_number_of_mentors_as_it_is(self, as_ada, matching_round):
        self.sent(as_ada, matching_round, "mentee", mentors="3")
        page = self.sent(as_ada, matching_round, "mentor", places="99")
        assert page.status_code == 422
        form_id = f"programme-{matching_round.programmes[0].id}"
        assert f'id="{form_id}-mentors" max="3" min="1" name="{form_id}-mentors" type="number" value="3"' in (
            page.text
        )

    def test_whoever_withdrew_can_come_back_until_the_last_day(
        self, as_ada, ada, matching_round, frozen_clock
    ):
        self.sent(as_ada, matching_round, "mentee")
        row = queries.enrolments_of(ada.id, matching_round.id)[0]
        address = f"/rounds/{matching_round.id}/enrolment"
        post(as_ada, f"{address}/{row.id}/withdraw", page=address)
        page = words(as_ada.get(address))
        assert (
            "You withdrew on 23 November 2026. You can come back until the end of 30 November 2026." in page
        )
        self.sent(as_ada, matching_round, "mentee")
        assert "You are on the list for a mentor." in words(as_ada.get(address))

    def test_home_leads_to_a_round_that_is_closed_only_for_those_who_take_part(
        self, as_ada, ada, client_for, matching_round
    ):
        factories.enrolment(ada, EnrolmentRole.MENTEE, matching_round)
        matching_round.state = RoundState.CLOSED
        db.session.commit()
        address = f'href="/rounds/{matching_round.id}/enrolment"'
        home = as_ada.get("/")
        assert address in home.text
        assert "Enrolment is closed; the matches come next" in words(home)
        assert address not in client_for(factories.account()).get("/").text

    def test_home_asks_nobody_to_join_after_the_last_day(self, as_ada, matching_round, frozen_clock):
        assert "Take part" in words(as_ada.get("/"))
        matching_round.closes_on = TODAY - timedelta(days=1)
        db.session.commit()
        assert "Take part" not in words(as_ada.get("/"))


def test_after_publication_each_sees_whether_they_were_matched(app, client_for):
    run = finished_run(company(mentees=3, mentors=1))
    publishing.publish_run(run, by=BY)
    db.session.commit()
    address = f"/rounds/{run.matching_round_id}/enrolment"
    met = queries.parts_with_match(person_called("Mentor 0").id, run.matching_round_id)
    assert {role for _, role in met} == {"mentor"}
    pages = [
        words(client_for(factories.account(of=person_called(f"Mentee {number}"))).get(address))
        for number in range(3)
    ]
    assert sum("See whom you were matched with" in page for page in pages) == run.mentees_matched
    assert sum("No mentor was found for you" in page for page in pages) == 3 - run.mentees_matched


def test_somebody_who_seeks_two_mentors_gets_two(app):
    matching_round = company(mentees=0, mentors=2, places=1)
    ada = factories.person()
    for mentor in ("Mentor 0", "Mentor 1"):
        factories.goal(ada, skill_of(person_called(mentor)))
    factories.enrolment(ada, EnrolmentRole.MENTEE, matching_round, places=2)
    run = finished_run(matching_round)
    publishing.publish_run(run, by=BY)
    assert db.session.query(EngagementMember).filter_by(person_id=ada.id).count() == 2


def skill_of(person):
    return db.session.query(Claim).filter_by(person_id=person.id).one().skill


def test_nobody_seeks_more_mentors_than_three(app):
    matching_round = factories.matching_round()
    with pytest.raises(Invalid, match="from 1 to 3"):
        enrolling.enrol(
            factories.person(),
            matching_round,
            programme=matching_round.programmes[0],
            role=EnrolmentRole.MENTEE,
            places=4,
            by=BY,
        )
