"""What a joint round aims at, in its order: cover, coverage of each programme, few triads, points."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.errors import ProblemError
from matching.goals import Amounts
from matching.problem import GoalName, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.values import shown

COUNTED = (GoalName.COVERAGE, GoalName.POINTS)


class AimName(StrEnum):
    """What one aim of a joint round counts."""

    COVER = "cover"
    COVERAGE = "coverage"
    TRIADS = "triads"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Aim:
    """One aim; `programme` is the id of whose it is, or nothing where it is the whole round's."""

    name: AimName
    programme: str | None = None


def aims_of(problem: Problem) -> tuple[Aim, ...]:
    """Return the aims of a joint round in their order.

    Raises
    ------
    ProblemError
        When a programme has goals that a joint round cannot put in its order.
    """
    for number, programme in enumerate(problem.programmes):
        _check_goals(programme, f"$.programmes[{number}].goals")
        _check_required(programme, f"$.programmes[{number}]")
    aims = [Aim(AimName.COVER)] if covering(problem) else []
    later: list[Aim] = []
    for programme in in_order(problem):
        covers = GoalName.COVERAGE in programme.goals
        if covers:
            aims.append(Aim(AimName.COVERAGE, programme.id))
        if isinstance(programme, PeerProgramme) and len(programme.group_sizes) > 1:
            (aims if covers else later).append(Aim(AimName.TRIADS, programme.id))
    points = [Aim(AimName.POINTS)] if any(GoalName.POINTS in row.goals for row in problem.programmes) else []
    return (*aims, *points, *later)


def _check_goals(programme: Programme, path: str) -> None:
    for number, goal in enumerate(programme.goals):
        if goal not in COUNTED:
            raise ProblemError(
                f"{path}[{number}]",
                f"a joint round cannot seek {shown(goal.value)}; solve {shown(programme.id)} alone for that.",
            )
    if programme.goals == (GoalName.POINTS, GoalName.COVERAGE):
        raise ProblemError(
            path, f"in a joint round coverage comes before points, in {shown(programme.id)} as elsewhere."
        )


def _check_required(programme: Programme, path: str) -> None:
    """Raise where somebody or something must be matched: a joint round puts its cover first."""
    for name in ("mentees", "people", "communities"):
        for number, row in enumerate(getattr(programme, name, ())):
            if getattr(row, "required", False):
                raise ProblemError(
                    f"{path}.{name}[{number}].required",
                    f"a joint round puts nobody before its goals; solve {shown(programme.id)} alone.",
                )


def in_order(problem: Problem) -> tuple[Programme, ...]:
    """Return the programmes as they come in a joint round: those of `cover_by`, then the others by id."""
    named = problem.joint.cover_by if problem.joint is not None else ()
    others = [row for row in problem.programmes if row.id not in named]
    return (*(problem.programme(name) for name in named), *others)


def covering(problem: Problem) -> tuple[Programme, ...]:
    """Return the programmes that cover for one another."""
    return tuple(problem.programme(name) for name in problem.joint.cover_by) if problem.joint else ()


def seekers_of(programme: Programme) -> Iterable[tuple[str, int]]:
    """Yield everybody who asks a programme for a place, with the rounds they have waited for one."""
    rows = programme.mentees if isinstance(programme, MentoringProgramme) else programme.people  # type: ignore[attr-defined]
    return ((row.person, row.rounds_waited) for row in rows if getattr(row, "places", 1) > 0)


def cover_counts(problem: Problem) -> Amounts:
    """Return what each person counts for in the cover: 1 and the most rounds they have waited; else 0."""
    place = {person.id: number for number, person in enumerate(problem.people)}
    found = np.zeros(len(place), dtype=np.int64)
    for programme in covering(problem):
        for person, waited in seekers_of(programme):
            found[place[person]] = max(found[place[person]], 1 + waited)
    return found
