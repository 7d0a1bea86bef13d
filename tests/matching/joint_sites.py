"""Joint rounds of several sites that have nothing to do with one another, for the engine's tests."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from matching.problem import Problem, Programme
from matching.solution import Role, Solution
from tests.matching.joint_problems import Match, Plan, best_by_trying_all, joint_problem


def sites(random: Random, number: int = 2) -> list[Problem]:
    """Draw rounds with the same programmes, each of people of its own; the sites' points differ."""
    first = joint_problem(random)
    return [_site(random, first, str(place)) for place in range(number)]


def together(rounds: list[Problem]) -> Problem:
    """Return the round of all sites."""
    return replace(
        rounds[0],
        people=tuple(row for problem in rounds for row in problem.people),
        programmes=tuple(
            _joined([problem.programme(row.id) for problem in rounds]) for row in rounds[0].programmes
        ),
        locks=tuple(row for problem in rounds for row in problem.locks),
        bans=tuple(row for problem in rounds for row in problem.bans),
    )


def best_of_sites(rounds: list[Problem]) -> tuple[int, ...] | None:
    """Return what the best plan reaches in each aim: what the best of each site reach, added up."""
    found = [best_by_trying_all(problem) for problem in rounds]
    if None in found:
        return None
    return tuple(sum(values) for values in zip(*(row for row in found if row), strict=True))


def _site(random: Random, problem: Problem, site: str) -> Problem:
    def name(one: str) -> str:
        return site + one

    locked = {row.members for row in problem.locks}
    return replace(
        problem,
        people=tuple(replace(row, id=name(row.id)) for row in problem.people),
        programmes=tuple(_moved(random, row, name, locked) for row in problem.programmes),
        locks=tuple(replace(row, members=tuple(map(name, row.members))) for row in problem.locks),
        bans=tuple(replace(row, members=tuple(map(name, row.members))) for row in problem.bans),
    )


def _moved(
    random: Random, programme: Programme, name: Callable[[str], str], locked: set[tuple[str, ...]]
) -> Programme:
    changes: dict[str, Any] = {
        field: tuple(replace(row, person=name(row.person)) for row in getattr(programme, field))
        for field in ("mentees", "mentors", "people")
        if hasattr(programme, field)
    }
    if hasattr(programme, "communities"):
        changes["communities"] = tuple(
            replace(row, id=name(row.id), lead=row.lead and name(row.lead)) for row in programme.communities
        )
    changes["candidates"] = tuple(
        (name(one), name(other), random.randint(-2, 9))
        for one, other, _points in programme.candidates or ()
        if (one, other) in locked or random.random() < 0.9
    )
    return replace(programme, **changes)


def _joined(rows: list[Any]) -> Any:
    fields = [
        field
        for field in ("mentees", "mentors", "people", "communities", "candidates")
        if hasattr(rows[0], field)
    ]
    return replace(
        rows[0], **{field: tuple(part for row in rows for part in getattr(row, field)) for field in fields}
    )


def plan_of(problem: Problem, solution: Solution) -> Plan:
    """Return who is with whom, by programme."""
    found: dict[str, list[Match]] = {row.id: [] for row in problem.programmes}
    for row in solution.assignments:
        if row.community is not None:
            found[row.programme] += [(person, row.community) for person in row.people]
        else:
            found[row.programme].append(row.people or (row.members[Role.MENTEE], row.members[Role.MENTOR]))
    return {name: tuple(matches) for name, matches in found.items()}
