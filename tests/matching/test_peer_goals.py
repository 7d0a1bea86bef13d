"""The weakest two and the rate of the group worst off among peers, held against trying every plan."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.check import check
from matching.problem import GoalName, Parity, Person, Problem
from matching.solution import Certificate, Solution, Stage, Status
from matching.solve import Limits, solve
from tests.matching.peer_goals import best_of_all, peer_goal_problems
from tests.matching.peer_problems import listed, programme_of
from tests.matching.problems import shuffled


@settings(max_examples=150, deadline=None)
@given(peer_goal_problems())
def test_no_plan_is_better_in_any_order_of_goals(problem: Problem) -> None:
    """The goals reach what trying every plan reaches, in their order, and the check repeats the proof."""
    solution = solve(problem)
    assert solution.status in (Status.OPTIMAL, Status.INFEASIBLE)
    assert tuple(goal.value for goal in solution.goals) == best_of_all(problem)
    assert all(goal.value == goal.bound for goal in solution.goals)
    assert check(problem, Solution.from_json(solution.to_json())).violations == ()


@settings(max_examples=25, deadline=None)
@given(peer_goal_problems(), st.integers(0, 2**32))
def test_row_order_changes_nothing(problem: Problem, seed: int) -> None:
    """The same problem in another order of rows gives the same bytes, whatever its goals."""
    other = solve(shuffled(problem, seed)).without_statistics()
    assert other.to_json() == solve(problem).without_statistics().to_json()


def circle(pairs: dict[str, int], goals: str, groups: str = "", **more: Any) -> Problem:
    """Return peers of one letter each; `groups` has one letter for each of them in order."""
    problem = listed(pairs, **more)
    people = tuple(
        Person(id=person.id, attributes={"group": group} if group else {})
        for person, group in zip(problem.people, groups.ljust(len(problem.people)), strict=True)
    )
    order = tuple(GoalName(goal) for goal in goals.split())
    changed = dataclasses.replace(programme_of(problem), goals=order, parity=Parity(attribute="group"))
    return dataclasses.replace(problem, people=people, programmes=(changed,))


def groups_in(solution: Solution) -> set[str]:
    """Return who is with whom."""
    return {"".join(row.people) for row in solution.assignments}


UNEVEN = {"ab": 90, "cd": 10, "ac": 40, "bd": 40}


def test_the_weakest_two_are_raised_at_the_price_of_points() -> None:
    """Nobody is left with a poor peer where two fair pairs are possible; points alone would have it so."""
    assert groups_in(solve(circle(UNEVEN, "coverage points"))) == {"ab", "cd"}
    fair = solve(circle(UNEVEN, "coverage worst_match points"))
    assert groups_in(fair) == {"ac", "bd"}
    assert [goal.value for goal in fair.goals] == [4, 40, 160]


def test_the_weakest_two_never_cost_somebody_their_place() -> None:
    """Coverage comes first: a poor pair stays where it is the only one."""
    poor = solve(circle({"ab": 90, "cd": 10}, "coverage worst_match points"))
    assert [goal.value for goal in poor.goals] == [4, 10, 200]


def test_a_triad_is_as_weak_as_its_weakest_two() -> None:
    """A good third person does not make up for two who fit badly."""
    good = {"ab": 50, "ac": 50, "bc": 1, "de": 10, "df": 10, "ef": 10}
    pairs = {**good, "ad": 20, "bd": 20, "ce": 10, "cf": 10}
    plain = solve(circle(pairs, "coverage points", sizes=(3,)))
    assert groups_in(plain) == {"abc", "def"}
    fair = solve(circle(pairs, "coverage worst_match points", sizes=(3,)))
    assert groups_in(fair) == {"abd", "cef"}
    assert [goal.value for goal in fair.goals] == [6, 10, 120]


def test_parity_raises_the_group_that_is_worst_off() -> None:
    """Where one of three must be left out, it is somebody of the larger group."""
    pairs = {"ab": 9, "ac": 1}
    plain = solve(circle(pairs, "coverage points parity", groups="AAB"))
    assert [goal.value for goal in plain.goals] == [2, 18, 0]
    fair = solve(circle(pairs, "coverage parity points", groups="AAB"))
    assert [goal.value for goal in fair.goals] == [2, 500, 2]
    assert groups_in(fair) == {"ac"}


@pytest.mark.parametrize(
    "goals", ["coverage worst_match points", "coverage parity points", "parity coverage"]
)
def test_a_stopped_solve_claims_nothing_that_is_not_so(goals: str) -> None:
    """Whenever it is stopped, the plan keeps every rule, and its goals have the values they are said to."""
    problem = circle({"ab": 9, "ac": 1, "bd": 3, "cd": 7, "de": 2}, goals, groups="AABBA")
    for steps in range(40):
        asked = iter(range(10**6))
        solution = solve(problem, should_stop=lambda asked=asked, steps=steps: next(asked) >= steps)
        assert check(problem, solution).violations == ()
    assert solve(problem, limits=Limits(seconds=0)).status is Status.TIMED_OUT


def proved() -> tuple[Problem, Solution]:
    """Return a problem with both goals that are no sums, and its solution."""
    pairs = {"ab": 90, "ac": 40, "bd": 40, "cd": 10, "de": 30}
    problem = circle(pairs, "coverage worst_match parity points", groups="AABBA")
    return problem, solve(problem)


def test_each_stage_of_the_proof_is_needed() -> None:
    """A proof without its stages, of other terms, or of another goal's weights is none."""
    problem, solution = proved()
    (certificate,) = solution.certificates
    assert [stage.goal for stage in certificate.stages] == ["coverage", "worst_match", "parity"]
    assert check(problem, solution).violations == ()
    for number, stage in enumerate(certificate.stages):
        assert _faults(problem, solution, _without(certificate, number))
        for change in (
            {"bound": stage.bound - 1},
            {"least_points": (stage.least_points or 0) + 1},
            {"weights": {**stage.weights, "points": 1}},
            {"people": {**stage.people, "a": stage.people.get("a", 0) + 50}},
        ):
            assert _faults(
                problem, solution, _with(certificate, number, dataclasses.replace(stage, **change))
            )


