"""The task as a linear model over some of its candidates: relaxed for prices, in whole numbers for a plan."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from matching.communities.mixes import Demand
from matching.communities.task import Task
from matching.goals import Amounts
from matching.problem import GoalName
from matching.rules import Mask
from matching.views import Index

Numbers = NDArray[np.float64]
HALF = 0.5
# How far from whole a value of the relaxed model may be that is taken for whole.
UNDECIDED = 1e-6


class Ended(Enum):
    """How branch and bound ended: with the best plan, out of time or nodes, or with no plan at all."""

    SOLVED = auto()
    OUT_OF_TIME = auto()
    OUT_OF_NODES = auto()
    NO_PLAN = auto()


@dataclass(slots=True)
class _Rows:
    """Constraints ``sum of coefficients * variables <= limit`` as they are gathered."""

    rows: list[Index] = field(default_factory=list)
    columns: list[Index] = field(default_factory=list)
    values: list[Numbers] = field(default_factory=list)
    limits: list[Numbers] = field(default_factory=list)
    count: int = 0

    def add(self, limits: Numbers, *terms: tuple[Index, Index, float | Numbers]) -> slice:
        """Add rows with these limits; each term is rows within them, variables and coefficients."""
        for rows, columns, values in terms:
            self.rows.append(rows + self.count)
            self.columns.append(columns)
            self.values.append(np.broadcast_to(np.asarray(values, dtype=np.float64), rows.shape))
        self.limits.append(limits)
        self.count += len(limits)
        return slice(self.count - len(limits), self.count)

    def matrix(self, width: int) -> Any:
        """Return the coefficients, one row a constraint."""
        if not self.count:
            return sparse.csr_array((0, width))
        cells = np.concatenate(self.rows), np.concatenate(self.columns)
        return sparse.csr_array((np.concatenate(self.values), cells), shape=(self.count, width))


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The relaxed model's worth, its prices, and the communities that are rather open.

    `promising` are the candidates it uses, and all of the core of people it leaves undecided.
    """

    worth: float
    prices: Numbers
    meetings: Numbers
    floors: Numbers
    opened: Mask
    promising: Index


