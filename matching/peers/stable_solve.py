"""One programme of peers in pairs whose first goal is that no two would both rather have each other."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.lots import Lots
from matching.peers.aims import Aim, Aims, Weights, named_weights
from matching.peers.apart import search_of
from matching.peers.groups import Groups
from matching.peers.market import PeerMarket
from matching.peers.proofs import InOrder, Proof
from matching.peers.stable import Choosing, blocking_pairs, open_pairs, sure_people
from matching.peers.stable_search import MOST_OPEN, StableSearch
from matching.peers.stages import Reached
from matching.rules import Mask
from matching.solution import CertificateKind
from matching.terms import Terms
from matching.watch import Watch


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A stable plan, and what shows that none is better: that it is the only one, prices, or a search.

    `stated` is what the certificate says of bound, weights and prices.
    """

    plan: Groups
    kind: CertificateKind
    finished: bool
    stated: dict[str, Any]


class StableSolve:
    """Finds the best stable plan of a programme by its further goals, which are sums."""

    def __init__(self, market: PeerMarket, free: Mask, lots: Lots, watch: Watch) -> None:
        self._market = market
        self._free = free
        self._lots = lots
        self._watch = watch
        self._aims = Aims(market, free)
        # How many groups the linear programmes have known in the end.
        self.looked_at = 0

    def best(self) -> Settled:
        """Return the best stable plan, or one with what is known of better ones; raises `Stopped`."""
        self._watch.go_on_to("plan")
        plan = Choosing(self._market, self._free, self._lots).plan(self._watch)
        self._watch.best = len(plan.people)
        sure = sure_people(self._market, self._free, plan)
        self.looked_at = len(plan)
        if sure[plan.people].all():
            return Settled(plan, CertificateKind.FORCED, finished=True, stated=self._alone(plan))
        if not self._aims.order:
            # Any stable plan is as good as another: nothing is worth anything.
            return Settled(plan, CertificateKind.PRICES, finished=True, stated=self._alone(plan))
        search = search_of(self._market, self._free, self._aims, self._lots, self._watch)
        in_order = InOrder(self._market, self._free, self._aims, search)
        relaxed = in_order.proof()
        self.looked_at = search.looked_at
        if self._is_as_good(plan, relaxed):
            return Settled(plan, CertificateKind.PRICES, finished=True, stated=self._priced(relaxed))
        found, finished = self._searched(plan, sure)
        if self._is_as_good(found, relaxed):
            return Settled(found, CertificateKind.PRICES, finished=True, stated=self._priced(relaxed))
        # That no stable plan is worth more is said of weights that put all plans in order.
        stated = self._priced(in_order.beside(self._aims.most))
        if finished:
            weights = Weights(**{aim.value: stated["weights"].get(aim.value, 0) for aim in Aim})
            stated["searched"] = weights.worth(self._aims.values(found))
        return Settled(found, CertificateKind.BOUND, finished=finished, stated=stated)

    def _is_as_good(self, plan: Groups, relaxed: Proof) -> bool:
        """Tell whether a stable plan is as good as the best that need not be, which prices prove."""
        proved = relaxed.is_best and not relaxed.searched
        return proved and self._aims.ranked(plan) == self._aims.ranked(relaxed.plan)

    def _alone(self, plan: Groups) -> dict[str, Any]:
        """Return what is stated of a plan that needs no prices."""
        weights = Weights(**{aim.value: 1 for aim in self._aims.order})
        worth = weights.worth(self._aims.values(plan))
        return {"bound": worth, "weights": named_weights(self._market.programme, weights)}

    def _priced(self, proof: Proof) -> dict[str, Any]:
        found = Reached(self._market, self._aims, Terms(), proof)
        return {"bound": found.bound(self._free), **found.prices}

    def _searched(self, greedy: Groups, sure: Mask) -> tuple[Groups, bool]:
        """Return the best plan that branch and bound finds in what is open, and whether it is proved."""
        pairs = open_pairs(self._market, self._free & ~sure, MOST_OPEN, self._watch)
        if pairs is None:
            return greedy, False
        first, second = pairs.members[:, 0], pairs.members[:, 1]
        points = self._market.points[first, second].astype(np.int64)
        known = {
            Aim.COVERAGE: pairs.added_up(self._market.waiting),
            Aim.POINTS: points,
            Aim.SAME_PARTNERS: self._market.previous[first, second].astype(np.int64),
        }
        # The lots' upper bits are enough to draw by, and their sums exact for the solver.
        drawn = self._lots.of(first, second) >> 20
        aims = [known[aim] for aim in self._aims.order]
        used, proved = StableSearch(pairs, points, self._watch).best([*aims, drawn])
        if used is None:
            return greedy, False
        is_sure = sure[greedy.members[:, 0]]
        found = greedy.only(is_sure).and_also(pairs.only(used))
        # The solver counts in floating point; what it says of its plan is counted anew.
        if not self._is_plan(found) or self._aims.ranked(found) < self._aims.ranked(greedy):
            return greedy, False
        return found, proved >= len(aims)

    def _is_plan(self, found: Groups) -> bool:
        is_single = len(found.people) == 2 * len(found)
        return is_single and not blocking_pairs(self._market, self._free, found)
