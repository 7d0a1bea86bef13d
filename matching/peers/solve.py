"""One programme of peer coaching from its people to a plan with its proof."""

import numpy as np

from matching.groups import EVERYBODY
from matching.lots import Lots
from matching.outcome import Outcome
from matching.peers.aims import Aim, Aims, Weights, aims_of, named_weights, order_of, values_of
from matching.peers.causes import causes_of
from matching.peers.groups import NOBODY, Groups
from matching.peers.locks import locked_groups
from matching.peers.market import PeerMarket
from matching.peers.quick import plan_in_order
from matching.peers.stable import Choosing, blocking_pairs
from matching.peers.stable_solve import StableSolve
from matching.peers.stages import PeerStages, Reached
from matching.peers.ties import TieBreak
from matching.problem import GoalName, PeerProgramme, Problem
from matching.solution import (
    Assignment,
    Certificate,
    CertificateKind,
    GoalValue,
    Status,
)
from matching.term_stages import TERMS, Found
from matching.watch import Limits, Stopped, Watch


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
        self._stages: PeerStages | None = None
        self._found: Found[Reached] | None = None

    def outcome(self) -> Outcome:
        """Solve to the proved optimum, or to the best plan there is when the limits stop it."""
        status = Status.OPTIMAL
        try:
            self._watch.go_on_to("candidates")
            self._market.fill(self._watch)
            self._stages = PeerStages(self._market, self._free, self._lots, self._watch)
            if GoalName.STABLE in self._programme.goals:
                return self._stable()
            self._found = self._stages.best(order_of(self._programme))
            if self._found.is_best:
                plan = self._luckiest(self._found.last)
            else:
                status, plan = Status.FEASIBLE, self._found.last.proof.plan
        except Stopped as stop:
            status, plan = stop.status, self._plan_so_far()
        looked_at = 0 if self._stages is None else self._stages.looked_at
        return self._outcome(status, plan, self._certificate(status, plan), looked_at)

    def _stable(self) -> Outcome:
        """Solve a programme in which no two may rather have each other."""
        solve = StableSolve(self._market, self._free, self._lots, self._watch)
        found = solve.best()
        certificate = Certificate(programme=self._programme.id, kind=found.kind, **found.stated)
        status = Status.OPTIMAL if found.finished else Status.FEASIBLE
        return self._outcome(status, found.plan, certificate, solve.looked_at)

    def _luckiest(self, last: Reached) -> Groups:
        """Return the luckiest of the plans that the prices prove best.

        Where branch and bound decided, or so many of each group must be matched, the plan found stands.
        """
        proof = last.proof
        if proof.searched or last.terms.rate is not None:
            return proof.plan
        plan = TieBreak(last.market, self._free, self._lots, self._watch).luckiest(
            proof.plan, proof.weights, proof.prices
        )
        if last.aims.ranked(plan) != last.aims.ranked(proof.plan):
            raise RuntimeError("the tie-break has lost worth")
        return plan

    def _plan_so_far(self) -> Groups:
        if self._found is not None:
            return self._found.last.proof.plan
        if self._stages is None:
            # A plan made quickly keeps the rules too, and its reasons look at everybody.
            self._market.fill(Watch(Limits()))
        elif self._stages.so_far is not None:
            return self._stages.so_far.proof.plan
        if GoalName.STABLE in self._programme.goals:
            return Choosing(self._market, self._free, self._lots).plan(Watch(Limits()))
        quick = plan_in_order(self._market, self._free)
        if self._stages is None or self._stages.search is None:
            return quick
        aims = Aims(self._market, self._free)
        return max(quick, self._stages.search.best_plan, key=aims.ranked)

    def _certificate(self, status: Status, plan: Groups) -> Certificate:
        if self._found is None:
            return self._evident()
        bound, weights = self._found.last.bound(self._free), self._found.last.proof.weights
        worth = weights.worth(values_of(self._market, plan))
        proved = status is Status.OPTIMAL and bound == worth
        return Certificate(
            programme=self._programme.id,
            kind=CertificateKind.PRICES if proved else CertificateKind.BOUND,
            bound=bound,
            stages=self._found.stages,
            searched=worth if status is Status.OPTIMAL and not proved else None,
            **self._found.last.prices,
        )

    def _evident(self) -> Certificate:
        """Return a bound that needs no look at pairs: each person is worth the most one can be."""
        order = aims_of(self._programme)
        weights = Weights(**{aim.value: int(aim in order) for aim in Aim if aim is not Aim.TRIADS})
        each = weights.of_people(self._market) + weights.points * self._most_points()
        prices = np.where(self._free, each, 0).tolist()
        return Certificate(
            programme=self._programme.id,
            kind=CertificateKind.BOUND,
            bound=sum(prices),
            weights=named_weights(self._programme, weights),
            people={person: price for person, price in zip(self._market.ids, prices, strict=True) if price},
        )

    def _most_points(self) -> int:
        """Return the most points that a person can add to a group."""
        if self._programme.candidates is None:
            return sum(self._programme.criteria.values())
        return max((points for _a, _b, points in self._programme.candidates), default=0)

    def _outcome(self, status: Status, plan: Groups, certificate: Certificate, looked_at: int) -> Outcome:
        self._watch.begin("reasons")
        clashes = status is Status.OPTIMAL and self._leaves_out(plan)
        return Outcome(
            status=Status.INFEASIBLE if clashes else status,
            assignments=assignments_of(self._market, self._locked, plan),
            unmatched=causes_of(self._market, self._locked, plan, finished=status is Status.OPTIMAL),
            goals=self._goals(status, plan),
            certificate=certificate,
            candidates=looked_at,
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
        if GoalName.STABLE in self._programme.goals:
            values[GoalName.STABLE] = -blocking_pairs(self._market, self._free, plan)
        stages = self._stages or PeerStages(self._market, self._free, self._lots, self._watch)
        for goal in TERMS:
            values[goal] = stages.value_of(goal, plan)
        bounds = dict(values)
        if status is not Status.OPTIMAL:
            bounds[GoalName.STABLE] = 0
            bounds[GoalName.COVERAGE] = int(self._market.waiting.sum())
            bounds[GoalName.SAME_PARTNERS] = int(self._market.previous.any(axis=1).sum())
            bounds[GoalName.POINTS] = self._most_points() * int(self._free.sum()) + locked_points
            bounds[GoalName.WORST_MATCH] = max(self._most_points(), values[GoalName.WORST_MATCH])
            bounds[GoalName.PARITY] = EVERYBODY
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