class Model:
    """Membership of `core` candidates, opening of communities, covering of people, values of mixes.

    Notes
    -----
    Variables, in this order: x of each candidate in the core; y of each community; f of each person with
    several places and something to gain by a first, or in a floor; z of each value of each mix, at most 1 and
    at most the members who have it; and how many are lacking for each floor. ``x <= y`` is left out where y
    is sure to be 1.
    """

    def __init__(self, task: Task, core: Index, sure: Mask) -> None:
        self._task, self._core = task, core
        place = np.full(len(task.candidates), -1, dtype=np.intp)
        place[core] = np.arange(len(core))
        both = place[task.meetings]
        self._meetings = np.flatnonzero((both >= 0).all(axis=1))
        self._met = both[self._meetings]
        self._people, self._communities = task.candidates.rows[core], task.candidates.columns[core]
        self._x = np.arange(len(core))
        self._sure = sure | task.must
        self._opening = len(core) + np.arange(len(task.least))
        self._width = len(core) + len(task.least)
        self._rows = _Rows()
        self._add_people()
        self._add_sizes()
        for column, demands in enumerate(task.demands):
            for demand in demands:
                self._add_mix(column, demand)
        # Of two who are kept apart at most one joins a community.
        every, opening = np.arange(len(self._met)), self._opening[self._communities[self._met[:, 0]]]
        self._apart = self._rows.add(
            np.zeros(len(every)),
            (every, self._met[:, 0], 1.0),
            (every, self._met[:, 1], 1.0),
            (every, opening, -1.0),
        )
        self._lacking = self._width + np.arange(len(task.floors))
        self._width += len(task.floors)
        self._gains.append(np.full(len(task.floors), -float(task.weights.of(GoalName.PARITY))))
        self._floors = self._add_floors()

    def _add_people(self) -> None:
        places, bonus = self._task.room.places, self._task.bonus
        one_place = places[self._people] == 1
        # With one place the first membership is the only one, so that the bonus belongs to each candidate.
        folded = np.where(one_place, bonus[self._people], 0)
        gains = [(self._task.profits[self._core] + folded).astype(np.float64)]
        gains.append(self._task.opening.astype(np.float64))
        self._places = self._rows.add(places.astype(np.float64), (self._people, self._x, 1.0))
        several = np.unique(self._people[~one_place])
        in_floors = np.zeros(len(places), dtype=np.bool_)
        for floor in self._task.floors:
            in_floors[floor.rows] = True
        self._several = several[(bonus[several] > 0) | in_floors[several]]
        number = np.full(len(places), -1, dtype=np.intp)
        number[self._several] = np.arange(len(self._several))
        theirs = np.flatnonzero(number[self._people] >= 0)
        cover = self._width + np.arange(len(self._several))
        self._width += len(cover)
        self._cover = self._rows.add(
            np.zeros(len(cover)),
            (np.arange(len(cover)), cover, 1.0),
            (number[self._people[theirs]], self._x[theirs], -1.0),
        )
        self._covered = self._width - len(cover) + np.arange(len(cover))
        self._gains = [*gains, bonus[self._several].astype(np.float64)]

    def _add_floors(self) -> slice:
        """Ask that so many people of each floor are in some community, or count as lacking."""
        places, terms = self._task.room.places, []
        for number, floor in enumerate(self._task.floors):
            single = np.flatnonzero(np.isin(self._people, floor.rows) & (places[self._people] == 1))
            covered = self._covered[np.isin(self._several, floor.rows)]
            cells = np.concatenate((self._x[single], covered, self._lacking[[number]]))
            terms.append((np.full(len(cells), number), cells, -1.0))
        needed = np.array([-floor.needed for floor in self._task.floors], dtype=np.float64)
        return self._rows.add(needed, *terms)

    def _add_sizes(self) -> None:
        task, every = self._task, np.arange(len(self._opening))
        none = np.zeros(len(every))
        most, least = task.room.capacity.astype(np.float64), task.least.astype(np.float64)
        self._rows.add(none, (self._communities, self._x, 1.0), (every, self._opening, -most))
        self._rows.add(none, (self._communities, self._x, -1.0), (every, self._opening, least))
        doubtful = np.flatnonzero(~self._sure[self._communities])
        within = np.arange(len(doubtful))
        opening = self._opening[self._communities[doubtful]]
        self._rows.add(np.zeros(len(doubtful)), (within, self._x[doubtful], 1.0), (within, opening, -1.0))

    def _add_mix(self, column: int, demand: Demand) -> None:
        members = np.flatnonzero(self._communities == column)
        codes = demand.codes[self._people[members]]
        members, codes = members[codes >= 0], codes[codes >= 0]
        values, place = np.unique(codes, return_inverse=True)
        every = np.arange(len(values))
        present = self._width + every
        self._width += len(values)
        self._gains.append(np.zeros(len(values)))
        opening = self._opening[[column]]
        self._rows.add(np.zeros(len(values)), (every, present, 1.0), (place, self._x[members], -1.0))
        self._rows.add(
            np.zeros(len(values)), (every, present, 1.0), (every, np.repeat(opening, len(values)), -1.0)
        )
        first = np.zeros(1, dtype=np.intp)
        self._rows.add(
            np.zeros(1), (np.zeros_like(every), present, -1.0), (first, opening, float(demand.needed))
        )

    def relaxed(self, center: Numbers, reach: float | None) -> Relaxed | None:
        """Return what the relaxed model says near these prices: there the bound is least, or nearly.

        Notes
        -----
        A place of each person may be bought for their price and `reach` more, or sold for `reach` less: so
        the prices found stay near, and candidates that are not in the core keep losing. Without a `reach`
        they may be any.

        References
        ----------
        O. du Merle, D. Villeneuve, J. Desrosiers, P. Hansen, "Stabilized column generation", Discrete
        Mathematics 194, 1999.
        """
        bonus = self._task.bonus
        above = np.maximum(center - np.where(self._task.room.places > 1, bonus, 0), 0)
        below = np.maximum(bonus - center, 0)[self._several]
        rows = np.concatenate((np.arange(self._places.stop), np.arange(self._cover.start, self._cover.stop)))
        middle = np.concatenate((above, below))
        if reach is None:
            rows, middle, reach = rows[:0], middle[:0], 0.0
        width = self._width + 2 * len(rows)
        costs = np.concatenate((*(-gains for gains in self._gains), middle + reach, reach - middle))
        bounds: Any = np.stack((np.zeros(width), np.ones(width)), axis=1)
        bounds[self._opening[self._sure], 0] = 1.0
        bounds[self._width :, 1] = bounds[self._lacking, 1] = np.inf
        found = optimize.linprog(
            costs,
            A_ub=sparse.hstack((self._rows.matrix(self._width), self._shifts(rows)), format="csr"),
            b_ub=np.concatenate(self._rows.limits),
            bounds=bounds,
            method="highs-ds",
        )
        if found.status != 0:
            return None
        worth = -found.ineqlin.marginals
        prices = worth[self._places].copy()
        paid = bonus.astype(np.float64)
        for floor, price in zip(self._task.floors, worth[self._floors].tolist(), strict=True):
            paid[floor.rows] += price
        prices[self._several] += paid[self._several] - worth[self._cover]
        meetings = np.zeros(len(self._task.meetings))
        meetings[self._meetings] = worth[self._apart]
        values = np.asarray(found.x)
        promising = self._core[self._is_promising(values[: len(self._core)])]
        opened = values[self._opening] > HALF
        return Relaxed(
            -float(found.fun or 0), np.asarray(prices), meetings, worth[self._floors], opened, promising
        )

    def _shifts(self, rows: Index) -> Any:
        """Return the columns that buy a place of each of these rows, then those that sell one."""
        every = np.arange(len(rows))
        signs = np.repeat((-1.0, 1.0), len(rows))
        cells = np.tile(rows, 2), np.concatenate((every, every + len(rows)))
        return sparse.csr_array((signs, cells), shape=(self._rows.count, 2 * len(rows)))

    def _is_promising(self, used: Numbers) -> Mask:
        split = np.abs(used - np.rint(used)) > UNDECIDED
        undecided = np.ones(len(self._task.bonus), dtype=np.bool_)
        undecided[self._people[used > HALF]] = False
        undecided[self._people[split]] = True
        return np.asarray((used > HALF) | undecided[self._people])

    def plan(self, *, seconds: float, nodes: int) -> tuple[Ended, Index | None]:
        """Return how branch and bound ended, and the candidates its best plan uses, if there is one."""
        limits = np.concatenate(self._rows.limits)
        low, high = np.zeros(self._width), np.ones(self._width)
        low[self._opening[self._sure]] = 1.0
        high[self._lacking] = np.inf
        whole = np.zeros(self._width, dtype=np.int64)
        whole[: self._opening[-1] + 1] = 1
        matrix = self._rows.matrix(self._width)
        found = optimize.milp(
            -np.concatenate(self._gains),
            constraints=optimize.LinearConstraint(matrix, -np.inf, limits),
            bounds=optimize.Bounds(low, high),
            integrality=whole,
            options={"mip_rel_gap": 0.0, "time_limit": seconds, "node_limit": nodes},
        )
        used = None if found.x is None else self._core[found.x[: len(self._core)] > HALF]
        if found.status == 1:
            spent = (found.mip_node_count or 0) >= nodes
            return (Ended.OUT_OF_NODES if spent else Ended.OUT_OF_TIME), used
        return (Ended.NO_PLAN if used is None else Ended.SOLVED), used


def as_prices(found: Numbers, scale: int) -> Amounts:
    """Return prices in whole units of 1 / scale."""
    return np.maximum(np.rint(found * scale), 0).astype(np.int64)
