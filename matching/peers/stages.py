"""The goals of peer coaching one after another, those that are no sums among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.groups import NO_GROUP, groups_among
from matching.lots import Lots
from matching.peers.aims import Aim, Aims, named_weights
from matching.peers.apart import SearchApart, search_of
from matching.peers.groups import Floor, Groups
from matching.peers.market import PeerMarket
from matching.peers.pricing import Pricing
from matching.peers.proofs import InOrder, Proof
from matching.peers.search import Search
from matching.problem import GoalName
from matching.rules import Mask
from matching.solution import OddSet, Stage
from matching.term_stages import TermStages
from matching.terms import Terms
from matching.watch import Limits, Watch


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """A plan that is best by some aims among those that keep some terms, and its proof.

    `market` has only the pairs that the terms allow.
    """

    market: PeerMarket
    aims: Aims
    terms: Terms
    proof: Proof

    @property
    def values(self) -> Mapping[str, int]:
        """What the plan reaches in each aim; in `parity`, below zero, how many it lacks of the rate."""
        return {aim.value: value for aim, value in self.aims.values(self.proof.plan).items()}

    @property
    def is_best(self) -> bool:
        """Whether prices, or branch and bound, prove the plan."""
        return self.proof.is_best

    @property
    def prices(self) -> dict[str, Any]:
        """The prices as a certificate and a stage state them, with the terms they are about."""
        prices, ids = self.proof.prices, self.market.ids
        return {
            "weights": named_weights(self.market.programme, self.proof.weights),
            "people": {ids[n]: price for n, price in enumerate(prices.people.tolist()) if price},
            "odd_sets": tuple(
                OddSet(members=tuple(ids[n] for n in row.members.tolist()), price=price, size=row.size)
                for row, price in prices.odd_sets
            ),
            "groups": {floor.value: price for floor, price in prices.floors if price},
            "least_points": self.terms.least_points,
            "rate": self.terms.rate,
            "scale": prices.scale,
        }

    def bound(self, free: Mask) -> int:
        """Return what the prices show that no plan of free people is worth more than."""
        # Nothing is left to be stopped: the bound belongs to the answer.
        watch = Watch(Limits())
        return Pricing(self.market, free, self.proof.weights, self.proof.prices, watch).bound()

    @property
    def worth(self) -> int:
        """What the plan is worth by the weights, less the penalties for what it lacks of a rate."""
        return self.proof.weights.worth(self.aims.values(self.proof.plan))


class PeerStages(TermStages[Reached]):
    """The goals of one programme of peer coaching; the weakest match is that of the weakest two."""

    def __init__(self, market: PeerMarket, free: Mask, lots: Lots, watch: Watch) -> None:
        super().__init__()
        self._market = market
        self._free = free
        self._lots = lots
        self._watch = watch
        people = [market.problem.people[position] for position in market.positions.tolist()]
        self._groups = groups_among(people, [True] * len(people), market.programme.parity)
        # What there is when a solve is stopped.
        self.search: Search | SearchApart | None = None

    def reached(self, order: Sequence[str], terms: Terms) -> Reached:
        """Return the best plan by these aims; raises `Stopped` when the solve is to end."""
        market = self._market if terms.least_points is None else self._market.of_least(terms.least_points)
        aims = Aims(
            *(market, self._free, [Aim(name) for name in order], self._floors(terms.rate)),
            # What is out of reach is shown beside a plan that need not keep these terms.
            beside=Aims(self._market, self._free, [Aim(name) for name in order]),
        )
        self.search = search_of(market, self._free, aims, self._lots, self._watch)
        proof = InOrder(market, self._free, aims, self.search).proof()
        return Reached(market, aims, terms, proof)

    def _floors(self, rate: int | None) -> tuple[Floor, ...]:
        if rate is None:
            return ()
        needed = self._groups.needed(rate, ~self._free).tolist()
        codes = np.where(self._free, self._groups.codes, NO_GROUP)
        return tuple(
            Floor(value, np.flatnonzero(codes == number), needed[number])
            for number, value in enumerate(self._groups.values)
        )

    @property
    def looked_at(self) -> int:
        """How many groups the linear programmes have known in the end."""
        return 0 if self.search is None else self.search.looked_at

    def value(self, goal: GoalName, plan: Reached) -> int:
        """Return what a plan reaches in a goal that is no sum."""
        return self.value_of(goal, plan.proof.plan)

    def value_of(self, goal: GoalName, plan: Groups) -> int:
        """Return what a plan of free people reaches in a goal that is no sum."""
        if goal is GoalName.WORST_MATCH:
            return self._weakest(plan)
        matched = ~self._free
        matched[plan.people] = True
        return self._groups.worst(matched)

    def _weakest(self, plan: Groups) -> int:
        """Return the points of the weakest two in one group of a plan; of any two where it has none."""
        if not len(plan):
            return self.top()
        first, second, third = plan.members.T
        points = self._market.points
        triads = plan.are_triads
        others = np.minimum(points[first, third], points[second, third])[triads]
        return int(min(points[first, second].min(), others.min(initial=np.iinfo(np.int32).max)))

    def top(self) -> int:
        """Return the most points of two free people who may be together; 0 where no two may."""
        may = self._market.eligible & self._free & self._free[:, None]
        return int(self._market.points[may].max()) if may.any() else 0

    def stage(self, goal: str, plan: Reached) -> Stage:
        """Return a plan's prices as the proof of a goal."""
        bound = plan.bound(self._free)
        searched = plan.worth if plan.is_best and plan.worth < bound else None
        return Stage(goal=goal, bound=bound, searched=searched, **plan.prices)
