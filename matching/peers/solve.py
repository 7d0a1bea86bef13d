"""One programme of peer coaching from its people to a plan with its proof."""

import numpy as np

from matching.lots import Lots
from matching.outcome import Outcome
from matching.peers.aims import Aim, Aims, Weights, aims_of, values_of
from matching.peers.causes import causes_of
from matching.peers.groups import NOBODY, Groups
from matching.peers.locks import locked_groups
from matching.peers.market import PeerMarket
from matching.peers.pricing import Prices, Pricing
from matching.peers.proofs import InOrder, Proof
from matching.peers.quick import plan_in_order
from matching.peers.search import Search
from matching.peers.ties import TieBreak
from matching.problem import GoalName, PeerProgramme, Problem
from matching.solution import (
    Assignment,
    Certificate,
    CertificateKind,
    GoalValue,
    OddSet,
    Status,
)
from matching.watch import Limits, Stopped, Watch

# What every certificate weighs, also where it is no aim.
_GOALS = (Aim.COVERAGE, Aim.TRIADS, Aim.POINTS)


class PeerSolve:
    """The steps from a programme to its outcome, with what each leaves for the next."""

    def __init__(self, problem: Problem, programme: PeerProgramme, seed: int, watch: Watch) -> None:
        self._programme = programme
        self._watch = watch
        watch.begin("people")
        watch.best = None
        self._market = PeerMarket(problem, programme, watch)
        self._locked = locked_groups(self._market)
        self._free = np.ones(len(self._market), dtype=np.bool_)
        self._free[self._locked.people] = False
        self._lots = Lots(programme.id, self._market.ids, self._market.ids, seed)
        self._search: Search | None = None
        self._proof: Proof | None = None

    def outcome(self) -> Outcome:
        """Solve to the proved optimum, or to the best plan there is when the limits stop it."""
        aims: Aims | None = None
        status = Status.OPTIMAL
        try:
            self._watch.go_on_to("candidates")
            self._market.fill(self._watch)
            aims = Aims(self._market, self._free)
            self._search = Search(self._market, self._free, aims, self._lots, self._watch)
            self._proof = InOrder(self._market, self._free, aims, self._search).proof()
            if self._proof.is_best:
                plan = self._luckiest(self._proof, aims)
            else:
                status, plan = Status.FEASIBLE, self._proof.plan
        except Stopped as stop:
            status, plan = stop.status, self._plan_so_far(aims)
        return self._outcome(status, plan)

    def _luckiest(self, proof: Proof, aims: Aims) -> Groups:
        """Return the luckiest of the plans that the prices prove best, unless branch and bound decided."""
        if proof.searched:
            return proof.plan
        plan = TieBreak(self._market, self._free, self._lots, self._watch).luckiest(
            proof.plan, proof.weights, proof.prices
        )
        if aims.ranked(plan) != aims.ranked(proof.plan):
            raise RuntimeError("the tie-break has lost worth")
        return plan

    def _plan_so_far(self, aims: Aims | None) -> Groups:
        if self._proof is not None:
            return self._proof.plan
        if aims is None:
            # A plan made quickly keeps the rules too, and its reasons look at everybody.
            self._market.fill(Watch(Limits()))
        quick = plan_in_order(self._market, self._free)
        if aims is None or self._search is None:
            return quick
        return max(quick, self._search.best_plan, key=aims.ranked)

    def _certificate(self, status: Status, plan: Groups) -> Certificate:
        weights, prices = (
            self._evident() if self._proof is None else (self._proof.weights, self._proof.prices)
        )
        if self._proof is None:
            bound = prices.total()
        else:
            # Nothing is left to be stopped: the bound belongs to the answer.
            bound = Pricing(self._market, self._free, weights, prices, Watch(Limits())).bound()
        worth = weights.worth(values_of(self._market, plan))
        proved = status is Status.OPTIMAL and bound == worth
        ids = self._market.ids
        return Certificate(
            programme=self._programme.id,
            kind=CertificateKind.PRICES if proved else CertificateKind.BOUND,
            bound=bound,
            weights={aim.value: weights.of(aim) for aim in (*aims_of(self._programme), *_GOALS)},
            people={ids[n]: price for n, price in enumerate(prices.people.tolist()) if price},
            odd_sets=tuple(
                OddSet(members=tuple(ids[n] for n in row.members.tolist()), price=price, size=row.size)
                for row, price in prices.odd_sets
            ),
            scale=prices.scale,
            searched=worth if status is Status.OPTIMAL and not proved else None,
        )

    def _evident(self) -> tuple[Weights, Prices]:
        """Return weights and prices that need no look at pairs: each person is worth the most one can be."""
        order = aims_of(self._programme)
        weights = Weights(**{aim.value: int(aim in order) for aim in Aim if aim is not Aim.TRIADS})
        each = weights.of_people(self._market) + weights.points * self._most_points()
        return weights, Prices(1, np.where(self._free, each, 0))

    def _most_points(self) -> int:
        """Return the most points that a person can add to a group."""
        if self._programme.candidates is None:
            return sum(self._programme.criteria.values())
        return max((points for _a, _b, points in self._programme.candidates), default=0)

    def _outcome(self, status: Status, plan: Groups) -> Outcome:
        self._watch.begin("reasons")
        clashes = status is Status.OPTIMAL and self._leaves_out(plan)
        return Outcome(
            status=Status.INFEASIBLE if clashes else status,
            assignments=assignments_of(self._market, self._locked, plan),
            unmatched=causes_of(self._market, self._locked, plan, finished=status is Status.OPTIMAL),
            goals=self._goals(status, plan),
            certificate=self._certificate(status, plan),
            candidates=0 if self._search is None else self._search.looked_at,
        )

    def _leaves_out(self, plan: Groups) -> bool:
        """Tell whether somebody who must be matched is not."""
        left_out = self._market.required * self._free
        left_out[plan.people] = 0
        return bool(left_out.any())

    def _goals(self, status: Status, plan: Groups) -> tuple[GoalValue, ...]:
        every = plan.and_also(self._locked)
        points, _parts = self._market.points_of(every)
        locked_points = int(points[len(plan) :].sum())
        values = {
            GoalName.COVERAGE: int(every.added_up(self._market.waiting).sum()),
            GoalName.POINTS: int(points.sum()),
            GoalName.SAME_PARTNERS: int(every.worth(self._market.previous).sum()),
        }
        bounds = dict(values)
        if status is not Status.OPTIMAL:
            bounds[GoalName.COVERAGE] = int(self._market.waiting.sum())
            bounds[GoalName.SAME_PARTNERS] = int(self._market.previous.any(axis=1).sum())
            bounds[GoalName.POINTS] = self._most_points() * int(self._free.sum()) + locked_points
        return tuple(
            GoalValue(programme=self._programme.id, goal=goal.value, value=values[goal], bound=bounds[goal])
            for goal in self._programme.goals
        )


def assignments_of(market: PeerMarket, locked: Groups, plan: Groups) -> tuple[Assignment, ...]:
    """Return the groups of a plan and of locks, by their members."""
    every = plan.and_also(locked)
    are_locked = np.arange(len(every)) >= len(plan)
    points, parts = market.points_of(every)
    order = np.lexsort(every.members.T[::-1])
    return tuple(
        Assignment(
            programme=market.programme.id,
            people=tuple(market.ids[member] for member in every.members[n].tolist() if member != NOBODY),
            points=int(points[n]),
            parts={name: int(part[n]) for name, part in parts.items()},
            locked=bool(are_locked[n]),
        )
        for n in order.tolist()
    )
