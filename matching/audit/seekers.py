"""Who sought a match, what became of it by each measure, and the groups that attributes put them in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matching.audit.matches import Match
from matching.errors import ProblemError
from matching.problem import (
    CommunitiesProgramme,
    MentoringProgramme,
    PeerProgramme,
    Person,
    Problem,
    Programme,
)
from matching.solution import Role
from matching.values import shown

FIELDS = ("department", "location", "grade")


class Measure(StrEnum):
    """What is compared: each is a mean over some of a group's people."""

    MATCHED = "matched"
    POINTS = "points"
    FIRST_WISH = "first_wish"
    WAITED_MATCHED = "waited_matched"
    WAITED_UNMATCHED = "waited_unmatched"


@dataclass(frozen=True, slots=True)
class Seeker:
    """Somebody who sought a match, and the value of each measure that is about them."""

    person: Person
    values: Mapping[Measure, int]


def seekers_of(problem: Problem, programme: Programme, matches: Sequence[Match]) -> list[Seeker]:
    """Return everybody who sought a match, of mentors none: they offer one."""
    held: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        if match.role is not Role.MENTOR:
            held[match.person].append(match)
    people = {person.id: person for person in problem.people}
    return [
        Seeker(people[person], _measured(held[person], wishes, waited))
        for person, wishes, waited in _enrolments(programme)
    ]


def _enrolments(programme: Programme) -> Iterator[tuple[str, tuple[str, ...], int]]:
    if isinstance(programme, PeerProgramme):
        yield from ((row.person, row.wishes, row.rounds_waited) for row in programme.people)
    if isinstance(programme, MentoringProgramme):
        yield from ((row.person, row.wishes, row.rounds_waited) for row in programme.mentees if row.places)
    if isinstance(programme, CommunitiesProgramme):
        yield from ((row.person, row.wishes, row.rounds_waited) for row in programme.people if row.places)


def _measured(matches: Sequence[Match], wishes: Sequence[str], waited: int) -> dict[Measure, int]:
    measured = {Measure.MATCHED: int(bool(matches))}
    if wishes:
        measured[Measure.FIRST_WISH] = int(any(wishes[0] in match.partners for match in matches))
    if not matches:
        return measured | {Measure.WAITED_UNMATCHED: waited}
    points = sum(match.points for match in matches) // len(matches)
    return measured | {Measure.POINTS: points, Measure.WAITED_MATCHED: waited}


def attributes_of(seekers: Sequence[Seeker], by: str | None) -> list[str]:
    """Return the attributes known of anybody, or the one asked for; `ProblemError` if nobody has that."""
    named = sorted({name for seeker in seekers for name in seeker.person.attributes} - set(FIELDS))
    known = [name for name in (*FIELDS, *named) if any(_value(seeker.person, name) for seeker in seekers)]
    if by is None:
        return known
    if by not in known:
        raise ProblemError("$.people", f"of nobody who sought a match is the attribute {shown(by)} known.")
    return [by]


def _value(person: Person, attribute: str) -> str | None:
    if attribute == "grade":
        return None if person.grade is None else str(person.grade)
    if attribute in FIELDS:
        return getattr(person, attribute) or None
    return person.attributes.get(attribute) or None


def values_of(seekers: Sequence[Seeker], attribute: str) -> list[str | None]:
    """Return each person's value of an attribute, `None` where it is not known."""
    return [_value(seeker.person, attribute) for seeker in seekers]


def in_order(values: Sequence[str | None]) -> list[str | None]:
    """Return each value once: numbers by size, then words, then what is not known."""
    return sorted(set(values), key=lambda value: (value is None, _rank(value or "")))


def _rank(value: str) -> tuple[bool, int, str]:
    is_number = value.isdecimal() and len(value) < 19
    return not is_number, int(value) if is_number else 0, value
