"""Checks programmes of communities and group mentoring with code of its own."""

from matching.check.claims import goal_violations, of_what_is_claimed
from matching.check.communities.board import Board
from matching.check.communities.causes import cause_violations, closed_violations
from matching.check.communities.plan import gathered, plan_violations
from matching.check.communities.proof import proof_violations, reached
from matching.check.report import Violation
from matching.problem import CommunitiesProgramme, Problem
from matching.solution import Solution


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
    violations.extend(goal_violations(programme, found.goals, solution, proved=proved))
    violations.extend(cause_violations(board, groups, solution, proved=proved))
    violations.extend(closed_violations(board, groups, solution, proved=proved))
    return violations + of_what_is_claimed(proof, programme, solution)
