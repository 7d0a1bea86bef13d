"""Importing is a difference: what is new, changed, the same, or no longer in the file."""

from datetime import date

import sqlalchemy as sa

from app.audit import AuditEvent, broken_link
from app.clock import today
from app.db import db
from app.people.importing.fields import FIELDS
from app.people.models import Department, Person
from app.people.signals import person_left
from app.skills.models import Claim, ClaimEvidence, EvidenceKind, Goal
from tests import factories
from tests.people.hr_files import accepted, everything, person_of, refused, written

WHOLE = (
    "employee_id;name;email;job_title;bio;department;location;manager;time_zone;working_hours;languages;grade;"
    "hours_a_month;seeks_mentor;mentor_capacity;skills;goals;left_on\n"
    'E1;Ada;Ada@Example.test;Analyst;Likes maps.;Finance;Paris;E2;europe/paris;"09:00-12:30; 13:30-18:00";'
    '"English; fr";3;2,5;yes;0;"SQL:4; Coaching:3";Python:3;\n'
    "E2;Bo;;;;finance;Paris;;;;;;;;2;;;\n"
)


def make_skills() -> None:
    for label in ("SQL", "Coaching", "Python"):
        factories.skill(label)


def test_every_field_is_imported(app, tmp_path):
    make_skills()
    said = accepted(app, written(tmp_path, WHOLE))
    assert "2 added, 0 changed, 0 unchanged. It brings 1 new department and 1 new location." in said
    ada = person_of("E1")
    assert (ada.name, ada.email, ada.job_title, ada.bio) == (
        "Ada",
        "ada@example.test",
        "Analyst",
        "Likes maps.",
    )
    assert (ada.department.name, ada.location.name, ada.time_zone) == ("Finance", "Paris", "Europe/Paris")
    assert ada.manager.employee_id == "E2"
    assert [(hours.starts_minute, hours.ends_minute) for hours in ada.working_hours] == [
        (540, 750),
        (810, 1080),
    ]
    assert [spoken.language for spoken in ada.languages] == ["en", "fr"]
    assert (ada.grade, ada.hours_a_month, ada.seeks_mentor, ada.mentor_capacity, ada.left_on) == (
        3,
        2.5,
        True,
        0,
        None,
    )
    held = db.session.scalars(sa.select(Claim).filter_by(person_id=ada.id))
    assert {(claim.skill.label, claim.level) for claim in held} == {("SQL", 4), ("Coaching", 3)}
    assert [(goal.skill.label, goal.level) for goal in db.session.scalars(sa.select(Goal))] == [("Python", 3)]


def test_what_is_left_empty_has_its_usual_value(app, tmp_path):
    make_skills()
    accepted(app, written(tmp_path, WHOLE))
    bo = person_of("E2")
    assert (bo.email, bo.job_title, bo.grade, bo.hours_a_month, bo.seeks_mentor) == (
        None,
        "",
        None,
        2.0,
        False,
    )
    assert (bo.department.name, bo.time_zone) == ("Finance", "Europe/Paris")


def test_importing_the_same_file_again_changes_nothing(app, tmp_path):
    make_skills()
    path = written(tmp_path, WHOLE)
    accepted(app, path)
    before = everything()
    assert "0 added, 0 changed, 2 unchanged" in accepted(app, path)
    assert everything() == before


def test_a_dry_run_shows_each_field_and_changes_nothing(app, tmp_path):
    make_skills()
    accepted(app, written(tmp_path, WHOLE))
    factories.person(employee_id="E9", name="Gone")
    before = everything()
    changed = (
        WHOLE.replace("Analyst", "Lead")
        .replace("SQL:4", "SQL:5")
        .replace("English; fr", "en")
        .replace("E2;Bo", "E3;Bo")
    )
    changed = changed.replace("Paris;E2", "Paris;E3")
    said = accepted(app, written(tmp_path, changed), "--dry-run")
    assert "new      line 3: E3 Bo" in said
    assert (
        "changed  line 2: E1 job_title “Analyst” → “Lead”; manager “E2” → “E3”; languages en; fr → en; "
        in said
    )
    assert "skills Coaching:3; SQL:4 → Coaching:3; SQL:5" in said
    assert "absent   E2 Bo" in said
    assert "absent   E9 Gone" in said
    assert "1 to add, 1 to change, 0 unchanged" in said
    assert "This was a dry run: nothing was changed." in said
    assert everything() == before
    assert person_of("E1").job_title == "Analyst"


