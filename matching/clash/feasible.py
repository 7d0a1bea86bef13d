"""Asks branch and bound whether anything at all keeps some constraints."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

# With more variables, or branches, the question is left open.
MOST_VARIABLES, MOST_BRANCHES = 60_000, 20_000
# So many models of one programme are tried: more would take minutes.
MOST_MODELS = 400
_SOLVED, _INFEASIBLE = 0, 2


class UndecidedError(Exception):
    """Whether the constraints can be kept was not found out within the limits."""


class Model:
    """Variables of nothing or one, and rows of them with a least and a most."""

    def __init__(self) -> None:
        self._low: list[float] = []
        self._rows: list[tuple[list[tuple[int, float]], float, float]] = []

    def variables(self, count: int, *, low: float = 0.0) -> range:
        """Add variables; with a `low` of one they are settled."""
        start = len(self._low)
        self._low.extend([low] * count)
        return range(start, len(self._low))

    def row(self, cells: list[tuple[int, float]], least: float, most: float) -> None:
        """Add a sum of variables times numbers that is to lie between two others."""
        self._rows.append((cells, least, most))

    def is_feasible(self) -> bool:
        """Tell whether all rows can be kept at once.

        Raises
        ------
        UndecidedError
            When there are too many variables, or branches.
        """
        if any(not cells and least > 0 for cells, least, _most in self._rows):
            return False
        rows = [row for row in self._rows if row[0]]
        if not rows:
            return True
        if len(self._low) > MOST_VARIABLES:
            raise UndecidedError
        cells = [cell for row in rows for cell in row[0]]
        where = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])
        columns, values = np.array([c for c, _v in cells]), np.array([v for _c, v in cells])
        table = csr_array((values, (where, columns)), shape=(len(rows), len(self._low)))
        found = milp(
            np.zeros(len(self._low)),
            integrality=np.ones(len(self._low), dtype=np.int64),
            bounds=Bounds(np.array(self._low), 1),
            constraints=LinearConstraint(table, [row[1] for row in rows], [row[2] for row in rows]),
            options={"node_limit": MOST_BRANCHES},
        )
        if found.status not in (_SOLVED, _INFEASIBLE):
            raise UndecidedError
        return bool(found.status == _SOLVED)
