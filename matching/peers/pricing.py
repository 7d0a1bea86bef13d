"""Holds every pair and every triad of a programme against prices, in whole numbers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matching.goals import Amounts
from matching.peers.aims import Weights
from matching.peers.groups import NO_GROUPS, Floor, Groups, OddSet, joined, pairs_of
from matching.peers.market import PeerMarket
from matching.rules import Mask
from matching.views import Index
from matching.watch import Watch

# Some of the people who could be with a person.
Narrowed = Callable[[int, Index], Index]
# So far below every gain that three of it still are a number, and below all gains.
LOSS = np.int64(-(2**60))
# Where pairs are allowed, triads fill what they leave over. So many of each person join at once; they are
# sought among so many of those with whom a person gains most, then among all, until there are enough.
TRIADS_AT_ONCE, LIKELIEST, FEW_TIMES_PEOPLE = 2, 32, 2


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Whole prices of people, odd sets and floors, in units of 1 / `scale` of the worth."""

    scale: int
    people: Amounts
    odd_sets: tuple[tuple[OddSet, int], ...] = ()
    floors: tuple[tuple[Floor, int], ...] = ()

    def total(self) -> int:
        """Return what the prices ask of a plan that uses everybody up, less what they pay for floors."""
        people: list[int] = self.people.tolist()
        asked = sum(people) + sum(price * odd_set.parts for odd_set, price in self.odd_sets)
        return asked - sum(price * floor.needed for floor, price in self.floors)

    def plus(self, other: "Prices", factor: int) -> "Prices":
        """Return these prices and so many times the others."""
        scale = int(np.lcm(self.scale, other.scale))
        mine, theirs = scale // self.scale, factor * (scale // other.scale)
        sets = [(odd_set, price * mine) for odd_set, price in self.odd_sets]
        sets += [(odd_set, price * theirs) for odd_set, price in other.odd_sets]
        merged: dict[tuple[int, ...], tuple[OddSet, int]] = {}
        for odd_set, price in sets:
            merged[odd_set.key] = odd_set, price + merged.get(odd_set.key, (odd_set, 0))[1]
        named = tuple(merged[key] for key in sorted(merged))
        floors = {floor.value: (floor, price * mine) for floor, price in self.floors}
        for floor, price in other.floors:
            before = floors.get(floor.value, (floor, 0))[1]
            floors[floor.value] = floor, before + price * theirs
        return Prices(scale, self.people * mine + other.people * theirs, named, tuple(floors.values()))


