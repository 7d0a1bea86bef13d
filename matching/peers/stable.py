"""Stable pairs of peers: no two who may be together would both rather have each other than whom they have.

Both see the same points, so all pairs stand in one ranking and there always is such a plan: from the best
points down, two who have nobody better left are together. Only ties leave a choice.

References
----------
D. J. Abraham, A. Levavi, D. F. Manlove, G. O'Malley, "The stable roommates problem with globally ranked
pairs", 2008.
"""

from collections.abc import Iterator

import numpy as np

from matching.goals import Amounts
from matching.lots import Lots
from matching.peers.groups import Groups, groups_of, pairs_of
from matching.peers.market import PeerMarket
from matching.rules import Mask
from matching.views import Index
from matching.watch import Watch

# Stands for being with nobody: anybody who may be had is more.
NOBODY_YET = np.int64(-(2**62))
# Among more people than this nothing is ruled out, and ties are left to lots.
MOST_PEOPLE = 4_000


class Choosing:
    """People choose each other, the best points first; whoever has chosen is out of reach of the others."""

    def __init__(self, market: PeerMarket, free: Mask, lots: Lots) -> None:
        self._market = market
        self._left = free.copy()
        self._lots = lots
        self._chosen: list[tuple[int, int]] = []

    def plan(self, watch: Watch) -> Groups:
        """Return a stable plan; among equal partners who waits longest comes first, then lots decide.

        Whoever is sought leads to whom they would most like to have, and so on, each for more points than the
        one before, until two have nobody better left than each other. Raises `Stopped`.
        """
        everybody = np.arange(len(self._market))
        first = np.lexsort((-self._lots.of(everybody, everybody), -self._market.waiting))
        for done, person in enumerate(first.tolist()):
            watch.reached(done, len(everybody))
            way = [person] if self._left[person] else []
            while way:
                self._go_on(way)
        return groups_of(self._chosen)

    def _go_on(self, way: list[int]) -> None:
        """Match the last person on the way with the best partner left, or lead the way there."""
        person = way[-1]
        best, partners = self._best_of(person) if self._left[person] else (NOBODY_YET, NO_ONE)
        if not len(partners):
            way.pop()
            return
        order = np.lexsort((-self._drawn(person, partners), -self._market.waiting[partners]))
        partner = int(partners[order[0]])
        if self._best_of(partner)[0] > best:
            way.append(partner)
            return
        self._left[[person, partner]] = False
        self._chosen.append((person, partner))
        way.pop()

    def _best_of(self, person: int) -> tuple[np.int64, Index]:
        """Return the most points that a person can still have, and everybody they can have them with."""
        others = np.flatnonzero(self._market.eligible[person] & self._left)
        if not len(others):
            return NOBODY_YET, others
        points = self._market.points[person, others].astype(np.int64)
        return points.max(), others[points == points.max()]

    def _drawn(self, person: int, others: Index) -> Amounts:
        return np.asarray(self._lots.of(np.minimum(person, others), np.maximum(person, others)))


NO_ONE: Index = np.zeros(0, dtype=np.intp)


def sure_people(market: PeerMarket, free: Mask, plan: Groups) -> Mask:
    """Mark the people of a stable plan who are with the same person in every stable plan.

    From the best points down: two for whom everybody as good is with somebody else for sure.
    """
    sure = np.zeros(len(market), dtype=np.bool_)
    first, second = plan.members[:, 0], plan.members[:, 1]
    points = market.points[first, second].astype(np.int64)
    for place in np.argsort(-points, kind="stable").tolist():
        pair = plan.members[place, :2]
        open_still = market.eligible[pair] & (free & ~sure) & (market.points[pair] >= points[place])
        open_still[:, pair] = False
        sure[pair] = not open_still.any()
    return sure


def open_pairs(market: PeerMarket, people: Mask, most: int, watch: Watch) -> Groups | None:
    """Return the pairs of these people that may be in a stable plan; `None` where they are more than `most`.

    Where one partner is better for somebody than all others they could still have, that partner is in no pair
    of fewer points: the two would both rather have each other. What is ruled out so leaves others fewer to
    choose from, and so on. Raises `Stopped`.
    """
    rows = np.flatnonzero(people)
    if len(rows) > MOST_PEOPLE:
        return None
    cells = np.ix_(rows, rows)
    points = np.where(market.eligible[cells], market.points[cells], NOBODY_YET)
    while True:
        watch.reached(0, 1)
        best = points.max(axis=1, initial=NOBODY_YET)
        has_one = (best > NOBODY_YET) & ((points == best[:, None]).sum(axis=1) == 1)
        least = np.full(len(rows), NOBODY_YET)
        np.maximum.at(least, points[has_one].argmax(axis=1), best[has_one])
        gone = (points < np.maximum(least[:, None], least)) & (points > NOBODY_YET)
        if not gone.any():
            break
        points[gone] = NOBODY_YET
    first, second = np.nonzero(np.triu(points > NOBODY_YET, 1))
    return None if len(first) > most else pairs_of(rows[first], rows[second])


def blocking_pairs(market: PeerMarket, free: Mask, plan: Groups) -> int:
    """Return how many free people, two by two, would both rather have each other than what a plan gives."""
    standing = np.where(free, NOBODY_YET, -NOBODY_YET)
    first, second = plan.members[:, 0], plan.members[:, 1]
    standing[first] = standing[second] = market.points[first, second]
    return sum(len(row) for row in _better_off(market, standing))


def _better_off(market: PeerMarket, standing: Amounts) -> Iterator[Index]:
    everybody = np.arange(len(market))
    for rows in market.rows():
        better = market.eligible[rows] & (market.points[rows] > np.maximum(standing[rows, None], standing))
        yield np.nonzero(better & (rows[:, None] < everybody))[0]
