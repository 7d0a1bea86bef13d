"""Checks a joint round with code of its own: every programme, everybody's hours, and each goal's proof."""

from matching.check.joint.communities import CommunitiesPart
from matching.check.joint.hours import Budget
from matching.check.joint.mentoring import MentoringPart
from matching.check.joint.part import Part
from matching.check.joint.peers import PeerPart
from matching.check.joint.steps import Steps
from matching.check.report import Violation, ViolationKind
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem
from matching.solution import Solution, Status


def is_joint(problem: Problem, solution: Solution) -> bool:
    """Tell whether a solution is of all the programmes of a round that shares hours or cover."""
    joint = problem.joint
    shares = joint is not None and (joint.hours_budget or bool(joint.cover_by))
    return shares and len(solution.programmes) == len(problem.programmes)


def joint_violations(problem: Problem, solution: Solution) -> list[Violation]:
    """Return what is wrong with a joint round; each step takes a look at all pairs and groups."""
    violations: list[Violation] = []
    parts = [_part(problem, name, solution, violations) for name in (row.id for row in problem.programmes)]
    budget = Budget(problem, parts)
    violations.extend(budget.violations())
    for index, _row in enumerate(solution.certificates):
        sentence = "A joint round is proved by its steps; a certificate of one programme means nothing."
        violations.append(Violation(ViolationKind.DUPLICATE, f"certificates[{index}]", sentence))
    proof = list(Steps(problem, parts, budget).violations(solution))
    proved = solution.status is Status.OPTIMAL and not proof
    for part in parts:
        spent = budget.spent(part.programme.id)
        violations.extend(part.claim_violations(solution, proved=proved, spent=spent))
    return violations + proof


def stray_violations(solution: Solution) -> list[Violation]:
    """Return the steps of a joint round in a solution that is of none."""
    sentence = "This is no solution of a joint round; a step of one means nothing."
    return [
        Violation(ViolationKind.DUPLICATE, f"joint[{index}]", sentence)
        for index, _step in enumerate(solution.joint)
    ]


def _part(problem: Problem, name: str, solution: Solution, violations: list[Violation]) -> Part:
    programme = problem.programme(name)
    if isinstance(programme, MentoringProgramme):
        return MentoringPart(problem, programme, solution, violations)
    if isinstance(programme, PeerProgramme):
        return PeerPart(problem, programme, solution, violations)
    if isinstance(programme, CommunitiesProgramme):
        return CommunitiesPart(problem, programme, solution, violations)
    raise TypeError(programme)
