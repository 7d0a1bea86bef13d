"""Runs OR-Tools' linear solver, for no longer than a solve may still take."""

from ortools.linear_solver import pywraplp


def finds_corner(solver: pywraplp.Solver, seconds: float | None) -> bool:
    """Look for a corner of greatest worth; tell whether it was found within the seconds, if there is a limit.

    Raises
    ------
    RuntimeError
        When there is none: the programmes here always have one, so this is an error of the engine.
    """
    if seconds is not None:
        if seconds <= 0:
            return False
        solver.SetTimeLimit(max(1, int(1000 * seconds)))
    status = solver.Solve()
    if status == pywraplp.Solver.OPTIMAL:
        return True
    if seconds is not None and status in (pywraplp.Solver.FEASIBLE, pywraplp.Solver.NOT_SOLVED):
        return False
    raise RuntimeError(f"the linear solver ended with status {status}")
