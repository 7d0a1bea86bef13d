"""Counts who would rather have each other: pairs that both would gain by, or at least lose nothing by."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.check.certificate import Candidates, Room
from matching.check.sheet import Integers, Sheet, among

NOTHING, EVERYTHING = -(2**62), 2**62


@dataclass(frozen=True, slots=True)
class Unrest:
    """How many eligible pairs outside a plan both its people want more, or want at least as much."""

    blocking: int
    tempted: int


def unrest_of(sheet: Sheet, candidates: Iterable[Candidates], made: Iterable[tuple[int, int, int]]) -> Unrest:
    """Return who would rather have each other than what a plan gives them; a free place is worth nothing.

    Parameters
    ----------
    candidates : iterable of Candidates
        All eligible pairs, without those that are locked.
    made : iterable of (row, column, points)
        The plan, without pairs that are locked.
    """
    room, pairs = Room.of(sheet), np.array(list(made), dtype=np.int64).reshape(-1, 3)
    of_mentees = _to_lose(pairs[:, 0], pairs[:, 2], room.places)
    of_mentors = _to_lose(pairs[:, 1], pairs[:, 2], room.capacity)
    together = np.sort(pairs[:, 0] * len(sheet.mentors) + pairs[:, 1])
    blocking = tempting = 0
    for part in candidates:
        apart = ~among(part.rows * len(sheet.mentors) + part.columns, together)
        mentee, mentor = of_mentees[part.rows], of_mentors[part.columns]
        blocking += int((apart & (part.points > mentee) & (part.points > mentor)).sum())
        tempting += int((apart & (part.points >= mentee) & (part.points >= mentor)).sum())
    return Unrest(blocking, tempting)


def _to_lose(people: Integers, points: Integers, room: Integers) -> Integers:
    """Return what the weakest place of each person is worth; who has none can take nobody."""
    weakest = np.full(len(room), EVERYTHING, dtype=np.int64)
    for person, worth in zip(people.tolist(), points.tolist(), strict=True):
        weakest[person] = min(weakest[person], worth)
    taken = np.bincount(people, minlength=len(room))
    weakest[taken < room] = NOTHING
    weakest[room <= 0] = EVERYTHING
    return weakest
