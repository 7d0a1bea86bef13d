"""The best stable plan where ties leave a choice: branch and bound over the pairs that are open."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from matching.candidates import Candidates
from matching.goals import Amounts
from matching.rules import Mask
from matching.watch import Watch

# Choices among more pairs than this are left to lots; so are those that take more branches.
MOST_OPEN, MOST_BRANCHES = 4_000, 20_000
FOREVER = float("inf")
_SOLVED = 0


class StableSearch:
    """Chooses among open pairs, by one aim after another.

    Variables: x of each pair, f of each mentee (has a mentor), and y of each mentee and number of points
    (has no place that is worth less). For each pair with n points, both of whom have k and c places to give
    away: the mentee's pairs of n or more are at least ``k * y``, the mentor's at least ``c * (1 - y - x)``.
    So where a pair is not made, one of both has nothing weaker, and the plan is stable.
    """

    def __init__(self, pairs: Candidates, places: Amounts, capacity: Amounts, watch: Watch) -> None:
        self._pairs = pairs
        self._watch = watch
        levels = sorted(set(zip(pairs.rows.tolist(), pairs.points.tolist(), strict=True)))
        self._level = {level: place for place, level in enumerate(levels)}
        self._mentees = np.unique(pairs.rows)
        self._width = len(pairs) + len(levels) + len(self._mentees)
        self._rows: list[tuple[list[int], list[float], float, float]] = []
        self._lay(places.tolist(), capacity.tolist())

    def _lay(self, places: list[int], capacity: list[int]) -> None:
        pairs = self._pairs
        points = pairs.points.tolist()
        of_mentee, of_mentor = defaultdict(list), defaultdict(list)
        for number, (row, column) in enumerate(zip(pairs.rows.tolist(), pairs.columns.tolist(), strict=True)):
            of_mentee[row].append(number)
            of_mentor[column].append(number)
        for row, numbers in of_mentee.items():
            self._row(numbers, [1.0] * len(numbers), -np.inf, places[row])
            covered = len(pairs) + len(self._level) + int(np.searchsorted(self._mentees, row))
            self._row([covered, *numbers], [1.0] + [-1.0] * len(numbers), -np.inf, 0.0)
            for level in sorted({points[number] for number in numbers}):
                better = [number for number in numbers if points[number] >= level]
                full = len(pairs) + self._level[row, level]
                self._row([full, *better], [-float(places[row])] + [1.0] * len(better), 0.0, np.inf)
        for column, numbers in of_mentor.items():
            self._row(numbers, [1.0] * len(numbers), -np.inf, capacity[column])
            for number in numbers:
                most = float(capacity[column])
                full = len(pairs) + self._level[int(pairs.rows[number]), points[number]]
                weights = defaultdict(float, {full: most, number: most})
                for other in numbers:
                    if points[other] >= points[number]:
                        weights[other] += 1.0
                self._row(list(weights), list(weights.values()), most, np.inf)

    def _row(self, cells: list[int], values: list[float], least: float, most: float) -> None:
        self._rows.append((cells, values, least, most))

    def best(self, aims: Sequence[tuple[Amounts, Amounts]]) -> tuple[Mask | None, int]:
        """Return the best choice by some aims in their order, and by how many of them it is proved.

        Parameters
        ----------
        aims
            For each what every pair counts, and what every mentee with a mentor counts (of all mentees).
        """
        found, before = None, len(self._rows)
        proved = 0
        for of_pairs, of_mentees in aims:
            levels = np.zeros(len(self._level), dtype=np.int64)
            values = np.concatenate((of_pairs, levels, of_mentees[self._mentees]))
            better = self._solved(values)
            if better is None:
                break
            found, proved = better, proved + 1
            cells = np.flatnonzero(values)
            reached = int(values @ found)
            self._row(cells.tolist(), values[cells].astype(float).tolist(), reached - 0.5, np.inf)
        del self._rows[before:]
        return (None if found is None else found[: len(self._pairs)] > 0), proved

    def _solved(self, values: Amounts) -> Amounts | None:
        """Return the variables of a best choice by one sum; `None` when the limits leave it unproved."""
        self._watch.reached(0, 1)
        cells = np.concatenate([np.array(row[0], dtype=np.intp) for row in self._rows])
        places = np.repeat(np.arange(len(self._rows)), [len(row[0]) for row in self._rows])
        amounts = np.concatenate([np.array(row[1], dtype=np.float64) for row in self._rows])
        table = coo_array((amounts, (places, cells)), shape=(len(self._rows), self._width)).tocsr()
        seconds = FOREVER if self._watch.seconds_left is None else max(self._watch.seconds_left, 0.1)
        least, most = [row[2] for row in self._rows], [row[3] for row in self._rows]
        found = milp(
            -values.astype(np.float64),
            integrality=np.ones(self._width, dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(table, least, most),
            options={"mip_rel_gap": 0.0, "node_limit": MOST_BRANCHES, "time_limit": seconds},
        )
        if found.status != _SOLVED or found.x is None:
            return None
        return np.asarray(np.rint(found.x), dtype=np.int64)
