"""Writing what a plan found different, in bulk and in the transaction of the caller."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from app import audit
from app.db import db
from app.errors import Conflict
from app.people.importing.difference import (
    CHUNK,
    PLAIN,
    Change,
    changes_to_known_people,
    values_of_new_person,
)
from app.people.importing.places import create_places
from app.people.importing.plan import Plan
from app.people.models import Person, SpokenLanguage, WorkingHours
from app.people.service import end_of_employment
from app.skills.models import Claim, Goal

RELATED = ("manager", "working_hours", "languages", "skills", "goals")


@dataclass(slots=True)
class Outcome:
    """How many people an import touched."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    fields: dict[str, int] = field(default_factory=dict)

    def count(self, changes: Sequence[Change]) -> None:
        """Add some changes to the counts."""
        self.changed += len(changes)
        for change in changes:
            for name in change.fields:
                self.fields[name] = self.fields.get(name, 0) + 1


def apply_plan(plan: Plan, *, by: audit.Actor) -> Outcome:
    """Write every difference of a plan without problems, and record it for each person.

    Raises:
        Conflict: when the plan has problems.
    """
    if plan.problems:
        raise Conflict("The file has problems, so nothing of it is imported.")
    outcome = Outcome()
    create_places(plan.places)
    released = _release_emails(plan)
    ids = {employee_id: person.id for employee_id, person in plan.known.items()}
    new = plan.new_rows()
    for start in range(0, len(new), CHUNK):
        ids |= _add_people(plan, new[start : start + CHUNK])
    for changes in changes_to_known_people(plan, released=released):
        _write(plan, changes, ids)
        _record("person.change", changes, by=by)
        _end_employments(changes, by=by)
        outcome.count(changes)
    for changes in _what_new_people_bring(plan, ids):
        _write(plan, changes, ids)
        _record("person.add", changes, by=by)
    outcome.added = len(new)
    outcome.unchanged = len(plan.sheet.rows) - outcome.added - outcome.changed
    if outcome.added or outcome.changed:
        audit.record(audit.Entry("people.import", "person", details=asdict(outcome)), by=by)
    db.session.expire_all()
    return outcome


def _release_emails(plan: Plan) -> dict[int, str | None]:
    """Take the addresses that pass from one person to another from those who have them now.

    Two people may exchange theirs, and the database never allows one address twice.
    """
    if "email" not in plan.sheet.fields:
        return {}
    owners = {person.email: key for key, person in plan.known.items() if person.email}
    passed_on = {}
    for row in plan.sheet.rows:
        owner = owners.get(plan.sheet.value(row, "email"))
        if owner is not None and owner != row.employee_id:
            passed_on[plan.known[owner].id] = plan.known[owner].email
    if passed_on:
        db.session.execute(sa.update(Person), [{"id": person_id, "email": None} for person_id in passed_on])
    return passed_on


def _add_people(plan: Plan, rows: Sequence[Any]) -> dict[str, int]:
    """Insert people without what refers to other rows, and return their ids."""
    values = []
    for row in rows:
        state = values_of_new_person(plan, row)
        person = {name: state[name] for name in PLAIN}
        person["employee_id"] = row.employee_id
        person["department_id"] = plan.places.departments.get(state["department"])
        person["location_id"] = plan.places.locations.get(state["location"])
        values.append(person)
    inserted = db.session.execute(sa.insert(Person).returning(Person.employee_id, Person.id), values)
    return dict(inserted.all())


def _what_new_people_bring(plan: Plan, ids: dict[str, int]) -> Iterator[list[Change]]:
    """Yield, in chunks, what is still to be written about new people."""
    rows = plan.new_rows()
    for start in range(0, len(rows), CHUNK):
        yield [
            Change(ids[row.employee_id], row, {name: ((), state[name]) for name in RELATED if state[name]})
            for row in rows[start : start + CHUNK]
            for state in (values_of_new_person(plan, row),)
        ]


