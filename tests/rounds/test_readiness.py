"""Before a run HR sees where places are short, skill by skill, and whom to invite."""

import pytest

from app.access import Role
from app.db import db
from app.people.models import Person
from app.rounds import readiness
from app.rounds.models import EnrolmentRole
from app.skills.models import EdgeKind, SkillEdge
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.rounds.test_pages import words

MENTEE, MENTOR = EnrolmentRole.MENTEE, EnrolmentRole.MENTOR


@pytest.fixture
def matching_round(app):
    return factories.matching_round()


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def mentee(matching_round, *wanted, **values) -> Person:
    person = factories.person(**values)
    factories.enrolment(person, MENTEE, matching_round)
    for skill, level in wanted:
        factories.goal(person, skill, level=level)
    return person


def mentor(matching_round, *held, places=1, **values) -> Person:
    person = factories.person(**{"mentor_capacity": places, **values})
    factories.enrolment(person, MENTOR, matching_round, places=places)
    for skill, level in held:
        factories.claim(person, skill, level=level)
    return person


def found(matching_round):
    with db.session.no_autoflush:
        return readiness.readiness_of(matching_round, matching_round.programmes[0])


def rows(app, matching_round) -> dict[str, tuple[int, int, int, int]]:
    with app.test_request_context():
        return {
            row.label: (row.wanted_by, row.mentors, row.places, row.near)
            for row in found(matching_round).rows
        }


def test_each_skill_is_counted_with_those_who_hold_it_at_a_wanted_level(app, matching_round):
    sql, python = factories.skill("SQL"), factories.skill("Python")
    mentee(matching_round, (sql, 3), (python, 2))
    mentee(matching_round, (sql, 5))
    mentor(matching_round, (sql, 3), places=2)
    mentor(matching_round, (sql, 4), (python, 1), places=3)
    mentor(matching_round, (sql, 2), places=9)
    assert rows(app, matching_round) == {"Python": (1, 0, 0, 0), "SQL": (2, 2, 5, 0)}


def test_who_is_away_withdrawn_full_by_profile_or_in_another_round_does_not_count(app, matching_round):
    sql = factories.skill("SQL")
    mentee(matching_round, (sql, 3))
    mentee(matching_round, (sql, 3), paused_from=NOW.date())
    mentee(factories.matching_round(), (sql, 3))
    mentor(matching_round, (sql, 4), left_on=NOW.date())
    capped = mentor(matching_round, (sql, 4), places=4)
    capped.mentor_capacity = 1
    none_left = mentor(matching_round, (sql, 4), places=2)
    none_left.mentor_capacity = 0
    gone = mentor(matching_round, (sql, 4))
    row = db.session.query(factories.Enrolment).filter_by(person_id=gone.id).one()
    row.withdrawn_at = NOW
    db.session.commit()
    assert rows(app, matching_round) == {"SQL": (1, 1, 1, 0)}


@pytest.mark.parametrize("kind", EdgeKind)
@pytest.mark.parametrize("turned", [False, True])
def test_near_are_other_mentors_one_step_away_in_the_graph(app, matching_round, kind, turned):
    wanted, near, far = (factories.skill(label) for label in ("A", "B", "C"))
    if turned and kind is not EdgeKind.RELATED:
        db.session.add(SkillEdge(from_skill_id=near.id, kind=kind, to_skill_id=wanted.id))
    else:
        db.session.add(SkillEdge(from_skill_id=wanted.id, kind=kind, to_skill_id=near.id))
    db.session.add(SkillEdge(from_skill_id=near.id, kind=EdgeKind.RELATED, to_skill_id=far.id))
    mentee(matching_round, (wanted, 3))
    mentor(matching_round, (near, 3))
    mentor(matching_round, (near, 2))
    mentor(matching_round, (far, 5))
    mentor(matching_round, (near, 5), (wanted, 3))
    assert rows(app, matching_round)["A"] == (1, 1, 1, 1)


