"""Who would rather have each other is counted in any plan, and only a plan without a choice is forced."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings

from matching.check import Violation, ViolationKind, check
from matching.problem import MentoringProgramme, Problem
from matching.solution import Certificate, CertificateKind, GoalValue
from tests.matching.goal_problems import SUMS, blocking, goal_problems, open_pairs, orders
from tests.matching.problems import Plan, plans_of
from tests.matching.test_check_bounds import SEEDS
from tests.matching.test_check_stages import free_values, solution_of

STABLE = tuple(order for order in orders() if "stable" in order)


def drawn(problem: Problem, seed: int) -> tuple[MentoringProgramme, Plan]:
    """Return the programme and any plan of it."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    return programme, Random(seed).choice(list(plans_of(problem, programme)))


@given(problem=goal_problems(STABLE), seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_blocking_pairs_of_any_plan_are_counted(problem: Problem, seed: int) -> None:
    """Minus their number is the only value of the goal that is believed, ties and locked pairs told apart."""
    programme, plan = drawn(problem, seed)
    right = solution_of(problem, plan, empty(programme))
    number = len(blocking(problem, programme, plan))
    for claimed in (-number - 1, -number, 1 - number):
        goals = tuple(
            GoalValue(programme="m", goal="stable", value=claimed, bound=claimed)
            if row.goal == "stable"
            else row
            for row in right.goals
        )
        found = {row.where: row.kind for row in check(problem, replace(right, goals=goals)).violations}
        wrong = found.get("goals.m.stable") is ViolationKind.WRONG_GOAL
        assert wrong == (claimed != -number)


def empty(programme: MentoringProgramme) -> Certificate:
    return Certificate(programme=programme.id, kind=CertificateKind.PRICES, bound=0)


@given(problem=goal_problems(STABLE), seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_a_plan_is_forced_where_nobody_is_tempted(problem: Problem, seed: int) -> None:
    """One pair outside it that both its people want as much as what they have leaves a choice."""
    programme, plan = drawn(problem, seed)
    free = free_values(problem, programme, plan)
    names = [name for name in SUMS if name in ("coverage", "points") or name in programme.goals]
    weights = dict(zip(names, (5, 3, 2), strict=False))
    worth = sum(weight * free[name] for name, weight in weights.items())
    forced = Certificate(programme="m", kind=CertificateKind.FORCED, bound=worth, weights=weights)
    found = of_the_certificate(check(problem, solution_of(problem, plan, forced)).violations)
    tempted = len(tempting(problem, programme, plan)) > 0
    assert any("Ties leave a choice" in row.message for row in found) == tempted
    assert all(row.kind is ViolationKind.NOT_PROVED for row in found)
    assert bool(found) == (tempted or bool(blocking(problem, programme, plan)))
    for bound in (worth - 1, worth + 1):
        wrong = check(problem, solution_of(problem, plan, replace(forced, bound=bound))).violations
        assert "certificates[0].bound" in {row.where for row in wrong}
    less = {name: weight for name, weight in weights.items() if name != "points"}
    for other in (less, {**weights, "parity": 1}):
        wrong = check(problem, solution_of(problem, plan, replace(forced, weights=other))).violations
        assert "certificates[0].weights" in {row.where for row in wrong}


def of_the_certificate(found: tuple[Violation, ...]) -> list[Violation]:
    return [row for row in found if row.where.startswith("certificates")]


def tempting(problem: Problem, programme: MentoringProgramme, plan: Plan) -> list[tuple[str, str]]:
    """Return the pairs outside a plan whose people both lose nothing by having each other."""
    locked = {lock.members for lock in problem.locks}
    made = [row for row in plan if row[:2] not in locked]
    places = {row.person: row.places - sum(a == row.person for a, _ in locked) for row in programme.mentees}
    capacity = {
        row.person: row.capacity - sum(b == row.person for _, b in locked) for row in programme.mentors
    }
    found = []
    for a, b, points in open_pairs(problem, programme):
        of_mentee, of_mentor = (
            [row[2] for row in made if row[side] == one] for side, one in ((0, a), (1, b))
        )
        willing = (len(of_mentee) < places[a] or min(of_mentee) <= points) and (
            len(of_mentor) < capacity[b] or min(of_mentor) <= points
        )
        if willing and (a, b) not in {row[:2] for row in made}:
            found.append((a, b))
    return found
