"""Peers in pairs of whom no two would both rather have each other: always there, best among all such plans."""

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, count, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.alternatives import Aim, alternatives_of
from matching.audit.stability import stability_of
from matching.check import ViolationKind, check
from matching.contrast.anew import Anew
from matching.contrast.question import Contrast
from matching.contrast.records import Answer
from matching.errors import ProblemError
from matching.generate import generate
from matching.problem import GoalName, Peer, PeerProgramme, Previous, Problem
from matching.solution import CauseKind, CertificateKind, GoalValue, Role, Solution, Status
from matching.solve import solve
from matching.watch import Limits, Watch
from tests.matching.peer_problems import Plan, listed, peer_problems, plans, programme_of
from tests.matching.problems import shuffled

SUMS = ("coverage", "points", "same_partners")
ORDERS = tuple(("stable", *order) for size in range(4) for order in permutations(SUMS, size))


@st.composite
def stable_problems(draw: st.DrawFn) -> Problem:
    """Draw pairs of peers with few different points, so that there are ties, and goals after `stable`."""
    problem = draw(peer_problems(most=8, sizes=[(2,)]))
    programme = programme_of(problem)
    steps = draw(st.sampled_from((1, 3, 9)))
    candidates = tuple((a, b, points // steps) for a, b, points in programme.candidates or ())
    names = [row.person for row in programme.people]
    before = draw(st.lists(st.sampled_from(list(combinations(names, 2))), max_size=2)) if names[1:] else []
    goals = tuple(GoalName(goal) for goal in draw(st.sampled_from(ORDERS)))
    return replace(
        problem,
        programmes=(replace(programme, candidates=candidates, goals=goals),),
        previous=tuple(Previous(programme="p", members=pair) for pair in sorted(set(before))),
    )


def blocking(problem: Problem, plan: Plan) -> set[tuple[str, str]]:
    """Return who would both rather have each other, by trying every two."""
    locked = {member for lock in problem.locks for member in lock.members}
    points = points_in(problem)
    has = {member: points[frozenset(group)] for group in plan for member in group if member not in locked}
    blocked = {frozenset(pair) for pair in problem.blocks}
    banned = {frozenset(ban.members) for ban in problem.bans}
    return {
        (a, b)
        for a, b in combinations(sorted(row.person for row in programme_of(problem).people), 2)
        if not {a, b} & locked
        and (pair := frozenset((a, b))) in points
        and pair not in blocked | banned
        and all(points[pair] > has.get(person, -(10**9)) for person in (a, b))
    }


def points_in(problem: Problem) -> Mapping[frozenset[str], int]:
    return {frozenset((a, b)): points for a, b, points in programme_of(problem).candidates or ()}


def values(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """Return what a plan reaches in the goals after `stable`."""
    programme, points = programme_of(problem), points_in(problem)
    waited = {row.person: 1 + row.rounds_waited for row in programme.people}
    before = {frozenset(row.members) for row in problem.previous}
    found = {
        "coverage": sum(waited[member] for group in plan for member in group),
        "points": 2 * sum(points.get(frozenset(group), 0) for group in plan),
        "same_partners": 2 * sum(frozenset(group) in before for group in plan),
    }
    return tuple(found[goal] for goal in programme.goals[1:])


def plan_of(solution: Solution) -> Plan:
    return tuple(row.people for row in solution.assignments)


@settings(max_examples=80, deadline=None)
@given(problem=stable_problems())
def test_the_plan_is_the_best_of_all_stable_plans(problem: Problem) -> None:
    """By trying every plan: there is a stable one, and none is better by the goals that follow."""
    stable = [plan for plan in plans(problem) if not blocking(problem, plan)]
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    assert not blocking(problem, plan_of(solution))
    assert values(problem, plan_of(solution)) == max(values(problem, plan) for plan in stable)
    goals = [goal.value for goal in solution.goals]
    assert goals == [0, *values(problem, plan_of(solution))]
    assert check(problem, solution).ok
    assert stability_of(problem, "p", solution).count == 0
    if solution.certificates[0].kind is CertificateKind.FORCED:
        assert len({frozenset(map(frozenset, plan)) for plan in stable}) == 1


@settings(max_examples=25, deadline=None)
@given(problem=stable_problems(), seed=st.integers(0, 9))
def test_the_order_of_rows_changes_nothing(problem: Problem, seed: int) -> None:
    """Shuffled rows give the same pairs and the same proof."""
    assert solve(shuffled(problem, seed)).without_statistics() == solve(problem).without_statistics()


@settings(max_examples=40, deadline=None)
@given(problem=stable_problems(), data=st.data())
def test_the_check_counts_who_would_rather_change(problem: Problem, data: st.DataObject) -> None:
    """Of any plan put in place of the best: as many as trying every two finds, and no claim passes."""
    solution = solve(problem)
    others = [plan for plan in plans(problem) if blocking(problem, plan)]
    if not others:
        return
    plan = data.draw(st.sampled_from(others))
    points = points_in(problem)
    locked = {frozenset(lock.members) for lock in problem.locks}
    row = solution.assignments[0] if solution.assignments else None
    if row is None:
        return
    changed = replace(
        solution,
        assignments=tuple(
            replace(
                row,
                people=group,
                points=2 * points.get(frozenset(group), 0),
                locked=frozenset(group) in locked,
            )
            for group in sorted(plan)
        ),
        goals=tuple(
            GoalValue(programme="p", goal=goal, value=value, bound=value)
            for goal, value in zip(
                programme_of(problem).goals,
                (-len(blocking(problem, plan)), *values(problem, plan)),
                strict=True,
            )
        ),
    )
    kinds = {(fault.kind, fault.where) for fault in check(problem, changed).violations}
    assert (ViolationKind.NOT_PROVED, "certificates[0]") in kinds
    assert not any(kind is ViolationKind.WRONG_GOAL and where.endswith("stable") for kind, where in kinds)
    lying = replace(changed, goals=solution.goals)
    assert any(fault.where.endswith("stable") for fault in check(problem, lying).violations)


def test_a_plan_that_ties_leave_open_is_not_called_the_only_one() -> None:
    """Three of whom every two fit alike: whoever is left out, nothing forces it."""
    problem = listed({"ab": 5, "ac": 5, "bc": 5}, goals=("stable", "points"))
    solution = solve(problem)
    assert solution.certificates[0].kind is CertificateKind.PRICES
    assert check(problem, solution).ok
    forced = replace(
        solution.certificates[0],
        kind=CertificateKind.FORCED,
        people={},
        odd_sets=(),
        scale=1,
        bound=10,
        weights={"coverage": 0, "triads": 0, "points": 1},
    )
    found = check(problem, replace(solution, certificates=(forced,)))
    assert {fault.kind for fault in found.violations} == {ViolationKind.NOT_PROVED}


def test_a_plan_that_is_forced_says_so() -> None:
    """From the best points down everybody has one choice; a wrong bound and wrong weights are found."""
    problem = listed({"ab": 9, "bc": 8, "cd": 7, "ad": 1}, goals=("stable", "coverage", "points"))
    solution = solve(problem)
    assert plan_of(solution) == (("a", "b"), ("c", "d"))
    (certificate,) = solution.certificates
    assert certificate.kind is CertificateKind.FORCED
    assert check(problem, solution).ok
    for change, kind in (
        ({"bound": certificate.bound + 1}, ViolationKind.WRONG_BOUND),
        ({"weights": {"points": 1}}, ViolationKind.WRONG_WEIGHTS),
        ({"weights": {"coverage": 1, "triads": 0, "points": -1}}, ViolationKind.WRONG_WEIGHTS),
        ({"people": {"a": 1}}, ViolationKind.WRONG_PRICE),
    ):
        wrong = replace(solution, certificates=(replace(certificate, **change),))
        assert kind in {fault.kind for fault in check(problem, wrong).violations}
    plain = listed({"ab": 9, "bc": 8, "cd": 7, "ad": 1})
    certificates = solve(plain).certificates
    fake = replace(solve(plain), certificates=(replace(certificates[0], kind=CertificateKind.FORCED),))
    assert not check(plain, fake).ok


# Whoever of a and c is with d has as much; but with a nobody is left whom c could be with.
OPEN = {"ab": 0, "ac": 3, "ad": 4, "bd": 3, "cd": 4}


def test_ties_go_to_the_goals_that_follow() -> None:
    """A choice among equals that covers more is searched for, where the best plan of all is not stable."""
    problem = listed(OPEN, goals=("stable", "coverage", "points"), waited={"a": 2})
    solution = solve(problem)
    assert plan_of(solution) == (("a", "b"), ("c", "d"))
    (certificate,) = solution.certificates
    assert certificate.kind is CertificateKind.BOUND
    assert certificate.searched is not None and certificate.searched < certificate.bound
    report = check(problem, solution)
    assert report.ok and "branch and bound" in report.summary
    for searched in (certificate.searched - 1, certificate.searched + 1, certificate.bound + 1, None):
        wrong = replace(solution, certificates=(replace(certificate, searched=searched),))
        assert not check(problem, wrong).ok


@pytest.mark.parametrize(
    ("limit", "where"),
    [("MOST_OPEN", "matching.peers.stable_solve"), ("MOST_BRANCHES", "matching.peers.stable_search")],
)
def test_too_many_ties_leave_the_plan_to_lots(
    monkeypatch: pytest.MonkeyPatch, limit: str, where: str
) -> None:
    """Where nothing is searched, or the search gives up, the plan is stable and not called the best."""
    problem = listed(OPEN, goals=("stable", "coverage", "points"), waited={"a": 2})
    monkeypatch.setattr(f"{where}.{limit}", 0)
    solution = solve(problem)
    if limit == "MOST_OPEN":
        assert solution.status is Status.FEASIBLE
        assert plan_of(solution) == (("a", "d"),)
    assert not blocking(problem, plan_of(solution))
    assert check(problem, solution).violations == ()


def test_a_stopped_solve_hands_over_a_stable_plan() -> None:
    """Whenever it is stopped: nobody would rather change, and nothing is called the best."""
    problem = stable_company()
    for moment in (0, 1, 2, 5, 20, 60):
        asked = count()
        solution = solve(problem, should_stop=lambda asked=asked, moment=moment: next(asked) >= moment)
        assert solution.status in (Status.CANCELLED, Status.OPTIMAL)
        assert check(problem, solution).violations == ()
        assert stability_of(problem, solution.programmes[0], solution).count == 0
    assert solve(problem, limits=Limits(seconds=0)).status is Status.TIMED_OUT


def stable_company(*goals: str) -> Problem:
    """Return generated peers in pairs alone whose first goal is to be stable."""
    problem = generate(mentees=40, mentors=12, seed=4, kinds=("peers",))
    programme = next(row for row in problem.programmes if isinstance(row, PeerProgramme))
    order = ("stable", *(goals or ("coverage", "points")))
    return replace(
        problem,
        programmes=(replace(programme, group_sizes=(2,), goals=tuple(map(GoalName, order))),),
    )


def test_a_company_is_solved_checked_and_told_of() -> None:
    """Reasons, the other goals beside it, and why two are not together, for a plan of generated people."""
    problem = stable_company()
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    assert check(problem, solution).ok
    (programme,) = solution.programmes
    by_aim = {row.aim: row for row in alternatives_of(problem, programme, solution, Watch(Limits()))}
    assert by_aim[Aim.CHOSEN].blocking == 0
    assert by_aim[Aim.MOST_POINTS].coverage >= by_aim[Aim.CHOSEN].coverage
    for row in solution.unmatched:
        assert row.role is Role.PEER
        assert row.cause.kind in (
            CauseKind.PLACES_RAN_OUT,
            CauseKind.NO_ELIGIBLE_PARTNER,
            CauseKind.OWN_CONDITIONS,
        )
    contrast = Contrast(Anew(problem, solution), programme)
    first, second = solution.assignments[0].people[0], solution.assignments[1].people[0]
    (found,) = contrast.why_not(first, second)
    assert found.answer in (Answer.NOT_ALLOWED, Answer.COSTS, Answer.COSTS_NOTHING, Answer.BETTER)


def test_a_plain_plan_has_a_stable_one_beside_it() -> None:
    """What it would cost that nobody would rather change is told of pairs, and of pairs alone."""
    problem = stable_company()
    (programme,) = problem.programmes
    plain = replace(programme, goals=(GoalName.COVERAGE, GoalName.POINTS))
    for sizes, offered in (((2,), True), ((2, 3), False), ((3,), False)):
        asked = replace(problem, programmes=(replace(plain, group_sizes=sizes),))
        solution = solve(asked)
        found = {row.aim: row for row in alternatives_of(asked, programme.id, solution, Watch(Limits()))}
        assert (Aim.STABLE in found) == offered
        if offered:
            assert found[Aim.STABLE].blocking == 0
            assert found[Aim.STABLE].points <= found[Aim.CHOSEN].points


@pytest.mark.parametrize(
    ("sizes", "goals", "people", "reason"),
    [
        ((2, 3), ("stable", "points"), (Peer(person="a"),), "two of a triad"),
        ((3,), ("stable",), (Peer(person="a"),), "two of a triad"),
        ((2,), ("coverage", "stable"), (Peer(person="a"),), "must come first"),
        ((2,), ("stable",), (Peer(person="a", required=True),), "somebody must be matched"),
    ],
)
def test_what_cannot_be_stable_is_refused_by_name(sizes, goals, people, reason) -> None:
    """Triads, a goal before it and people who must be matched: each with its reason."""
    with pytest.raises(ProblemError, match=reason):
        replace(
            listed({}, people="a"),
            programmes=(
                PeerProgramme(
                    id="p", group_sizes=sizes, people=people, goals=tuple(GoalName(goal) for goal in goals)
                ),
            ),
        )


@pytest.mark.parametrize(
    ("kind", "rows"), [("peer_coaching", "people"), ("mentoring", "mentees")], ids=["peers", "mentoring"]
)
def test_a_file_without_rows_is_refused_as_such(kind: str, rows: str) -> None:
    """A stable programme of nothing is told what is missing, as any other."""
    programme = {"id": "p", "kind": kind, "goals": ["stable"], "mentors": [], rows: None}
    if kind == "peer_coaching":
        del programme["mentors"]
    content = {"format": "trellis-problem/1", "round": "2026-Q4", "people": [], "programmes": [programme]}
    with pytest.raises(ProblemError) as error:
        Problem.from_json(json.dumps(content))
    assert error.value.path == f"$.programmes[0].{rows}"


@pytest.mark.parametrize("goals", ORDERS)
def test_nobody_and_one_person_are_stable(goals: tuple[str, ...]) -> None:
    """There is nothing to do, and that is proved."""
    for people in ("", "a", "ab"):
        problem = listed({}, people=people, goals=goals)
        solution = solve(problem)
        assert solution.assignments == ()
        assert check(problem, solution).ok