def test_less_than_the_best_is_not_proved() -> None:
    """A plan whose weakest two could be better is refused, whatever its certificate says."""
    problem = circle(UNEVEN, "coverage worst_match points")
    plain = solve(circle(UNEVEN, "coverage points"))
    fair = solve(problem)
    planted = dataclasses.replace(fair, assignments=plain.assignments)
    assert {str(row.kind) for row in check(problem, planted).violations} >= {"not_proved", "wrong_goal"}


def _without(certificate: Certificate, number: int) -> Certificate:
    stages = certificate.stages
    return dataclasses.replace(certificate, stages=stages[:number] + stages[number + 1 :])


def _with(certificate: Certificate, number: int, stage: Stage) -> Certificate:
    stages = certificate.stages
    return dataclasses.replace(certificate, stages=(*stages[:number], stage, *stages[number + 1 :]))


def _faults(problem: Problem, solution: Solution, certificate: Certificate) -> tuple[object, ...]:
    return check(problem, dataclasses.replace(solution, certificates=(certificate,))).violations


def test_goals_of_the_file_are_read() -> None:
    """The attribute of `parity` is read and written for peers as well."""
    problem, _solution = proved()
    assert Problem.from_json(problem.to_json()) == problem
    assert programme_of(problem).goals[2] is GoalName.PARITY


def test_what_is_out_of_reach_is_shown_beside_a_plan_with_fewer_points() -> None:
    """Who must be matched costs points that no plan with a better weakest pair would: that weighs less."""
    problem = circle({"ac": -1, "bc": 0}, "points coverage worst_match")
    programme = programme_of(problem)
    people = tuple(dataclasses.replace(row, required=row.person != "b") for row in programme.people)
    problem = dataclasses.replace(problem, programmes=(dataclasses.replace(programme, people=people),))
    solution = solve(problem)
    assert [goal.value for goal in solution.goals] == [-2, 2, -1]
    assert check(problem, solution).violations == ()
