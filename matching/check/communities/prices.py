"""The bound that prices of people, meetings and groups give, over every person and community."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.check.certificate import LARGEST_WORTH, REQUIRED
from matching.check.communities.board import Board
from matching.check.sheet import Integers
from matching.check.stages import EVERYBODY
from matching.solution import Certificate, Stage

Proof = Certificate | Stage

LEAST = -LARGEST_WORTH
"""Less than any sum of reduced worths: what cannot be."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a round that programmes share adds: covering each person, their every membership, each opening."""

    bonus: Sequence[int]
    toll: Sequence[int]
    fee: Sequence[int]


class Priced:
    """The bound of a certificate, evaluated over every person and community once more.

    Whatever the prices are, as long as none is negative, no plan is worth more: this is a Lagrangian bound,
    so nothing the solver says needs to be believed.

    References
    ----------
    M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management
    Science 27(1), 1981.
    """

    def __init__(self, board: Board, certificate: Proof, share: Share | None = None) -> None:
        self.board, self.certificate = board, certificate
        self.inside: dict[int, list[int]] = defaultdict(list)
        left = [row.places for row in board.programme.people]
        for row, column in board.locked:
            self.inside[column].append(row)
            left[row] -= 1
        settled = {row for row, _column in board.locked}
        required = certificate.weights.get(REQUIRED, 0)
        # Nobody can be in more communities than there are.
        self.left = [min(places, len(board.column)) for places in left]
        self.bonus = [
            0
            if index in settled
            else certificate.weights["coverage"] * (1 + row.rounds_waited) + required * row.required
            for index, row in enumerate(board.programme.people)
        ]
        self.opening = [
            certificate.scale * required * (column in board.required_communities)
            for column in range(len(board.column))
        ]
        # What a group's price adds to covering each of its people, and what the groups are owed in all.
        self.gift, self.owed = [0] * len(self.bonus), 0
        for value, members in board.groups.items() if certificate.rate is not None else ():
            price, free = certificate.groups.get(value, 0), [row for row in members if row not in settled]
            needed = -(-(certificate.rate or 0) * len(members) // EVERYBODY) - (len(members) - len(free))
            self.owed += price * max(needed, 0)
            for row in free:
                self.gift[row] = price
        self.toll: Sequence[int] = [0] * len(self.bonus)
        if share is not None:
            self.bonus, self.toll = list(share.bonus), share.toll
            self.opening = [0 if column in self.inside else -fee for column, fee in enumerate(share.fee)]
        self.price = [certificate.people.get(row.person, 0) for row in board.programme.people]
        self.paid: Counter[int] = Counter()
        self.reduced, self.points = self._cells()

    def _cells(self) -> tuple[Integers, Integers]:
        """Return reduced worths and points, rows by communities; what cannot be is worth `LEAST`."""
        board, weight, scale = self.board, self.certificate.weights["points"], self.certificate.scale
        shape = len(board.row), len(board.column)
        reduced, points = np.full(shape, LEAST, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        again = np.zeros(shape, dtype=np.int64)
        for cell in board.previous:
            again[cell] = self.certificate.weights.get("same_partners", 0)
        for row in range(shape[0]):
            found = board.points(row)
            may_join = board.may_join[row]
            if self.certificate.least_points is not None:
                may_join = may_join & (found >= self.certificate.least_points)
            points[row] = np.where(may_join, found, 0)
            gross = weight * found + again[row] + self.bonus[row]
            worth = scale * gross + self.gift[row] - self.price[row] - self.toll[row]
            reduced[row] = np.where(may_join, worth, LEAST)
        return reduced, points

    def bound(self) -> int:
        """Return what no plan can be worth more than, beside what is locked."""
        scale = self.certificate.scale
        total = sum(
            price + (places - 1) * max(0, price - scale * bonus - gift)
            for price, places, bonus, gift in zip(self.price, self.left, self.bonus, self.gift, strict=True)
            if places > 0
        )
        total -= self.owed
        for row in self.certificate.meetings:
            column = self.board.column[row.community]
            cells = [self.board.row[person] for person in (row.first, row.second)]
            if all(self.reduced[cell, column] > LEAST for cell in cells):
                self.reduced[cells, column] -= row.price
                self.paid[column] += row.price
        for column in range(len(self.board.column)):
            earned = self._most(column)
            total += max(0, earned) if column not in self.inside else earned
        return int(total // scale)

    def _most(self, column: int) -> int:
        """Return the most a community could earn if it opened; less than nothing when it cannot."""
        community, locked = self.board.programme.communities[column], self.inside.get(column, [])
        rows = np.flatnonzero(self.reduced[:, column] > LEAST)
        worths = self.reduced[rows, column]
        least = max(community.min, 1) - len(locked)
        most = community.max - len(locked)
        best = [_greatest(worths, max(least, 0), most)]
        people = self.board.programme.people
        for mix in community.mix:
            had = {self.board.value(people[row].person, mix.attribute) for row in locked} - {None}
            values = [self.board.value(people[row].person, mix.attribute) for row in rows.tolist()]
            new = [None if value in had else value for value in values]
            best.append(_greatest_mixed(worths, new, mix.at_least - len(had), max(least, 0), most))
        return min(best) + self.paid[column] + self.opening[column]

    def fewest_points(self) -> int:
        """Return a number of points that every plan reaches, below zero when some candidates are."""
        worst = np.minimum(self.points.min(axis=1, initial=0), 0).tolist()
        return sum(max(0, places) * points for places, points in zip(self.left, worst, strict=True))


def _greatest(worths: Integers, least: int, most: int) -> int:
    """Return the greatest sum of so many worths, `LEAST` when there are too few."""
    if len(worths) < least or most < least:
        return LEAST
    sums = np.concatenate(([0], np.cumsum(-np.sort(-worths))))
    return int(sums[least : most + 1].max())


def _greatest_mixed(
    worths: Integers, values: Sequence[str | None], needed: int, least: int, most: int
) -> int:
    """Return the greatest sum of so many worths that have enough different values."""
    order = sorted(range(len(values)), key=lambda place: -int(worths[place]))
    heads: dict[str, int] = {}
    for place in order:
        value = values[place]
        if value is not None and len(heads) < needed:
            heads.setdefault(value, place)
    if len(heads) < needed:
        return LEAST
    others = np.delete(worths, list(heads.values()))
    rest = _greatest(others, max(least - len(heads), 0), most - len(heads))
    return LEAST if rest == LEAST else rest + sum(int(worths[place]) for place in heads.values())
