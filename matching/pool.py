"""Which candidates the solver sees: promising pairs first, then every pair that prices show to be missing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matching.candidates import INELIGIBLE, NONE, Blocks, Candidates, Market, joined
from matching.goals import Amounts, GoalWeights, Room
from matching.lots import Lots
from matching.prices import Prices
from matching.rules import Mask
from matching.views import Index

if TYPE_CHECKING:
    from matching.selection import Offers

BEST_OF_MENTEE = 16
BEST_OF_PLACE = 4
DEEPEST = 64
ADDED_AT_ONCE = 24
# With the pairs that gain come those that nearly do: each pricing less is a solve less.
NEARLY_POINTS = 4
TIED_AT_MOST = 64
LOSS = np.int64(-(2**62))


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Candidates to start with, and what the whole market holds.

    `least` and `most` are the points of each mentee's worst and best pair (0 when that is beyond them);
    `floor` is the most points of a pair of each mentee that is no candidate; `every` has all eligible pairs
    that are free, when they are few.
    """

    candidates: Candidates
    least: Amounts
    most: Amounts
    floor: Amounts
    every: Candidates | None = None


def open_pool(market: Market, room: Room, locked: Candidates) -> Pool:
    """Return the best pairs of each mentee and each mentor."""
    if market.explicit is not None:
        return _pool_of(market.explicit, room, locked)
    if market.is_large:
        return _best_pool(market, room, locked)
    blocks = market.blocks(np.arange(len(room.places)))
    found = [_cells(block.rows, points, points != INELIGIBLE) for block, points in blocks]
    return _pool_of(joined(found), room, locked)


def _pool_of(eligible: Candidates, room: Room, locked: Candidates) -> Pool:
    least, most = np.zeros(len(room.places), dtype=np.int64), np.zeros(len(room.places), dtype=np.int64)
    np.minimum.at(least, eligible.rows, eligible.points)
    np.maximum.at(most, eligible.rows, eligible.points)
    every = without(eligible, locked, room)
    start = _ranks(every.rows, every.points) < BEST_OF_MENTEE
    start |= _ranks(every.columns, every.points) < BEST_OF_PLACE * room.capacity[every.columns]
    return Pool(every.only(start), least, most, most, every)


def _ranks(groups: Index, points: Amounts) -> Index:
    """Return the rank of each candidate among those of its group, 0 for the most points."""
    order = np.lexsort((-points, groups))
    ordered = groups[order]
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return ranks


def _best_pool(market: Market, room: Room, locked: Candidates) -> Pool:
    of_mentors = np.minimum(BEST_OF_PLACE * room.capacity, DEEPEST)
    best = market.survey.best(BEST_OF_MENTEE, of_mentors)
    return Pool(without(best.pairs, locked, room), np.zeros_like(best.most), best.most, best.floor)


