"""The tie-break: of all plans equal in every goal, the one whose pairs drew the greatest sum of lots."""

import numpy as np

from matching.candidates import Candidates
from matching.goals import Amounts, Room
from matching.groups import Floors
from matching.mentors import Network, past_mentors
from matching.prices import Prices, bonus_with
from matching.rules import Mask
from matching.views import Index


def luckiest_plan(
    candidates: Candidates,
    gains: Amounts,
    prices: Prices,
    room: Room,
    bonus: Amounts,
    lots: Amounts,
    floors: Floors | None = None,
) -> Mask:
    """Return which candidates the best plan with the greatest sum of lots uses.

    Notes
    -----
    By complementary slackness the best plans are exactly the flows that use every arc with a gain wholly,
    and no arc with a loss. What is left, the arcs that neither gain nor lose, is a flow problem with lots as
    profits.
    """
    mentees, mentors = len(room.places), len(room.capacity)
    end = mentees + mentors
    sure, open_pairs = gains > 0, np.flatnonzero(gains == 0)
    groups = np.arange(len(prices.groups))
    arcs = _Arcs(np.concatenate((room.places, np.zeros(mentors + 1 + len(groups), dtype=np.int64))))
    arcs.supplies[end] = -room.places.sum()
    np.subtract.at(arcs.supplies, candidates.rows[sure], 1)
    np.add.at(arcs.supplies, candidates.columns[sure] + mentees, 1)
    ones = np.ones(len(open_pairs), dtype=np.int64)
    rows, columns = candidates.rows[open_pairs], candidates.columns[open_pairs]
    arcs.lay(rows, columns + mentees, ones, np.zeros_like(ones), -lots[open_pairs])
    last_place = np.minimum(room.places, 1)
    every_mentee = np.arange(mentees)
    arcs.lay_to(end, every_mentee, room.places - last_place, prices.way_out)
    past = past_mentors(end, mentees, floors)
    left_out = prices.way_out - bonus_with(bonus, prices.groups, floors)
    arcs.lay(every_mentee, past, last_place, left_out, np.zeros(mentees, dtype=np.int64))
    if floors is not None:
        arcs.lay_to(end, groups + end + 1, floors.spare, prices.groups)
    arcs.lay_to(end, np.arange(mentors) + mentees, room.capacity, prices.mentors)
    used = sure.copy()
    used[open_pairs] = arcs.network().solve()[: len(open_pairs)] > 0
    return used


class _Arcs:
    """Lays the arcs that are free to choose, and settles the others in the supplies of their nodes."""

    def __init__(self, supplies: Amounts) -> None:
        self.supplies = supplies
        self._laid: list[tuple[Index, Index, Amounts, Amounts]] = []

    def lay(self, tails: Index, heads: Index, capacities: Amounts, gains: Amounts, costs: Amounts) -> None:
        """Lay arcs: those that gain are full, those that lose empty, and the others free."""
        full, free = gains > 0, (gains == 0) & (capacities > 0)
        np.subtract.at(self.supplies, tails[full], capacities[full])
        np.add.at(self.supplies, heads[full], capacities[full])
        self._laid.append((tails[free], heads[free], capacities[free], costs[free]))

    def lay_to(self, end: int, tails: Index, capacities: Amounts, gains: Amounts) -> None:
        """Lay an arc from each tail to the end of the network, without cost."""
        self.lay(tails, np.full_like(tails, end), capacities, gains, np.zeros(len(tails), dtype=np.int64))

    def network(self) -> Network:
        """Return the flow problem."""
        tails, heads, capacities, costs = (np.concatenate(part) for part in zip(*self._laid, strict=True))
        return Network(self.supplies, tails.astype(np.int32), heads.astype(np.int32), capacities, costs)
