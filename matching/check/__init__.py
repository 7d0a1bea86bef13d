"""Checks a solution against its problem with code of its own: rules, points, goals, causes and the proof.

Nothing here or in the modules it uses is shared with the solver: only the problem and solution records are.
"""

from collections.abc import Callable, Iterator
from typing import Any

from matching.check.causes import cause_violations
from matching.check.claims import goal_violations, of_what_is_claimed
from matching.check.clash import clash_violations
from matching.check.communities import communities_violations
from matching.check.gaps import gap_words
from matching.check.grid import grid_of
from matching.check.joint import is_joint, joint_violations, stray_violations
from matching.check.peers import peer_violations
from matching.check.plan import placed, plan_violations
from matching.check.proof import goals_reached, proof_violations
from matching.check.report import Report, Violation, ViolationKind, counted
from matching.check.required import required_violations
from matching.check.sheet import Sheet
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.solution import CertificateKind, Solution, Status

__all__ = ["Report", "Violation", "ViolationKind", "check"]


def check(problem: Problem, solution: Solution) -> Report:
    """Return everything that is wrong with a solution, each thing by kind, place and in a sentence.

    Every hard rule is evaluated again, every point counted again, every cause of an unmatched person
    verified, and the certificate's bound computed again over all eligible pairs. That takes
    O(mentees x mentors) steps, with arrays of a mentee's pairs; explicit candidates are looked at once each.
    """
    violations = list(_frame_violations(problem, solution))
    if violations:
        return Report(tuple(violations), counted(violations))
    if is_joint(problem, solution):
        violations = joint_violations(problem, solution)
        return Report(tuple(violations), counted(violations) if violations else _good_news(solution))
    violations.extend(stray_violations(solution))
    for programme_id in solution.programmes:
        programme = problem.programme(programme_id)
        violations.extend(_CHECKS[type(programme)](problem, programme, solution))
    violations.extend(required_violations(problem, solution))
    violations.extend(clash_violations(problem, solution))
    return Report(tuple(violations), counted(violations) if violations else _good_news(solution))


def _frame_violations(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """Yield what makes the rest of the check pointless: another problem, or programmes that are not there."""
    if solution.problem_sha256 != problem.sha256:
        sentence = "The solution belongs to another problem: the hash of this one is different."
        yield Violation(ViolationKind.OTHER_PROBLEM, "problem_sha256", sentence)
        return
    known = {programme.id: programme for programme in problem.programmes}
    if known and not solution.programmes:
        sentence = "The solution names no programme that it solves."
        yield Violation(ViolationKind.PROGRAMME_NOT_SOLVED, "programmes", sentence)
    for index, programme_id in enumerate(solution.programmes):
        where = f"programmes[{index}]"
        if programme_id not in known:
            sentence = f"There is no programme {programme_id} in the problem."
            yield Violation(ViolationKind.UNKNOWN_PROGRAMME, where, sentence)
        elif programme_id in solution.programmes[:index]:
            yield Violation(ViolationKind.DUPLICATE, where, f"The programme {programme_id} is named twice.")
    for name in ("assignments", "unmatched", "closed", "goals", "certificates"):
        for index, row in enumerate(getattr(solution, name)):
            if row.programme not in solution.programmes:
                sentence = f"This row is of the programme {row.programme}, which the solution does not solve."
                yield Violation(ViolationKind.UNKNOWN_PROGRAMME, f"{name}[{index}]", sentence)
    for index, row in enumerate(solution.closed):
        if row.programme in known and not isinstance(known[row.programme], CommunitiesProgramme):
            sentence = f"The programme {row.programme} has no communities that could stay closed."
            yield Violation(ViolationKind.WRONG_CLOSED, f"closed[{index}]", sentence)


def _mentoring_violations(
    problem: Problem, programme: MentoringProgramme, solution: Solution
) -> list[Violation]:
    """Return what is wrong with one mentoring programme."""
    sheet = Sheet(problem, programme)
    grid = grid_of(sheet)
    violations: list[Violation] = []
    rows = (
        (f"assignments[{index}]", row)
        for index, row in enumerate(solution.assignments)
        if row.programme == sheet.programme.id
    )
    pairs = placed(sheet, grid, rows, violations)
    violations.extend(plan_violations(sheet, grid, pairs))
    reached = goals_reached(sheet, grid, pairs)
    proof = list(proof_violations(sheet, grid, pairs, reached, solution))
    proved = not proof
    violations.extend(goal_violations(programme, reached, solution, proved=proved))
    violations.extend(cause_violations(sheet, grid, pairs, solution, proved=proved))
    return violations + of_what_is_claimed(proof, programme, solution)


# What is wrong with a programme, by its kind.
Check = Callable[[Problem, Any, Solution], list[Violation]]
_CHECKS: dict[type[Programme], Check] = {
    MentoringProgramme: _mentoring_violations,
    PeerProgramme: peer_violations,
    CommunitiesProgramme: communities_violations,
}


def _good_news(solution: Solution) -> str:
    """Return a summary of a solution in which nothing is wrong."""
    number, points = len(solution.assignments), sum(row.points for row in solution.assignments)
    if solution.status is Status.OPTIMAL:
        proof = _proof_words(solution)
    else:
        proof = gap_words(solution) or f"It is {solution.status} and does not claim to be the best plan."
    left_out = len(solution.unmatched)
    return (
        f"Matches: {number:,}, each within every rule, for {points:,} points. "
        f"People without a match: {left_out:,}, each with the true cause. {proof}"
    )


def _proof_words(solution: Solution) -> str:
    """Say what proves an optimum: prices alone, or also the solver's word, which no check can repeat."""
    searched = [row for row in solution.certificates if row.kind is CertificateKind.BOUND]
    kinds = {row.kind for row in solution.certificates}
    if kinds == {CertificateKind.FORCED}:
        return "No plan is better: it is the only one in which no two would rather have each other."
    steps = [row for row in solution.joint if row.bound > row.value]
    stages = [
        (f"{stage.goal} of {row.programme}", stage.bound)
        for row in solution.certificates
        for stage in row.stages
        if stage.searched is not None
    ]
    if not searched and not steps and not stages:
        return "No plan is better: the prices prove it over all eligible pairs."
    of_steps = [(f"{row.goal} of {row.programme or 'the round'}", row.bound) for row in steps]
    named = [*((row.programme, row.bound) for row in searched), *stages, *of_steps]
    told = ", ".join(f"{name} (the prices show at most {bound:,})" for name, bound in named)
    return (
        "No plan is better: the prices prove it over all eligible pairs, "
        f"and where they leave a gap the solver's branch and bound says so: {told}."
    )
