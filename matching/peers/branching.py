"""Whole plans by branch and bound, for what the linear programme leaves in parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from matching.goals import Amounts
from matching.peers.groups import NOBODY, Floor, Groups, OddSet
from matching.rules import Mask
from matching.watch import Watch

# How many branches are tried before the best plan so far is taken with an honest bound: at most so many, and
# fewer where there are many groups, for each of which a branch takes longer.
MOST_BRANCHES, MOST_BRANCHES_TIMES_GROUPS = 20_000, 20_000_000
FOREVER = float("inf")
_SOLVED, _LIMIT = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Branched:
    """The best plan found among some groups; `finished` when the solver says that none is better."""

    used: Mask
    bound: float
    finished: bool


def best_whole_plan(
    groups: Groups,
    worth: Amounts,
    odd_sets: Sequence[OddSet],
    people: int,
    watch: Watch,
    *,
    floors: Sequence[Floor] = (),
    penalty: int = 0,
) -> Branched | None:
    """Return the plan of greatest worth among these groups; `None` when the limits leave none.

    Each person who is lacking for a floor costs the `penalty`.
    """
    if not len(groups):
        return Branched(np.zeros(0, dtype=np.bool_), 0.0, True)
    branches = min(MOST_BRANCHES, MOST_BRANCHES_TIMES_GROUPS // len(groups))
    seconds = FOREVER if watch.seconds_left is None else max(watch.seconds_left, 0.1)
    found = milp(
        np.concatenate((-worth.astype(np.float64), np.full(len(floors), float(penalty)))),
        integrality=np.repeat((1, 0), (len(groups), len(floors))),
        bounds=Bounds(0, np.repeat((1.0, np.inf), (len(groups), len(floors)))),
        constraints=_rows(groups, odd_sets, floors, people),
        options={"mip_rel_gap": 0.0, "node_limit": branches, "time_limit": seconds},
    )
    if found.status not in (_SOLVED, _LIMIT) or found.x is None:
        return None
    finished = found.status == _SOLVED
    bound = -float(found.fun if finished or found.mip_dual_bound is None else found.mip_dual_bound)
    return Branched(np.asarray(found.x[: len(groups)] > 0.5), bound, finished)


def _rows(
    groups: Groups, odd_sets: Sequence[OddSet], floors: Sequence[Floor], people: int
) -> LinearConstraint:
    number, place = np.nonzero(groups.members != NOBODY)
    rows, cells = [groups.members[number, place]], [number]
    values = [np.ones(len(number))]
    most = [np.ones(people)]
    for extra, odd_set in enumerate(odd_sets, start=people):
        used_up = groups.within(odd_set, people)
        cell = np.flatnonzero(used_up)
        rows.append(np.full(len(cell), extra))
        cells.append(cell)
        values.append(used_up[cell].astype(np.float64))
        most.append(np.array([odd_set.parts], dtype=np.float64))
    for extra, floor in enumerate(floors):
        inside = floor.reached(groups, people)
        cell = np.flatnonzero(inside)
        rows.append(np.full(len(cell) + 1, people + len(odd_sets) + extra))
        cells.append(np.append(cell, len(groups) + extra))
        values.append(np.append(-inside[cell].astype(np.float64), -1.0))
        most.append(np.array([-floor.needed], dtype=np.float64))
    shape = (people + len(odd_sets) + len(floors), len(groups) + len(floors))
    table = (np.concatenate(values), (np.concatenate(rows), np.concatenate(cells)))
    return LinearConstraint(csr_array(table, shape=shape), -np.inf, np.concatenate(most))