class Pricing:
    """Looks at all pairs of a market with the prices of a plan, for those that the plan would rather have."""

    def __init__(
        self, market: Blocks, pool: Pool, room: Room, weights: GoalWeights, locked: Candidates
    ) -> None:
        self._market = market
        self._every = pool.every
        self._floor = pool.floor
        self._nearly = -NEARLY_POINTS * max(1, weights.points)
        self._room = room
        self._weights = weights
        self._locked = locked

    def missing(self, prices: Prices, chosen: Candidates, known: Candidates) -> Candidates:
        """Return pairs outside the plan that would gain at these prices, or nearly: a few of each mentee.

        None are returned when none gains: then the plan is the best of all pairs. In large markets only those
        that gain are returned, and none of those that are known: prices of a best plan leave those nothing.
        """
        if self._every is not None:
            gains = prices.gains(self._every, self._every.points * self._weights.points)
            gains[_among(self._every, chosen, len(self._room.capacity))] = LOSS
            if not (gains > 0).any():
                return NONE
            new = np.flatnonzero(gains > self._nearly)
            best = _ranks(self._every.rows[new], gains[new]) < ADDED_AT_ONCE
            return self._every.only(new[best])
        # A pair can only gain what its points add to the mentee's way out: most mentees need no look.
        within = self._floor * self._weights.points + prices.way_out > 0
        rows = np.flatnonzero(within & (self._room.places > 0))
        if isinstance(self._market, Market):
            # Loaded only here: small markets do without a compiler.
            from matching.selection import Span

            settled = known.merged(self._locked, len(self._room.capacity))
            offers, span = self._offers(prices, settled), Span(0, int(-LOSS))
            return self._market.survey.gaining(rows, offers, span, ADDED_AT_ONCE)
        settled = chosen.merged(self._locked, len(self._room.capacity))
        found, some_gain = [], False
        for block, points in self._market.blocks(rows):
            gains = _gains(block.rows, points, self._room, self._weights, prices)
            gains[_inside(block.rows[:, 0], settled)] = LOSS
            some_gain |= bool((gains > 0).any())
            near = (gains > self._nearly) & _at_least_best(gains, ADDED_AT_ONCE)
            found.append(_cells(block.rows, points, near))
        return joined(found) if some_gain else NONE

    def tied(self, prices: Prices, lots: Lots) -> Candidates:
        """Return the pairs that neither gain nor lose at these prices.

        Where they are many (more than `TIED_AT_MOST` a mentee in a block) only those with the best lots are
        returned.
        """
        if self._every is not None:
            gains = prices.gains(self._every, self._every.points * self._weights.points)
            return self._every.only(gains == 0)
        within = self._floor * self._weights.points + prices.way_out >= 0
        rows = np.flatnonzero(within & (self._room.places > 0))
        if isinstance(self._market, Market):
            # Loaded only here: small markets do without a compiler.
            from matching.selection import Span

            offers = self._offers(prices, self._locked)
            return self._market.survey.gaining(rows, offers, Span(-1, 0), TIED_AT_MOST, lots.drawn)
        found = []
        for block, points in self._market.blocks(rows):
            tied = _gains(block.rows, points, self._room, self._weights, prices) == 0
            tied[_inside(block.rows[:, 0], self._locked)] = False
            if tied.sum() > TIED_AT_MOST * len(tied):
                drawn = np.where(tied, lots.of(block.rows, block.columns), -1)
                tied &= _at_least_best(drawn, TIED_AT_MOST)
            found.append(_cells(block.rows, points, tied))
        return joined(found)

    def _offers(self, prices: Prices, settled: Candidates) -> "Offers":
        # Loaded only here: small markets do without a compiler.
        from matching.selection import Offers

        return Offers(
            way_out=prices.way_out,
            mentors=prices.mentors,
            shut=self._room.capacity == 0,
            weight=self._weights.points,
            first=np.searchsorted(settled.rows, np.arange(len(self._room.places) + 1)),
            settled=settled.columns.astype(np.int32),
        )


def are_all(missing: Candidates) -> bool:
    """Tell whether pairs that a look at a large market found missing are all that there are."""
    return not len(missing) or int(np.bincount(missing.rows).max()) < ADDED_AT_ONCE


def _gains(
    rows: Index, points: NDArray[np.int16], room: Room, weights: GoalWeights, prices: Prices
) -> Amounts:
    gains = points.astype(np.int64) * weights.points
    gains += prices.way_out[rows]
    gains -= prices.mentors[None, :]
    shut = (points == INELIGIBLE) | (room.places[rows] == 0) | (room.capacity[None, :] == 0)
    gains[shut] = LOSS
    return gains


def _inside(rows: Index, pairs: Candidates) -> tuple[Index, Index]:
    """Return where in a block, whose rows ascend, the pairs stand that lie in it."""
    place = np.minimum(np.searchsorted(rows, pairs.rows), len(rows) - 1)
    within = rows[place] == pairs.rows
    return place[within], pairs.columns[within]


def _at_least_best(numbers: NDArray[Any], count: int) -> Mask:
    """Mark in each row the numbers that are no less than its `count`-th best."""
    if numbers.shape[1] <= count:
        return np.ones(numbers.shape, dtype=np.bool_)
    place = numbers.shape[1] - count
    return np.asarray(numbers >= np.partition(numbers, place, axis=1)[:, place, None])


def _cells(rows: Index, points: NDArray[np.int16], chosen: Mask) -> Candidates:
    row, column = np.nonzero(chosen)
    return Candidates(rows[row, 0], column, points[row, column].astype(np.int64))


def _among(pairs: Candidates, others: Candidates, mentors: int) -> Mask:
    return np.isin(pairs.rows * mentors + pairs.columns, others.rows * mentors + others.columns)


def without(every: Candidates, locked: Candidates, room: Room) -> Candidates:
    """Leave out what locks have settled, and people without a free place."""
    settled = _among(every, locked, len(room.capacity))
    return every.only(~settled & (room.places[every.rows] > 0) & (room.capacity[every.columns] > 0))
