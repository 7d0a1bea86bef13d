"""Runs beside each other: figures, gaps that tell nobody's fit, and whose mentor differs."""

import re

import pytest
import sqlalchemy as sa

from app.access import Role
from app.db import db
from app.rounds import comparing
from app.rounds.comparing import Fits, Gap
from app.rounds.comparisons import measures
from app.rounds.models import Assignment, AssignmentMember, EnrolmentRole, Run
from tests import factories
from tests.counting import count_statements
from tests.rounds.conftest import company, department, finished_run, person_called


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def swap_mentors(run: Run, one: str, other: str) -> None:
    """Give two mentees of a run each other's mentor, as a run with other rules might have."""
    rows = [
        db.session.scalars(
            sa.select(AssignmentMember)
            .join(Assignment)
            .where(Assignment.run_id == run.id, AssignmentMember.role == EnrolmentRole.MENTOR)
            .where(Assignment.members.any(person_id=person_called(name).id))
        ).one()
        for name in (one, other)
    ]
    assert rows[0].person_id != rows[1].person_id
    rows[0].person_id, rows[1].person_id = rows[1].person_id, rows[0].person_id
    db.session.commit()


def test_two_runs_of_the_same_problem_differ_in_nothing(as_hr, closed_round):
    first, second = finished_run(closed_round), finished_run(closed_round)
    page = words(as_hr.get(f"/rounds/{closed_round.id}/compare"))
    assert "Run 1 and Run 2" in page
    assert page.count("No change") == 4  # the gap has no department large enough twice
    assert "Nobody" in page
    assert "Better" not in page
    pairs = as_hr.get(f"/rounds/{closed_round.id}/compare/{first.id}/{second.id}")
    assert "Nobody has someone else." in words(pairs)


def test_whose_mentor_differs_is_listed_by_name_with_both_mentors(as_hr, closed_round):
    first, second = finished_run(closed_round), finished_run(closed_round)
    swap_mentors(second, "Mentee 0", "Mentee 1")
    assert "2 mentees" in words(as_hr.get(f"/rounds/{closed_round.id}/compare"))
    pairs = words(as_hr.get(f"/rounds/{closed_round.id}/compare/{first.id}/{second.id}"))
    assert "2 mentees have someone else" in pairs
    assert re.search(r"Mentee 0 (Mentor \d) (Mentor \d) Mentee 1 \2 \1", pairs)


def test_who_has_nobody_in_one_of_the_runs_differs(as_hr, closed_round):
    first, second = finished_run(closed_round), finished_run(closed_round)
    gone = db.session.scalars(sa.select(Assignment).filter_by(run_id=second.id)).first()
    mentee = next(member.person for member in gone.members if member.role is EnrolmentRole.MENTEE)
    name = mentee.name
    db.session.delete(gone)
    db.session.commit()
    for one, other, told in ((first, second, r"Mentor \d Nobody"), (second, first, r"Nobody Mentor \d")):
        pairs = words(as_hr.get(f"/rounds/{closed_round.id}/compare/{one.id}/{other.id}"))
        assert "1 mentee has someone else" in pairs
        assert re.search(f"{name} {told}", pairs)


def test_better_and_worse_are_said_in_words_and_smaller_is_better_where_it_is():
    runs = [Run(id=1, mentees=9, mentees_matched=8), Run(id=2, mentees=9, mentees_matched=7)]
    fits = {1: Fits(8, 71.04, 44, 2), 2: Fits(7, 74.2, 44, 1)}
    gaps = {1: Gap("Care", 80, "Sales", 70), 2: Gap("Care", 80, "Sales", 60)}
    verdicts = {row.label: row.cells[1].verdict for row in measures(runs, fits, gaps)}
    assert list(verdicts.values()) == ["Worse", "Better", "No change", "Better", "Worse"]
    assert [row.cells[0].verdict for row in measures(runs, fits, gaps)] == [""] * 5


def test_figures_that_read_alike_are_no_change():
    runs = [Run(id=1, mentees=9, mentees_matched=8), Run(id=2, mentees=9, mentees_matched=8)]
    fits = {1: Fits(8, 71.04, 44, 2), 2: Fits(8, 71.01, 44, 2)}
    assert {row.cells[1].verdict for row in measures(runs, fits, {1: None, 2: None})[:4]} == {"No change"}


def test_a_department_too_small_to_hide_somebody_is_in_no_gap(app):
    matching_round = company(mentees=9, mentors=5)
    for number in range(4):
        person_called(f"Mentee {number}").department_id = department("Finance").id
    db.session.commit()
    run = finished_run(matching_round)
    assert comparing.gaps_of([run.id]) == {run.id: None}
    person_called("Mentee 4").department_id = department("Finance").id
    factories.enrolment(factories.person(name="Mentee 9", department_id=department("Sales").id),
                        EnrolmentRole.MENTEE, matching_round)  # fmt: skip
    db.session.commit()
    run = finished_run(matching_round)
    gap = comparing.gaps_of([run.id])[run.id]
    assert gap is not None
    assert {gap.best, gap.worst} == {"Finance", "Sales"}


@pytest.mark.parametrize("query", ["run={0}", "run=987654&run={0}", "run=x&run={0}"])
def test_a_choice_that_cannot_be_compared_is_refused_beside_the_boxes(as_hr, closed_round, query):
    first = finished_run(closed_round)
    finished_run(closed_round)
    response = as_hr.get(f"/rounds/{closed_round.id}/compare?{query.format(first.id)}")
    assert response.status_code == 422
    assert re.search("Choose two or three runs|Choose among the options", words(response))


def test_one_run_alone_says_what_to_do(as_hr, closed_round):
    finished_run(closed_round)
    assert "not yet two runs" in words(as_hr.get(f"/rounds/{closed_round.id}/compare"))


def test_pairs_of_one_run_with_itself_or_of_another_round_are_absent(as_hr, closed_round):
    first, second = finished_run(closed_round), finished_run(closed_round)
    other = factories.matching_round()
    for address in (
        f"{closed_round.id}/compare/{first.id}/{first.id}",
        f"{other.id}/compare/{first.id}/{second.id}",
    ):
        assert as_hr.get(f"/rounds/{address}").status_code == 404


def test_comparing_costs_the_same_whatever_the_number_of_pairs(as_hr, client_for, app):
    counts = []
    for mentees in (3, 12):
        matching_round = company(mentees=mentees, mentors=6)
        first, second = finished_run(matching_round), finished_run(matching_round)
        for address in ("compare", f"compare/{first.id}/{second.id}"):
            with count_statements() as statements:
                assert as_hr.get(f"/rounds/{matching_round.id}/{address}").status_code == 200
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 8


def test_the_training_architect_compares_and_an_employee_knows_of_nothing(client_for, closed_round):
    finished_run(closed_round), finished_run(closed_round)
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    address = f"/rounds/{closed_round.id}/compare"
    assert "Average fit" in words(architect.get(address))
    assert client_for(factories.account()).get(address).status_code == 404
