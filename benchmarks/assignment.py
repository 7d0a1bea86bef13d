"""One assignment instance as arrays, what a solver found for it, and who would rather have each other."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


class Claim(StrEnum):
    """What a method says of its own answer."""

    EXACT = "optimum, by an exact algorithm"
    TOLERANCE = "optimum, within a floating-point tolerance"
    BOUND = "optimum, bound met"
    STABLE = "stable, seeks no optimum"
    NONE = "best found, no proof"

    @property
    def is_optimum(self) -> bool:
        """Tell whether nobody else may find more."""
        return self in (Claim.EXACT, Claim.TOLERANCE, Claim.BOUND)


@dataclass(frozen=True, slots=True)
class Found:
    """The positions of the chosen candidates, and what the method says of them."""

    chosen: Integers
    claim: Claim


@dataclass(frozen=True, slots=True)
class Instance:
    """Mentees with one place each, mentors with capacities, and the candidates between them.

    ``mentee[k]``, ``mentor[k]`` and ``points[k]`` describe candidate k; ``capacity[j]`` is mentor j's.
    ``mentee_rank[k]`` and ``mentor_rank[k]`` say how each side likes the candidate, the least best; they
    only order the candidates of one person.
    """

    mentees: int
    capacity: Integers
    mentee: Integers
    mentor: Integers
    points: Integers
    mentee_rank: Integers
    mentor_rank: Integers

    @classmethod
    def by_points(
        cls, mentees: int, capacity: Integers, mentee: Integers, mentor: Integers, points: Integers
    ) -> "Instance":
        """Return the instance in which both sides of a candidate like it as much as it has points."""
        return cls(mentees, capacity, mentee, mentor, points, -points, -points)

    @property
    def worth(self) -> Integers:
        """Points of each candidate plus more than all points together: coverage first, then points."""
        return self.points + 1 + self.mentees * int(self.points.max())

    @property
    def first_place(self) -> Integers:
        """The number of each mentor's first place, and of places in all as the last entry."""
        return np.concatenate(([0], np.cumsum(self.capacity)))

    def save(self, path: Path) -> None:
        """Write the arrays to ``path``."""
        np.savez(path, **{name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, path: Path) -> "Instance":
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            return cls(int(arrays["mentees"]), *(arrays[name] for name in cls.__slots__[1:]))

    def candidate_places(self) -> tuple[Integers, Integers]:
        """Repeat each candidate once for each place of its mentor: (candidate, place), both of one length."""
        repeats = self.capacity[self.mentor]
        candidate = np.repeat(np.arange(len(repeats)), repeats)
        within = np.arange(len(candidate)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        return candidate, self.first_place[self.mentor[candidate]] + within

    def positions(self, mentee: Integers, mentor: Integers) -> Integers:
        """Return the positions of the given pairs among the candidates; `ValueError` when one is none."""
        keys = self.mentee * len(self.capacity) + self.mentor
        order = np.argsort(keys)
        sought = mentee * len(self.capacity) + mentor
        places = np.minimum(np.searchsorted(keys[order], sought), len(keys) - 1)
        if np.any(keys[order[places]] != sought):
            raise ValueError("A pair was chosen that is no candidate.")
        return order[places]

    def positions_of_places(self, mentee: Integers, place: Integers) -> Integers:
        """Return the positions of the given mentees with the owners of the given places."""
        return self.positions(mentee, np.searchsorted(self.first_place, place, side="right") - 1)


def check_plan(instance: Instance, chosen: Integers) -> None:
    """Raise `ValueError` unless each mentee is chosen at most once and each mentor within capacity."""
    if np.any(np.bincount(instance.mentee[chosen], minlength=instance.mentees) > 1):
        raise ValueError("A mentee was given two mentors.")
    taken = np.bincount(instance.mentor[chosen], minlength=len(instance.capacity))
    if np.any(taken > instance.capacity):
        raise ValueError("A mentor was given more mentees than places.")


def blocking_pairs(instance: Instance, chosen: Integers) -> int:
    """Count the candidates not chosen whose two sides would both rather have each other.

    A mentee would when unmatched or when the mentor ranks before their own; a mentor with capacity would when
    a place is free or when the mentee ranks before one of theirs. Equal ranks block nothing (Gale and
    Shapley 1962; Gusfield and Irving, *The Stable Marriage Problem*, 1989).
    """
    furthest = np.iinfo(np.int64).max
    own = np.full(instance.mentees, furthest)
    own[instance.mentee[chosen]] = instance.mentee_rank[chosen]
    taken = np.bincount(instance.mentor[chosen], minlength=len(instance.capacity))
    last = np.full(len(instance.capacity), np.iinfo(np.int64).min)
    np.maximum.at(last, instance.mentor[chosen], instance.mentor_rank[chosen])
    last[taken < instance.capacity] = furthest
    blocks = (instance.mentee_rank < own[instance.mentee]) & (instance.mentor_rank < last[instance.mentor])
    blocks[chosen] = False
    return int(blocks.sum())


def preference_lists(instance: Instance) -> tuple[list[list[int]], list[list[int]]]:
    """Return each mentee's mentors and each mentor's mentees, the best first; equal ranks by number."""
    of_mentees: list[list[int]] = [[] for _ in range(instance.mentees)]
    of_mentors: list[list[int]] = [[] for _ in range(len(instance.capacity))]
    for position in np.lexsort((instance.mentor, instance.mentee_rank)).tolist():
        of_mentees[instance.mentee[position]].append(int(instance.mentor[position]))
    for position in np.lexsort((instance.mentee, instance.mentor_rank)).tolist():
        of_mentors[instance.mentor[position]].append(int(instance.mentee[position]))
    return of_mentees, of_mentors
