"""Checks a programme of peer coaching with code of its own: groups, points, goals, causes and the proof."""

from collections.abc import Iterator, Sequence

from matching.check.peers.causes import cause_violations
from matching.check.peers.certificate import proof_violations
from matching.check.peers.circle import Circle
from matching.check.peers.plan import Placed, placed, plan_violations
from matching.check.report import Violation, ViolationKind
from matching.problem import PeerProgramme, Problem
from matching.solution import Solution, Status


def peer_violations(problem: Problem, programme: PeerProgramme, solution: Solution) -> list[Violation]:
    """Return what is wrong with one peer programme.

    All pairs are judged again, and all triads where prices may leave something over: O(people^2) steps for
    pairs and up to O(people^3) for triads, one person's at a time in arrays.
    """
    circle = Circle(problem, programme)
    violations: list[Violation] = []
    rows = (
        (f"assignments[{index}]", row)
        for index, row in enumerate(solution.assignments)
        if row.programme == programme.id
    )
    groups = placed(circle, rows, violations)
    violations.extend(plan_violations(circle, groups))
    proof = list(proof_violations(circle, groups, solution))
    proved = solution.status is Status.OPTIMAL and not proof
    violations.extend(_goal_violations(circle, groups, solution, proved=proved))
    violations.extend(cause_violations(circle, groups, solution, proved=proved))
    if solution.status is Status.OPTIMAL:
        return violations + proof
    # A plan that does not claim to be the best need not be proved so.
    claimed = (ViolationKind.NOT_PROVED, ViolationKind.NO_CERTIFICATE)
    return violations + [fault for fault in proof if fault.kind not in claimed]


def _goal_violations(
    circle: Circle, groups: Sequence[Placed], solution: Solution, *, proved: bool
) -> Iterator[Violation]:
    """Yield goals that are missing, out of order or not of this value, and bounds that cannot be."""
    reached = {
        "coverage": sum(int(circle.priority[circle.number[m]]) for group in groups for m in group.members),
        "points": sum(group.points for group in groups),
    }
    stated = [row for row in solution.goals if row.programme == circle.programme.id]
    names = [str(goal) for goal in circle.programme.goals]
    if [row.goal for row in stated] != names:
        sentence = f"The goals of {circle.programme.id} are {', '.join(names)}, in this order and no others."
        yield Violation(ViolationKind.WRONG_GOAL, "goals", sentence)
        return
    for row in stated:
        where = f"goals.{circle.programme.id}.{row.goal}"
        if row.value != reached[row.goal]:
            sentence = f"The plan reaches {reached[row.goal]} in {row.goal}, not {row.value}."
            yield Violation(ViolationKind.WRONG_GOAL, where, sentence)
        if row.bound < row.value or (proved and row.bound != row.value):
            sentence = f"The bound {row.bound} of {row.goal} does not fit a plan that reaches {row.value}."
            yield Violation(ViolationKind.WRONG_BOUND, where, sentence)
