"""An import in words: what is wrong with a file, what it would change, what it changed."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.people.importing.apply import Outcome
from app.people.importing.difference import Change, changes_to_known_people
from app.people.importing.fields import FIELDS, shown
from app.people.importing.plan import Plan
from app.people.models import Person
from app.people.vocabulary import time_of_day
from app.skills.models import Skill
from app.words import listed, plural

MOST_SHOWN = 50
NAMES_A_QUERY = 500


def problem_lines(plan: Plan, *, most: int = MOST_SHOWN) -> Iterator[str]:
    """Yield what is wrong, the first lines of the file first."""
    lines = {problem.line for problem in plan.problems.kept}
    found = plural(plan.problems.count, "problem")
    yield f"{plan.name}: {found} in {len(lines):,} of {len(plan.sheet.rows):,} lines. Nothing was changed."
    for problem in plan.problems.in_order()[:most]:
        yield f"  {problem}"
    if plan.problems.count > most:
        more = plural(plan.problems.count - most, "more problem")
        yield f"  … and {more}. --errors FILE.csv writes them all to a file."


def difference_lines(plan: Plan, *, most: int = MOST_SHOWN) -> Iterator[str]:
    """Yield what the import would do, person by person and field by field."""
    outcome = Outcome(added=len(plan.new_rows()))
    labels: dict[int, str] = {}
    for row in plan.new_rows()[:most]:
        name = plan.sheet.value(row, "name") or ""
        yield f"  new      line {row.line}: {shown(row.employee_id)} {shown(name)}"
    yield from _more(outcome.added, most, "new")
    for changes in changes_to_known_people(plan):
        room = max(0, most - outcome.changed)
        outcome.count(changes)
        labels |= _skill_labels(changes[:room])
        for change in changes[:room]:
            at, who = change.row.line, shown(change.row.employee_id)
            yield f"  changed  line {at}: {who} {_said(change, labels)}"
    yield from _more(outcome.changed, most, "changed")
    outcome.unchanged = len(plan.sheet.rows) - outcome.added - outcome.changed
    yield from missing_lines(plan, most=most)
    yield summary(plan, outcome, would=True)


def missing_lines(plan: Plan, *, most: int = MOST_SHOWN) -> Iterator[str]:
    """Yield those of the database who are not in the file."""
    missing = plan.missing()
    names = dict(_names(missing[:most]))
    for employee_id in missing[:most]:
        yield f"  absent   {shown(employee_id)} {shown(names.get(employee_id, ''))}"
    yield from _more(len(missing), most, "absent")


def summary(plan: Plan, outcome: Outcome, *, would: bool = False) -> str:
    """Say what was done, or would be, in a few sentences."""
    add, change = ("to add", "to change") if would else ("added", "changed")
    said = [
        f"{plan.name} ({plan.kind}) lists {plural(len(plan.sheet.rows), 'person', 'people')}: "
        f"{outcome.added:,} {add}, {outcome.changed:,} {change}, {outcome.unchanged:,} unchanged."
    ]
    if outcome.fields:
        by_count = sorted(outcome.fields.items(), key=lambda item: (-item[1], item[0]))
        said.append(f"Changes: {', '.join(f'{name} {count:,}' for name, count in by_count)}.")
    made = (
        _made(len(plan.places.new_departments), "department"),
        _made(len(plan.places.new_locations), "location"),
    )
    if any(made):
        said.append(f"It brings {listed([*filter(None, made)])}.")
    return " ".join(said)


def _made(count: int, kind: str) -> str:
    return plural(count, f"new {kind}") if count else ""


def _more(count: int, most: int, kind: str) -> Iterator[str]:
    if count > most:
        yield f"  {kind:8} … and {count - most:,} more"


def _names(employee_ids: list[str]) -> Iterable[tuple[str, str]]:
    for start in range(0, len(employee_ids), NAMES_A_QUERY):
        part = employee_ids[start : start + NAMES_A_QUERY]
        query = sa.select(Person.employee_id, Person.name).where(Person.employee_id.in_(part))
        yield from db.session.execute(query)


def _skill_labels(changes: Iterable[Change]) -> dict[int, str]:
    ids = {
        skill_id
        for change in changes
        for name in ("skills", "goals")
        for levels in change.fields.get(name, ())
        for skill_id, _ in levels
    }
    if not ids:
        return {}
    return dict(db.session.execute(sa.select(Skill.id, Skill.label).where(Skill.id.in_(ids))).all())


def _said(change: Change, labels: dict[int, str]) -> str:
    said = []
    for name in FIELDS:
        if name in change.fields:
            old, new = (_value(name, value, labels) for value in change.fields[name])
            said.append(f"{name} {old} → {new}")
    return "; ".join(said)


def _value(name: str, value: Any, labels: dict[int, str]) -> str:
    """Write a value as a cell of a file holds it."""
    if value is None or value in ("", ()):
        return "(empty)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "working_hours":
        return "; ".join(f"{time_of_day(starts)}-{time_of_day(ends)}" for starts, ends in value)
    if name in ("skills", "goals"):
        return "; ".join(sorted(f"{labels.get(skill_id, skill_id)}:{level}" for skill_id, level in value))
    if isinstance(value, tuple):
        return "; ".join(value)
    return (
        f"“{shown(value)}”"
        if isinstance(value, str)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
