"""Other people's solvers on one assignment instance, each in the form its own documentation asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

LARGEST_DENSE_BYTES = 4 * 2**30


class TooLargeError(Exception):
    """The instance does not fit the solver's form; the message says what it would take."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Mentees with one place each, mentors with capacities, and the candidates between them.

    ``mentee[k]``, ``mentor[k]`` and ``points[k]`` describe candidate k; ``capacity[j]`` is mentor j's.
    """

    mentees: int
    capacity: Integers
    mentee: Integers
    mentor: Integers
    points: Integers

    @property
    def worth(self) -> Integers:
        """Points of each candidate plus more than all points together: coverage first, then points."""
        return self.points + 1 + self.mentees * int(self.points.max())

    def save(self, path: Path) -> None:
        """Write the arrays to ``path``."""
        np.savez(
            path,
            mentees=self.mentees,
            capacity=self.capacity,
            mentee=self.mentee,
            mentor=self.mentor,
            points=self.points,
        )

    @classmethod
    def load(cls, path: Path) -> "Instance":
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            return cls(
                int(arrays["mentees"]), *(arrays[name] for name in ("capacity", "mentee", "mentor", "points"))
            )


def scipy_dense(instance: Instance) -> Integers:
    """Solve with ``scipy.optimize.linear_sum_assignment``, a column for each place; return chosen candidates.

    A pair that is no candidate is worth nothing, so choosing it means "unmatched".
    """
    from scipy.optimize import linear_sum_assignment

    places = int(instance.capacity.sum())
    needed = 2 * 8 * instance.mentees * places  # the matrix and the solver's own copy
    if needed > LARGEST_DENSE_BYTES:
        raise TooLargeError(f"{needed / 2**30:.0f} GiB for the matrix")
    first_place = np.concatenate(([0], np.cumsum(instance.capacity)))
    candidate, place = _candidate_places(instance, first_place)
    worth = np.zeros((instance.mentees, places))
    worth[instance.mentee[candidate], place] = instance.worth[candidate]
    rows, columns = linear_sum_assignment(worth, maximize=True)
    used = worth[rows, columns] > 0
    mentor = np.searchsorted(first_place, columns[used], side="right") - 1
    return _find(instance, rows[used], mentor)


def scipy_sparse(instance: Instance) -> Integers:
    """Solve with ``scipy.sparse.csgraph.min_weight_full_bipartite_matching``; return chosen candidates.

    It wants every row matched, so each mentee gets a column of its own for "unmatched"; and it reads a weight
    of zero as "no edge", so every weight is raised by one, which changes no comparison.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    first_place = np.concatenate(([0], np.cumsum(instance.capacity)))
    candidate, place = _candidate_places(instance, first_place)
    alone = np.arange(instance.mentees)
    rows = np.concatenate((instance.mentee[candidate], alone))
    columns = np.concatenate((place, first_place[-1] + alone))
    weights = np.concatenate((instance.worth[candidate] + 1, np.ones(instance.mentees, dtype=np.int64)))
    shape = (instance.mentees, int(first_place[-1]) + instance.mentees)
    graph = coo_array((weights.astype(float), (rows, columns)), shape=shape).tocsr()
    chosen_rows, chosen_columns = min_weight_full_bipartite_matching(graph, maximize=True)
    used = chosen_columns < first_place[-1]
    mentor = np.searchsorted(first_place, chosen_columns[used], side="right") - 1
    return _find(instance, chosen_rows[used], mentor)


def ortools_flow(instance: Instance) -> Integers:
    """Solve with OR-Tools ``SimpleMinCostFlow``, capacities on arcs; return chosen candidates."""
    from ortools.graph.python import min_cost_flow

    mentors = len(instance.capacity)
    mentee_node = np.arange(instance.mentees)
    mentor_node = instance.mentees + np.arange(mentors)
    sink = instance.mentees + mentors
    unmatched = np.full(instance.mentees, sink)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate((instance.mentee, mentee_node, mentor_node)),
        np.concatenate((instance.mentees + instance.mentor, unmatched, np.full(mentors, sink))),
        np.concatenate((np.ones(len(instance.mentee) + instance.mentees, dtype=np.int64), instance.capacity)),
        np.concatenate((-instance.worth, np.zeros(instance.mentees + mentors, dtype=np.int64))),
    )
    flow.set_nodes_supplies(mentee_node, np.ones(instance.mentees, dtype=np.int64))
    flow.set_node_supply(sink, -instance.mentees)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("SimpleMinCostFlow found no optimum.")
    return np.flatnonzero(flow.flows(arcs[: len(instance.mentee)]))


def ortools_assignment(instance: Instance) -> Integers:
    """Solve with OR-Tools ``SimpleLinearSumAssignment``; return chosen candidates.

    It wants a perfect matching of two equal sides. The left is the mentees and one idle node for each place,
    the right the places and one unmatched node for each mentee. An arc of the instance is mirrored between
    the idle and the unmatched node of its ends, so that whatever is chosen can be completed at no cost.
    """
    from ortools.graph.python import linear_sum_assignment

    first_place = np.concatenate(([0], np.cumsum(instance.capacity)))
    places = int(first_place[-1])
    candidate, place = _candidate_places(instance, first_place)
    mentee = instance.mentee[candidate]
    alone, idle = np.arange(instance.mentees), np.arange(places)
    free = np.zeros(len(candidate) + instance.mentees + places, dtype=np.int64)
    assignment = linear_sum_assignment.SimpleLinearSumAssignment()
    assignment.add_arcs_with_cost(
        np.concatenate((mentee, instance.mentees + place, alone, instance.mentees + idle)),
        np.concatenate((place, places + mentee, places + alone, idle)),
        np.concatenate((-instance.worth[candidate], free)),
    )
    if assignment.solve() != assignment.OPTIMAL:
        raise RuntimeError("SimpleLinearSumAssignment found no optimum.")
    chosen = np.array([assignment.right_mate(node) for node in range(instance.mentees)])
    used = chosen < places
    mentor = np.searchsorted(first_place, chosen[used], side="right") - 1
    return _find(instance, alone[used], mentor)


OTHERS: dict[str, Callable[[Instance], Integers]] = {
    "OR-Tools SimpleMinCostFlow": ortools_flow,
    "OR-Tools LinearSumAssignment": ortools_assignment,
    "SciPy linear_sum_assignment": scipy_dense,
    "SciPy sparse full matching": scipy_sparse,
}


def _candidate_places(instance: Instance, first_place: Integers) -> tuple[Integers, Integers]:
    """Repeat each candidate once for each place of its mentor: (candidate, place), both of one length."""
    repeats = instance.capacity[instance.mentor]
    candidate = np.repeat(np.arange(len(repeats)), repeats)
    within = np.arange(len(candidate)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return candidate, first_place[instance.mentor[candidate]] + within


def _find(instance: Instance, mentee: Integers, mentor: Integers) -> Integers:
    """Return the positions of the given pairs among the instance's candidates."""
    mentors = len(instance.capacity)
    keys = instance.mentee * mentors + instance.mentor
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], mentee * mentors + mentor)]
