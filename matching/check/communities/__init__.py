"""Checks programmes of communities and group mentoring with code of its own."""

from matching.check.communities.board import Board
from matching.check.communities.causes import cause_violations, closed_violations
from matching.check.communities.plan import gathered, plan_violations
from matching.check.communities.proof import goal_violations, proof_violations, reached
from matching.check.report import Violation, ViolationKind
from matching.problem import CommunitiesProgramme, Problem
from matching.solution import Solution, Status


def communities_violations(
    problem: Problem, programme: CommunitiesProgramme, solution: Solution
) -> list[Violation]:
    """Return what is wrong with one programme of communities or group mentoring."""
    board = Board(problem, programme)
    violations: list[Violation] = []
    groups = gathered(board, solution, violations)
    violations.extend(plan_violations(board, groups))
    found = reached(board, groups)
    proof = list(proof_violations(board, found, solution))
    proved = not proof
    violations.extend(goal_violations(board, found, solution, proved=proved))
    violations.extend(cause_violations(board, groups, solution, proved=proved))
    violations.extend(closed_violations(board, groups, solution, proved=proved))
    if solution.status is Status.OPTIMAL:
        return violations + proof
    # A plan that does not claim to be the best need not be proved so.
    claimed = (ViolationKind.NOT_PROVED, ViolationKind.NO_CERTIFICATE)
    return violations + [fault for fault in proof if fault.kind not in claimed]
