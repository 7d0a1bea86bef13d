"""What has changed since a run: the pairs that today's database would no longer allow."""

from dataclasses import replace

from app.errors import Conflict
from app.rounds import snapshot
from app.rounds.documents import document_of
from app.rounds.models import DocumentKind, Run
from app.rounds.snapshot_people import person_id_of
from app.rounds.snapshot_skills import Levels, skill_id_of, skill_rows
from matching.check import ViolationKind, check
from matching.problem import Person, Problem, ProblemError, RuleName
from matching.solution import Assignment, Solution, Status

Numbers = set[int]
# What a fresh look at a pair may find; points, goals and the proof belong to the day of the run.
BY_PEOPLE = frozenset(
    {
        ViolationKind.UNKNOWN_PERSON,
        ViolationKind.NOT_LISTED,
        ViolationKind.PLACES,
        ViolationKind.CAPACITY,
        ViolationKind.SELF,
        ViolationKind.BLOCK,
        ViolationKind.BAN,
        ViolationKind.REPORTING_LINE,
        ViolationKind.SHARED_HOURS,
        ViolationKind.SHARED_LANGUAGE,
        ViolationKind.PRIOR_PAIR,
        ViolationKind.GRADE_DISTANCE,
        ViolationKind.OTHER_DEPARTMENT,
        ViolationKind.SAME_ATTRIBUTE,
    }
)
BY_SKILLS = frozenset({ViolationKind.COVERS_WANTS})


def changed_pairs(run: Run) -> int:
    """Count the pairs of a run that today's database would no longer allow.

    Raises:
        Conflict: when what the database holds today is no problem that could be checked.
    """
    pairs = Solution.from_json(document_of(run.id, DocumentKind.SOLUTION)).assignments
    try:
        problem = snapshot.take_matched(run)
        return len(_refused(problem, pairs, BY_PEOPLE) | _no_longer_helped(run, problem, pairs))
    except ProblemError as error:
        raise Conflict(f"The people of this round cannot be checked: {error.sentence}") from None


def _no_longer_helped(run: Run, today: Problem, pairs: tuple[Assignment, ...]) -> Numbers:
    """Return the pairs whose mentor no longer covers enough of what the mentee wants.

    How close skills are depends a little on what everybody in the round has. So only pairs whose own skills
    have changed are looked at, among the people of the run: what others learnt since is no reason to refuse.
    """
    if all(rule.rule is not RuleName.COVERS_WANTS for row in today.programmes for rule in row.rules):
        return set()
    before = Problem.from_json(document_of(run.id, DocumentKind.PROBLEM))
    matched = {person for row in pairs for person in row.members.values()}
    levels = snapshot.levels_of_matched(run)
    people = tuple(_as_of_today(row, levels) if row.id in matched else row for row in before.people)
    changed = {now.id for now, then in zip(people, before.people, strict=True) if now is not then}
    numbers = [number for number, row in enumerate(pairs) if not changed.isdisjoint(row.members.values())]
    if not numbers:
        return set()
    held = {skill_id_of(row.skill) for person in people for row in person.holds}
    wanted = {skill_id_of(row.skill) for person in people for row in person.wants}
    problem = replace(before, people=people, skills=skill_rows(held | wanted))
    found = _refused(problem, tuple(pairs[number] for number in numbers), BY_SKILLS)
    return {numbers[place] for place in found}


def _as_of_today(person: Person, levels: Levels) -> Person:
    """Return a person with the skills of today; the same person when they have not changed."""
    person_id = person_id_of(person.id)
    holds, wants = levels.holds.get(person_id, []), levels.wants.get(person_id, [])
    if set(holds) == set(person.holds) and set(wants) == set(person.wants):
        return person
    return replace(person, holds=tuple(holds), wants=tuple(wants))


def _refused(problem: Problem, pairs: tuple[Assignment, ...], kinds: frozenset[ViolationKind]) -> Numbers:
    """Return the numbers of the pairs in which the check finds something of these kinds."""
    answer = Solution(
        status=Status.FEASIBLE,
        problem_sha256=problem.sha256,
        programmes=tuple(row.id for row in problem.programmes),
        assignments=pairs,
    )
    found = (row.where for row in check(problem, answer).violations if row.kind in kinds)
    places = {where.partition(".members")[0] for where in found}
    concerned = (
        {f"assignments[{number}]", *(f"people.{person}" for person in row.members.values())}
        for number, row in enumerate(pairs)
    )
    return {number for number, row in enumerate(concerned) if not places.isdisjoint(row)}
