"""The goal `stable`: nobody would rather change, the best of such plans, and what the check says of its proofs."""

import dataclasses
from typing import Any

import pytest

from matching import candidates, pool, stable_solve
from matching.check import check
from matching.generate import generate
from matching.problem import GoalName, Problem
from matching.solution import CertificateKind, Solution, Status
from matching.solve import solve
from tests.matching.test_goals import market, matches

RANKED = [("a", "x", 9), ("a", "y", 8), ("b", "x", 7)]
TIED = [("a", "x", 9), ("b", "x", 9), ("a", "y", 8), ("b", "z", 1)]


def test_two_who_want_each_other_most_are_together() -> None:
    """The plan of most points would part them for the sake of the others."""
    assert matches(solve(market(RANKED, "coverage points"))) == {("a", "y"), ("b", "x")}
    solution = solve(market(RANKED, "stable coverage points"))
    assert matches(solution) == {("a", "x")}
    assert [goal.value for goal in solution.goals] == [0, 1, 9]
    assert solution.certificates[0].kind is CertificateKind.FORCED


def test_ties_are_chosen_by_the_goals_that_follow() -> None:
    """Either may have the mentor both want; the choice that matches more people, or earns more, is taken."""
    solution = solve(market(TIED, "stable coverage points"))
    assert matches(solution) == {("a", "y"), ("b", "x")}
    assert check(market(TIED, "stable coverage points"), solution).ok
    again = market(TIED, "stable same_partners points", previous=[("a", "x")])
    assert matches(solve(again)) == {("a", "x"), ("b", "z")}


def test_locks_are_fixed_and_wanted_by_nobody() -> None:
    """A locked pair is no reason to rather have somebody else, and takes its places."""
    problem = market(RANKED, "stable coverage points", locks=[("b", "x")])
    assert matches(solve(problem)) == {("a", "y"), ("b", "x")}
    assert check(problem, solve(problem)).ok


def test_whoever_must_be_matched_cannot_wait_for_a_stable_plan() -> None:
    """The two wishes contradict each other, and that is said when the problem is read."""
    with pytest.raises(ValueError, match="must be matched"):
        market(RANKED, "stable coverage points", b={"required": True})


def _gap() -> Problem:
    """Return a problem whose best stable plan has fewer points than prices can show."""
    pairs = [("a", "x", 9), ("b", "x", 9), ("a", "y", 8), ("b", "y", 7), ("c", "y", 6), ("c", "x", 5)]
    return market([*pairs, ("d", "w", 9), ("d", "v", 8), ("e", "w", 7)], "stable points")


def test_a_search_proves_what_prices_do_not() -> None:
    """Prices are of plans that need not be stable; the difference rests on branch and bound, and is said to."""
    problem = _gap()
    solution = solve(problem)
    (certificate,) = solution.certificates
    assert solution.status is Status.OPTIMAL
    assert certificate.kind is CertificateKind.BOUND
    assert certificate.searched == solution.goals[1].value < certificate.bound
    assert "branch and bound" in check(problem, solution).summary


def test_too_many_ties_leave_the_plan_unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a search would take too long the plan is stable all the same, and claims no more."""
    monkeypatch.setattr(stable_solve, "MOST_OPEN", 1)
    problem = _gap()
    solution = solve(problem)
    assert solution.status is Status.FEASIBLE
    assert solution.goals[0].value == solution.goals[0].bound == 0
    assert solution.goals[1].bound >= solution.goals[1].value
    assert check(problem, solution).violations == ()


def test_very_many_pairs_are_looked_at_by_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting from one candidate a person, whoever would rather change is found among all pairs."""
    problem = generate(mentees=60, mentors=25, seed=5)
    (programme,) = problem.programmes
    goals = (GoalName.STABLE, GoalName.COVERAGE)
    problem = dataclasses.replace(problem, programmes=(dataclasses.replace(programme, goals=goals),))
    monkeypatch.setattr(candidates, "ALL_CELLS", 0)
    for name in ("BEST_OF_MENTEE", "BEST_OF_PLACE"):
        monkeypatch.setattr(pool, name, 1)
    solution = solve(problem)
    assert solution.goals[0].value == 0
    assert check(problem, solution).violations == ()


def _changed(solution: Solution, **changes: Any) -> Solution:
    (row,) = solution.certificates
    return dataclasses.replace(solution, certificates=(dataclasses.replace(row, **changes),))


FORCED, SEARCHED = market(RANKED, "stable coverage points"), _gap()
PLANTED: dict[str, Any] = {
    "another bound": (FORCED, lambda s: _changed(s, bound=s.certificates[0].bound + 1), "wrong_bound"),
    "other weights": (FORCED, lambda s: _changed(s, weights={"points": 1}), "wrong_weights"),
    "prices of what is forced": (FORCED, lambda s: _changed(s, mentors={"x": 1}), "wrong_price"),
    "forced by nothing": (SEARCHED, lambda s: _changed(s, kind=CertificateKind.FORCED), "not_proved"),
    "prices that prove it": (SEARCHED, lambda s: _changed(s, kind=CertificateKind.PRICES), "not_proved"),
    "no search": (SEARCHED, lambda s: _changed(s, searched=None), "not_proved"),
    "a search that found more": (
        SEARCHED,
        lambda s: _changed(s, searched=s.certificates[0].searched + 1),
        "not_proved",
    ),
    "a search that found less": (SEARCHED, lambda s: _changed(s, searched=0), "wrong_bound"),
    "a bound that is too low": (
        SEARCHED,
        lambda s: _changed(s, bound=s.certificates[0].bound - 1),
        "wrong_bound",
    ),
}


@pytest.mark.parametrize(("problem", "plant", "kind"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found(problem: Problem, plant: Any, kind: str) -> None:
    """Kind, bound, weights, prices and search: none is believed."""
    solution = solve(problem)
    assert check(problem, solution).violations == ()
    assert kind in {row.kind.value for row in check(problem, plant(solution)).violations}


def test_a_plan_somebody_would_leave_is_found() -> None:
    """The plan of most points does not pass for a stable one, whatever it says of itself."""
    problem, other = market(RANKED, "stable coverage points"), market(RANKED, "coverage points")
    solution = solve(other)
    goals = (dataclasses.replace(solution.goals[0], goal="stable", value=0, bound=0), *solution.goals)
    posed = dataclasses.replace(solution, problem_sha256=problem.sha256, goals=goals)
    kinds = {row.kind.value for row in check(problem, posed).violations}
    assert {"wrong_goal", "not_proved"} <= kinds
    honest = dataclasses.replace(goals[0], value=-1, bound=-1)
    posed = dataclasses.replace(posed, goals=(honest, *solution.goals))
    assert "not_proved" in {row.kind.value for row in check(problem, posed).violations}


def test_a_search_may_do_without_any_price() -> None:
    """Two who both cost a point want the one place: a plan without them would be better, but not stable."""
    problem = market([("a", "x", -1), ("b", "x", -1)], "stable points")
    solution = solve(problem)
    assert [goal.value for goal in solution.goals] == [0, -1]
    assert not solution.certificates[0].mentors
    assert check(problem, solution).violations == ()
