"""Groups of two or three people, as rows of numbers, and what they add up to."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.goals import Amounts
from matching.rules import Mask
from matching.views import Index

# Stands in the third place of a pair.
NOBODY = -1
Members = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups by their members in ascending order, shape (groups, 3), with `NOBODY` third in a pair."""

    members: Members

    def __len__(self) -> int:
        return len(self.members)

    @property
    def are_triads(self) -> Mask:
        """Tell which groups have three members."""
        return np.asarray(self.members[:, 2] != NOBODY)

    @property
    def people(self) -> Index:
        """Return everybody in these groups, ascending and each once."""
        found = np.unique(self.members)
        return np.asarray(found[found != NOBODY])

    def only(self, kept: Mask | Index) -> "Groups":
        """Return those of the groups that `kept` marks or numbers."""
        return Groups(self.members[kept])

    def without(self, others: "Groups") -> "Groups":
        """Return these groups, each once and in order, but none of the others."""
        mine, theirs = np.unique(self.members, axis=0), {tuple(row) for row in others.members.tolist()}
        return Groups(mine[[tuple(row) not in theirs for row in mine.tolist()]].reshape(-1, 3))

    def and_also(self, others: "Groups") -> "Groups":
        """Return these groups and then the others."""
        return Groups(np.concatenate((self.members, others.members)))

    def added_up(self, amounts: Amounts) -> Amounts:
        """Return the sum of an amount of each person over each group's members."""
        return np.asarray(np.append(amounts, 0)[self.members].sum(axis=1))

    def within(self, odd_set: "OddSet", people: int) -> Amounts:
        """Return how many parts of an odd set each group uses up."""
        inside = np.zeros(people + 1, dtype=np.int64)
        inside[odd_set.members] = 1
        return np.asarray(inside[self.members].sum(axis=1) // odd_set.size)

    def worth(self, of_pairs: NDArray[np.integer]) -> Amounts:
        """Return each group's sum of its members' means over the others, from a matrix of all pairs.

        Of a pair that is twice its entry, of a triad the sum of its three.
        """
        first, second, third = self.members.T
        both = of_pairs[first, second].astype(np.int64)
        three = both + of_pairs[first, third] + of_pairs[second, third]
        return np.asarray(np.where(self.are_triads, three, 2 * both), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class OddSet:
    """People of whom parts of `size` leave somebody over: only so many whole parts fit into any plan.

    Parts of 2 count every group with two or three of the members, parts of 3 every triad of members.
    """

    members: Index
    size: int = 2

    @property
    def parts(self) -> int:
        """How many whole parts there are."""
        return len(self.members) // self.size

    @property
    def key(self) -> tuple[int, ...]:
        """What tells it from others."""
        return self.size, *self.members.tolist()


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """People of one group of the goal `parity`, of whom `needed` are to be matched."""

    value: str
    members: Index
    needed: int

    def reached(self, groups: Groups, people: int) -> Amounts:
        """Return how many of the members are in each group."""
        inside = np.zeros(people + 1, dtype=np.int64)
        inside[self.members] = 1
        return np.asarray(inside[groups.members].sum(axis=1))


NO_GROUPS = Groups(np.zeros((0, 3), dtype=np.intp))


def groups_of(members: Iterable[Iterable[int]]) -> Groups:
    """Return groups of these members, in whatever order they are named."""
    rows = [(*sorted(group), NOBODY)[:3] for group in members]
    return Groups(np.array(rows, dtype=np.intp).reshape(-1, 3))


def pairs_of(first: Index, second: Index) -> Groups:
    """Return the pairs of people named at the same places of two lists."""
    nobody = np.full(len(first), NOBODY, dtype=np.intp)
    return Groups(np.stack((np.minimum(first, second), np.maximum(first, second), nobody), axis=1))


def joined(parts: Iterable[Groups]) -> Groups:
    """Return the groups of all parts, one after another."""
    return Groups(np.concatenate([NO_GROUPS.members, *(part.members for part in parts)]))
