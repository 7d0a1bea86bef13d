"""Peers whom nothing ties together are decided about apart: the same best plans, proofs and answers."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings

from matching.check import check
from matching.generate import generate
from matching.peers import apart
from matching.peers.apart import SearchApart
from matching.problem import GoalName, PeerProgramme, Problem, Rule, RuleName
from matching.solution import CertificateKind, Status
from matching.solve import solve
from tests.matching.peer_problems import aims, best_plans, listed, peer_problems
from tests.matching.problems import shuffled


@pytest.fixture(autouse=True)
def smallest_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every component be a part of its own."""
    monkeypatch.setattr(apart, "FEWEST", 2)


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Note how many parts each look for a best plan has."""
    parts: list[int] = []
    best = SearchApart.best

    def noted(self: SearchApart, weights: apart.Weights) -> apart.Found:
        parts.append(len(self._groups))
        return best(self, weights)

    monkeypatch.setattr(SearchApart, "best", noted)
    yield parts


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(problem=peer_problems())
def test_no_plan_is_better_than_those_of_all_parts(problem: Problem) -> None:
    """Whatever the sizes of groups and the goals, as by trying every plan, with a proof that is checked."""
    solution = solve(problem)
    best, _plans = best_plans(problem)
    assert solution.status is Status.OPTIMAL
    assert aims(problem, tuple(row.people for row in solution.assignments)) == best
    assert check(problem, solution).ok


def at_sites(*sizes: int, **more: object) -> Problem:
    """Return generated peers at three sites, matched there alone, in groups of these sizes."""
    problem = generate(mentees=30, mentors=10, seed=3, kinds=("peers",))
    (programme,) = problem.programmes
    assert isinstance(programme, PeerProgramme)
    rule = Rule(rule=RuleName.SAME_ATTRIBUTE, name="site")
    return replace(
        problem,
        people=tuple(
            replace(person, attributes={**person.attributes, "site": "abc"[number % 3]})
            for number, person in enumerate(problem.people)
        ),
        programmes=(replace(programme, group_sizes=sizes, rules=(*programme.rules, rule), **more),),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("sizes", [(2,), (2, 3)])
def test_sites_are_as_good_as_the_whole(
    sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch, searched: list[int]
) -> None:
    """The goals and the pairs are those of one search of everybody."""
    problem = at_sites(*sizes)
    solution = solve(problem)
    assert searched and min(searched) >= 3
    monkeypatch.setattr(apart, "FEWEST", 10_000)
    whole = solve(problem)
    assert solution.goals == whole.goals
    assert solution.assignments == whole.assignments
    assert {row.kind for row in solution.certificates} == {CertificateKind.PRICES}
    assert check(problem, solution).ok


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(2, 3)])
def test_workers_change_nothing(sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes side by side give what one process gives, and shuffled rows the same again."""
    monkeypatch.setattr(apart, "FEWEST_IN_A_PROCESS", 10)
    problem = at_sites(*sizes)
    alone = solve(problem, workers=1)
    assert check(problem, alone).ok
    assert solve(problem, workers=2).without_statistics() == alone.without_statistics()
    assert solve(shuffled(problem, 1), workers=1).without_statistics() == alone.without_statistics()


# The prices of these seven show half a unit more than the best triads have.
SEVEN = {
    "bd": 3,
    "be": 2,
    "bf": 2,
    "ce": 2,
    "dg": 3,
    "ef": 2,
    **dict.fromkeys(["ab", "ac", "bc", "bg", "cg", "df", "fg"], 0),
}


def test_what_parts_lose_by_rounding_is_told_as_the_word_of_a_search() -> None:
    """Rounded down, each half is proved; together they are one unit, which prices of the whole do not rule out."""
    problem = listed(SEVEN, sizes=(3,), goals=("points",))
    assert solve(problem).certificates[0].kind is CertificateKind.PRICES
    twice = {pair.upper(): points for pair, points in SEVEN.items()} | SEVEN
    problem = listed(twice, sizes=(3,), goals=("points",))
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    (certificate,) = solution.certificates
    assert certificate.kind is CertificateKind.BOUND
    assert certificate.searched == certificate.bound - 1
    assert check(problem, solution).ok


def test_a_stopped_search_of_parts_keeps_every_rule(searched: list[int]) -> None:
    """Whenever it is stopped there is a plan, and nothing is called the best before it is."""
    problem = at_sites(2, 3)
    asked_in_all = count()
    best = solve(problem, should_stop=lambda: next(asked_in_all) < 0)
    assert best.status is Status.OPTIMAL
    most = next(asked_in_all)
    for moment in range(0, most, max(1, most // 5)):
        asked = count()
        solution = solve(problem, should_stop=lambda asked=asked, moment=moment: next(asked) >= moment)
        assert solution.status is Status.CANCELLED
        assert check(problem, solution).violations == ()
        assert len(solution.assignments) <= len(best.assignments)


def test_stable_sites_are_as_good_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stable plan is held against may come of parts too."""
    problem = at_sites(2, goals=(GoalName.STABLE, GoalName.COVERAGE, GoalName.POINTS))
    solution = solve(problem)
    assert check(problem, solution).ok
    monkeypatch.setattr(apart, "FEWEST", 10_000)
    assert solve(problem).goals == solution.goals


def test_a_rate_ties_everybody(searched: list[int]) -> None:
    """Where every group is to have its share, no part is decided about by itself under that."""
    problem = at_sites(2, 3)
    content = problem.to_json().replace(
        '"goals":["coverage","points"]', '"goals":["coverage","parity","points"]'
    )
    content = content.replace(
        '"kind":"peer_coaching"', '"kind":"peer_coaching","parity":{"attribute":"site"}'
    )
    fair = Problem.from_json(content)
    assert fair != problem
    solution = solve(fair)
    assert solution.status is Status.OPTIMAL
    assert check(fair, solution).ok
    assert searched
