"""Assignment and flow algorithms of SciPy, OR-Tools and lapx, each in the form it asks for."""

import numpy as np

from benchmarks.assignment import Claim, Found, Instance, Integers

LARGEST_DENSE_BYTES = 4 * 2**30


class TooLargeError(Exception):
    """The instance does not fit the solver's form; the message says what it would take."""


def scipy_dense(instance: Instance) -> Found:
    """Solve with ``scipy.optimize.linear_sum_assignment``, a column for each place."""
    from scipy.optimize import linear_sum_assignment

    worth = _dense_worth(instance)
    mentee, place = linear_sum_assignment(worth, maximize=True)
    used = worth[mentee, place] > 0
    return Found(instance.positions_of_places(mentee[used], place[used]), Claim.EXACT)


def lapx_dense(instance: Instance) -> Found:
    """Solve with ``lap.lapjvr``, the compiled Jonker-Volgenant of lapx, a column for each place."""
    from lap import lapjvr

    cost = -_dense_worth(instance)
    _total, mentee, place = lapjvr(cost, extend_cost=True)
    used = cost[mentee, place] < 0
    return Found(instance.positions_of_places(mentee[used], place[used]), Claim.EXACT)


def scipy_sparse(instance: Instance) -> Found:
    """Solve with ``scipy.sparse.csgraph.min_weight_full_bipartite_matching``.

    It wants every row matched, so each mentee gets a column of its own for "unmatched"; and it reads a weight
    of zero as "no edge", so every weight is raised by one, which changes no comparison.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    candidate, place = instance.candidate_places()
    places = int(instance.first_place[-1])
    alone = np.arange(instance.mentees)
    rows = np.concatenate((instance.mentee[candidate], alone))
    columns = np.concatenate((place, places + alone))
    weights = np.concatenate((instance.worth[candidate] + 1, np.ones(instance.mentees, dtype=np.int64)))
    shape = (instance.mentees, places + instance.mentees)
    graph = coo_array((weights.astype(float), (rows, columns)), shape=shape).tocsr()
    mates = min_weight_full_bipartite_matching(graph, maximize=True)
    mentee, column = (nodes.astype(np.int64) for nodes in mates)
    used = column < places
    return Found(instance.positions_of_places(mentee[used], column[used]), Claim.EXACT)


def ortools_flow(instance: Instance) -> Found:
    """Solve with OR-Tools ``SimpleMinCostFlow``, capacities on arcs."""
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
    return Found(np.flatnonzero(flow.flows(arcs[: len(instance.mentee)])), Claim.EXACT)


def ortools_assignment(instance: Instance) -> Found:
    """Solve with OR-Tools ``SimpleLinearSumAssignment`` as a perfect matching of two equal sides."""
    from ortools.graph.python import linear_sum_assignment

    left, right, worth = _mirrored(instance)
    assignment = linear_sum_assignment.SimpleLinearSumAssignment()
    assignment.add_arcs_with_cost(left, right, -worth)
    if assignment.solve() != assignment.OPTIMAL:
        raise RuntimeError("SimpleLinearSumAssignment found no optimum.")
    mates = np.array([assignment.right_mate(node) for node in range(instance.mentees)])
    return Found(_of_mates(instance, mates), Claim.EXACT)


def lapx_sparse(instance: Instance) -> Found:
    """Solve with ``lap.lapmod``, the sparse solver of lapx, as a perfect matching of two equal sides.

    It wants costs that are not negative: every arc costs the same more, and so does every perfect matching.
    """
    from lap import lapmod

    left, right, worth = _mirrored(instance)
    nodes = instance.mentees + int(instance.first_place[-1])
    order = np.lexsort((right, left))
    row_starts = np.concatenate(([0], np.cumsum(np.bincount(left, minlength=nodes)))).astype(np.int32)
    costs = (worth.max() - worth[order]).astype(float)
    columns = right[order].astype(np.int32)
    mates, _owners = lapmod(nodes, costs, row_starts, columns, return_cost=False)
    return Found(_of_mates(instance, mates[: instance.mentees]), Claim.EXACT)


def _dense_worth(instance: Instance) -> np.ndarray:
    """Return the worth of each mentee at each place; a pair that is no candidate is worth nothing."""
    places = int(instance.first_place[-1])
    needed = 2 * 8 * instance.mentees * places  # the matrix and the solver's own copy
    if needed > LARGEST_DENSE_BYTES:
        raise TooLargeError(f"not run: {needed / 2**30:.0f} GiB for the matrix")
    candidate, place = instance.candidate_places()
    worth = np.zeros((instance.mentees, places))
    worth[instance.mentee[candidate], place] = instance.worth[candidate]
    return worth


def _mirrored(instance: Instance) -> tuple[Integers, Integers, Integers]:
    """Return (left, right, worth) of the arcs of a graph that has a perfect matching.

    The left is the mentees and one idle node for each place, the right the places and one unmatched node for
    each mentee. An arc of the instance is mirrored between the idle and the unmatched node of its ends, so
    that whatever is chosen can be completed at no cost.
    """
    places = int(instance.first_place[-1])
    candidate, place = instance.candidate_places()
    mentee = instance.mentee[candidate]
    alone, idle = np.arange(instance.mentees), np.arange(places)
    free = np.zeros(len(candidate) + instance.mentees + places, dtype=np.int64)
    left = np.concatenate((mentee, instance.mentees + place, alone, instance.mentees + idle))
    right = np.concatenate((place, places + mentee, places + alone, idle))
    return left, right, np.concatenate((instance.worth[candidate], free))


def _of_mates(instance: Instance, mates: Integers) -> Integers:
    """Return the chosen candidates from what each mentee is joined with in the mirrored graph."""
    used = np.flatnonzero(mates < instance.first_place[-1])
    return instance.positions_of_places(used, mates[used])
