"""A mentoring programme laid out for checking: a row for each mentee, a column for each mentor."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matching.problem import MentoringProgramme, Person, Problem

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


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
        The pairs of an earlier plan whose people still take part, ``row * mentors + column`` of each.
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
        self.previous = np.array(
            [
                self.row[members[0]] * len(self.mentors) + self.column[members[1]]
                for members in together
                if members[0] in self.row and members[1] in self.column
            ],
            dtype=np.int64,
        )
        self.groups = self._groups()

    def _groups(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = defaultdict(list)
        if self.programme.parity is not None:
            for row, person in enumerate(self.mentees):
                value = attribute_of(person, self.programme.parity.attribute)
                if value and self.places[row] > 0:
                    groups[value].append(row)
        return dict(groups)

    def of_mentors(self, columns: Iterable[int]) -> "Sheet":
        """Return the sheet of the same programme with these mentors alone, in this order."""
        mentors = tuple(self.programme.mentors[column] for column in columns)
        return Sheet(self.problem, replace(self.programme, mentors=mentors))

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

    def columns(self, person_ids: Iterable[str]) -> list[int]:
        """Return the columns of those of the given people who are mentors."""
        return [self.column[person_id] for person_id in person_ids if person_id in self.column]


def attribute_of(person: Person, name: str) -> str:
    """Return the department, the location or an attribute of a person; empty when it is not known."""
    known = {"department": person.department, "location": person.location}
    return (known[name] if name in known else person.attributes.get(name)) or ""


class Texts:
    """One text for each mentor, numbered so that comparing a whole column is cheap; empty means not known."""

    def __init__(self, texts: Iterable[str | None]) -> None:
        self._number: dict[str, int] = {"": 0}
        self._column = np.array(
            [self._number.setdefault(text or "", len(self._number)) for text in texts], dtype=np.int64
        )

    def same(self, own: str | None) -> Flags:
        """Tell which mentors are known to have one's own text."""
        same: Flags = self._column == (self._number.get(own, -1) if own else -1)
        return same

    def other(self, own: str | None) -> Flags:
        """Tell which mentors are known to have another text than one's own, which is known too."""
        other: Flags = (self._column != 0) & ~self.same(own) & bool(own)
        return other


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return, for each first id of the pairs, the set of second ids."""
    groups: dict[str, set[str]] = defaultdict(set)
    for first, second in pairs:
        groups[first].add(second)
    return groups
