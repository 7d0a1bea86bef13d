"""Goes through goals of which some are no sums: those become terms that all later plans keep."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from matching.groups import EVERYBODY
from matching.problem import GoalName
from matching.solution import Stage
from matching.terms import Terms

# Goals that are no sums: what is reached of them becomes a term.
TERMS = (GoalName.WORST_MATCH, GoalName.PARITY)


class Reached(Protocol):
    """A plan that is best by some aims among those that keep some terms, as far as `is_best` says."""

    @property
    def terms(self) -> Terms:
        """What the plans that were compared keep; a rate only as far as the aim `parity` tells."""
        ...

    @property
    def values(self) -> Mapping[str, int]:
        """What the plan reaches in each aim; in `parity`, below zero, how many it lacks of the rate."""
        ...

    @property
    def is_best(self) -> bool:
        """Whether prices, or branch and bound, prove the plan."""
        ...


Plan_ = TypeVar("Plan_", bound=Reached)


@dataclass(frozen=True, slots=True, eq=False)
class Found(Generic[Plan_]):
    """The best plan by all goals, the stages that prove those that are no sums, and whether all is proved."""

    last: Plan_
    stages: tuple[Stage, ...]
    is_best: bool


class TermStages(ABC, Generic[Plan_]):
    """Goes through the goals of one programme.

    Aims that are sums are sought together. A goal that is none (the weakest match, the rate of the group
    worst off) is raised by bisection as far as plans exist that are as good in all before it, and is then a
    term that later plans keep: no match with fewer points, or so many of each group. What a plan lacks of a
    rate is an aim of its own, after those before it.
    """

    def __init__(self) -> None:
        # The best plan by the goals so far, for when a solve is stopped.
        self.so_far: Plan_ | None = None

    @abstractmethod
    def reached(self, order: Sequence[str], terms: Terms) -> Plan_:
        """Return the best plan by these aims; raises `Stopped` when the solve is to end."""

    @abstractmethod
    def value(self, goal: GoalName, plan: Plan_) -> int:
        """Return what a plan reaches in a goal that is no sum."""

    @abstractmethod
    def top(self) -> int:
        """Return the most points of a match that may be made; 0 where none may."""

    @abstractmethod
    def stage(self, goal: str, plan: Plan_) -> Stage:
        """Return the proof of a plan as that of a goal."""

    def best(self, names: Sequence[str]) -> Found[Plan_]:
        """Return the plan that is best by these aims and goals in their order."""
        order, stages, is_best = list[str](), list[Stage](), True
        base: Plan_ | None = None
        terms = Terms()
        for name in names:
            if name not in TERMS:
                order.append(name)
                base = None
                continue
            if base is None:
                # Before the first aim any plan is as good: one to start from.
                base = self.so_far = self.reached(order or [GoalName.COVERAGE], terms)
                if sums := [aim for aim in order if aim not in TERMS]:
                    stages.append(self.stage(sums[-1], base))
                is_best &= base.is_best or not order
            asked = [*order, name] if name == GoalName.PARITY else list(order)
            base, beyond = self._raised(GoalName(name), asked, base, terms)
            order, terms = asked, base.terms
            if beyond is not None:
                stages.append(self.stage(name, beyond))
                is_best &= beyond.is_best
        last = base if base is not None else self.reached(order, terms)
        return Found(last, tuple(stages), is_best and last.is_best)

    def _raised(
        self, goal: GoalName, asked: Sequence[str], base: Plan_, terms: Terms
    ) -> tuple[Plan_, Plan_ | None]:
        """Raise a goal that is no sum as far as plans stay as good as `base` in the aims before it.

        Return the best plan with the value reached as a term, and the one that shows that a step more would
        cost something: `None` where the goal cannot be higher by its nature.
        """
        wanted = tuple(base.values.get(aim, 0) for aim in asked)
        most = self.top() if goal is GoalName.WORST_MATCH else EVERYBODY
        low, high = self.value(goal, base), most + 1
        best, beyond = None, None
        while high - low > 1:
            middle = (low + high) // 2
            found = self.reached(asked, _with(goal, terms, middle))
            if tuple(found.values[aim] for aim in asked) >= wanted:
                low, best = max(middle, self.value(goal, found)), found
                self.so_far = found
            else:
                high, beyond = middle, found
        if best is None or best.terms != _with(goal, terms, low):
            best = self.reached(asked, _with(goal, terms, low))
        return best, beyond


def _with(goal: GoalName, terms: Terms, value: int) -> Terms:
    if goal is GoalName.WORST_MATCH:
        return replace(terms, least_points=value)
    return replace(terms, rate=value)
