"""One mentoring programme from its people to a plan with its proof."""

from collections.abc import Sequence

import numpy as np

from matching.candidates import Candidates, Market
from matching.causes import causes_of
from matching.goals import Amounts, GoalWeights, Room, weigh
from matching.locks import locked_pairs, room_left
from matching.lots import Lots
from matching.mentors import best_plan, plan_in_order
from matching.outcome import Outcome
from matching.pool import NONE, Pool, Pricing, open_pool
from matching.prices import Prices, bound_of, prices_of
from matching.problem import GoalName, MentoringProgramme, Problem
from matching.rules import Mask
from matching.solution import (
    Assignment,
    Certificate,
    CertificateKind,
    GoalValue,
    Role,
    Status,
)
from matching.ties import luckiest_plan
from matching.values import LARGEST_POINTS
from matching.views import Pairs
from matching.watch import Stopped, Watch


class MentoringSolve:
    """The steps from a programme to its outcome, with what each leaves for the next."""

    def __init__(self, problem: Problem, programme: MentoringProgramme, seed: int, watch: Watch) -> None:
        self._programme = programme
        self._watch = watch
        watch.begin("people")
        watch.best = None
        self._market = Market(problem, programme, watch)
        self._locked = locked_pairs(self._market)
        self._room: Room = room_left(programme, self._locked)
        mentees = [row.person for row in programme.mentees]
        self._lots = Lots(programme.id, mentees, [row.person for row in programme.mentors], seed)

    def outcome(self) -> Outcome:
        """Solve to the proved optimum, or to the best plan there is when the watch stops it."""
        pool: Pool | None = None
        prices: Prices | None = None
        status = Status.OPTIMAL
        try:
            self._watch.go_on_to("candidates")
            pool = open_pool(self._market, self._room, self._locked)
            weights = self._weights(pool)
            chosen, prices, candidates = self._proved_plan(pool, weights)
        except Stopped as stop:
            status, prices = stop.status, None
            pool = pool or _empty_pool(self._room)
            weights = self._weights(pool)
            candidates = pool.candidates
            chosen = candidates.only(plan_in_order(candidates, self._room, self._lots))
        certificate = self._certificate(pool, weights, candidates, prices)
        if status is Status.OPTIMAL and certificate.bound != self._worth(chosen, weights):
            raise RuntimeError("the prices do not prove the plan")
        return self._outcome(status, pool, chosen, certificate, len(candidates))

    def _weights(self, pool: Pool) -> GoalWeights:
        return weigh(self._programme.goals, self._room, pool.least, pool.most)

    def _proved_plan(self, pool: Pool, weights: GoalWeights) -> tuple[Candidates, Prices, Candidates]:
        """Return the best plan of all pairs, its prices, and the candidates that were needed to find it."""
        bonus = self._room.bonus(weights)
        candidates = pool.candidates
        mentors = len(self._room.capacity)
        pricing = Pricing(self._market, pool, self._room, weights, self._locked)
        while True:
            self._watch.go_on_to("plan")
            profits = candidates.points * weights.points
            used = best_plan(candidates, profits, self._room, bonus)
            chosen = candidates.only(used)
            self._watch.best = len(np.union1d(chosen.rows, self._locked.rows))
            self._watch.go_on_to("prices")
            prices = prices_of(candidates, profits, used, self._room, bonus)
            missing = pricing.missing(prices, chosen)
            if not len(missing):
                break
            candidates = candidates.merged(missing, mentors)
        prices = self._everywhere(prices, pool, weights)
        candidates = candidates.merged(pricing.tied(prices, self._lots), mentors)
        self._watch.go_on_to("tie-break")
        return candidates.only(self._luckiest(candidates, weights, prices)), prices, candidates

    def _everywhere(self, prices: Prices, pool: Pool, weights: GoalWeights) -> Prices:
        """Price the mentors without room so high that no pair with them gains."""
        most = int(pool.most.max(initial=0)) * weights.points
        ceiling = int(self._room.bonus(weights).max(initial=0)) + most
        return Prices(prices.way_out, np.where(self._room.capacity == 0, ceiling, prices.mentors))

    def _luckiest(self, candidates: Candidates, weights: GoalWeights, prices: Prices) -> Mask:
        bonus = self._room.bonus(weights)
        gains = prices.gains(candidates, candidates.points * weights.points)
        lots = self._lots.of(candidates.rows, candidates.columns)
        return luckiest_plan(candidates, gains, prices, self._room, bonus, lots)

    def _worth(self, chosen: Candidates, weights: GoalWeights) -> int:
        covered = int(self._room.bonus(weights)[np.unique(chosen.rows)].sum())
        return covered + weights.points * int(chosen.points.sum())

    def _certificate(
        self, pool: Pool, weights: GoalWeights, candidates: Candidates, prices: Prices | None
    ) -> Certificate:
        named = weights.named()
        if prices is None:
            most = int((self._room.places * pool.most).sum())
            bound = int(self._room.bonus(weights).sum()) + weights.points * most
            return Certificate(
                programme=self._programme.id, kind=CertificateKind.BOUND, bound=bound, weights=named
            )
        bonus = self._room.bonus(weights)
        return Certificate(
            programme=self._programme.id,
            kind=CertificateKind.PRICES,
            bound=bound_of(candidates, candidates.points * weights.points, self._room, bonus, prices),
            weights=named,
            mentees=_named([row.person for row in self._programme.mentees], prices.of_mentees(bonus)),
            mentors=_named([row.person for row in self._programme.mentors], prices.mentors),
        )

    def _outcome(
        self, status: Status, pool: Pool, chosen: Candidates, certificate: Certificate, candidates: int
    ) -> Outcome:
        self._watch.begin("reasons")
        clashes = status is Status.OPTIMAL and self._leaves_out(chosen)
        return Outcome(
            status=Status.INFEASIBLE if clashes else status,
            assignments=self._assignments(chosen),
            unmatched=causes_of(self._market, self._locked, chosen, finished=status is Status.OPTIMAL),
            goals=self._goals(status, pool, chosen),
            certificate=certificate,
            candidates=candidates,
        )

    def _leaves_out(self, chosen: Candidates) -> bool:
        """Tell whether somebody who must be matched is not."""
        left_out = self._room.required.copy()
        left_out[chosen.rows] = 0
        return bool(left_out.any())

    def _assignments(self, chosen: Candidates) -> tuple[Assignment, ...]:
        every = chosen.merged(self._locked, len(self._room.capacity))
        locked = set(zip(self._locked.rows.tolist(), self._locked.columns.tolist(), strict=True))
        mentees, mentors = self._programme.mentees, self._programme.mentors
        parts: dict[str, list[int]] = {}
        if self._market.explicit is None:
            found = self._market.scorer.parts(Pairs(self._market.sides, every.rows, every.columns))
            parts = {name.value: part.tolist() for name, part in found.items()}
        pairs = zip(every.rows.tolist(), every.columns.tolist(), every.points.tolist(), strict=True)
        return tuple(
            Assignment(
                programme=self._programme.id,
                members={Role.MENTEE: mentees[row].person, Role.MENTOR: mentors[column].person},
                points=points,
                parts={name: part[number] for name, part in parts.items()},
                locked=(row, column) in locked,
            )
            for number, (row, column, points) in enumerate(pairs)
        )

    def _goals(self, status: Status, pool: Pool, chosen: Candidates) -> tuple[GoalValue, ...]:
        counts = np.array([1 + row.rounds_waited for row in self._programme.mentees], dtype=np.int64)
        matched = np.union1d(chosen.rows, self._locked.rows).astype(np.intp)
        locked_points = int(self._locked.points.sum())
        values = {
            GoalName.COVERAGE: int(counts[matched].sum()),
            GoalName.POINTS: int(chosen.points.sum()) + locked_points,
        }
        bounds = dict(values)
        if status is not Status.OPTIMAL:
            bounds[GoalName.COVERAGE] = int(counts.sum())
            bounds[GoalName.POINTS] = int((self._room.places * pool.most).sum()) + locked_points
        return tuple(
            GoalValue(programme=self._programme.id, goal=goal.value, value=values[goal], bound=bounds[goal])
            for goal in self._programme.goals
        )


def _empty_pool(room: Room) -> Pool:
    """Return the pool of a solve that was stopped before it had looked at any pair."""
    nothing = np.zeros(len(room.places), dtype=np.int64)
    most = np.full(len(room.places), LARGEST_POINTS, dtype=np.int64)
    return Pool(NONE, nothing, most, most)


def _named(people: Sequence[str], prices: Amounts) -> dict[str, int]:
    """Return the prices that are not zero, by person."""
    return {person: price for person, price in zip(people, prices.tolist(), strict=True) if price}
