"""What the pages about people read: the directory, a profile, and lists to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased, joinedload, selectinload

from app import clock
from app.db import db
from app.errors import Missing
from app.people.models import Department, Location, Person, PersonalBlock, SpokenLanguage
from app.people.signals import places_taken
from app.skills.models import Claim, Goal, Skill

PAGE_SIZE = 25
TOP_SKILLS = 3
MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Filters:
    """Whom the directory shows; what is None or empty does not matter."""

    name: str = ""
    skill_ids: frozenset[int] | None = None
    department_id: int | None = None
    location_id: int | None = None
    language: str | None = None
    has_place: bool = False
    offers_none: bool = False


@dataclass(frozen=True, slots=True)
class HeldSkill:
    """A skill and the level someone claims."""

    skill_id: int
    label: str
    level: int


@dataclass(frozen=True, slots=True)
class Places:
    """How many mentees someone takes, and for how many there is a place now."""

    offered: int
    left: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of the directory."""

    person: Person
    skills: list[HeldSkill]
    places: Places


@dataclass(frozen=True, slots=True)
class Profile:
    """What a profile shows to everyone."""

    person: Person
    claims: Sequence[Claim]
    places: Places


def person_with_id(person_id: int) -> Person:
    """Return a person with where they work and what they speak.

    Raises:
        Missing: when there is none.
    """
    found = db.session.scalars(
        sa.select(Person)
        .filter_by(id=person_id)
        .options(
            joinedload(Person.department),
            joinedload(Person.location),
            joinedload(Person.manager),
            joinedload(Person.working_hours),
            selectinload(Person.languages),
        )
    )
    person = found.unique().one_or_none()
    if person is None:
        raise Missing
    return person


def reader_of(person: Person, *, reader_id: int | None) -> Person | None:
    """Return whoever reads the profile of `person`, with their working hours; None when they are nobody."""
    if reader_id is None or reader_id == person.id:
        return person if reader_id else None
    query = sa.select(Person).filter_by(id=reader_id).options(joinedload(Person.working_hours))
    return db.session.scalars(query).unique().one()


def profile_of(person: Person) -> Profile:
    """Return what `person` can do and offers."""
    claims = db.session.scalars(
        sa.select(Claim)
        .filter_by(person_id=person.id)
        .join(Claim.skill)
        .order_by(Claim.level.desc(), Skill.label)
        .options(sa.orm.contains_eager(Claim.skill), selectinload(Claim.evidence))
    ).all()
    return Profile(person, claims, _places_of(person))


def goals_of(person: Person) -> Sequence[Goal]:
    """Return what `person` wishes to learn, the most important first."""
    return db.session.scalars(
        sa.select(Goal)
        .filter_by(person_id=person.id)
        .join(Goal.skill)
        .order_by(Goal.importance.desc(), Skill.label)
        .options(sa.orm.contains_eager(Goal.skill))
    ).all()


def directory(filters: Filters, *, page: int) -> tuple[Pagination, list[Entry]]:
    """Return one page of the people who work here, by name, with what they can do best."""
    # Ids alone, so that leafing far reads the index and not everyone before the page.
    query = sa.select(Person.id).where(*_conditions(filters)).order_by(Person.name, Person.id)
    pages = db.paginate(query, page=page, per_page=PAGE_SIZE)
    return pages, _entries(pages.items, first=filters.skill_ids or frozenset())


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions = [works_here()]
    conditions += [name_holds(word) for word in filters.name.split()]
    if filters.skill_ids is not None:
        holders = sa.select(Claim.person_id).where(Claim.skill_id.in_(filters.skill_ids))
        conditions.append(Person.id.in_(holders))
    if filters.department_id is not None:
        conditions.append(Person.department_id == filters.department_id)
    if filters.location_id is not None:
        conditions.append(Person.location_id == filters.location_id)
    if filters.language is not None:
        speakers = sa.select(SpokenLanguage.person_id).filter_by(language=filters.language)
        conditions.append(Person.id.in_(speakers))
    if filters.has_place:
        conditions += [Person.mentor_capacity > 0, ~_is_paused(), Person.id.not_in(_full_mentors())]
    if filters.offers_none:
        conditions.append(Person.mentor_capacity == 0)
    return conditions


def works_here() -> sa.ColumnElement[bool]:
    """Hold for people who have not left."""
    return sa.or_(Person.left_on.is_(None), Person.left_on > clock.today())


def _is_paused() -> sa.ColumnElement[bool]:
    today = clock.today()
    return sa.and_(
        Person.paused_from.is_not(None),
        Person.paused_from <= today,
        sa.or_(Person.paused_until.is_(None), Person.paused_until >= today),
    )


