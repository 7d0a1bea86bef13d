"""What is wrong with the people of a round is listed, counted by kind, and led to what mends it."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.access import Role
from app.db import db
from app.people.models import Person, PersonalBlock
from app.programmes.models import ProgrammeCriterion, ProgrammeRule
from app.rounds import data_quality
from app.rounds.data_quality import WORDS, Problem
from app.rounds.models import Enrolment, EnrolmentRole
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.rounds.test_pages import words

MENTEE, MENTOR = EnrolmentRole.MENTEE, EnrolmentRole.MENTOR
TODAY = NOW.date()


@pytest.fixture
def matching_round(app):
    return factories.matching_round()


@pytest.fixture
def chief(app):
    return factories.person(name="Chief")


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def sound(matching_round, chief, role=MENTEE, **values) -> Person:
    """Somebody in the round with whom nothing is wrong, but for `values`."""
    person = factories.person(**{"manager_id": chief.id, "mentor_capacity": 1, **values})
    factories.enrolment(person, role, matching_round)
    skill = factories.skill()
    factories.goal(person, skill)
    factories.claim(person, skill)
    return person


def without(table: str, person: Person) -> None:
    db.session.execute(sa.text(f"DELETE FROM {table} WHERE person_id = :id"), {"id": person.id})
    db.session.commit()


def found(matching_round) -> list[tuple[str, str]]:
    return [(row.problem.value, row.name) for row in data_quality.all_problems(matching_round)]


def test_nothing_is_wrong_with_somebody_complete(matching_round, chief):
    sound(matching_round, chief)
    sound(matching_round, chief, MENTOR)
    assert found(matching_round) == []
    assert data_quality.problem_counts(matching_round) == {}


@pytest.mark.parametrize(
    ("problem", "role", "values"),
    [
        (Problem.AWAY, MENTEE, {"paused_from": TODAY}),
        (Problem.AWAY, MENTOR, {"left_on": TODAY}),
        (Problem.NO_PLACE, MENTOR, {"mentor_capacity": 0}),
        (Problem.NO_MANAGER, MENTEE, {"manager_id": None}),
        (Problem.SAME_NAME, MENTEE, {"name": "chief"}),
        (Problem.NO_HOURS, MENTEE, {"working_hours": []}),
        (Problem.NO_LANGUAGE, MENTOR, {"languages": []}),
    ],
)
def test_each_problem_is_found(matching_round, chief, problem, role, values):
    person = sound(matching_round, chief, role, **values)
    assert found(matching_round) == [(problem.value, person.name)]


@pytest.mark.parametrize(
    ("problem", "role", "table"),
    [(Problem.NOTHING_WANTED, MENTEE, "goal"), (Problem.NOTHING_HELD, MENTOR, "claim")],
)
def test_a_mentee_without_goals_and_a_mentor_without_skills_are_found(
    matching_round, chief, problem, role, table
):
    person = sound(matching_round, chief, role)
    without(table, person)
    other = MENTOR if role is MENTEE else MENTEE
    without(table, sound(matching_round, chief, other))
    assert found(matching_round) == [(problem.value, person.name)]


@pytest.mark.parametrize("asks", ["rule", "weight", "nothing"])
def test_a_grade_is_missed_only_where_grades_matter(matching_round, chief, asks):
    sound(matching_round, chief, grade=None, name="No Grade")
    programme = matching_round.programmes[0]
    if asks == "rule":
        programme.rules.append(ProgrammeRule(rule="grade_distance", parameters={"min": 1}))
    if asks == "weight":
        programme.criteria.append(ProgrammeCriterion(criterion="grade_step", weight=5))
    db.session.commit()
    assert found(matching_round) == ([] if asks == "nothing" else [("no_grade", "No Grade")])


def test_who_seeks_a_mentor_and_has_not_joined_is_found_unless_they_withdrew(matching_round):
    factories.person(name="Waits", seeks_mentor=True)
    factories.person(name="Away", seeks_mentor=True, paused_from=TODAY)
    withdrew = factories.person(name="Withdrew", seeks_mentor=True)
    factories.enrolment(withdrew, MENTEE, matching_round).withdrawn_at = NOW
    db.session.commit()
    assert found(matching_round) == [("not_enrolled", "Waits")]


def test_whoever_withdrew_or_is_in_another_round_is_no_problem_of_this_one(matching_round, chief):
    person = sound(matching_round, chief, manager_id=None)
    db.session.query(Enrolment).filter_by(person_id=person.id).one().withdrawn_at = NOW
    db.session.commit()
    sound(factories.matching_round(), chief, manager_id=None)
    assert found(matching_round) == []


def test_a_block_changes_nothing_here(matching_round, chief):
    one, other = sound(matching_round, chief), sound(matching_round, chief, MENTOR)
    without("working_hours", one)
    before = found(matching_round)
    db.session.add(PersonalBlock(person_id=one.id, blocked_person_id=other.id))
    db.session.commit()
    assert found(matching_round) == before


def test_every_problem_has_its_words():
    assert set(WORDS) == set(Problem)


class TestPage:
    @pytest.fixture
    def troubled(self, matching_round, chief):
        for problem, values in (
            ("Pause Quist", {"paused_from": TODAY}),
            ("Hours Quist", {"working_hours": []}),
            ("Other Hours", {"working_hours": []}),
        ):
            sound(matching_round, chief, name=problem, **values)
        return matching_round

    def test_kinds_are_counted_and_rows_lead_to_what_mends_them(self, as_hr, troubled):
        address = f"/rounds/{troubled.id}/data-quality"
        page = as_hr.get(address)
        assert "3 problems" in words(page)
        assert "No working hours (2)" in words(page)
        person = db.session.query(Person).filter_by(name="Hours Quist").one()
        assert f'href="/people/{person.id}/availability"' in page.text
        assert as_hr.get(f"/people/{person.id}/availability").status_code == 200
        some = words(as_hr.get(f"{address}?kind=no_hours"))
        assert "Hours Quist" in some
        assert "Pause Quist" not in some
        assert "Pause Quist" in words(as_hr.get(f"{address}?kind=nonsense"))

    def test_every_kind_leads_to_a_page_that_hr_can_open(self, as_hr, matching_round, chief):
        person = sound(matching_round, chief)
        for one in WORDS.values():
            address = "/people?name=x" if one.endpoint == "people.index" else None
            path = one.endpoint.removeprefix("people.").removeprefix("show")
            assert as_hr.get(address or f"/people/{person.id}/{path}".rstrip("/")).status_code == 200

    def test_an_architect_is_led_to_the_profile_only(self, client_for, troubled):
        architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
        page = architect.get(f"/rounds/{troubled.id}/data-quality")
        person = db.session.query(Person).filter_by(name="Hours Quist").one()
        assert f'href="/people/{person.id}"' in page.text
        assert "/availability" not in page.text

    def test_once_closed_who_has_not_joined_can_be_added_late(self, as_hr, matching_round):
        factories.person(name="Waits Long", seeks_mentor=True)
        matching_round.state = RoundState.CLOSED
        db.session.commit()
        late = f"/rounds/{matching_round.id}/enrolment/late?name=Waits+Long"
        assert f'href="{late}"' in as_hr.get(f"/rounds/{matching_round.id}/data-quality").text
        assert "Waits Long" in words(as_hr.get(late))

    def test_the_file_has_every_problem_and_no_formula(self, as_hr, matching_round, chief):
        for number in range(30):
            sound(matching_round, chief, name=f"=Person {number}", working_hours=[])
        answer = as_hr.get(f"/rounds/{matching_round.id}/data-quality.csv")
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert len(rows) == 30
        assert {row["problem"] for row in rows} == {"No working hours"}
        assert all(row["person"].startswith("'=") for row in rows)

    def test_no_problem_is_said_as_well(self, as_hr, matching_round):
        assert "No problems in" in words(as_hr.get(f"/rounds/{matching_round.id}/data-quality"))

    def test_lists_are_paged_and_statements_do_not_grow(self, as_hr, matching_round, chief):
        address = f"/rounds/{matching_round.id}/data-quality"
        taken = []
        for count in (1, 30):
            for number in range(count):
                sound(matching_round, chief, name=f"Quist {count} {number}", working_hours=[])
            with count_statements() as sent:
                page = as_hr.get(address)
            taken.append(len(sent))
        assert page.text.count("No working hours.</strong>") == 25
        assert taken[0] == taken[1] <= 8


def test_who_leaves_before_the_start_counts_as_away(matching_round, chief):
    sound(matching_round, chief, left_on=matching_round.starts_on, name="Leaves")
    sound(matching_round, chief, left_on=matching_round.starts_on + timedelta(days=1))
    assert found(matching_round) == [("away", "Leaves")]
