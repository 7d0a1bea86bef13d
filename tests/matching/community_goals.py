"""Small problems of communities with any goals in any order, and what the best of all their plans reaches."""

import dataclasses
from collections.abc import Iterator
from itertools import permutations
from random import Random

from matching.problem import CommunitiesProgramme, GoalName, Parity, Previous, Problem
from tests.matching.community_problems import Plan, bare_problem, plans_of

SUMS = ("coverage", "points", "same_partners")


def orders() -> Iterator[tuple[str, ...]]:
    """Yield every order of goals with one that is no sum."""
    for count in range(1, 6):
        for goals in permutations((*SUMS, "worst_match", "parity"), count):
            if "worst_match" not in goals and "parity" not in goals:
                continue
            if "worst_match" not in goals or "coverage" in goals[: goals.index("worst_match")]:
                yield goals


ORDERS = tuple(orders())


def community_goal_problem(random: Random) -> Problem:
    """Draw a small problem with groups by site, an earlier plan, who must be matched, and such goals."""
    problem = bare_problem(random)
    programme = programme_of(problem)
    changed = dataclasses.replace(
        programme,
        people=tuple(
            dataclasses.replace(row, required=row.places > 0 and random.random() < 0.15)
            for row in programme.people
        ),
        goals=tuple(GoalName(goal) for goal in random.choice(ORDERS)),
        parity=Parity(attribute="site"),
    )
    again = {row[:2] for row in programme.candidates or () if random.random() < 0.3}
    previous = tuple(Previous(programme="g", members=members) for members in sorted(again))
    return dataclasses.replace(problem, programmes=(changed,), previous=previous)


def programme_of(problem: Problem) -> CommunitiesProgramme:
    (programme,) = problem.programmes
    assert isinstance(programme, CommunitiesProgramme)
    return programme


def best_of_all(problem: Problem) -> tuple[int, ...] | None:
    """Return the values of the goals that the best of all plans has; `None` when locks allow no plan at all."""
    programme = programme_of(problem)
    must = {row.person for row in programme.people if row.required}
    found = []
    for plan in plans_of(problem, programme):
        values = values_of(problem, plan)
        matched = must & {person for members in plan.values() for person in members}
        found.append((len(matched), *(values[str(goal)] for goal in programme.goals)))
    return max(found)[1:] if found else None


def values_of(problem: Problem, plan: Plan) -> dict[str, int]:
    """Return what a plan reaches in each goal, by the words of the documentation."""
    programme = programme_of(problem)
    waited = {row.person: 1 + row.rounds_waited for row in programme.people}
    points = {row[:2]: row[2] for row in programme.candidates or ()}
    again = {row.members for row in problem.previous}
    cells = {(person, name) for name, members in plan.items() for person in members}
    joined = {person for person, _name in cells}
    return {
        "coverage": sum(waited[person] for person in joined),
        "points": sum(points[cell] for cell in cells),
        "same_partners": len(cells & again),
        "worst_match": _weakest(problem, cells),
        "parity": _rate(problem, joined),
    }


def _weakest(problem: Problem, cells: set[tuple[str, str]]) -> int:
    locked = {lock.members for lock in problem.locks}
    points = {row[:2]: row[2] for row in programme_of(problem).candidates or ()}
    made = [points[cell] for cell in cells - locked]
    return min(made) if made else max((points[cell] for cell in _open_cells(problem)), default=0)


def _open_cells(problem: Problem) -> Iterator[tuple[str, str]]:
    """Yield the candidates that may be made beside the locks."""
    programme = programme_of(problem)
    apart = {frozenset(pair) for pair in problem.blocks} | {frozenset(ban.members) for ban in problem.bans}
    locked = [lock.members for lock in problem.locks]
    places = {row.person: row.places for row in programme.people}
    room = {row.id: row.max for row in programme.communities}
    lead = {row.id: str(row.lead) for row in programme.communities}
    for person, name in locked:
        places[person] -= 1
        room[name] -= 1
    for person, name, _points in programme.candidates or ():
        shut = {frozenset((person, name)), frozenset((person, lead[name]))} & apart
        met = any(frozenset((person, other)) in apart for other, where in locked if where == name)
        room_left = places[person] > 0 and room[name] > 0
        if (person, name) not in locked and room_left and person != lead[name] and not shut and not met:
            yield person, name


def _rate(problem: Problem, joined: set[str]) -> int:
    site = {person.id: person.attributes.get("site") for person in problem.people}
    rates = []
    for value in ("X", "Y"):
        members = [
            row.person for row in programme_of(problem).people if site[row.person] == value and row.places
        ]
        if members:
            rates.append(1000 * len(joined & set(members)) // len(members))
    return min(rates, default=1000)
