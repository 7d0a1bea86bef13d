"""Verifies a certificate of prices: that no plan at all can be worth more than the bound they give."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Flags, Integers, Sheet, among
from matching.solution import Certificate

LARGEST_WORTH = 2**62
"""Sums below this are exact in 64-bit integers; prices that could pass it are refused, not trusted."""

GOALS = ("coverage", "points")
REQUIRED = "required"
"""What comes before every goal where somebody must be matched."""

SUMS = (*GOALS, "same_partners")
"""The goals whose value is a sum over people and pairs."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Some of the eligible pairs: row, column and points of each, three arrays of one length."""

    rows: Integers
    columns: Integers
    points: Integers


class Proof(Protocol):
    """Prices and what they are of: a certificate, or the stage of one goal."""

    @property
    def bound(self) -> int:
        """What no plan that keeps the terms is worth more than."""
        ...

    @property
    def weights(self) -> Mapping[str, int]:
        """What one unit of each goal counts for."""
        ...

    @property
    def least_points(self) -> int | None:
        """The fewest points of a candidate."""
        ...

    @property
    def rate(self) -> int | None:
        """How many in a thousand of each group have a mentor at least."""
        ...

    @property
    def mentees(self) -> Mapping[str, int]:
        """Prices of mentees."""
        ...

    @property
    def mentors(self) -> Mapping[str, int]:
        """Prices of mentors."""
        ...

    @property
    def groups(self) -> Mapping[str, int]:
        """Prices of groups of mentees."""
        ...


class Prices:
    """The prices of a proof as arrays, and the sum of the reduced profits they leave.

    The bound is that of linear programming duality with the prices as multipliers; it holds for *any* prices
    as long as those of mentors and groups are not negative, so nothing the solver says needs to be believed.
    One pass over all eligible pairs, each a few operations on integers: O(mentees x mentors) when the
    programme has rules and criteria, O(candidates) when they are explicit.

    References
    ----------
    Ahuja, Magnanti and Orlin, *Network Flows* (1993), section 9.4: reduced costs prove an optimum.
    """

    def __init__(self, sheet: Sheet, proof: Proof) -> None:
        self.room = Room.of(sheet)
        self.weights = proof.weights
        self.least_points = proof.least_points
        self.mentors = len(sheet.mentors)
        self.previous = sheet.previous if proof.weights.get("same_partners") else sheet.previous[:0]
        self.bonus = self.room.bonus(sheet, proof.weights)
        self.owed = 0
        for value, members in sheet.groups.items() if proof.rate is not None else ():
            price = proof.groups.get(value, 0)
            free = [row for row in members if not self.room.settled[row]]
            needed = -(-(proof.rate or 0) * len(members) // 1000) - (len(members) - len(free))
            self.owed += price * max(needed, 0)
            self.bonus[free] += price
        self.mentee = np.array([proof.mentees.get(person.id, 0) for person in sheet.mentees], dtype=np.int64)
        self.mentor = np.array([proof.mentors.get(person.id, 0) for person in sheet.mentors], dtype=np.int64)
        self.worst = np.zeros(len(self.mentee), dtype=np.int64)
        self.left_over = 0

    def add(self, part: Candidates) -> None:
        """Add the positive reduced profits of some candidates."""
        rows, points = part.rows, part.points
        asked = (self.mentee - self.bonus)[rows] + self.mentor[part.columns]
        reduced = self.weights["points"] * points - asked
        if len(self.previous):
            again = among(rows * self.mentors + part.columns, self.previous)
            reduced = reduced + self.weights["same_partners"] * again
        counted = (reduced > 0) & (self.room.places[rows] > 0)
        if self.least_points is not None:
            counted &= points >= self.least_points
        self.left_over += _exact_sum(reduced[counted])
        np.minimum.at(self.worst, rows, points)

    def bound(self) -> int:
        """Return what no plan that keeps the terms can be worth more than, beside what is locked."""
        seeking = self.room.places > 0
        first = np.maximum(0, self.mentee)[seeking].tolist()
        later = np.maximum(0, self.mentee - self.bonus)[seeking].tolist()
        places = self.room.places[seeking].tolist()
        mentees = sum(a + (k - 1) * b for a, b, k in zip(first, later, places, strict=True))
        mentors = sum(c * v for c, v in zip(self.room.capacity.tolist(), self.mentor.tolist(), strict=True))
        return int(mentees + mentors + self.left_over) - self.owed

    def fewest_points(self) -> int:
        """Return a number of points that every plan reaches, below zero when some candidates are."""
        return sum(k * worst for k, worst in zip(self.room.places.tolist(), self.worst.tolist(), strict=True))


def bound_violations(
    sheet: Sheet, certificate: Certificate, candidates: Iterable[Candidates], where: str
) -> Iterator[Violation]:
    """Yield what is wrong with a certificate without prices: a bound below what is evident is not believed.

    Evident is that everybody has a mentor at most, and in each place the mentor who earns most.
    """
    faults = list(shape_violations(sheet, certificate, where))
    if faults:
        yield from faults
        return
    left = Room.of(sheet)
    best = np.zeros(len(sheet.mentees), dtype=np.int64)
    for part in candidates:
        np.maximum.at(best, part.rows, part.points)
    weights = certificate.weights
    evident = sum(k * most for k, most in zip(left.places.tolist(), best.tolist(), strict=True))
    evident *= weights["points"]
    evident += int(left.bonus(sheet, weights)[left.places > 0].sum())
    evident += weights.get("same_partners", 0) * len(sheet.previous)
    if certificate.bound < evident:
        sentence = f"The bound {certificate.bound} is given without prices, and {evident} is not ruled out."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)


