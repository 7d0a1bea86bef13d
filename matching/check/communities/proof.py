"""Verifies how a plan of communities is said to be best: weights, prices and the bound they give."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matching.check.certificate import LARGEST_WORTH, REQUIRED, name_violations, weight_violations
from matching.check.claims import certificates_of, claims_best, count_violations, field_violations
from matching.check.communities.board import Board
from matching.check.communities.plan import Gathered
from matching.check.communities.prices import Priced, Proof
from matching.check.report import Violation, ViolationKind
from matching.check.stages import EVERYBODY, TERMS, Step, Terms, steps_of
from matching.solution import Certificate, CertificateKind, Solution


@dataclass(frozen=True, slots=True)
class Reached:
    """What a plan comes to: coverage and points, in all and beside what locks settle.

    `again` counts memberships that an earlier plan had, and `free_required` the people and communities that
    must be matched and are, beside what locks settle. `weakest` are the fewest points of a membership that is
    no lock, `rate` that of the group worst off.
    """

    coverage: int
    points: int
    free_coverage: int
    free_points: int
    free_required: int
    again: int
    free_again: int
    weakest: int
    rate: int

    @property
    def goals(self) -> dict[str, int]:
        """What the plan reaches in each goal."""
        return {
            "coverage": self.coverage,
            "points": self.points,
            "same_partners": self.again,
            "worst_match": self.weakest,
            "parity": self.rate,
        }


def reached(board: Board, groups: Sequence[Gathered]) -> Reached:
    """Return what a plan comes to."""
    waited = {index: 1 + row.rounds_waited for index, row in enumerate(board.programme.people)}
    joined = {row for group in groups for row in group.rows}
    opened = {group.column for group in groups}
    settled = {row for row, _column in board.locked}
    points = {
        (row, group.column): int(board.points(row)[group.column]) for group in groups for row in group.rows
    }
    made = [worth for cell, worth in points.items() if cell not in board.locked]
    rates = (len(joined & set(rows)) * EVERYBODY // len(rows) for rows in board.groups.values())
    return Reached(
        weakest=min(made) if made else board.most_points,
        rate=min(rates, default=EVERYBODY),
        coverage=sum(waited[row] for row in joined),
        points=sum(points.values()),
        free_coverage=sum(waited[row] for row in joined - settled),
        free_points=sum(made),
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
    has_terms = any(goal in TERMS for goal in board.programme.goals)
    terms = ("groups", "least_points", "rate", "stages") if has_terms else ()
    yield from field_violations(certificate, where, used=("people", "meetings", "scale", "searched", *terms))
    most = {"parity": EVERYBODY, "worst_match": board.most_points if has_terms else 0}
    required = bool(board.required_people or board.required_communities)
    goals = [str(goal) for goal in board.programme.goals]
    steps = list(steps_of(goals, found.goals, most, required=required))
    proofs: list[tuple[str, Proof]] = [
        *((f"{where}.stages[{index}]", stage) for index, stage in enumerate(certificate.stages)),
        (where, certificate),
    ]
    if [stage.goal for stage in certificate.stages] != [step.goal for step in steps[:-1]]:
        wanted = ", ".join(step.goal for step in steps[:-1]) or "none"
        sentence = f"The stages of this plan's proof are {wanted}, in this order and no others."
        yield Violation(ViolationKind.NOT_PROVED, f"{where}.stages", sentence)
        if claims_best(board.programme, solution):
            return
        steps, proofs = [Step("", Terms(), steps[-1].sums, reaches=True)], proofs[-1:]
    for (place, proof), step in zip(proofs, steps, strict=True):
        faults = list(_shape_violations(board, proof, place))
        yield from faults or _step_violations(board, found, proof, step, place)


def _step_violations(
    board: Board, found: Reached, proof: Proof, step: Step, where: str
) -> Iterator[Violation]:
    """Yield terms that are not the step's, bounds that prices do not give, and weights out of order."""
    if Terms(proof.least_points, proof.rate) != step.terms:
        sentence = f"The proof is about other plans than those that count here: {step.terms}."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
        return
    priced, weights = Priced(board, proof), proof.weights
    reached = {
        REQUIRED: found.free_required,
        "coverage": found.free_coverage,
        "points": found.free_points,
        "same_partners": found.free_again,
    }
    worth = sum(weight * reached[name] for name, weight in weights.items())
    if not step.reaches:
        yield from _beyond_violations(proof, step, priced.bound(), worth, where)
        return
    yield from _bound_violations(proof, priced.bound(), worth, where)
    above = {**reached, "points": found.free_points - priced.fewest_points()}
    yield from weight_violations(step.sums, weights, above, where)


def _beyond_violations(proof: Proof, step: Step, bound: int, worth: int, where: str) -> Iterator[Violation]:
    """Yield that a plan with more of a goal that is no sum may be as good in the sums before it."""
    if proof.bound < bound:
        sentence = f"The certificate claims the bound {proof.bound}, but its prices give {bound}."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)
    most = bound if proof.searched is None else proof.searched
    if most >= worth:
        sentence = (
            f"A plan with more of {step.goal} may be as good: worth {most}, where this is worth {worth}."
        )
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    for name in sorted({name for name, weight in proof.weights.items() if weight} - set(step.sums)):
        sentence = f"The proof weighs {name}, which comes after {step.goal}."
        yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)


def _bound_violations(certificate: Proof, bound: int, worth: int, where: str) -> Iterator[Violation]:
    by_prices = certificate.searched is None
    if isinstance(certificate, Certificate):
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


def _shape_violations(board: Board, certificate: Proof, where: str) -> Iterator[Violation]:
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
    for group, price in certificate.groups.items():
        if group not in board.groups or price < 0 or certificate.rate is None:
            sentence = f"The price {price} of the group {group} is negative, or of no group that has a rate."
            yield Violation(ViolationKind.WRONG_PRICE, f"{where}.groups.{group}", sentence)
    required = bool(board.required_people or board.required_communities)
    again = "same_partners" in board.programme.goals
    names = name_violations(certificate.weights, where, required=required, again=again)
    if fault := next(names, None):
        yield fault
    elif _largest_sum(board, certificate) >= LARGEST_WORTH:
        sentence = "The certificate's prices and weights are too large to be added up exactly."
        yield Violation(ViolationKind.WRONG_PRICE, where, sentence)


def _largest_sum(board: Board, certificate: Proof) -> int:
    """Return more than any community's sum of reduced worths, in integers that cannot overflow."""
    explicit = (abs(points) for _, _, points in board.programme.candidates or ())
    most_points = sum(board.programme.criteria.values()) + max(explicit, default=0)
    waited = max((row.rounds_waited for row in board.programme.people), default=0)
    bonus = certificate.weights["coverage"] * (1 + waited) + 2 * certificate.weights.get(REQUIRED, 0)
    bonus += certificate.weights.get("same_partners", 0)
    prices = sum(row.price for row in certificate.meetings) + max(certificate.people.values(), default=0)
    prices += max(certificate.groups.values(), default=0)
    single = certificate.scale * (certificate.weights["points"] * most_points + bonus) + prices
    return int(single * (len(board.row) + 1))
