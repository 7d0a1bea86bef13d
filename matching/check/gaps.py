"""Verifies what a plan that need not be the best leaves open of each goal, by prices over all pairs."""

from collections.abc import Iterator, Mapping

import numpy as np

from matching.check.certificate import REQUIRED, SUMS, Room
from matching.check.grid import Grid
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Sheet
from matching.solution import Certificate, CertificateKind, Solution, Status


def gap_violations(
    sheet: Sheet,
    grid: Grid,
    certificate: Certificate,
    reached: Mapping[str, int],
    free: Mapping[str, int],
    solution: Solution,
) -> Iterator[Violation]:
    """Yield bounds of goals below what the certificate's bound rules out.

    Of a goal, a plan that is as good in those before it has at most what the bound leaves over for it: the
    rest of the weighted sum is at least what those before add up to, and the fewest points of any plan.

    Parameters
    ----------
    free : mapping
        What the plan reaches in each sum, beside what locks settle.
    """
    goals = [str(goal) for goal in sheet.programme.goals]
    weights = certificate.weights
    if set(goals) - set(SUMS) or any(weights.get(goal, 0) <= 0 for goal in goals):
        return
    least = _fewest_points(sheet, grid)
    stated = {row.goal: row.bound for row in solution.goals if row.programme == sheet.programme.id}
    for place, goal in enumerate(goals):
        rest = certificate.bound - sum(
            weights.get(name, 0) * free[name] for name in (REQUIRED, *goals[:place])
        )
        if "points" in goals[place + 1 :]:
            rest -= weights["points"] * least
        most = reached[goal] + rest // weights[goal] - free[goal]
        if stated.get(goal, most) < most:
            sentence = f"The bound of {goal} is said to be {stated[goal]}; the prices show at most {most}."
            yield Violation(ViolationKind.WRONG_BOUND, f"goals.{sheet.programme.id}.{goal}", sentence)


def _fewest_points(sheet: Sheet, grid: Grid) -> int:
    """Return a number of points that every plan reaches: zero where points come from criteria."""
    worst = np.zeros(len(sheet.mentees), dtype=np.int64)
    for part in grid.candidates() if sheet.programme.candidates is not None else ():
        np.minimum.at(worst, part.rows, part.points)
    places = Room.of(sheet).places.tolist()
    return sum(k * points for k, points in zip(places, worst.tolist(), strict=True))


def gap_words(solution: Solution) -> str:
    """Say how much better a plan could be than one that is good enough; nothing where no prices tell."""
    kinds = {row.kind for row in solution.certificates}
    if solution.status is not Status.FEASIBLE or kinds != {CertificateKind.PRICES}:
        return ""
    told = ", ".join(
        f"{row.goal} of {row.programme} at most {row.bound:,} (gap {(row.bound - row.value) / row.bound:.1e})"
        for row in solution.goals
        if row.bound > row.value
    )
    return told and f"A better plan may exist; by the prices over all eligible pairs, {told}."
