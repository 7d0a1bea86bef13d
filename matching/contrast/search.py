"""The cheapest ways of `matching.contrast.ways`, compiled: for large markets, a node at a time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import compiled
from matching.figures import INELIGIBLE
from matching.lots import LOT_BITS
from matching.selection import drawn_lot

Numbers = NDArray[np.int64]
FAR = np.int64(2**62)
LARGEST_LOT = 2**LOT_BITS


class Told(NamedTuple):
    """What one mentee (or mentor) has with everybody, instead of the points that are kept; -1 for nobody."""

    number: int
    points: Numbers
    allowed: NDArray[np.bool_]


class Map(NamedTuple):
    """A standing plan as the search sees it.

    Pairs of the plan are `rows` with `gains`, those of mentor j from ``first[j]`` on. Pairs that the plan or
    locks have stand by mentee in `settled`, from ``settled_first[i]`` on.
    """

    points: NDArray[np.int16]
    mentors: int
    weight: int
    lots_of_mentees: NDArray[np.uint64]
    lots_of_mentors: NDArray[np.uint64]
    mentee: Told
    mentor: Told
    way_out: Numbers
    price: Numbers
    bonus: Numbers
    places: Numbers
    taken: Numbers
    capacity: Numbers
    given: Numbers
    first: Numbers
    rows: Numbers
    gains: Numbers
    settled_first: Numbers
    settled: Numbers


class Found(NamedTuple):
    """What the search finds of each node: the cost, the steps and the node before on the cheapest way."""

    cost: Numbers
    steps: Numbers
    before: Numbers


@compiled
def find_ways(
    plan: Map, found: Found, source: int, target: int, within: int, of_pair: int, of_place: int
) -> bool:
    """Find the ways from a node until one to the target is known; false when a step costs less than nothing.

    Nodes of one cost and number of steps leave in the order mentors, mentees, end, each by their numbers.
    """
    mentees = len(plan.way_out)
    end = mentees + plan.mentors
    found.cost[source] = found.steps[source] = 0
    # What is known of nodes that have not left.
    ahead = found.cost.copy()
    points, leaving = np.empty(plan.mentors, dtype=np.int64), np.empty(end + 1, dtype=np.int64)
    while True:
        count = _nearest(ahead, found.steps, mentees, within, leaving)
        if count == 0:
            return True
        first = leaving[0]
        if (
            target >= 0
            and found.cost[target] == found.cost[first]
            and found.steps[target] == found.steps[first]
        ):
            return True
        for node in leaving[:count]:
            ahead[node] = FAR
        for node in leaving[:count]:
            if node == end:
                kept = _leave_end(plan, found, ahead, of_place)
            elif node >= mentees:
                kept = _leave_mentor(plan, found, ahead, node - mentees, of_pair, of_place)
            else:
                kept = _leave_mentee(plan, found, ahead, node, of_pair, of_place, points)
            if not kept:
                return False


@compiled
def _nearest(ahead: Numbers, steps: Numbers, mentees: int, within: int, leaving: Numbers) -> int:
    """Write down the nearest nodes that have not left, and return how many; mentors come before mentees."""
    least, fewest, count = ahead.min(), FAR, 0
    if least >= within:
        return 0
    for start, stop in ((mentees, len(ahead) - 1), (0, mentees), (len(ahead) - 1, len(ahead))):
        for node in range(start, stop):
            if ahead[node] == least and steps[node] <= fewest:
                if steps[node] < fewest:
                    fewest, count = steps[node], 0
                leaving[count] = node
                count += 1
    return count


@compiled
def _reach(found: Found, ahead: Numbers, tail: int, head: int, length: int, steps: int) -> bool:
    """Note a way over a step, if it is the cheapest so far, or as cheap and shorter."""
    cost, count = found.cost[tail] + length, found.steps[tail] + steps
    if cost < found.cost[head] or (
        cost == found.cost[head] and count < found.steps[head] and ahead[head] < FAR
    ):
        found.cost[head], found.steps[head], found.before[head] = cost, count, tail
        ahead[head] = cost
    return length >= 0


@compiled
def _leave_mentor(plan: Map, found: Found, ahead: Numbers, mentor: int, of_pair: int, of_place: int) -> bool:
    kept, node = True, len(plan.way_out) + mentor
    for pair in range(plan.first[mentor], plan.first[mentor + 1]):
        kept &= _reach(found, ahead, node, plan.rows[pair], plan.gains[pair], of_pair)
    if plan.given[mentor] < plan.capacity[mentor]:
        kept &= _reach(found, ahead, node, len(found.cost) - 1, -plan.price[mentor], of_place)
    return kept


@compiled
def _read_points(plan: Map, mentee: int, points: Numbers) -> None:
    """Write down a mentee's points with every mentor: `INELIGIBLE` for whom a rule forbids or they have."""
    for mentor in range(plan.points.shape[1]):
        points[mentor] = plan.points[mentee, mentor]
    if mentee == plan.mentee.number:
        for mentor in range(len(plan.mentee.points)):
            points[mentor] = plan.mentee.points[mentor] if plan.mentee.allowed[mentor] else INELIGIBLE
    told = plan.mentor.number
    if told >= 0:
        points[told] = plan.mentor.points[mentee] if plan.mentor.allowed[mentee] else INELIGIBLE
    for place in range(plan.settled_first[mentee], plan.settled_first[mentee + 1]):
        points[plan.settled[place]] = INELIGIBLE


