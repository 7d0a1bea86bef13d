"""Lines that cannot be imported: each is named with its column and reason, and then nothing is imported."""

import csv

import pytest

from app.people.importing.problems import MOST_KEPT, Problems
from app.skills.models import SkillAlias, Source
from app.text import folded
from tests import factories
from tests.people.hr_files import accepted, person_of, refused, written

BAD_CELLS = {
    "email": ("ada at example", "“ada at example” is not an e-mail address."),
    "time_zone": ("Europe/Pariss", "“Europe/Pariss” is not a time zone. Did you mean Europe/Paris?"),
    "working_hours": ("17:00-09:00", "“17:00-09:00” ends before it starts."),
    "languages": ("English; Klingon", "“Klingon” is not a language we know."),
    "grade": ("21", "“21” is not a whole number from 1 to 20."),
    "hours_a_month": ("nan", "“nan” is not a number of hours from 0 to 200."),
    "seeks_mentor": ("perhaps", "“perhaps” is neither yes nor no."),
    "mentor_capacity": ("-1", "“-1” is not a whole number from 0 to 20."),
    "skills": ("SQL:9", "SQL has level 9; levels go from 1 to 5."),
    "goals": ("SQL", "SQL has no level. Write SQL:3"),
    "left_on": ("30/11/2026", "“30/11/2026” is not a day. Write it as 2026-11-30."),
    "manager": ("E404", "“E404” is neither in the file nor known already."),
    "job_title": ("x" * 201, "has 201 characters; at most 200 are kept."),
    "bio": ("x" * 2_001, "The text has 2,001 characters; at most 2,000 are kept."),
    "department": ("x" * 5_001, "the cell has 5,001 characters; at most 5,000 can be imported."),
    "name": (" \u00a0", "The cell is empty; every person needs one."),
}


@pytest.mark.parametrize("column", BAD_CELLS)
def test_a_cell_that_cannot_be_used_is_named(app, tmp_path, column):
    factories.skill("SQL")
    cell, reason = BAD_CELLS[column]
    header = "employee_id,name" if column == "name" else f"employee_id,name,{column}"
    row = f"E2,{cell}" if column == "name" else f'E2,Bo,"{cell}"'
    fine = "E1,Ada" + "," * (column != "name")
    said = refused(app, written(tmp_path, f"{header}\n{fine}\n{row}\n"))
    assert f"Line 3, {column}: " in said
    assert reason in said
    assert "1 problem in 1 of 2 lines. Nothing was changed." in said


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        ("nine to five", "is not a stretch of time"),
        ("09:00-24:30", "goes beyond the day"),
        ("09:61-17:00", "goes beyond the day"),
        ("09:00-12:00; 11:00-17:00", "overlap"),
        ("08:00-09:00; 10:00-11:00; 12:00-13:00", "at most 2"),
    ],
)
def test_working_hours_that_make_no_sense_are_named(app, tmp_path, span, reason):
    said = refused(app, written(tmp_path, f"employee_id,name,working_hours\nE1,Ada,{span}\n"))
    assert reason in said


def test_all_problems_are_named_not_only_the_first(app, tmp_path):
    said = refused(app, written(tmp_path, "employee_id,name,grade,email\nE1,,x,y\n,Bo,1,bo@example.test\n"))
    for sentence in (
        "Line 2, name:",
        "Line 2, grade:",
        "Line 2, email:",
        "Line 3, employee_id:",
        "4 problems in 2",
    ):
        assert sentence in said


def test_a_row_with_too_many_cells_is_named(app, tmp_path):
    said = refused(app, written(tmp_path, "employee_id,name\nE1,Diallo, Amara\n"))
    assert "Line 2: there are 3 cells and 2 columns." in said


def test_people_and_addresses_listed_twice_are_named_with_both_lines(app, tmp_path):
    rows = "E1,Ada,ada@example.test\nE2,Bo,ADA@example.test\nE1,Cy,\n"
    said = refused(app, written(tmp_path, f"employee_id,name,email\n{rows}"))
    assert "Line 3, email: “ada@example.test” stands in line 2 already." in said
    assert "Line 4, employee_id: “E1” stands in line 2 already." in said


def test_the_address_of_someone_who_is_not_in_the_file_is_taken(app, tmp_path):
    factories.person(employee_id="E9", email="ada@example.test")
    said = refused(app, written(tmp_path, "employee_id,name,email\nE1,Ada,ada@example.test\n"))
    assert "belongs to E9, who is not in the file" in said


