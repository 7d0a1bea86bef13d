"""The prices that prove a plan: without them no question about it has an answer that is exact."""

from matching.errors import ProblemError
from matching.goals import REQUIRED
from matching.problem import GoalName, MentoringProgramme, Problem
from matching.solution import Certificate, CertificateKind, Solution

PRICED = {REQUIRED, GoalName.COVERAGE.value, GoalName.POINTS.value}


def certificate_of(problem: Problem, programme_id: str, solution: Solution) -> Certificate | None:
    """Return the prices that prove a mentoring plan; `None` where it is proved otherwise, or not at all."""
    programme = problem.programme(programme_id)
    if not isinstance(programme, MentoringProgramme) or solution.joint:
        return None
    found = next((row for row in solution.certificates if row.programme == programme_id), None)
    if found is None or found.kind is not CertificateKind.PRICES:
        return None
    if any(row.programme == programme_id and row.bound > row.value for row in solution.goals):
        return None
    named = {goal.value for goal in programme.goals}
    return found if named | set(found.weights) <= PRICED else None


def not_proved() -> ProblemError:
    """Return the error for a solution whose prices do not prove its plan."""
    return ProblemError(
        "$.certificates", "the prices do not prove the plan; `python -m matching check` says what is wrong."
    )
