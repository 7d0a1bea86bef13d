"""Verifies a certificate of prices: that no plan at all can be worth more than the bound they give."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Flags, Integers, Sheet
from matching.solution import Certificate

LARGEST_WORTH = 2**62
"""Sums below this are exact in 64-bit integers; prices that could pass it are refused, not trusted."""

GOALS = ("coverage", "points")
REQUIRED = "required"
"""What comes before every goal where somebody must be matched."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Some of the eligible pairs: row, column and points of each, three arrays of one length."""

    rows: Integers
    columns: Integers
    points: Integers


class Pair(Protocol):
    """An assignment that is no lock: the mentee's row, and its points as the check counts them."""

    @property
    def row(self) -> int:
        """Of the mentee."""
        ...

    @property
    def points(self) -> int:
        """Counted by the check."""
        ...


def price_violations(
    sheet: Sheet, certificate: Certificate, candidates: Iterable[Candidates], plan: Sequence[Pair], where: str
) -> Iterator[Violation]:
    """Yield what is wrong with a certificate of prices; nothing when it proves that no plan is worth more.

    The bound is that of linear programming duality with the prices as multipliers; it holds for *any* prices
    as long as those of mentors are not negative, so nothing the solver says needs to be believed. One pass
    over all eligible pairs, each a few operations on integers: O(mentees x mentors) when the programme has
    rules and criteria, O(candidates) when they are explicit.

    Parameters
    ----------
    candidates : iterable of Candidates
        All eligible pairs, without those that are locked.
    plan : sequence of Pair
        The assignments, without those that are locked.

    References
    ----------
    Ahuja, Magnanti and Orlin, *Network Flows* (1993), section 9.4: reduced costs prove an optimum.
    """
    faults = list(_shape_violations(sheet, certificate, where))
    if faults:
        yield from faults
        return
    prices = _Prices(sheet, certificate)
    for part in candidates:
        prices.add(part)
    reached = _reached(sheet, plan, prices.room)
    yield from _proof_violations(certificate, prices.bound(), reached, where)
    above = {**reached, "points": reached["points"] - prices.fewest_points()}
    goals = [str(goal) for goal in sheet.programme.goals]
    yield from weight_violations(goals, certificate.weights, above, where)


def bound_violations(
    sheet: Sheet, certificate: Certificate, candidates: Iterable[Candidates], where: str
) -> Iterator[Violation]:
    """Yield what is wrong with a certificate without prices: a bound below what is evident is not believed.

    Evident is that everybody has a mentor at most, and in each place the mentor who earns most.
    """
    faults = list(_shape_violations(sheet, certificate, where))
    if faults:
        yield from faults
        return
    left = Room.of(sheet)
    best = np.zeros(len(sheet.mentees), dtype=np.int64)
    for part in candidates:
        np.maximum.at(best, part.rows, part.points)
    evident = sum(k * most for k, most in zip(left.places.tolist(), best.tolist(), strict=True))
    evident *= certificate.weights["points"]
    evident += int(left.bonus(sheet, certificate.weights)[left.places > 0].sum())
    if certificate.bound < evident:
        sentence = f"The bound {certificate.bound} is given without prices, and {evident} is not ruled out."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)


def _reached(sheet: Sheet, plan: Sequence[Pair], room: "Room") -> dict[str, int]:
    """Return what a plan reaches in each goal, beside what is locked."""
    covered = sorted({pair.row for pair in plan if not room.settled[pair.row]})
    return {
        REQUIRED: int(sheet.required[covered].sum()),
        "coverage": int(sheet.priority[covered].sum()),
        "points": sum(pair.points for pair in plan),
    }


def _proof_violations(
    certificate: Certificate, bound: int, reached: Mapping[str, int], where: str
) -> Iterator[Violation]:
    """Yield a claimed bound that is not the one the prices give, and a plan worth less than that one."""
    worth = sum(weight * reached[name] for name, weight in certificate.weights.items())
    if certificate.bound != bound:
        sentence = f"The certificate claims the bound {certificate.bound}, but its prices give {bound}."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)
    if worth != bound:
        sentence = (
            f"The plan is not proved best: it is worth {worth}, and the prices only show "
            f"that no plan is worth more than {bound}."
        )
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)


def _shape_violations(sheet: Sheet, certificate: Certificate, where: str) -> Iterator[Violation]:
    """Yield prices of people not enrolled, negative prices of mentors, and prices too large to add up."""
    for name, prices, known in (
        ("mentees", certificate.mentees, sheet.row),
        ("mentors", certificate.mentors, sheet.column),
    ):
        for person, price in prices.items():
            place = f"{where}.{name}.{person}"
            if person not in known:
                sentence = f"The certificate prices {sheet.name(person)}, who is not among the {name}."
                yield Violation(ViolationKind.WRONG_PRICE, place, sentence)
            elif name == "mentors" and price < 0:
                sentence = (
                    f"The price of {sheet.name(person)} is {price}; a mentor's price is never negative."
                )
                yield Violation(ViolationKind.WRONG_PRICE, place, sentence)
    settled = Room.of(sheet).settled
    faults = name_violations(certificate.weights, where, required=bool(sheet.required[~settled].any()))
    if fault := next(faults, None):
        yield fault
    elif _largest_worth(sheet, certificate) >= LARGEST_WORTH:
        sentence = "The certificate's prices and weights are too large to be added up exactly."
        yield Violation(ViolationKind.WRONG_PRICE, where, sentence)


