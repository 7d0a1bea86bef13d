"""Stability: blocking pairs are those of the definition, pair by pair, and known examples are what they are."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.assignment import Instance, blocking_pairs
from benchmarks.instances import Reading, arrays_of
from matching.__main__ import main
from matching.audit.blocking import NAMED_PAIRS
from matching.audit.matches import matches_in
from matching.audit.stability import stability_of
from matching.errors import ProblemError
from matching.generate import generate
from matching.problem import (
    CommunitiesProgramme,
    Community,
    GoalName,
    Lock,
    Mentee,
    Mentor,
    MentoringProgramme,
    PeerProgramme,
    Person,
    Problem,
)
from matching.score_table import rows as score_rows
from matching.solution import Assignment, Role, Solution, Status
from matching.solve import solve
from matching.watch import Limits, Stopped, Watch
from tests.matching.community_problems import bare_problem
from tests.matching.peer_problems import listed, peer_problems
from tests.matching.problems import bare_problems, shuffled

FREE, SHUT = float("-inf"), float("inf")
Blocking = set[tuple[str, str]]


def thinned(problem: Problem, seed: int) -> Solution:
    """Return a solution that has lost some of its matches, but no locked one."""
    random = Random(seed)
    solution = solve(problem)
    kept = tuple(row for row in solution.assignments if row.locked or random.random() < 0.6)
    return replace(solution, assignments=kept)


def points_by_pair(problem: Problem) -> dict[tuple[str, str], int]:
    """Return the points of every candidate, from the table that `score` writes."""
    return {(str(row[1]), str(row[2])): int(row[3]) for row in score_rows(problem, None)}


def has(matches: Iterable[tuple[int, bool]], places: int) -> float:
    """Return what somebody has to lose, from the points of their matches and whether each is locked."""
    own = list(matches)
    if len(own) < places:
        return FREE
    return min((points for points, locked in own if not locked), default=SHUT)


def blocking_by_definition(problem: Problem, solution: Solution) -> Blocking:
    """Look at every mentee with every mentor, one pair after another."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    points = points_by_pair(problem)
    locked = {lock.members for lock in problem.locks}
    pairs = [(row.members[Role.MENTEE], row.members[Role.MENTOR]) for row in solution.assignments]
    worth = {(a, b): (points.get((a, b), 0), (a, b) in locked) for a, b in pairs}
    of_mentee = {
        row.person: has((w for (a, _b), w in worth.items() if a == row.person), row.places)
        for row in programme.mentees
    }
    of_mentor = {
        row.person: has((w for (_a, b), w in worth.items() if b == row.person), row.capacity)
        for row in programme.mentors
    }
    return {
        (a, b)
        for (a, b), found in points.items()
        if (a, b) not in worth and found > of_mentee[a] and found > of_mentor[b]
    }


@given(bare_problems(), st.integers(0, 9))
@settings(max_examples=150, deadline=None)
def test_blocking_pairs_of_mentoring_are_those_of_the_definition(problem: Problem, seed: int) -> None:
    """Places, capacity, locks, bans, negative points, and plans that leave places empty."""
    solution = thinned(problem, seed)
    expected = blocking_by_definition(problem, solution)
    found = stability_of(problem, "m", solution)
    assert found.count == len(expected)
    assert {(row.first.who, row.second.who) for row in found.worst} == expected
    assert found.people == len({person for pair in expected for person in pair})


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_blocking_pairs_by_criteria_are_those_of_the_definition(seed: int) -> None:
    """With rules and criteria the points of all pairs are looked at, however few the solver saw."""
    problem = generate(mentees=40, mentors=14, seed=seed)
    for solution in (solve(problem), thinned(problem, seed)):
        expected = blocking_by_definition(problem, solution)
        found = stability_of(problem, "mentoring", solution)
        assert found.count == len(expected)
        assert len(found.worst) == min(NAMED_PAIRS, len(expected))
        assert {(row.first.who, row.second.who) for row in found.worst} <= expected


def test_the_benchmark_counts_the_same() -> None:
    """One definition: the benchmark's count for all solvers is ours."""
    problem = generate(mentees=60, mentors=25, seed=5, candidates_each=12)
    solution = solve(problem)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    instance: Instance = arrays_of(Reading(problem, ""))
    number = {(a, b): index for index, (a, b, _points) in enumerate(programme.candidates or ())}
    chosen = [number[row.members[Role.MENTEE], row.members[Role.MENTOR]] for row in solution.assignments]
    assert (
        stability_of(problem, programme.id, solution).count == blocking_pairs(instance, np.array(chosen)) > 0
    )


