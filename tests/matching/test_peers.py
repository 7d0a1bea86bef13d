"""What the engine claims of peer coaching: the best plan, proved, and the same whatever the row order."""

import random
import time
from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.check import check
from matching.generate import generate
from matching.lots import Lots
from matching.peers import market, search
from matching.problem import PeerProgramme, Problem
from matching.solution import CauseKind, CertificateKind, Role, Solution, Status
from matching.solve import solve
from tests.matching.peer_problems import aims, best_plans, listed, peer_problems, programme_of
from tests.matching.problems import shuffled


def groups_of(solution: Solution) -> tuple[tuple[str, ...], ...]:
    return tuple(row.people for row in solution.assignments)


@settings(max_examples=60, deadline=None)
@given(peer_problems())
def test_no_plan_is_better(problem: Problem) -> None:
    """Coverage, few triads and points reach what trying every plan reaches, and the check finds it proved."""
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    assert aims(problem, groups_of(solution)) == best_plans(problem)[0]
    assert all(goal.value == goal.bound for goal in solution.goals)
    report = check(problem, Solution.from_json(solution.to_json()))
    assert report.ok, report.violations


@settings(max_examples=25, deadline=None)
@given(peer_problems(sizes=[(2,)]))
def test_pairs_are_proved_by_prices_alone(problem: Problem) -> None:
    """Among pairs no gap is left to branch and bound: people and odd sets price everything (Edmonds)."""
    solution = solve(problem)
    assert solution.certificates[0].kind is CertificateKind.PRICES
    assert solution.certificates[0].searched is None


