"""The people of a snapshot: who they are, when they work, whom they report to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

import sqlalchemy as sa

from app.db import db
from app.people.models import Department, Location, Person, SpokenLanguage, WorkingHours
from app.rounds.snapshot_skills import Levels, Who
from matching import problem as engine

PREFIX = "p"


def person_key(person_id: int) -> str:
    """Return the id a person has in a problem."""
    return f"{PREFIX}{person_id}"


def person_id_of(key: str) -> int:
    """Return the id in the database of a person of a problem."""
    return int(key.removeprefix(PREFIX))


def person_rows(who: Who, present: Collection[int], levels: Levels) -> Iterator[engine.Person]:
    """Yield the people among `who` who are `present`, with what they hold and want."""
    hours = _working_hours(who)
    languages = _languages(who)
    query = (
        sa.select(
            Person.id,
            Person.name,
            Person.manager_id,
            Department.name.label("department"),
            Location.name.label("location"),
            Person.time_zone,
            Person.grade,
            Person.hours_a_month,
        )
        .outerjoin(Department, Department.id == Person.department_id)
        .outerjoin(Location, Location.id == Person.location_id)
        .where(Person.id.in_(who))
    )
    for row in db.session.execute(query):
        if row.id in present:
            yield engine.Person(
                id=person_key(row.id),
                name=row.name,
                manager=_key_or_none(row.manager_id),
                department=row.department,
                location=row.location,
                time_zone=row.time_zone,
                working_hours=tuple(hours.get(row.id, ())),
                languages=tuple(languages.get(row.id, ())),
                grade=row.grade,
                hours_a_month=row.hours_a_month,
                attributes=_known(department=row.department, location=row.location),
                holds=tuple(levels.holds.get(row.id, ())),
                wants=tuple(levels.wants.get(row.id, ())),
            )


def managers_above(present: Collection[int]) -> Iterator[engine.Person]:
    """Yield everyone above those present who is not present themself, so that reporting lines are whole."""
    managers = sa.select(Person.manager_id).where(Person.manager_id.is_not(None)).distinct()
    below = sa.select(Person.id, Person.manager_id).where(Person.manager_id.is_not(None))
    tree = dict(db.session.execute(below).all())
    named = sa.select(Person.id, Person.name).where(Person.id.in_(managers))
    names = dict(db.session.execute(named).all())
    seen = set(present)
    for person_id in present:
        manager_id = tree.get(person_id)
        while manager_id is not None and manager_id not in seen:
            seen.add(manager_id)
            yield engine.Person(
                id=person_key(manager_id),
                name=names[manager_id],
                manager=_key_or_none(tree.get(manager_id)),
            )
            manager_id = tree.get(manager_id)


def _working_hours(who: Who) -> Mapping[int, Sequence[tuple[int, int]]]:
    query = sa.select(WorkingHours.person_id, WorkingHours.starts_minute, WorkingHours.ends_minute)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for person_id, start, end in db.session.execute(query.where(WorkingHours.person_id.in_(who))):
        found[person_id].append((start, end))
    return found


def _languages(who: Who) -> Mapping[int, Sequence[str]]:
    query = sa.select(SpokenLanguage.person_id, SpokenLanguage.language)
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, language in db.session.execute(query.where(SpokenLanguage.person_id.in_(who))):
        found[person_id].append(language)
    return found


def _known(**attributes: str | None) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}


def _key_or_none(person_id: int | None) -> str | None:
    return None if person_id is None else person_key(person_id)
