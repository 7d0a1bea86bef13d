"""What differs between the rows of a file and the people in the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.db import db
from app.people.importing.fields import FIELDS
from app.people.importing.plan import Plan
from app.people.importing.rows import Row
from app.people.models import Department, Location, Person, SpokenLanguage, WorkingHours
from app.skills.models import Claim, Goal

CHUNK = 500
PLAIN = (
    "name",
    "email",
    "job_title",
    "bio",
    "time_zone",
    "grade",
    "hours_a_month",
    "seeks_mentor",
    "mentor_capacity",
    "left_on",
)

State = dict[str, Any]
Released = Mapping[int, str | None]


@dataclass(frozen=True, slots=True)
class Change:
    """What differs for one person: old and new value by field."""

    person_id: int
    row: Row
    fields: dict[str, tuple[Any, Any]]


def changes_to_known_people(
    plan: Plan, *, released: Mapping[int, str | None] | None = None
) -> Iterator[list[Change]]:
    """Yield, a few hundred people at a time, those whose row differs from what the database says.

    `released` holds the e-mail addresses of people from whom they were taken for the time of the import.
    """
    rows = plan.known_rows()
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        states = _states([plan.known[row.employee_id].id for row in part], plan.sheet.fields)
        for person_id in states.keys() & (released or {}).keys():
            states[person_id]["email"] = released[person_id] if released else None
        changes = (_change(plan, row, states) for row in part)
        yield [change for change in changes if change.fields]


def _change(plan: Plan, row: Row, states: Mapping[int, State]) -> Change:
    person_id = plan.known[row.employee_id].id
    old, new = states[person_id], wanted(plan, row, states[person_id])
    return Change(person_id, row, {name: (old[name], new[name]) for name in new if old[name] != new[name]})


def wanted(plan: Plan, row: Row, state: Mapping[str, Any] | None = None) -> State:
    """Return what the row says about each imported field, with the time zone that an empty cell means."""
    values = dict(zip(plan.sheet.fields, row.values, strict=True))
    del values["employee_id"]
    if "time_zone" in values and values["time_zone"] is None:
        location: Any = values["location"] if "location" in values else (state or {}).get("location")
        values["time_zone"] = plan.places.zone_of(location)
    return values


def _states(ids: Sequence[int], fields: Sequence[str]) -> dict[int, State]:
    """Return what the database says about each of these people, written as rows are."""
    manager = aliased(Person)
    columns = [getattr(Person, name) for name in PLAIN]
    query = (
        sa.select(
            Person.id,
            Department.name.label("department"),
            Location.name.label("location"),
            manager.employee_id.label("manager"),
            *columns,
        )
        .outerjoin(Department, Person.department_id == Department.id)
        .outerjoin(Location, Person.location_id == Location.id)
        .outerjoin(manager, Person.manager_id == manager.id)
        .where(Person.id.in_(ids))
    )
    states = {row["id"]: dict(row) for row in db.session.execute(query).mappings()}
    for name, query_of_values in _several(ids).items():
        if name in fields:
            _add_values(states, name, query_of_values)
    return states


def _several(ids: Sequence[int]) -> dict[str, Any]:
    """Return, for each field of several values, the query of person and value."""
    return {
        "working_hours": _of(ids, WorkingHours, WorkingHours.starts_minute, WorkingHours.ends_minute),
        "languages": _of(ids, SpokenLanguage, SpokenLanguage.language),
        "skills": _of(ids, Claim, Claim.skill_id, Claim.level),
        "goals": _of(ids, Goal, Goal.skill_id, Goal.level),
    }


def _of(ids: Sequence[int], table: Any, *columns: Any) -> sa.Select[Any]:
    return sa.select(table.person_id, *columns).where(table.person_id.in_(ids))


def _add_values(states: dict[int, State], name: str, query: Any) -> None:
    found: dict[int, list[Any]] = {person_id: [] for person_id in states}
    for person_id, *value in db.session.execute(query):
        found[person_id].append(tuple(value) if len(value) > 1 else value[0])
    for person_id, values in found.items():
        states[person_id][name] = tuple(sorted(values))


def values_of_new_person(plan: Plan, row: Row) -> State:
    """Return all fields of someone new, with what an absent column means."""
    values: State = {name: field.empty for name, field in FIELDS.items() if name != "employee_id"}
    values |= wanted(plan, row)
    values["time_zone"] = values["time_zone"] or plan.places.zone_of(values["location"])
    return values
