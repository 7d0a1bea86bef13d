"""How close people's skills are to what communities are about: one product for many people at once."""

import numpy as np
from numpy.typing import NDArray

from matching.problem import CommunitiesProgramme, Problem
from matching.skills import Closeness
from matching.views import Index, Matrix, matrix_of

Shares = NDArray[np.int32]


class Topics:
    """The share of `skills` without a lead: closeness of what people want to what a community is about.

    For each skill somebody wants, the closest of the community's skills counts, weighed by importance. Who
    wants nothing is measured by the skills they hold, each alike.
    """

    def __init__(
        self, problem: Problem, programme: CommunitiesProgramme, people: Index, closeness: Closeness
    ) -> None:
        self._asked = _asked(problem, people, closeness)
        self._sums = np.maximum(np.asarray(self._asked.sum(axis=1)).ravel(), 1)
        # Shape (skills, communities): the closeness of each skill to the nearest of each community's.
        self._nearest = np.zeros((len(closeness.ids), len(programme.communities)), dtype=np.int64)
        columns = closeness.matrix.tocsc()
        for number, community in enumerate(programme.communities):
            for skill in community.skills:
                place = closeness.index[skill]
                cells = slice(columns.indptr[place], columns.indptr[place + 1])
                near = columns.indices[cells]
                best = np.maximum(self._nearest[near, number], columns.data[cells])
                self._nearest[near, number] = best

    def shares(self, rows: Index) -> Shares:
        """Return some people's shares with every community, in thousandths; shape (rows, communities)."""
        found = self._asked[rows] @ self._nearest // self._sums[rows, None]
        return np.asarray(found, dtype=np.int32)


def _asked(problem: Problem, people: Index, closeness: Closeness) -> Matrix:
    """Return what counts for each person and how much; shape (people, skills)."""
    rows, skills, weights = [], [], []
    for row, position in enumerate(people.tolist()):
        person = problem.people[position]
        counted = [(want.skill, want.importance) for want in person.wants]
        for skill, weight in counted or [(held.skill, 1) for held in person.holds]:
            rows.append(row)
            skills.append(closeness.index[skill])
            weights.append(weight)
    return matrix_of(np.array(weights, dtype=np.int64), rows, skills, (len(people), len(closeness.ids)))