def test_an_absent_column_leaves_a_field_alone_and_an_empty_cell_clears_it(app, tmp_path):
    make_skills()
    accepted(app, written(tmp_path, WHOLE))
    accepted(app, written(tmp_path, "employee_id,job_title,languages,department,grade\nE1,,,,\n"))
    ada = person_of("E1")
    assert (ada.job_title, ada.languages, ada.department, ada.grade) == ("", [], None, None)
    assert (ada.name, ada.email, ada.manager.name, len(ada.working_hours)) == (
        "Ada",
        "ada@example.test",
        "Bo",
        2,
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 2


def test_skills_that_stay_keep_their_evidence_and_goals_their_importance(app, tmp_path):
    make_skills()
    accepted(app, written(tmp_path, WHOLE))
    claim = db.session.scalars(sa.select(Claim).join(Claim.skill).where(Claim.level == 4)).one()
    db.session.add(ClaimEvidence(claim_id=claim.id, kind=EvidenceKind.WORK, description="Built a report."))
    db.session.scalars(sa.select(Goal)).one().importance = 3
    db.session.commit()
    accepted(app, written(tmp_path, "employee_id,skills,goals\nE1,SQL:5,Python:4\n"))
    kept = db.session.scalars(sa.select(Claim)).one()
    assert (kept.id, kept.level, len(kept.evidence)) == (claim.id, 5, 1)
    goal = db.session.scalars(sa.select(Goal)).one()
    assert (goal.level, goal.importance) == (4, 3)


def test_two_people_may_exchange_their_addresses(app, tmp_path):
    accepted(app, written(tmp_path, "employee_id,name,email\nE1,Ada,a@x.test\nE2,Bo,b@x.test\n"))
    said = accepted(
        app, written(tmp_path, "employee_id,name,email\nE1,Ada,b@x.test\nE2,Bo,\nE3,Cy,a@x.test\n")
    )
    assert "1 added, 2 changed" in said
    assert [person_of(who).email for who in ("E1", "E2", "E3")] == ["b@x.test", None, "a@x.test"]


def test_managers_may_follow_later_or_be_known_already(app, tmp_path):
    factories.person(employee_id="E9")
    accepted(app, written(tmp_path, "employee_id,name,manager\nE1,Ada,E2\nE2,Bo,E9\n"))
    assert person_of("E1").manager.manager.employee_id == "E9"


def test_names_may_come_in_two_parts(app, tmp_path):
    accepted(app, written(tmp_path, "employee_id,Family name,Given-Name\nE1,Diallo,Amara\n"))
    assert person_of("E1").name == "Amara Diallo"


def test_departments_that_differ_in_capitals_are_one(app, tmp_path):
    db.session.add(Department(name="Finance"))
    db.session.commit()
    accepted(app, written(tmp_path, "employee_id,name,department\nE1,Ada,FINANCE\nE2,Bo,Care\nE3,Cy,care\n"))
    assert set(db.session.scalars(sa.select(Department.name))) == {"Finance", "Care"}


def test_each_change_is_recorded_without_what_it_says(app, tmp_path):
    make_skills()
    accepted(app, written(tmp_path, WHOLE))
    accepted(app, written(tmp_path, "employee_id,job_title\nE1,Secret plans\n"))
    events = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    actions = [event.action for event in events]
    assert actions == ["person.add", "person.add", "people.import", "person.change", "people.import"]
    assert events[3].person_id == person_of("E1").id
    assert events[3].details == {"fields": ["job_title"], "line": 2}
    assert not any("Secret" in str(event.details) for event in events)
    assert broken_link() is None


def test_who_is_not_in_the_file_is_reported_and_stays(app, tmp_path):
    factories.person(employee_id="E9")
    said = accepted(app, written(tmp_path, "employee_id,name\nE1,Ada\n"))
    assert "Not in the file, and left as they are: 1 person." in said
    assert person_of("E9").left_on is None


def test_who_is_not_in_the_file_leaves_when_asked_for(app, tmp_path):
    factories.person(employee_id="E9")
    heard = []

    def listen(person: Person, **_: object) -> None:
        heard.append(person.employee_id)

    with person_left.connected_to(listen):
        said = accepted(app, written(tmp_path, "employee_id,name\nE1,Ada\n"), "--leavers-missing")
    assert "1 person not in the file left today." in said
    assert (person_of("E9").left_on, heard) == (today(), ["E9"])
    assert "left today" not in accepted(app, written(tmp_path, "employee_id\nE1\n"), "--leavers-missing")


def test_most_of_the_company_does_not_leave_by_mistake(app, tmp_path):
    for _ in range(30):
        factories.person()
    path = written(tmp_path, "employee_id,name\nE1,Ada\n")
    assert "30 of 30 people are not in people.csv: more than a fifth" in refused(
        app, path, "--leavers-missing"
    )
    assert "30 people not in the file left today" in accepted(
        app, path, "--leavers-missing", "--many-leavers"
    )


def test_a_last_day_in_the_file_ends_what_the_person_was_part_of(app, tmp_path):
    factories.person(employee_id="E9")
    heard = []

    def listen(person: Person, *, on: date, **_: object) -> None:
        heard.append((person.employee_id, on))

    with person_left.connected_to(listen):
        accepted(app, written(tmp_path, "employee_id,left_on\nE9,2026-11-30\n"))
        accepted(app, written(tmp_path, "employee_id,left_on\nE9,2026-11-30\n"))
        accepted(app, written(tmp_path, "employee_id,left_on\nE9,\n"))
    assert heard == [("E9", date(2026, 11, 30))]
    assert person_of("E9").left_on is None


def test_the_template_can_be_imported(app, tmp_path):
    make_skills()
    template = app.test_cli_runner().invoke(args=["people", "import-template"]).output
    assert template.splitlines()[0].split(",") == [*FIELDS]
    accepted(app, written(tmp_path, template))
    assert person_of("E1001").manager.name == "Jonas Weber"


def test_every_field_is_explained(app):
    said = app.test_cli_runner().invoke(args=["people", "import-fields"]).output
    assert [line.split()[0] for line in said.splitlines()] == [*FIELDS]
