"""Where a near skill counts, everybody who is told of the match sees how it leads to the wanted one."""

import csv
import io
import re

import pytest
import sqlalchemy as sa

from app.access import Role
from app.db import db
from app.engagements.models import Engagement
from app.rounds import publishing
from app.rounds.export import csv_of
from app.rounds.models import EnrolmentRole, Run
from app.rounds.states import RoundState
from app.skills.models import EdgeKind, SkillEdge
from tests import factories
from tests.rounds.conftest import BY, finished_run, person_called

SHOWN = "The way between them: SQL → then Databases, broader → then PostgreSQL, narrower"
IN_A_LINE = "SQL -> Databases, broader -> PostgreSQL, narrower"


@pytest.fixture
def run(app) -> Run:
    """A run of one pair: Bo has SQL, and Ada wants PostgreSQL; both are databases."""
    matching_round = factories.matching_round(state=RoundState.CLOSED)
    sql, postgresql, databases = (factories.skill(label) for label in ("SQL", "PostgreSQL", "Databases"))
    for skill in (sql, postgresql):
        edge = SkillEdge(from_skill_id=skill.id, kind=EdgeKind.BROADER, to_skill_id=databases.id)
        db.session.add(edge)
    ada, bo = factories.person(name="Ada"), factories.person(name="Bo", mentor_capacity=1)
    factories.goal(ada, postgresql)
    factories.claim(bo, sql)
    factories.enrolment(ada, EnrolmentRole.MENTEE, matching_round)
    factories.enrolment(bo, EnrolmentRole.MENTOR, matching_round)
    return finished_run(matching_round)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.mark.parametrize("role", [Role.HR, Role.TRAINING_ARCHITECT])
def test_who_reviews_the_matches_sees_the_way(run, client_for, role):
    reviewer = client_for(factories.account(roles={Role.EMPLOYEE, role}))
    page = words(reviewer.get(f"/rounds/{run.matching_round_id}/runs/{run.id}"))
    assert f"Bo has SQL, close to PostgreSQL, which Ada wants . {SHOWN}" in page


def test_the_table_of_matches_has_the_way(run):
    (row,) = csv.DictReader(io.StringIO(csv_of(run)))
    assert row["for"] == f"Bo has SQL, close to PostgreSQL, which Ada wants ({IN_A_LINE})"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Ada", "Bo has SQL, close to PostgreSQL, which you want"),
        ("Bo", "You have SQL, close to PostgreSQL, which Ada wants"),
    ],
)
def test_both_see_the_way_at_home_and_where_they_are_told_why(run, client_for, name, told):
    publishing.publish_run(run, by=BY)
    db.session.commit()
    reader = client_for(factories.account(of=person_called(name)))
    mentorship = db.session.scalars(sa.select(Engagement.id)).one()
    for address in ("/", f"/mentorships/{mentorship}"):
        assert f"{told} . {SHOWN}" in words(reader.get(address)), address