@compiled
def _leave_mentee(
    plan: Map, found: Found, ahead: Numbers, mentee: int, of_pair: int, of_place: int, points: Numbers
) -> bool:
    _read_points(plan, mentee, points)
    kept = _go_on(
        points,
        plan.price,
        plan.way_out[mentee],
        plan.weight,
        plan.lots_of_mentees[mentee : mentee + 1],
        plan.lots_of_mentors,
        (mentee, len(plan.way_out), of_pair),
        found.cost,
        found.steps,
        found.before,
        ahead,
    )
    if plan.taken[mentee] > 0:
        away = -plan.way_out[mentee]
        if plan.taken[mentee] == 1:
            away += plan.bonus[mentee]
        kept &= _reach(found, ahead, mentee, len(found.cost) - 1, away, of_place)
    return kept


@compiled
def _go_on(
    points: Numbers,
    price: Numbers,
    way_out: int,
    weight: int,
    lot: NDArray[np.uint64],
    lots: NDArray[np.uint64],
    numbers: tuple[int, int, int],
    cost: Numbers,
    steps: Numbers,
    before: NDArray[np.intp],
    ahead: Numbers,
) -> bool:
    """Go on to every mentor; a pair's lot is only looked at where it could make the way the cheapest."""
    mentee, mentees, of_pair = numbers
    count, here = steps[mentee] + of_pair, cost[mentee] - way_out
    for mentor in range(len(price)):
        if points[mentor] == INELIGIBLE:
            continue
        head = mentees + mentor
        total = here + price[mentor] - points[mentor] * weight
        if len(lot):
            if total - LARGEST_LOT > cost[head]:
                continue
            total -= drawn_lot(lot[0], lots[mentor])
        if total < cost[mentee]:
            return False
        if total < cost[head] or (total == cost[head] and count < steps[head] and ahead[head] < FAR):
            cost[head] = ahead[head] = total
            steps[head], before[head] = count, mentee
    return True


@compiled
def _leave_end(plan: Map, found: Found, ahead: Numbers, of_place: int) -> bool:
    kept, end, mentees = True, len(found.cost) - 1, len(plan.way_out)
    for mentee in range(mentees):
        if plan.taken[mentee] < plan.places[mentee]:
            come = plan.way_out[mentee]
            if plan.taken[mentee] == 0:
                come -= plan.bonus[mentee]
            kept &= _reach(found, ahead, end, mentee, come, of_place)
    for mentor in range(plan.mentors):
        if plan.given[mentor] > 0:
            kept &= _reach(found, ahead, end, mentees + mentor, plan.price[mentor], of_place)
    return kept
