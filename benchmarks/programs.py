"""The instance as a linear, an integer and a constraint program, for HiGHS and CP-SAT."""

from typing import Any

import numpy as np

from benchmarks.assignment import Claim, Found, Instance, Integers

CP_SAT_SECONDS = 150.0
CP_SAT_WORKERS = 2


def highs_lp(instance: Instance) -> Found:
    """Solve the linear program with HiGHS through ``scipy.optimize.linprog``; its vertices are whole."""
    from scipy.optimize import linprog

    rows, most = _rows(instance)
    result = linprog(-instance.worth, A_ub=rows, b_ub=most, bounds=(0, 1), method="highs-ds")
    if result.status != 0:
        raise RuntimeError(result.message)
    return Found(_whole(np.asarray(result.x)), Claim.TOLERANCE)


def highs_milp(instance: Instance) -> Found:
    """Solve the integer program with HiGHS through ``scipy.optimize.milp``."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, most = _rows(instance)
    result = milp(
        -instance.worth,
        constraints=LinearConstraint(rows, ub=most),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(instance.worth), dtype=np.int64),
        options={"mip_rel_gap": 0},
    )
    if result.status != 0:
        raise RuntimeError(result.message)
    return Found(_whole(np.asarray(result.x)), Claim.TOLERANCE)


def cp_sat(instance: Instance) -> Found:
    """Solve with CP-SAT: a Boolean for each candidate, at most one a mentee, capacities as linear sums."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in instance.points]
    of_mentees: list[list[Any]] = [[] for _ in range(instance.mentees)]
    of_mentors: list[list[Any]] = [[] for _ in range(len(instance.capacity))]
    pairs = zip(instance.mentee.tolist(), instance.mentor.tolist(), strict=True)
    for variable, (mentee, mentor) in zip(chosen, pairs, strict=True):
        of_mentees[mentee].append(variable)
        of_mentors[mentor].append(variable)
    for variables in of_mentees:
        model.add_at_most_one(variables)
    for variables, capacity in zip(of_mentors, instance.capacity.tolist(), strict=True):
        model.add(sum(variables) <= capacity)
    model.maximize(cp_model.LinearExpr.weighted_sum(chosen, instance.worth.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = CP_SAT_WORKERS
    solver.parameters.max_time_in_seconds = CP_SAT_SECONDS
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError(f"CP-SAT ended with {solver.status_name(status)}.")
    claim = Claim.BOUND if status == cp_model.OPTIMAL else Claim.NONE
    return Found(np.flatnonzero([solver.boolean_value(variable) for variable in chosen]), claim)


def _rows(instance: Instance) -> tuple[Any, Integers]:
    """Return the matrix with a row for each mentee and each mentor, a column a candidate; and the most."""
    from scipy.sparse import csr_array

    candidates = len(instance.points)
    rows = np.concatenate((instance.mentee, instance.mentees + instance.mentor))
    shape = (instance.mentees + len(instance.capacity), candidates)
    matrix = csr_array((np.ones(2 * candidates), (rows, np.tile(np.arange(candidates), 2))), shape=shape)
    return matrix, np.concatenate((np.ones(instance.mentees, dtype=np.int64), instance.capacity))


def _whole(values: np.ndarray) -> Integers:
    """Return the positions of the ones; a value that is neither is an answer of another problem."""
    if np.any(np.abs(values - np.round(values)) > 1e-6):
        raise RuntimeError("The answer is not whole.")
    return np.flatnonzero(values > 0.5)
