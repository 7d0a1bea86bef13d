"""Which candidates the solver sees: the most promising pairs first, then every pair that prices show to be missing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.candidates import ALL_CELLS, INELIGIBLE, Candidates, Market
from matching.goals import Amounts, GoalWeights, Room
from matching.lots import Lots
from matching.prices import Prices
from matching.rules import Mask
from matching.views import Index

BEST_OF_MENTEE = 24
BEST_OF_MENTOR = 8
ADDED_AT_ONCE = 32
TIED_AT_MOST = 64
NONE = Candidates(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Candidates to start with, and what the whole market holds.

    `eligible_of_mentees` and `eligible_of_mentors` count all eligible partners; `least` and `most` are the points of
    each mentee's worst and best; `complete` tells that every eligible pair is among the candidates.
    """

    candidates: Candidates
    eligible_of_mentees: Amounts
    eligible_of_mentors: Amounts
    least: Amounts
    most: Amounts
    complete: bool


def open_pool(market: Market, room: Room, locked: Candidates) -> Pool:
    """Return every eligible pair of a small market, or the best of each mentee and mentor of a large one."""
    if market.explicit is not None:
        return _complete_pool(market, market.explicit, room, locked)
    if market.cells <= ALL_CELLS:
        found = [_cells(block.rows, points, points != INELIGIBLE) for block, points in market.blocks()]
        return _complete_pool(market, _joined(found), room, locked)
    return _best_pool(market, room, locked)


def _complete_pool(market: Market, every: Candidates, room: Room, locked: Candidates) -> Pool:
    mentees, mentors = market.sides.shape
    least, most = np.zeros(mentees, dtype=np.int64), np.zeros(mentees, dtype=np.int64)
    np.minimum.at(least, every.rows, every.points)
    np.maximum.at(most, every.rows, every.points)
    return Pool(
        candidates=_without(every, locked, room),
        eligible_of_mentees=np.bincount(every.rows, minlength=mentees),
        eligible_of_mentors=np.bincount(every.columns, minlength=mentors),
        least=least,
        most=most,
        complete=True,
    )


def _best_pool(market: Market, room: Room, locked: Candidates) -> Pool:
    mentees, mentors = market.sides.shape
    of_mentees, of_mentors = np.zeros(mentees, dtype=np.int64), np.zeros(mentors, dtype=np.int64)
    most = np.zeros(mentees, dtype=np.int64)
    depth = int(min(64, BEST_OF_MENTOR * max(1, room.capacity.max(initial=1))))
    best_points = np.full((depth, mentors), INELIGIBLE, dtype=np.int16)
    best_rows = np.zeros((depth, mentors), dtype=np.intp)
    found = []
    for block, points in market.blocks():
        rows = block.rows[:, 0]
        eligible = points != INELIGIBLE
        of_mentees[rows] = eligible.sum(axis=1)
        of_mentors += eligible.sum(axis=0)
        most[rows] = np.maximum(points.max(axis=1), 0)
        found.append(_cells(block.rows, points, eligible & _at_least_best(points, BEST_OF_MENTEE)))
        stacked = np.concatenate((best_points, points))
        order = np.argpartition(stacked, len(stacked) - depth, axis=0)[-depth:]
        all_rows = np.concatenate((best_rows, np.broadcast_to(block.rows, points.shape)))
        best_points = np.take_along_axis(stacked, order, axis=0)
        best_rows = np.take_along_axis(all_rows, order, axis=0)
    place, column = np.nonzero(best_points != INELIGIBLE)
    wanted = Candidates(best_rows[place, column], column, best_points[place, column].astype(np.int64))
    every = _joined(found).merged(wanted, mentors)
    return Pool(
        _without(every, locked, room), of_mentees, of_mentors, np.zeros_like(most), most, complete=False
    )


def missing_pairs(
    market: Market, room: Room, weights: GoalWeights, prices: Prices, *, settled: Candidates
) -> tuple[Candidates, int]:
    """Return pairs that would gain at these prices, the best few of each mentee, and how many gain in all.

    The pairs that are `settled`, because they are locked or used already, are left out.
    """
    found, count = [], 0
    for block, points in market.blocks():
        gains = _gains(block.rows, points, room, weights, prices)
        gains[_inside(block.rows[:, 0], settled)] = -1
        count += int((gains > 0).sum())
        if (gains > 0).any():
            found.append(_cells(block.rows, points, (gains > 0) & _at_least_best(gains, ADDED_AT_ONCE)))
    return _joined(found), count


def tied_pairs(
    market: Market, room: Room, weights: GoalWeights, prices: Prices, lots: Lots, *, locked: Candidates
) -> Candidates:
    """Return the pairs, other than locked ones, that neither gain nor lose at these prices.

    Where they are many (more than `TIED_AT_MOST` a mentee in a block) only those with the best lots are returned.
    """
    found = []
    for block, points in market.blocks():
        tied = _gains(block.rows, points, room, weights, prices) == 0
        tied[_inside(block.rows[:, 0], locked)] = False
        if tied.sum() > TIED_AT_MOST * len(tied):
            drawn = np.where(tied, lots.of(block.rows, block.columns), -1)
            tied &= _at_least_best(drawn, TIED_AT_MOST)
        found.append(_cells(block.rows, points, tied))
    return _joined(found)


def _gains(
    rows: Index, points: NDArray[np.int16], room: Room, weights: GoalWeights, prices: Prices
) -> Amounts:
    gains = points.astype(np.int64) * weights.points
    gains += prices.way_out[rows]
    gains -= prices.mentors[None, :]
    shut = (points == INELIGIBLE) | (room.places[rows] == 0) | (room.capacity[None, :] == 0)
    gains[shut] = -1
    return gains


def _inside(rows: Index, pairs: Candidates) -> tuple[Index, Index]:
    """Return where in a block, whose rows follow one another, the pairs stand that lie in it."""
    within = (pairs.rows >= rows[0]) & (pairs.rows <= rows[-1])
    return pairs.rows[within] - rows[0], pairs.columns[within]


def _at_least_best(numbers: NDArray[np.int16] | Amounts, count: int) -> Mask:
    """Mark in each row the numbers that are no less than its `count`-th best."""
    if numbers.shape[1] <= count:
        return np.ones(numbers.shape, dtype=np.bool_)
    place = numbers.shape[1] - count
    return np.asarray(numbers >= np.partition(numbers, place, axis=1)[:, place, None])


def _cells(rows: Index, points: NDArray[np.int16], chosen: Mask) -> Candidates:
    row, column = np.nonzero(chosen)
    return Candidates(rows[row, 0], column, points[row, column].astype(np.int64))


def _joined(parts: list[Candidates]) -> Candidates:
    if not parts:
        return NONE
    return Candidates(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.columns for part in parts]),
        np.concatenate([part.points for part in parts]),
    )


def _without(every: Candidates, locked: Candidates, room: Room) -> Candidates:
    """Leave out what locks have settled, and people without a free place."""
    mentors = len(room.capacity)
    settled = np.isin(every.rows * mentors + every.columns, locked.rows * mentors + locked.columns)
    return every.only(~settled & (room.places[every.rows] > 0) & (room.capacity[every.columns] > 0))
