"""The people of a match beside each other: where and when they work, what each can do and wants to learn."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db import db
from app.people import sentences
from app.people.models import Person
from app.rounds.run_queries import Match
from app.skills.models import Claim, Goal, Skill
from app.words import plural

MOST_SKILLS = 8
WANTED, HELD = "wanted", "held"
NOTHING = "Nothing named yet"


class Level(NamedTuple):
    """A skill that somebody wants or has, with its level."""

    skill_id: int
    label: str
    level: int


@dataclass(frozen=True, slots=True)
class Line:
    """One thing about everybody; each cell has one text or several."""

    term: str
    cells: list[list[str]]


@dataclass(frozen=True, slots=True)
class Profiles:
    """The people of a match in its order, and what is said about them line by line."""

    people: Sequence[Person]
    lines: list[Line]


def profiles_of(match: Match, *, with_record: bool) -> Profiles:
    """Return the profiles of the people of a match as they stand now; O(1) statements.

    `with_record` tells also what HR alone knows: grade and manager, hours a month, and what people want.
    """
    people = _people([one for one in (match.mentee_id, match.mentor_id, match.third_id) if one])
    levels = _levels([person.id for person in people])
    lines = _facts(people, with_record=with_record)
    if with_record:
        lines.append(
            Line("Wants to learn", [_in_words(levels[one.id, WANTED], "to level") for one in people])
        )
    lines.append(Line("Can do", [_held_words(one, people, levels) for one in people]))
    return Profiles(people, lines)


def _people(ids: Sequence[int]) -> list[Person]:
    query = (
        sa.select(Person)
        .where(Person.id.in_(ids))
        .options(
            joinedload(Person.department),
            joinedload(Person.location),
            joinedload(Person.manager),
            joinedload(Person.working_hours),
            joinedload(Person.languages),
        )
        .execution_options(populate_existing=True)
    )
    return sorted(db.session.scalars(query).unique(), key=lambda person: ids.index(person.id))


def _facts(people: Sequence[Person], *, with_record: bool) -> list[Line]:
    """Return what profiles say in one text each; what nobody has is left out."""
    told = [
        dict(
            [
                ("Job title", person.job_title),
                *sentences.about(person, with_record=with_record),
                *sentences.availability(person, with_hours=with_record, reader=None),
            ]
        )
        for person in people
    ]
    terms = dict.fromkeys(term for facts in told for term, text in facts.items() if text)
    for private in ("E-mail", "Employee number"):
        terms.pop(private, None)
    return [Line(term, [[facts.get(term) or "Not said yet"] for facts in told]) for term in terms]


def _levels(ids: Sequence[int]) -> defaultdict[tuple[int, str], list[Level]]:
    """Return what people want, the most important first, and what they have, by person."""

    def rows(table: type[Claim] | type[Goal], kind: str, weight: Any) -> sa.Select[Any]:
        return (
            sa.select(
                table.person_id,
                sa.literal(kind),
                table.skill_id,
                Skill.label,
                table.level,
                weight.label("weight"),
            )
            .join(Skill, Skill.id == table.skill_id)
            .where(table.person_id.in_(ids))
        )

    both = sa.union_all(rows(Goal, WANTED, Goal.importance), rows(Claim, HELD, Claim.level))
    found: defaultdict[tuple[int, str], list[Level]] = defaultdict(list)
    for person_id, kind, *level, _weight in db.session.execute(both.order_by(sa.desc("weight"), "label")):
        found[person_id, kind].append(Level(*level))
    return found


def _held_words(
    person: Person, people: Iterable[Person], levels: defaultdict[tuple[int, str], list[Level]]
) -> list[str]:
    """Say what somebody can do: first what another of the match wants to learn."""
    wanted = {row.skill_id for other in people if other is not person for row in levels[other.id, WANTED]}
    held = sorted(levels[person.id, HELD], key=lambda row: row.skill_id not in wanted)
    return _in_words(held, "level")


def _in_words(rows: Sequence[Level], joined: str) -> list[str]:
    said = [f"{row.label}, {joined} {row.level}" for row in rows[:MOST_SKILLS]]
    more = len(rows) - MOST_SKILLS
    return [*said, *([f"and {plural(more, 'more skill')}"] if more > 0 else [])] or [NOTHING]
