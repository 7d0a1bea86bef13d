"""Verifies goals one after another: that no plan is better by the first, then by the next, and so on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from matching.check.certificate import (
    REQUIRED,
    Candidates,
    Prices,
    Proof,
    shape_violations,
    weight_violations,
    worth_of,
)
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Sheet
from matching.solution import Certificate

EVERYBODY = 1000
TERMS = ("worst_match", "parity")
"""The goals that are no sums: what is reached of them holds for all plans that are compared after."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the plans keep that a proof is about: least points of a pair, and least rate of a group."""

    least_points: int | None = None
    rate: int | None = None

    def __str__(self) -> str:
        """Return the plans that are meant, as the end of a sentence."""
        pairs = "any pairs" if self.least_points is None else f"pairs of {self.least_points} points or more"
        groups = "" if self.rate is None else f" that match {self.rate} in a thousand of each group or more"
        return f"those of {pairs}{groups}"


@dataclass(frozen=True, slots=True)
class Step:
    """What a proof must show: of which goal, among which plans, and by which goals they are compared.

    Either that no plan is worth more than the one to be proved (`reaches`), or that all are worth less.
    """

    goal: str
    terms: Terms
    sums: tuple[str, ...]
    reaches: bool


def steps_of(
    goals: Iterable[str], reached: Mapping[str, int], most: Mapping[str, int], *, required: bool
) -> Iterator[Step]:
    """Yield what must be proved of a plan that reaches these values, the last about all goals.

    Where somebody is `required` to be matched, that is a sum before all of them.

    A goal that is a sum is proved with those before it. One that is none holds as a term from then on, and no
    plan that is as good in the sums so far must reach one more, unless `most` says that nothing can.
    """
    sums: tuple[str, ...] = (REQUIRED,) if required else ()
    terms, fresh = Terms(), required
    for goal in goals:
        if goal not in TERMS:
            sums, fresh = (*sums, goal), True
            continue
        if fresh:
            yield Step(sums[-1], terms, sums, reaches=True)
            fresh = False
        if reached[goal] < most[goal]:
            yield Step(goal, _with(terms, goal, reached[goal] + 1), sums, reaches=False)
        terms = _with(terms, goal, reached[goal])
    yield Step("", terms, sums, reaches=True)


def _with(terms: Terms, goal: str, value: int) -> Terms:
    return replace(terms, least_points=value) if goal == "worst_match" else replace(terms, rate=value)


def price_violations(
    sheet: Sheet,
    certificate: Certificate,
    candidates: Iterable[Candidates],
    steps: list[Step],
    free: Mapping[str, int],
    where: str,
) -> Iterator[Violation]:
    """Yield what is wrong with the prices of a certificate; nothing when they prove that no plan is better.

    Parameters
    ----------
    candidates : iterable of Candidates
        All eligible pairs, without those that are locked.
    free : mapping
        What the plan reaches in each sum, beside what locks settle.
    """
    proofs: list[tuple[str, Proof]] = [
        (f"{where}.stages[{index}]", stage) for index, stage in enumerate(certificate.stages)
    ]
    named = [stage.goal for stage in certificate.stages]
    if named != [step.goal for step in steps[:-1]]:
        wanted = ", ".join(step.goal for step in steps[:-1]) or "none"
        sentence = f"The stages of this plan's proof are {wanted}, in this order and no others."
        yield Violation(ViolationKind.NOT_PROVED, f"{where}.stages", sentence)
        return
    proofs.append((where, certificate))
    faults = [fault for place, proof in proofs for fault in shape_violations(sheet, proof, place)]
    if faults:
        yield from faults
        return
    prices = [Prices(sheet, proof) for _place, proof in proofs]
    for part in candidates:
        for one in prices:
            one.add(part)
    for (place, proof), step, one in zip(proofs, steps, prices, strict=True):
        yield from _proof_violations(proof, step, one, free, place)


def _proof_violations(
    proof: Proof, step: Step, prices: Prices, free: Mapping[str, int], where: str
) -> Iterator[Violation]:
    """Yield terms that are not the step's, a bound not given by the prices, and a plan not proved best."""
    if Terms(proof.least_points, proof.rate) != step.terms:
        sentence = f"The proof is about other plans than those that count here: {step.terms}."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
        return
    worth, bound = worth_of(proof, free), prices.bound()
    if proof.bound != bound:
        sentence = f"The certificate claims the bound {proof.bound}, but its prices give {bound}."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)
    if step.reaches and worth != bound:
        sentence = (
            f"The plan is not proved best: it is worth {worth}, and the prices only show "
            f"that no plan is worth more than {bound}."
        )
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    if not step.reaches and bound >= worth:
        sentence = (
            f"A plan with more of {step.goal} may be as good: worth {bound}, where this is worth {worth}."
        )
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    if not step.reaches:
        later = {name for name, weight in proof.weights.items() if weight} - set(step.sums)
        for name in sorted(later):
            sentence = f"The proof weighs {name}, which comes after {step.goal}."
            yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
    else:
        above = {**free, "points": free["points"] - prices.fewest_points()}
        yield from weight_violations(step.sums, proof.weights, above, where)
