"""The weakest membership and the rate of the group worst off, held against trying every plan of communities."""

import dataclasses
from random import Random
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from matching.check import check
from matching.problem import Problem, ProblemError
from matching.solution import Solution, Status
from matching.solve import Limits, solve
from tests.matching.community_goals import best_of_all, community_goal_problem
from tests.matching.problems import read, shuffled


def drawn(random: Random) -> Problem:
    """Return a problem whose locks break nothing."""
    try:
        return community_goal_problem(random)
    except ProblemError:
        reject()


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_plan_is_better_in_any_order_of_goals(random: Random) -> None:
    """The goals reach what trying every plan reaches, in their order, and the check repeats the proof."""
    problem = drawn(random)
    best = best_of_all(problem)
    if best is None:
        with pytest.raises(ProblemError):
            solve(problem)
        return
    solution = solve(problem)
    assert solution.status in (Status.OPTIMAL, Status.INFEASIBLE)
    assert tuple(goal.value for goal in solution.goals) == best
    assert all(goal.value == goal.bound for goal in solution.goals)
    assert check(problem, Solution.from_json(solution.to_json())).violations == ()


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 2**32))
def test_row_order_changes_nothing(random: Random, seed: int) -> None:
    """The same problem in another order of rows gives the same bytes, whatever its goals."""
    problem = drawn(random)
    if best_of_all(problem) is not None:
        other = solve(shuffled(problem, seed)).without_statistics()
        assert other.to_json() == solve(problem).without_statistics().to_json()


def club(
    cells: dict[tuple[str, str], int], goals: str, groups: dict[str, str] | None = None, **sizes: Any
) -> Problem:
    """Return people and communities with these candidates; `sizes` are least and most of a community."""
    people = dict.fromkeys(person for person, _name in cells)
    names = dict.fromkeys(name for _person, name in cells)
    communities = [
        {"id": name, "min": sizes.get(name, (1, 1))[0], "max": sizes.get(name, (1, 1))[1]} for name in names
    ]
    return read(
        {
            "format": "trellis-problem/1",
            "round": "2026-Q4",
            "people": [{"id": name, "attributes": {"site": (groups or {}).get(name, "")}} for name in people],
            "programmes": [
                {
                    "id": "g",
                    "kind": "communities",
                    "communities": communities,
                    "people": [{"person": name} for name in people],
                    "candidates": [[*cell, points] for cell, points in cells.items()],
                    "goals": goals.split(),
                    "parity": {"attribute": "site"},
                }
            ],
        }
    )


UNEVEN = {("a", "x"): 120, ("a", "y"): 60, ("b", "x"): 60, ("b", "y"): 10}


def test_the_weakest_membership_is_raised_at_the_price_of_points() -> None:
    """Nobody is in a community that fits badly where all can be in fair ones."""
    assert [goal.value for goal in solve(club(UNEVEN, "coverage points")).goals] == [2, 130]
    assert [goal.value for goal in solve(club(UNEVEN, "coverage worst_match points")).goals] == [2, 60, 120]


def test_a_least_size_can_keep_the_weakest_where_it_is() -> None:
    """Who is needed for a community to open stays, though it fits them badly."""
    cells = {("a", "x"): 9, ("b", "x"): 9, ("c", "x"): 1}
    problem = club(cells, "coverage worst_match points", x=(3, 3))
    assert [goal.value for goal in solve(problem).goals] == [3, 1, 19]


def test_parity_raises_the_group_that_is_worst_off() -> None:
    """Where two places would go to one group, each gets one of them."""
    cells = {("a", "x"): 9, ("b", "x"): 9, ("c", "x"): 5, ("d", "x"): 5}
    groups = {"a": "X", "b": "X", "c": "Y", "d": "Y"}
    plain = solve(club(cells, "coverage points parity", groups, x=(1, 2)))
    assert [goal.value for goal in plain.goals] == [2, 18, 0]
    fair = solve(club(cells, "coverage parity points", groups, x=(1, 2)))
    assert [goal.value for goal in fair.goals] == [2, 500, 14]


@pytest.mark.parametrize(
    "goals", ["coverage worst_match points", "coverage parity points", "parity coverage"]
)
def test_a_stopped_solve_claims_nothing_that_is_not_so(goals: str) -> None:
    """Whenever it is stopped, the plan keeps every rule, and its goals have the values they are said to."""
    cells = {**UNEVEN, ("c", "x"): 5, ("c", "y"): 70, ("d", "y"): 3}
    problem = club(cells, goals, {"a": "X", "b": "X", "c": "Y", "d": "Y"}, x=(1, 2))
    for steps in range(40):
        asked = iter(range(10**6))
        solution = solve(problem, should_stop=lambda asked=asked, steps=steps: next(asked) >= steps)
        assert check(problem, solution).violations == ()
    assert solve(problem, limits=Limits(seconds=0)).status is Status.TIMED_OUT


def test_each_stage_of_the_proof_is_needed() -> None:
    """A proof without its stages, of other terms, or with weights of a later goal is none."""
    cells = {**UNEVEN, ("c", "x"): 5, ("c", "y"): 70, ("d", "y"): 3}
    groups = {"a": "X", "b": "X", "c": "Y", "d": "Y"}
    problem = club(cells, "coverage worst_match parity points", groups, x=(1, 2))
    solution = solve(problem)
    (certificate,) = solution.certificates
    assert [stage.goal for stage in certificate.stages] == ["coverage", "worst_match", "parity"]
    stages = certificate.stages
    planted = [dataclasses.replace(certificate, stages=stages[:n] + stages[n + 1 :]) for n in range(3)]
    for number, stage in enumerate(stages):
        for change in (
            {"least_points": (stage.least_points or 0) + 1},
            {"weights": {**stage.weights, "points": 1}},
            {"people": {**stage.people, "a": stage.people.get("a", 0) + 50}, "searched": None},
        ):
            other = dataclasses.replace(stage, **change)
            row = dataclasses.replace(certificate, stages=(*stages[:number], other, *stages[number + 1 :]))
            planted.append(row)
    for row in planted:
        assert check(problem, dataclasses.replace(solution, certificates=(row,))).violations
