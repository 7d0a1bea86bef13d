"""Seeks the best plan of peers whom nothing ties together apart, in processes when that pays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import lcm

import numpy as np

from matching.components import parts_of
from matching.lots import Lots
from matching.peers.aims import Aims, Weights
from matching.peers.groups import NOBODY, Groups, OddSet, joined
from matching.peers.market import PeerMarket
from matching.peers.part import MarketPart
from matching.peers.pricing import Prices, Pricing
from matching.peers.search import Found, Memory, Search
from matching.processes import side_by_side
from matching.rules import Mask
from matching.solution import Status
from matching.views import Index
from matching.watch import Stopped, Watch

# Fewer people are not worth a search of their own, and fewer than the second not a process.
FEWEST, FEWEST_IN_A_PROCESS = 150, 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some of the people of a market, what is known of groups of them so far, and what is sought."""

    market: PeerMarket
    free: Mask
    aims: Aims
    lots: Lots
    weights: Weights
    memory: Memory | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PartFound:
    """What came of a part: its best plan, or why there is none yet, and what is known of it from then on."""

    found: Found | None
    memory: Memory | None
    stopped: Status | None = None


def sought(part: Part, watch: Watch) -> PartFound:
    """Return the best plan of a part under its weights."""
    search: Search | None = None
    try:
        search = Search(part.market, part.free, part.aims, part.lots, watch, part.memory)
        return PartFound(search.best(part.weights), search.memory)
    except Stopped as stop:
        return PartFound(None, part.memory if search is None else search.memory, stop.status)


def search_of(market: PeerMarket, free: Mask, aims: Aims, lots: Lots, watch: Watch) -> "Search | SearchApart":
    """Return the search of a market, part by part where nothing ties the parts; raises `Stopped`.

    Floors of a rate tie everybody.
    """
    groups = [] if aims.floors else _parts_of(market, free)
    if len(groups) < 2:
        return Search(market, free, aims, lots, watch)
    return SearchApart(market, free, aims, lots, watch, groups)


def _parts_of(market: PeerMarket, free: Mask) -> list[Index]:
    components = [members for members in market.components(free) if len(members) > 1]
    ties = [(members[1:], np.full(len(members) - 1, members[0])) for members in components]
    return parts_of(len(market), ties, FEWEST)


class SearchApart:
    """Looks for best plans of parts of a market.

    All have the weights of the whole, so that what their plans are worth adds up, and their prices stand side
    by side as prices of the whole.
    """

    def __init__(
        self,
        market: PeerMarket,
        free: Mask,
        aims: Aims,
        lots: Lots,
        watch: Watch,
        groups: Sequence[Index],
    ) -> None:
        self._market, self._free, self._watch = market, free, watch
        self._groups = groups
        self._parts = [_part(market, free, aims, lots, numbers) for numbers in groups]

    @property
    def looked_at(self) -> int:
        """How many groups the linear programmes have known."""
        return sum(0 if part.memory is None else len(part.memory.known) for part in self._parts)

    @property
    def best_plan(self) -> Groups:
        """The best plans of all parts so far."""
        return joined(
            _moved(part.memory.best_plan, numbers)
            for part, numbers in zip(self._parts, self._groups, strict=True)
            if part.memory is not None
        )

    def best(self, weights: Weights) -> Found:
        """Return the best plan under these weights; raises `Stopped` when the solve is to end."""
        self._watch.go_on_to("plan")
        # How many are matched is told anew, part by part.
        self._watch.best = None
        parts = [replace(part, weights=weights) for part in self._parts]
        sizes = [len(numbers) for numbers in self._groups]
        answers = side_by_side(sought, parts, sizes, self._watch, large=FEWEST_IN_A_PROCESS)
        self._parts = [
            replace(part, memory=answer.memory) for part, answer in zip(self._parts, answers, strict=True)
        ]
        self._watch.best = len(self.best_plan.people)
        found = []
        for answer in answers:
            if answer.found is None:
                raise Stopped(self._watch.stopped or answer.stopped or Status.CANCELLED)
            found.append(answer.found)
        return self._together(found, weights)

    def _together(self, found: Sequence[Found], weights: Weights) -> Found:
        """Return the plan of all parts with the prices of all, held against everybody once more."""
        scale = lcm(*(part.prices.scale for part in found))
        people = np.zeros(len(self._market), dtype=np.int64)
        odd_sets: list[tuple[OddSet, int]] = []
        for part, numbers in zip(found, self._groups, strict=True):
            times = scale // part.prices.scale
            people[numbers] = part.prices.people * times
            odd_sets += [
                (OddSet(numbers[row.members], row.size), price * times) for row, price in part.prices.odd_sets
            ]
        prices = Prices(scale, people, tuple(odd_sets))
        plan = joined(_moved(part.plan, numbers) for part, numbers in zip(found, self._groups, strict=True))
        worth = sum(part.worth for part in found)
        bound = Pricing(self._market, self._free, weights, prices, self._watch).bound()
        # What each part loses by rounding down may add up to more than a unit of the whole.
        searched = worth if worth < bound and all(part.is_best for part in found) else None
        return Found(plan, weights, worth, prices, bound, searched)


def _part(market: PeerMarket, free: Mask, aims: Aims, lots: Lots, numbers: Index) -> Part:
    part = MarketPart(market, numbers)
    aims_here = Aims(part, free[numbers], aims.order)
    return Part(part, free[numbers], aims_here, lots.of_some(numbers), Weights())


def _moved(groups: Groups, numbers: Index) -> Groups:
    """Return groups of a part by the numbers that its people have in the whole."""
    return Groups(np.append(numbers, NOBODY)[groups.members])
