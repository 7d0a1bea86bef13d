"""Counts the peers who would rather have each other, and verifies that a plan is the only one without any."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from matching.check.peers.circle import Circle
from matching.check.peers.plan import Placed
from matching.check.report import Violation, ViolationKind
from matching.check.stability import EVERYTHING, NOTHING, Unrest
from matching.solution import Certificate


def unrest_of(circle: Circle, groups: Sequence[Placed]) -> Unrest:
    """Return which eligible pairs outside a plan both want more than what they have, or as much.

    Being alone is worth nothing, so that anybody is better. Who is locked leaves nobody, and takes no part.
    """
    has = np.where(circle.free, NOTHING, EVERYTHING)
    together = np.zeros_like(circle.eligible)
    for group in groups:
        if frozenset(group.members) in circle.locked:
            continue
        numbers = [circle.number[member] for member in group.members]
        together[np.ix_(numbers, numbers)] = True
        for number in numbers:
            others = [other for other in numbers if other != number]
            has[number] = min(int(circle.points[number, other]) for other in others)
    apart = np.triu(circle.eligible & ~together, 1)
    most = np.maximum(has, has[:, None])
    return Unrest(
        blocking=int((apart & (circle.points > most)).sum()),
        tempted=int((apart & (circle.points >= most)).sum()),
    )


def forced_violations(
    circle: Circle, groups: Sequence[Placed], certificate: Certificate, sums: Mapping[str, int], where: str
) -> Iterator[Violation]:
    """Yield that a plan is not the only stable one, and weights or a bound that are not its own."""
    if unrest_of(circle, groups).tempted:
        sentence = "Ties leave a choice: the plan is not the only one in which nobody would rather change."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    names = {
        "coverage",
        "triads",
        "points",
        *(goal for goal in map(str, circle.programme.goals) if goal in sums),
    }
    if set(certificate.weights) != names or min(certificate.weights.values()) < 0:
        sentence = f"The certificate must weigh {', '.join(sorted(names))}, none with a negative weight."
        yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
        return
    worth = sum(weight * sums[name] for name, weight in certificate.weights.items())
    if certificate.bound != worth:
        sentence = f"The bound is {certificate.bound}; the only plan is worth {worth}."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)
