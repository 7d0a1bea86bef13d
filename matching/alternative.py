"""What an order of goals comes to, beside the order that a programme has chosen: the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from matching.problem import GoalName
from matching.solution import Status


class Aim(StrEnum):
    """What an order of goals is about."""

    CHOSEN = "chosen"
    MOST_POINTS = "most_points"
    WORST_MATCH = "worst_match"
    STABLE = "stable"
    PARITY = "parity"
    SAME_PARTNERS = "same_partners"
    POINTS_FIRST = "points_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What a plan comes to that is best by some goals, beside the plan of the chosen ones.

    Attributes
    ----------
    coverage, points
        As in goals, with what locks settle.
    matched
        People with a match; `losing` of those whom the chosen plan matches have none here, and `gaining`
        others have.
    changed
        Pairs, groups or memberships that the chosen plan does not have.
    weakest
        Points of the weakest match that is no lock; `None` without one.
    blocking
        Pairs who would both rather have each other.
    rates
        How many in a thousand of each group are matched; `None` where that would tell of fewer than five.
    kept
        Pairs, or memberships, of the earlier plan that are made again.
    """

    aim: Aim
    goals: tuple[GoalName, ...]
    status: Status
    coverage: int
    matched: int
    losing: int
    gaining: int
    changed: int
    points: int
    weakest: int | None
    blocking: int
    rates: Mapping[str, int | None]
    kept: int

    @property
    def worst_rate(self) -> int | None:
        """The lowest rate that may be told."""
        return min((rate for rate in self.rates.values() if rate is not None), default=None)

    @property
    def gap(self) -> int | None:
        """How far apart the rates are that may be told; `None` for fewer than two."""
        told = [rate for rate in self.rates.values() if rate is not None]
        return max(told) - min(told) if len(told) > 1 else None


def share(rate: int) -> str:
    """Return a rate in a thousand as people read it."""
    return f"{rate // 10}.{rate % 10} %"
