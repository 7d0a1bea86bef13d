"""Between closing and the matching HR can add somebody, who is told and may still say no."""

import pytest
import sqlalchemy as sa

from app.audit import COMMAND_LINE, AuditEvent
from app.db import db
from app.errors import Conflict, Invalid
from app.rounds import enrolling, late_joining, queries, service
from app.rounds.models import Enrolment, EnrolmentRole
from app.rounds.states import RoundState
from app.skills.models import Claim
from tests import factories
from tests.conftest import NOW
from tests.forms import post
from tests.rounds.conftest import company, finished_run
from tests.rounds.test_pages import words

BY = COMMAND_LINE


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def closed(app):
    return factories.matching_round(state=RoundState.CLOSED)


def add(person, matching_round, role=EnrolmentRole.MENTEE, places=1):
    programme = matching_round.programmes[0]
    return late_joining.add_late(person, matching_round, programme=programme, role=role, places=places, by=BY)


def test_whoever_is_added_late_is_matched_like_anybody(app):
    matching_round = company(mentees=1, mentors=1)
    late = factories.person(name="Late")
    factories.goal(late, db.session.scalars(sa.select(Claim)).one().skill)
    add(late, matching_round)
    db.session.commit()
    assert finished_run(matching_round).mentees_matched == 2


def test_a_mentor_added_late_offers_places_on_their_profile_too(closed):
    mentor = factories.person(mentor_capacity=1)
    add(mentor, closed, EnrolmentRole.MENTOR, places=3)
    assert mentor.mentor_capacity == 3
    assert queries.enrolment_counts(closed.id).places == 3


def test_each_step_is_in_the_trail_under_the_person_it_is_about(closed):
    ada = factories.person()
    late_joining.take_out(add(ada, closed), closed, by=BY)
    trail = sa.select(AuditEvent.action).filter_by(person_id=ada.id).order_by(AuditEvent.id)
    assert db.session.scalars(trail).all() == ["enrolment.added_late", "enrolment.taken_out"]
    assert queries.enrolment_counts(closed.id).mentees == 0


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (RoundState.DRAFT, "is not closed yet"),
        (RoundState.OPEN, "is not closed yet"),
        (RoundState.SOLVING, "is being matched"),
        (RoundState.PROPOSED, "Open enrolment again"),
        (RoundState.CANCELLED, "is cancelled"),
    ],
)
def test_nobody_is_added_at_another_time(app, state, sentence):
    matching_round = factories.matching_round(state=state)
    with pytest.raises(Conflict, match=sentence):
        add(factories.person(), matching_round)


def test_nobody_is_added_twice_or_while_away(closed):
    ada = factories.person(name="Ada")
    add(ada, closed)
    with pytest.raises(Invalid, match="Ada takes part in this way already"):
        add(ada, closed)
    with pytest.raises(Invalid, match="is away on 7 December 2026"):
        add(factories.person(paused_from=NOW.date()), closed)
    with pytest.raises(Invalid, match="Choose one of the people found"):
        add(None, closed)
    with pytest.raises(Invalid, match="from 1 to 3"):
        add(factories.person(), closed, places=4)


def test_whoever_was_added_may_say_no_and_is_not_added_again(closed):
    ada = factories.person(name="Ada")
    enrolling.withdraw(add(ada, closed), closed, by=BY)
    assert queries.enrolments_of(ada.id, closed.id) == []
    with pytest.raises(Invalid, match="has withdrawn"):
        add(ada, closed)


def test_whoever_joined_by_themselves_can_neither_leave_nor_be_taken_out_after_closing(closed):
    row = factories.enrolment(factories.person(), EnrolmentRole.MENTEE, closed)
    with pytest.raises(Conflict, match="is closed"):
        enrolling.withdraw(row, closed, by=BY)
    with pytest.raises(Conflict, match="Only somebody who was added late"):
        late_joining.take_out(row, closed, by=BY)
    assert row.withdrawn_at is None


def test_whoever_was_taken_out_can_be_added_again(closed):
    ada = factories.person()
    late_joining.take_out(add(ada, closed), closed, by=BY)
    assert add(ada, closed).withdrawn_at is None
    assert db.session.scalar(sa.select(sa.func.count(Enrolment.id))) == 1


def test_joining_again_after_the_round_was_opened_again_is_ones_own_choice(closed):
    ada = factories.person()
    row = add(ada, closed)
    service.open_round(closed, by=BY)
    programme = closed.programmes[0]
    enrolling.enrol(ada, closed, programme=programme, role=EnrolmentRole.MENTEE, by=BY)
    assert row.added_late_at is None


def test_hr_finds_and_adds_somebody_whose_page_tells_them(as_hr, client_for, closed):
    ada = factories.person(name="Ada Quist")
    address = f"/rounds/{closed.id}/enrolment/late"
    assert f'href="{address}"' in as_hr.get(f"/rounds/{closed.id}").text
    found = f"{address}?name=quist"
    part = f"{closed.programmes[0].id}-mentee"
    fields = {"person_id": ada.id, "part": part, "places": "1"}
    assert f'type="radio" value="{ada.id}"' in as_hr.get(found).text
    assert post(as_hr, found, fields).status_code == 303
    assert "1 late joiner" in words(as_hr.get(address))
    as_ada = client_for(factories.account(of=ada))
    own = f"/rounds/{closed.id}/enrolment"
    assert "HR added you on 23 November 2026" in words(as_ada.get(own))
    assert f'href="{own}"' in as_ada.get("/").text
    row = queries.enrolments_of(ada.id, closed.id)[0]
    assert post(as_ada, f"{own}/{row.id}/withdraw", page=own).status_code == 303
    assert "You withdrew on 23 November 2026." in words(as_ada.get(own))


def test_hr_is_told_beside_the_field_why_somebody_cannot_be_added(as_hr, closed):
    ada = factories.person(name="Ada Quist")
    add(ada, closed)
    db.session.commit()
    part = f"{closed.programmes[0].id}-mentee"
    refused = post(
        as_hr,
        f"/rounds/{closed.id}/enrolment/late?name=quist",
        {"person_id": ada.id, "part": part, "places": "1"},
    )
    assert refused.status_code == 422
    assert "Ada Quist takes part in this way already." in words(refused)


def test_an_enrolment_of_another_round_is_not_taken_out(as_hr, closed):
    row = add(factories.person(), closed)
    db.session.commit()
    other = factories.matching_round(state=RoundState.CLOSED)
    assert post(as_hr, f"/rounds/{other.id}/enrolment/late/{row.id}/remove").status_code == 404
    assert row.withdrawn_at is None
