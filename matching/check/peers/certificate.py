"""Verifies the prices of people and odd sets: that no plan of pairs and triads can be worth more."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from matching.check.certificate import REQUIRED
from matching.check.claims import certificates_of, claims_best, count_violations, field_violations
from matching.check.peers.circle import Circle
from matching.check.peers.plan import Placed
from matching.check.peers.prices import AGAIN, SIZES, GroupPrices, Proof
from matching.check.peers.stability import forced_violations
from matching.check.report import Violation, ViolationKind
from matching.check.stages import EVERYBODY, TERMS, Step, Terms, steps_of
from matching.solution import Certificate, CertificateKind, Solution, Stage

LARGEST = 2**56
"""Amounts below this stay exact in 64-bit integers through the sums made here."""

AIMS = ("coverage", "triads", "points")


def proof_violations(
    circle: Circle, groups: Sequence[Placed], reached: Mapping[str, int], solution: Solution
) -> Iterator[Violation]:
    """Yield what is wrong with a programme's certificate, also that it does not prove the plan best.

    The prices are multipliers of rows that every plan keeps: a person is in one group at most, of an odd set
    no more parts are used than fit, and where a rate is asked for so many of a group are matched. Whatever
    they are, as long as none is negative, no plan is worth more than they say. So nothing that the solver did
    needs to be believed, unless `searched` is asked for: the word of its branch and bound, where the prices
    leave a gap.
    """
    found = certificates_of(circle.programme, solution)
    yield from count_violations(circle.programme, found)
    if not found:
        return
    where, certificate = found[0]
    has_terms = any(goal in TERMS for goal in circle.programme.goals)
    terms = ("groups", "least_points", "rate", "stages") if has_terms else ()
    priced = ("people", "odd_sets", "scale", "searched", *terms)
    is_forced = certificate.kind is CertificateKind.FORCED and "stable" in circle.programme.goals
    yield from field_violations(certificate, where, used=() if is_forced else priced)
    if reached.get("stable"):
        sentence = (
            f"In the plan of {circle.programme.id} there are two who would both rather have each other."
        )
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    if is_forced:
        yield from forced_violations(circle, groups, certificate, _reached(circle, groups), where)
        return
    claimed = claims_best(circle.programme, solution)
    most = {"parity": EVERYBODY, "worst_match": most_points(circle) if has_terms else 0}
    steps = list(steps_of(_order(circle, certificate), reached, most, required=False))
    proofs: list[tuple[str, Proof]] = [
        *((f"{where}.stages[{index}]", stage) for index, stage in enumerate(certificate.stages)),
        (where, certificate),
    ]
    if [stage.goal for stage in certificate.stages] != [step.goal for step in steps[:-1]]:
        wanted = ", ".join(step.goal for step in steps[:-1]) or "none"
        sentence = f"The stages of this plan's proof are {wanted}, in this order and no others."
        yield Violation(ViolationKind.NOT_PROVED, f"{where}.stages", sentence)
        if claimed:
            return
        steps, proofs = steps[-1:], proofs[-1:]
    free = _reached(circle, groups)
    for (place, proof), step in zip(proofs, steps, strict=True):
        faults = list(_shape_violations(circle, proof, place))
        yield from faults or _step_violations(circle, free, proof, step, place, claimed=claimed)


def most_points(circle: Circle) -> int:
    """Return the most points of two free people who may be together; 0 where no two may."""
    may = circle.eligible & circle.free & circle.free[:, None]
    return int(circle.points[may].max()) if may.any() else 0


def _step_violations(
    circle: Circle, reached: Mapping[str, int], proof: Proof, step: Step, where: str, *, claimed: bool
) -> Iterator[Violation]:
    """Yield bounds that the prices do not give or the plan does not reach, and weights out of order."""
    if claimed and Terms(proof.least_points, proof.rate) != step.terms:
        sentence = f"The proof is about other plans than those that count here: {step.terms}."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
        return
    worth = sum(weight * reached[aim] for aim, weight in proof.weights.items())
    bound = GroupPrices(circle, proof).bound()
    if proof.bound != bound:
        sentence = f"The certificate claims the bound {proof.bound}, but its prices give {bound}."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)
    yield from _search_violations(proof, step, worth, bound, where, claimed=claimed)
    if claimed:
        yield from _weight_violations(circle, proof, step, reached, where)


def _search_violations(
    proof: Proof, step: Step, worth: int, bound: int, where: str, *, claimed: bool
) -> Iterator[Violation]:
    """Yield what prices, or the solver's word where they leave a gap, do not prove of a plan's worth."""
    searched = proof.searched
    if searched is not None and (searched > bound or (step.reaches and searched < worth)):
        sentence = (
            f"{searched} is said to be the most; the plan is worth {worth}, and the prices show {bound}."
        )
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.searched", sentence)
        return
    by_word = claimed and (isinstance(proof, Stage) or proof.kind is CertificateKind.BOUND)
    most = searched if searched is not None and by_word else bound
    if step.reaches and worth != most:
        sentence = (
            f"The plan is worth {worth}, and the prices only show that none is worth more than {bound}."
        )
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    if not step.reaches and most >= worth:
        sentence = (
            f"A plan with more of {step.goal} may be as good: worth {most}, where this is worth {worth}."
        )
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)


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


def _shape_violations(circle: Circle, certificate: Proof, where: str) -> Iterator[Violation]:
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
    for group, price in certificate.groups.items():
        if group not in circle.groups or price < 0 or certificate.rate is None:
            sentence = f"The price {price} of the group {group} is negative, or of no group that has a rate."
            yield Violation(ViolationKind.WRONG_PRICE, f"{where}.groups.{group}", sentence)
    weights = certificate.weights
    aims = {REQUIRED, *AIMS} if circle.required.any() else set(AIMS)
    aims |= {AGAIN} & {str(goal) for goal in circle.programme.goals}
    if set(weights) != aims or min(weights.values()) < 0:
        sentence = f"The certificate must weigh {', '.join(sorted(aims))}, none with a negative weight."
        yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
    elif certificate.scale < 1 or _largest(circle, certificate) >= LARGEST:
        sentence = "The certificate's prices and weights are too large to be added up exactly."
        yield Violation(ViolationKind.WRONG_PRICE, where, sentence)


def _largest(circle: Circle, certificate: Proof) -> int:
    """Return more than any amount that one group can lead to, in integers that cannot overflow."""
    weights = certificate.weights
    worth = weights["coverage"] * int(circle.priority.max(initial=1)) + weights["triads"]
    worth += weights.get(REQUIRED, 0) + weights.get(AGAIN, 0)
    worth += weights["points"] * int(np.abs(circle.points).max(initial=0))
    prices = max(map(abs, certificate.people.values()), default=0)
    prices += max(map(abs, certificate.groups.values()), default=0)
    return 6 * (certificate.scale * worth + prices + sum(row.price for row in certificate.odd_sets))


def _order(circle: Circle, certificate: Certificate) -> list[str]:
    """Return the goals, and the aims that are none among them, in their order."""
    order = [str(goal) for goal in circle.programme.goals if goal != "stable"]
    if len(circle.programme.group_sizes) > 1:
        order.insert(order.index("coverage") + 1 if "coverage" in order else len(order), "triads")
    if REQUIRED in certificate.weights:
        order.insert(0, REQUIRED)
    return order


def _weight_violations(
    circle: Circle, proof: Proof, step: Step, reached: Mapping[str, int], where: str
) -> Iterator[Violation]:
    """Yield weights under which the best plan need not be the best in the order of the aims.

    A plan with more of an aim would gain its weight at least, and lose at most what was reached of those
    after it beyond the least that any plan has. Of what is not yet an aim nothing may count: a plan could be
    worse in that alone.
    """
    may = circle.eligible & circle.free & circle.free[:, None]
    if proof.least_points is not None:
        may &= circle.points >= proof.least_points
    least = {
        AGAIN: 0,
        REQUIRED: 0,
        "coverage": 0,
        "triads": -(int(may.any(axis=1).sum()) // 3),
        "points": int(np.where(may, circle.points, 0).min(axis=1, initial=0).sum()),
    }
    weights = proof.weights
    for place, aim in enumerate(step.sums if step.reaches else ()):
        at_stake = sum(weights[other] * (reached[other] - least[other]) for other in step.sums[place + 1 :])
        if weights[aim] <= at_stake:
            sentence = f"The weight {weights[aim]} of {aim} is too small for what comes after it."
            yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
    for aim in weights:
        if aim not in step.sums and weights[aim]:
            sentence = f"The certificate weighs {aim}, which the programme does not aim at."
            yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
