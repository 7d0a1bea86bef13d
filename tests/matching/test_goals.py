"""Every goal, in every order, is what trying all plans gives; the check proves it and finds what is planted."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import candidates, pool
from matching.check import check
from matching.generate import generate
from matching.problem import GoalName, MentoringProgramme, Parity, Previous, Problem, ProblemError
from matching.sentences import Sentences
from matching.solution import GoalValue, Solution, Stage, Status
from matching.solve import Limits, solve
from tests.matching.goal_problems import best_of_all, goal_problems, orders
from tests.matching.problems import one_pair, put, read, shuffled

NETWORKS = tuple(order for order in orders() if "stable" not in order)


@settings(max_examples=150, deadline=None)
@given(goal_problems(NETWORKS))
def test_no_plan_is_better_in_any_order_of_goals(problem: Problem) -> None:
    """The goals reach what trying every plan reaches, in their order, and the check repeats the proof."""
    solution = solve(problem)
    assert solution.status in (Status.OPTIMAL, Status.INFEASIBLE)
    assert tuple(goal.value for goal in solution.goals) == best_of_all(problem)
    assert all(goal.value == goal.bound for goal in solution.goals)
    assert check(problem, Solution.from_json(solution.to_json())).violations == ()


STABLE = tuple(order for order in orders() if "stable" in order)


@settings(max_examples=120, deadline=None)
@given(goal_problems(STABLE))
def test_no_stable_plan_is_better(problem: Problem) -> None:
    """Nobody would rather change, and among such plans no other is better; ties are searched to the end."""
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    assert tuple(goal.value for goal in solution.goals) == best_of_all(problem)
    assert solution.goals[0].value == 0
    assert check(problem, Solution.from_json(solution.to_json())).violations == ()


@settings(max_examples=25, deadline=None)
@given(goal_problems(), st.integers(0, 2**32))
def test_row_order_changes_nothing(problem: Problem, seed: int) -> None:
    """The same problem in another order of rows gives the same bytes, whatever its goals."""
    other = solve(shuffled(problem, seed)).without_statistics()
    assert other.to_json() == solve(problem).without_statistics().to_json()


def market(pairs: list[tuple[str, str, int]], goals: str, **more: Any) -> Problem:
    """Return a problem with these candidates, one place each; `groups` gives mentees their group."""
    groups = more.pop("groups", {})
    programme = {
        "id": "m",
        "kind": "mentoring",
        "mentees": [
            {"person": name, **more.get(name, {})} for name in dict.fromkeys(row[0] for row in pairs)
        ],
        "mentors": [
            {"person": name, **more.get(name, {})} for name in dict.fromkeys(row[1] for row in pairs)
        ],
        "candidates": [list(row) for row in pairs],
        "goals": goals.split(),
        "parity": {"attribute": "group"},
    }
    people = dict.fromkeys(name for row in pairs for name in row[:2])
    return read(
        {
            "format": "trellis-problem/1",
            "round": "2026-Q4",
            "people": [{"id": name, "attributes": {"group": groups.get(name, "")}} for name in people],
            "programmes": [programme],
            "previous": [{"programme": "m", "members": list(pair)} for pair in more.get("previous", [])],
            "locks": [{"programme": "m", "members": list(pair)} for pair in more.get("locks", [])],
        }
    )


def matches(solution: Solution) -> set[tuple[str, ...]]:
    """Return who is with whom."""
    return {tuple(row.members.values()) for row in solution.assignments}


UNEVEN = [("a", "x", 120), ("a", "y", 60), ("b", "x", 60), ("b", "y", 10)]


def test_the_weakest_match_is_raised_at_the_price_of_points() -> None:
    """Nobody is left with a poor match where two fair ones are possible; points alone would have it so."""
    assert matches(solve(market(UNEVEN, "coverage points"))) == {("a", "x"), ("b", "y")}
    fair = solve(market(UNEVEN, "coverage worst_match points"))
    assert matches(fair) == {("a", "y"), ("b", "x")}
    assert [goal.value for goal in fair.goals] == [2, 60, 120]


def test_the_weakest_match_never_costs_somebody_their_place() -> None:
    """Coverage comes first: a poor match stays where it is the only one."""
    poor = solve(market([*UNEVEN, ("c", "z", 1)], "coverage worst_match points"))
    assert [goal.value for goal in poor.goals] == [3, 1, 131]


def test_a_locked_pair_is_not_the_weakest() -> None:
    """What stands anyway says nothing about the pairs that are made."""
    problem = market([*UNEVEN, ("c", "z", 1)], "coverage worst_match points", locks=[("c", "z")])
    assert [goal.value for goal in solve(problem).goals] == [3, 60, 121]


ALL_OF_A = [("a1", "x", 9), ("a2", "y", 9), ("b1", "x", 5), ("b2", "y", 5)]
TWO_GROUPS = {"a1": "A", "a2": "A", "b1": "B", "b2": "B"}


def test_parity_raises_the_group_that_is_worst_off() -> None:
    """Where all places would go to one group, each gets its half of them, and as many are matched."""
    plain = solve(market(ALL_OF_A, "coverage points parity", groups=TWO_GROUPS))
    assert [goal.value for goal in plain.goals] == [2, 18, 0]
    even = solve(market(ALL_OF_A, "coverage parity points", groups=TWO_GROUPS))
    assert [goal.value for goal in even.goals] == [2, 500, 14]


def test_parity_never_levels_down() -> None:
    """A group nobody can help does not keep the other from its matches."""
    alone = market([*ALL_OF_A[:2], ("c", "x", -1)], "parity coverage points", groups={**TWO_GROUPS, "c": "C"})
    solution = solve(dataclasses.replace(alone, bans=()))
    assert [goal.value for goal in solution.goals] == [500, 2, 8]
    hopeless = market([*ALL_OF_A[:2], ("c", "z", 1)], "parity coverage", groups={"c": "C"}, z={"capacity": 0})
    assert [goal.value for goal in solve(hopeless).goals] == [0, 2]


def test_people_of_no_group_are_not_looked_at() -> None:
    """Without the attribute, or without a place, nobody counts as worst off."""
    problem = market([("a", "x", 1), ("b", "x", 1)], "coverage parity", groups={"a": "A"})
    assert [goal.value for goal in solve(problem).goals] == [1, 1000]
    assert matches(solve(problem)) == {("a", "x")}
    empty = market([("a", "x", 1), ("b", "x", 1)], "coverage parity", groups={"b": "B"}, b={"places": 0})
    assert [goal.value for goal in solve(empty).goals] == [1, 1000]


def test_partners_stay_together() -> None:
    """The pairs of the earlier plan are made again, as far as they go, before any number of points."""
    problem = market(UNEVEN, "coverage same_partners points", previous=[("a", "y"), ("a", "gone")])
    solution = solve(problem)
    assert [goal.value for goal in solution.goals] == [2, 1, 120]
    assert solve(market(UNEVEN, "coverage points same_partners", previous=[("a", "y")])).goals[-1].value == 0


def test_partners_stay_together_among_very_many_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the best pairs of each are looked at first, the earlier pairs are among them."""
    problem = generate(mentees=60, mentors=25, seed=5)
    earlier = [tuple(row.members.values()) for row in solve(problem, seed=3).assignments]
    (programme,) = problem.programmes
    goals = (GoalName.COVERAGE, GoalName.SAME_PARTNERS, GoalName.WORST_MATCH, GoalName.POINTS)
    problem = dataclasses.replace(
        problem,
        programmes=(dataclasses.replace(programme, goals=goals),),
        previous=tuple(Previous(programme=programme.id, members=pair) for pair in earlier[::2]),
    )
    whole = solve(problem)
    assert check(problem, whole).ok
    monkeypatch.setattr(candidates, "ALL_CELLS", 0)
    for name in ("BEST_OF_MENTEE", "BEST_OF_PLACE", "ADDED_AT_ONCE"):
        monkeypatch.setattr(pool, name, 1)
    pruned = solve(problem)
    assert pruned.goals == whole.goals
    assert pruned.assignments == whole.assignments
    assert whole.goals[1].value == len(earlier[::2])


