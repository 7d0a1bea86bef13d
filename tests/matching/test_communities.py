"""Communities and group mentoring are solved to the optimum, whatever binds, and the same each time."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.check import check
from matching.generate import generate
from matching.problem import CommunitiesProgramme, Kind, Problem, ProblemError
from matching.solution import CauseKind, CertificateKind, ClosedKind, Solution, Status
from matching.solve import Limits, solve
from tests.matching.community_problems import (
    bare_problem,
    best_by_trying_all,
    crowd,
    full_problem,
    one_community,
)
from tests.matching.problems import read, shuffled

SEEDS = st.integers(0, 2**32)


def built(seed: int) -> Problem | None:
    """Return a random problem, or nothing where its locks are refused as it is read."""
    try:
        return bare_problem(Random(seed))
    except ProblemError:
        return None


@given(seed=SEEDS)
@settings(deadline=None, max_examples=250)
def test_the_plan_is_as_good_as_the_best_of_all(seed):
    """Every goal, in every order, comes to what trying every plan comes to, and the check agrees."""
    problem = built(seed)
    if problem is None:
        return
    best = best_by_trying_all(problem)
    try:
        solution = solve(problem)
    except ProblemError:
        assert best is None or problem.locks
        return
    assert tuple(goal.value for goal in solution.goals) == best
    assert solution.status is Status.OPTIMAL
    assert check(problem, solution).violations == ()


def test_locks_are_refused_only_where_no_plan_keeps_them():
    """A lock that needs more members than there are is an error; every other is kept by the best plan."""
    refused = kept = 0
    for seed in range(500):
        problem = built(seed)
        if problem is None or not problem.locks:
            continue
        try:
            solve(problem)
            kept += 1
        except ProblemError as error:
            refused += 1
            assert error.path == "$.locks"
            assert best_by_trying_all(problem) is None
    assert min(refused, kept) > 5


@given(seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_rules_and_points_are_those_of_the_check(seed):
    """With rules, criteria, leads, history and people of every shape, solver and check agree on everything."""
    problem = full_problem(Random(seed))
    solution = solve(problem)
    assert check(problem, Solution.from_json(solution.to_json())).violations == ()


@given(seed=SEEDS)
@settings(deadline=None, max_examples=20)
def test_the_order_of_rows_changes_nothing(seed):
    """Shuffled rows give the same solution, byte for byte."""
    problem = full_problem(Random(seed))
    again = solve(shuffled(problem, seed % 1000))
    assert again.without_statistics().to_json() == solve(problem).without_statistics().to_json()


def test_prices_nearly_always_prove_the_plan():
    """Of small problems with mixes, blocks and least sizes hardly any needs the word of branch and bound."""
    kinds = []
    for seed in range(200):
        problem = built(seed)
        try:
            kinds += [] if problem is None else [solve(problem).certificates[0].kind]
        except ProblemError:
            continue
    assert kinds.count(CertificateKind.PRICES) > 0.9 * len(kinds)
    assert CertificateKind.BOUND in kinds


@pytest.mark.parametrize(
    ("size", "community", "kind", "told"),
    [
        (2, {"min": 3, "max": 4}, ClosedKind.TOO_FEW, (2, 3, 0)),
        (4, {"min": 0, "max": 0}, ClosedKind.NO_ROOM, (4, 1, 0)),
        (4, {"max": 4, "mix": [{"attribute": "department", "at_least": 3}]}, ClosedKind.TOO_ALIKE, (4, 3, 2)),
        (4, {"max": 1, "mix": [{"attribute": "department", "at_least": 2}]}, ClosedKind.TOO_ALIKE, (4, 2, 2)),
    ],
)
def test_a_closed_community_says_why(size, community, kind, told):
    """Who could have joined is counted, and what was needed."""
    solution = solve(crowd(size, communities=[{"id": "c", **community}]))
    (closed,) = solution.closed
    assert (closed.kind, (closed.eligible, closed.needed, closed.values)) == (kind, told)
    assert {row.cause.kind for row in solution.unmatched} == {CauseKind.NOT_OPENED}


def test_a_community_may_stay_closed_so_that_another_opens():
    """Five people cannot fill two communities of three: one opens with all, and the other is not best."""
    two = [{"id": "c", "min": 3, "max": 5}, {"id": "d", "min": 3, "max": 4}]
    solution = solve(crowd(5, communities=two))
    assert [len(row.people) for row in solution.assignments] == [5]
    assert [(row.community, row.kind) for row in solution.closed] == [("d", ClosedKind.NOT_BEST)]


def test_rivals_hold_the_places_that_ran_out():
    """Who waited longest is in; the one left out is told who holds the places."""
    members = [{"person": f"p0{number}", "rounds_waited": int(number != 2)} for number in range(5)]
    solution = solve(crowd(5, people=members))
    (left_out,) = solution.unmatched
    assert left_out.person == "p02"
    assert left_out.cause.kind is CauseKind.PLACES_RAN_OUT
    assert left_out.cause.rivals == ("p00", "p01", "p03", "p04")


def test_somebody_joins_as_many_communities_as_they_have_places():
    """Two places are two communities; points decide which."""
    three = [{"id": name, "max": 4} for name in "cde"]
    member = {"person": "p00", "places": 2, "wishes": ["e", "c"]}
    solution = solve(crowd(1, communities=three, people=[member], criteria={"wishes": 10}))
    assert [row.community for row in solution.assignments] == ["c", "e"]


def test_people_who_block_each_other_are_never_in_one_community():
    """Nor are people whom a ban names together; who cannot come in is told that it is by conditions."""
    content = json.loads(crowd(2, communities=[{"id": "c", "max": 4}]).to_json())
    for restriction in (
        {"blocks": [["p00", "p01"]]},
        {"bans": [{"programme": "g", "members": ["p00", "p01"]}]},
    ):
        solution = solve(read(content | restriction))
        assert [len(row.people) for row in solution.assignments] == [1]
        assert [row.cause.kind for row in solution.unmatched] == [CauseKind.OWN_CONDITIONS]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"blocks": [["ann", "ben"]]}, "blocked"),
        ({"bans": [{"programme": "g", "members": ["ann", "c"]}]}, "banned"),
        ({"bans": [{"programme": "g", "members": ["ann", "ben", "zed"]}]}, "ruled this pair out"),
        ({"lead": "ann"}, "their own"),
        ({"community": {"min": 2, "max": 5}}, "enough members"),
        ({"community": {"min": 0, "max": 0}}, "one lock too many"),
        ({"member": {"places": 0}}, "one lock too many"),
    ],
)
def test_a_lock_that_nothing_can_keep_is_refused(change, told):
    """No lock overrides a block, a ban, a size or a place, with or without `override`."""
    for override in ({}, {"override": True, "reason": "Agreed."}):
        lock = {"programme": "g", "members": ["ann", "c"], **override}
        with pytest.raises(ProblemError, match=told):
            solve(read(one_community(**change, others=[{"id": "zed"}], locks=[lock])))


def test_an_override_needs_a_reason_and_is_kept():
    """A lock against a rule is refused by name unless it overrides; then the membership stands and counts."""
    lock = {"programme": "g", "members": ["ann", "c"], "reason": "Agreed."}
    rules = [{"rule": "shared_language"}]
    with pytest.raises(ProblemError, match="have a language in common"):
        solve(read(one_community(rules, locks=[lock])))
    problem = read(one_community(rules, locks=[lock | {"override": True}]))
    solution = solve(problem)
    assert (solution.assignments[0].people, solution.assignments[0].locked) == (("ann",), True)
    assert check(problem, solution).violations == ()


def town(mentees: int = 200) -> Problem:
    """Return a generated problem with a programme of communities."""
    return generate(mentees=mentees, mentors=60, seed=5, kinds=("communities",))


def test_a_generated_programme_is_proved():
    """Leads, mixes, least sizes and blocks bind at once, and the prices prove the plan."""
    problem = town()
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    report = check(problem, solution)
    assert report.violations == ()


def test_group_mentoring_is_mentoring_by_the_lead():
    """The skills criterion counts what the lead holds at its level, not what the group is about."""
    skills = {"nodes": [{"id": "sql"}, {"id": "law"}], "edges": []}
    ann = {"wants": [{"skill": "sql", "level": 4}]}
    more = {"ann": ann, "ben": {"holds": [{"skill": "sql", "level": 2}]}, "criteria": {"skills": 100}}
    content = {"skills": skills, "community": {"skills": ["law"]}, **more}
    assert solve(read(one_community(kind="group_mentoring", **content))).assignments[0].points == 50
    assert solve(read(one_community(kind="communities", **content))).assignments[0].points == 0
    content["community"] = {"skills": ["sql"]}
    assert solve(read(one_community(kind="communities", **content))).assignments[0].points == 100
    assert Kind.GROUP_MENTORING in {
        row.kind for row in read(one_community(kind="group_mentoring")).programmes
    }


@pytest.mark.parametrize("stage", ["candidates", "plan", "prices", "branching", "proof"])
def test_a_stopped_solve_hands_over_a_valid_plan(stage):
    """Whenever it is stopped, the plan keeps every rule and claims no more than is shown."""
    problem, seen = town(), []
    solution = solve(
        problem,
        progress=lambda name, done, total, best: seen.append(name),
        should_stop=lambda: stage in seen,
    )
    if stage in seen:
        assert solution.status in (Status.CANCELLED, Status.OPTIMAL)
    assert check(problem, solution).violations == ()
    if stage != "candidates":
        assert len(solution.unmatched) < 20


def test_no_time_still_gives_a_plan_that_keeps_locks():
    """With a limit of nothing the locks stand, and communities that a lock holds open have their members."""
    problem = town()
    programme = problem.programmes[0]
    assert isinstance(programme, CommunitiesProgramme)
    content = json.loads(problem.to_json())
    person = next(row.person for row in programme.people if row.person != programme.communities[0].lead)
    content["locks"] = [{"programme": "communities", "members": [person, programme.communities[0].id]}]
    locked = read(content)
    solution = solve(locked, limits=Limits(seconds=0))
    assert solution.status is Status.TIMED_OUT
    assert person in solution.assignments[0].people
    assert check(locked, solution).violations == ()


def test_progress_counts_people_with_a_community():
    """The last figure told is how many people the plan gives a community."""
    problem, told = town(), []
    solution = solve(problem, progress=lambda _stage, _done, _total, best: told.append(best))
    assert told[-1] == len({person for row in solution.assignments for person in row.people})
    assert sorted(filter(None, told)) == [figure for figure in told if figure]


def test_mentoring_and_communities_are_solved_beside_each_other():
    """Programmes of one file that share no hours budget are one solution."""
    problem = generate(mentees=40, mentors=15, seed=3, kinds=("mentoring", "communities"))
    solution = solve(problem)
    assert solution.programmes == ("communities", "mentoring")
    assert solution.status is Status.OPTIMAL
    assert check(problem, solution).violations == ()
    alone = solve(problem, programme="communities")
    assert alone.certificates[0] == solution.certificates[0]


@pytest.mark.parametrize("missing", ["communities", "people", "both"])
def test_a_programme_of_nobody_or_nothing_is_solved(missing):
    """Without people or without communities there is nothing to decide, and that is proved."""
    empty = {name: [] for name in ("communities", "people") if missing in (name, "both")}
    for candidates in ({}, {"candidates": [], "criteria": {}}):
        problem = crowd(3, **empty, **candidates)
        solution = solve(problem)
        assert solution.status is Status.OPTIMAL
        assert check(problem, solution).violations == ()


def test_the_largest_points_are_added_up_exactly():
    """Weights of ten figures and more still give whole prices, and a proof."""
    candidates = [[f"p{number:02}", "c", 1_000_000 - number % 7] for number in range(40)]
    problem = crowd(40, candidates=candidates, goals=["points", "coverage"])
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    assert solution.goals[0].value == 4_000_000
    assert check(problem, solution).violations == ()
