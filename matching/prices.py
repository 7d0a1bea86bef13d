"""Prices: the dual values of a best plan, which prove that it is best."""

from dataclasses import dataclass, field

import numpy as np

from matching.candidates import Candidates
from matching.goals import Amounts, Room
from matching.groups import NO_GROUP, Floors
from matching.rules import Mask

FAR = np.int64(2**62)
# Beyond so many candidates compiled loops find plans and prices.
MANY = 100_000
ENDLESS = 2**62
UNSETTLED = "the prices do not settle: the plan is not the best one"


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What one more place with each mentor is worth, and what it costs to take one unit from each mentee.

    `mentors` is v of the certificate; `way_out` is ``B - u``: the cheapest way for one more of a mentee's
    units to the end of the network. `groups` is q: what it is worth if one more of a group may stay without.
    """

    way_out: Amounts
    mentors: Amounts
    groups: Amounts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def of_mentees(self, bonus: Amounts) -> Amounts:
        """Return u of the certificate; a negative price proves nothing that zero does not."""
        return np.asarray(np.maximum(bonus - self.way_out, 0))

    def gains(self, candidates: Candidates, profits: Amounts) -> Amounts:
        """Return what each candidate would gain at these prices: none when it is used or not worth using."""
        return np.asarray(profits + self.way_out[candidates.rows] - self.mentors[candidates.columns])


def prices_of(
    candidates: Candidates,
    profits: Amounts,
    used: Mask,
    room: Room,
    bonus: Amounts,
    floors: Floors | None = None,
) -> Prices:
    """Return the prices of a best plan: shortest ways to the network's end in what the flow leaves of it.

    Notes
    -----
    Bellman and Ford's method on the two sides by turns. A mentee's unit leaves along an unused candidate, or
    a used one when it is their only place (whose arc then needs no capacity), or past the mentors; a mentor's
    leaves by free capacity, or by taking a mentee's place back.

    Raises
    ------
    RuntimeError
        When the ways never settle: then the plan was not the best, which is an error of the engine.

    References
    ----------
    R. K. Ahuja, T. L. Magnanti, J. B. Orlin, *Network Flows*, 1993, chapter 9 (reduced cost optimality).
    """
    if floors is None and len(candidates) > MANY:
        prices = prices_if_best(candidates, profits, used, room, bonus, ENDLESS)
        if prices is None:
            raise RuntimeError(UNSETTLED)
        return prices
    mentees = len(room.places)
    taken = np.bincount(candidates.rows[used], minlength=mentees)
    given = np.bincount(candidates.columns[used], minlength=len(room.capacity))
    left_out = _LeftOut(floors, (taken == 0) & (room.places > 0))
    free = np.where(given < room.capacity, np.int64(0), FAR)
    open_arc = ~used | (room.places[candidates.rows] == 1)
    onward, onward_cost = candidates.columns[open_arc], -profits[open_arc]
    senders, first = np.unique(candidates.rows[open_arc], return_index=True)
    back_from, back_to, back_cost = candidates.columns[used], candidates.rows[used], profits[used]
    price, of_groups = free, left_out.free
    for _round in range(mentees + len(free) + len(of_groups) + 2):
        cost = left_out.cost(bonus, of_groups)
        way = np.where(taken > 1, np.minimum(cost, 0), np.where(taken == 1, cost, FAR))
        if len(senders):
            way[senders] = np.minimum(way[senders], np.minimum.reduceat(price[onward] + onward_cost, first))
        found = free.copy()
        np.minimum.at(found, back_from, way[back_to] + back_cost)
        found_of_groups = left_out.prices(way - bonus)
        if np.array_equal(found, price) and np.array_equal(found_of_groups, of_groups):
            return Prices(way, price, of_groups)
        price, of_groups = found, found_of_groups
    raise RuntimeError(UNSETTLED)


def prices_if_best(
    candidates: Candidates, profits: Amounts, used: Mask, room: Room, bonus: Amounts, patience: int
) -> Prices | None:
    """Return the prices that a plan of many candidates has if it is the best; `None` when they do not settle.

    That nobody left out gains at these prices is not looked at: the bound that they give tells.
    """
    # Loaded only here: small markets do without a compiler.
    from matching.ways import settled

    taken = np.bincount(candidates.rows[used], minlength=len(room.places))
    given = np.bincount(candidates.columns[used], minlength=len(room.capacity))
    free = np.where(given < room.capacity, np.int64(0), FAR)
    closed = used & (room.places[candidates.rows] > 1)
    past = np.where(taken > 1, np.minimum(bonus, 0), np.where(taken == 1, bonus, FAR))
    ways = settled(candidates, -profits, used, closed, past, free, patience)
    return None if ways is None else Prices(*ways)


class _LeftOut:
    """The nodes of the groups in the residual network: what it costs to leave one more member without."""

    def __init__(self, floors: Floors | None, without: Mask) -> None:
        self._floors = floors
        if floors is None:
            self.free = np.zeros(0, dtype=np.int64)
            return
        self._back = np.flatnonzero(without & (floors.codes != NO_GROUP))
        passed = np.bincount(floors.codes[self._back], minlength=len(floors.spare))
        self.free = np.where(passed < floors.spare, np.int64(0), np.int64(floors.penalty))

    def cost(self, bonus: Amounts, prices: Amounts) -> Amounts:
        """Return what the way past all mentors costs a mentee's last place."""
        return bonus_with(bonus, prices, self._floors)

    def prices(self, instead: Amounts) -> Amounts:
        """Return the price of each group: free room, the penalty, or a mentor for another of its members."""
        found = self.free.copy()
        if self._floors is not None:
            np.minimum.at(found, self._floors.codes[self._back], instead[self._back])
        return found


def bonus_with(bonus: Amounts, groups: Amounts, floors: Floors | None) -> Amounts:
    """Return what covering each mentee is worth by the price of their group as well."""
    if floors is None:
        return bonus
    # A code of -1, no group, finds the price of nothing at the end.
    return np.asarray(bonus + np.append(groups, 0)[floors.codes])


def bound_of(
    candidates: Candidates,
    profits: Amounts,
    room: Room,
    bonus: Amounts,
    prices: Prices,
    floors: Floors | None = None,
) -> int:
    """Return what no plan can be worth more than, by these prices: the formula of the certificate."""
    if floors is not None:
        bonus = bonus_with(bonus, prices.groups, floors)
        members = np.bincount(floors.codes[floors.codes != NO_GROUP], minlength=len(floors.spare))
        owed = int((prices.groups * (members - floors.spare)).sum())
    else:
        owed = 0
    price = prices.of_mentees(bonus)
    rooms = int((room.capacity * prices.mentors).sum())
    asking = room.places > 0
    first = np.maximum(price, 0)[asking].sum()
    further = ((room.places - 1) * np.maximum(price - bonus, 0))[asking].sum()
    reduced = profits + (bonus - price)[candidates.rows] - prices.mentors[candidates.columns]
    return rooms - owed + int(first) + int(further) + int(np.maximum(reduced, 0).sum())
