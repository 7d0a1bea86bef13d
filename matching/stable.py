"""Stable plans: no two who may be matched would both rather have each other than whom they have.

Both people of a pair see the same points, so all pairs stand in one ranking. A plan is stable when, from the
best points down, the pairs it makes of each number of points leave room for no other of that number: greedy
choice is right, and only ties leave a choice.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.candidates import INELIGIBLE, Blocks, Candidates
from matching.goals import Amounts, Room
from matching.mentors import best_plan
from matching.rules import Mask
from matching.views import Index

NO_PARTNER = np.int64(-(2**62))


@dataclass(frozen=True, slots=True, eq=False)
class Ties:
    """What every stable plan has in common, and what is left to choose.

    `sure` pairs are in every stable plan, `open` ones may be in some; `places` and `capacity` are what the
    sure pairs leave to the open ones.
    """

    sure: Mask
    open: Mask
    places: Amounts
    capacity: Amounts


def ties_of(pairs: Candidates, room: Room) -> Ties:
    """Return what ties leave to choose among all pairs of a market.

    From the best points down: where all pairs of one number of points that hang together still find room,
    every stable plan has them. Where they do not, there is a choice, and so there may be for whoever is
    concerned in all that follows.
    """
    left = [room.places.tolist(), room.capacity.tolist()]
    unsettled = [[False] * len(side) for side in left]
    sure, open_pairs = np.zeros(len(pairs), dtype=np.bool_), np.zeros(len(pairs), dtype=np.bool_)
    for level in _levels(pairs):
        possible = [
            (number, row, column)
            for number, row, column in level
            if (unsettled[0][row] or left[0][row]) and (unsettled[1][column] or left[1][column])
        ]
        for part in _parts(possible):
            nodes = [(side, pair[side + 1]) for pair in part for side in (0, 1)]
            wanted: dict[tuple[int, int], int] = defaultdict(int)
            for node in nodes:
                wanted[node] += 1
            fits = all(
                not unsettled[side][who] and count <= left[side][who] for (side, who), count in wanted.items()
            )
            for number, _row, _column in part:
                (sure if fits else open_pairs)[number] = True
            for (side, who), count in wanted.items():
                if fits:
                    left[side][who] -= count
                else:
                    unsettled[side][who] = True
    return Ties(sure, open_pairs, np.array(left[0], dtype=np.int64), np.array(left[1], dtype=np.int64))


Level = list[tuple[int, int, int]]


def _levels(pairs: Candidates) -> Iterator[Level]:
    """Yield the pairs of each number of points, the most first: their numbers, mentees and mentors."""
    order = np.argsort(-pairs.points, kind="stable")
    ends = np.flatnonzero(np.diff(pairs.points[order])) + 1
    for numbers in np.split(order, ends) if len(order) else ():
        rows, columns = pairs.rows[numbers].tolist(), pairs.columns[numbers].tolist()
        yield list(zip(numbers.tolist(), rows, columns, strict=True))


def _parts(level: Level) -> Iterator[Level]:
    """Yield the pairs that hang together by a person in common."""
    if len(level) < 2:
        yield from ([pair] for pair in level)
        return
    at: dict[tuple[int, int], Level] = defaultdict(list)
    for pair in level:
        at[0, pair[1]].append(pair)
        at[1, pair[2]].append(pair)
    seen: set[int] = set()
    for first in level:
        part, ahead = [], [first]
        while ahead:
            pair = ahead.pop()
            if pair[0] not in seen:
                seen.add(pair[0])
                part.append(pair)
                ahead.extend(at[0, pair[1]] + at[1, pair[2]])
        if part:
            yield part


def greedy_plan(pairs: Candidates, room: Room, lots: Amounts) -> Mask:
    """Return a stable plan: from the best points down, ties by who waits longest, then by lots.

    A step is a flow in which every pair is worth something, so that none that finds room is left out.
    """
    places, capacity = room.places.copy(), room.capacity.copy()
    waiting = room.waiting.copy()
    used = np.zeros(len(pairs), dtype=np.bool_)
    for level in _levels(pairs):
        numbers = np.array([pair[0] for pair in level], dtype=np.intp)
        numbers = numbers[(places[pairs.rows[numbers]] > 0) & (capacity[pairs.columns[numbers]] > 0)]
        if not len(numbers):
            continue
        wanted = pairs.only(numbers)
        taken = np.ones(len(numbers), dtype=np.bool_)
        rows, asked = np.unique(wanted.rows, return_counts=True)
        columns, given = np.unique(wanted.columns, return_counts=True)
        if (asked > places[rows]).any() or (given > capacity[columns]).any():
            taken = _chosen(wanted, places, capacity, waiting, lots[numbers])
        used[numbers[taken]] = True
        np.subtract.at(places, wanted.rows[taken], 1)
        np.subtract.at(capacity, wanted.columns[taken], 1)
        waiting[wanted.rows[taken]] = 0
    return used


def _chosen(pairs: Candidates, places: Amounts, capacity: Amounts, waiting: Amounts, lots: Amounts) -> Mask:
    """Return the best choice among pairs of equal points, on their people alone."""
    rows, row = np.unique(pairs.rows, return_inverse=True)
    columns, column = np.unique(pairs.columns, return_inverse=True)
    inside = Candidates(row.astype(np.intp), column.astype(np.intp), pairs.points)
    # The lots' upper half is enough to draw by, and lets those who wait weigh more than all of them.
    profits = 1 + (lots >> 15)
    bonus = waiting[rows] * (int(profits.sum()) + 1)
    nobody = np.zeros(len(rows), dtype=np.int64)
    room = Room(
        np.minimum(places[rows], len(columns)), np.minimum(capacity[columns], len(rows)), bonus, nobody
    )
    return best_plan(inside, profits, room, bonus)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What each mentee and mentor has to lose: the points of their weakest pair.

    Beside a free place that is nothing. Who has no room beside locks takes no part.
    """

    mentees: Amounts
    mentors: Amounts

    @classmethod
    def of(cls, chosen: Candidates, room: Room) -> "Standing":
        """Return the standing of everybody in a plan."""
        return cls(
            _weakest(chosen.rows, chosen.points, room.places),
            _weakest(chosen.columns, chosen.points, room.capacity),
        )

    def gaining(self, rows: Index, columns: Index, points: Amounts) -> Mask:
        """Tell which pairs would be more to both than what they have."""
        return np.asarray((points > self.mentees[rows]) & (points > self.mentors[columns]))

    def not_losing(self, rows: Index, columns: Index, points: Amounts) -> Mask:
        """Tell which pairs would be as much to both as what they have, or more."""
        return np.asarray((points >= self.mentees[rows]) & (points >= self.mentors[columns]))


