"""The linear solver gives up when the time is over, and an error of the engine is told as one."""

import pytest
from ortools.linear_solver import pywraplp

from matching.linear_solver import finds_corner


@pytest.fixture
def solver() -> pywraplp.Solver:
    """At most one of two, of which the second is worth more."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    first, second = solver.NumVar(0.0, 1.0, "first"), solver.NumVar(0.0, 1.0, "second")
    solver.Add(first + second <= 1)
    solver.Maximize(first + 2 * second)
    return solver


@pytest.mark.parametrize("seconds", [None, 60.0])
def test_a_corner_is_found_in_time(solver: pywraplp.Solver, seconds: float | None) -> None:
    assert finds_corner(solver, seconds)
    assert [variable.solution_value() for variable in solver.variables()] == [0.0, 1.0]


def test_there_is_no_corner_when_no_time_is_left(solver: pywraplp.Solver) -> None:
    assert not finds_corner(solver, 0.0)


@pytest.mark.parametrize("seconds", [None, 60.0])
def test_a_model_without_a_plan_is_an_error(solver: pywraplp.Solver, seconds: float | None) -> None:
    solver.Add(solver.variables()[0] >= 2)
    with pytest.raises(RuntimeError, match="ended with status"):
        finds_corner(solver, seconds)
