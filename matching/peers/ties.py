"""The tie-break among peers: of the plans equal in every aim, the one that drew the greatest sum of lots."""

from collections.abc import Iterator

import numpy as np

from matching.goals import Amounts
from matching.lots import LOT_BITS, Lots
from matching.peers.aims import Weights
from matching.peers.branching import best_whole_plan
from matching.peers.groups import Groups, joined
from matching.peers.market import PeerMarket
from matching.peers.odd_sets import violated
from matching.peers.pricing import Prices, Pricing
from matching.peers.relaxation import Relaxation
from matching.rules import Mask
from matching.views import Index
from matching.watch import Watch

# Lots of this many bits are told apart by a linear solver even when hundreds are added.
BITS = 20
# Where more groups than this are tied, only those of each person with the best lots stay in.
TIED_AT_MOST = 40_000
TIED_OF_PERSON = 16
# Where a person could be in a tied triad with more people than this, only the luckiest are looked at.
PARTNERS_AT_MOST, LUCKIEST = 60, 16


class TieBreak:
    """Chooses among the plans that some prices prove to be best.

    A plan is one of them when it uses only groups that gain nothing, everybody whose price is above nothing,
    and of each odd set with a price as many pairs as fit (complementary slackness). Such demands are met by
    paying so much for each of them that no lots make up for one. Of pairs alone the choice is exact; with
    triads, branch and bound ends it. Where more than `TIED_AT_MOST` groups are tied, or more than
    `PARTNERS_AT_MOST` people with somebody in triads, the choice is the best among those with the best lots.
    """

    def __init__(self, market: PeerMarket, free: Mask, lots: Lots, watch: Watch) -> None:
        self._market = market
        self._free = free
        self._lots = lots
        self._watch = watch

    def luckiest(self, plan: Groups, weights: Weights, prices: Prices) -> Groups:
        """Return the luckiest of the plans that the prices prove as good as this one."""
        self._watch.go_on_to("tie-break")
        tied = self._tied(plan, weights, prices)
        luck = self._luck(tied)
        demanded = tied.added_up((prices.people > 0).astype(np.int64))
        for odd_set, _price in prices.odd_sets:
            demanded += tied.within(odd_set, len(self._market))
        worth = luck + (demanded << BITS + 3) * 3
        relaxation = Relaxation(len(self._market))
        relaxation.add_groups(tied, worth)
        relaxation.add_odd_sets([odd_set for odd_set, _price in prices.odd_sets])
        while True:
            self._watch.go_on_to("tie-break")
            point = relaxation.optimum(seconds=self._watch.seconds_left)
            if point is None:
                continue
            if point.is_whole:
                return tied.only(point.used)
            cuts = violated(tied, point.shares, len(self._market))
            if not cuts:
                break
            relaxation.add_odd_sets(cuts)
        whole = best_whole_plan(tied, worth, relaxation.odd_sets, len(self._market), self._watch)
        return plan if whole is None else tied.only(whole.used)

    def _luck(self, groups: Groups) -> Amounts:
        """Return the lots of groups, which count for people as points do."""
        pairs = ((0, 1), (0, 2), (1, 2))
        total = np.zeros(len(groups), dtype=np.int64)
        for a, b in pairs:
            here = groups.members[:, b] >= 0
            total[here] += self._lots.of(groups.members[here, a], groups.members[here, b]) >> LOT_BITS - BITS
        return np.where(groups.are_triads, total, 2 * total)

    def _tied(self, plan: Groups, weights: Weights, prices: Prices) -> Groups:
        """Return the groups that gain nothing at these prices, the plan's among them."""
        pricing = Pricing(self._market, self._free, weights, prices, self._watch)
        parts, found = [plan], 0
        for groups in self._parts(pricing):
            if found + len(groups) > TIED_AT_MOST:
                groups = self._best_of_each(groups)
            found += len(groups)
            parts.append(groups)
        return joined(parts).without(joined([]))

    def _parts(self, pricing: Pricing) -> Iterator[Groups]:
        if self._market.allows_pairs:
            yield from (pairs for pairs, _gains in pricing.pairs(-1))
        if self._market.allows_triads:
            yield from (triads for triads, _gains in pricing.triads(-1, among=self._luckiest_of))

    def _luckiest_of(self, person: int, others: Index) -> Index:
        if len(others) <= PARTNERS_AT_MOST:
            return others
        drawn = self._lots.of(np.full(len(others), person), others)
        return np.sort(others[np.argsort(-drawn, kind="stable")[:LUCKIEST]])

    def _best_of_each(self, groups: Groups) -> Groups:
        luck = self._luck(groups)
        kept = np.zeros(len(groups), dtype=np.bool_)
        for place in (0, 1):
            order = np.lexsort((-luck, groups.members[:, place]))
            first = groups.members[order, place]
            kept[order[np.arange(len(order)) - np.searchsorted(first, first) < TIED_OF_PERSON]] = True
        return groups.only(kept)
