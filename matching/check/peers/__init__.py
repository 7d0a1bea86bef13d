"""Checks a programme of peer coaching with code of its own: groups, points, goals, causes and the proof."""

from collections.abc import Sequence
from itertools import combinations

from matching.check.claims import claims_best, goal_violations, of_what_is_claimed
from matching.check.peers.causes import cause_violations
from matching.check.peers.certificate import most_points, proof_violations
from matching.check.peers.circle import Circle
from matching.check.peers.plan import Placed, placed, plan_violations
from matching.check.peers.stability import unrest_of
from matching.check.report import Violation
from matching.check.stages import EVERYBODY
from matching.problem import PeerProgramme, Problem
from matching.solution import Solution


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
    reached = _goals_reached(circle, groups)
    proof = list(proof_violations(circle, groups, reached, solution))
    proved = claims_best(programme, solution) and not proof
    violations.extend(goal_violations(programme, reached, solution, proved=proved))
    violations.extend(cause_violations(circle, groups, solution, proved=proved))
    return violations + of_what_is_claimed(proof, programme, solution)


def _goals_reached(circle: Circle, groups: Sequence[Placed]) -> dict[str, int]:
    matched = {circle.number[member] for group in groups for member in group.members}
    rates = (len(matched & set(rows)) * EVERYBODY // len(rows) for rows in circle.groups.values())
    made = [
        int(circle.points[circle.number[a], circle.number[b]])
        for group in groups
        if frozenset(group.members) not in circle.locked
        for a, b in combinations(group.members, 2)
    ]
    # Two who would both rather have each other count against a plan only where that is a goal.
    unrest = unrest_of(circle, groups).blocking if "stable" in circle.programme.goals else 0
    return {
        "stable": -unrest,
        "parity": min(rates, default=EVERYBODY),
        "worst_match": min(made) if made else most_points(circle),
        "coverage": sum(int(circle.priority[circle.number[m]]) for group in groups for m in group.members),
        "points": sum(group.points for group in groups),
        "same_partners": sum(circle.kept(group.members) for group in groups),
    }
