"""Small problems of mentoring with any goals in any order, and what the best of all their plans reaches."""

import dataclasses
from collections.abc import Iterator
from itertools import permutations
from typing import Any

from hypothesis import strategies as st

from matching.problem import GoalName, MentoringProgramme, Parity, Person, Previous, Problem
from tests.matching.problems import Plan, bare_problems, plans_of

SUMS = ("coverage", "points", "same_partners")


def orders() -> Iterator[tuple[str, ...]]:
    """Yield every order of goals that a programme of mentoring may have."""
    for count in range(1, 6):
        for goals in permutations((*SUMS, "worst_match", "parity"), count):
            if "worst_match" not in goals or "coverage" in goals[: goals.index("worst_match")]:
                yield goals
    for count in range(4):
        yield from (("stable", *goals) for goals in permutations(SUMS, count))


@st.composite
def goal_problems(draw: st.DrawFn, among: tuple[tuple[str, ...], ...] = tuple(orders())) -> Problem:
    """Draw small problems with groups of mentees, an earlier plan, and goals in one of these orders."""
    problem = draw(bare_problems())
    (programme,) = problem.programmes
    people = tuple(
        Person(
            id=row.id, attributes={"group": value} if (value := draw(st.sampled_from(["", "A", "B"]))) else {}
        )
        for row in problem.people
    )
    named = [row[:2] for row in programme.candidates or ()]
    again = draw(st.lists(st.sampled_from(named), unique=True)) if named else []
    goals = draw(st.sampled_from(among))
    may_clash = "stable" not in goals
    mentees = tuple(
        dataclasses.replace(row, required=may_clash and row.places > 0 and draw(st.integers(0, 5)) == 0)
        for row in programme.mentees
    )
    changed = dataclasses.replace(
        programme,
        mentees=mentees,
        goals=tuple(GoalName(goal) for goal in goals),
        parity=Parity(attribute="group"),
    )
    return dataclasses.replace(
        problem,
        people=people,
        programmes=(changed,),
        previous=tuple(Previous(programme="m", members=pair) for pair in [*again, ("gone", "away")]),
    )


def best_of_all(problem: Problem) -> tuple[int, ...]:
    """Return the values of the goals, in their order, that the best of all plans has."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    plans = list(plans_of(problem, programme))
    must = {row.person for row in programme.mentees if row.required}
    return max(
        (len(must & {row[0] for row in plan}), *(values_of(problem, plan)[goal] for goal in programme.goals))
        for plan in plans
    )[1:]


def values_of(problem: Problem, plan: Plan) -> dict[str, int]:
    """Return what a plan reaches in each goal, by the words of the documentation."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    waited = {row.person: 1 + row.rounds_waited for row in programme.mentees}
    matched = {row[0] for row in plan}
    again = {row.members for row in problem.previous}
    return {
        "coverage": sum(waited[person] for person in matched),
        "points": sum(row[2] for row in plan),
        "same_partners": sum(row[:2] in again for row in plan),
        "worst_match": _weakest(problem, programme, plan),
        "parity": _rate(problem, programme, matched),
        "stable": -len(blocking(problem, programme, plan)),
    }


def _rate(problem: Problem, programme: MentoringProgramme, matched: set[str]) -> int:
    group = {person.id: person.attributes.get("group") for person in problem.people}
    rates = []
    for value in ("A", "B"):
        members = [row.person for row in programme.mentees if group[row.person] == value and row.places]
        if members:
            rates.append(1000 * len(matched & set(members)) // len(members))
    return min(rates, default=1000)


def _weakest(problem: Problem, programme: MentoringProgramme, plan: Plan) -> int:
    locked = {lock.members for lock in problem.locks}
    made = [row[2] for row in plan if row[:2] not in locked]
    return min(made) if made else max((row[2] for row in open_pairs(problem, programme)), default=0)


def open_pairs(problem: Problem, programme: MentoringProgramme) -> list[Any]:
    """Return the candidates that may be made beside the locks."""
    locked = [lock.members for lock in problem.locks]
    banned = {frozenset(ban.members) for ban in problem.bans}
    places, capacity = _room(programme)
    for mentee, mentor in locked:
        places[mentee] -= 1
        capacity[mentor] -= 1
    return [
        (a, b, points)
        for a, b, points in programme.candidates or ()
        if (a, b) not in locked and frozenset((a, b)) not in banned and places[a] > 0 and capacity[b] > 0
    ]


def _room(programme: MentoringProgramme) -> tuple[dict[str, int], dict[str, int]]:
    return (
        {row.person: row.places for row in programme.mentees},
        {row.person: row.capacity for row in programme.mentors},
    )


def blocking(problem: Problem, programme: MentoringProgramme, plan: Plan) -> list[tuple[str, str]]:
    """Return the pairs who would both rather have each other than what the plan gives them beside locks."""
    places, capacity = _room(programme)
    locked = {lock.members for lock in problem.locks}
    for mentee, mentor in locked:
        places[mentee] -= 1
        capacity[mentor] -= 1
    made = [row for row in plan if row[:2] not in locked]
    found = []
    for a, b, points in open_pairs(problem, programme):
        of_mentee = [row[2] for row in made if row[0] == a]
        of_mentor = [row[2] for row in made if row[1] == b]
        if any(row[:2] == (a, b) for row in made):
            continue
        if (len(of_mentee) < places[a] or min(of_mentee) < points) and (
            len(of_mentor) < capacity[b] or min(of_mentor) < points
        ):
            found.append((a, b))
    return found
