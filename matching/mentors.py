"""Mentoring as a flow: from mentees along candidates to mentors, or past them at the price of being left out.

Every mentee sends as many units as they have places. A unit goes along a candidate to a mentor, or straight
to the end: all but one of the places may stay empty for nothing, the last only at the cost of the mentee's
bonus. What the cheapest flow sends along candidates is the best plan; whole numbers in give whole numbers
out.

Where floors say how many of a group must have a mentor, the last place of its members stays empty through a
node of the group, which lets so many pass for nothing and more only at a penalty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from matching.candidates import Candidates
from matching.goals import Amounts, Room
from matching.groups import NO_GROUP, Floors
from matching.lots import Lots
from matching.prices import MANY
from matching.rules import Mask
from matching.views import Index


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A flow problem: supplies of its nodes (negative: demands), and arcs in the order they were laid."""

    supplies: Amounts
    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    capacities: Amounts
    costs: Amounts

    def solve(self) -> Amounts:
        """Return the flow of least cost on each arc.

        Raises
        ------
        RuntimeError
            When there is none: the networks laid here always have one, so this is an error of the engine.
        """
        solver = min_cost_flow.SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            self.tails, self.heads, self.capacities, self.costs
        )
        solver.set_nodes_supplies(np.arange(len(self.supplies), dtype=np.int32), self.supplies)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise RuntimeError(f"the flow solver ended with status {status}")
        return np.asarray(solver.flows(arcs), dtype=np.int64)


def best_plan(
    candidates: Candidates,
    profits: Amounts,
    room: Room,
    bonus: Amounts,
    floors: Floors | None = None,
    known: Amounts | None = None,
) -> Mask:
    """Return which candidates the plan of greatest worth uses.

    Parameters
    ----------
    profits
        What each candidate is worth, besides the bonus.
    bonus
        What a mentee's first mentor is worth.
    floors
        How many of each group may stay without a mentor before it costs a penalty; no groups when not given.
    known
        Prices of mentors, nearly right, for an auction to begin with.
    """
    if floors is None and len(candidates) > MANY:
        # Loaded only here: small markets do without a compiler.
        from matching.auction import best_by_auction

        found = best_by_auction(candidates, profits, room, bonus, known)
        if found is not None:
            return found
    mentees, mentors = len(room.places), len(room.capacity)
    end = mentees + mentors
    groups = 0 if floors is None else len(floors.spare)
    every_mentee, every_mentor = np.arange(mentees), np.arange(mentors) + mentees
    group_nodes = np.arange(groups) + end + 1
    last_place = np.minimum(room.places, 1)
    supplies = np.concatenate(
        (room.places, np.zeros(mentors, dtype=np.int64), [-room.places.sum()], np.zeros(groups, np.int64))
    )
    network = Network(
        supplies=supplies,
        tails=_nodes(candidates.rows, every_mentee, every_mentee, every_mentor, group_nodes, group_nodes),
        heads=_nodes(
            candidates.columns + mentees,
            np.full(mentees, end),
            past_mentors(end, mentees, floors),
            np.full(mentors + 2 * groups, end),
        ),
        capacities=np.concatenate(
            (np.ones(len(candidates), dtype=np.int64), room.places - last_place, last_place, room.capacity)
            + (() if floors is None else (floors.spare, np.full(groups, mentees)))
        ),
        costs=np.concatenate(
            (-profits, np.zeros(mentees, dtype=np.int64), bonus, np.zeros(mentors + groups, dtype=np.int64))
            + (() if floors is None else (np.full(groups, floors.penalty),))
        ),
    )
    return network.solve()[: len(candidates)] > 0


def past_mentors(end: int, mentees: int, floors: Floors | None) -> Index:
    """Return where each mentee's last unit goes that no mentor takes: to the end, or to their group."""
    if floors is None:
        return np.full(mentees, end)
    return np.where(floors.codes == NO_GROUP, end, floors.codes + end + 1)


def _nodes(*numbers: NDArray[np.intp]) -> NDArray[np.int32]:
    return np.concatenate(numbers).astype(np.int32)


def plan_in_order(candidates: Candidates, room: Room, lots: Lots) -> Mask:
    """Return a plan made quickly: each has the best mentor still free, in the order of their wait.

    Those who must be matched choose before all others.

    It keeps every rule and proves nothing; it is what a stopped solve hands over.
    """
    drawn = lots.of(candidates.rows, candidates.columns)
    first = -room.waiting[candidates.rows], -room.required[candidates.rows]
    order = np.lexsort((-drawn, -candidates.points, *first))
    left = room.capacity.tolist()
    waits = (room.places > 0).tolist()
    used = np.zeros(len(candidates), dtype=np.bool_)
    ordered = zip(
        order.tolist(), candidates.rows[order].tolist(), candidates.columns[order].tolist(), strict=True
    )
    for number, row, column in ordered:
        if waits[row] and left[column] > 0:
            waits[row] = False
            left[column] -= 1
            used[number] = True
    return used