@given(bare_problems(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_goal_leaves_no_blocking_pair(problem: Problem, points_next: bool) -> None:
    """One definition: where the programme seeks a stable plan, the audit finds that it has one."""
    (programme,) = problem.programmes
    later = (GoalName.POINTS,) if points_next else (GoalName.COVERAGE, GoalName.POINTS)
    stable = replace(programme, goals=(GoalName.STABLE, *later))
    problem = replace(problem, programmes=(stable,))
    solution = solve(problem)
    assert solution.status is Status.OPTIMAL
    reached = next(row.value for row in solution.goals if row.goal == GoalName.STABLE)
    assert stability_of(problem, "m", solution).count == -reached == 0


def pairs_of(*candidates: tuple[str, str, int], capacity: int = 1) -> Problem:
    """Return a mentoring problem of these candidates."""
    mentees, mentors = {row[0] for row in candidates}, {row[1] for row in candidates}
    return Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in mentees | mentors),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=tuple(Mentee(person=name) for name in mentees),
                mentors=tuple(Mentor(person=name, capacity=capacity) for name in mentors),
                candidates=candidates,
            ),
        ),
    )


def test_the_best_sum_may_be_unstable() -> None:
    """The two who fit best are kept apart for the sum: both would leave, and what each gains is told."""
    problem = pairs_of(("a", "x", 10), ("a", "y", 9), ("b", "x", 8), ("b", "y", 1))
    found = stability_of(problem, "m", solve(problem))
    (pair,) = found.worst
    assert (pair.first.who, pair.first.gain, pair.first.instead) == ("a", 1, ("y",))
    assert (pair.second.who, pair.second.gain, pair.second.instead) == ("x", 2, ("b",))
    assert (found.count, found.people, pair.points) == (1, 2, 10)


def test_the_best_sum_may_be_stable() -> None:
    """Where everybody has their best, nobody blocks; equal points block nothing."""
    problem = pairs_of(("a", "x", 10), ("a", "y", 9), ("b", "x", 9), ("b", "y", 9))
    assert stability_of(problem, "m", solve(problem)).count == 0


def test_the_worst_pairs_come_first() -> None:
    """By the lesser gain of the two; the list ends at twenty and the count does not."""
    problem = pairs_of(*((f"a{n:02}", f"x{n:02}", n) for n in range(30)))
    nobody = replace(solve(problem), assignments=())
    found = stability_of(problem, "m", nobody)
    assert (found.count, found.people) == (30, 60)
    assert [row.points for row in found.worst] == list(range(29, 9, -1))


def test_the_order_of_rows_changes_nothing() -> None:
    """Also which of many equal pairs are named."""
    problem = generate(mentees=40, mentors=14, seed=2)
    solution = solve(problem)
    again = shuffled(problem, 4)
    assert stability_of(again, "mentoring", solution) == stability_of(problem, "mentoring", solution)


def test_a_solution_of_strangers_is_refused() -> None:
    """A match of people who are not in the programme is no match of it."""
    problem = pairs_of(("a", "x", 10))
    stranger = Assignment(programme="m", members={Role.MENTEE: "a", Role.MENTOR: "z"})
    wrong = replace(solve(problem), assignments=(stranger,))
    with pytest.raises(ProblemError, match="does not fit programme m"):
        stability_of(problem, "m", wrong)


def test_it_stops_when_asked() -> None:
    """A count of some pairs would say nothing, so there is none."""
    problem = generate(mentees=20, mentors=9, seed=2)
    solution = solve(problem)
    with pytest.raises(Stopped):
        stability_of(problem, "mentoring", solution, Watch(Limits(), should_stop=lambda: True))


