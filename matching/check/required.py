"""Verifies that whoever must be matched is, or that the solution says that this cannot be."""

from collections.abc import Iterator

from matching.check.report import Violation, ViolationKind
from matching.problem import (
    CommunitiesProgramme,
    CommunityMember,
    Mentee,
    MentoringProgramme,
    Peer,
    PeerProgramme,
    Problem,
    Programme,
)
from matching.solution import Role, Solution, Status


def required_violations(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """Yield people and communities that a best plan leaves out although they must be matched.

    A plan that was stopped, or that may not be the best, may lack some; one that says that the rules clash
    must lack one.
    """
    lacking = {name: missing(problem.programme(name), solution) for name in solution.programmes}
    if solution.status is Status.INFEASIBLE and not any(lacking.values()):
        sentence = "Everybody who must be matched is; nothing clashes."
        yield Violation(ViolationKind.WRONG_STATUS, "status", sentence)
    if solution.status is Status.OPTIMAL:
        for programme, names in lacking.items():
            for name in names:
                sentence = f"{name} must be matched in the programme {programme}, but is not."
                yield Violation(ViolationKind.REQUIRED, f"programmes.{programme}", sentence)


def missing(programme: Programme, solution: Solution) -> list[str]:
    """Return the people and communities of a programme that must be matched and are not."""
    rows = [row for row in solution.assignments if row.programme == programme.id]
    people = {person for row in rows for person in row.people} | {
        row.members.get(Role.MENTEE) for row in rows
    }
    opened = {row.community for row in rows}
    found = [row.person for row in _seekers(programme) if row.required and row.person not in people]
    if isinstance(programme, CommunitiesProgramme):
        found += [row.id for row in programme.communities if row.required and row.id not in opened]
    return found


def _seekers(programme: Programme) -> tuple[Mentee | Peer | CommunityMember, ...]:
    if isinstance(programme, MentoringProgramme):
        return programme.mentees
    if isinstance(programme, PeerProgramme | CommunitiesProgramme):
        return programme.people
    raise TypeError(programme)
