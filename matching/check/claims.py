"""Verifies what a solution claims of any programme: points, goals, and its one certificate."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from matching.check.report import Violation, ViolationKind
from matching.check.required import missing
from matching.problem import Programme
from matching.solution import Assignment, Certificate, CertificateKind, Solution, Status

# What only certificates of some kinds of programme have.
OF_SOME_KINDS = (
    *("mentees", "mentors", "groups", "least_points", "rate", "stages"),
    *("people", "odd_sets", "meetings", "scale", "searched"),
)


def goal_violations(
    programme: Programme, reached: Mapping[str, int], solution: Solution, *, proved: bool
) -> Iterator[Violation]:
    """Yield goals that are missing, out of order or not of this value, and bounds that cannot be."""
    stated = [row for row in solution.goals if row.programme == programme.id]
    names = [str(goal) for goal in programme.goals]
    if [row.goal for row in stated] != names:
        sentence = f"The goals of {programme.id} are {', '.join(names)}, in this order and no others."
        yield Violation(ViolationKind.WRONG_GOAL, "goals", sentence)
        return
    for row in stated:
        where = f"goals.{programme.id}.{row.goal}"
        if row.value != reached[row.goal]:
            sentence = f"The plan reaches {reached[row.goal]} in {row.goal}, not {row.value}."
            yield Violation(ViolationKind.WRONG_GOAL, where, sentence)
        if row.bound < row.value or (proved and row.bound != row.value):
            sentence = f"The bound {row.bound} of {row.goal} does not fit a plan that reaches {row.value}."
            yield Violation(ViolationKind.WRONG_BOUND, where, sentence)


def point_violations(
    assignment: Assignment, where: str, names: str, points: int, parts: Mapping[str, int]
) -> Iterator[Violation]:
    """Yield points that are not those of the problem, and parts that are not, or do not add up."""
    if assignment.points != points:
        sentence = f"The file gives {names} {assignment.points} points; they earn {points}."
        yield Violation(ViolationKind.WRONG_POINTS, f"{where}.points", sentence)
    given = {str(name): part for name, part in assignment.parts.items()}
    for name in sorted(parts.keys() | given.keys()):
        if parts.get(name) != given.get(name):
            found = f"{given[name]}" if name in given else "not given"
            sentence = f"For {name}, {names} earn {parts.get(name, 'nothing')}; the part is {found}."
            yield Violation(ViolationKind.WRONG_PARTS, f"{where}.parts.{name}", sentence)
    if given and sum(given.values()) != assignment.points:
        sentence = f"The parts of {names} add up to {sum(given.values())}, not to {assignment.points}."
        yield Violation(ViolationKind.WRONG_PARTS, f"{where}.parts", sentence)


def certificates_of(programme: Programme, solution: Solution) -> list[tuple[str, Certificate]]:
    """Return the certificates of a programme, each with its place in the file."""
    return [
        (f"certificates[{index}]", row)
        for index, row in enumerate(solution.certificates)
        if row.programme == programme.id
    ]


def count_violations(programme: Programme, found: Sequence[tuple[str, Certificate]]) -> Iterator[Violation]:
    """Yield that a programme has no certificate, or more than one."""
    if not found:
        sentence = f"There is no certificate for the plan of {programme.id}."
        yield Violation(ViolationKind.NO_CERTIFICATE, "certificates", sentence)
    elif len(found) > 1:
        sentence = f"The programme {programme.id} has {len(found)} certificates; one is enough."
        yield Violation(ViolationKind.DUPLICATE, found[1][0], sentence)


def field_violations(certificate: Certificate, where: str, *, used: Collection[str]) -> Iterator[Violation]:
    """Yield what a certificate says in fields that mean nothing for its kind of programme, or of proof.

    Its stages say nothing in such fields either.
    """
    empty = Certificate(programme=certificate.programme, kind=certificate.kind, bound=certificate.bound)
    stages = ((f"{where}.stages[{index}]", stage) for index, stage in enumerate(certificate.stages))
    for place, proof in ((where, certificate), *stages):
        for name in OF_SOME_KINDS:
            said = getattr(proof, name, getattr(empty, name))
            if name not in used and said != getattr(empty, name):
                sentence = f"The proof says something of {name}, which means nothing for this programme."
                yield Violation(ViolationKind.WRONG_PRICE, f"{place}.{name}", sentence)
    if certificate.kind is CertificateKind.FORCED and used:
        sentence = "Nothing forces this plan: that it is stable is no goal of the programme."
        yield Violation(ViolationKind.NOT_PROVED, f"{where}.kind", sentence)
    if certificate.kind is CertificateKind.PRICES and certificate.searched is not None:
        sentence = "The prices are the proof; a certificate of that kind tells of no search."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.searched", sentence)


def claims_best(programme: Programme, solution: Solution) -> bool:
    """Tell whether no plan is said to be better: also none that leaves out fewer who must be matched."""
    if solution.status is Status.INFEASIBLE:
        return bool(missing(programme, solution))
    return solution.status is Status.OPTIMAL


def of_what_is_claimed(
    proof: Sequence[Violation], programme: Programme, solution: Solution
) -> list[Violation]:
    """Return the faults of a proof that count: a plan that does not claim to be the best needs none."""
    if claims_best(programme, solution):
        return list(proof)
    needless = (ViolationKind.NOT_PROVED, ViolationKind.NO_CERTIFICATE)
    return [fault for fault in proof if fault.kind not in needless]
