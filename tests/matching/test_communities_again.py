"""Communities that keep the members of an earlier plan together, as far as the goals before allow."""

import dataclasses
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.check import check
from matching.errors import ProblemError
from matching.problem import CommunitiesProgramme, GoalName, Previous, Problem
from matching.solution import Status
from matching.solve import Limits, solve
from tests.matching.community_problems import bare_problem, best_by_trying_all
from tests.matching.problems import read, shuffled

ORDERS = (
    ("coverage", "same_partners", "points"),
    ("same_partners", "points", "coverage"),
    ("points", "same_partners"),
    ("same_partners",),
)


def again(seed: int) -> Problem | None:
    """Draw a problem of communities with an earlier plan, some of whose people have left."""
    random = Random(seed)
    try:
        problem = bare_problem(random)
    except ProblemError:
        return None
    (programme,) = problem.programmes
    assert isinstance(programme, CommunitiesProgramme)
    named = [row[:2] for row in programme.candidates or ()]
    earlier = random.sample(named, random.randint(0, len(named)))
    goals = tuple(map(GoalName, random.choice(ORDERS)))
    return dataclasses.replace(
        problem,
        programmes=(dataclasses.replace(programme, goals=goals),),
        previous=tuple(Previous(programme="g", members=pair) for pair in [*earlier, ("gone", "closed")]),
    )


@given(seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=150)
def test_no_plan_keeps_more(seed: int) -> None:
    """Every order comes to what trying every plan comes to, and the check agrees."""
    problem = again(seed)
    if problem is None:
        return
    try:
        solution = solve(problem)
    except ProblemError:
        assert problem.locks
        return
    assert tuple(goal.value for goal in solution.goals) == best_by_trying_all(problem)
    assert solution.status is Status.OPTIMAL
    assert check(problem, solution).violations == ()
    assert solve(shuffled(problem, seed)).without_statistics() == solution.without_statistics()


@given(seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=30)
def test_a_stopped_solve_is_true(seed: int) -> None:
    """Without time the answer claims nothing that is not so."""
    problem = again(seed)
    if problem is None:
        return
    try:
        solution = solve(problem, limits=Limits(seconds=0))
    except ProblemError:
        return
    assert check(problem, solution).violations == ()


def test_wrong_counts_and_weights_are_found() -> None:
    """The number kept is counted anew, and must have a weight."""
    for seed in range(100):
        problem = again(seed)
        if problem is not None and not problem.locks and len(problem.previous) > 3:
            solution = solve(problem)
            place = [goal.goal for goal in solution.goals].index("same_partners")
            if solution.goals[place].value:
                break
    wrong = dataclasses.replace(solution.goals[place], value=99, bound=99)
    goals = (*solution.goals[:place], wrong, *solution.goals[place + 1 :])
    found = check(problem, dataclasses.replace(solution, goals=goals)).violations
    assert [row.kind.value for row in found] == ["wrong_goal"]
    (certificate,) = solution.certificates
    for weights in ({"coverage": 1, "points": 1}, {**certificate.weights, "same_partners": 0}):
        other = dataclasses.replace(certificate, weights=weights)
        found = check(problem, dataclasses.replace(solution, certificates=(other,))).violations
        assert "wrong_weights" in {row.kind.value for row in found}


def test_an_earlier_plan_of_triads_disturbs_no_check() -> None:
    """Groups of three in `previous` are no pairs of a mentee and a mentor, and nobody takes them for such."""
    people = [{"id": name} for name in "abc"]
    programme = {
        "id": "g",
        "kind": "peer_coaching",
        "group_sizes": [3],
        "people": [{"person": n} for n in "abc"],
    }
    problem = read(
        {
            "format": "trellis-problem/1",
            "round": "2026",
            "people": people,
            "programmes": [programme | {"criteria": {"skills": 10}}],
            "previous": [{"programme": "g", "members": ["a", "b", "c"]}],
        }
    )
    solution = solve(problem)
    assert len(solution.assignments) == 1
    assert check(problem, solution).violations == ()
