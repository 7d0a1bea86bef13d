"""Verifies the prices of people and odd sets: that no plan of pairs and triads can be worth more."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from matching.check.certificate import REQUIRED
from matching.check.claims import certificates_of, claims_best, count_violations, field_violations
from matching.check.peers.circle import Circle
from matching.check.peers.plan import Placed
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Flags, Integers
from matching.solution import Certificate, CertificateKind, Solution

LARGEST = 2**56
"""Amounts below this stay exact in 64-bit integers through the sums made here."""

NEVER = -(2**60)
"""Stands for a pair that may not be together; three of it still fit into 64 bits."""

AIMS = ("coverage", "triads", "points")
AGAIN = "same_partners"
SIZES = (2, 3)


def proof_violations(circle: Circle, groups: Sequence[Placed], solution: Solution) -> Iterator[Violation]:
    """Yield what is wrong with a programme's certificate, also that it does not prove the plan best.

    The prices are multipliers of rows that every plan keeps: a person is in one group at most, and of an odd
    set no more parts are used than fit. Whatever they are, as long as none is negative, no plan is worth more
    than they say. So nothing that the solver did needs to be believed, unless `searched` is asked for: the
    word of its branch and bound, where the prices leave a gap.
    """
    found = certificates_of(circle.programme, solution)
    yield from count_violations(circle.programme, found)
    if not found:
        return
    where, certificate = found[0]
    yield from field_violations(certificate, where, used=("people", "odd_sets", "scale", "searched"))
    faults = list(_shape_violations(circle, certificate, where))
    if faults:
        yield from faults
        return
    claimed = claims_best(circle.programme, solution)
    yield from _bound_violations(circle, groups, certificate, where, claimed=claimed)


def _bound_violations(
    circle: Circle, groups: Sequence[Placed], certificate: Certificate, where: str, *, claimed: bool
) -> Iterator[Violation]:
    """Yield bounds that the prices do not give or the plan does not reach, and weights out of order."""
    reached = _reached(circle, groups)
    worth = sum(weight * reached[aim] for aim, weight in certificate.weights.items())
    bound = GroupPrices(circle, certificate).bound()
    if certificate.bound != bound:
        sentence = f"The certificate claims the bound {certificate.bound}, but its prices give {bound}."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)
    searched = certificate.searched
    if searched is not None and not worth <= searched <= bound:
        sentence = (
            f"{searched} is said to be the most; the plan is worth {worth}, and the prices show {bound}."
        )
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.searched", sentence)
    by_word = certificate.kind is CertificateKind.BOUND and searched == worth
    if worth != bound and not (by_word and claimed):
        sentence = (
            f"The plan is worth {worth}, and the prices only show that none is worth more than {bound}."
        )
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    if claimed:
        yield from _weight_violations(circle, certificate, reached, where)


def _reached(circle: Circle, groups: Sequence[Placed]) -> dict[str, int]:
    """Return what the plan reaches, beside what is locked, in each aim; triads count against it."""
    free = [group for group in groups if frozenset(group.members) not in circle.locked]
    return {
        REQUIRED: sum(int(circle.required[circle.number[m]]) for group in free for m in group.members),
        "coverage": sum(int(circle.priority[circle.number[m]]) for group in free for m in group.members),
        "triads": -sum(len(group.members) == 3 for group in free),
        "points": sum(group.points for group in free),
        AGAIN: sum(circle.kept(group.members) for group in free),
    }


def _shape_violations(circle: Circle, certificate: Certificate, where: str) -> Iterator[Violation]:
    """Yield prices of strangers, negative prices, sets that are none, and numbers too large to add up."""
    for person, price in certificate.people.items():
        if person not in circle.number or price < 0:
            sentence = f"The price {price} of {circle.name(person)} is negative, or of nobody who enrolled."
            yield Violation(ViolationKind.WRONG_PRICE, f"{where}.people.{person}", sentence)
    for index, odd_set in enumerate(certificate.odd_sets):
        distinct = set(odd_set.members)
        if len(distinct) < len(odd_set.members) or not distinct <= circle.number.keys():
            sentence = "An odd set has people who enrolled, each once."
            yield Violation(ViolationKind.WRONG_PRICE, f"{where}.odd_sets[{index}].members", sentence)
        if odd_set.price < 0 or odd_set.size not in SIZES:
            sentence = "An odd set has parts of 2 or 3 and a price that is not negative."
            yield Violation(ViolationKind.WRONG_PRICE, f"{where}.odd_sets[{index}]", sentence)
    weights = certificate.weights
    aims = {REQUIRED, *AIMS} if circle.required.any() else set(AIMS)
    aims |= {AGAIN} & {str(goal) for goal in circle.programme.goals}
    if set(weights) != aims or min(weights.values()) < 0:
        sentence = f"The certificate must weigh {', '.join(sorted(aims))}, none with a negative weight."
        yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
    elif certificate.scale < 1 or _largest(circle, certificate) >= LARGEST:
        sentence = "The certificate's prices and weights are too large to be added up exactly."
        yield Violation(ViolationKind.WRONG_PRICE, where, sentence)


def _largest(circle: Circle, certificate: Certificate) -> int:
    """Return more than any amount that one group can lead to, in integers that cannot overflow."""
    weights = certificate.weights
    worth = weights["coverage"] * int(circle.priority.max(initial=1)) + weights["triads"]
    worth += weights.get(REQUIRED, 0) + weights.get(AGAIN, 0)
    worth += weights["points"] * int(np.abs(circle.points).max(initial=0))
    prices = max(map(abs, certificate.people.values()), default=0)
    return 6 * (certificate.scale * worth + prices + sum(row.price for row in certificate.odd_sets))


def _weight_violations(
    circle: Circle, certificate: Certificate, reached: dict[str, int], where: str
) -> Iterator[Violation]:
    """Yield weights under which the best plan need not be the best in the order of the aims.

    A plan with more of an aim would gain its weight at least, and lose at most what was reached of those
    after it beyond the least that any plan has.
    """
    order = [str(goal) for goal in circle.programme.goals]
    if len(circle.programme.group_sizes) > 1:
        order.insert(order.index("coverage") + 1 if "coverage" in order else len(order), "triads")
    if REQUIRED in certificate.weights:
        order.insert(0, REQUIRED)
    may = circle.eligible & circle.free & circle.free[:, None]
    least = {
        AGAIN: 0,
        REQUIRED: 0,
        "coverage": 0,
        "triads": -(int(may.any(axis=1).sum()) // 3),
        "points": int(np.where(may, circle.points, 0).min(axis=1, initial=0).sum()),
    }
    weights = certificate.weights
    for place, aim in enumerate(order):
        at_stake = sum(weights[other] * (reached[other] - least[other]) for other in order[place + 1 :])
        if weights[aim] <= at_stake:
            sentence = f"The weight {weights[aim]} of {aim} is too small for what comes after it."
            yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
    for aim in AIMS:
        if aim not in order and weights[aim]:
            sentence = f"The certificate weighs {aim}, which the programme does not aim at."
            yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)


class GroupPrices:
    """The prices of a certificate held against every pair and every triad.

    `brings` is what each person adds to a group besides, in a round that programmes share.
    """

    def __init__(self, circle: Circle, certificate: Certificate, brings: Sequence[int] | None = None) -> None:
        self.circle = circle
        self.certificate = certificate
        scale, weights = certificate.scale, certificate.weights
        asked = [certificate.people.get(person, 0) for person in circle.people]
        self.total = sum(asked)
        self.triad = scale * weights["triads"]
        # What a person adds to a group less what they ask for.
        worth = weights["coverage"] * circle.priority + weights.get(REQUIRED, 0) * circle.required
        self.adds: Integers = scale * worth - np.array(asked, dtype=np.int64)
        if brings is not None:
            self.adds += np.array(brings, dtype=np.int64)
        self.sets: dict[int, list[tuple[Flags, int]]] = {size: [] for size in SIZES}
        for odd_set in certificate.odd_sets:
            self.total += odd_set.price * (len(odd_set.members) // odd_set.size)
            inside = np.zeros(len(circle.people), dtype=bool)
            inside[[circle.number[member] for member in odd_set.members]] = True
            self.sets[odd_set.size].append((inside, odd_set.price))
        worth = weights["points"] * circle.points + weights.get(AGAIN, 0) * circle.previous
        self.pair: Integers = 2 * scale * worth + self.adds + self.adds[:, None]
        for inside, price in self.sets[2]:
            here = np.flatnonzero(inside)
            self.pair[np.ix_(here, here)] -= price
        may = circle.eligible & circle.free & circle.free[:, None]
        self.pair[~may] = NEVER

    def bound(self) -> int:
        """Return what no plan of free people can be worth more than."""
        over = 0
        if 2 in self.circle.programme.group_sizes:
            over += _exact_sum(np.triu(np.maximum(self.pair, 0), 1))
        if 3 in self.circle.programme.group_sizes:
            over += sum(self._triads(person) for person in range(len(self.circle.people)))
        return (self.total + over) // self.certificate.scale

    def _triads(self, person: int) -> int:
        """Return what the triads of a person with two after them leave over.

        Twice a triad's worth is what its pairs leave over, added up, less what only two or all three share:
        an odd set with parts of 2 that holds all three was taken away with each pair, but counts once.
        """
        after = np.arange(person + 1, len(self.circle.people))
        own = self._shared[person, after]
        most = own + self._best[person] + self._best[after] + self._within_reach(person, after)
        others = after[(own > NEVER // 2) & (most > 2 * self.triad)]
        if len(others) < 2:
            return 0
        row = self._shared[person, others]
        twice = self._shared[np.ix_(others, others)] + row + row[:, None] - 2 * self.triad
        for size, factor in ((2, 4), (3, -2)):
            for inside, price in self.sets[size]:
                if inside[person]:
                    here = np.flatnonzero(inside[others])
                    twice[np.ix_(here, here)] += factor * price
        for triad in self.circle.banned_triads & self._named_with(person):
            both = np.flatnonzero(np.isin(others, self._numbers(triad)))
            if len(both) == 2:
                twice[np.ix_(both, both)] = NEVER
        return _exact_sum(np.triu(np.maximum(twice, 0), 1) // 2)

    def _named_with(self, person: int) -> set[frozenset[str]]:
        name = self.circle.people[person]
        return {triad for triad in self.circle.banned_triads if name in triad}

    def _numbers(self, triad: frozenset[str]) -> list[int]:
        return [self.circle.number[member] for member in triad if member in self.circle.number]

    def _within_reach(self, person: int, after: Integers) -> Integers:
        """Return the most that sets holding all three can give back to a triad of two people."""
        back = np.zeros(len(after), dtype=np.int64)
        for inside, price in self.sets[2]:
            if inside[person]:
                back += 4 * price * inside[after]
        return back

    @cached_property
    def _shared(self) -> Integers:
        """What a pair leaves over of twice a triad's worth."""
        shared = self.pair.copy()
        for inside, price in self.sets[2]:
            here = np.flatnonzero(inside)
            shared[np.ix_(here, here)] -= price
        return np.maximum(shared, NEVER)

    @cached_property
    def _best(self) -> Integers:
        """The most that a pair with each person leaves over."""
        best: Integers = self._shared.max(axis=1, initial=NEVER)
        return best


def _exact_sum(values: Integers) -> int:
    """Add up non-negative 64-bit integers without overflow, in two halves of their bits."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
