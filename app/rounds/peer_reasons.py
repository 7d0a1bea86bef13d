"""Why people coach each other: for each of them what speaks for the others, and what against."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

from app.engagements.reasons import AGAINST, FOR
from app.rounds.snapshot_people import person_id_of
from matching.explain import Explainer, PairReasons
from matching.problem import Mentee, Mentor, MentoringProgramme, PeerProgramme, Problem
from matching.solution import Assignment, Role, Solution, Status

Records = list[dict[str, Any]]


def reasons_among(
    problem: Problem,
    programme: PeerProgramme,
    solution: Solution,
    record: Callable[[PairReasons], Records],
) -> Iterator[Records]:
    """Yield the records of each group of a programme, in the order of the solution.

    Each member is looked at as who learns: for the group speaks whoever helps them most, against it whoever
    helps them least. In a pair that is the same person.
    """
    groups = [row.people for row in solution.assignments if row.programme == programme.id]
    ways = [way for people in groups for way in permutations(people, 2)]
    found = Explainer(_taught(problem, programme), programme.id).why_all(_asked(programme.id, ways))
    for people in groups:
        directions = [next(found) for _ in permutations(people, 2)]
        yield _records(people, directions, record)


def _records(
    people: tuple[str, ...], directions: list[PairReasons], record: Callable[[PairReasons], Records]
) -> Records:
    told: dict[str, Records] = {FOR: [], AGAINST: []}
    for learner in people:
        own = sorted((row for row in directions if row.mentee == learner), key=lambda row: -row.points)
        for side, row in ((FOR, own[0]), (AGAINST, own[-1])):
            between = {"mentee_id": person_id_of(row.mentee), "mentor_id": person_id_of(row.mentor)}
            told[side] += [{**given, **between} for given in record(row) if given["side"] == side]
    return told[FOR] + told[AGAINST]


def _taught(problem: Problem, programme: PeerProgramme) -> Problem:
    """Return the problem with one programme, in which everybody seeks and everybody offers."""
    people = programme.people
    both_ways = MentoringProgramme(
        id=programme.id,
        mentees=tuple(Mentee(person=row.person) for row in people),
        mentors=tuple(Mentor(person=row.person) for row in people),
        criteria=programme.criteria,
    )
    return replace(problem, programmes=(both_ways,), joint=None, previous=(), chats=(), locks=(), bans=())


def _asked(programme_id: str, ways: list[tuple[str, str]]) -> Solution:
    return Solution(
        status=Status.FEASIBLE,
        problem_sha256="",
        assignments=tuple(
            Assignment(programme=programme_id, members={Role.MENTEE: learner, Role.MENTOR: helper})
            for learner, helper in ways
        ),
    )
