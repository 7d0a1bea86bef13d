"""Departments and locations that a file names: matched with those in the database, or made."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.people.importing.rows import UNREAD, Sheet
from app.people.models import Department, Location
from app.text import folded

USUAL_ZONE = "UTC"


@dataclass(slots=True)
class Places:
    """Departments and locations by name; `new_` ones are in the file and not in the database."""

    departments: dict[str, int]
    locations: dict[str, int]
    zones: dict[str, str]
    new_departments: list[str] = field(default_factory=list)
    new_locations: list[str] = field(default_factory=list)

    def zone_of(self, location: str | None) -> str:
        """Return the usual time zone of a location."""
        return self.zones.get(location or "", USUAL_ZONE)


def settle_places(sheet: Sheet) -> Places:
    """Spell departments and locations in all rows as the database does, and find the new ones.

    A new location has the time zone of its first person in the file.
    """
    places = Places(
        departments=_pairs(sa.select(Department.name, Department.id)),
        locations=_pairs(sa.select(Location.name, Location.id)),
        zones=_pairs(sa.select(Location.name, Location.time_zone)),
    )
    places.new_departments = _spell_alike(sheet, "department", places.departments)
    places.new_locations = _spell_alike(sheet, "location", places.locations)
    if places.new_locations:
        for row in sheet.rows:
            location, zone = sheet.value(row, "location"), sheet.value(row, "time_zone")
            if location and zone:
                places.zones.setdefault(location, zone)
    return places


def _pairs(query: Any) -> dict[str, Any]:
    return dict(db.session.execute(query).all())


def create_places(places: Places) -> None:
    """Add the new departments and locations to the database."""
    for name in places.new_departments:
        places.departments[name] = _added(Department(name=name))
    for name in places.new_locations:
        places.locations[name] = _added(Location(name=name, time_zone=places.zone_of(name)))


def _added(place: Department | Location) -> int:
    db.session.add(place)
    db.session.flush()
    return place.id


def _spell_alike(sheet: Sheet, name: str, known: Iterable[str]) -> list[str]:
    """Use one spelling for names that differ in capitals or accents only; return the names not known."""
    if name not in sheet.fields:
        return []
    position = sheet.fields.index(name)
    spelling = {folded(place): place for place in known}
    exact = set(known)
    new: list[str] = []
    for row in sheet.rows:
        written = row.values[position]
        if not written or written is UNREAD or written in exact:
            continue
        spelt = spelling.setdefault(folded(written), written)
        if spelt is written:
            new.append(written)
            exact.add(written)
        else:
            row.values = (*row.values[:position], spelt, *row.values[position + 1 :])
    return new
