"""The linear programme over groups: one group a person at most, and within odd sets no more than fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from matching.goals import Amounts
from matching.linear_solver import finds_corner
from matching.peers.groups import NO_GROUPS, Floor, Groups, OddSet, joined

Reals = NDArray[np.float64]
# The solver's numbers are exact to about so much.
NEARLY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """An optimum of the linear programme: how much of each group; prices of people, odd sets and floors."""

    shares: Reals
    people: Reals
    odd_sets: Reals
    floors: Reals

    @property
    def is_whole(self) -> bool:
        """Whether every group is used wholly or not at all."""
        return bool((np.minimum(abs(self.shares), abs(1 - self.shares)) < NEARLY).all())

    @property
    def used(self) -> NDArray[np.bool_]:
        """Tell which groups are used wholly."""
        return np.asarray(self.shares > 1 - NEARLY)


class Relaxation:
    """A linear programme that grows by groups and odd sets and starts each time where it last ended.

        greatest   sum(worth(g) x(g))
        subject to sum(x(g) over the groups of a person) <= 1,  x >= 0
                   sum((|g & B| // s) x(g)) <= |B| // s   for odd sets B with parts of s

    The last row is the sum of the rows of B's members over s, rounded down on both sides: a cut of Chvatal
    and Gomory, which whole plans keep. Of pairs alone the rows with s = 2 are all there are: with them every
    corner is whole (Edmonds).

    References
    ----------
    J. Edmonds, "Maximum matching and a polyhedron with 0,1-vertices", 1965.
    """

    def __init__(self, people: int) -> None:
        self._people = people
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._most = self._solver.infinity()
        self._rows = [self._solver.Constraint(-self._most, 1.0) for _person in range(people)]
        self._odd_rows: list[pywraplp.Constraint] = []
        self._floors: list[tuple[pywraplp.Constraint, Floor]] = []
        self._penalty = 0
        self._variables: list[pywraplp.Variable] = []
        self._objective = self._solver.Objective()
        self._objective.SetMaximization()
        self._parts: list[Groups] = []
        self.odd_sets: list[OddSet] = []

    @property
    def groups(self) -> Groups:
        """The groups it knows, in the order in which they came."""
        self._parts = [joined(self._parts)] if self._parts else [NO_GROUPS]
        return self._parts[0]

    def add_groups(self, groups: Groups, worth: Amounts) -> None:
        """Let it use more groups; none may be known already."""
        before = len(self._variables)
        for members, amount in zip(groups.members.tolist(), worth.tolist(), strict=True):
            variable = self._solver.NumVar(0.0, self._most, "")
            self._objective.SetCoefficient(variable, float(amount))
            for member in members:
                if member >= 0:
                    self._rows[member].SetCoefficient(variable, 1.0)
            self._variables.append(variable)
        self._parts.append(groups)
        for row, odd_set in zip(self._odd_rows, self.odd_sets, strict=True):
            self._fill(row, groups.within(odd_set, self._people), before)
        for row, floor in self._floors:
            self._fill(row, floor.reached(groups, self._people), before)

    def add_odd_sets(self, odd_sets: Sequence[OddSet]) -> None:
        """Demand of more odd sets that no more of their parts are used up than fit."""
        for odd_set in odd_sets:
            row = self._solver.Constraint(-self._most, float(odd_set.parts))
            self._fill(row, self.groups.within(odd_set, self._people), 0)
            self._odd_rows.append(row)
            self.odd_sets.append(odd_set)

    def add_floors(self, floors: Sequence[Floor], penalty: int) -> None:
        """Ask that so many of a floor's members are in a group; each who is lacking costs the penalty."""
        self._penalty = penalty
        for floor in floors:
            row = self._solver.Constraint(float(floor.needed), self._most)
            lacking = self._solver.NumVar(0.0, self._most, "")
            self._objective.SetCoefficient(lacking, -float(penalty))
            row.SetCoefficient(lacking, 1.0)
            self._fill(row, floor.reached(self.groups, self._people), 0)
            self._floors.append((row, floor))

    def _fill(self, row: pywraplp.Constraint, used_up: Amounts, before: int) -> None:
        for place in np.flatnonzero(used_up).tolist():
            row.SetCoefficient(self._variables[before + place], float(used_up[place]))

    def optimum(self, *, seconds: float | None) -> Point | None:
        """Return a corner of greatest worth; `None` when the seconds were over before it was found."""
        if not finds_corner(self._solver, seconds):
            return None
        return Point(
            shares=np.array([variable.solution_value() for variable in self._variables], dtype=np.float64),
            people=np.array([row.dual_value() for row in self._rows], dtype=np.float64),
            odd_sets=np.array([row.dual_value() for row in self._odd_rows], dtype=np.float64),
            floors=np.clip([-row.dual_value() for row, _floor in self._floors], 0.0, self._penalty),
        )