@settings(max_examples=40, deadline=None)
@given(peer_problems(), st.integers(0, 50))
def test_lots_decide_between_equal_plans(problem: Problem, seed: int) -> None:
    """Where prices prove the plan, it has the greatest sum of lots of all that are equal in every aim."""
    solution = solve(problem, seed=seed)
    if solution.certificates[0].kind is not CertificateKind.PRICES:
        return
    people = [row.person for row in programme_of(problem).people]
    lots = Lots("p", people, people, seed)

    def luck(plan: tuple[tuple[str, ...], ...]) -> int:
        total = 0
        for group in plan:
            for a, b in combinations(group, 2):
                first, second = (np.array([people.index(person)]) for person in (a, b))
                total += (2 if len(group) == 2 else 1) * (int(lots.of(first, second)[0]) >> 10)
        return total

    locked = {tuple(sorted(lock.members)) for lock in problem.locks}

    def free(plan: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        return tuple(group for group in plan if group not in locked)

    best = max(luck(free(plan)) for plan in best_plans(problem)[1])
    assert luck(free(groups_of(solution))) == best


@settings(max_examples=12, deadline=None)
@given(peer_problems(), st.integers(0, 2**32))
def test_row_order_changes_nothing(problem: Problem, seed: int) -> None:
    """The same candidates in another order give the same bytes."""
    assert _bytes(solve(shuffled(problem, seed))) == _bytes(solve(problem))


@pytest.mark.parametrize("sizes", [(2,), (2, 3), (3,)])
def test_row_order_changes_nothing_in_a_company(sizes: tuple[int, ...]) -> None:
    """The same people, rules and skills in another order give the same bytes."""
    problem = peers_of(generate(mentees=25, mentors=4, seed=8, kinds=("peers",)), sizes)
    assert _bytes(solve(shuffled(problem, 3))) == _bytes(solve(problem))


def _bytes(solution: Solution) -> str:
    return solution.without_statistics().to_json()


def peers_of(problem: Problem, sizes: tuple[int, ...], most: int = 10_000) -> Problem:
    """Return a generated problem with its peer programme alone, for groups of these sizes."""
    programme = problem.programme("peers")
    assert isinstance(programme, PeerProgramme)
    return replace(
        problem,
        programmes=(replace(programme, group_sizes=sizes, people=programme.people[:most]),),
        history=(),
    )


@settings(max_examples=25, deadline=None)
@given(peer_problems(most=9))
def test_everybody_is_in_a_group_or_has_one_cause(problem: Problem) -> None:
    """Each person stands in one group or once among the unmatched, and nobody waits unsolved."""
    solution = solve(problem)
    grouped = [person for group in groups_of(solution) for person in group]
    left_out = [row.person for row in solution.unmatched]
    assert sorted(grouped + left_out) == [row.person for row in programme_of(problem).people]
    assert {row.role for row in solution.unmatched} <= {Role.PEER}
    assert CauseKind.NOT_SOLVED not in {row.cause.kind for row in solution.unmatched}


@pytest.mark.parametrize("count", [12, 25, 40, 60])
def test_pairs_match_as_a_second_solver_does(count: int) -> None:
    """An exact matching of another library covers as many people for as many points, sparse graphs too."""
    draw = random.Random(count)
    people = [f"{number:02}" for number in range(count)]
    graph = nx.Graph()
    rows = []
    for a, b in combinations(people, 2):
        if draw.random() < 5 / count:
            points = draw.randint(0, 100)
            rows.append((a, b, points))
            graph.add_edge(a, b, weight=10_000 + 2 * points)
    programme = replace(programme_of(listed({}, people="x")), candidates=tuple(rows))
    problem = replace(
        listed({}, people="x"),
        people=tuple(replace(listed({}, people="x").people[0], id=name) for name in people),
        programmes=(
            replace(programme, people=tuple(replace(programme.people[0], person=name) for name in people)),
        ),
    )
    solution = solve(problem)
    matching = nx.max_weight_matching(graph)
    points = sum(graph.edges[pair]["weight"] - 10_000 for pair in matching)
    assert [goal.value for goal in solution.goals] == [2 * len(matching), points]
    assert check(problem, solution).ok


def test_an_odd_number_becomes_one_triad() -> None:
    """Among five who may all be together nobody is left out, and no more than one group has three."""
    pairs = {"".join(pair): 1 for pair in combinations("abcde", 2)}
    assert sorted(map(len, groups_of(solve(listed(pairs, sizes=(2, 3)))))) == [2, 3]
    assert sorted(map(len, groups_of(solve(listed(pairs, sizes=(2,)))))) == [2, 2]


def test_nobody_is_in_a_triad_for_points() -> None:
    """Six people stay in pairs, however much better two triads would be."""
    pairs = {"".join(pair): 0 for pair in combinations("abcdef", 2)}
    pairs |= dict.fromkeys(("ab", "ac", "bc", "de", "df", "ef"), 100)
    assert sorted(map(len, groups_of(solve(listed(pairs, sizes=(2, 3)))))) == [2, 2, 2]


def test_a_pair_and_a_triad_weigh_alike_for_each_person() -> None:
    """A pair counts its points for both, a triad each member's mean of two, added up."""
    pair = solve(listed({"ab": 7})).assignments[0]
    triad = solve(listed({"ab": 7, "ac": 8, "bc": 9}, sizes=(3,))).assignments[0]
    assert (pair.points, triad.points) == (14, 24)


def test_a_triad_needs_all_three_of_its_pairs() -> None:
    """Two candidates do not make a triad; somebody is left out."""
    solution = solve(listed({"ab": 1, "bc": 1}, sizes=(2, 3)))
    assert len(solution.unmatched) == 1
    assert solution.unmatched[0].cause.kind is CauseKind.PLACES_RAN_OUT
    assert solution.unmatched[0].cause.rivals == (({"a", "c"} - {solution.unmatched[0].person}).pop(),)


def test_those_who_waited_come_first() -> None:
    """With one partner for two, the one who was left out before gets them, although the other earns more."""
    assert groups_of(solve(listed({"ab": 100, "bc": 1}, waited={"c": 1}))) == (("b", "c"),)
    points_first = listed({"ab": 100, "bc": 1}, waited={"c": 1}, goals=("points", "coverage"))
    assert groups_of(solve(points_first)) == (("a", "b"),)


def test_who_adds_no_points_is_told_so() -> None:
    """Where points come first, a pair that costs points is not made, and the cause says why."""
    solution = solve(listed({"ab": -1}, goals=("points",)))
    assert [row.cause.kind for row in solution.unmatched] == [CauseKind.NO_GAIN] * 2


def test_two_triangles_joined_by_a_bridge_need_an_odd_set() -> None:
    """Half of every edge of both triangles would be a better fraction; a priced odd set rules it out."""
    pairs = dict.fromkeys(("ab", "ac", "bc", "de", "df", "ef"), 10) | {"cd": 1}
    solution = solve(listed(pairs, goals=("points",)))
    assert [goal.value for goal in solution.goals] == [42]
    assert solution.certificates[0].odd_sets
    assert solution.certificates[0].kind is CertificateKind.PRICES


@pytest.mark.parametrize("sizes", [(2,), (2, 3)])
def test_pricing_finds_what_the_first_groups_lack(
    sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Starting from one pair a person and adding one at a time gives the same goals and the same plan."""
    problem = peers_of(generate(mentees=35, mentors=4, seed=5, kinds=("peers",)), sizes)
    whole = solve(problem)
    monkeypatch.setattr(search, "BEST_OF_PERSON", 1)
    monkeypatch.setattr(search, "ADDED_AT_ONCE", 1)
    monkeypatch.setattr(market, "BLOCK_CELLS", 100)
    pruned = solve(problem)
    assert pruned.goals == whole.goals
    assert pruned.assignments == whole.assignments


def test_too_much_in_question_gives_an_honest_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where branch and bound would not end, the plan is only feasible, and the check agrees with the bound."""
    monkeypatch.setattr(search, "MOST_IN_QUESTION", 0)
    statuses = set()
    for seed in range(2, 6):
        problem = peers_of(generate(mentees=13, mentors=4, seed=seed, kinds=("peers",)), (3,))
        solution = solve(problem)
        statuses.add(solution.status)
        assert check(problem, solution).ok
        if solution.status is Status.FEASIBLE:
            assert solution.certificates[0].kind is CertificateKind.BOUND
            assert solution.certificates[0].searched is None
    assert Status.FEASIBLE in statuses


@pytest.mark.slow
@pytest.mark.parametrize("count", [400, 401])
def test_four_hundred_people_are_proved_in_seconds(count: int) -> None:
    """Pairs, or pairs and one triad: proved by prices within a few seconds of processor time."""
    problem = peers_of(
        generate(mentees=count, mentors=count // 8, seed=3, kinds=("peers",)), (2, 3), most=count
    )
    started = time.process_time()
    solution = solve(problem)
    assert time.process_time() - started < 30
    assert solution.certificates[0].kind is CertificateKind.PRICES
    assert check(problem, solution).ok
