"""One mentoring programme from its people to a plan with its proof."""

from dataclasses import replace

import numpy as np

from matching.candidates import NONE, Candidates, Market
from matching.causes import causes_of
from matching.goals import Room
from matching.groups import EVERYBODY, Groups, groups_of
from matching.locks import locked_pairs, room_left
from matching.lots import Lots
from matching.mentors import plan_in_order
from matching.outcome import Outcome
from matching.pool import Pool, open_pool
from matching.priced import PlanFinder, Priced, Values
from matching.problem import GoalName, MentoringProgramme, Problem
from matching.rules import Mask
from matching.solution import (
    Assignment,
    Certificate,
    CertificateKind,
    GoalValue,
    Role,
    Stage,
    Status,
)
from matching.stable import greedy_plan
from matching.stable_solve import StableSolve
from matching.stages import Stages
from matching.values import LARGEST_POINTS
from matching.views import Pairs
from matching.watch import Limits, Stopped, Watch


class MentoringSolve:
    """The steps from a programme to its outcome, with what each leaves for the next."""

    def __init__(self, problem: Problem, programme: MentoringProgramme, seed: int, watch: Watch) -> None:
        self._problem = problem
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
        stages: Stages | None = None
        groups = groups_of(self._market)
        try:
            self._watch.go_on_to("candidates")
            pool = open_pool(self._market, self._room, self._locked)
            finder = self._finder(pool, groups)
            stages = Stages(self._market, self._room, self._locked, groups, finder)
            if GoalName.STABLE in self._programme.goals:
                return self._stable(stages, finder)
            found = stages.best(self._programme.goals, self._watch.gap)
        except Stopped as stop:
            finder = self._finder(pool or _empty_pool(self._room), groups)
            candidates = finder.pool.candidates
            chosen = candidates.only(self._quick(candidates))
            if stages is not None and stages.so_far is not None:
                chosen = stages.so_far
            stages = Stages(self._unwatched(chosen), self._room, self._locked, groups, finder)
            goals = self._goals(self._values(chosen, stages, finder), self._evident(finder))
            return self._outcome(stop.status, chosen, goals, self._bound(finder), len(candidates))
        plan = found.plan
        values = self._values(plan.chosen, stages, finder)
        certificate = self._prices(stages.proof("", plan), found.stages)
        goals = self._goals(values, values if plan.is_best else self._within(values, plan, finder))
        status = Status.OPTIMAL if plan.is_best else Status.FEASIBLE
        return self._outcome(status, plan.chosen, goals, certificate, len(plan.candidates))

    def _within(self, values: Values, plan: Priced, finder: PlanFinder) -> Values:
        """Return what no plan can pass in each goal, by prices that leave a gap."""
        reached = finder.values(plan.chosen)
        bounds = finder.bounds(self._programme.goals, plan)
        return {goal: values[goal] + bounds[goal] - reached[goal] for goal in bounds}

    def _quick(self, candidates: Candidates) -> Mask:
        """Return a plan made quickly, which nobody would leave where that is a goal."""
        if GoalName.STABLE not in self._programme.goals:
            return plan_in_order(candidates, self._room, self._lots)
        return greedy_plan(candidates, self._room, self._lots.of(candidates.rows, candidates.columns))

    def _stable(self, stages: Stages, finder: PlanFinder) -> Outcome:
        """Solve a programme in which no two may rather have each other."""
        solve = StableSolve(self._market, self._room, self._locked, self._lots, finder, self._watch)
        found = solve.best(self._programme.goals)
        values = self._values(found.chosen, stages, finder)
        worth = finder.worth(self._programme.goals, found.chosen)
        if found.relaxed is None:
            weights = finder.weights(self._programme.goals).named()
            certificate = Certificate(
                programme=self._programme.id, kind=found.kind, bound=worth, weights=weights
            )
        else:
            proof = self._prices(stages.proof("", found.relaxed), ())
            searched = worth if found.finished and found.kind is CertificateKind.BOUND else None
            certificate = replace(proof, kind=found.kind, searched=searched)
        status = Status.OPTIMAL if found.finished else Status.FEASIBLE
        bounds = values if found.finished else self._evident(finder)
        goals, looked_at = self._goals(values, bounds), len(finder.pool.candidates)
        return self._outcome(status, found.chosen, goals, certificate, looked_at)

    def _unwatched(self, chosen: Candidates) -> Market:
        """Return a market that a stopped solve may look through, where its goals need that."""
        goals = self._programme.goals
        if GoalName.STABLE not in goals and (len(chosen) or GoalName.WORST_MATCH not in goals):
            return self._market
        return Market(self._problem, self._programme, Watch(Limits()))

    def _finder(self, pool: Pool, groups: Groups) -> PlanFinder:
        return PlanFinder(self._market, pool, self._room, self._locked, groups, self._lots, self._watch)

    def _bound(self, finder: PlanFinder) -> Certificate:
        """Return what is evident of a plan that nothing proves."""
        weights = finder.weights(self._programme.goals)
        most = int((self._room.places * finder.pool.most).sum())
        bound = int(self._room.bonus(weights).sum()) + weights.points * most
        bound += weights.of(GoalName.SAME_PARTNERS) * finder.all_again
        return Certificate(
            programme=self._programme.id, kind=CertificateKind.BOUND, bound=bound, weights=weights.named()
        )

    def _prices(self, last: Stage, stages: tuple[Stage, ...]) -> Certificate:
        return Certificate(
            programme=self._programme.id,
            kind=CertificateKind.PRICES,
            bound=last.bound,
            weights=last.weights,
            mentees=last.mentees,
            mentors=last.mentors,
            groups=last.groups,
            least_points=last.least_points,
            rate=last.rate,
            stages=stages,
        )

    def _outcome(
        self,
        status: Status,
        chosen: Candidates,
        goals: tuple[GoalValue, ...],
        certificate: Certificate,
        candidates: int,
    ) -> Outcome:
        self._watch.begin("reasons")
        clashes = status is Status.OPTIMAL and self._leaves_out(chosen)
        return Outcome(
            status=Status.INFEASIBLE if clashes else status,
            assignments=assignments_of(self._market, self._locked, chosen),
            unmatched=causes_of(self._market, self._locked, chosen, finished=status is Status.OPTIMAL),
            goals=goals,
            certificate=certificate,
            candidates=candidates,
        )

    def _leaves_out(self, chosen: Candidates) -> bool:
        """Tell whether somebody who must be matched is not."""
        left_out = self._room.required.copy()
        left_out[chosen.rows] = 0
        return bool(left_out.any())

    def _values(self, chosen: Candidates, stages: Stages, finder: PlanFinder) -> Values:
        """Return what a plan reaches in each goal, with what locks settle."""
        counts = np.array([1 + row.rounds_waited for row in self._programme.mentees], dtype=np.int64)
        matched = stages.matched(chosen)
        free = finder.values(chosen)
        values: Values = {
            GoalName.COVERAGE: int(counts[matched].sum()),
            GoalName.POINTS: free[GoalName.POINTS] + int(self._locked.points.sum()),
            GoalName.SAME_PARTNERS: free[GoalName.SAME_PARTNERS] + finder.locked_again,
            GoalName.PARITY: stages.groups.worst(matched),
        }
        if GoalName.STABLE in self._programme.goals:
            values[GoalName.STABLE] = -stages.blocking(chosen)
        if GoalName.WORST_MATCH in self._programme.goals:
            values[GoalName.WORST_MATCH] = stages.weakest(chosen)
        return values

    def _evident(self, finder: PlanFinder) -> Values:
        """Return what no plan can pass in each goal, seen without solving."""
        most = int((self._room.places * finder.pool.most).sum())
        return {
            GoalName.COVERAGE: sum(1 + row.rounds_waited for row in self._programme.mentees),
            GoalName.POINTS: most + int(self._locked.points.sum()),
            GoalName.SAME_PARTNERS: finder.all_again,
            GoalName.WORST_MATCH: int(finder.pool.most.max(initial=0)),
            GoalName.PARITY: EVERYBODY,
            GoalName.STABLE: 0,
        }

    def _goals(self, values: Values, bounds: Values) -> tuple[GoalValue, ...]:
        return tuple(
            GoalValue(programme=self._programme.id, goal=goal.value, value=values[goal], bound=bounds[goal])
            for goal in self._programme.goals
        )


