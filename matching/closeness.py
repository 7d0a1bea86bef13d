"""Closeness of skills as rows of a problem: computed once, and the same whatever formula comes later."""

from dataclasses import replace

import numpy as np

from matching.problem import Problem
from matching.skills import Closeness, closeness_of


def with_closeness(problem: Problem) -> Problem:
    """Return the problem with the closeness of the skills its people hold or want as rows of its own.

    Rows that are there stay as they are. The solution is the same as without the rows.
    """
    if problem.skills.closeness is not None:
        return problem
    rows = closeness_rows(closeness_of(problem))
    return replace(problem, skills=replace(problem.skills, closeness=rows))


def closeness_rows(closeness: Closeness) -> tuple[tuple[str, str, int], ...]:
    """Return (skill, other, thousandths) once for each pair of different skills that are close."""
    pairs = closeness.matrix.tocoo()
    row, column = pairs.coords
    once = np.flatnonzero(row < column)
    ids = closeness.ids
    cells = zip(row[once].tolist(), column[once].tolist(), pairs.data[once].tolist(), strict=True)
    return tuple((ids[one], ids[other], int(value)) for one, other, value in cells)
