"""Prices: the dual values of a best plan, which prove that it is best."""

from dataclasses import dataclass

import numpy as np

from matching.candidates import Candidates
from matching.goals import Amounts, Room
from matching.rules import Mask

FAR = np.int64(2**62)


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What one more place with each mentor is worth, and what it costs to take one unit from each mentee.

    `mentors` is v of the certificate; `way_out` is ``B - u``: the cheapest way for one more of a mentee's
    units to the end of the network.
    """

    way_out: Amounts
    mentors: Amounts

    def of_mentees(self, bonus: Amounts) -> Amounts:
        """Return u of the certificate; a negative price proves nothing that zero does not."""
        return np.asarray(np.maximum(bonus - self.way_out, 0))

    def gains(self, candidates: Candidates, profits: Amounts) -> Amounts:
        """Return what each candidate would gain at these prices: none when it is used or not worth using."""
        return np.asarray(profits + self.way_out[candidates.rows] - self.mentors[candidates.columns])


def prices_of(candidates: Candidates, profits: Amounts, used: Mask, room: Room, bonus: Amounts) -> Prices:
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
    mentees = len(room.places)
    taken = np.bincount(candidates.rows[used], minlength=mentees)
    given = np.bincount(candidates.columns[used], minlength=len(room.capacity))
    past = np.where(taken > 1, np.minimum(bonus, 0), np.where(taken == 1, bonus, FAR))
    free = np.where(given < room.capacity, np.int64(0), FAR)
    open_arc = ~used | (room.places[candidates.rows] == 1)
    onward, onward_cost = candidates.columns[open_arc], -profits[open_arc]
    senders, first = np.unique(candidates.rows[open_arc], return_index=True)
    back_from, back_to, back_cost = candidates.columns[used], candidates.rows[used], profits[used]
    price = free
    for _round in range(mentees + len(free) + 2):
        way = past.copy()
        if len(senders):
            way[senders] = np.minimum(way[senders], np.minimum.reduceat(price[onward] + onward_cost, first))
        found = free.copy()
        np.minimum.at(found, back_from, way[back_to] + back_cost)
        if np.array_equal(found, price):
            return Prices(way, price)
        price = found
    raise RuntimeError("the prices do not settle: the plan is not the best one")


def bound_of(candidates: Candidates, profits: Amounts, room: Room, bonus: Amounts, prices: Prices) -> int:
    """Return what no plan can be worth more than, by these prices: the formula of the certificate."""
    price = prices.of_mentees(bonus)
    rooms = int((room.capacity * prices.mentors).sum())
    asking = room.places > 0
    first = np.maximum(price, 0)[asking].sum()
    further = ((room.places - 1) * np.maximum(price - bonus, 0))[asking].sum()
    reduced = profits + (bonus - price)[candidates.rows] - prices.mentors[candidates.columns]
    return rooms + int(first) + int(further) + int(np.maximum(reduced, 0).sum())