def worth_of(proof: Proof, reached: Mapping[str, int]) -> int:
    """Return what a plan is worth by the weights of a proof."""
    return sum(weight * reached[goal] for goal, weight in proof.weights.items())


def shape_violations(sheet: Sheet, certificate: Proof, where: str) -> Iterator[Violation]:
    """Yield prices of nobody enrolled, negative ones of mentors and groups, and any too large to add up."""
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
    for group, price in certificate.groups.items():
        if group not in sheet.groups or price < 0 or certificate.rate is None:
            sentence = f"The price {price} of the group {group} is negative, or of no group that has a rate."
            yield Violation(ViolationKind.WRONG_PRICE, f"{where}.groups.{group}", sentence)
    settled = Room.of(sheet).settled
    required, again = bool(sheet.required[~settled].any()), "same_partners" in certificate.weights
    names = name_violations(certificate.weights, where, required=required, again=again)
    if fault := next(names, None):
        yield fault
    elif _largest_worth(sheet, certificate) >= LARGEST_WORTH:
        sentence = "The certificate's prices and weights are too large to be added up exactly."
        yield Violation(ViolationKind.WRONG_PRICE, where, sentence)


def _largest_worth(sheet: Sheet, certificate: Proof) -> int:
    """Return more than any single reduced profit, in integers that cannot overflow."""
    explicit = sheet.programme.candidates or ()
    most_points = sum(sheet.programme.criteria.values()) + max(
        (abs(points) for _, _, points in explicit), default=0
    )
    bonus = certificate.weights["coverage"] * int(sheet.priority.max(initial=1))
    prices = [
        abs(price)
        for prices in (certificate.mentees, certificate.mentors, certificate.groups)
        for price in prices.values()
    ]
    bonus += certificate.weights.get(REQUIRED, 0) + certificate.weights.get("same_partners", 0)
    return certificate.weights["points"] * most_points + bonus + 3 * max(prices, default=0)


def name_violations(
    weights: Mapping[str, int], where: str, *, required: bool, again: bool = False
) -> Iterator[Violation]:
    """Yield weights of other goals than there are, or negative ones; who is required has a weight as well."""
    names = {*([REQUIRED] if required else []), *GOALS, *(["same_partners"] if again else [])}
    if set(weights) != names or min(weights.values()) < 0:
        sentence = f"The certificate must weigh {', '.join(sorted(names))}, none with a negative weight."
        yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)


def weight_violations(
    goals: Sequence[str], weights: Mapping[str, int], above: Mapping[str, int], where: str
) -> Iterator[Violation]:
    """Yield weights under which the best plan need not be the best in the order of the goals.

    ``above`` is how far the plan is above the least that any plan has of each goal. A plan with more of a
    goal would gain its weight at least and lose at most what was reached of the later ones, so when the
    weight is larger than that, no such plan can have been missed. What is required comes first, and what is
    no goal last.
    """
    order = [*([REQUIRED] if REQUIRED in weights else []), *(goal for goal in goals if goal != REQUIRED)]
    order += [name for name in weights if name not in order]
    for place, name in enumerate(order):
        at_stake = sum(weights.get(later, 0) * above[later] for later in order[place + 1 :])
        if name in (REQUIRED, *goals) and weights.get(name, 0) <= at_stake:
            sentence = f"The weight {weights.get(name, 0)} of {name} is too small for what comes after it."
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


def _exact_sum(values: Integers) -> int:
    """Add up non-negative 64-bit integers without overflow, in two halves of their bits."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
