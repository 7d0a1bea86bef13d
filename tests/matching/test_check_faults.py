"""Faults that only an exact check tells apart: locks and what they lift, weights a unit too small, forged kinds."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from matching.check import Violation, check
from matching.check import ViolationKind as Kind
from matching.generate import generate
from matching.problem import (
    Ban,
    CommunitiesProgramme,
    Community,
    CommunityMember,
    GoalName,
    Lock,
    Mentee,
    Mentor,
    MentoringProgramme,
    Peer,
    PeerProgramme,
    Person,
    Problem,
    Programme,
    Rule,
    RuleName,
)
from matching.solution import (
    Assignment,
    Certificate,
    CertificateKind,
    Closed,
    ClosedKind,
    GoalValue,
    OddSet,
    Role,
    Solution,
    Status,
)
from matching.solve import solve
from tests.matching.peer_problems import listed

# Ann and Ben have no language in common, and are matched all the same.

LANGUAGE = (Rule(rule=RuleName.SHARED_LANGUAGE),)
PROGRAMMES: dict[str, Programme] = {
    "mentoring": MentoringProgramme(
        id="m", mentees=(Mentee(person="ann"),), mentors=(Mentor(person="ben"),), rules=LANGUAGE
    ),
    "peers": PeerProgramme(
        id="m", people=(Peer(person="ann"), Peer(person="ben")), rules=LANGUAGE, group_sizes=(2,)
    ),
    "communities": CommunitiesProgramme(
        id="m",
        communities=(Community(id="c", lead="ben", min=1, max=3),),
        people=(CommunityMember(person="ann"),),
        rules=LANGUAGE,
    ),
}
TOGETHER: dict[str, Assignment] = {
    "mentoring": Assignment(programme="m", members={Role.MENTEE: "ann", Role.MENTOR: "ben"}),
    "peers": Assignment(programme="m", people=("ann", "ben")),
    "communities": Assignment(programme="m", people=("ann",), community="c"),
}
LOCKED = {kind: ("ann", "c") if kind == "communities" else ("ann", "ben") for kind in PROGRAMMES}
RULE, REASON = Kind.SHARED_LANGUAGE, Kind.OVERRIDE_WITHOUT_REASON


def matched(kind: str, lock: dict[str, Any] | None, *, apart: dict[str, Any], said: bool) -> set[Kind]:
    """Return what is wrong with the match of Ann and Ben under a lock that the problem itself would refuse."""
    problem = Problem(
        round="2026-Q4",
        people=(Person(id="ann", languages=("en",)), Person(id="ben", languages=("fr",))),
        programmes=(PROGRAMMES[kind],),
        **apart,
    )
    if lock is not None:
        object.__setattr__(problem, "locks", (Lock(programme="m", members=LOCKED[kind], **lock),))
    plan = replace(TOGETHER[kind], locked=said)
    solution = Solution(
        status=Status.TIMED_OUT, problem_sha256=problem.sha256, programmes=("m",), assignments=(plan,)
    )
    found = check(problem, solution).violations
    return {row.kind for row in found if row.where.startswith("assignments[0]")}


@pytest.mark.parametrize("kind", PROGRAMMES)
@pytest.mark.parametrize(
    ("apart", "always"),
    [
        ({}, set()),
        ({"blocks": (("ben", "ann"),)}, {Kind.BLOCK}),
        ({"bans": (Ban(programme="m", members=("ann", "ben")),)}, {Kind.BAN}),
    ],
    ids=["nothing", "block", "ban"],
)
def test_only_an_override_with_a_reason_lifts_a_rule(
    kind: str, apart: dict[str, Any], always: set[Kind]
) -> None:
    """It lifts rules alone: a block and a ban hold beside it, and a lock without it lifts nothing."""
    agreed = {"override": True, "reason": "They asked."}
    assert matched(kind, agreed, apart=apart, said=True) == always
    assert matched(kind, {"reason": "They asked."}, apart=apart, said=True) == always | {RULE}
    assert matched(kind, None, apart=apart, said=False) == always | {RULE}
    assert matched(kind, None, apart=apart, said=True) == always | {RULE, Kind.FALSE_LOCK}
    assert matched(kind, agreed, apart=apart, said=False) == always | {Kind.FALSE_LOCK}
    without_reason = matched(kind, {"override": True, "reason": " "}, apart=apart, said=True)
    assert without_reason == always | {RULE, REASON}


# Weights: the smallest that are large enough, worked out by hand.


def wrong(problem: Problem, solution: Solution, **changes: Any) -> list[Violation]:
    """Return the violations once the certificate says something else."""
    certificate = replace(solution.certificates[0], **changes)
    return list(check(problem, replace(solution, certificates=(certificate,))).violations)


def weights_suffice(problem: Problem, solution: Solution, weights: dict[str, int]) -> bool:
    """Tell whether these weights put the goals in their order."""
    return Kind.WRONG_WEIGHTS not in {row.kind for row in wrong(problem, solution, weights=weights)}


def three_pairs(*goals: str) -> Problem:
    """Return a programme whose best plan has 9 points, covers mentees of worth 1 and 3; none has less than -4."""
    return Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in "abxy"),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=(Mentee(person="a", places=2), Mentee(person="b", rounds_waited=2)),
                mentors=(Mentor(person="x", capacity=2), Mentor(person="y")),
                candidates=(("a", "x", 5), ("a", "y", -2), ("b", "y", 4)),
                goals=tuple(map(GoalName, goals)),
            ),
        ),
    )


def test_coverage_must_outweigh_all_points_between_plans_of_mentoring() -> None:
    """A plan with one match more may lose 9 points and gain -4: a weight of 13 does not rule it out, 14 does."""
    problem = three_pairs("coverage", "points")
    solution = solve(problem)
    assert [goal.value for goal in solution.goals] == [4, 9]
    assert weights_suffice(problem, solution, {"coverage": 14, "points": 1})
    assert not weights_suffice(problem, solution, {"coverage": 13, "points": 1})
    assert weights_suffice(problem, solution, {"coverage": 27, "points": 2})
    assert not weights_suffice(problem, solution, {"coverage": 26, "points": 2})
    assert not weights_suffice(problem, solution, {"coverage": 14, "points": 0})


def test_points_must_outweigh_all_coverage_where_they_come_first() -> None:
    """Coverage of 4 is at stake after the points: 4 is too little for a point, 5 is enough."""
    problem = three_pairs("points", "coverage")
    solution = solve(problem)
    assert weights_suffice(problem, solution, {"points": 5, "coverage": 1})
    assert not weights_suffice(problem, solution, {"points": 4, "coverage": 1})
    alone = three_pairs("points")
    assert weights_suffice(alone, solve(alone), {"points": 1, "coverage": 0})


def test_aims_of_peers_outweigh_what_comes_after_them() -> None:
    """Between plans of two pairs, 2 points and at least -6, there are 8 points; and one triad at the most."""
    problem = listed({"ab": 4, "cd": -3, "ac": 1}, sizes=(2, 3))
    solution = solve(problem)
    assert [goal.value for goal in solution.goals] == [4, 2]
    enough = {"coverage": 18, "triads": 9, "points": 1}
    assert weights_suffice(problem, solution, enough)
    assert not weights_suffice(problem, solution, enough | {"triads": 8})
    assert not weights_suffice(problem, solution, enough | {"coverage": 17})
    assert not weights_suffice(problem, solution, enough | {"points": 0})


def test_aims_of_peers_that_the_programme_does_not_have_weigh_nothing() -> None:
    """Pairs alone have no triads to weigh, and who seeks points alone does not weigh coverage."""
    problem = listed({"ab": 4, "cd": 3}, goals=("points",))
    solution = solve(problem)
    assert weights_suffice(problem, solution, {"coverage": 0, "triads": 0, "points": 1})
    assert not weights_suffice(problem, solution, {"coverage": 0, "triads": 1, "points": 1})
    assert not weights_suffice(problem, solution, {"coverage": 1, "triads": 0, "points": 1})


def two_communities(**more: Any) -> Problem:
    """Return communities whose best plan has 7 points and everybody in; none has less than -4."""
    return Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in "abc"),
        programmes=(
            CommunitiesProgramme(
                id="g",
                communities=(Community(id="x", min=1, max=2), Community(id="y", min=1, max=2)),
                people=tuple(CommunityMember(person=name) for name in "abc"),
                candidates=(("a", "x", 5), ("b", "x", 4), ("b", "y", -1), ("c", "y", -2), ("c", "x", -3)),
                **more,
            ),
        ),
    )


def test_coverage_must_outweigh_all_points_between_plans_of_communities() -> None:
    """The plan has 7 points and none has less than -1 and -3: 11 points are at stake after coverage."""
    problem = two_communities()
    solution = solve(problem)
    assert [goal.value for goal in solution.goals] == [3, 7]
    assert weights_suffice(problem, solution, {"coverage": 12, "points": 1})
    assert not weights_suffice(problem, solution, {"coverage": 11, "points": 1})


# Certificates


@cache
def solved(kind: str) -> tuple[Problem, Solution]:
    """Return a problem of a kind and its proved solution."""
    problem = replace(generate(mentees=12, mentors=5, seed=2, kinds=(kind,)), joint=None)
    return problem, solve(problem)


@pytest.mark.parametrize("kind", ["mentoring", "peers", "communities"])
def test_nothing_is_forced_where_stability_is_no_goal(kind: str) -> None:
    """A certificate that calls the plan the only stable one proves nothing, whatever else it says."""
    problem, solution = solved(kind)
    worth = sum(
        weight * next((goal.value for goal in solution.goals if goal.goal == name), 0)
        for name, weight in solution.certificates[0].weights.items()
    )
    for searched in (None, worth):
        found = wrong(problem, solution, kind=CertificateKind.FORCED, searched=searched)
        assert Kind.NOT_PROVED in {row.kind for row in found}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"people": {"a": -1}}, "certificates[0].people.a"),
        ({"people": {"nobody": 1}}, "certificates[0].people.nobody"),
        ({"odd_sets": (OddSet(members=("a", "b", "c"), price=-1),)}, "certificates[0].odd_sets[0]"),
        ({"odd_sets": (OddSet(members=("a", "b", "c"), price=1, size=4),)}, "certificates[0].odd_sets[0]"),
        ({"odd_sets": (OddSet(members=("a", "b", "b"), price=1),)}, "certificates[0].odd_sets[0].members"),
        ({"odd_sets": (OddSet(members=("a", "b", "z"), price=1),)}, "certificates[0].odd_sets[0].members"),
        ({"scale": 0}, "certificates[0]"),
        ({"people": {"a": 2**62}}, "certificates[0]"),
        ({"odd_sets": (OddSet(members=("a", "b", "c"), price=2**62),)}, "certificates[0]"),
    ],
)
def test_prices_of_peers_that_cannot_be(changes: dict[str, Any], where: str) -> None:
    """Each price that is none is found at its place, and the bound is not looked at."""
    problem = listed({"ab": 4, "cd": 3, "bc": 2})
    found = wrong(problem, solve(problem), **changes)
    assert [(row.kind, row.where) for row in found] == [(Kind.WRONG_PRICE, where)]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"mentors": {"x": -1}}, "certificates[0].mentors.x"),
        ({"mentors": {"a": 1}}, "certificates[0].mentors.a"),
        ({"mentees": {"x": 1}}, "certificates[0].mentees.x"),
        ({"groups": {"A": 1}}, "certificates[0].groups.A"),
        ({"mentees": {"a": -(2**62)}}, "certificates[0]"),
        ({"mentors": {"x": 2**62}}, "certificates[0]"),
    ],
)
def test_prices_of_mentoring_that_cannot_be(changes: dict[str, Any], where: str) -> None:
    """Each price that is none is found at its place, and the bound is not looked at."""
    problem = three_pairs("coverage", "points")
    found = wrong(problem, solve(problem), **changes)
    assert [(row.kind, row.where) for row in found] == [(Kind.WRONG_PRICE, where)]


@pytest.mark.parametrize("searched", [-1, 0, 1])
def test_a_search_is_believed_only_where_prices_allow_it(searched: int) -> None:
    """What branch and bound is said to have shown is what the plan is worth, and not above the prices."""
    problem = two_communities()
    solution = solve(problem)
    worth = solution.certificates[0].bound
    found = wrong(problem, solution, kind=CertificateKind.BOUND, searched=worth + searched)
    assert {row.kind for row in found} == (set() if searched == 0 else {Kind.WRONG_BOUND})
    generous = wrong(problem, solution, kind=CertificateKind.BOUND, bound=worth + 1, searched=worth)
    assert generous == []
    assert {row.kind for row in wrong(problem, solution, bound=worth + 1)} == {Kind.WRONG_BOUND}


# The frame


@pytest.mark.parametrize("name", ["assignments", "unmatched", "closed", "goals", "certificates"])
def test_every_row_is_of_a_programme_that_the_solution_solves(name: str) -> None:
    """Whatever the list: a row of another programme is found at its place, after rows that are right."""
    problem, solution = solved("mentoring")
    strange = {
        "assignments": Assignment(programme="ghosts", people=("p01",)),
        "unmatched": replace(solution.unmatched[0], programme="ghosts"),
        "closed": Closed(programme="ghosts", community="c", kind=ClosedKind.NO_ROOM, eligible=0, needed=1),
        "goals": GoalValue(programme="ghosts", goal="points", value=0, bound=0),
        "certificates": Certificate(programme="ghosts", kind=CertificateKind.BOUND, bound=0),
    }[name]
    rows = getattr(solution, name)
    (found,) = check(problem, replace(solution, **{name: (*rows, strange)})).violations
    assert (found.kind, found.where) == (Kind.UNKNOWN_PROGRAMME, f"{name}[{len(rows)}]")
    assert "ghosts" in found.message


def test_a_programme_is_named_once() -> None:
    """The second time is the violation, and its number is told."""
    problem, solution = solved("mentoring")
    (found,) = check(problem, replace(solution, programmes=("mentoring", "mentoring"))).violations
    assert (found.kind, found.where) == (Kind.DUPLICATE, "programmes[1]")


def test_the_summary_counts_what_was_verified() -> None:
    """Matches, points and people left out are those of the plan, whether it is proved or not."""
    problem = three_pairs("coverage", "points")
    solution = solve(problem)
    assert check(problem, solution).summary.startswith(
        "Matches: 2, each within every rule, for 9 points. People without a match: 0, each with the true cause. "
        "No plan is better"
    )
    stopped = replace(solution, status=Status.FEASIBLE, certificates=())
    assert check(problem, stopped).summary.endswith("It is feasible and does not claim to be the best plan.")
    assert check(problem, replace(solution, goals=())).summary == "1 violation: 1 wrong_goal."
    nothing = replace(solution, goals=(), certificates=())
    assert check(problem, nothing).summary == "2 violations: 1 wrong_goal, 1 no_certificate."
