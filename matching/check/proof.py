"""Verifies how a plan of mentorships is proved to be the best."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from matching.check.certificate import REQUIRED, Room, bound_violations
from matching.check.claims import certificates_of, count_violations, field_violations
from matching.check.grid import Grid
from matching.check.plan import Placed
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Sheet
from matching.check.stages import EVERYBODY, price_violations, steps_of
from matching.solution import CertificateKind, Solution


def goals_reached(sheet: Sheet, grid: Grid, pairs: Sequence[Placed]) -> dict[str, int]:
    """Return what a plan reaches in each goal of the programme."""
    reached = _sums(sheet, pairs)
    matched = {pair.row for pair in pairs}
    rates = (
        sum(row in matched for row in members) * EVERYBODY // len(members)
        for members in sheet.groups.values()
    )
    reached["parity"] = min(rates, default=EVERYBODY)
    if "worst_match" in sheet.programme.goals:
        made = [pair.points for pair in pairs if (pair.row, pair.column) not in sheet.locked]
        reached["worst_match"] = min(made) if made else most_points(sheet, grid)
    return reached


def most_points(sheet: Sheet, grid: Grid) -> int:
    """Return the most points of a pair that may be made beside locked ones; 0 where there is none."""
    room = Room.of(sheet)
    best = [
        int(part.points[free].max())
        for part in grid.candidates()
        if (free := (room.places[part.rows] > 0) & (room.capacity[part.columns] > 0)).any()
    ]
    return max(best, default=0)


def _sums(sheet: Sheet, pairs: Sequence[Placed], settled: Sequence[int] = ()) -> dict[str, int]:
    """Return what pairs reach in the goals that are sums, but for coverage of those who are settled."""
    keys = [pair.row * len(sheet.mentors) + pair.column for pair in pairs]
    covered = {pair.row for pair in pairs} - set(settled)
    return {
        REQUIRED: sum(int(sheet.required[row]) for row in covered),
        "coverage": sum(int(sheet.priority[row]) for row in covered),
        "points": sum(pair.points for pair in pairs),
        "same_partners": int(np.isin(keys, sheet.previous).sum()),
    }


def proof_violations(
    sheet: Sheet, grid: Grid, pairs: Sequence[Placed], reached: Mapping[str, int], solution: Solution
) -> Iterator[Violation]:
    """Yield what is wrong with a programme's certificate, also that it does not prove the plan best."""
    found = certificates_of(sheet.programme, solution)
    yield from count_violations(sheet.programme, found)
    if not found:
        return
    where, certificate = found[0]
    of_terms = ("groups", "least_points", "rate", "stages")
    by_prices = certificate.kind is CertificateKind.PRICES
    used = ("mentees", "mentors", *(of_terms if by_prices else ()))
    yield from field_violations(certificate, where, used=used)
    if not by_prices:
        sentence = f"The plan of {sheet.programme.id} is not proved best: only a bound is given, no prices."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
        yield from bound_violations(sheet, certificate, grid.candidates(), where)
        return
    goals = [str(goal) for goal in sheet.programme.goals]
    most = {"parity": EVERYBODY}
    if "worst_match" in goals:
        most["worst_match"] = most_points(sheet, grid)
    free = [pair for pair in pairs if (pair.row, pair.column) not in sheet.locked]
    sums = _sums(sheet, free, [row for row, _column in sheet.locked])
    required = bool(sheet.required[~Room.of(sheet).settled].any())
    steps = list(steps_of(goals, reached, most, required=required))
    yield from price_violations(sheet, certificate, grid.candidates(), steps, sums, where)
