"""Small problems for the engine's tests: written out where a test is about them, drawn where it is about all."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from matching.problem import (
    Ban,
    GoalName,
    Lock,
    Mentee,
    Mentor,
    MentoringProgramme,
    Person,
    Problem,
)

Plan = tuple[tuple[str, str, int], ...]
GOAL_ORDERS = (("coverage", "points"), ("points", "coverage"), ("points",), ("coverage",))


def one_pair(rules: list[dict[str, Any]] | None = None, /, **more: Any) -> dict[str, Any]:
    """Return the file of a problem with mentee `ann` and mentor `ben`; `ann` and `ben` in `more` describe them."""
    people = [{"id": name, **more.pop(name, {})} for name in ("ann", "ben")] + more.pop("others", [])
    programme = {
        "id": "m",
        "kind": "mentoring",
        "mentees": [{"person": "ann", **more.pop("mentee", {})}],
        "mentors": [{"person": "ben", **more.pop("mentor", {})}],
        "rules": rules or [],
        "criteria": more.pop("criteria", {}),
    }
    return {
        "format": "trellis-problem/1",
        "round": "2026-Q4",
        "people": people,
        "programmes": [programme],
        **more,
    }


def read(content: dict[str, Any]) -> Problem:
    """Build a problem from the content of a file."""
    return Problem.from_json(json.dumps(content))


def put(*path_and_value: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change of the file: the value goes to the path; "+" appends to the list there."""
    *path, value = path_and_value

    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        if path[-1] == "+":
            content.append(value)
        else:
            content[path[-1]] = value

    return change


def shuffled(problem: Problem, seed: int) -> Problem:
    """Return the same problem from a file whose every list of rows, order without meaning, is shuffled."""
    draw = random.Random(seed)
    content = json.loads(problem.to_json())

    def shuffle(value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for key in list(value):
                shuffle(value[key], key)
            reordered = list(value.items())
            draw.shuffle(reordered)
            value.clear()
            value.update(reordered)
        elif isinstance(value, list):
            for item in value:
                shuffle(item)
            # Wishes and goals are ranked; members stand in their roles; rows of numbers are what they are.
            if name not in ("wishes", "goals", "members", "cover_by") and all(
                isinstance(item, dict | list) for item in value
            ):
                draw.shuffle(value)

    shuffle(content)
    for row in content["people"]:
        draw.shuffle(row.get("languages", []))
    return read(content)


@st.composite
def bare_problems(draw: st.DrawFn) -> Problem:
    """Draw small problems with explicit candidates, places, waiting, locks, bans and any order of goals."""
    mentee_count, mentor_count = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    both = draw(st.integers(0, 1))
    ids = [f"p{number}" for number in range(mentee_count + mentor_count)]
    mentees = [
        Mentee(person=ids[number], places=draw(st.integers(0, 3)), rounds_waited=draw(st.integers(0, 2)))
        for number in range(mentee_count)
    ]
    mentors = [
        Mentor(person=ids[mentee_count - both + number], capacity=draw(st.integers(0, 3)))
        for number in range(mentor_count)
    ]
    pairs = [(a.person, b.person) for a in mentees for b in mentors if a.person != b.person]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=9)) if pairs else []
    candidates = [(a, b, draw(st.integers(-3, 9))) for a, b in chosen]
    locks, bans = _restrictions(draw, chosen, mentees, mentors)
    goals = draw(st.sampled_from(GOAL_ORDERS))
    return Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in ids),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=tuple(mentees),
                mentors=tuple(mentors),
                candidates=tuple(candidates),
                goals=tuple(GoalName(goal) for goal in goals),
            ),
        ),
        locks=tuple(Lock(programme="m", members=pair) for pair in locks),
        bans=tuple(Ban(programme="m", members=pair) for pair in bans),
    )


def _restrictions(draw: st.DrawFn, pairs: Any, mentees: Any, mentors: Any) -> tuple[list[Any], list[Any]]:
    places = {row.person: row.places for row in mentees}
    capacity = {row.person: row.capacity for row in mentors}
    locks: list[tuple[str, str]] = []
    bans: list[tuple[str, str]] = []
    for a, b in pairs:
        kind = draw(st.sampled_from(["free"] * 6 + ["lock", "ban"]))
        if kind == "lock" and places[a] > 0 and capacity[b] > 0 and (b, a) not in bans:
            places[a] -= 1
            capacity[b] -= 1
            locks.append((a, b))
        elif kind == "ban" and (b, a) not in locks:
            bans.append((a, b))
    return locks, bans


def best_by_trying_all(problem: Problem) -> tuple[int, ...]:
    """Return the values of the goals, in their order, that the best of all plans has."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    return max(_value(programme, plan) for plan in plans_of(problem, programme))


def plans_of(problem: Problem, programme: MentoringProgramme) -> Iterator[Plan]:
    """Yield every plan that keeps rules, places and locks."""
    banned = {frozenset(ban.members) for ban in problem.bans}
    locked = {lock.members for lock in problem.locks}
    places = {row.person: row.places for row in programme.mentees}
    capacity = {row.person: row.capacity for row in programme.mentors}
    allowed = [row for row in programme.candidates or () if frozenset(row[:2]) not in banned]
    for size in range(len(allowed) + 1):
        for plan in combinations(allowed, size):
            taken = Counter(row[0] for row in plan)
            given = Counter(row[1] for row in plan)
            if (
                locked <= {row[:2] for row in plan}
                and all(taken[person] <= places[person] for person in taken)
                and all(given[person] <= capacity[person] for person in given)
            ):
                yield plan


def _value(programme: MentoringProgramme, plan: Plan) -> tuple[int, ...]:
    waited = {row.person: 1 + row.rounds_waited for row in programme.mentees}
    values = {
        GoalName.COVERAGE: sum(waited[person] for person in {row[0] for row in plan}),
        GoalName.POINTS: sum(row[2] for row in plan),
    }
    return tuple(values[goal] for goal in programme.goals)
