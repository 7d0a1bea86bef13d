"""Verifies how a plan of mentorships is proved to be the best."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from matching.check.certificate import REQUIRED, SUMS, Room, bound_violations, worth_of
from matching.check.claims import certificates_of, count_violations, field_violations
from matching.check.gaps import gap_violations
from matching.check.grid import Grid
from matching.check.plan import Placed
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Sheet
from matching.check.stability import Unrest, unrest_of
from matching.check.stages import EVERYBODY, Step, Terms, price_violations, steps_of
from matching.solution import Certificate, CertificateKind, Solution


def goals_reached(sheet: Sheet, grid: Grid, pairs: Sequence[Placed]) -> dict[str, int]:
    """Return what a plan reaches in each goal of the programme."""
    reached = _sums(sheet, pairs)
    matched = {pair.row for pair in pairs}
    rates = (
        sum(row in matched for row in members) * EVERYBODY // len(members)
        for members in sheet.groups.values()
    )
    reached["parity"] = min(rates, default=EVERYBODY)
    if "stable" in sheet.programme.goals:
        reached["stable"] = -unrest(sheet, grid, pairs).blocking
    if "worst_match" in sheet.programme.goals:
        made = [pair.points for pair in _free(sheet, pairs)]
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
    yield from field_violations(certificate, where, used=_fields(sheet, certificate.kind))
    sums = _sums(sheet, _free(sheet, pairs), [row for row, _column in sheet.locked])
    if certificate.kind is CertificateKind.FORCED:
        yield from _forced_violations(sheet, grid, pairs, certificate, sums, where)
    elif certificate.kind is CertificateKind.PRICES:
        yield from _priced_violations(sheet, grid, certificate, reached, sums, solution, where)
    else:
        yield from _bound_violations(sheet, grid, certificate, sums, where)
    if reached.get("stable"):
        sentence = (
            f"In the plan of {sheet.programme.id} there are people who would both rather have each other."
        )
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)


def _fields(sheet: Sheet, kind: CertificateKind) -> tuple[str, ...]:
    """Return what a certificate of a kind may say beside its bound and weights."""
    if kind is CertificateKind.FORCED:
        return ()
    if kind is CertificateKind.PRICES:
        return ("mentees", "mentors", "groups", "least_points", "rate", "stages")
    return ("mentees", "mentors", *(["searched"] if "stable" in sheet.programme.goals else []))


def _free(sheet: Sheet, pairs: Sequence[Placed]) -> list[Placed]:
    return [pair for pair in pairs if (pair.row, pair.column) not in sheet.locked]


def _priced_violations(
    sheet: Sheet,
    grid: Grid,
    certificate: Certificate,
    reached: Mapping[str, int],
    sums: Mapping[str, int],
    solution: Solution,
    where: str,
) -> Iterator[Violation]:
    goals = [str(goal) for goal in sheet.programme.goals if goal != "stable"]
    most = {"parity": EVERYBODY}
    if "worst_match" in goals:
        most["worst_match"] = most_points(sheet, grid)
    required = bool(sheet.required[~Room.of(sheet).settled].any())
    steps = list(steps_of(goals, reached, most, required=required))
    yield from price_violations(sheet, certificate, grid.candidates(), steps, sums, where)
    yield from gap_violations(sheet, grid, certificate, reached, sums, solution)


def _forced_violations(
    sheet: Sheet,
    grid: Grid,
    pairs: Sequence[Placed],
    certificate: Certificate,
    sums: Mapping[str, int],
    where: str,
) -> Iterator[Violation]:
    """Yield that a plan is not the only stable one, or that the programme does not ask for that."""
    if "stable" not in sheet.programme.goals:
        sentence = f"Nothing forces the plan of {sheet.programme.id}: that it is stable is no goal."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
        return
    if unrest(sheet, grid, pairs).tempted:
        sentence = "Ties leave a choice: the plan is not the only one in which nobody would rather change."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)
    names = {name for name in SUMS if name in ("coverage", "points") or name in sheet.programme.goals}
    if set(certificate.weights) != names:
        sentence = f"The certificate must weigh {', '.join(sorted(names))}."
        yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
    elif certificate.bound != worth_of(certificate, sums):
        sentence = f"The bound is {certificate.bound}; the only plan is worth {worth_of(certificate, sums)}."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)


def _bound_violations(
    sheet: Sheet, grid: Grid, certificate: Certificate, sums: Mapping[str, int], where: str
) -> Iterator[Violation]:
    """Yield a bound that neither prices nor what is evident give, and that it does not prove the plan."""
    evident = list(bound_violations(sheet, certificate, grid.candidates(), where))
    if "stable" not in sheet.programme.goals:
        yield from evident
        yield _only_a_bound(sheet, where)
        return
    steps = [Step("", Terms(), tuple(g for g in map(str, sheet.programme.goals) if g in SUMS), reaches=True)]
    found = list(price_violations(sheet, certificate, grid.candidates(), steps, sums, where))
    faults = [fault for fault in found if fault.kind is not ViolationKind.NOT_PROVED]
    # A solve that was stopped knows no prices, and claims no more than what is evident.
    if certificate.searched is not None or evident:
        yield from faults
    worth, searched = worth_of(certificate, sums), certificate.searched
    if searched is None:
        yield _only_a_bound(sheet, where)
    elif not worth <= searched <= certificate.bound:
        sentence = f"{searched} is said to be the most; the plan is worth {worth}, and the prices show more."
        yield Violation(ViolationKind.WRONG_BOUND, f"{where}.searched", sentence)
    elif worth != searched:
        sentence = f"The plan is worth {worth}, and {searched} is not ruled out."
        yield Violation(ViolationKind.NOT_PROVED, where, sentence)


def _only_a_bound(sheet: Sheet, where: str) -> Violation:
    sentence = f"The plan of {sheet.programme.id} is not proved best: only a bound is given, no prices."
    return Violation(ViolationKind.NOT_PROVED, where, sentence)


def unrest(sheet: Sheet, grid: Grid, pairs: Sequence[Placed]) -> Unrest:
    """Return who would rather have each other than what the plan gives them beside locks."""
    made = ((pair.row, pair.column, pair.points) for pair in _free(sheet, pairs))
    return unrest_of(sheet, grid.candidates(), made)