def _weakest(people: Index, points: Amounts, room: Amounts) -> Amounts:
    weakest = np.full(len(room), -NO_PARTNER, dtype=np.int64)
    np.minimum.at(weakest, people, points)
    full = np.bincount(people, minlength=len(room)) >= room
    return np.where(room == 0, -NO_PARTNER, np.where(full, weakest, NO_PARTNER))


def blocking_pairs(pairs: Candidates, chosen: Candidates, room: Room) -> Candidates:
    """Return the pairs who would both rather have each other than what a plan gives them."""
    gaining = Standing.of(chosen, room).gaining(pairs.rows, pairs.columns, pairs.points)
    return outside(pairs.only(gaining), chosen, len(room.capacity))


def tempted(pairs: Candidates, chosen: Candidates, room: Room) -> Candidates:
    """Return the pairs outside a plan who would lose nothing by having each other.

    When there are none the plan is the only stable one: from the best points down every pair that found room
    was made.
    """
    same = Standing.of(chosen, room).not_losing(pairs.rows, pairs.columns, pairs.points)
    return outside(pairs.only(same), chosen, len(room.capacity))


def outside(pairs: Candidates, others: Candidates, mentors: int) -> Candidates:
    """Return those of the pairs that are not among the others."""
    known = np.isin(pairs.rows * mentors + pairs.columns, others.rows * mentors + others.columns)
    return pairs.only(~known)


def survey(market: Blocks, chosen: Candidates, locked: Candidates, room: Room) -> Candidates:
    """Return the pairs of a market outside a plan, and not locked, who would lose nothing."""
    standing, mentors = Standing.of(chosen, room), len(room.capacity)
    rows, columns, worth = [chosen.rows[:0]], [chosen.columns[:0]], [chosen.points[:0]]
    for block, points in market.blocks(np.flatnonzero(room.places > 0)):
        same = standing.not_losing(block.rows, block.columns, points.astype(np.int64))
        row, column = np.nonzero(same & (points != INELIGIBLE))
        rows.append(block.rows[row, 0])
        columns.append(column)
        worth.append(points[row, column].astype(np.int64))
    found = Candidates(np.concatenate(rows), np.concatenate(columns), np.concatenate(worth))
    return outside(outside(found, locked, mentors), chosen, mentors)
