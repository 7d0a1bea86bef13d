"""Who may take part in a programme: chosen by HR, counted before it is saved, and kept wherever people join."""

from itertools import product

import pytest
import sqlalchemy as sa

from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import Location, Person
from app.programmes import audience, versions
from app.programmes.models import AudienceRole, Programme, ProgrammeKind
from app.rounds import data_quality, enrolling, late_joining, queries, readiness, service, snapshot
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW, signed_in_client
from tests.forms import post
from tests.programmes.test_pages import words
from tests.rounds.conftest import BY, company, department

MENTEES_OF_CARE = {"mentee": {"departments": ["Care"]}}


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def programme(app) -> Programme:
    return factories.programme(key="mentoring", name="Mentoring")


def location(name: str) -> Location:
    row = Location(name=name, time_zone="Europe/Paris")
    db.session.add(row)
    db.session.commit()
    return row


def open_to(programme: Programme, chosen: dict) -> None:
    versions.change(programme, {"audience": chosen}, by=BY)
    db.session.commit()


def let_in(programme: Programme, role: AudienceRole) -> set[str]:
    query = sa.select(Person.name).where(audience.may_take_part(programme.id, role))
    return set(db.session.scalars(query))


LIMITS = [
    {},
    {"departments": ["Care"]},
    {"departments": ["Care", "Sales"]},
    {"locations": ["Paris"]},
    {"lowest_grade": 3},
    {"highest_grade": 3},
    {"lowest_grade": 3, "highest_grade": 3},
    {"departments": ["Sales"], "locations": ["Paris"], "lowest_grade": 2, "highest_grade": 4},
]


@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_limits_let_in_whom_they_name_saved_or_not(programme, limits):
    """Whoever has no department, place or grade is outside every limit of it."""
    departments = [None, department("Care"), department("Sales"), department("Law")]
    places = [None, location("Paris"), location("Oslo")]
    meant = set()
    for number, (group, place, grade) in enumerate(product(departments, places, (None, 1, 3, 5))):
        factories.person(
            name=f"P{number}",
            department_id=group.id if group else None,
            location_id=place.id if place else None,
            grade=grade,
        )
        has_group = not limits.get("departments") or (group and group.name in limits["departments"])
        has_place = not limits.get("locations") or (place and place.name in limits["locations"])
        high = "lowest_grade" not in limits or (grade or 0) >= limits["lowest_grade"]
        low = "highest_grade" not in limits or (grade or 99) <= limits["highest_grade"]
        if has_group and has_place and high and low:
            meant.add(f"P{number}")
    open_to(programme, {"mentee": limits} if limits else {})

    assert let_in(programme, AudienceRole.MENTEE) == meant
    assert set(db.session.scalars(sa.select(Person.name).where(audience.is_among(limits)))) == meant
    assert len(let_in(programme, AudienceRole.MENTOR)) == 48, "the other role stays open to everyone"


def test_only_who_works_here_is_counted(programme):
    factories.person()
    factories.person(left_on=NOW.date())
    assert audience.count_of({}) == 1


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, "everyone"),
        ({"departments": ["Care"]}, "people in Care"),
        ({"departments": ["Care", "Law", "Sales"]}, "people in Care, Law or Sales"),
        ({"locations": ["Paris"], "lowest_grade": 3}, "people at Paris, of grade 3 or higher"),
        ({"highest_grade": 3}, "people of grade 3 or lower"),
        ({"lowest_grade": 3, "highest_grade": 3}, "people of grade 3"),
        ({"lowest_grade": 3, "highest_grade": 5}, "people of grade 3 to 5"),
    ],
)
def test_limits_are_said(limits, said):
    assert audience.people_in_words(limits) == said


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"lowest_grade": 0}, "mentee_lowest_grade"),
        ({"highest_grade": 21}, "mentee_highest_grade"),
        ({"lowest_grade": 4, "highest_grade": 3}, "mentee_highest_grade"),
        ({"departments": ["Nowhere"]}, "mentee_departments"),
        ({"locations": ["Nowhere"]}, "mentee_locations"),
    ],
)
def test_limits_that_make_no_sense_are_refused(programme, limits, field):
    with pytest.raises(Invalid) as refusal:
        open_to(programme, {"mentee": limits})
    assert refusal.value.field == field


