"""What a solve that was stopped may claim without prices: a bound that is evident, and nothing that cannot be."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from matching.check import Violation, check
from matching.check import ViolationKind as Kind
from matching.problem import Mentee, Mentor, MentoringProgramme, Person, Problem, Programme
from matching.solution import Certificate, CertificateKind, GoalValue, Solution, Status
from tests.matching.problems import bare_problems
from tests.matching.test_check_bounds import SEEDS, weights_of, with_more_to_aim_at


@given(problem=bare_problems(), seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_what_is_evident_bounds_a_plan_without_prices(problem: Problem, seed: int) -> None:
    """Everybody has a mentor, in each place the one who earns most, and the earlier plan stays as it was."""
    random = Random(seed)
    problem = with_more_to_aim_at(random, problem)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    settled = {lock.members[0] for lock in problem.locks}
    required = any(row.required and row.person not in settled for row in programme.mentees)
    weights = weights_of(random, programme, 1, "coverage", "points", required=required)
    evident = evidently(problem, programme, weights)
    for bound, right in ((evident - 1, False), (evident, True), (evident + 1, True)):
        certificate = Certificate(programme="m", kind=CertificateKind.BOUND, bound=bound, weights=weights)
        found = {row.where for row in of_a_stopped_solve(problem, programme, certificate)}
        assert ("certificates[0].bound" in found) is not right


def evidently(problem: Problem, programme: MentoringProgramme, weights: Mapping[str, int]) -> int:
    """Return what mentees could have if nobody else wanted their mentors, beside what locks settle."""
    locked = [lock.members for lock in problem.locks]
    apart = {frozenset(ban.members) for ban in problem.bans}
    total = weights.get("same_partners", 0) * len(problem.previous)
    for row in programme.mentees:
        places = min(row.places - sum(a == row.person for a, _ in locked), len(programme.mentors))
        if places > 0:
            open_to = [
                points
                for a, b, points in programme.candidates or ()
                if a == row.person and (a, b) not in locked and frozenset((a, b)) not in apart
            ]
            total += weights["points"] * places * max(0, *open_to, 0)
            first = weights["coverage"] * (1 + row.rounds_waited) + weights.get("required", 0) * row.required
            total += first * (row.person not in {a for a, _ in locked})
    return total


def of_a_stopped_solve(
    problem: Problem, programme: Programme, certificate: Certificate
) -> tuple[Violation, ...]:
    """Return the violations beside a plan that matches nobody and does not claim to be the best."""
    solution = Solution(
        status=Status.TIMED_OUT,
        problem_sha256=problem.sha256,
        programmes=(programme.id,),
        goals=tuple(
            GoalValue(programme=programme.id, goal=str(goal), value=0, bound=0) for goal in programme.goals
        ),
        certificates=(certificate,),
    )
    return check(problem, solution).violations


@pytest.mark.parametrize(
    ("changes", "where"),
    [({"mentors": {"p1": -1}}, "mentors.p1"), ({"mentees": {"ghost": 1}}, "mentees.ghost")],
)
def test_a_bound_without_prices_has_none_that_cannot_be(changes: dict[str, Any], where: str) -> None:
    """What a stopped solve prices all the same is told at its place."""
    programme = MentoringProgramme(id="m", mentees=(Mentee(person="p0"),), mentors=(Mentor(person="p1"),))
    people = (Person(id="p0"), Person(id="p1"))
    problem = Problem(round="2026-Q4", people=people, programmes=(programme,))
    weights = {"coverage": 1, "points": 1}
    certificate = Certificate(programme="m", kind=CertificateKind.BOUND, bound=99, weights=weights, **changes)
    found = {row.where: row.kind for row in of_a_stopped_solve(problem, programme, certificate)}
    assert found[f"certificates[0].{where}"] is Kind.WRONG_PRICE
