"""The goals one after another: what each narrows down for those after it, and the proof of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import INELIGIBLE, Candidates, Market
from matching.goals import ADDITIVE, REQUIRED, Amounts, Room
from matching.groups import EVERYBODY, Groups
from matching.pool import without
from matching.priced import PlanFinder, Priced
from matching.problem import GoalName
from matching.rules import Mask
from matching.solution import Stage
from matching.stable import blocking_pairs, survey
from matching.terms import Terms


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The best plan by all goals, and for each goal that is no sum the stages that prove its value."""

    plan: Priced
    stages: tuple[Stage, ...]


class Stages:
    """Goes through the goals of one programme.

    Goals that are sums are sought together, by one sum of steep weights. A goal that is none (the weakest
    match, the rate of the group worst off) is raised as far as plans exist that are as good in the goals
    before it; that is found by bisection, and is then a term that all later plans keep.
    """

    def __init__(
        self, market: Market, room: Room, locked: Candidates, groups: Groups, finder: PlanFinder
    ) -> None:
        self._market = market
        self._room = room
        self._locked = locked
        self.groups = groups
        self._finder = finder
        # The best plan there is when a solve is stopped between its goals.
        self.so_far: Candidates | None = None

    def best(self, goals: Sequence[GoalName], gap: int = 0) -> Found:
        """Return the plan that is best by the goals in their order.

        Where all of them are sums, and nobody must be matched, one that leaves a small gap is good enough.
        """
        terms, stages = Terms(), list[Stage]()
        sums: list[GoalName] = []
        required = bool(self._room.required.any())
        base: Priced | None = None
        for goal in goals:
            if goal in ADDITIVE:
                sums.append(goal)
                base = None
                continue
            if base is None:
                base = self._finder.best(sums, terms)
                self.so_far = base.chosen
                if sums or required:
                    stages.append(self.proof(sums[-1] if sums else REQUIRED, base))
            base, beyond = self._raised(goal, sums, base)
            terms = base.terms
            if beyond is not None:
                stages.append(self.proof(goal, beyond))
        allowed = 0 if required or len(sums) < len(goals) else gap
        plan = base if base is not None else self._finder.best(sums, terms, allowed)
        return Found(self._finder.luckiest(plan) if plan.is_best else plan, tuple(stages))

    def _raised(self, goal: GoalName, sums: Sequence[GoalName], base: Priced) -> tuple[Priced, Priced | None]:
        """Raise a goal that is no sum as far as plans stay as good as `base` in the goals before it.

        Return a best plan under the terms that are reached, and the one that shows that a step beyond would
        cost something: `None` where the goal cannot be higher by its nature.
        """
        most = self.top() if goal is GoalName.WORST_MATCH else EVERYBODY
        low, high, beyond = self._value(goal, base.chosen), most + 1, None
        reached = self._finder.best(sums, _with(goal, base.terms, low))
        while high - low > 1:
            middle = (low + high) // 2
            found = self._finder.best(sums, _with(goal, base.terms, middle))
            if found.bound == base.bound:
                low, reached = max(middle, self._value(goal, found.chosen)), found
                self.so_far = found.chosen
            else:
                high, beyond = middle, found
        if reached.terms != _with(goal, base.terms, low):
            reached = self._finder.best(sums, _with(goal, base.terms, low))
        return reached, beyond

    def _value(self, goal: GoalName, chosen: Candidates) -> int:
        if goal is GoalName.WORST_MATCH:
            return self.weakest(chosen)
        return self.groups.worst(self.matched(chosen))

    def weakest(self, chosen: Candidates) -> int:
        """Return the points of the weakest pair that a plan makes, or of any where it makes none."""
        return int(chosen.points.min()) if len(chosen) else self.top()

    def blocking(self, chosen: Candidates) -> int:
        """Return how many pairs would both rather have each other than what a plan gives them."""
        every = self._every
        if every is not None:
            return len(blocking_pairs(every, chosen, self._room))
        found = survey(self._market, chosen, self._locked, self._room)
        return len(blocking_pairs(found, chosen, self._room))

    @property
    def _every(self) -> Candidates | None:
        """All pairs that may be made, where they are at hand."""
        every = self._finder.pool.every
        if every is None and self._market.explicit is not None:
            return without(self._market.explicit, self._locked, self._room)
        return every

    def matched(self, chosen: Candidates) -> Mask:
        """Mark the mentees who have a mentor, by the plan or by a lock."""
        mentees = np.zeros(len(self._room.places), dtype=np.bool_)
        mentees[chosen.rows] = True
        mentees[self._locked.rows] = True
        return mentees

    def top(self) -> int:
        """Return the most points of a pair that may be made; 0 where there is none."""
        every = self._every
        if every is not None:
            return int(every.points.max()) if len(every) else 0
        best = INELIGIBLE
        shut = self._room.capacity == 0
        for block, points in self._market.blocks(np.flatnonzero(self._room.places > 0)):
            free = np.where(shut, INELIGIBLE, points)
            rows = block.rows[:, 0]
            inside = np.isin(self._locked.rows, rows)
            free[np.searchsorted(rows, self._locked.rows[inside]), self._locked.columns[inside]] = INELIGIBLE
            best = max(best, int(free.max(initial=INELIGIBLE)))
        return 0 if best == INELIGIBLE else best

    def proof(self, goal: str, plan: Priced) -> Stage:
        """Return a plan's prices as the proof of a goal."""
        programme, prices = self._market.programme, plan.prices
        bonus = self._finder.bonus_of(plan)
        return Stage(
            goal=str(goal),
            bound=plan.bound,
            weights=plan.weights.named(),
            least_points=plan.terms.least_points,
            rate=plan.terms.rate,
            mentees=_named([row.person for row in programme.mentees], prices.of_mentees(bonus)),
            mentors=_named([row.person for row in programme.mentors], prices.mentors),
            groups=_named(self.groups.values, prices.groups),
        )


def _with(goal: GoalName, terms: Terms, value: int) -> Terms:
    if goal is GoalName.WORST_MATCH:
        return replace(terms, least_points=value)
    return replace(terms, rate=value)


def _named(people: Sequence[str], prices: Amounts) -> dict[str, int]:
    """Return the prices that are not zero, by person or group."""
    return {person: price for person, price in zip(people, prices.tolist(), strict=False) if price}
