"""The goals: what each is worth when all are sought at once, one strictly before another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.errors import ProblemError
from matching.problem import GoalName

Amounts = NDArray[np.int64]
# OR-Tools multiplies costs by the number of nodes; sums of profits must fit as well.
LARGEST_SUM = 2**62
# What counts before every goal: the people, and communities, that must be matched.
REQUIRED = "required"
# Goals whose value is a sum over people and pairs; the others narrow down which plans are compared.
ADDITIVE = (GoalName.COVERAGE, GoalName.POINTS, GoalName.SAME_PARTNERS)


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """What is to be decided: places and capacity that locks leave, and what covering a mentee counts for.

    `required` is 1 for each mentee who must be matched, unless a lock has settled it.
    """

    places: Amounts
    capacity: Amounts
    waiting: Amounts
    required: Amounts

    def bonus(self, weights: "GoalWeights") -> Amounts:
        """Return what a first mentor for each mentee is worth."""
        return self.waiting * weights.coverage + self.required * weights.of(REQUIRED)


@dataclass(frozen=True, slots=True)
class GoalWeights:
    """What one unit of each goal is worth, by its name; a goal that is not named counts for nothing."""

    amounts: Mapping[str, int] = field(default_factory=dict)

    def of(self, goal: str) -> int:
        """Return the weight of a goal."""
        return self.amounts.get(goal, 0)

    @property
    def coverage(self) -> int:
        """The weight of covering somebody who has not waited."""
        return self.of(GoalName.COVERAGE)

    @property
    def points(self) -> int:
        """The weight of a point."""
        return self.of(GoalName.POINTS)

    def named(self) -> dict[str, int]:
        """Return the weights as a certificate states them: always those of coverage and points."""
        usual = {GoalName.COVERAGE.value: 0, GoalName.POINTS.value: 0}
        return usual | dict(self.amounts)


def steep(goals: Sequence[str], reach: Mapping[str, int]) -> GoalWeights:
    """Return weights under which the least of an earlier goal outweighs all of the later ones together.

    Parameters
    ----------
    reach
        How far apart two plans can be in each goal.
    """
    later, found = 0, dict[str, int]()
    for goal in reversed(goals):
        found[str(goal)] = later + 1
        later += found[str(goal)] * reach[goal]
    return GoalWeights(found)


def weigh(
    goals: Sequence[GoalName],
    room: Room,
    least: Amounts,
    most: Amounts,
    *,
    must_open: int = 0,
    again: int = 0,
    owed: int = 0,
) -> GoalWeights:
    """Return the weights for goals in this order, after what is required.

    Parameters
    ----------
    least, most
        Points of the worst and the best candidate of each mentee.
    must_open
        How many communities must open.
    again
        How many pairs of an earlier plan may be made again.
    owed
        How many a plan can lack of a rate of every group; that counts where `parity` stands among the goals.

    Raises
    ------
    ProblemError
        When the numbers are too large to be added exactly.
    """
    spread = int((room.places * (np.maximum(most, 0) - np.minimum(least, 0))).sum())
    needed = int(room.required.sum()) + must_open
    reach: dict[str, int] = {
        REQUIRED: needed,
        GoalName.COVERAGE: int(room.waiting.sum()),
        GoalName.POINTS: spread,
        GoalName.SAME_PARTNERS: again,
        GoalName.PARITY: owed,
    }
    sums = (*ADDITIVE, GoalName.PARITY) if owed else ADDITIVE
    first = (REQUIRED,) if needed else ()
    weights = steep((*first, *(goal for goal in goals if goal in sums)), reach)
    nodes = len(room.places) + len(room.capacity) + 2
    if sum(weights.of(goal) * amount for goal, amount in reach.items()) > LARGEST_SUM // nodes:
        raise ProblemError("$.programmes", "the points are too large to be added exactly; divide them all.")
    return weights
