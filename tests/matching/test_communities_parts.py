"""Communities that nothing ties together are decided about apart: the plan is as good, its proof one."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.check import check
from matching.communities import apart
from matching.errors import ProblemError
from matching.problem import Problem
from matching.solution import CertificateKind, Solution, Status
from matching.solve import Limits, solve
from tests.matching.community_problems import bare_problem
from tests.matching.problems import read

SEEDS = st.integers(0, 2**32)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let parts, and what is worth a process, be as small as they can."""
    monkeypatch.setattr(apart, "FEWEST", 1)
    monkeypatch.setattr(apart, "FEWEST_IN_A_PROCESS", 1)


def at_once(problem: Problem) -> Solution:
    """Solve a problem without parts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "FEWEST", 10**6)
        return solve(problem)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_parts_are_as_good_as_the_whole(seed: int) -> None:
    """Each goal comes to what it does when all communities are decided about at once."""
    try:
        problem = bare_problem(Random(seed))
        whole = at_once(problem)
    except ProblemError:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "FEWEST", 1)
        found = solve(problem, workers=1)
    assert [(row.goal, row.value) for row in found.goals] == [(row.goal, row.value) for row in whole.goals]
    assert found.status is whole.status
    assert check(problem, found).ok


def towns(number: int) -> Problem:
    """Return a programme with so many towns, each with its own people and communities."""
    random = Random(number)
    names = [f"t{town}" for town in range(number)]
    people = [f"{town}p{person}" for town in names for person in range(8)]
    return read(
        {
            "format": "trellis-problem/1",
            "round": "2026-Q4",
            "people": [{"id": person} for person in people],
            "programmes": [
                {
                    "id": "groups",
                    "kind": "communities",
                    "communities": [
                        {"id": f"{town}c{place}", "min": 3, "max": 5} for town in names for place in range(2)
                    ],
                    "people": [{"person": person} for person in people],
                    "candidates": [
                        [person, f"{person.split('p')[0]}c{place}", random.randint(1, 30)]
                        for person in people
                        for place in range(2)
                    ],
                }
            ],
        }
    )


@pytest.mark.usefixtures("few")
def test_prices_of_parts_prove_the_whole() -> None:
    """The prices stand in one certificate, and the check verifies it as any other."""
    problem = towns(4)
    solution = solve(problem, workers=1)
    assert solution.status is Status.OPTIMAL
    assert solution.certificates[0].kind is CertificateKind.PRICES
    assert check(problem, solution).ok


@pytest.mark.usefixtures("few")
def test_the_number_of_workers_changes_nothing() -> None:
    """One process or two: the same plan with the same proof."""
    problem = towns(3)
    alone, helped = solve(problem, workers=1), solve(problem, workers=2)
    assert alone.without_statistics() == helped.without_statistics()


@pytest.mark.usefixtures("few")
def test_a_stopped_programme_keeps_every_rule() -> None:
    """What parts have found by then is handed over."""
    problem = towns(3)
    asked = iter([False] * 4)
    solution = solve(problem, should_stop=lambda: next(asked, True), workers=1)
    assert solution.status is Status.CANCELLED
    assert solution.assignments
    assert check(problem, solution).ok
    assert solve(problem, limits=Limits(seconds=0), workers=2).status is Status.TIMED_OUT
