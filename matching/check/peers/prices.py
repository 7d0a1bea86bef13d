"""Holds the prices of people, odd sets and groups against every pair and every triad."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from matching.check.certificate import REQUIRED
from matching.check.peers.circle import Circle
from matching.check.sheet import Flags, Integers
from matching.check.stages import EVERYBODY
from matching.solution import Certificate, Stage

Proof = Certificate | Stage

NEVER = -(2**60)
"""Stands for a pair that may not be together; three of it still fit into 64 bits."""

AGAIN = "same_partners"
SIZES = (2, 3)


class GroupPrices:
    """The prices of a certificate held against every pair and every triad.

    `brings` is what each person adds to a group besides, in a round that programmes share.
    """

    def __init__(self, circle: Circle, certificate: Proof, brings: Sequence[int] | None = None) -> None:
        self.circle = circle
        self.certificate = certificate
        scale, weights = certificate.scale, certificate.weights
        asked = [certificate.people.get(person, 0) for person in circle.people]
        self.total = sum(asked)
        self.triad = scale * weights["triads"]
        # What a person adds to a group less what they ask for.
        worth = weights["coverage"] * circle.priority + weights.get(REQUIRED, 0) * circle.required
        self.adds: Integers = scale * worth - np.array(asked, dtype=np.int64)
        for value, members in circle.groups.items() if certificate.rate is not None else ():
            price, free = certificate.groups.get(value, 0), [row for row in members if circle.free[row]]
            needed = -(-(certificate.rate or 0) * len(members) // EVERYBODY) - (len(members) - len(free))
            self.total -= price * max(needed, 0)
            self.adds[free] += price
        if brings is not None:
            self.adds += np.array(brings, dtype=np.int64)
        self.sets: dict[int, list[tuple[Flags, int]]] = {size: [] for size in SIZES}
        for odd_set in certificate.odd_sets:
            self.total += odd_set.price * (len(odd_set.members) // odd_set.size)
            inside = np.zeros(len(circle.people), dtype=bool)
            inside[[circle.number[member] for member in odd_set.members]] = True
            self.sets[odd_set.size].append((inside, odd_set.price))
        worth = weights["points"] * circle.points + weights.get(AGAIN, 0) * circle.previous
        self.pair: Integers = 2 * scale * worth + self.adds + self.adds[:, None]
        for inside, price in self.sets[2]:
            here = np.flatnonzero(inside)
            self.pair[np.ix_(here, here)] -= price
        may = circle.eligible & circle.free & circle.free[:, None]
        if certificate.least_points is not None:
            may &= circle.points >= certificate.least_points
        self.pair[~may] = NEVER

    def bound(self) -> int:
        """Return what no plan of free people can be worth more than."""
        over = 0
        if 2 in self.circle.programme.group_sizes:
            over += _exact_sum(np.triu(np.maximum(self.pair, 0), 1))
        if 3 in self.circle.programme.group_sizes:
            over += sum(self._triads(person) for person in range(len(self.circle.people)))
        return (self.total + over) // self.certificate.scale

    def _triads(self, person: int) -> int:
        """Return what the triads of a person with two after them leave over.

        Twice a triad's worth is what its pairs leave over, added up, less what only two or all three share:
        an odd set with parts of 2 that holds all three was taken away with each pair, but counts once.
        """
        after = np.arange(person + 1, len(self.circle.people))
        own = self._shared[person, after]
        most = own + self._best[person] + self._best[after] + self._within_reach(person, after)
        others = after[(own > NEVER // 2) & (most > 2 * self.triad)]
        if len(others) < 2:
            return 0
        row = self._shared[person, others]
        twice = self._shared[np.ix_(others, others)] + row + row[:, None] - 2 * self.triad
        for size, factor in ((2, 4), (3, -2)):
            for inside, price in self.sets[size]:
                if inside[person]:
                    here = np.flatnonzero(inside[others])
                    twice[np.ix_(here, here)] += factor * price
        for triad in self.circle.banned_triads & self._named_with(person):
            both = np.flatnonzero(np.isin(others, self._numbers(triad)))
            if len(both) == 2:
                twice[np.ix_(both, both)] = NEVER
        return _exact_sum(np.triu(np.maximum(twice, 0), 1) // 2)

    def _named_with(self, person: int) -> set[frozenset[str]]:
        name = self.circle.people[person]
        return {triad for triad in self.circle.banned_triads if name in triad}

    def _numbers(self, triad: frozenset[str]) -> list[int]:
        return [self.circle.number[member] for member in triad if member in self.circle.number]

    def _within_reach(self, person: int, after: Integers) -> Integers:
        """Return the most that sets holding all three can give back to a triad of two people."""
        back = np.zeros(len(after), dtype=np.int64)
        for inside, price in self.sets[2]:
            if inside[person]:
                back += 4 * price * inside[after]
        return back

    @cached_property
    def _shared(self) -> Integers:
        """What a pair leaves over of twice a triad's worth."""
        shared = self.pair.copy()
        for inside, price in self.sets[2]:
            here = np.flatnonzero(inside)
            shared[np.ix_(here, here)] -= price
        return np.maximum(shared, NEVER)

    @cached_property
    def _best(self) -> Integers:
        """The most that a pair with each person leaves over."""
        best: Integers = self._shared.max(axis=1, initial=NEVER)
        return best


def _exact_sum(values: Integers) -> int:
    """Add up non-negative 64-bit integers without overflow, in two halves of their bits."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
