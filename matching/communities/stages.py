"""The goals of communities one after another, those that are no sums among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.candidates import Candidates
from matching.communities.apart import run_in_parts
from matching.communities.bound import Bound, bound_at, covering_prices
from matching.communities.market import Market
from matching.communities.search import NoPlan, Search
from matching.communities.task import Floor, Task
from matching.goals import REQUIRED
from matching.groups import NO_GROUP, groups_among
from matching.problem import CommunitiesProgramme, GoalName
from matching.solution import Meeting, Stage
from matching.term_stages import TermStages
from matching.terms import Terms
from matching.watch import Watch


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """A plan that is best by some goals among those that keep some terms.

    `search` is nothing where no plan keeps the terms and every lock; branch and bound says so.
    """

    task: Task
    terms: Terms
    search: Search | None
    is_sure: bool = True

    @property
    def values(self) -> Mapping[str, int]:
        """What the plan reaches in each sum; in `parity`, below zero, how many it lacks of the rate."""
        if self.search is None:
            return dict.fromkeys((REQUIRED, *GoalName), -(2**62))
        return self.task.values(self.search.chosen)

    @property
    def is_best(self) -> bool:
        """Whether prices, or branch and bound, prove the plan, or that there is none."""
        return self.is_sure if self.search is None else self.search.is_proved


class CommunityStages(TermStages[Reached]):
    """The goals of one programme; the weakest match is the membership with the fewest points."""

    def __init__(self, market: Market, task: Task, locked: Candidates, watch: Watch) -> None:
        super().__init__()
        self._market = market
        self._task = task
        self._watch = watch
        programme = market.programme
        people = [market.problem.people[position] for position in market.positions.tolist()]
        self._groups = groups_among(people, [row.places > 0 for row in programme.people], programme.parity)
        self._settled = np.zeros(len(people), dtype=np.bool_)
        self._settled[locked.rows] = True
        # What there is when a solve is stopped.
        self.search: Search | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What the programme seeks, in its order."""
        required = self._task.room.required.any() or self._task.required.any()
        goals = tuple(goal.value for goal in self._market.programme.goals)
        return (REQUIRED, *goals) if required else goals

    def reached(self, order: Sequence[str], terms: Terms) -> Reached:
        """Return the best plan by these goals; raises `Stopped` when the solve is to end."""
        goals = [GoalName(name) for name in order if name != REQUIRED]
        task = self._task.under(goals, terms.least_points, self._floors(terms.rate))
        try:
            search = Search(task, self._watch, settled=int(self._settled.sum()))
        except NoPlan as none:
            if terms.least_points is None:
                raise
            return Reached(task, terms, None, none.is_sure)
        self.search = search
        run_in_parts(search, self._watch)
        return Reached(task, terms, search)

    def _floors(self, rate: int | None) -> tuple[Floor, ...]:
        if rate is None:
            return ()
        needed = self._groups.needed(rate, self._settled).tolist()
        codes = np.where(self._settled, NO_GROUP, self._groups.codes)
        return tuple(
            Floor(value, np.flatnonzero(codes == number), needed[number])
            for number, value in enumerate(self._groups.values)
        )

    def value(self, goal: GoalName, plan: Reached) -> int:
        """Return what a plan reaches in a goal that is no sum."""
        chosen = np.zeros(0, dtype=np.intp) if plan.search is None else plan.search.chosen
        return self.value_of(goal, plan.task.candidates.only(chosen))

    def value_of(self, goal: GoalName, free: Candidates) -> int:
        """Return what memberships beside locks reach in a goal that is no sum."""
        if goal is GoalName.WORST_MATCH:
            return int(free.points.min()) if len(free) else self.top()
        matched = self._settled.copy()
        matched[free.rows] = True
        return self._groups.worst(matched)

    def top(self) -> int:
        """Return the most points of a membership that may be made; 0 where none may."""
        points = self._task.candidates.points
        return int(points.max()) if len(points) else 0

    def stage(self, goal: str, plan: Reached) -> Stage:
        """Return a plan's prices as the proof of a goal."""
        if plan.search is None:
            bound, worth = bound_at(plan.task, covering_prices(plan.task), 1), self._less(plan.task)
        else:
            bound, worth = plan.search.bound, plan.search.worth
        searched = worth if plan.is_best and worth < bound.worth else None
        # Where prices show that there is no plan they have no sum.
        most = bound.worth if bound.is_possible else worth
        prices = prices_of(self._market.programme, plan.task, plan.terms, bound)
        return Stage(goal=goal, bound=most, searched=searched, **prices)

    def _less(self, task: Task) -> int:
        """Return what is less than the best plan so far is worth: as much as no plan at all."""
        values: Mapping[str, int] = {} if self.so_far is None else self.so_far.values
        return sum(task.weights.of(name) * value for name, value in values.items()) - 1


def prices_of(programme: CommunitiesProgramme, task: Task, terms: Terms, bound: Bound) -> dict[str, Any]:
    """Return prices as a certificate and a stage state them, with the terms they are about."""
    weights = task.weights.named()
    weights.pop(GoalName.PARITY, None)
    if GoalName.SAME_PARTNERS in programme.goals:
        weights.setdefault(GoalName.SAME_PARTNERS.value, 0)
    people = zip(programme.people, bound.prices.tolist(), strict=True)
    floors = zip(task.floors, bound.floors.tolist(), strict=True)
    return {
        "weights": weights,
        "people": {row.person: price for row, price in people if price},
        "meetings": _meetings(programme, task, bound),
        "groups": {floor.value: price for floor, price in floors if price},
        "least_points": terms.least_points,
        "rate": terms.rate,
        "scale": bound.scale,
    }


def _meetings(programme: CommunitiesProgramme, task: Task, bound: Bound) -> tuple[Meeting, ...]:
    candidates = task.candidates
    priced = np.flatnonzero(bound.meetings)
    both = task.meetings[priced]
    rows, columns = candidates.rows[both].tolist(), candidates.columns[both[:, 0]].tolist()
    return tuple(
        Meeting(
            first=programme.people[first].person,
            second=programme.people[second].person,
            community=programme.communities[column].id,
            price=price,
        )
        for (first, second), column, price in zip(rows, columns, bound.meetings[priced].tolist(), strict=True)
    )
