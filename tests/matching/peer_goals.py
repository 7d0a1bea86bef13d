"""Small problems of peer coaching with any goals in any order, and what the best of all their plans reaches."""

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import combinations, permutations

from hypothesis import strategies as st

from matching.problem import GoalName, Parity, Person, Previous, Problem
from tests.matching.peer_problems import SIZES, Plan, peer_problems, plans, programme_of

SUMS = ("coverage", "points", "same_partners")


def orders() -> Iterator[tuple[str, ...]]:
    """Yield every order of goals with one that is no sum."""
    for count in range(1, 6):
        for goals in permutations((*SUMS, "worst_match", "parity"), count):
            if "worst_match" not in goals and "parity" not in goals:
                continue
            if "worst_match" not in goals or "coverage" in goals[: goals.index("worst_match")]:
                yield goals


@st.composite
def peer_goal_problems(
    draw: st.DrawFn,
    among: tuple[tuple[str, ...], ...] = tuple(orders()),
    sizes: Iterable[tuple[int, ...]] = SIZES,
    most: int = 7,
) -> Problem:
    """Draw small problems with groups, an earlier plan, people who must be in a group, and these goals."""
    problem = draw(peer_problems(most=most, sizes=sizes))
    programme = programme_of(problem)
    names = [row.person for row in programme.people]
    people = tuple(
        Person(
            id=name, attributes={"group": value} if (value := draw(st.sampled_from(["", "A", "B"]))) else {}
        )
        for name in names
    )
    pairs = list(combinations(names, 2))
    again = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2)) if pairs else []
    changed = dataclasses.replace(
        programme,
        people=tuple(
            dataclasses.replace(row, required=draw(st.integers(0, 5)) == 0) for row in programme.people
        ),
        goals=tuple(GoalName(goal) for goal in draw(st.sampled_from(among))),
        parity=Parity(attribute="group"),
    )
    return dataclasses.replace(
        problem,
        people=people,
        programmes=(changed,),
        previous=tuple(Previous(programme="p", members=pair) for pair in again),
    )


def best_of_all(problem: Problem) -> tuple[int, ...]:
    """Return the values of the goals, in their order, that the best of all plans has."""
    programme = programme_of(problem)
    must = {row.person for row in programme.people if row.required}
    order = [str(goal) for goal in programme.goals]
    if len(programme.group_sizes) == 2:
        order.insert(order.index("coverage") + 1 if "coverage" in order else len(order), "triads")
    best = (-1,)
    for plan in plans(problem):
        values = values_of(problem, plan)
        matched = len(must & {person for group in plan for person in group})
        best = max(best, (matched, *(values[name] for name in order)))
    return tuple(value for name, value in zip(order, best[1:], strict=True) if name != "triads")


def values_of(problem: Problem, plan: Plan) -> dict[str, int]:
    """Return what a plan reaches in each aim, by the words of the documentation."""
    programme = programme_of(problem)
    waited = {row.person: 1 + row.rounds_waited for row in programme.people}
    points = {frozenset(row[:2]): row[2] for row in programme.candidates or ()}
    again = {frozenset(row.members) for row in problem.previous}
    together = [
        (2 if len(group) == 2 else 1, frozenset(pair)) for group in plan for pair in combinations(group, 2)
    ]
    return {
        "coverage": sum(waited[person] for group in plan for person in group),
        "triads": -sum(len(group) == 3 for group in plan),
        "points": sum(times * points.get(pair, 0) for times, pair in together),
        "same_partners": sum(times for times, pair in together if pair in again),
        "worst_match": _weakest(problem, plan),
        "parity": _rate(problem, {person for group in plan for person in group}),
    }


def _weakest(problem: Problem, plan: Plan) -> int:
    programme = programme_of(problem)
    points = {frozenset(row[:2]): row[2] for row in programme.candidates or ()}
    locked = {frozenset(lock.members) for lock in problem.locks}
    settled = {member for group in locked for member in group}
    made = [
        points[frozenset(pair)]
        for group in plan
        if frozenset(group) not in locked
        for pair in combinations(group, 2)
    ]
    shut = {frozenset(pair) for pair in problem.blocks} | {frozenset(ban.members) for ban in problem.bans}
    free = [worth for pair, worth in points.items() if not pair & settled and pair not in shut]
    return min(made) if made else max(free, default=0)


def _rate(problem: Problem, matched: set[str]) -> int:
    group = {person.id: person.attributes.get("group") for person in problem.people}
    listed = [row.person for row in programme_of(problem).people]
    rates = []
    for value in ("A", "B"):
        members = [person for person in listed if group[person] == value]
        if members:
            rates.append(1000 * len(matched & set(members)) // len(members))
    return min(rates, default=1000)
