"""No number of a solution's file is so large that the check would end with an error or believe it."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from matching.check import check
from matching.generate import generate
from matching.problem import (
    Ban,
    CommunitiesProgramme,
    Community,
    CommunityMember,
    GoalName,
    Mentee,
    Mentor,
    MentoringProgramme,
    Parity,
    Peer,
    PeerProgramme,
    Person,
    Previous,
    Problem,
    Programme,
)
from matching.solution import Meeting, OddSet, Solution
from matching.solve import solve

Path = tuple[str | int, ...]

SUMS = (GoalName.COVERAGE, GoalName.POINTS, GoalName.SAME_PARTNERS)
PROGRAMMES: dict[str, Programme] = {
    "mentoring": MentoringProgramme(
        id="m",
        mentees=(Mentee(person="a", required=True), Mentee(person="b"), Mentee(person="c")),
        mentors=(Mentor(person="x"), Mentor(person="y")),
        candidates=(("a", "x", 5), ("a", "y", 2), ("b", "y", 4), ("b", "x", 6), ("c", "x", 3)),
        goals=(*SUMS, GoalName.PARITY, GoalName.WORST_MATCH),
        parity=Parity(attribute="group"),
    ),
    "peers": PeerProgramme(
        id="m",
        people=(Peer(person="a", required=True), *(Peer(person=name) for name in "bcxy")),
        candidates=(("a", "b", 5), ("b", "c", 6), ("a", "c", 3), ("c", "x", 1), ("x", "y", 2)),
        group_sizes=(2, 3),
        goals=SUMS,
    ),
    "communities": CommunitiesProgramme(
        id="m",
        communities=(Community(id="k", min=1, max=2), Community(id="l", min=1, max=1)),
        people=(CommunityMember(person="a", required=True), *(CommunityMember(person=n) for n in "bc")),
        candidates=(("a", "k", 5), ("b", "k", 6), ("c", "k", 3), ("a", "l", 4), ("b", "l", 4)),
        goals=SUMS,
    ),
}


@cache
def solved(kind: str) -> tuple[Problem, dict[str, Any]]:
    """Return a problem and the file of its solution, in which everything that may have a price has one."""
    if kind == "joint":
        return of_a_joint_round()
    programme = PROGRAMMES[kind]
    apart = () if kind == "mentoring" else (Ban(programme="m", members=("a", "b")),)
    problem = Problem(
        round="2026-Q4",
        people=tuple(Person(id=name, attributes={"group": "AB"[name in "by"]}) for name in "abcxy"),
        programmes=(programme,),
        previous=(Previous(programme="m", members=("c", "k" if kind == "communities" else "x")),),
        bans=apart,
    )
    solution = solve(problem)
    (certificate,) = solution.certificates
    if kind == "peers":
        sets = (OddSet(members=("a", "b", "c"), price=0), OddSet(members=("a", "b"), price=0, size=3))
        people = {**dict.fromkeys("abcxy", 0), **certificate.people}
        certificate = replace(certificate, people=people, odd_sets=(*certificate.odd_sets, *sets))
    if kind == "communities":
        met = (Meeting(first="a", second="b", community="k", price=0),)
        people = {**dict.fromkeys("abc", 0), **certificate.people}
        certificate = replace(certificate, people=people, meetings=(*certificate.meetings, *met))
    return problem, file_of(problem, replace(solution, certificates=(certificate,)))


def of_a_joint_round() -> tuple[Problem, dict[str, Any]]:
    problem = generate(mentees=8, mentors=3, seed=2, kinds=("mentoring", "peers", "communities"), joint=True)
    solution = solve(problem)
    *before, last = solution.joint
    cover = {row.id: 0 for row in problem.people[:3]}
    last = replace(last, cover={**cover, **last.cover}, turnout={"peers": 0, **last.turnout})
    return problem, file_of(problem, replace(solution, joint=(*before, last)))


def file_of(problem: Problem, solution: Solution) -> dict[str, Any]:
    assert check(problem, solution).violations == ()
    found: dict[str, Any] = json.loads(solution.without_statistics().to_json())
    return found


def amounts(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the places of whole numbers, but for what says nothing of the plan."""
    if isinstance(value, dict | list):
        for step in value if isinstance(value, dict) else range(len(value)):
            if step not in ("engine", "seed", "statistics"):
                yield from amounts(value[step], (*path, step))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path


@pytest.mark.parametrize("kind", [*PROGRAMMES, "joint"])
@pytest.mark.parametrize("amount", [2**62, -(2**62), 2**70])
def test_no_amount_is_too_large(kind: str, amount: int) -> None:
    """Wherever it stands, the file is refused or the check complains, and neither fails."""
    problem, content = solved(kind)
    ids = {person.id for person in problem.people}
    # One place of each sort is enough, and of the steps of a round the last.
    places: dict[Path, Path] = {}
    for path in amounts(content if kind != "joint" else {"joint": content["joint"]}):
        places[tuple(step for step in path if isinstance(step, str) and step not in ids)] = path
    for path in places.values():
        changed = copy.deepcopy(content)
        inside: Any = changed
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = amount
        try:
            solution = Solution.from_json(json.dumps(changed))
        except ValueError:
            continue
        assert not check(problem, solution).ok, path