def test_a_circle_of_managers_is_named_whole(app, tmp_path):
    rows = "E1,Ada,E2\nE2,Bo,E3\nE3,Cy,E1\nE4,Di,E1\nE5,Em,E5\n"
    said = refused(app, written(tmp_path, f"employee_id,name,manager\n{rows}"))
    assert "Line 2, manager: these people report to one another in a circle: " in said
    assert "E1 (line 2) → E2 (line 3) → E3 (line 4) → E1." in said
    assert "Line 6, manager: “E5” reports to themselves." in said
    assert "2 problems in 2 of 5 lines" in said


def test_a_circle_that_closes_through_the_database_is_found(app, tmp_path):
    boss = factories.person(employee_id="E1")
    factories.person(employee_id="E2", manager_id=boss.id)
    said = refused(app, written(tmp_path, "employee_id,manager\nE1,E2\n"))
    assert "E1 (line 2) → E2 (known already) → E1." in said


def test_a_circle_that_the_file_opens_is_none(app, tmp_path):
    boss = factories.person(employee_id="E1")
    factories.person(employee_id="E2", manager_id=boss.id)
    accepted(app, written(tmp_path, "employee_id,manager\nE2,\nE1,E2\n"))
    assert person_of("E1").manager.employee_id == "E2"


def test_a_long_circle_is_named_in_part(app, tmp_path):
    rows = "".join(f"E{n},P{n},E{(n + 1) % 300}\n" for n in range(300))
    said = refused(app, written(tmp_path, f"employee_id,name,manager\n{rows}"))
    assert "250 more people → E0." in said


def test_an_unknown_skill_is_named_with_those_near_it(app, tmp_path):
    factories.skill("Facilitation")
    said = refused(app, written(tmp_path, "employee_id,name,skills\nE1,Ada,Facilitaton:3\n"))
    assert "Line 2, skills: There is no skill “Facilitaton”. Near it are “Facilitation”." in said


def test_an_ambiguous_alias_is_named_with_its_candidates_and_may_be_written_by_key(app, tmp_path):
    for key, label in (("ps", "PowerShell"), ("photo", "Photo editing")):
        alias = SkillAlias(label="PS", folded_label=folded("PS"))
        factories.skill(label, source=Source.OWN, source_key=key, aliases=[alias])
    said = refused(app, written(tmp_path, "employee_id,name,skills\nE1,Ada,PS:3\n"))
    assert "“PS” names 2 skills: “PowerShell” (own:ps) and “Photo editing” (own:photo)" in said
    accepted(app, written(tmp_path, "employee_id,name,skills,goals\nE1,Ada,own:ps:3,own:photo:2\n"))


def test_a_skill_listed_twice_at_different_levels_is_named(app, tmp_path):
    factories.skill("SQL", aliases=[SkillAlias(label="Sequel", folded_label="sequel")])
    said = refused(app, written(tmp_path, "employee_id,name,skills\nE1,Ada,SQL:3; Sequel:4\n"))
    assert "“Sequel” is there twice, at levels 3 and 4." in said


def test_a_goal_below_the_level_held_is_named(app, tmp_path):
    factories.skill("SQL")
    said = refused(app, written(tmp_path, "employee_id,name,skills,goals\nE1,Ada,SQL:3,SQL:3\n"))
    assert "Line 2, goals: a goal is not above the level held." in said


def test_a_file_with_a_tenth_of_bad_rows_imports_none_and_lists_all(app, tmp_path):
    rows = "".join(f"E{n},P{n},{'bad' if n % 10 == 0 else 3}\n" for n in range(2_000))
    errors = tmp_path / "errors.csv"
    said = refused(app, written(tmp_path, f"employee_id,name,grade\n{rows}"), "--errors", errors)
    assert "200 problems in 200 of 2,000 lines. Nothing was changed." in said
    assert said.count("Line ") == 50
    assert "and 150 more problems. --errors FILE.csv writes them all" in said
    with errors.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.reader(file))
    assert listed[0] == ["line", "column", "reason"]
    assert len(listed) == 201
    assert listed[1] == ["2", "grade", "“bad” is not a whole number from 1 to 20."]


def test_the_list_of_problems_holds_no_formula(tmp_path):
    problems = Problems()
    for start in ("=1+1", "+1", "-1", "@x", "\tx", "＝1"):
        problems.add(2, start, start)
    problems.write(tmp_path / "errors.csv")
    with (tmp_path / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in row[1:]]
    assert len(cells) == 12
    assert all(cell.startswith("'") for cell in cells)


def test_problems_beyond_the_most_are_counted_and_not_kept():
    problems = Problems()
    for line in range(MOST_KEPT + 5):
        problems.add(line, "name", "empty")
    assert (problems.count, len(problems.kept)) == (MOST_KEPT + 5, MOST_KEPT)
