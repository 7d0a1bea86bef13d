"""How much a bound on the weighted sum of goals leaves open of each goal, and when that is little enough."""

from collections.abc import Mapping, Sequence

from matching.goals import GoalWeights
from matching.problem import GoalName
from matching.watch import MILLIONTHS


def goal_bounds(
    goals: Sequence[GoalName], weights: GoalWeights, values: Mapping[str, int], bound: int, least: int
) -> dict[str, int]:
    """Return what no plan has more of, for each goal among the plans that are as good in those before it.

    Parameters
    ----------
    goals
        Goals that are sums, in their order.
    values
        What a plan reaches in each of them.
    bound
        What no plan is worth more than by the weights.
    least
        The fewest points of any plan; of the other goals no plan has less than nothing.
    """
    found = dict[str, int]()
    for place, goal in enumerate(goals):
        before = sum(weights.of(earlier) * values[earlier] for earlier in goals[:place])
        later = weights.points * least if GoalName.POINTS in goals[place + 1 :] else 0
        found[goal] = (bound - before - later) // weights.of(goal)
    return found


def is_small(bounds: Mapping[str, int], values: Mapping[str, int], gap: int) -> bool:
    """Tell whether all goals but the last are reached, and the last but for so many millionths of it."""
    *before, last = bounds
    if any(bounds[goal] != values[goal] for goal in before):
        return False
    return (bounds[last] - values[last]) * MILLIONTHS <= gap * values[last]
