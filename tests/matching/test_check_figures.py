"""Whatever single figure or name of a solution's file is changed, the check finds it or the file is refused."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, reject, settings

from matching.check import check
from matching.errors import ProblemError
from matching.problem import (
    Criterion,
    GoalName,
    Peer,
    PeerProgramme,
    Previous,
    Problem,
)
from matching.solution import CauseKind, ClosedKind, Solution, Status
from matching.solve import solve
from tests.matching.community_problems import bare_problem, full_problem
from tests.matching.goal_problems import goal_problems, orders
from tests.matching.joint_problems import joint_problem
from tests.matching.peer_problems import peer_problems
from tests.matching.test_check_bounds import SEEDS
from tests.matching.test_check_random import random_problem, random_rules

Path = tuple[str | int, ...]

# What is no claim about the plan, or may be said in more than one way.
SILENT = {"engine", "format", "seed", "statistics", "status", "smallest"}
# Of prices any will do that prove the bound: `test_check_bounds` and `test_joint_bounds` are about them.
OF_PROOFS = {"bound", "goal", "programme", "least_points", "rate", "value"}
# Another member may do as well; who is with whom is what `test_check_random` and others are about.
OF_MATCHES = {"points", "parts", "locked", "programme"}
NAMES = [
    *CauseKind,
    *ClosedKind,
    *(str(goal) for goal in GoalName),
    "p0",
    "p1",
    "a",
    "m",
    "g",
    "p",
    "c0",
    "c1",
]


def claims(content: dict[str, Any]) -> Iterator[Path]:
    """Yield the places of all that a solution claims: texts, numbers, yes or no, rows and named numbers."""
    for name, rows in content.items():
        if name in SILENT:
            continue
        for path in _within(rows, (name,)):
            keys = {step for step in path if isinstance(step, str)}
            whole_row = isinstance(path[-1], int)
            if name in ("certificates", "joint"):
                claimed = path[-1] in OF_PROOFS
            elif name == "assignments":
                claimed = bool(keys & OF_MATCHES)
            else:
                claimed = not (name == "clashes" and whole_row)
            if claimed and not keys & SILENT:
                yield path


def _within(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict | list):
        for step in value if isinstance(value, dict) else range(len(value)):
            yield from _within(value[step], (*path, step))
            if not isinstance(value[step], dict | list) or isinstance(value, list):
                yield (*path, step)
    else:
        yield path


def changed(random: Random, content: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the file with something else at a place: another figure or name, or a row less."""
    found = copy.deepcopy(content)
    *way, last = path
    inside: Any = found
    for step in way:
        inside = inside[step]
    old = inside[last]
    if isinstance(old, bool):
        inside[last] = not old
    elif isinstance(old, int):
        inside[last] = old + random.choice((-1, 1))
    elif isinstance(old, str):
        inside[last] = random.choice([name for name in NAMES if name != old])
    elif old is None:
        inside[last] = 0
    else:
        del inside[last]
    return found


def is_found(problem: Problem, content: dict[str, Any]) -> bool:
    """Tell whether a file cannot be read, or the check has something to say about it."""
    try:
        solution = Solution.from_json(json.dumps(content))
    except ValueError:
        return True
    return not check(problem, solution).ok


def every_change_is_found(problem: Problem, random: Random, most: int = 8) -> None:
    """Solve a problem, and change its solution in so many places, one at a time."""
    try:
        solution = solve(problem)
    except ProblemError:
        reject()
    content = json.loads(solution.to_json())
    assert check(problem, Solution.from_json(json.dumps(content))).violations == ()
    places = sorted(set(claims(content)), key=repr)
    for path in random.sample(places, min(most, len(places))):
        other = changed(random, content, path)
        if other != content:
            assert is_found(problem, other) or is_weaker(content, path, other), path


def is_weaker(content: dict[str, Any], path: Path, other: dict[str, Any]) -> bool:
    """Tell whether the change only claims less: a higher bound, where the plan need not meet it."""
    if path[-1] != "bound" or path[0] == "joint":
        return False
    old, new = (file[path[0]][path[1]] for file in (content, other))
    loose = content["status"] in (Status.FEASIBLE, Status.INFEASIBLE) or new.get("kind") == "bound"
    return loose and bool(new["bound"] > old["bound"])


@given(problem=goal_problems(tuple(orders())), seed=SEEDS)
@settings(deadline=None, max_examples=35)
def test_mentoring_by_any_goals(problem: Problem, seed: int) -> None:
    """Sums, the weakest match, parity, stable plans, and what clashes where somebody must be matched."""
    every_change_is_found(problem, Random(seed))


@given(seed=SEEDS)
@settings(deadline=None, max_examples=30)
def test_mentoring_by_rules_and_criteria(seed: int) -> None:
    """Every rule and criterion, one programme or two, whoever is left out and why."""
    random = Random(seed)
    try:
        problem = random_problem(random)
    except ProblemError:
        reject()
    every_change_is_found(problem, random)


@given(problem=peer_problems(7), seed=SEEDS)
@settings(deadline=None, max_examples=35)
def test_peers_listed_with_points(problem: Problem, seed: int) -> None:
    """Pairs and triads, waiting, locks and bans, with an earlier plan whose groups are to stay."""
    random = Random(seed)
    (programme,) = problem.programmes
    assert isinstance(programme, PeerProgramme)
    every_change_is_found(with_an_earlier_plan(random, problem), random)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=30)
def test_peers_by_rules_and_criteria(seed: int) -> None:
    """Everybody of a random company with everybody, in both directions."""
    random = Random(seed)
    try:
        made = random_problem(random)
    except ProblemError:
        reject()
    first = made.programmes[0]
    people = tuple(Peer(person=row.id, rounds_waited=random.choice((0, 1))) for row in made.people)
    programme = PeerProgramme(
        id=first.id,
        people=people,
        group_sizes=random.choice(((2,), (3,), (2, 3))),
        rules=random_rules(random),
        criteria={name: random.choice((0, 1, 7, 40)) for name in Criterion if random.random() < 0.6},
    )
    every_change_is_found(replace(made, programmes=(programme,), locks=()), random)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=35)
def test_communities_listed_with_points(seed: int) -> None:
    """Sizes, mixes, leads and places, with an earlier plan whose memberships are to stay."""
    random = Random(seed)
    try:
        problem = bare_problem(random)
    except ProblemError:
        reject()
    every_change_is_found(with_an_earlier_plan(random, problem), random)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=30)
def test_communities_by_rules_and_criteria(seed: int) -> None:
    """Communities of practice and mentored groups, with and without leads."""
    random = Random(seed)
    try:
        problem = full_problem(random)
    except ProblemError:
        reject()
    every_change_is_found(problem, random)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=20)
def test_joint_rounds(seed: int) -> None:
    """Programmes that share hours or cover for one another: their steps as well as their plans."""
    random = Random(seed)
    try:
        problem = joint_problem(random)
    except ProblemError:
        reject()
    every_change_is_found(problem, random)


def with_an_earlier_plan(random: Random, problem: Problem) -> Problem:
    """Return the problem with some of its candidates together before, and that as a goal now and then."""
    (programme,) = problem.programmes
    again = [row[:2] for row in programme.candidates or () if random.random() < 0.4]
    goals = programme.goals
    if random.random() < 0.6:
        place = random.randint(0, len(goals))
        goals = (*goals[:place], GoalName.SAME_PARTNERS, *goals[place:])
    earlier = tuple(Previous(programme=programme.id, members=pair) for pair in again)
    return replace(problem, programmes=(replace(programme, goals=goals),), previous=earlier)