def test_the_scarcest_come_first_and_the_sentence_names_the_first(app, matching_round):
    scarce, even, plenty = (factories.skill(label) for label in ("Scarce", "Even", "Plenty"))
    for _ in range(4):
        mentee(matching_round, (scarce, 3))
    mentee(matching_round, (even, 3), (plenty, 3))
    mentor(matching_round, (scarce, 3), (even, 3))
    mentor(matching_round, (plenty, 3), places=6)
    assert list(rows(app, matching_round)) == ["Scarce", "Even", "Plenty"]
    programme = matching_round.programmes[0]
    line = readiness.feasibility(matching_round, programme)
    assert line == "5 people, 7 places; Scarce: 4 ask, 1 place."


def test_a_round_with_places_for_all_says_so(app, matching_round):
    sql = factories.skill()
    mentee(matching_round, (sql, 3))
    mentor(matching_round, (sql, 3))
    line = readiness.feasibility(matching_round, matching_round.programmes[0])
    assert line == "1 person, 1 place; every skill that is wanted has a place for each who wants it."


def test_whoever_wants_more_than_any_mentor_holds_is_told_of(app, matching_round):
    sql = factories.skill()
    for level in (3, 5, 5):
        mentee(matching_round, (sql, level))
    mentor(matching_round, (sql, 4), places=9)
    with app.test_request_context():
        row = found(matching_round).rows[0]
    assert row.beyond == "2 people want level 5; the best mentor is at level 4."
    assert row.short == 0


class TestPage:
    def test_hr_and_architect_read_it_and_are_led_to_whom_to_invite(self, as_hr, client_for, matching_round):
        sql = factories.skill("SQL & more")
        mentee(matching_round, (sql, 3))
        could = factories.person(name="Could Help")
        factories.claim(could, sql, level=4)
        mentor(matching_round, (sql, 5), name="Helps already")
        address = f"/rounds/{matching_round.id}/readiness"
        page = as_hr.get(address)
        assert "1 person, 1 place" in words(page)
        invite = "/people?skill=SQL+%26+more&amp;offers_none=y"
        assert f'href="{invite}"' in page.text
        people = words(as_hr.get(invite.replace("&amp;", "&")))
        assert "Could Help" in people
        assert "Helps already" not in people
        architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
        assert "1 person, 1 place" in words(architect.get(address))
        assert client_for(factories.account()).get(address).status_code == 404

    def test_programmes_are_looked_at_one_by_one(self, as_hr, matching_round):
        other = factories.programme(name="A second programme")
        matching_round.programmes.append(other)
        db.session.commit()
        sql = factories.skill("SQL")
        person = mentee(matching_round, (sql, 3))
        db.session.query(factories.Enrolment).filter_by(person_id=person.id).one().programme_id = other.id
        db.session.commit()
        address = f"/rounds/{matching_round.id}/readiness"
        assert "1 skill is wanted" in words(as_hr.get(f"{address}?programme={other.id}"))
        first = next(row for row in matching_round.programmes if row.id != other.id)
        assert "0 skills are wanted" in words(as_hr.get(f"{address}?programme={first.id}"))
        assert as_hr.get(f"{address}?programme=nonsense").status_code == 200

    def test_lists_are_paged_and_statements_do_not_grow(self, as_hr, matching_round):
        address = f"/rounds/{matching_round.id}/readiness"
        taken = []
        for count in (1, 30):
            for number in range(count):
                skill = factories.skill(f"Skill {count} {number:02}")
                mentee(matching_round, (skill, 3))
                mentor(matching_round, (skill, 4))
            with count_statements() as sent:
                page = as_hr.get(address)
            taken.append(len(sent))
        assert page.text.count('<th scope="row">') == 25
        assert as_hr.get(f"{address}?page=2").text.count('<th scope="row">') == 6
        assert taken[0] == taken[1]
        assert taken[1] <= 10