REFUSED = {
    "the weakest of nobody": (["points", "worst_match", "coverage"], "goals[1]", "after coverage"),
    "stable too late": (["coverage", "stable"], "goals[1]", "must come first"),
    "stable and even": (["stable", "parity"], "goals[1]", "among stable plans"),
    "parity of nobody": (["coverage", "parity"], "goals[1]", "needs"),
}


@pytest.mark.parametrize(("goals", "path", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_orders_that_mean_nothing_are_refused_by_name(goals: list[str], path: str, sentence: str) -> None:
    """Each with its place and why."""
    content = one_pair()
    put("programmes", 0, "goals", goals)(content)
    if "among" in sentence:
        put("programmes", 0, "parity", {"attribute": "group"})(content)
    with pytest.raises(ProblemError) as error:
        read(content)
    assert error.value.path == f"$.programmes[0].{path}"
    assert sentence in error.value.sentence


@pytest.mark.parametrize("kind", ["group_mentoring", "communities"])
def test_stable_communities_are_refused(kind: str) -> None:
    """Who leaves one may close it for the rest: such a programme says that it cannot have the goal, and why."""
    row = {"id": "g", "kind": kind, "people": [], "communities": [], "goals": ["stable", "coverage"]}
    with pytest.raises(ProblemError, match="none of communities: who leaves one for another may close it"):
        read({"format": "trellis-problem/1", "round": "2026-Q4", "people": [], "programmes": [row]})


def test_parity_is_read_and_written() -> None:
    """The attribute stays in the file; a wrong one is refused."""
    problem = market(ALL_OF_A, "coverage", groups=TWO_GROUPS)
    assert Problem.from_json(problem.to_json()) == problem
    for wrong, path in ((5, ".parity"), ({"attribute": ""}, ".parity.attribute"), ({}, ".parity")):
        content = one_pair()
        put("programmes", 0, "parity", wrong)(content)
        with pytest.raises(ProblemError) as error:
            read(content)
        assert error.value.path == f"$.programmes[0]{path}"


def _stage(solution: Solution, number: int, **changes: Any) -> Solution:
    (row,) = solution.certificates
    stages = list(row.stages)
    stages[number] = dataclasses.replace(stages[number], **changes)
    return _certificate(solution, stages=tuple(stages))


def _certificate(solution: Solution, **changes: Any) -> Solution:
    (row,) = solution.certificates
    return dataclasses.replace(solution, certificates=(dataclasses.replace(row, **changes),))


def _goal(solution: Solution, number: int, value: int) -> Solution:
    goals: list[GoalValue] = list(solution.goals)
    goals[number] = dataclasses.replace(goals[number], value=value, bound=value)
    return dataclasses.replace(solution, goals=tuple(goals))


PLANTED: dict[str, Any] = {
    "a goal too good": (lambda s: _goal(s, 1, s.goals[1].value + 1), "wrong_goal"),
    "a goal too bad": (lambda s: _goal(s, 3, s.goals[3].value - 1), "wrong_goal"),
    "no stages": (lambda s: _certificate(s, stages=()), "not_proved"),
    "stages of others": (lambda s: _stage(s, 0, goal="points"), "not_proved"),
    "no terms": (lambda s: _certificate(s, least_points=None), "not_proved"),
    "terms too narrow": (lambda s: _certificate(s, least_points=61), "not_proved"),
    "another rate": (lambda s: _certificate(s, rate=1), "not_proved"),
    "a step of two": (lambda s: _stage(s, 1, least_points=62), "not_proved"),
    "a step of none": (lambda s: _stage(s, 1, least_points=60), "not_proved"),
    "a bound too low": (lambda s: _stage(s, 1, bound=s.certificates[0].stages[1].bound - 1), "wrong_bound"),
    "a stage with other prices": (lambda s: _stage(s, 1, mentors={"y": 5}), "wrong_bound"),
    "a negative price": (lambda s: _stage(s, 1, mentors={"x": -1}), "wrong_price"),
    "a group that is none": (lambda s: _certificate(s, groups={"Z": 1}), "wrong_price"),
    "a negative group": (lambda s: _certificate(s, groups={"A": -1}), "wrong_price"),
    "weights upside down": (
        lambda s: _certificate(s, weights={"coverage": 1, "points": 1, "same_partners": 1}),
        "wrong_weights",
    ),
    "an unknown weight": (
        lambda s: _certificate(s, weights={"coverage": 1, "points": 1, "x": 1}),
        "wrong_weights",
    ),
}


@pytest.mark.parametrize(("plant", "kind"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found(plant: Any, kind: str) -> None:
    """Values, terms, stages, bounds, prices and weights: none is believed."""
    problem = market(
        UNEVEN,
        "coverage worst_match parity same_partners points",
        groups={"a": "A", "b": "B"},
        previous=[("a", "y"), ("b", "y")],
    )
    solution = solve(problem)
    assert check(problem, solution).violations == ()
    assert [stage.goal for stage in solution.certificates[0].stages] == ["coverage", "worst_match"]
    found = {violation.kind.value for violation in check(problem, plant(solution)).violations}
    assert kind in found


def test_a_plan_that_is_not_the_best_is_found() -> None:
    """The plan of another order of goals, with its own proof, does not pass for this one's."""
    ours, other = market(UNEVEN, "coverage worst_match points"), market(UNEVEN, "coverage points worst_match")
    posed = dataclasses.replace(solve(other), problem_sha256=ours.sha256, goals=solve(ours).goals)
    assert not check(ours, posed).ok


@settings(max_examples=10, deadline=None)
@given(goal_problems())
def test_a_stopped_solve_claims_nothing(problem: Problem) -> None:
    """Without time the answer keeps every rule, and its goals and bounds are true."""
    solution = solve(problem, limits=Limits(seconds=0))
    assert solution.status is Status.TIMED_OUT
    assert check(problem, solution).violations == ()


def test_stages_are_read_and_written() -> None:
    """A stage comes back from the file as it was; a wrong one is refused with its place."""
    solution = solve(market(UNEVEN, "coverage worst_match points"))
    text = solution.to_json()
    assert Solution.from_json(text) == solution
    assert isinstance(solution.certificates[0].stages[0], Stage)
    with pytest.raises(ProblemError) as error:
        Solution.from_json(text.replace('"goal":"worst_match","groups"', '"goal":"","groups"', 1))
    assert error.value.path == "$.certificates[0].stages[1].goal"


def test_who_is_left_out_for_another_goal_is_told_so() -> None:
    """Where points count but do not come first, they are not said to."""
    problem = market([("a", "x", 1), ("b", "y", -1)], "same_partners points", previous=[("a", "x")])
    solution = solve(problem)
    assert matches(solution) == {("a", "x")}
    assert check(problem, solution).ok
    (told,) = [Sentences(problem).cause(row) for row in solution.unmatched if row.person == "b"]
    assert told == "No match of b would serve the goals of this programme better."


@pytest.mark.parametrize("goals", ["coverage worst_match parity points", "stable coverage same_partners"])
def test_a_solve_may_be_stopped_at_any_moment(goals: str) -> None:
    """Whatever has been found by then keeps every rule and claims nothing that is not so."""
    plain = generate(mentees=12, mentors=5, seed=2)
    (programme,) = plain.programmes
    assert isinstance(programme, MentoringProgramme)
    changed = dataclasses.replace(
        programme, goals=tuple(map(GoalName, goals.split())), parity=Parity(attribute="department")
    )
    problem = dataclasses.replace(plain, programmes=(changed,))
    moment, status, matched = 0, Status.CANCELLED, 0
    while status is Status.CANCELLED:
        moment += 1
        asked = iter(range(1, 10_000))
        solution = solve(problem, should_stop=lambda asked=asked, moment=moment: next(asked) >= moment)
        status = solution.status
        assert check(problem, solution).violations == ()
        assert len(solution.assignments) >= matched or goals.startswith("stable")
        matched = max(matched, len(solution.assignments))
    assert status is Status.OPTIMAL
    assert moment > 3


EMPTY: dict[str, Any] = {
    "nobody": ([], []),
    "no mentors": (["a"], []),
    "no mentees": ([], ["x"]),
    "nobody eligible": (["a", "b"], ["x"]),
}


@pytest.mark.parametrize(("mentees", "mentors"), EMPTY.values(), ids=EMPTY.keys())
@pytest.mark.parametrize(
    "goals", ["coverage worst_match parity points same_partners", "parity", "stable points"]
)
def test_empty_programmes_have_a_plan(mentees: list[str], mentors: list[str], goals: str) -> None:
    """Nobody matched is a proved plan where nobody can be."""
    content = {
        "format": "trellis-problem/1",
        "round": "2026-Q4",
        "people": [{"id": name, "attributes": {"group": "A"}} for name in [*mentees, *mentors]],
        "programmes": [
            {
                "id": "m",
                "kind": "mentoring",
                "mentees": [{"person": name} for name in mentees],
                "mentors": [{"person": name} for name in mentors],
                "candidates": [],
                "goals": goals.split(),
                "parity": {"attribute": "group"},
            }
        ],
    }
    solution = solve(read(content))
    assert solution.status is Status.OPTIMAL
    assert solution.assignments == ()
    assert check(read(content), solution).violations == ()


def test_numbers_too_large_to_be_added_are_refused() -> None:
    """A million points a pair and three sums for a thousand: refused before solving rather than counted wrongly."""
    pairs = [(f"a{n}", f"x{n}", 1_000_000) for n in range(1000)]
    earlier = [row[:2] for row in pairs]
    waited = {row[0]: {"rounds_waited": 100} for row in pairs}
    solve(market(pairs[:10], "coverage same_partners points", previous=earlier[:10], **waited))
    with pytest.raises(ProblemError, match="too large to be added"):
        solve(market(pairs, "coverage same_partners points", previous=earlier, **waited))


def test_a_stage_may_not_weigh_goals_that_come_later() -> None:
    """A plan with a better weakest match must not be ruled out for having fewer points."""
    problem = market(UNEVEN, "coverage worst_match points")
    chosen = solve(market(UNEVEN, "coverage points"))
    solution = solve(problem)
    (certificate,) = solution.certificates
    (ended,) = chosen.certificates
    of_points = dataclasses.replace(
        certificate.stages[1],
        least_points=11,
        bound=120,
        weights={"coverage": 0, "points": 1},
        mentees={"a": 60, "b": 0},
        mentors={"x": 60, "y": 0},
    )
    planted = dataclasses.replace(
        certificate,
        stages=(certificate.stages[0], of_points),
        least_points=10,
        **{name: getattr(ended, name) for name in ("bound", "weights", "mentees", "mentors")},
    )
    goals = [
        dataclasses.replace(row, value=value, bound=value)
        for row, value in zip(solution.goals, (2, 10, 130), strict=True)
    ]
    false = dataclasses.replace(
        chosen, problem_sha256=problem.sha256, goals=tuple(goals), certificates=(planted,)
    )
    kinds = {str(row.kind) for row in check(problem, false).violations}
    assert kinds == {"wrong_weights"}
