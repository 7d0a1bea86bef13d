"""The best stable pairs where ties leave a choice: branch and bound over the pairs that are open."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from matching.goals import Amounts
from matching.peers.groups import Groups
from matching.rules import Mask
from matching.watch import Watch

# Choices among more pairs than this are left to lots; so are those that take more branches.
MOST_OPEN, MOST_BRANCHES = 4_000, 20_000
FOREVER = float("inf")
_SOLVED = 0


class StableSearch:
    """Chooses among open pairs, by one aim after another.

    Variables: x of each pair. Nobody is in two, and of every pair of n points one of both is in a pair of n
    points or more, be it this one: then the two do not both gain by each other, and the plan is stable.
    """

    def __init__(self, pairs: Groups, points: Amounts, watch: Watch) -> None:
        self._watch = watch
        self._width = len(pairs)
        people, place = np.unique(pairs.members[:, :2], return_inverse=True)
        number, ends = np.arange(len(pairs)), place.reshape(-1, 2)
        at = csr_array(
            (np.ones(2 * len(pairs)), (ends.ravel(), np.repeat(number, 2))), shape=(len(people), len(pairs))
        )
        together = (at.T @ at).tocoo()
        as_good = points[together.col] >= points[together.row]
        covers = csr_array(
            (np.ones(int(as_good.sum())), (together.row[as_good], together.col[as_good])),
            shape=(len(pairs), len(pairs)),
        )
        self._table = vstack((at, covers), format="csr")
        self._least = np.repeat((0.0, 1.0), (len(people), len(pairs)))
        self._most = np.repeat((1.0, np.inf), (len(people), len(pairs)))

    def best(self, aims: Sequence[Amounts]) -> tuple[Mask | None, int]:
        """Return the best choice by some aims in their order, and by how many of them it is proved.

        Parameters
        ----------
        aims
            For each what every pair counts.
        """
        found, proved = None, 0
        table, least, most = self._table, self._least, self._most
        for counts in aims:
            better = self._solved(counts, LinearConstraint(table, least, most))
            if better is None:
                break
            found, proved = better, proved + 1
            table = vstack((table, csr_array(counts[None].astype(np.float64))), format="csr")
            least = np.append(least, float(counts[found].sum()) - 0.5)
            most = np.append(most, np.inf)
        return found, proved

    def _solved(self, counts: Amounts, rows: LinearConstraint) -> Mask | None:
        """Return a best choice by one sum; `None` when the limits leave it unproved."""
        self._watch.reached(0, 1)
        seconds = FOREVER if self._watch.seconds_left is None else max(self._watch.seconds_left, 0.1)
        found = milp(
            -counts.astype(np.float64),
            integrality=np.ones(self._width, dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=rows,
            options={"mip_rel_gap": 0.0, "node_limit": MOST_BRANCHES, "time_limit": seconds},
        )
        if found.status != _SOLVED or found.x is None:
            return None
        return np.asarray(found.x > 0.5)