def assignments_of(market: Market, locked: Candidates, chosen: Candidates) -> tuple[Assignment, ...]:
    """Return the matches of a plan and of locks, by mentee and mentor."""
    programme = market.programme
    every = chosen.merged(locked, len(programme.mentors))
    are_locked = set(zip(locked.rows.tolist(), locked.columns.tolist(), strict=True))
    parts: dict[str, list[int]] = {}
    if market.explicit is None:
        found = market.scorer.parts(Pairs(market.sides, every.rows, every.columns))
        parts = {name.value: part.tolist() for name, part in found.items()}
    pairs = zip(every.rows.tolist(), every.columns.tolist(), every.points.tolist(), strict=True)
    return tuple(
        Assignment(
            programme=programme.id,
            members={
                Role.MENTEE: programme.mentees[row].person,
                Role.MENTOR: programme.mentors[column].person,
            },
            points=points,
            parts={name: part[number] for name, part in parts.items()},
            locked=(row, column) in are_locked,
        )
        for number, (row, column, points) in enumerate(pairs)
    )


def _empty_pool(room: Room) -> Pool:
    """Return the pool of a solve that was stopped before it had looked at any pair."""
    nothing = np.zeros(len(room.places), dtype=np.int64)
    most = np.full(len(room.places), LARGEST_POINTS, dtype=np.int64)
    return Pool(NONE, nothing, most, most)
