"""One proof for all aims in their order, put together from a proof for each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.peers.aims import Aim, Aims, Values, Weights
from matching.peers.apart import SearchApart
from matching.peers.groups import Groups, OddSet
from matching.peers.market import PeerMarket
from matching.peers.pricing import Prices
from matching.peers.search import Found, Search
from matching.rules import Mask

GENTLE, STEEPER = 4, 8


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """A plan with weights that put its aims strictly in their order, and prices that bound every plan.

    `searched` is what branch and bound says where the prices leave a gap; `is_best` tells that one of the two
    leaves none.
    """

    plan: Groups
    weights: Weights
    prices: Prices
    searched: bool
    is_best: bool


class InOrder:
    """Seeks the best plan aim by aim.

    A sum in which every aim outweighs all that follows has numbers too large for a linear solver. So plans
    are sought under gentler weights, and it is proved of each aim before the last, by prices of its own, that
    the plan falls short in none; where it does, the weights become steeper. What proves each sum proves any
    sum of those sums, and one of these has weights as steep as the order of the aims asks for.
    """

    def __init__(self, market: PeerMarket, free: Mask, aims: Aims, search: Search | SearchApart) -> None:
        self._market = market
        self._free = free
        self._aims = aims
        self._search = search

    def proof(self) -> Proof:
        """Return the best plan with its proof; raises `Stopped` when the solve is to end."""
        order = self._aims.order
        last = self._under(order, {})
        earlier: list[Found] = []
        best: Values = {}
        for depth, aim in enumerate(order[:-1], start=1):
            found = self._evident(order[:depth], last.plan) or self._under(order[:depth], best)
            best[aim] = self._aims.values(found.plan)[aim]
            earlier.append(found)
        if self._falls_short(last, best):
            last = self._under(order, best)
        self._earlier, self._last = earlier, last
        return self._together(earlier, last, {})

    def beside(self, others: Values) -> Proof:
        """Return the proof again, with weights that put all plans in order that reach so much at most."""
        return self._together(self._earlier, self._last, others)

    def _falls_short(self, found: Found, best: Values) -> bool:
        values = self._aims.values(found.plan)
        return any(values[aim] < value for aim, value in best.items())

    def _under(self, aims: Sequence[Aim], best: Values) -> Found:
        """Return the best plan under weights so steep that none of these values is missed."""
        steepness = GENTLE
        while True:
            weights = self._aims.weights(aims, steepness)
            found = self._search.best(weights)
            steepness *= STEEPER
            if not self._falls_short(found, best) or self._aims.weights(aims, steepness) == weights:
                return found

    def _evident(self, aims: Sequence[Aim], plan: Groups) -> Found | None:
        """Return a proof that needs no search: all are covered, in no more triads than there must be."""
        values = self._aims.values(plan)
        if list(aims) == [Aim.REQUIRED] and values[Aim.REQUIRED] == self._aims.most[Aim.REQUIRED]:
            required = np.where(self._aims.has_partner, self._market.required, 0)
            worth = values[Aim.REQUIRED]
            return Found(plan, Weights(required=1), worth, Prices(1, required), worth)
        if aims[-1] is Aim.PARITY and not values[Aim.PARITY]:
            return Found(plan, Weights(parity=1), 0, Prices(1, np.zeros_like(self._market.waiting)), 0)
        if list(aims) not in ([Aim.COVERAGE], [Aim.COVERAGE, Aim.TRIADS]):
            return None
        if values[Aim.COVERAGE] < self._aims.most[Aim.COVERAGE]:
            return None
        people = np.where(self._aims.has_partner, self._market.waiting, 0)
        if len(aims) == 1:
            prices = Prices(1, people)
            return Found(plan, Weights(coverage=1), values[Aim.COVERAGE], prices, values[Aim.COVERAGE])
        odd = [row for row in self._market.components(self._aims.has_partner) if len(row) % 2]
        if -values[Aim.TRIADS] != len(odd):
            return None
        # Each member of an odd component pays 1 less, and the component 2 a pair: 1 less than all, in all.
        for members in odd:
            people[members] -= 1
        worth = values[Aim.COVERAGE] + values[Aim.TRIADS]
        prices = Prices(1, people, tuple((OddSet(members), 2) for members in odd))
        return Found(plan, Weights(coverage=1, triads=1), worth, prices, worth)

    def _together(self, earlier: list[Found], last: Found, others: Values) -> Proof:
        """Add up the proofs, each so many times that its aim outweighs what is reached of all after it."""
        values, order = self._aims.values(last.plan), self._aims.order
        weights, prices = last.weights, last.prices
        searched = last.worth != last.bound
        is_best = last.is_best and not self._falls_short(last, {})
        for depth in range(len(order) - 2, -1, -1):
            aim, found = order[depth], earlier[depth]
            is_best &= found.is_best and values[aim] >= self._aims.values(found.plan)[aim]
            later = sum(
                weights.of(other) * (max(values[other], others.get(other, 0)) - self._aims.least[other])
                for other in order[depth + 1 :]
            )
            lacking = later + 1 - weights.of(aim)
            if lacking > 0:
                factor = -(-lacking // found.weights.of(aim))
                weights = weights.plus(found.weights.times(factor))
                prices = prices.plus(found.prices, factor)
                searched |= found.worth != found.bound
        return Proof(last.plan, weights, prices, searched and is_best, is_best)