def peers_by_definition(problem: Problem, solution: Solution) -> Blocking:
    """Look at every two people, one pair after another; what a group is to somebody counts twice."""
    (programme,) = problem.programmes
    assert isinstance(programme, PeerProgramme)
    blocked = {frozenset(pair) for pair in problem.blocks} | {frozenset(ban.members) for ban in problem.bans}
    points = {frozenset(row[:2]): row[2] for row in programme.candidates or ()}
    locked = {frozenset(lock.members) for lock in problem.locks}
    least: dict[str, float] = {row.person: FREE for row in programme.people}
    for group in solution.assignments:
        for person in group.people:
            own = [points.get(frozenset((person, other)), 0) for other in group.people if other != person]
            least[person] = SHUT if frozenset(group.people) in locked else 2 * sum(own) / len(own)
    return {
        (a, b)
        for a, b in combinations(sorted(least), 2)
        if frozenset((a, b)) in points
        and frozenset((a, b)) not in blocked
        and 2 * points[frozenset((a, b))] > max(least[a], least[b])
    }


@given(peer_problems(sizes=((2,), (2, 3))), st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_blocking_pairs_of_peers_are_those_of_the_definition(problem: Problem, seed: int) -> None:
    """Means of pairs and triads, locked groups, people without a group."""
    solution = thinned(problem, seed)
    expected = peers_by_definition(problem, solution)
    found = stability_of(problem, "p", solution)
    assert found.applies
    assert found.count == len(expected)
    assert {(row.first.who, row.second.who) for row in found.worst} == set(sorted(expected)[:20]) or (
        len(expected) > NAMED_PAIRS
    )


def test_two_of_a_triad_may_want_to_be_a_pair() -> None:
    """Whom both would leave is the third, and half points are told as halves."""
    problem = listed({"ab": 9, "ac": 4, "bc": 1}, sizes=(2, 3))
    solution = solve(problem)
    assert solution.assignments[0].people == ("a", "b", "c")
    found = stability_of(problem, "p", solution)
    (pair,) = found.worst
    assert (pair.first.gain, pair.second.gain, found.scale) == (18 - 13, 18 - 10, 2)
    assert pair.first.instead == ("b", "c")


def test_triads_alone_have_no_blocking_pairs() -> None:
    """No pair could leave to be one, and the record says that it was not looked at."""
    problem = listed({"ab": 9, "ac": 4, "bc": 1}, sizes=(3,))
    found = stability_of(problem, "p", solve(problem))
    assert (found.applies, found.count) == (False, 0)


def memberships_by_definition(problem: Problem, solution: Solution) -> Blocking:
    """Try everybody in every open community, beside all members or in the place of one of them."""
    (programme,) = problem.programmes
    assert isinstance(programme, CommunitiesProgramme)
    points = {(person, name): worth for person, name, worth in programme.candidates or ()}
    locked = {lock.members for lock in problem.locks}
    members = {row.community or "": set(row.people) for row in solution.assignments}
    found = set()
    for person, community in product(programme.people, programme.communities):
        name, inside = person.person, members.get(community.id, set())
        own = [
            (points.get((name, other), 0), (name, other) in locked)
            for other, there in members.items()
            if name in there
        ]
        worth = points.get((name, community.id))
        if not inside or name in inside or not may_join(problem, community, name):
            continue
        if worth is None or worth <= has(own, person.places):
            continue
        if len(inside) < community.max:
            ways = [inside | {name}]
        else:
            ways = [
                inside - {other} | {name}
                for other in inside
                if (other, community.id) not in locked and worth > points.get((other, community.id), 0)
            ]
        if any(not apart(problem, way, name) and has_mixes(problem, community, way) for way in ways):
            found.add((name, community.id))
    return found


def may_join(problem: Problem, community: Community, person: str) -> bool:
    bans = {frozenset(row) for row in [*problem.blocks, *(ban.members for ban in problem.bans)]}
    with_whom = {frozenset((person, community.id)), frozenset((person, community.lead))}
    return person != community.lead and not bans & with_whom


def apart(problem: Problem, people: set[str], new: str) -> bool:
    pairs = [*problem.blocks, *(ban.members for ban in problem.bans)]
    return any(new in pair and len(set(pair) & people) > 1 for pair in pairs)


def has_mixes(problem: Problem, community: Community, people: set[str]) -> bool:
    of = {person.id: person for person in problem.people}
    for mix in community.mix:
        values = {
            of[name].department if mix.attribute == "department" else of[name].attributes.get(mix.attribute)
            for name in people
        }
        if len(values - {None}) < mix.at_least:
            return False
    return True


def some_plan(problem: Problem, random: Random) -> tuple[Problem, Solution]:
    """Return a plan drawn at random that keeps sizes, mixes and people apart, one membership of it locked."""
    (programme,) = problem.programmes
    assert isinstance(programme, CommunitiesProgramme)
    places = {row.person: row.places for row in programme.people}
    open_with: dict[str, set[str]] = {}
    for community in programme.communities:
        inside: set[str] = set()
        for person, name, _points in random.sample(
            programme.candidates or (), len(programme.candidates or ())
        ):
            fits = name == community.id and places[person] > 0 and len(inside) < community.max
            if (
                fits
                and may_join(problem, community, person)
                and not apart(problem, inside | {person}, person)
            ):
                inside.add(person)
        if has_mixes(problem, community, inside):
            open_with[community.id] = inside
            places |= {person: places[person] - 1 for person in inside}
    joined = sorted((person, name) for name, inside in open_with.items() for person in inside)
    locks = tuple(Lock(programme="g", members=cell) for cell in joined[: random.choice((0, 0, 1))])
    rows = tuple(
        Assignment(programme="g", people=tuple(sorted(inside)), community=name)
        for name, inside in open_with.items()
        if inside
    )
    return replace(problem, locks=locks), Solution(
        status=Status.FEASIBLE, problem_sha256="", assignments=rows
    )


def test_blocking_memberships_are_those_of_the_definition() -> None:
    """Room, weaker members, mixes, leads, blocks, bans and locks, by trying every exchange."""
    seen, exchanged = 0, 0
    for seed in range(400):
        random = Random(seed)
        try:
            problem, solution = some_plan(replace(bare_problem(random), locks=()), random)
        except ProblemError:
            continue
        expected = memberships_by_definition(problem, solution)
        found = stability_of(problem, "g", solution)
        assert {(row.first.who, row.second.who) for row in found.worst} == expected, seed
        assert found.count == len(expected)
        seen += len(expected)
        exchanged += sum(bool(row.second.instead) for row in found.worst)
    assert seen > 40
    assert exchanged > 5


@pytest.mark.parametrize("kind", ["mentoring", "peers", "communities"])
def test_what_a_match_is_to_its_people_adds_up(kind: str) -> None:
    """Points are computed from the problem, and are those that the solution gives the whole match."""
    problem = generate(mentees=40, mentors=20, seed=3, kinds=[kind])
    solution = solve(problem)
    (programme,) = problem.programmes
    matches = matches_in(problem, programme, Watch(Limits())).of(solution)
    points = sum(match.points for match in matches)
    sides = 2 if kind in ("mentoring", "peers") else 1
    assert points == sides * sum(row.points for row in solution.assignments) > 0


def test_the_command_tells_who_blocks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for the programme, one for what no pair exceeds, one for each of the worst."""
    problem = pairs_of(("a", "x", 10), ("a", "y", 9), ("b", "x", 8), ("b", "y", 1))
    assert told(problem, tmp_path, capsys) == [
        "m: 1 pair of 2 people blocks: eligible, not matched, and both would rather have each other.",
        "  Nowhere would both sides gain more than 1 point.",
        "  a with x, 10 points: a would gain 1 point instead of y; x would gain 2 points instead of b.",
    ]
    stable = pairs_of(("a", "x", 10))
    assert told(stable, tmp_path, capsys) == [
        "m: stable; no two people would both rather have each other than those they have."
    ]


def test_the_command_tells_halves_of_points(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a triad is to somebody is a mean; triads alone are not looked at, and that is said."""
    triad = listed({"ab": 9, "ac": 4, "bc": 1}, sizes=(2, 3))
    assert told(triad, tmp_path, capsys)[2] == (
        "  a with b, 9 points: a would gain 2.5 points instead of b and c; b would gain 4 points instead of a and c."
    )
    alone = listed({"ab": 9, "ac": 4, "bc": 1}, sizes=(3,))
    assert told(alone, tmp_path, capsys) == [
        "p: only triads are allowed here, so no pair could leave to be one."
    ]


def told(problem: Problem, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what the command tells of the solution of a problem."""
    files = str(folder / "problem.json"), str(folder / "solution.json")
    Path(files[0]).write_text(problem.to_json())
    Path(files[1]).write_text(solve(problem).to_json())
    assert main(["explain", *files, "--stability"]) == 0
    return capsys.readouterr().out.splitlines()