class Pricing:
    """What each group of free people would gain at some prices: its worth less what they ask of it.

    With D(a, b) = 2 P p(a, b) + 2 S s(a, b) - y(a) - y(b), s being 1 where two were together in the earlier
    plan and S its weight, y the price of a person less what covering them is worth and their floor pays, and
    Z and Y the prices of the odd sets with parts of 2 and of 3 that they have in common, all in units of
    1 / scale,

        a pair gains        D(a, b) - Z(a, b)
        a triad gains half of  H(a, b) + H(a, c) + H(b, c) - 2 T + 4 Z(a, b, c) - 2 Y(a, b, c),   H = D - 2 Z,

    Where no pair gains, H is at most -Z. So a triad can only gain where odd sets around it ask for more than
    its price T, and with the greatest H of each person most pairs are seen to be in no triad that gains.
    """

    def __init__(
        self, market: PeerMarket, free: Mask, weights: Weights, prices: Prices, watch: Watch
    ) -> None:
        self._market = market
        self._free = free
        self._watch = watch
        self._prices = prices
        self._points = 2 * prices.scale * weights.points
        self._again = 2 * prices.scale * weights.same_partners
        self._triads = prices.scale * weights.triads
        self._own: Amounts = prices.people - prices.scale * weights.of_people(market)
        for floor, price in prices.floors:
            self._own[floor.members] -= price
        self._halves = [_marked(market, row) for row in prices.odd_sets if row[0].size == 2]
        self._thirds = [_marked(market, row) for row in prices.odd_sets if row[0].size == 3]

    def _gains(self, rows: Index, columns: Index, times: int) -> Amounts:
        """Return D less so many times Z of some people with others; `LOSS` where they may not be together."""
        cells = np.ix_(rows, columns)
        found = self._points * self._market.points[cells].astype(np.int64)
        if self._again:
            found += self._again * self._market.previous[cells].astype(np.int64)
        found -= self._own[rows][:, None]
        found -= self._own[columns]
        for inside, price in self._halves:
            here = np.ix_(np.flatnonzero(inside[rows]), np.flatnonzero(inside[columns]))
            found[here] -= times * price
        shut = ~(self._market.eligible[cells] & self._free[rows][:, None] & self._free[columns])
        found[shut] = LOSS
        return found

    def pairs(self, least: int, most: int | None = None) -> Iterator[tuple[Groups, Amounts]]:
        """Yield the pairs that gain more than `least`, and what: for each person the `most` best."""
        everybody = np.arange(len(self._market))
        for rows in self._market.rows():
            self._watch.reached(int(rows[0]), len(self._market))
            gains = self._gains(rows, everybody, 1)
            gains[rows[:, None] >= everybody] = LOSS
            if most is not None and gains.shape[1] > most:
                kept = np.partition(gains, gains.shape[1] - most, axis=1)[:, gains.shape[1] - most, None]
                gains[gains < kept] = LOSS
            row, column = np.nonzero(gains > least)
            if len(row):
                yield pairs_of(rows[row], column), gains[row, column]

    def triads(
        self, least: int, most: int | None = None, among: Narrowed | None = None
    ) -> Iterator[tuple[Groups, Amounts]]:
        """Yield the triads that gain more than `least`, and what: for each person the `most` best.

        Of those who may be in such a triad with a person, `among` may leave only some to look at.
        """
        for person, partners in enumerate(self._partners(least)):
            others = partners if among is None else among(person, partners)
            if len(others) < 2:
                continue
            self._watch.reached(person, len(self._market))
            own = self._gains(np.array([person]), others, 2)[0]
            gains = self._gains(others, others, 2) + own + own[:, None] - 2 * self._triads
            gains[(own == LOSS)[:, None] | (own == LOSS)] = LOSS
            for factor, sets in ((4, self._halves), (-2, self._thirds)):
                for inside, price in sets:
                    if inside[person]:
                        here = np.flatnonzero(inside[others])
                        gains[np.ix_(here, here)] += factor * price
            # The doubled gains are even: every pair stands in them twice over.
            first, second = np.nonzero(np.triu(gains > 2 * least, 1))
            if not len(first):
                continue
            amounts = gains[first, second] // 2
            if most is not None and len(amounts) > most:
                best = np.argsort(-amounts, kind="stable")[:most]
                first, second, amounts = first[best], second[best], amounts[best]
            members = np.stack((np.full(len(first), person), others[first], others[second]), axis=1)
            yield self._allowed(Groups(members), amounts)

    def _allowed(self, triads: Groups, gains: Amounts) -> tuple[Groups, Amounts]:
        banned = self._market.banned_triads
        if not banned:
            return triads, gains
        kept = np.array([tuple(row) not in banned for row in triads.members.tolist()], dtype=np.bool_)
        return triads.only(kept), gains[kept]

    def _partners(self, least: int) -> Sequence[Index]:
        """Return for each person those after them with whom they may be in a triad that gains enough."""
        everybody = np.arange(len(self._market))
        best = np.full(len(everybody), LOSS, dtype=np.int64)
        for rows in self._market.rows():
            self._watch.reached(int(rows[0]), len(self._market))
            best[rows] = self._gains(rows, everybody, 2).max(axis=1, initial=LOSS)
        around = np.zeros(len(everybody), dtype=np.int64)
        for inside, price in self._halves:
            around[inside] += 4 * price
        partners: list[Index] = []
        for rows in self._market.rows():
            gains = self._gains(rows, everybody, 2)
            bonus = np.minimum(around[rows][:, None], around)
            most = gains + best[rows][:, None] + best + bonus - 2 * self._triads
            kept = (most > 2 * least) & (gains != LOSS) & (rows[:, None] < everybody)
            partners.extend(everybody[row] for row in kept)
        return partners

    def bound(self) -> int:
        """Return what no plan of free people is worth more than: the formula of the certificate."""
        over = sum(int(gains.sum()) for _groups, gains in self.gaining(0))
        return (self._prices.total() + over) // self._prices.scale

    def gaining(self, least: int, most: int | None = None) -> Iterator[tuple[Groups, Amounts]]:
        """Yield the groups of the sizes asked for that gain more than `least`, with what they gain."""
        if self._market.allows_pairs:
            yield from self.pairs(least, most)
        if self._market.allows_triads:
            yield from self.triads(least, most)

    def missing(self, least: int, most: int, known: Groups) -> Groups:
        """Return some groups that gain more than `least` beside those known; none where there are no others.

        All pairs are looked at, for each person the `most` best, and triads of those with whom a person gains
        most. Only where there is nothing among these are all triads looked at, until some are found: while
        prices are far from the last ones, nearly all could gain.
        """
        near = [groups for groups, _gains in self.pairs(least, most)] if self._market.allows_pairs else []
        if not self._market.allows_triads:
            return joined(near).without(known)
        at_once = TRIADS_AT_ONCE if self._market.allows_pairs else most
        near += [groups for groups, _gains in self.triads(least, at_once, among=self._likeliest)]
        found = joined(near).without(known)
        return found if len(found) else self._first_triads(least, at_once, known)

    def _first_triads(self, least: int, most: int, known: Groups) -> Groups:
        found = NO_GROUPS
        for groups, _gains in self.triads(least, most):
            found = joined((found, groups.without(known)))
            if len(found) > FEW_TIMES_PEOPLE * len(self._market):
                break
        return found

    def _likeliest(self, person: int, others: Index) -> Index:
        if len(others) <= LIKELIEST:
            return others
        gains = self._gains(np.array([person]), others, 2)[0]
        return np.sort(others[np.argsort(-gains, kind="stable")[:LIKELIEST]])


def _marked(market: PeerMarket, row: tuple[OddSet, int]) -> tuple[Mask, int]:
    inside = np.zeros(len(market), dtype=np.bool_)
    inside[row[0].members] = True
    return inside, row[1]
