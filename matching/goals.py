"""The goals: what each is worth when all are sought at once, one strictly before another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.errors import ProblemError
from matching.problem import GoalName

Amounts = NDArray[np.int64]
# OR-Tools multiplies costs by the number of nodes; sums of profits must fit as well.
LARGEST_SUM = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """What is to be decided: places and capacity that locks leave, and what covering a mentee counts for."""

    places: Amounts
    capacity: Amounts
    waiting: Amounts

    def bonus(self, weights: "GoalWeights") -> Amounts:
        """Return what a first mentor for each mentee is worth."""
        return self.waiting * weights.coverage


@dataclass(frozen=True, slots=True)
class GoalWeights:
    """Weights that make one sum of all goals: the least of an earlier goal outweighs all of a later one."""

    coverage: int
    points: int

    def worth(self, coverage: int, points: int) -> int:
        """Return the worth of a plan."""
        return self.coverage * coverage + self.points * points


def weigh(goals: Sequence[GoalName], room: Room, least: Amounts, most: Amounts) -> GoalWeights:
    """Return the weights for goals in this order.

    Parameters
    ----------
    least, most
        Points of the worst and the best candidate of each mentee.

    Raises
    ------
    ProblemError
        When the numbers are too large to be added exactly.
    """
    spread = int((room.places * (np.maximum(most, 0) - np.minimum(least, 0))).sum())
    everyone = int(room.waiting.sum())
    if GoalName.POINTS not in goals:
        weights = GoalWeights(coverage=1, points=0)
    elif GoalName.COVERAGE not in goals:
        weights = GoalWeights(coverage=0, points=1)
    elif goals.index(GoalName.COVERAGE) < goals.index(GoalName.POINTS):
        weights = GoalWeights(coverage=spread + 1, points=1)
    else:
        weights = GoalWeights(coverage=1, points=everyone + 1)
    nodes = len(room.places) + len(room.capacity) + 2
    if weights.worth(everyone, spread) > LARGEST_SUM // nodes:
        raise ProblemError("$.programmes", "the points are too large to be added exactly; divide them all.")
    return weights
