"""Files of other systems are read through a mapping; those in the shared data as they are."""

import pytest
import sqlalchemy as sa

from app import audit
from app.db import db
from app.people.models import Department, Person
from app.skills.models import Claim, Goal
from app.skills.starter import load_starter_taxonomy
from tests import factories
from tests.people.hr_files import MAPPINGS, accepted, person_of, refused, shared_data, written

STAFF = "Staff number,Surname,First,Band,Speaks,Knows,Site\n007,Diallo,Amara,Senior,fr|en,sql|excel,Paris / Lyon\n"


def mapping_of(folder, text):
    return written(folder, text, "mapping.toml")


def count(query) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery()))


def test_a_mapping_says_what_the_columns_of_another_system_hold(app, tmp_path):
    for label in ("SQL", "Spreadsheets"):
        factories.skill(label)
    mapping = mapping_of(
        tmp_path,
        """
        name = ["First", "Surname"]
        employee_id = { template = "uk-{Staff number}" }
        email = { template = "{First}.{Surname}@example.test" }
        grade = { column = "Band", values = { junior = 2, senior = 5 } }
        languages = { column = "Speaks", separator = "|" }
        skills = { column = "Knows", separator = "|", level = 4, values = { Excel = "Spreadsheets:3" } }
        location = { column = "Site", separator = "/" }
        mentor_capacity = { constant = 2 }
        seeks_mentor = { column = "Band", values = { junior = true, senior = false } }
        """,
    )
    accepted(app, written(tmp_path, STAFF), "--mapping", mapping)
    amara = person_of("uk-007")
    assert (amara.name, amara.email, amara.grade) == ("Amara Diallo", "amara.diallo@example.test", 5)
    assert [spoken.language for spoken in amara.languages] == ["en", "fr"]
    assert (amara.location.name, amara.mentor_capacity, amara.seeks_mentor) == ("Paris", 2, False)
    held = db.session.scalars(sa.select(Claim).filter_by(person_id=amara.id))
    assert {(claim.skill.label, claim.level) for claim in held} == {("SQL", 4), ("Spreadsheets", 3)}


def test_a_default_stands_for_an_empty_cell(app, tmp_path):
    mapping = mapping_of(
        tmp_path,
        'employee_id = "id"\nname = "who"\ngrade = { column = "band", default = 7 }\nskills = { columns = ["a", "b"], level = 2 }',
    )
    factories.skill("SQL")
    factories.skill("R")
    accepted(app, written(tmp_path, "id,who,band,a,b\n1,Ada,,SQL,R\n"), "--mapping", mapping)
    assert person_of("1").grade == 7
    assert count(sa.select(Claim).where(Claim.level == 2)) == 2


BAD_MAPPINGS = {
    "no TOML": ("name = ", "is not a mapping file in TOML"),
    "unknown field": ('shoe_size = "Size"', "maps “shoe_size”, which is no field"),
    "unknown setting": ('name = { colum = "x" }', "“colum” is no setting"),
    "wrong kind of setting": ('skills = { column = "x", level = "high" }', "“level” cannot be 'high'"),
    "no origin": ('name = { default = "x" }', "give exactly one of column, columns, template and constant"),
    "two origins": ('name = { column = "x", constant = "y" }', "give exactly one of"),
    "template without column": ('employee_id = { template = "x" }', "the template names no column in braces"),
    "no columns": ("name = []", "the list of columns is empty"),
    "level of a grade": ('grade = { column = "x", level = 3 }', "a level is for skills and goals"),
    "level beyond five": ('skills = { column = "x", level = 6 }', "goes from 1 to 5"),
    "empty separator": ('skills = { column = "x", separator = "" }', "the separator is empty"),
    "a number for a column": ("name = 3", "give the name of a column"),
    "column that is not there": (
        'employee_id = "Badge"',
        "has no column “Badge”. It has “Staff number”, “Surname”",
    ),
    "nobody to tell apart": ('name = "First"', "The column employee_id is missing"),
}


@pytest.mark.parametrize("kind", BAD_MAPPINGS)
def test_a_mapping_that_cannot_be_used_is_refused(app, tmp_path, kind):
    text, sentence = BAD_MAPPINGS[kind]
    assert sentence in refused(app, written(tmp_path, STAFF), "--mapping", mapping_of(tmp_path, text))


def test_the_files_of_mentor_match_are_imported_whole(app):
    load_starter_taxonomy(by=audit.COMMAND_LINE)
    for role in ("mentors", "mentees"):
        path = shared_data("people", "mentor-match-small", f"small-{role}.csv")
        mapping = MAPPINGS / f"mentor-match-{role}.toml"
        assert "lists 50 people: 50 added" in accepted(app, path, "--mapping", mapping)
        assert "50 unchanged" in accepted(app, path, "--mapping", mapping)
    assert count(sa.select(Person).where(Person.mentor_capacity > 0)) >= 50
    assert count(sa.select(Person).where(Person.grade.is_(None))) == 0
    assert (count(sa.select(Claim)), count(sa.select(Goal))) == (50, 50)
    assert count(sa.select(Department)) == 6
    mentor = person_of("mentor.00@gov.uk")
    assert (mentor.name, mentor.grade, mentor.time_zone) == ("mentor 00", 11, "Europe/London")


def test_the_files_of_momentum_matcher_are_imported_whole(app):
    for role, number, name in (("mentors", 101, "Dr. Fiona Williams"), ("mentees", 1, "Alice Smith")):
        path = shared_data("people", "momentum-matcher", f"{role}.csv")
        assert "5 added" in accepted(app, path, "--mapping", MAPPINGS / f"momentum-{role}.toml")
        person = person_of(f"{role[:-1]}-{number}")
        assert (person.name, person.location.name, person.time_zone) == (
            name,
            "Melbourne",
            "Australia/Melbourne",
        )
    assert count(sa.select(Person).where(Person.seeks_mentor)) == 5


def test_the_spreadsheets_of_momentum_matcher_are_imported_whole(app):
    for role in ("mentors", "mentees"):
        path = shared_data("people", "momentum-matcher", f"example_{role}.xlsx")
        assert "3 added" in accepted(app, path, "--mapping", MAPPINGS / f"momentum-{role}-xlsx.toml")
    assert person_of("mentor-2").bio == "I play GOLF!"
    assert person_of("mentee-3").location.name == "Clayton"