def name_holds(word: str) -> sa.ColumnElement[bool]:
    """Hold for names with this part; SQLite folds plain letters only, so others are tried in each case."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return sa.or_(*(Person.name.icontains(spelling, autoescape=True) for spelling in sorted(spellings)))


def _places_taken() -> sa.Subquery:
    """Return the id of a mentor for each mentee that anybody has now."""
    return sa.union_all(*(answer for _, answer in places_taken.send())).subquery()


def _full_mentors() -> sa.Select[int]:
    """Return whose places are all taken; counted in one go, as looking each mentor up is slow for a crowd."""
    taken = _places_taken()
    mentees = sa.func.count().label("mentees")
    counted = sa.select(taken.c.mentor_id, mentees).group_by(taken.c.mentor_id).subquery()
    mentor = aliased(Person)
    return (
        sa.select(mentor.id)
        .join(counted, counted.c.mentor_id == mentor.id)
        .where(counted.c.mentees >= mentor.mentor_capacity)
    )


def _entries(ids: Sequence[int], *, first: frozenset[int]) -> list[Entry]:
    """Return these people by name, in one statement that brings each a row for each of their best skills."""
    best = _best_skills(ids, first=first)
    query = (
        sa.select(Person, _left(), best.c.skill_id, best.c.label, best.c.level)
        .outerjoin(best, sa.and_(best.c.person_id == Person.id, best.c.turn <= TOP_SKILLS))
        .where(Person.id.in_(ids))
        .order_by(Person.name, Person.id, best.c.turn)
        .options(joinedload(Person.department), joinedload(Person.location))
    )
    entries: dict[int, Entry] = {}
    for person, left, *skill in db.session.execute(query):
        places = Places(person.mentor_capacity, max(0, left))
        entry = entries.setdefault(person.id, Entry(person, [], places))
        if skill[0] is not None:
            entry.skills.append(HeldSkill(*skill))
    return list(entries.values())


def _places_of(person: Person) -> Places:
    left = db.session.scalar(sa.select(_left()).where(Person.id == person.id)) or 0
    return Places(person.mentor_capacity, max(0, left))


def _left() -> sa.ColumnElement[int]:
    """Count the places left for one mentor, or few."""
    taken = _places_taken()
    mentees = sa.select(sa.func.count()).select_from(taken).where(taken.c.mentor_id == Person.id)
    return sa.case((_is_paused(), 0), else_=Person.mentor_capacity) - mentees.scalar_subquery()


def _best_skills(ids: Sequence[int], *, first: frozenset[int]) -> sa.Subquery:
    """Return the skills of each person with their turn: those in `first` before others, then by level."""
    asked_for = sa.case((Claim.skill_id.in_(first), 0), else_=1)
    order = (asked_for, Claim.level.desc(), Skill.label)
    turn = sa.func.row_number().over(partition_by=Claim.person_id, order_by=order).label("turn")
    return (
        sa.select(Claim.person_id, Claim.skill_id, Skill.label, Claim.level, turn)
        .join(Claim.skill)
        .where(Claim.person_id.in_(ids))
        .subquery()
    )


def people_called(name: str, *, other_than: int) -> Sequence[Person]:
    """Return the people who work here and go by this name or part of it, at most a handful."""
    query = (
        sa.select(Person)
        .where(*_conditions(Filters(name=name)), Person.id != other_than)
        .order_by(Person.name, Person.id)
        .limit(MOST_FOUND)
        .options(joinedload(Person.department))
    )
    return db.session.scalars(query).all() if name else []


def blocked_by(person: Person) -> Sequence[Person]:
    """Return whom a person never wants to meet."""
    query = (
        sa.select(Person)
        .join(PersonalBlock, PersonalBlock.blocked_person_id == Person.id)
        .where(PersonalBlock.person_id == person.id)
        .order_by(Person.name)
        .options(joinedload(Person.department))
    )
    return db.session.scalars(query).all()


def count_of_blocked(person: Person) -> int:
    """Return how many people someone never wants to meet."""
    query = sa.select(sa.func.count()).select_from(PersonalBlock).filter_by(person_id=person.id)
    return db.session.scalar(query) or 0


def departments() -> list[tuple[int, str]]:
    """Return every department by name."""
    query = sa.select(Department.id, Department.name).order_by(Department.name)
    return [(row_id, name) for row_id, name in db.session.execute(query)]


def locations() -> list[tuple[int, str]]:
    """Return every location by name."""
    query = sa.select(Location.id, Location.name).order_by(Location.name)
    return [(row_id, name) for row_id, name in db.session.execute(query)]


def spoken_languages() -> list[str]:
    """Return the codes of the languages that people here meet in, the most common first."""
    query = (
        sa.select(SpokenLanguage.language)
        .group_by(SpokenLanguage.language)
        .order_by(sa.func.count().desc(), SpokenLanguage.language)
    )
    return list(db.session.scalars(query))


def pause_ahead(person: Person) -> tuple[date, date | None] | None:
    """Return the pause that lasts or is to come, if any."""
    over = person.paused_until is not None and person.paused_until < clock.today()
    return None if person.paused_from is None or over else (person.paused_from, person.paused_until)
