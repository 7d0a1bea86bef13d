"""Who may take part in a programme, in each role: as values, in words, and as conditions of statements."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.errors import Invalid
from app.people.models import Department, Location, Person
from app.people.queries import works_here
from app.programmes.models import (
    AudienceDepartment,
    AudienceGrades,
    AudienceLocation,
    AudienceRole,
    Programme,
    ProgrammeKind,
)
from app.programmes.vocabulary import AUDIENCE_WORDS

HIGHEST_GRADE = 20
LIMITS = ("departments", "locations", "lowest_grade", "highest_grade")
Audience = Mapping[str, Mapping[str, Any]]


def roles_of(kind: ProgrammeKind) -> tuple[AudienceRole, ...]:
    """Return the roles in which people join programmes of a kind."""
    if kind is ProgrammeKind.PEER_COACHING:
        return (AudienceRole.PEER,)
    if kind is ProgrammeKind.COMMUNITIES:
        return (AudienceRole.MEMBER,)
    return (AudienceRole.MENTEE, AudienceRole.MENTOR)


def has_role(role: AudienceRole) -> sa.ColumnElement[bool]:
    """Hold for programmes that people join in a role."""
    return Programme.kind.in_([kind for kind in ProgrammeKind if role in roles_of(kind)])


def audience_of(programme: Programme) -> dict[str, dict[str, Any]]:
    """Return who may take part, by role; a role that is open to everyone is left out."""
    found: dict[str, dict[str, Any]] = {}
    for name, link, place in _NAMED:
        query = (
            sa.select(link.role, place.name)
            .join(place)
            .where(link.programme_id == programme.id)
            .order_by(place.name)
        )
        for role, named in db.session.execute(query):
            found.setdefault(role.value, {}).setdefault(name, []).append(named)
    for row in db.session.scalars(sa.select(AudienceGrades).filter_by(programme_id=programme.id)):
        grades = {"lowest_grade": row.lowest_grade, "highest_grade": row.highest_grade}
        known = {name: grade for name, grade in grades.items() if grade is not None}
        found.setdefault(row.role.value, {}).update(known)
    return found


def write_audience(programme: Programme, audience: Audience) -> None:
    """Put who may take part in the place of who might before."""
    for table in (AudienceDepartment, AudienceLocation, AudienceGrades):
        db.session.execute(sa.delete(table).where(table.programme_id == programme.id))
    for role, limits in audience.items():
        keys = {"programme_id": programme.id, "role": AudienceRole(role)}
        for name, link, place in _NAMED:
            for place_id in _ids_of(place, limits.get(name, ())).values():
                db.session.add(link(**keys, **{_column(link): place_id}))
        grades = {name: limits.get(name) for name in ("lowest_grade", "highest_grade")}
        if any(grades.values()):
            db.session.add(AudienceGrades(**keys, **grades))


def check_audience(audience: Audience) -> None:
    """Refuse grades that nobody has, and departments and locations that are gone.

    Raises:
        Invalid: beside the field it concerns.
    """
    for role, limits in audience.items():
        lowest, highest = limits.get("lowest_grade"), limits.get("highest_grade")
        for name, grade in (("lowest_grade", lowest), ("highest_grade", highest)):
            if grade is not None and not 1 <= grade <= HIGHEST_GRADE:
                raise Invalid(f"Enter a grade from 1 to {HIGHEST_GRADE}.", field=f"{role}_{name}")
        if lowest is not None and highest is not None and lowest > highest:
            raise Invalid("Enter a grade that is not below the lowest.", field=f"{role}_highest_grade")
        for name, _link, place in _NAMED:
            known = _ids_of(place, limits.get(name, ()))
            for gone in set(limits.get(name, ())) - set(known):
                raise Invalid(f"There is no {place.__tablename__} {gone}.", field=f"{role}_{name}")


def people_in_words(limits: Mapping[str, Any]) -> str:
    """Say whom limits let in: "people in Care or Sales, of grade 3 to 5"."""
    said = [
        f"{word} {_either(limits[name])}"
        for name, word in (("departments", "in"), ("locations", "at"))
        if limits.get(name)
    ]
    lowest, highest = limits.get("lowest_grade"), limits.get("highest_grade")
    if lowest is not None and highest is not None:
        said.append(f"of grade {lowest}" if lowest == highest else f"of grade {lowest} to {highest}")
    elif lowest is not None:
        said.append(f"of grade {lowest} or higher")
    elif highest is not None:
        said.append(f"of grade {highest} or lower")
    return f"people {', '.join(said)}" if said else "everyone"


def audience_in_words(programme: Programme) -> list[str]:
    """Say who may take part, a sentence for each role: "Mentees: everyone"."""
    audience = audience_of(programme)
    return [
        f"{AUDIENCE_WORDS[role]}: {people_in_words(audience.get(role, {}))}"
        for role in roles_of(programme.kind)
    ]


def is_among(limits: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """Hold for the people whom limits let in, whether they are saved or not."""
    conditions: list[sa.ColumnElement[bool]] = [works_here()]
    if limits.get("departments"):
        conditions.append(Person.department_id.in_(_ids_of(Department, limits["departments"]).values()))
    if limits.get("locations"):
        conditions.append(Person.location_id.in_(_ids_of(Location, limits["locations"]).values()))
    if limits.get("lowest_grade") is not None:
        conditions.append(Person.grade >= limits["lowest_grade"])
    if limits.get("highest_grade") is not None:
        conditions.append(Person.grade <= limits["highest_grade"])
    return sa.and_(*conditions)


def may_take_part(programme_id: Any, role: Any) -> sa.ColumnElement[bool]:
    """Hold for people who may take part in a programme in a role; both may be columns of the statement."""
    if isinstance(role, str):
        role = AudienceRole(role)
    conditions: list[sa.ColumnElement[bool]] = []
    for _name, link, _place in _NAMED:
        named = getattr(link, _column(link))
        allowed = sa.select(named).where(link.programme_id == programme_id, link.role == role)
        own = getattr(Person, _column(link))
        conditions.append(sa.or_(~allowed.exists(), sa.func.coalesce(own, 0).in_(allowed)))
    grades = AudienceGrades
    # Whoever has no grade is outside every range: 0 is below the lowest and 99 above the highest.
    outside = sa.exists().where(
        grades.programme_id == programme_id,
        grades.role == role,
        sa.or_(
            sa.func.coalesce(Person.grade, 0) < grades.lowest_grade,
            sa.func.coalesce(Person.grade, 99) > grades.highest_grade,
        ),
    )
    return sa.and_(*conditions, ~outside)


def roles_open_to(person_id: int, programme_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Return the programmes and roles, among some programmes, in which a person may take part."""
    by_role = [
        sa.select(Programme.id, sa.literal(role.value))
        .join(Person, Person.id == person_id)
        .where(Programme.id.in_(programme_ids), has_role(role), may_take_part(Programme.id, role))
        for role in AudienceRole
    ]
    return {(row[0], row[1]) for row in db.session.execute(sa.union_all(*by_role))}


def count_of(limits: Mapping[str, Any]) -> int:
    """Count the people here whom limits let in."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(is_among(limits))) or 0


def _ids_of(place: type[Department | Location], names: Sequence[str]) -> dict[str, int]:
    if not names:
        return {}
    query = sa.select(place.name, place.id).where(place.name.in_(names))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _column(link: type[AudienceDepartment | AudienceLocation]) -> str:
    return "department_id" if link is AudienceDepartment else "location_id"


def _either(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


_NAMED: tuple[tuple[str, Any, Any], ...] = (
    ("departments", AudienceDepartment, Department),
    ("locations", AudienceLocation, Location),
)
