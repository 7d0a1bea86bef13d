"""The best plan for a given set of open communities, as a flow, where only sizes and places bind."""

from dataclasses import dataclass

import numpy as np

from matching.candidates import Candidates
from matching.communities.task import Task
from matching.goals import Amounts, Room
from matching.mentors import Network
from matching.prices import Prices, prices_of
from matching.rules import Mask
from matching.views import Index

BEST_OF_PERSON = 12
BEST_OF_PLACE = 2
ADDED_AT_ONCE = 12


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """The best plan with these communities open: its candidates, the prices, and who falls short.

    `short` counts for each community the members it lacks: then there are no prices, and no plan.
    """

    chosen: Index
    short: Amounts
    prices: Prices | None


def best_filling(task: Task, opened: Mask) -> Filling:
    """Return the plan of greatest worth that opens exactly these communities, mixes and foes aside."""
    open_room = Room(task.room.places, np.where(opened, task.room.capacity, 0), task.room.waiting)
    least = np.where(opened, task.least, 0)
    usable = np.flatnonzero(opened[task.candidates.columns])
    pool = usable[_promising(task, usable)]
    while True:
        candidates, profits = task.candidates.only(pool), task.profits[pool]
        used, short = _flow(task, candidates, profits, open_room, least)
        if short.any():
            if len(pool) == len(usable):
                return Filling(pool[used], short, None)
            pool = usable
            continue
        prices = prices_of(candidates, profits, used, open_room, task.bonus)
        gains = prices.gains(task.candidates, task.profits)[usable]
        inside = np.isin(usable, pool, assume_unique=True)
        missing = usable[~inside & (gains > 0)]
        if not len(missing):
            return Filling(pool[used], short, prices)
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
