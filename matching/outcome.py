"""What became of one programme of a problem: the part of a solution that its solver finds."""

from dataclasses import dataclass

from matching.solution import Assignment, Certificate, Clash, Closed, GoalValue, Status, Unmatched


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Who is with whom and who with nobody, what stays closed, what each goal came to, and the proof.

    `candidates` counts the pairs or groups that the solver had to look at closely.
    """

    status: Status
    assignments: tuple[Assignment, ...]
    unmatched: tuple[Unmatched, ...]
    goals: tuple[GoalValue, ...]
    certificate: Certificate
    candidates: int
    closed: tuple[Closed, ...] = ()
    clash: Clash | None = None