def _largest_worth(sheet: Sheet, certificate: Certificate) -> int:
    """Return more than any single reduced profit, in integers that cannot overflow."""
    explicit = sheet.programme.candidates or ()
    most_points = sum(sheet.programme.criteria.values()) + max(
        (abs(points) for _, _, points in explicit), default=0
    )
    bonus = certificate.weights["coverage"] * int(sheet.priority.max(initial=1))
    bonus += certificate.weights.get(REQUIRED, 0)
    prices = [
        abs(price) for prices in (certificate.mentees, certificate.mentors) for price in prices.values()
    ]
    return certificate.weights["points"] * most_points + bonus + 2 * max(prices, default=0)


def name_violations(weights: Mapping[str, int], where: str, *, required: bool) -> Iterator[Violation]:
    """Yield weights of other goals than there are, or negative ones; who is required has a weight as well."""
    names = {REQUIRED, *GOALS} if required else set(GOALS)
    if set(weights) != names or min(weights.values()) < 0:
        sentence = f"The certificate must weigh {', '.join(sorted(names))}, none with a negative weight."
        yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)


def weight_violations(
    goals: Sequence[str], weights: Mapping[str, int], above: Mapping[str, int], where: str
) -> Iterator[Violation]:
    """Yield weights under which the best plan need not be the best in the order of the programme's goals.

    ``above`` is how far the plan is above the least that any plan has of each goal. A plan with more of a
    goal would gain its weight at least and lose at most what was reached of the later ones, so when the
    weight is larger than that, no such plan can have been missed. What is required comes first, and what is
    no goal last.
    """
    order = [*([REQUIRED] if REQUIRED in weights else []), *goals]
    order += [name for name in GOALS if name not in goals]
    for place, name in enumerate(order):
        at_stake = sum(weights[later] * above[later] for later in order[place + 1 :])
        if name in (REQUIRED, goals[0]) and weights[name] <= at_stake:
            sentence = f"The weight {weights[name]} of {name} is too small for what comes after it."
            yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
        elif name in goals and not weights[name]:
            sentence = f"The certificate gives {name} no weight, so it proves nothing about that goal."
            yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)


@dataclass(frozen=True, slots=True)
class Room:
    """What locks leave: places and capacity, and which mentees have a mentor by a lock already."""

    places: Integers
    capacity: Integers
    settled: Flags

    @classmethod
    def of(cls, sheet: Sheet) -> "Room":
        """Return the room of a sheet; nobody can use more places than there are people on the other side."""
        places, capacity = sheet.places.copy(), sheet.capacity.copy()
        settled = np.zeros(len(places), dtype=bool)
        for row, column in sheet.locked:
            places[row] -= 1
            capacity[column] -= 1
            settled[row] = True
        return cls(np.minimum(places, len(capacity)), np.minimum(capacity, len(places)), settled)

    def bonus(self, sheet: Sheet, weights: Mapping[str, int]) -> Integers:
        """Return what a first mentor for each mentee is worth."""
        worth = weights["coverage"] * sheet.priority + weights.get(REQUIRED, 0) * sheet.required
        return np.where(self.settled, 0, worth)


class _Prices:
    """The prices of a certificate as arrays, and the sum of the reduced profits they leave."""

    def __init__(self, sheet: Sheet, certificate: Certificate) -> None:
        self.room = Room.of(sheet)
        self.points_weight = certificate.weights["points"]
        self.bonus = self.room.bonus(sheet, certificate.weights)
        self.mentee = np.array(
            [certificate.mentees.get(person.id, 0) for person in sheet.mentees], dtype=np.int64
        )
        self.mentor = np.array(
            [certificate.mentors.get(person.id, 0) for person in sheet.mentors], dtype=np.int64
        )
        self.worst = np.zeros(len(self.mentee), dtype=np.int64)
        self.left_over = 0

    def add(self, part: Candidates) -> None:
        """Add the positive reduced profits of some candidates."""
        rows, points = part.rows, part.points
        reduced = self.points_weight * points + (self.bonus - self.mentee)[rows] - self.mentor[part.columns]
        self.left_over += _exact_sum(reduced[(reduced > 0) & (self.room.places[rows] > 0)])
        np.minimum.at(self.worst, rows, points)

    def bound(self) -> int:
        """Return what no plan can be worth more than, beside what is locked."""
        seeking = self.room.places > 0
        first = np.maximum(0, self.mentee)[seeking].tolist()
        later = np.maximum(0, self.mentee - self.bonus)[seeking].tolist()
        places = self.room.places[seeking].tolist()
        mentees = sum(a + (k - 1) * b for a, b, k in zip(first, later, places, strict=True))
        mentors = sum(c * v for c, v in zip(self.room.capacity.tolist(), self.mentor.tolist(), strict=True))
        return int(mentees + mentors + self.left_over)

    def fewest_points(self) -> int:
        """Return a number of points that every plan reaches, below zero when some candidates are."""
        return sum(k * worst for k, worst in zip(self.room.places.tolist(), self.worst.tolist(), strict=True))


def _exact_sum(values: Integers) -> int:
    """Add up non-negative 64-bit integers without overflow, in two halves of their bits."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
