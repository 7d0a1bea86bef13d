"""Verifies how a plan of communities is said to be best: weights, prices and the bound they give."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matching.check.certificate import LARGEST_WORTH, REQUIRED, name_violations, weight_violations
from matching.check.claims import certificates_of, count_violations, field_violations
from matching.check.communities.board import Board
from matching.check.communities.plan import Gathered
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Integers
from matching.solution import Certificate, CertificateKind, Solution


@dataclass(frozen=True, slots=True)
class Reached:
    """What a plan comes to: coverage and points, in all and beside what locks settle.

    `again` counts memberships that an earlier plan had, and `free_required` the people and communities that
    must be matched and are, beside what locks settle.
    """

    coverage: int
    points: int
    free_coverage: int
    free_points: int
    free_required: int
    again: int
    free_again: int

    @property
    def goals(self) -> dict[str, int]:
        """What the plan reaches in each goal."""
        return {"coverage": self.coverage, "points": self.points, "same_partners": self.again}


def reached(board: Board, groups: Sequence[Gathered]) -> Reached:
    """Return what a plan comes to."""
    waited = {index: 1 + row.rounds_waited for index, row in enumerate(board.programme.people)}
    joined = {row for group in groups for row in group.rows}
    opened = {group.column for group in groups}
    settled = {row for row, _column in board.locked}
    points = {
        (row, group.column): int(board.points(row)[group.column]) for group in groups for row in group.rows
    }
    return Reached(
        coverage=sum(waited[row] for row in joined),
        points=sum(points.values()),
        free_coverage=sum(waited[row] for row in joined - settled),
        free_points=sum(worth for cell, worth in points.items() if cell not in board.locked),
        again=len(points.keys() & board.previous),
        free_again=len(points.keys() & board.previous - set(board.locked)),
        free_required=len(joined & board.required_people) + len(opened & board.required_communities),
    )


def proof_violations(board: Board, found: Reached, solution: Solution) -> Iterator[Violation]:
    """Yield what is wrong with a programme's certificate, also that it does not prove the plan best."""
    rows = certificates_of(board.programme, solution)
    yield from count_violations(board.programme, rows)
    if not rows:
        return
    where, certificate = rows[0]
    yield from field_violations(certificate, where, used=("people", "meetings", "scale", "searched"))
    faults = list(_shape_violations(board, certificate, where))
    if faults:
        yield from faults
        return
    priced = Priced(board, certificate)
    weights = certificate.weights
    reached = {
        REQUIRED: found.free_required,
        "coverage": found.free_coverage,
        "points": found.free_points,
        "same_partners": found.free_again,
    }
    worth = sum(weight * reached[name] for name, weight in weights.items())
    yield from _bound_violations(certificate, priced.bound(), worth, where)
    above = {**reached, "points": found.free_points - priced.fewest_points()}
    yield from weight_violations([str(goal) for goal in board.programme.goals], weights, above, where)


def _bound_violations(certificate: Certificate, bound: int, worth: int, where: str) -> Iterator[Violation]:
    by_prices = certificate.kind is CertificateKind.PRICES
    if certificate.bound < bound or (by_prices and certificate.bound != bound):
        sentence = f"The certificate claims the bound {certificate.bound}, but its prices give {bound}."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)
    if by_prices:
        if worth != bound:
            sentence = (
                f"The plan is not proved best: it is worth {worth}, and the prices only show that no plan is "
                f"worth more than {bound}."
            )
            yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    elif certificate.searched is None:
        sentence = f"The plan is not proved best: it is worth {worth}, and the bound is {certificate.bound}."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    elif certificate.searched != worth or certificate.searched > bound:
        sentence = (
            f"A search is said to have shown that {certificate.searched} is the most any plan is worth; this "
            f"one is worth {worth}, and the prices allow {bound}."
        )
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.searched", sentence)


def _shape_violations(board: Board, certificate: Certificate, where: str) -> Iterator[Violation]:
    """Yield prices of whom or what is not there, negative ones, and ones too large to add up."""
    for person, price in certificate.people.items():
        if person not in board.row or price < 0:
            sentence = (
                f"{board.name(person)} has the price {price}; only people enrolled have one, not below 0."
            )
            yield Violation(ViolationKind.WRONG_PRICE, f"{where}.people.{person}", sentence)
    for index, row in enumerate(certificate.meetings):
        known = row.community in board.column and row.second in board.foes.get(row.first, set())
        if not known or row.price < 0:
            sentence = f"{row.first} and {row.second} in {row.community} have the price {row.price}."
            yield Violation(ViolationKind.WRONG_PRICE, f"{where}.meetings[{index}]", sentence)
    required = bool(board.required_people or board.required_communities)
    again = "same_partners" in board.programme.goals
    names = name_violations(certificate.weights, where, required=required, again=again)
    if fault := next(names, None):
        yield fault
    elif _largest_sum(board, certificate) >= LARGEST_WORTH:
        sentence = "The certificate's prices and weights are too large to be added up exactly."
        yield Violation(ViolationKind.WRONG_PRICE, where, sentence)


def _largest_sum(board: Board, certificate: Certificate) -> int:
    """Return more than any community's sum of reduced worths, in integers that cannot overflow."""
    explicit = (abs(points) for _, _, points in board.programme.candidates or ())
    most_points = sum(board.programme.criteria.values()) + max(explicit, default=0)
    waited = max((row.rounds_waited for row in board.programme.people), default=0)
    bonus = certificate.weights["coverage"] * (1 + waited) + 2 * certificate.weights.get(REQUIRED, 0)
    bonus += certificate.weights.get("same_partners", 0)
    prices = sum(row.price for row in certificate.meetings) + max(certificate.people.values(), default=0)
    single = certificate.scale * (certificate.weights["points"] * most_points + bonus) + prices
    return int(single * (len(board.row) + 1))


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

    def __init__(self, board: Board, certificate: Certificate, share: Share | None = None) -> None:
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
        communities = enumerate(board.programme.communities)
        has_room = np.array([len(self.inside.get(column, ())) < row.max for column, row in communities])
        for row in range(shape[0]):
            if self.left[row] > 0:
                may_join = board.eligible[row] & has_room
                may_join[[column for column in self.inside if self._is_shut(row, column)]] = False
                found = board.points(row)
                points[row] = np.where(may_join, found, 0)
                gross = weight * found + again[row] + self.bonus[row]
                worth = scale * gross - self.price[row] - self.toll[row]
                reduced[row] = np.where(may_join, worth, LEAST)
        return reduced, points

    def _is_shut(self, row: int, column: int) -> bool:
        """Tell whether somebody is locked in a community already, or kept apart from who is."""
        people = self.board.programme.people
        locked = self.inside[column]
        foes = self.board.foes[people[row].person]
        return row in locked or any(people[other].person in foes for other in locked)

    def bound(self) -> int:
        """Return what no plan can be worth more than, beside what is locked."""
        scale = self.certificate.scale
        total = sum(
            price + (places - 1) * max(0, price - scale * bonus)
            for price, places, bonus in zip(self.price, self.left, self.bonus, strict=True)
            if places > 0
        )
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
