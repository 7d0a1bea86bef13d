"""The best plan of a programme's additive goals under some terms, over all pairs and with its prices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import Candidates, Market
from matching.errors import ProblemError
from matching.gaps import goal_bounds, is_small
from matching.goals import ADDITIVE, LARGEST_SUM, REQUIRED, Amounts, GoalWeights, Room, steep
from matching.groups import Floors, Groups, floors_at
from matching.lots import Lots
from matching.mentors import best_plan
from matching.pool import Pool, Pricing, are_all
from matching.prices import MANY, Prices, bonus_with, bound_of, prices_of
from matching.problem import GoalName
from matching.rules import Mask
from matching.terms import Terms
from matching.ties import luckiest_plan
from matching.views import Index, Pairs
from matching.watch import Watch

Values = dict[str, int]
# To what part of a point prices are found for the looks at all pairs before exact ones take over: as long as
# many pairs are missing, finer prices tell no better which.
ROUGH = (1, 4, 16, 32)
# How small a part of the candidates is not worth another look.
FEW = 200
# Where fewer than one in so many candidates are new, an auction goes on from the prices of the one before.
ALIKE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """A plan (`chosen`) that is best under its terms, and the prices that show it.

    `bound` is the worth of the plan by the weights, less the penalties for what it keeps of the terms only in
    part. `candidates` are the pairs that were needed to find it. Where it `is_best` only but for a gap that
    was allowed, the bound is above its worth.
    """

    terms: Terms
    weights: GoalWeights
    bonus: Amounts
    floors: Floors | None
    prices: Prices
    candidates: Candidates
    chosen: Candidates
    bound: int
    is_best: bool = True


class PlanFinder:
    """Finds best plans of one programme by column generation: flow, prices, pairs that are missing."""

    def __init__(
        self,
        market: Market,
        pool: Pool,
        room: Room,
        locked: Candidates,
        groups: Groups,
        lots: Lots,
        watch: Watch,
    ) -> None:
        self._market = market
        self._room = room
        self._locked = locked
        self._groups = groups
        self._lots = lots
        self._watch = watch
        self._mentors = len(room.capacity)
        previous = previous_pairs(market, room, locked)
        self._previous = previous.rows * self._mentors + previous.columns
        self.locked_again = self.kept(locked)
        self.all_again = len(_previous_keys(market))
        self.pool = replace(pool, candidates=pool.candidates.merged(previous, self._mentors))

    def kept(self, pairs: Candidates) -> int:
        """Return how many of some pairs an earlier plan had as well."""
        return len(previous_among(self._market, pairs))

    def values(self, chosen: Candidates) -> Values:
        """Return what a plan reaches in each additive goal, beside what locks settle."""
        covered = np.unique(chosen.rows)
        return {
            REQUIRED: int(self._room.required[covered].sum()),
            GoalName.COVERAGE: int(self._room.waiting[covered].sum()),
            GoalName.POINTS: int(chosen.points.sum()),
            GoalName.SAME_PARTNERS: int(self.is_previous(chosen).sum()),
        }

    @property
    def reach(self) -> Values:
        """How far apart plans can be in each additive goal."""
        spread = self._room.places * (np.maximum(self.pool.most, 0) - np.minimum(self.pool.least, 0))
        return {
            REQUIRED: int(self._room.required.sum()),
            GoalName.COVERAGE: int(self._room.waiting.sum()),
            GoalName.POINTS: int(spread.sum()),
            GoalName.SAME_PARTNERS: len(self._previous),
        }

    def weights(self, goals: Sequence[GoalName]) -> GoalWeights:
        """Return weights that put the additive goals among these in their order, after what is required.

        Raises
        ------
        ProblemError
            When the numbers are too large to be added exactly.
        """
        reach = self.reach
        first = [REQUIRED] if reach[REQUIRED] else []
        weights = steep([*first, *(goal for goal in goals if goal in ADDITIVE)], reach)
        nodes = len(self._room.places) + self._mentors + len(self._groups.values) + 2
        if self._span(weights) >= LARGEST_SUM // nodes:
            sentence = "the points are too large to be added exactly; divide them all."
            raise ProblemError("$.programmes", sentence)
        return weights

    def _span(self, weights: GoalWeights) -> int:
        """Return how far apart two plans can be in worth."""
        return sum(weights.of(goal) * amount for goal, amount in self.reach.items())

    def worth(self, goals: Sequence[GoalName], chosen: Candidates) -> int:
        """Return what a plan is worth by the weights of these goals."""
        weights = self.weights(goals)
        return sum(weights.of(goal) * value for goal, value in self.values(chosen).items())

    def best(self, goals: Sequence[GoalName], terms: Terms, gap: int = 0) -> Priced:
        """Return the best plan of all pairs that keep the terms, by the additive goals in their order.

        Where no plan keeps the rate of the terms the answer is one that misses it by as few as possible.
        Without terms a plan is good enough that leaves a `gap` of so many millionths of the last goal.
        """
        weights, pool = self.weights(goals), terms.of(self.pool)
        floors = None
        if terms.rate is not None:
            floors = floors_at(terms.rate, self._groups, self._room, self._span(weights) + 1)
        bonus, candidates, known = self._room.bonus(weights), pool.candidates, None
        pricing = Pricing(terms.shown(self._market), pool, self._room, weights, self._locked)
        if floors is None and len(candidates) > MANY:
            candidates, known = self._sought(candidates, weights, bonus, pricing)
        while True:
            self._watch.go_on_to("plan")
            profits = self._profits(candidates, weights)
            used = best_plan(candidates, profits, self._room, bonus, floors, known)
            chosen = candidates.only(used)
            self._watch.best = len(np.union1d(chosen.rows, self._locked.rows))
            self._watch.go_on_to("prices")
            prices = prices_of(candidates, profits, used, self._room, bonus, floors)
            missing = pricing.missing(prices, chosen, candidates)
            if not len(missing):
                break
            candidates = candidates.merged(missing, self._mentors)
            if gap and are_all(missing):
                found = self._nearly(Priced(terms, weights, bonus, floors, prices, candidates, chosen, 0))
                bounds, values = self.bounds(goals, found), self.values(chosen)
                # Where nothing is left open the tie-break wants exact prices as well.
                if is_small(bounds, values, gap) and any(bounds[goal] > values[goal] for goal in bounds):
                    return found
        prices = self._everywhere(prices, weights, bonus, floors)
        found = Priced(terms, weights, bonus, floors, prices, candidates, chosen, 0)
        return replace(found, bound=self._proved(found))

    def _nearly(self, found: Priced) -> Priced:
        """Return a plan with the bound that its prices give over all pairs: some of them would still gain."""
        prices = self._everywhere(found.prices, found.weights, found.bonus, found.floors)
        profits = self._profits(found.candidates, found.weights)
        bound = bound_of(found.candidates, profits, self._room, found.bonus, prices)
        return replace(found, prices=prices, bound=bound, is_best=False)

    def bounds(self, goals: Sequence[GoalName], found: Priced) -> Values:
        """Return what no plan has more of than the prices of one allow, beside what locks settle."""
        sums = [goal for goal in goals if goal in ADDITIVE]
        least = int((self._room.places * np.minimum(self.pool.least, 0)).sum())
        return goal_bounds(sums, found.weights, self.values(found.chosen), found.bound, least)

    def _sought(
        self, candidates: Candidates, weights: GoalWeights, bonus: Amounts, pricing: Pricing
    ) -> tuple[Candidates, Amounts | None]:
        """Return more candidates, by rough prices, until few are missing; exact prices find the last.

        The rough prices of mentors are returned as well, where they are nearly right for these candidates.
        """
        # Loaded only here: small markets do without a compiler.
        from matching.auction import rough_prices

        unit, known = max(1, weights.points), None
        for parts in ROUGH:
            self._watch.go_on_to("plan")
            profits = self._profits(candidates, weights)
            prices, asked = rough_prices(candidates, profits, self._room, bonus, unit, parts, known)
            self._watch.go_on_to("prices")
            missing = pricing.missing(prices, candidates, candidates)
            known = asked if len(missing) < len(candidates) // ALIKE else None
            if len(missing) < len(candidates) // FEW:
                break
            candidates = candidates.merged(missing, self._mentors)
        return candidates, known

    def luckiest(self, found: Priced) -> Priced:
        """Return the plan, among those that are as good, whose pairs drew the greatest sum of lots."""
        pool = found.terms.of(self.pool)
        market = found.terms.shown(self._market)
        pricing = Pricing(market, pool, self._room, found.weights, self._locked)
        candidates = found.candidates.merged(pricing.tied(found.prices, self._lots), self._mentors)
        self._watch.go_on_to("tie-break")
        gains = found.prices.gains(candidates, self._profits(candidates, found.weights))
        lots = self._lots.of(candidates.rows, candidates.columns)
        used = luckiest_plan(candidates, gains, found.prices, self._room, found.bonus, lots, found.floors)
        luckiest = replace(found, candidates=candidates, chosen=candidates.only(used))
        self._proved(luckiest)
        return luckiest

    def bonus_of(self, found: Priced) -> Amounts:
        """Return what a first mentor for each mentee is worth, with the price of their group."""
        return bonus_with(found.bonus, found.prices.groups, found.floors)

    def _profits(self, candidates: Candidates, weights: GoalWeights) -> Amounts:
        kept = self.is_previous(candidates) * np.int64(weights.of(GoalName.SAME_PARTNERS))
        return candidates.points * weights.points + kept

    def is_previous(self, candidates: Candidates) -> Mask:
        """Tell which candidates an earlier plan had as well."""
        return np.isin(candidates.rows * self._mentors + candidates.columns, self._previous)

    def _everywhere(
        self, prices: Prices, weights: GoalWeights, bonus: Amounts, floors: Floors | None
    ) -> Prices:
        """Price the mentors without room so high that no pair with them gains."""
        most = int(self.pool.most.max(initial=0)) * weights.points + weights.of(GoalName.SAME_PARTNERS)
        ceiling = int(bonus_with(bonus, prices.groups, floors).max(initial=0)) + most
        return replace(prices, mentors=np.where(self._room.capacity == 0, ceiling, prices.mentors))

    def _proved(self, found: Priced) -> int:
        """Return the bound that the prices give, which must be what the plan is worth."""
        profits = self._profits(found.candidates, found.weights)
        bound = bound_of(found.candidates, profits, self._room, found.bonus, found.prices, found.floors)
        values = self.values(found.chosen)
        worth = sum(found.weights.of(goal) * value for goal, value in values.items())
        if worth - self._penalty(found) != bound:
            raise RuntimeError("the prices do not prove the plan")
        return bound

    def _penalty(self, found: Priced) -> int:
        if found.floors is None:
            return 0
        seeking = self._room.places > 0
        seeking[found.chosen.rows] = False
        left_out = Groups(found.floors.codes, self._groups.values).count(seeking)
        return int(np.maximum(left_out - found.floors.spare, 0).sum()) * found.floors.penalty


def previous_pairs(market: Market, room: Room, locked: Candidates) -> Candidates:
    """Return the pairs of an earlier plan that may be made again: eligible, not locked, with room."""
    mentors = len(market.programme.mentors)
    wanted = np.setdiff1d(_previous_keys(market), locked.rows * mentors + locked.columns)
    if market.explicit is not None:
        named = market.explicit.rows * mentors + market.explicit.columns
        found = market.explicit.only(np.isin(named, wanted))
    else:
        pairs = Pairs(market.sides, wanted // max(1, mentors), wanted % max(1, mentors))
        points = market.scorer.points(pairs).astype(np.int64)
        found = Candidates(pairs.rows, pairs.columns, points).only(market.eligible(pairs))
    return found.only((room.places[found.rows] > 0) & (room.capacity[found.columns] > 0))


def previous_among(market: Market, chosen: Candidates) -> Candidates:
    """Return those of some pairs that an earlier plan had as well."""
    keys = chosen.rows * len(market.programme.mentors) + chosen.columns
    return chosen.only(np.isin(keys, _previous_keys(market)))


def _previous_keys(market: Market) -> Index:
    """Return the pairs of an earlier plan whose people still take part, as ``row * mentors + column``."""
    programme = market.programme
    mentee_row = {row.person: number for number, row in enumerate(programme.mentees)}
    mentor_row = {row.person: number for number, row in enumerate(programme.mentors)}
    keys = (
        mentee_row[row.members[0]] * len(mentor_row) + mentor_row[row.members[1]]
        for row in market.problem.previous
        if row.programme == programme.id and row.members[0] in mentee_row and row.members[1] in mentor_row
    )
    return np.array(sorted(keys), dtype=np.intp)
