"""The best plan for a given set of open communities, as a flow, where only sizes and places bind."""

from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import Candidates
from matching.communities.task import Task
from matching.goals import Amounts, Room
from matching.mentors import Network
from matching.prices import FAR, Prices, prices_of
from matching.rules import Mask
from matching.views import Index

BEST_OF_PERSON = 12
BEST_OF_PLACE = 2
# Ways of this length lead nowhere: sums of real ones stay far below.
NEAR = FAR // 2


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """The best plan with these communities open: its candidates, the prices, and who falls short.

    `short` counts for each community the members it lacks: then there are no prices, and no plan. Of all
    prices that prove the plan best for these communities, `lowest` are lowest for people, `highest` highest.
    """

    chosen: Index
    short: Amounts
    lowest: Prices | None = None
    highest: Prices | None = None


def best_filling(task: Task, opened: Mask) -> Filling:
    """Return the plan of greatest worth that opens exactly these communities, mixes and foes aside."""
    open_room = replace(task.room, capacity=np.where(opened, task.room.capacity, 0))
    least = np.where(opened, task.least, 0)
    usable = np.flatnonzero(opened[task.candidates.columns])
    pool = usable[_promising(task, usable)]
    while True:
        candidates, profits = task.candidates.only(pool), task.profits[pool]
        used, short = _flow(task, candidates, profits, open_room, least)
        if short.any():
            if len(pool) == len(usable):
                return Filling(pool[used], short)
            pool = usable
            continue
        prices = prices_of(candidates, profits, used, open_room, task.bonus)
        gains = prices.gains(task.candidates, task.profits)[usable]
        inside = np.isin(usable, pool, assume_unique=True)
        missing = usable[~inside & (gains > 0)]
        if not len(missing):
            highest = _highest_prices(candidates, profits, used, open_room, least, task.bonus, prices)
            return Filling(pool[used], short, prices, highest)
        near = usable[~inside & (gains > -(gains.max() // 4) - 1)]
        pool = np.sort(np.concatenate((pool, near)))


def _promising(task: Task, usable: Index) -> Mask:
    """Mark the best candidates of each person, and of each place of a community."""
    candidates = task.candidates.only(usable)
    most = task.room.capacity[candidates.columns]
    return np.asarray(
        (_ranks(candidates.rows, candidates.points) < BEST_OF_PERSON)
        | (_ranks(candidates.columns, candidates.points) < BEST_OF_PLACE * most)
    )


def _ranks(groups: Index, points: Amounts) -> Index:
    """Return the rank of each candidate among those of its group, 0 for the most points."""
    order = np.lexsort((-points, groups))
    ordered = groups[order]
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return ranks


def _flow(
    task: Task, candidates: Candidates, profits: Amounts, room: Room, least: Amounts
) -> tuple[Mask, Amounts]:
    """Return which candidates the cheapest flow uses, and how many members each community lacks.

    Every community is owed its least members; what nobody covers comes from the end of the network at a price
    that no plan would pay.
    """
    people, communities = len(room.places), len(room.capacity)
    end = people + communities
    person, community = np.arange(people), np.arange(communities) + people
    last_place = np.minimum(room.places, 1)
    largest = int(task.bonus.max(initial=0)) + int(np.abs(profits).max(initial=0))
    supplies = np.concatenate((room.places, -least, [int(least.sum() - room.places.sum())]))
    tails = (candidates.rows, person, person, community, np.full(communities, end))
    heads = (candidates.columns + people, np.full(2 * people + communities, end), community)
    ghost = np.full(communities, 4 * largest + 1, dtype=np.int64)
    network = Network(
        supplies=supplies,
        tails=np.concatenate(tails).astype(np.int32),
        heads=np.concatenate(heads).astype(np.int32),
        capacities=np.concatenate(
            (
                np.ones(len(candidates), dtype=np.int64),
                room.places - last_place,
                last_place,
                room.capacity - least,
                least,
            )
        ),
        costs=np.concatenate((-profits, np.zeros(people), task.bonus, np.zeros(communities), ghost)).astype(
            np.int64
        ),
    )
    flow = network.solve()
    return flow[: len(candidates)] > 0, flow[len(flow) - communities :]


def _highest_prices(
    candidates: Candidates,
    profits: Amounts,
    used: Mask,
    room: Room,
    least: Amounts,
    bonus: Amounts,
    lowest: Prices,
) -> Prices:
    """Return the other extreme of the prices: ways from the network's end in what the flow leaves of it.

    Notes
    -----
    The ways to the end, which `prices_of` finds, leave least to people; those from the end leave most. Whom
    no way reaches may have any price above; they keep the differences that the ways to the end give.
    """
    taken = np.bincount(candidates.rows[used], minlength=len(room.places))
    given = np.bincount(candidates.columns[used], minlength=len(room.capacity))
    spare = np.where((room.places > taken) & (room.places > 1), np.int64(0), FAR)
    start = np.where((taken == 0) & (room.places > 0), np.minimum(spare, -bonus), spare)
    above = np.where(given > least, np.int64(0), FAR)
    onward, columns, costs = candidates.rows[~used], candidates.columns[~used], -profits[~used]
    back, owners, gains = candidates.rows[used], candidates.columns[used], profits[used]
    people, communities = start, above
    for _round in range(len(start) + len(above) + 2):
        new = start.copy()
        np.minimum.at(new, back, np.where(communities[owners] < NEAR, communities[owners] + gains, FAR))
        found = above.copy()
        np.minimum.at(found, columns, np.where(new[onward] < NEAR, new[onward] + costs, FAR))
        if np.array_equal(found, communities) and np.array_equal(new, people):
            break
        people, communities = new, found
    reached_people, reached = people < NEAR, communities < NEAR
    known = reached_people & (lowest.way_out < NEAR)
    apart = max(
        int((lowest.way_out + people)[known].max(initial=0)),
        int((lowest.mentors + communities)[reached].max(initial=0)),
    )
    return Prices(
        np.where(reached_people, -people, lowest.way_out - apart),
        np.where(reached, -communities, lowest.mentors - apart),
    )
