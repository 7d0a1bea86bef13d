"""A mentoring programme laid out for checking: a row for each mentee, a column for each mentor."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.problem import MentoringProgramme, Parity, Person, Problem

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

Some = int | slice | Integers
"""Some rows or columns: those of pairs are a number and many, or as many of each, a pair from either."""
ALL = slice(None)

Thing = TypeVar("Thing", bound=Hashable)


class Sheet:
    """The people, places and restrictions of one programme, indexed by row (mentee) and column (mentor).

    Attributes
    ----------
    mentees, mentors : tuple of Person
        In the programme's order; ``row`` and ``column`` lead from an id to its place in them.
    places, capacity, priority, required : arrays of int
        Places of each mentee and of each mentor, each mentee's worth for coverage, ``1 + rounds_waited``, and
        1 for each mentee who must be matched.
    locked : dict
        From (row, column) to the lock on that pair.
    previous : array of int
        The pairs of an earlier plan whose people still take part, ``row * mentors + column`` of each,
        in order.
    groups : dict
        From each value of the attribute of `parity` to the rows of those who seek a mentor and have it.
    """

    def __init__(self, problem: Problem, programme: MentoringProgramme) -> None:
        self.problem = problem
        self.programme = programme
        self.people: dict[str, Person] = {person.id: person for person in problem.people}
        self.mentees = tuple(self.people[mentee.person] for mentee in programme.mentees)
        self.mentors = tuple(self.people[mentor.person] for mentor in programme.mentors)
        self.row = {person.id: index for index, person in enumerate(self.mentees)}
        self.column = {person.id: index for index, person in enumerate(self.mentors)}
        self._numbers = np.arange(len(self.mentees)), np.arange(len(self.mentors))
        self.places = np.array([mentee.places for mentee in programme.mentees], dtype=np.int64)
        self.capacity = np.array([mentor.capacity for mentor in programme.mentors], dtype=np.int64)
        self.priority = np.array([1 + mentee.rounds_waited for mentee in programme.mentees], dtype=np.int64)
        self.required = np.array([mentee.required for mentee in programme.mentees], dtype=np.int64)
        self.locked = {
            (self.row[lock.members[0]], self.column[lock.members[1]]): lock
            for lock in problem.locks
            if lock.programme == programme.id and lock.members[1] in self.column
        }
        together = [row.members for row in problem.previous if row.programme == programme.id]
        previous = [
            self.row[members[0]] * len(self.mentors) + self.column[members[1]]
            for members in together
            if members[0] in self.row and members[1] in self.column
        ]
        self.previous = np.array(sorted(previous), dtype=np.int64)
        seeking = [places > 0 for places in self.places.tolist()]
        self.groups = grouped_by(self.mentees, programme.parity, seeking)

    def alike(self) -> Iterator[list[int]]:
        """Yield rows of mentees who are alike: in all but who they are, whom they know and what they want."""
        names = [rule.name for rule in self.programme.rules if rule.name is not None]
        alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for row, person in enumerate(self.mentees):
            work = person.department, person.location, person.time_zone, person.working_hours, person.grade
            attributes = (person.attributes.get(name) for name in names)
            alike[*work, frozenset(person.languages), *attributes].append(row)
        yield from alike.values()

    def name(self, person_id: str) -> str:
        """Return a person as sentences name them: name and id, or the id alone."""
        person = self.people.get(person_id)
        return f"{person.name} ({person_id})" if person is not None and person.name else person_id

    def above(self, person_id: str) -> Iterator[str]:
        """Yield the managers of a person from the nearest up, by walking from manager to manager."""
        seen = {person_id}
        manager = self.people[person_id].manager
        while manager is not None and manager not in seen:
            yield manager
            seen.add(manager)
            manager = self.people[manager].manager

    def nothing(self, rows: Some, columns: Some = ALL) -> Integers:
        """Return a zero for each of some pairs."""
        shape = np.broadcast(self._numbers[0][rows], self._numbers[1][columns]).shape
        return np.zeros(shape, dtype=np.int64)

    def columns(self, person_ids: Iterable[str]) -> list[int]:
        """Return the columns of those of the given people who are mentors."""
        return [self.column[person_id] for person_id in person_ids if person_id in self.column]


def attribute_of(person: Person, name: str) -> str:
    """Return the department, the location or an attribute of a person; empty when it is not known."""
    known = {"department": person.department, "location": person.location}
    return (known[name] if name in known else person.attributes.get(name)) or ""


def grouped_by(
    people: Sequence[Person], parity: Parity | None, seeking: Sequence[bool] | None = None
) -> dict[str, list[int]]:
    """Return the places of those of these people who seek a match, by what `parity` looks at."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(people if parity is not None else ()):
        value = attribute_of(person, parity.attribute) if parity is not None else ""
        if value and (seeking is None or seeking[place]):
            groups[value].append(place)
    return dict(groups)


def among(keys: Integers, listed: Integers) -> Flags:
    """Tell which pairs, as ``row * mentors + column``, are among those listed, which are in order."""
    found: Flags = np.append(listed, -1)[np.searchsorted(listed, keys)] == keys
    return found


class Texts:
    """One text of each person, numbered so that many are compared at once; empty means not known."""

    def __init__(self, sheet: Sheet, text: Callable[[Person], str | None]) -> None:
        number: dict[str, int] = {"": 0}
        self._mentees, self._mentors = (
            np.array(
                [number.setdefault(text(person) or "", len(number)) for person in people], dtype=np.int64
            )
            for people in (sheet.mentees, sheet.mentors)
        )

    def same(self, rows: Some, columns: Some = ALL) -> Flags:
        """Tell of which pairs the texts are known and the same."""
        own, other = self._mentees[rows], self._mentors[columns]
        same: Flags = (own == other) & (own != 0)
        return same

    def other(self, rows: Some, columns: Some = ALL) -> Flags:
        """Tell of which pairs the texts are known and differ."""
        own, other = self._mentees[rows], self._mentors[columns]
        differ: Flags = (own != other) & (own != 0) & (other != 0)
        return differ


class Table:
    """A figure of each pair that depends on one thing known of each of the two, such as their languages.

    It is found once for each two things that there are, and looked up for pairs.
    """

    def __init__(
        self, sheet: Sheet, thing: Callable[[Person], Thing], figure: Callable[[Thing, Thing], int]
    ) -> None:
        own, self._mentees = _numbered(map(thing, sheet.mentees))
        others, self._mentors = _numbered(map(thing, sheet.mentors))
        figures = [[figure(one, other) for other in others] for one in own]
        self._figures = np.array(figures, dtype=np.int64).reshape(len(own), len(others))

    def of(self, rows: Some, columns: Some = ALL) -> Integers:
        """Return the figure of some pairs."""
        own, other = self._mentees[rows], self._mentors[columns]
        # One row after the other is looked up several times faster than both at once.
        figures: Integers = self._figures[own][other] if isinstance(rows, int) else self._figures[own, other]
        return figures


def _numbered(things: Iterable[Thing]) -> tuple[list[Thing], Integers]:
    """Return the different things there are, and the number of each."""
    number: dict[Thing, int] = {}
    numbers = [number.setdefault(thing, len(number)) for thing in things]
    return list(number), np.array(numbers, dtype=np.int64)
