"""Verifies how a plan of mentorships is proved to be the best."""

from collections.abc import Iterator, Sequence

from matching.check.certificate import bound_violations, price_violations
from matching.check.claims import certificates_of, count_violations, field_violations
from matching.check.grid import Grid
from matching.check.plan import Placed
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Sheet
from matching.solution import CertificateKind, Solution


def goals_reached(sheet: Sheet, pairs: Sequence[Placed]) -> dict[str, int]:
    """Return what a plan reaches in each goal."""
    return {
        "coverage": sum(int(sheet.priority[row]) for row in {pair.row for pair in pairs}),
        "points": sum(pair.points for pair in pairs),
    }


def proof_violations(
    sheet: Sheet, grid: Grid, pairs: Sequence[Placed], solution: Solution
) -> Iterator[Violation]:
    """Yield what is wrong with a programme's certificate, also that it does not prove the plan best."""
    found = certificates_of(sheet.programme, solution)
    yield from count_violations(sheet.programme, found)
    if not found:
        return
    where, certificate = found[0]
    yield from field_violations(certificate, where, used=("mentees", "mentors"))
    if certificate.kind is CertificateKind.BOUND:
        sentence = f"The plan of {sheet.programme.id} is not proved best: only a bound is given, no prices."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
        yield from bound_violations(sheet, certificate, grid.candidates(), where)
        return
    free = [pair for pair in pairs if (pair.row, pair.column) not in sheet.locked]
    yield from price_violations(sheet, certificate, grid.candidates(), free, where)
