"""Finds the plan of greatest worth under some weights, with the prices that bound every other."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.goals import Amounts
from matching.lots import Lots
from matching.peers.aims import Aim, Aims, Weights
from matching.peers.branching import best_whole_plan
from matching.peers.groups import NO_GROUPS, Groups, OddSet, joined, pairs_of
from matching.peers.market import PeerMarket
from matching.peers.odd_sets import violated
from matching.peers.pricing import LOSS, Prices, Pricing
from matching.peers.relaxation import Point, Reals, Relaxation
from matching.rules import Mask
from matching.watch import Watch

# Pairs of each person to start with, and groups of each person that join after each look at all.
BEST_OF_PERSON = 10
TRIADS_OF_PERSON = 12
ADDED_AT_ONCE = 5
# While searching, gains of so little are rounding.
ROUNDING = 0.001
# Units in which prices usually are whole: those of pairs come in halves.
UNITS = (1, 2, 4, 6, 12, 60)
# With more groups than this in question, branch and bound would not come to an end.
MOST_IN_QUESTION = 60_000


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A plan under some weights.

    `prices` show that no plan is worth more than `bound`; where branch and bound went on, `searched` is what
    it says that no plan is worth more than.
    """

    plan: Groups
    weights: Weights
    worth: int
    prices: Prices
    bound: int
    searched: int | None = None

    @property
    def is_best(self) -> bool:
        """Whether no plan is worth more: by the prices, or else by the solver's word."""
        return self.worth in (self.bound, self.searched)


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What a search knows: groups and odd sets of its linear programmes, and the best plan so far."""

    known: Groups
    odd_sets: tuple[OddSet, ...]
    best_plan: Groups


class Search:
    """Looks for best plans of one market; what it has found for some weights helps with others."""

    def __init__(
        self,
        market: PeerMarket,
        free: Mask,
        aims: Aims,
        lots: Lots,
        watch: Watch,
        memory: Memory | None = None,
    ) -> None:
        self._market = market
        self._free = free
        self._aims = aims
        self._watch = watch
        self._known = self._first_groups(lots) if memory is None else memory.known
        self._odd_sets = self._odd_components() if memory is None else list(memory.odd_sets)
        self.best_plan = NO_GROUPS if memory is None else memory.best_plan

    def _first_groups(self, lots: Lots) -> Groups:
        """Return some of the best groups of each person; equal points are told apart by lots."""
        parts = []
        everybody = np.arange(len(self._market))
        for rows in self._market.rows():
            self._watch.reached(int(rows[0]), len(self._market))
            may = self._market.eligible[rows] & self._free[rows][:, None] & self._free
            drawn = lots.of(np.minimum(rows[:, None], everybody), np.maximum(rows[:, None], everybody))
            keys = np.where(may, (self._market.points[rows].astype(np.int64) << 10) + (drawn >> 20), LOSS)
            most = min(BEST_OF_PERSON, keys.shape[1])
            best = (
                np.argpartition(-keys, most - 1, axis=1)[:, :most] if most else np.zeros((len(rows), 0), int)
            )
            row, place = np.nonzero(np.take_along_axis(keys, best, axis=1) > LOSS)
            parts.append(pairs_of(rows[row], best[row, place]))
        pairs = joined(parts).without(NO_GROUPS)
        if self._market.allows_pairs:
            return pairs
        return self._triads_of(pairs)

    def _triads_of(self, pairs: Groups) -> Groups:
        """Return triads of two of a person's first pairs, the best of each person."""
        parts = []
        both = np.concatenate((pairs.members[:, :2], pairs.members[:, 1::-1]))
        for person in np.unique(both[:, 0]).tolist():
            others = both[both[:, 0] == person, 1]
            first, second = np.triu_indices(len(others), 1)
            may = self._market.eligible[others[first], others[second]]
            rows = np.stack((np.full(len(first), person), others[first], others[second]), axis=1)[may]
            triads = Groups(np.sort(rows, axis=1))
            order = np.argsort(-triads.worth(self._market.points), kind="stable")[:TRIADS_OF_PERSON]
            parts.append(triads.only(order))
        found = joined(parts).without(NO_GROUPS)
        kept = [tuple(row) not in self._market.banned_triads for row in found.members.tolist()]
        return found.only(np.array(kept, dtype=np.bool_))

    def _odd_components(self) -> list[OddSet]:
        """Return the sets of people who may be together, at whatever distance, that leave somebody over."""
        parts = 2 if self._market.allows_pairs else 3
        found = self._market.components(self._free)
        return [OddSet(people, parts) for people in found if len(people) > 1 and len(people) % parts]

    @property
    def known(self) -> Groups:
        """The groups the linear programmes have known."""
        return self._known

    @property
    def memory(self) -> Memory:
        """What it knows by now, for another search of the same people to go on from."""
        return Memory(self._known, tuple(self._odd_sets), self.best_plan)

    @property
    def looked_at(self) -> int:
        """How many groups the linear programmes have known."""
        return len(self._known)

    def worth(self, groups: Groups, weights: Weights) -> Amounts:
        """Return what each group is worth under these weights."""
        covered = groups.added_up(weights.of_people(self._market))
        points = weights.points * groups.worth(self._market.points)
        points += weights.same_partners * groups.worth(self._market.previous)
        return np.asarray(covered + points - weights.triads * groups.are_triads)

    def _worth_of(self, plan: Groups, weights: Weights) -> int:
        """Return what a plan is worth: its groups, less what it lacks of the floors."""
        lacking = self._aims.values(plan)[Aim.PARITY]
        return int(self.worth(plan, weights).sum()) + weights.parity * lacking

    def best(self, weights: Weights) -> Found:
        """Return the best plan under these weights; raises `Stopped` when the solve is to end."""
        relaxation = Relaxation(len(self._market))
        relaxation.add_groups(self._known, self.worth(self._known, weights))
        relaxation.add_odd_sets(self._odd_sets)
        relaxation.add_floors(self._aims.floors, weights.parity)
        point = self._corner(relaxation, weights)
        self._known, self._odd_sets = relaxation.groups, relaxation.odd_sets
        if point.is_whole:
            plan = self._known.only(point.used)
        else:
            plan = self._whole(self._known, weights).plan
        self._note(plan)
        prices = self._whole_prices(point, weights)
        self._watch.go_on_to("prices")
        found = self._found(plan, weights, prices)
        return found if found.worth == found.bound else self._branched(found)

    def _corner(self, relaxation: Relaxation, weights: Weights) -> Point:
        """Return the optimum of the linear programme over all groups."""
        rounding = int(ROUNDING * self._aims.finest)
        while True:
            self._watch.go_on_to("plan")
            point = relaxation.optimum(seconds=self._watch.seconds_left)
            if point is None:
                continue
            if point.is_whole:
                self._note(relaxation.groups.only(point.used))
            prices = self._priced(point, relaxation.odd_sets, self._aims.finest, np.rint)
            pricing = Pricing(self._market, self._free, weights, prices, self._watch)
            new = pricing.missing(rounding, ADDED_AT_ONCE, relaxation.groups)
            if len(new):
                relaxation.add_groups(new, self.worth(new, weights))
                continue
            cuts = violated(relaxation.groups, point.shares, len(self._market))
            if not cuts:
                return point
            relaxation.add_odd_sets(cuts)

    def _note(self, plan: Groups) -> None:
        """Remember a plan that is better than the best so far, and tell how many people it covers."""
        if self._aims.ranked(plan) > self._aims.ranked(self.best_plan) or not len(self.best_plan):
            self.best_plan = plan
            self._watch.best = len(plan.people)

    def _whole_prices(self, point: Point, weights: Weights) -> Prices:
        """Return the prices of a corner in whole numbers: exactly where their units are known."""
        both = np.concatenate((point.people, point.odd_sets, point.floors))
        for unit in UNITS:
            if (abs(both * unit - np.rint(both * unit)) < 1e-3).all():
                return self._priced(point, self._odd_sets, unit, np.rint)
        return self._priced(point, self._odd_sets, self._aims.finest, np.ceil)

    def _priced(
        self, point: Point, odd_sets: list[OddSet], scale: int, rounded: Callable[[Reals], Reals]
    ) -> Prices:
        """Return the prices of a corner in units of 1 / `scale`; a price below nothing is rounding."""

        def whole(prices: Reals) -> Amounts:
            # What is whole but for rounding stays what it is, also when rounded up.
            return np.maximum(rounded(prices * scale - 1e-3), 0).astype(np.int64)

        sets = zip(odd_sets, whole(point.odd_sets).tolist(), strict=True)
        # What floors pay is never rounded up, for it makes people worth more.
        paid = np.maximum(np.floor(point.floors * scale + 1e-3), 0).astype(np.int64).tolist()
        return Prices(
            scale,
            whole(point.people),
            tuple((odd_set, price) for odd_set, price in sets if price),
            tuple((row, price) for row, price in zip(self._aims.floors, paid, strict=True) if price),
        )

    def _found(self, plan: Groups, weights: Weights, prices: Prices) -> Found:
        bound = Pricing(self._market, self._free, weights, prices, self._watch).bound()
        return Found(plan, weights, self._worth_of(plan, weights), prices, bound)

    def _whole(self, groups: Groups, weights: Weights) -> "_Whole":
        self._watch.go_on_to("plan")
        worth = self.worth(groups, weights)
        found = best_whole_plan(
            *(groups, worth, self._odd_sets, len(self._market), self._watch),
            floors=self._aims.floors,
            penalty=weights.parity,
        )
        if found is None:
            return _Whole(NO_GROUPS, None)
        plan = groups.only(found.used)
        return _Whole(plan, math.floor(found.bound + 1e-4) if found.finished else None)

    def _branched(self, found: Found) -> Found:
        """Search the groups with which a plan could be worth more than the one found."""
        pricing = Pricing(self._market, self._free, found.weights, found.prices, self._watch)
        over = sum(int(gains.sum()) for _groups, gains in pricing.gaining(0))
        slack = found.prices.total() + over - found.prices.scale * (found.worth + 1)
        parts: list[Groups] = []
        for groups, _gains in pricing.gaining(-slack - 1):
            parts.append(groups)
            if sum(map(len, parts)) > MOST_IN_QUESTION:
                return found
        question = joined(parts)
        whole = self._whole(question, found.weights)
        worth = self._worth_of(whole.plan, found.weights)
        plan = whole.plan if worth > found.worth else found.plan
        self._note(plan)
        searched = None if whole.bound is None else max(worth, found.worth)
        return Found(plan, found.weights, max(worth, found.worth), found.prices, found.bound, searched)


@dataclass(frozen=True, slots=True, eq=False)
class _Whole:
    """A plan by branch and bound; `bound` is what the solver says that none is worth more than."""

    plan: Groups
    bound: int | None
