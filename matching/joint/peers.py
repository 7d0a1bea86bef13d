"""A programme of peer coaching within a joint round: pairs and triads."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from matching.components import Ties, within
from matching.goals import Amounts
from matching.joint.linear import HALF, NO_LIMIT, Linear, Numbers
from matching.joint.piece import (
    ADDED_AT_ONCE,
    FINE,
    MARGIN,
    NOTHING,
    ROUNDING,
    Frame,
    Origin,
    Terms,
    lay_cover,
    lay_hours,
    rounded,
    spread,
)
from matching.lots import Lots
from matching.peers.aims import Aims, Weights
from matching.peers.groups import NO_GROUPS, NOBODY, Groups, OddSet, joined
from matching.peers.market import PeerMarket
from matching.peers.odd_sets import violated
from matching.peers.part import MarketPart
from matching.peers.pricing import Prices, Pricing
from matching.peers.proofs import InOrder
from matching.peers.quick import plan_in_order
from matching.peers.search import Search
from matching.rules import Mask
from matching.solution import Certificate, CertificateKind
from matching.solution import OddSet as PricedSet
from matching.views import Index
from matching.watch import Watch


@dataclass(frozen=True, slots=True, eq=False)
class PeerPrices:
    """Prices of people and odd sets, as in the certificate of a peer programme, and of the turnout.

    `turnout` is the price of a group where it is known that at most `groups` can be made.
    """

    people: Amounts
    odd_sets: tuple[tuple[OddSet, int], ...]
    turnout: int = 0
    groups: int = 0


class PeerPiece:
    """The groups of one programme; a plan is its groups."""

    def __init__(
        self, market: PeerMarket, people: int, free: Mask, *, seekers: Index, settled: Index
    ) -> None:
        self.id = market.programme.id
        self._market, self._people, self._free = market, people, free
        self.seekers, self.settled = seekers, settled
        self.waiting: Amounts = np.where(free, market.waiting, 0)
        self._lots = Lots(self.id, market.ids, market.ids, 0)
        self._known: dict[tuple[int, ...], int] = {}
        self._groups, self._columns = NO_GROUPS, np.zeros(0, dtype=np.intp)
        self._odd_sets: list[OddSet] = []
        self._odd_rows: list[int] = []

    def ties(self) -> Iterator[Ties]:
        """Yield the people of each pair."""
        first, second = np.nonzero(np.triu(self._market.eligible & self._free & self._free[:, None]))
        yield self.seekers[first], self.seekers[second]

    def part(self, people: Index) -> tuple["PeerPiece", Origin]:
        """Return the piece of some of the people, who may be together with none of the others."""
        rows, seekers = within(self.seekers, people)
        settled = within(self.settled, people)[1]
        market = MarketPart(self._market, rows)
        found = PeerPiece(market, len(people), self._free[rows], seekers=seekers, settled=settled)
        return found, Origin(rows, NOTHING, NOTHING)

    def joined_plans(self, plans: Sequence[tuple[Origin, Groups]]) -> Groups:
        """Return the groups that plans of parts make."""
        return joined(_moved(plan, origin) for origin, plan in plans)

    def joined_prices(self, prices: Sequence[tuple[Origin, PeerPrices, float]]) -> PeerPrices:
        """Return the sum of prices of parts, each so many times; they are unconditional."""
        known: dict[tuple[int, ...], OddSet] = {}
        asked: dict[tuple[int, ...], float] = defaultdict(float)
        for origin, found, times in prices:
            for odd_set, price in _moved_sets(found, origin):
                known[odd_set.key] = odd_set
                asked[odd_set.key] += price * times
        return PeerPrices(
            spread([(o.rows, found.people, times) for o, found, times in prices], len(self.seekers)),
            tuple((known[key], ceil(price)) for key, price in asked.items() if price),
        )

    def unconditional(self, prices: PeerPrices) -> PeerPrices | None:
        """Return prices that take no number of groups for granted: of an odd set that allows as few."""
        if not prices.turnout:
            return prices
        eligible = self._market.eligible & self._free
        everybody = OddSet(np.flatnonzero(self._free & eligible.any(axis=1)))
        if everybody.parts != prices.groups:
            return None
        return PeerPrices(prices.people, (*prices.odd_sets, (everybody, prices.turnout)))

    def _counted(self, groups: Groups) -> Amounts:
        members = groups.members[groups.members != NOBODY]
        return np.bincount(self.seekers[members], minlength=self._people)

    def most_engagements(self, *, seeking: bool) -> Amounts:
        """Return one for everybody whom no lock has settled; nobody only gives."""
        found = np.zeros(self._people, dtype=np.int64)
        found[self.seekers[self._free]] = int(seeking)
        return found

    def _within(self, left: Amounts, takes: int) -> Mask:
        return np.asarray(self._free & (left[self.seekers] >= takes))

    def alone(self, left: Amounts, takes: int, watch: Watch) -> Groups:
        """Return the best plan of this programme alone, when people have these hours left."""
        free = self._within(left, takes)
        aims = Aims(self._market, free)
        search = Search(self._market, free, aims, self._lots, watch)
        return InOrder(self._market, free, aims, search).proof().plan

    def in_a_hurry(self, left: Amounts, takes: int) -> Groups:
        """Return a plan in which those who waited longest choose first."""
        return plan_in_order(self._market, self._within(left, takes))

    def lay(self, model: Linear, frame: Frame, watch: Watch) -> None:
        """Lay a row for each person, and the best groups of each."""
        self._model, self._frame = model, frame
        self._rows = model.add_rows(np.ones(len(self._market)))
        (self._turnout_row,) = model.add_rows(np.array([NO_LIMIT])).tolist()
        self._groups_at_most: int | None = None
        model.add_fine(self._turnout_row, frame.fine)
        aims = Aims(self._market, self._free)
        self.add(Search(self._market, self._free, aims, self._lots, watch).known)

    def add(self, plan: Groups) -> None:
        """Let the model know more groups."""
        new = [number for number, row in enumerate(plan.members.tolist()) if tuple(row) not in self._known]
        groups, model, frame = plan.only(np.array(new, dtype=np.intp)), self._model, self._frame
        gains = [
            (frame.coverage, groups.added_up(self.waiting)),
            (frame.triads, -groups.are_triads.astype(np.int64)),
            (frame.points, groups.worth(self._market.points)),
        ]
        columns = model.add_columns(gains, upper=1.0, whole=True, count=len(groups))
        self._known |= {tuple(row): n for n, row in enumerate(groups.members.tolist(), len(self._groups))}
        self._groups = joined((self._groups, groups))
        self._columns = np.concatenate((self._columns, columns))
        number, position = np.nonzero(groups.members != NOBODY)
        members = groups.members[number, position]
        model.fill(self._rows[members], columns[number], np.ones(len(number)))
        model.fill(np.full(len(groups), self._turnout_row), columns, np.ones(len(groups)))
        lay_cover(model, frame, columns[number], self.seekers[members])
        lay_hours(model, frame, (self.id, True), columns[number], self.seekers[members])
        for row, odd_set in zip(self._odd_rows, self._odd_sets, strict=True):
            self._fill(row, odd_set, groups, columns)

    def _fill(self, row: int, odd_set: OddSet, groups: Groups, columns: Index) -> None:
        used_up = groups.within(odd_set, len(self._market))
        some = np.flatnonzero(used_up)
        self._model.fill(np.full(len(some), row), columns[some], used_up[some].astype(np.float64))

    def prices(self, found: Numbers, terms: Terms, scale: int) -> PeerPrices:
        """Return the whole prices of people and odd sets."""
        of_sets = rounded(found[self._odd_rows], scale).tolist() if self._odd_rows else []
        sets = zip(self._odd_sets, of_sets, strict=True)
        # Half of it is asked of each of two people.
        turnout = (
            0 if self._groups_at_most is None else 2 * int(rounded(found[[self._turnout_row]], scale)[0] // 2)
        )
        margin = MARGIN if scale >= FINE else 0
        return PeerPrices(
            np.where(self._free, rounded(found[self._rows], scale) + margin, 0),
            tuple((odd_set, price) for odd_set, price in sets if price),
            turnout,
            self._groups_at_most or 0,
        )

    def covering(self, terms: Terms) -> PeerPrices:
        """Return prices so high that no group gains: of each person the most they can add."""
        free = self._free & (self._market.eligible & self._free).any(axis=1)
        most = np.where(self._market.eligible, self._market.points, 0).max(axis=1, initial=0)
        worth = terms.bonus - terms.toll[self.seekers] + 2 * terms.points * most.astype(np.int64)
        return PeerPrices(np.where(free, np.maximum(worth, 0), 0), ())

    def _pricing(self, terms: Terms, prices: PeerPrices, watch: Watch) -> Pricing:
        # What a person asks less what covering them brings; the market's own waiting counts are left out.
        # A group's turnout is asked of its people by halves, and a triad's third half given back.
        own = prices.people + terms.toll[self.seekers] - terms.bonus + prices.turnout // 2
        weights = Weights(points=terms.points, triads=terms.triads - prices.turnout // 2)
        return Pricing(self._market, self._free, weights, Prices(1, own, prices.odd_sets), watch)

    def add_missing(self, terms: Terms, prices: PeerPrices, watch: Watch) -> int:
        """Let the model know the groups that would gain most."""
        found = self._pricing(terms, prices, watch).missing(ROUNDING, ADDED_AT_ONCE, self._groups)
        self.add(found)
        return len(found)

    def covers_at_most(self, coverage: int | None) -> None:
        """Let no more groups be made than so much coverage tells of."""
        self._groups_at_most = None if coverage is None else self.groups_within(coverage)
        most = NO_LIMIT if self._groups_at_most is None else float(self._groups_at_most)
        self._model.limit(self._turnout_row, most)

    def groups_within(self, coverage: int) -> int | None:
        """Return how many groups so much coverage can be: of two each, where all count alike."""
        counts = np.unique(self.waiting[self._free])
        return coverage // int(counts[0]) // 2 if len(counts) == 1 else None

    def add_cuts(self, values: Numbers) -> int:
        """Lay rows of odd sets that are used beyond what fits."""
        cuts = violated(self._groups, np.clip(values[self._columns], 0, 1), len(self._market))
        for odd_set in cuts:
            (row,) = self._model.add_rows(np.array([float(odd_set.parts)])).tolist()
            self._odd_sets.append(odd_set)
            self._odd_rows.append(row)
            self._fill(row, odd_set, self._groups, self._columns)
        return len(cuts)

    def bound(self, terms: Terms, prices: PeerPrices, watch: Watch) -> int:
        """Return what no plan of groups is worth more than: the formula of the certificate."""
        asked = int(prices.people.sum()) + sum(price * odd_set.parts for odd_set, price in prices.odd_sets)
        asked += prices.turnout * prices.groups
        pricing = self._pricing(terms, prices, watch)
        return asked + sum(int(gains.sum()) for _groups, gains in pricing.gaining(0))

    def within(self, terms: Terms, prices: PeerPrices, reach: int, most: int, watch: Watch) -> Index | None:
        """Return the columns of the groups that lose at most so much."""
        parts: list[Groups] = []
        for groups, _gains in self._pricing(terms, prices, watch).gaining(-reach - 1):
            parts.append(groups)
            if sum(map(len, parts)) > most:
                return None
        near = joined(parts).without(NO_GROUPS)
        self.add(near)
        numbers = [self._known[tuple(row)] for row in near.members.tolist()]
        return np.asarray(self._columns[np.array(numbers, dtype=np.intp)])

    def certificate(self, prices: PeerPrices, bound: int) -> Certificate:
        """Return the prices by name."""
        ids = self._market.ids
        return Certificate(
            programme=self.id,
            kind=CertificateKind.BOUND,
            bound=bound,
            people={ids[n]: price for n, price in enumerate(prices.people.tolist()) if price},
            odd_sets=tuple(
                PricedSet(members=tuple(ids[n] for n in row.members.tolist()), price=price, size=row.size)
                for row, price in prices.odd_sets
            ),
        )

    def plan_of(self, values: Numbers) -> Groups:
        """Return the groups that are used."""
        return self._groups.only(values[self._columns] > HALF)

    def is_kept_by(self, plan: Groups) -> bool:
        """Tell whether everybody is in one group at most."""
        return bool((self._counted(plan) <= 1).all())

    def covered(self, plan: Groups) -> Index:
        """Return who is in a group."""
        return plan.people

    def points(self, plan: Groups) -> int:
        """Return the points of a plan."""
        return int(plan.worth(self._market.points).sum())

    def triads(self, plan: Groups) -> int:
        """Return the number of triads in a plan."""
        return int(plan.are_triads.sum())

    def engagements(self, plan: Groups) -> Amounts:
        """Return who is in a group."""
        return self._counted(plan)


def _moved(groups: Groups, origin: Origin) -> Groups:
    """Return groups of a part by the numbers that its people have in the whole."""
    return Groups(np.append(origin.rows, NOBODY)[groups.members])


def _moved_sets(prices: PeerPrices, origin: Origin) -> list[tuple[OddSet, int]]:
    return [(OddSet(origin.rows[row.members], row.size), price) for row, price in prices.odd_sets]
