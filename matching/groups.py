"""Groups of people by what is known of them, and how many of each a plan matches: the goal `parity`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.candidates import Market
from matching.goals import Amounts, Room
from matching.problem import Parity, Person
from matching.rules import Mask
from matching.views import Index

EVERYBODY = 1000
NO_GROUP = -1


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The group of each person who seeks a match (others: `NO_GROUP`), and the value each stands for."""

    codes: Index
    values: tuple[str, ...]

    @property
    def sizes(self) -> Amounts:
        """How many seek a match in each group."""
        return self.count(np.ones(len(self.codes), dtype=np.bool_))

    def count(self, people: Mask) -> Amounts:
        """Return how many of the people marked are in each group."""
        codes = self.codes[people & (self.codes != NO_GROUP)]
        return np.bincount(codes, minlength=len(self.values)).astype(np.int64)

    def rates(self, matched: Mask) -> Amounts:
        """Return how many in a thousand of each group are matched, rounded down."""
        return np.asarray(self.count(matched) * EVERYBODY // np.maximum(self.sizes, 1))

    def worst(self, matched: Mask) -> int:
        """Return the rate of the group that is worst off; where there is no group nobody is."""
        return int(self.rates(matched).min(initial=EVERYBODY))

    def needed(self, rate: int, settled: Mask) -> Amounts:
        """Return how many of each group must be matched, beside the settled, for this rate in a thousand."""
        needed = -(-rate * self.sizes // EVERYBODY) - self.count(settled)
        return np.asarray(np.maximum(needed, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Floors:
    """How many of each group may stay without a mentor beside locks (`spare`); more cost `penalty` each."""

    codes: Index
    spare: Amounts
    penalty: int


def groups_of(market: Market) -> Groups:
    """Return the groups of a programme's mentees: none where it names no attribute."""
    programme = market.programme
    people = [market.problem.people[position] for position in market.sides.mentees.tolist()]
    return groups_among(people, [row.places > 0 for row in programme.mentees], programme.parity)


def groups_among(people: Sequence[Person], seeking: Sequence[bool], parity: Parity | None) -> Groups:
    """Return the groups of those of these people who seek a match: none without an attribute to go by."""
    codes = np.full(len(people), NO_GROUP, dtype=np.intp)
    if parity is None:
        return Groups(codes, ())
    values = [value_of(person, parity.attribute) for person in people]
    known = sorted({value for value, seeks in zip(values, seeking, strict=True) if value and seeks})
    number = {value: place for place, value in enumerate(known)}
    for row, (value, seeks) in enumerate(zip(values, seeking, strict=True)):
        if value and seeks:
            codes[row] = number[value]
    return Groups(codes, tuple(known))


def floors_at(rate: int, groups: Groups, room: Room, penalty: int) -> Floors:
    """Return what a plan must keep in which no group's rate is below `rate`."""
    settled = room.waiting == 0
    codes = np.where(settled, NO_GROUP, groups.codes)
    return Floors(codes, groups.count(~settled) - groups.needed(rate, settled), penalty)


def value_of(person: Person, attribute: str) -> str | None:
    """Return the department, the location, or an attribute by its name; `None` or empty when not known."""
    if attribute == "department":
        return person.department
    return person.location if attribute == "location" else person.attributes.get(attribute)
