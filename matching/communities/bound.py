"""The bound by prices of people: what no plan can be worth more than, in whole numbers."""

from dataclasses import dataclass

import numpy as np

from matching.communities.mixes import Demand
from matching.communities.task import Task
from matching.goals import Amounts
from matching.problem import GoalName

# Less than any sum of reduced worths, which are kept below 2**62.
IMPOSSIBLE = -(2**62)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A bound, and what the prices say of each community and candidate; all in units of 1 / scale.

    `values` is the most each community could earn if it opened (`IMPOSSIBLE` where it cannot), `losses` the
    least by which the bound would sink if a candidate had to be used.
    """

    prices: Amounts
    meetings: Amounts
    floors: Amounts
    scale: int
    total: int
    values: Amounts
    losses: Amounts

    @property
    def worth(self) -> int:
        """The most any plan can be worth, in whole units."""
        return self.total // self.scale

    @property
    def is_possible(self) -> bool:
        """Tell whether every community that must be open can be, as far as each alone can tell."""
        return self.total > IMPOSSIBLE


def bound_at(
    task: Task,
    prices: Amounts,
    scale: int,
    meetings: Amounts | None = None,
    floors: Amounts | None = None,
) -> Bound:
    """Return the bound that prices of people, meetings and floors give: the formula of the certificate.

    Notes
    -----
    A Lagrangian bound: the rows that tie people's memberships together are priced, and what is left falls
    into one easy problem for each community.

    References
    ----------
    M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management
    Science 27(1), 1981.
    """
    prices = np.maximum(prices, 0)
    meetings = np.zeros(len(task.meetings), dtype=np.int64) if meetings is None else np.maximum(meetings, 0)
    bonus = scale * task.bonus
    # A floor pays no more than what each who is lacking costs.
    most = scale * task.weights.of(GoalName.PARITY)
    floors = np.zeros(len(task.floors), dtype=np.int64) if floors is None else np.clip(floors, 0, most)
    for floor, price in zip(task.floors, floors.tolist(), strict=True):
        bonus[floor.rows] += price
    reduced = scale * task.profits + (bonus - prices)[task.candidates.rows]
    np.subtract.at(reduced, task.meetings, meetings[:, None])
    paid = np.zeros(len(task.least), dtype=np.int64)
    np.add.at(paid, task.candidates.columns[task.meetings[:, 0]], meetings)
    seeking = task.room.places > 0
    further = (task.room.places - 1) * np.maximum(prices - bonus, 0)
    total = int(prices[seeking].sum()) + int(further[seeking].sum())
    total -= sum(floor.needed * price for floor, price in zip(task.floors, floors.tolist(), strict=True))
    values = np.full(len(task.least), IMPOSSIBLE, dtype=np.int64)
    losses = np.zeros(len(reduced), dtype=np.int64)
    for column, numbers in enumerate(task.by_community):
        gains = reduced[numbers]
        least, most = int(task.least[column]), int(task.room.capacity[column])
        plain, displaced = _best_members(gains, least, most)
        value = min([plain, *(_best_mix(gains, task, column, demand) for demand in task.demands[column])])
        if value == IMPOSSIBLE:
            losses[numbers] = -IMPOSSIBLE
            if task.must[column]:
                return Bound(prices, meetings, floors, scale, IMPOSSIBLE, values, losses)
            continue
        extra = int(paid[column]) + scale * int(task.opening[column])
        value, plain = value + extra, plain + extra
        values[column] = value
        earned = value if task.must[column] else max(0, value)
        total += earned
        # The best members with this one: it comes beside them, or in place of the least of them.
        losses[numbers] = np.maximum(earned - plain + np.maximum(displaced - gains, 0), 0)
    return Bound(prices, meetings, floors, scale, total, values, losses)


def _best_members(gains: Amounts, least: int, most: int) -> tuple[int, int]:
    """Return the greatest sum of gains within these sizes, and what one more member would displace."""
    if len(gains) < least or most < max(least, 1):
        return (IMPOSSIBLE if least or most < 0 else 0), 0
    ranked = np.sort(gains)[::-1]
    size = max(least, min(most, int((gains > 0).sum())))
    value = int(ranked[:size].sum())
    if size == most:
        return value, int(ranked[size - 1])
    return value, min(0, int(ranked[size - 1])) if size == least and size else 0


def _best_mix(gains: Amounts, task: Task, column: int, demand: Demand) -> int:
    """Return the greatest sum of gains within the sizes whose members have enough different values.

    The best of as many values as are needed, those with the highest best, and then whoever earns most: any
    other set can be exchanged for this one, member by member, without loss.
    """
    least, most = int(task.least[column]), int(task.room.capacity[column])
    codes = demand.codes[task.candidates.rows[task.by_community[column]]]
    order = np.argsort(-gains, kind="stable")
    known = order[codes[order] >= 0]
    _values, first = np.unique(codes[known], return_index=True)
    heads = known[np.sort(first)][: demand.needed]
    if len(heads) < demand.needed or demand.needed > most:
        return IMPOSSIBLE
    others = np.delete(gains, heads)
    rest, _displaced = _best_members(others, max(least - demand.needed, 0), most - demand.needed)
    return IMPOSSIBLE if rest == IMPOSSIBLE else rest + int(gains[heads].sum())


def covering_prices(task: Task) -> Amounts:
    """Return prices so high that no candidate gains: they prove what is evident."""
    again = task.weights.of(GoalName.SAME_PARTNERS)
    return np.asarray(task.bonus + task.weights.points * task.highest + again)
