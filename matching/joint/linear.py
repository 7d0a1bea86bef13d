"""A linear model of a whole round that grows by rows and columns: relaxed for prices, or in whole numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from scipy import optimize, sparse

from matching.goals import Amounts
from matching.linear_solver import finds_corner
from matching.rules import Mask
from matching.views import Index

Numbers = NDArray[np.float64]
HALF = 0.5
# Gentle fines begin with such a part of the most that a column gains, and are raised so many times.
GENTLE, STEEPER = 0.125, 4.0
NEARLY = 1e-7
NO_LIMIT = float("inf")


class Ended(Enum):
    """How branch and bound ended: with the best plan, out of time or of nodes, or with no plan at all."""

    SOLVED = auto()
    OUT_OF_TIME = auto()
    OUT_OF_NODES = auto()
    NO_PLAN = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Corner:
    """An optimum of the relaxed model: its worth, how much of each column, and the price of each row."""

    worth: float
    values: Numbers
    prices: Numbers


class Linear:
    """``sum(coefficients * columns) <= limit`` for each row, ``0 <= column <= upper``.

    The first rows are those of the aims: row n says that aim n comes to its target at least, once it has one.
    The relaxed model starts each time where it last ended.
    """

    def __init__(self, aims: int) -> None:
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._constraints: list[pywraplp.Constraint] = []
        self._variables: list[pywraplp.Variable] = []
        self._objective = self._solver.Objective()
        self._objective.SetMaximization()
        self._limits: list[float] = []
        self._uppers: list[float] = []
        self._whole: list[bool] = []
        self._cells: list[tuple[Index, Index, Numbers]] = []
        self._fines: dict[int, float] = {}
        self._most_fines: dict[int, float] = {}
        self._gains: list[list[Numbers]] = [[np.zeros(0)] for _aim in range(aims)]
        self.add_rows(np.full(aims, NO_LIMIT))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self._variables)

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self._limits)

    def add_rows(self, limits: Numbers) -> Index:
        """Add rows with these limits and return their numbers."""
        first = len(self._limits)
        self._limits.extend(limits.tolist())
        self._constraints.extend(self._solver.Constraint(-NO_LIMIT, limit) for limit in limits.tolist())
        return np.arange(first, first + len(limits))

    def add_columns(
        self, gains: Sequence[tuple[int | None, Numbers | Amounts]], *, upper: float, whole: bool, count: int
    ) -> Index:
        """Add columns and return their numbers; `gains` are what each adds to some of the aims."""
        first = len(self._variables)
        self._variables.extend(self._solver.NumVar(0.0, upper, "") for _column in range(count))
        self._uppers.extend([upper] * count)
        self._whole.extend([whole] * count)
        columns = np.arange(first, first + count)
        named = {aim: np.asarray(amounts, dtype=np.float64) for aim, amounts in gains}
        for aim, parts in enumerate(self._gains):
            parts.append(named.get(aim, np.zeros(count)))
            some = np.flatnonzero(parts[-1])
            self.fill(np.full(len(some), aim), columns[some], -parts[-1][some])
        return columns

    def add_fine(self, row: int, fine: float) -> None:
        """Let the relaxed model go beyond a row for a fine, so that it always has a corner."""
        self._fines[self.width] = self._most_fines[self.width] = fine
        column = self.add_columns([], upper=NO_LIMIT, whole=False, count=1)
        self.fill(np.array([row]), column, -np.ones(1))

    @property
    def fined(self) -> Index:
        """The columns that go beyond rows, which no whole plan may use."""
        return np.array(sorted(self._fines), dtype=np.intp)

    def fill(self, rows: Index, columns: Index, coefficients: Numbers) -> None:
        """Set coefficients; no cell may be named twice."""
        self._cells.append((rows, columns, coefficients))
        for row, column, value in zip(rows.tolist(), columns.tolist(), coefficients.tolist(), strict=True):
            self._constraints[row].SetCoefficient(self._variables[column], value)

    def seek(self, aim: int, target: int) -> None:
        """Ask that an aim comes to so much at least."""
        self.limit(aim, -float(target))

    def seek_nothing(self) -> None:
        """Forget every target."""
        for aim in range(len(self._gains)):
            self.limit(aim, NO_LIMIT)

    def limit(self, row: int, most: float) -> None:
        """Give a row another limit."""
        self._limits[row] = most
        self._constraints[row].SetUb(most)

    def gains(self, aim: int) -> Numbers:
        """Return what each column adds to an aim."""
        self._gains[aim] = [np.concatenate(self._gains[aim])]
        return self._gains[aim][0]

    def relaxed(self, aim: int, *, seconds: float | None) -> Corner | None:
        """Return a corner where this aim is greatest, less fines for what goes beyond rows.

        With fines there always is one; `None` when the seconds were over before it was found.
        """
        self._objective.Clear()
        gains = self.gains(aim)
        for column in np.flatnonzero(gains).tolist():
            self._objective.SetCoefficient(self._variables[column], float(gains[column]))
        for column, fine in self._fines.items():
            self._objective.SetCoefficient(self._variables[column], -fine)
        self._objective.SetMaximization()
        if not finds_corner(self._solver, seconds):
            return None
        values = np.array([variable.solution_value() for variable in self._variables])
        prices = np.array([row.dual_value() for row in self._constraints])
        return Corner(float(gains @ values), values, prices)

    def fine_gently(self, aim: int) -> None:
        """Let fines be less than a column can add to an aim: no price of a row is more than its fine."""
        gentle = GENTLE * float(np.abs(self.gains(aim)).max(initial=1.0))
        self._fines = {column: min(fine, gentle) for column, fine in self._most_fines.items()}

    def fine_more(self, corner: Corner) -> bool:
        """Raise the fines of rows that a corner goes beyond; tell whether any could be."""
        raised = False
        for column, fine in self._fines.items():
            most = self._most_fines[column]
            if corner.values[column] > NEARLY and fine < most:
                self._fines[column] = min(most, STEEPER * fine)
                raised = True
        return raised

    def plan(self, aim: int, core: Mask, *, seconds: float, nodes: int) -> tuple[Ended, Numbers | None]:
        """Return how branch and bound over some of the columns ended, and the values of its best plan."""
        kept = np.flatnonzero(core)
        limits = np.array(self._limits)
        matrix = self._matrix()[:, kept]
        bound = np.flatnonzero(np.isfinite(limits) & (np.diff(matrix.tocsr().indptr) > 0))
        found: Any = optimize.milp(
            -self.gains(aim)[kept],
            constraints=optimize.LinearConstraint(matrix.tocsr()[bound], -np.inf, limits[bound]),
            bounds=optimize.Bounds(0, np.array(self._uppers)[kept]),
            integrality=np.array(self._whole, dtype=np.int64)[kept],
            options={"mip_rel_gap": 0.0, "time_limit": seconds, "node_limit": nodes},
        )
        values = None
        if found.x is not None:
            values = np.zeros(self.width)
            values[kept] = found.x
        if found.status == 1:
            spent = (found.mip_node_count or 0) >= nodes
            return (Ended.OUT_OF_NODES if spent else Ended.OUT_OF_TIME), values
        return (Ended.NO_PLAN if values is None else Ended.SOLVED), values

    def _matrix(self) -> Any:
        rows, columns, values = (np.concatenate(part) for part in zip(*self._cells, strict=True))
        return sparse.csc_array((values, (rows, columns)), shape=(len(self._limits), self.width))