def test_what_is_written_is_what_is_read(programme):
    department("Care"), location("Paris")
    chosen = {
        "mentee": {"departments": ["Care"], "lowest_grade": 2},
        "mentor": {"locations": ["Paris"], "highest_grade": 9},
    }
    open_to(programme, chosen)
    assert audience.audience_of(programme) == chosen
    open_to(programme, {})
    assert audience.audience_of(programme) == {}


def test_people_are_counted_before_anything_is_saved(as_hr, programme):
    care = department("Care")
    for grade in (2, 3, 4):
        factories.person(department_id=care.id, grade=grade)
    address = "/programmes/mentoring/people"
    assert words(as_hr.get(address)).count("4 of 4 people") == 2
    query = f"{address}?count=yes&mentee_departments=Care&mentee_lowest_grade=3"
    counted = words(as_hr.get(query))
    assert "Mentees: 2 of 4 people · people in Care, of grade 3 or higher" in counted
    assert "Mentors: 4 of 4 people" in counted
    part = as_hr.get(query, headers={"HX-Request": "true"})
    assert part.text.strip().startswith('<div id="counts"')
    assert "2 people, 4 people" in part.text
    assert audience.audience_of(programme) == {}
    refused = as_hr.get(f"{address}?count=yes&mentee_lowest_grade=99", headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert words(refused).strip() == "Enter a grade from 1 to 20."
    assert as_hr.get(f"{address}?count=yes&mentee_departments=Nowhere").status_code == 422


def test_who_may_take_part_by_page(as_hr, programme):
    department("Care")
    address = "/programmes/mentoring/people"
    fields = {"mentee_departments": ["Care"], "mentor_lowest_grade": "4"}
    assert post(as_hr, address, fields, page=address).location == "/programmes/mentoring"
    page = words(as_hr.get("/programmes/mentoring"))
    assert "Mentees: people in Care · Mentors: people of grade 4 or higher" in page
    shown = as_hr.get(address).text
    assert 'value="4"' in shown
    assert shown.count(" checked ") == 1
    assert "csrf_token" not in as_hr.get(f"{address}?count=yes").request.query_string.decode()


def outsider(**values) -> Person:
    return factories.person(name="Olga Outside", department_id=department("Sales").id, **values)


def round_of_care(**values) -> MatchingRound:
    department("Care")
    matching_round = factories.matching_round(
        programmes=[factories.programme(name="Mentoring", key="mentoring")], **values
    )
    open_to(matching_round.programmes[0], MENTEES_OF_CARE)
    return matching_round


def test_only_those_who_are_meant_can_join(app):
    matching_round = round_of_care()
    (programme,) = matching_round.programmes
    with pytest.raises(Conflict, match=r"Mentees of Mentoring are people in Care\."):
        enrolling.enrol(outsider(), matching_round, programme=programme, role=EnrolmentRole.MENTEE, by=BY)
    insider = factories.person(department_id=department("Care").id)
    assert enrolling.enrol(insider, matching_round, programme=programme, role=EnrolmentRole.MENTEE, by=BY)
    assert enrolling.enrol(outsider(), matching_round, programme=programme, role=EnrolmentRole.MENTOR, by=BY)


def test_what_is_for_others_is_not_shown(app):
    matching_round = round_of_care()
    person = outsider()
    client = signed_in_client(factories.account(of=person))
    address = f"/rounds/{matching_round.id}/enrolment"
    page = words(client.get(address))
    assert "Be a mentor" in page
    assert "Find a mentor" not in page
    key = f"programme-{matching_round.programmes[0].id}"
    fields = {f"{key}-role": "mentee", f"{key}-mentors": "1"}
    sent = post(client, f"{address}/{matching_round.programmes[0].id}", fields)
    assert sent.status_code == 409
    assert "Mentees of Mentoring are people in Care." in words(sent)
    assert queries.open_rounds_for(person.id) == [(matching_round, 0, True)], "cannot ask for a mentor"
    open_to(matching_round.programmes[0], {**MENTEES_OF_CARE, "mentor": {"departments": ["Care"]}})
    assert client.get(address).status_code == 404
    assert post(client, f"{address}/{matching_round.programmes[0].id}", fields).status_code == 404
    assert matching_round.name not in words(client.get("/"))


def test_peer_coaching_has_one_part_of_its_own_to_limit(as_hr):
    """What programmes say of mentees and mentors does not open it, and nobody joins who is not meant."""
    department("Care")
    peers = factories.programme(key="peers", name="Peers", kind=ProgrammeKind.PEER_COACHING)
    address = "/programmes/peers/people"
    shown = words(as_hr.get(address))
    assert "Peers: " in shown
    assert "Mentees" not in shown
    fields = {"peer_departments": ["Care"], "mentee_lowest_grade": "4"}
    assert post(as_hr, address, fields, page=address).location == "/programmes/peers"
    assert audience.audience_of(peers) == {"peer": {"departments": ["Care"]}}
    assert "Peers: people in Care" in words(as_hr.get("/programmes/peers"))

    matching_round = factories.matching_round(programmes=[peers])
    person, insider = outsider(), factories.person(department_id=department("Care").id)
    with pytest.raises(Conflict, match=r"Peers of Peers are people in Care\."):
        enrolling.enrol(person, matching_round, programme=peers, role=EnrolmentRole.PEER, by=BY)
    assert queries.open_rounds_for(person.id) == []
    assert queries.open_rounds_for(insider.id) == [(matching_round, 0, False)]
    assert enrolling.enrol(insider, matching_round, programme=peers, role=EnrolmentRole.PEER, by=BY)
    assert queries.open_rounds_for(insider.id) == [(matching_round, 1, True)]
    closed_to_them = signed_in_client(factories.account(of=person))
    assert closed_to_them.get(f"/rounds/{matching_round.id}/enrolment").status_code == 404


def test_opening_enrols_only_those_who_are_meant(app):
    matching_round = round_of_care(state=RoundState.DRAFT)
    outsider(seeks_mentor=True)
    meant = factories.person(seeks_mentor=True, department_id=department("Care").id)
    assert service.open_round(matching_round, by=BY) == 1
    assert db.session.scalars(sa.select(Enrolment.person_id)).all() == [meant.id]


def test_nobody_is_added_late_who_is_not_meant(app):
    matching_round = round_of_care(state=RoundState.CLOSED)
    (programme,) = matching_round.programmes
    with pytest.raises(Invalid, match=r"Mentees of Mentoring are people in Care\.") as refusal:
        late_joining.add_late(
            outsider(), matching_round, programme=programme, role=EnrolmentRole.MENTEE, places=1, by=BY
        )
    assert refusal.value.field == "person_id"


def test_whoever_is_no_longer_meant_is_left_out_and_can_still_withdraw(app):
    matching_round = company()
    (programme,) = matching_round.programmes
    open_to(programme, {"mentee": {"departments": ["Care"]}})
    (asked,) = snapshot.take(matching_round).programmes
    assert asked.mentees == ()
    assert len(asked.mentors) == 3
    assert readiness.feasibility(matching_round, programme).startswith("0 people, 6 places")
    assert data_quality.problem_counts(matching_round)[data_quality.Problem.NOT_MEANT] == 6
    matching_round.state = RoundState.OPEN
    db.session.commit()
    mentee = db.session.scalars(sa.select(Person).filter_by(name="Mentee 0")).one()
    page = words(signed_in_client(factories.account(of=mentee)).get(f"/rounds/{matching_round.id}/enrolment"))
    assert "This is no longer open to you: HR has changed who may take part." in page
    assert "Withdraw my wish" in page
    assert "Save my wish" not in page
