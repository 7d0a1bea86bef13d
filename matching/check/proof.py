"""Verifies what a solution claims of its whole plan: the goals it reaches, and how they are proved."""

from collections.abc import Iterator, Sequence

from matching.check.certificate import bound_violations, price_violations
from matching.check.grid import Grid
from matching.check.plan import Placed
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Sheet
from matching.solution import CertificateKind, Solution


def goal_violations(
    sheet: Sheet, pairs: Sequence[Placed], solution: Solution, *, proved: bool
) -> Iterator[Violation]:
    """Yield goals that are missing, out of order or not of this value, and bounds that cannot be."""
    reached = {
        "coverage": sum(int(sheet.priority[row]) for row in {pair.row for pair in pairs}),
        "points": sum(pair.points for pair in pairs),
    }
    stated = [row for row in solution.goals if row.programme == sheet.programme.id]
    names = [str(goal) for goal in sheet.programme.goals]
    if [row.goal for row in stated] != names:
        sentence = f"The goals of {sheet.programme.id} are {', '.join(names)}, in this order and no others."
        yield Violation(ViolationKind.WRONG_GOAL, "goals", sentence)
        return
    for row in stated:
        where = f"goals.{sheet.programme.id}.{row.goal}"
        if row.value != reached[row.goal]:
            sentence = f"The plan reaches {reached[row.goal]} in {row.goal}, not {row.value}."
            yield Violation(ViolationKind.WRONG_GOAL, where, sentence)
        if row.bound < row.value or (proved and row.bound != row.value):
            sentence = f"The bound {row.bound} of {row.goal} does not fit a plan that reaches {row.value}."
            yield Violation(ViolationKind.WRONG_BOUND, where, sentence)


def proof_violations(
    sheet: Sheet, grid: Grid, pairs: Sequence[Placed], solution: Solution
) -> Iterator[Violation]:
    """Yield what is wrong with a programme's certificate, also that it does not prove the plan best."""
    found = [
        (f"certificates[{index}]", row)
        for index, row in enumerate(solution.certificates)
        if row.programme == sheet.programme.id
    ]
    if not found:
        sentence = f"There is no certificate for the plan of {sheet.programme.id}."
        yield Violation(ViolationKind.NO_CERTIFICATE, "certificates", sentence)
        return
    where, certificate = found[0]
    if len(found) > 1:
        sentence = f"The programme {sheet.programme.id} has {len(found)} certificates; one is enough."
        yield Violation(ViolationKind.DUPLICATE, found[1][0], sentence)
    if certificate.kind is CertificateKind.BOUND:
        sentence = f"The plan of {sheet.programme.id} is not proved best: only a bound is given, no prices."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
        yield from bound_violations(sheet, certificate, grid.candidates(), where)
        return
    free = [pair for pair in pairs if (pair.row, pair.column) not in sheet.locked]
    yield from price_violations(sheet, certificate, grid.candidates(), free, where)