def _write(plan: Plan, changes: Sequence[Change], ids: dict[str, int]) -> None:
    _update_people(plan, changes, ids)
    _replace(
        WorkingHours,
        "working_hours",
        changes,
        lambda span: {"starts_minute": span[0], "ends_minute": span[1]},
    )
    _replace(SpokenLanguage, "languages", changes, lambda language: {"language": language})
    _bring_levels_in_line(Claim, "skills", changes)
    _bring_levels_in_line(Goal, "goals", changes)


def _update_people(plan: Plan, changes: Iterable[Change], ids: dict[str, int]) -> None:
    """Update the columns of people; rows that set the same columns go together."""
    updates = [{"id": change.person_id, **_columns(plan, change, ids)} for change in changes]
    updates = sorted((row for row in updates if len(row) > 1), key=sorted)
    for _, rows in groupby(updates, key=sorted):
        db.session.execute(sa.update(Person), list(rows))


def _end_employments(changes: Iterable[Change], *, by: audit.Actor) -> None:
    """Let people leave who have a last day now, with all they were part of."""
    leaving = {
        change.person_id: change.fields["left_on"][1] for change in changes if "left_on" in change.fields
    }
    leaving = {person_id: day for person_id, day in leaving.items() if day is not None}
    if leaving:
        for person in db.session.scalars(sa.select(Person).where(Person.id.in_(leaving))).all():
            end_of_employment(person, on=leaving[person.id], by=by)


def _columns(plan: Plan, change: Change, ids: dict[str, int]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, (_, new) in change.fields.items():
        if name == "left_on" and new is not None:
            continue  # leaving is more than a date: see `_end_employments`
        if name in PLAIN:
            columns[name] = new
        elif name == "department":
            columns["department_id"] = plan.places.departments.get(new)
        elif name == "location":
            columns["location_id"] = plan.places.locations.get(new)
        elif name == "manager":
            columns["manager_id"] = ids.get(new)
    return columns


def _replace(
    table: type[WorkingHours] | type[SpokenLanguage],
    name: str,
    changes: Iterable[Change],
    row: Callable[[Any], dict[str, Any]],
) -> None:
    """Put the new values of a field in the place of the old ones."""
    touched = [change for change in changes if name in change.fields]
    if not touched:
        return
    db.session.execute(sa.delete(table).where(table.person_id.in_([change.person_id for change in touched])))
    rows = [
        {"person_id": change.person_id, **row(value)}
        for change in touched
        for value in change.fields[name][1]
    ]
    if rows:
        db.session.execute(sa.insert(table), rows)


def _bring_levels_in_line(table: type[Claim] | type[Goal], name: str, changes: Iterable[Change]) -> None:
    """Add, change and remove claims or goals; those that stay keep their evidence and importance."""
    added, changed = [], []
    for change in changes:
        old, new = (dict(levels) for levels in change.fields.get(name, ((), ())))
        gone = old.keys() - new.keys()
        if gone:
            of_person = sa.and_(table.person_id == change.person_id, table.skill_id.in_(sorted(gone)))
            db.session.execute(sa.delete(table).where(of_person))
        for skill_id, level in new.items():
            if skill_id not in old:
                added.append({"person_id": change.person_id, "skill_id": skill_id, "level": level})
            elif old[skill_id] != level:
                changed.append({"of_person": change.person_id, "of_skill": skill_id, "to_level": level})
    if added:
        db.session.execute(sa.insert(table), added)
    if changed:
        rows: Any = table.__table__
        update = (
            sa.update(rows)
            .where(rows.c.person_id == sa.bindparam("of_person"), rows.c.skill_id == sa.bindparam("of_skill"))
            .values(level=sa.bindparam("to_level"))
        )
        db.session.connection().execute(update, changed)


def _record(action: str, changes: Iterable[Change], *, by: audit.Actor) -> None:
    """Record which fields changed, never their values: the trail outlives what it tells of."""
    audit.record_all(
        (
            audit.Entry(
                action,
                "person",
                subject_id=change.person_id,
                person_id=change.person_id,
                details={"fields": sorted(change.fields), "line": change.row.line},
            )
            for change in changes
        ),
        by=by,
    )
