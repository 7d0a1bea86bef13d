"""What has changed since a run: the pairs that today's database would no longer allow."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from app.db import db
from app.errors import Conflict
from app.programmes.models import Programme
from app.rounds import snapshot
from app.rounds.documents import document_of
from app.rounds.models import Assignment, AssignmentMember, DocumentKind, EnrolmentRole, Run
from app.rounds.snapshot_free import free_part
from app.rounds.snapshot_groups import community_key, group_key
from app.rounds.snapshot_people import person_id_of, person_key
from app.rounds.snapshot_skills import Levels, skill_id_of, skill_rows
from matching.check import ViolationKind, check
from matching.problem import CommunitiesProgramme, Person, Problem, ProblemError, RuleName, Wanted
from matching.solution import Assignment as Match
from matching.solution import Role, Solution, Status

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
        ViolationKind.UNKNOWN_COMMUNITY,
        ViolationKind.TOO_FEW_MEMBERS,
        ViolationKind.TOO_MANY_MEMBERS,
        ViolationKind.MIX,
        ViolationKind.KEPT_APART,
        ViolationKind.HOURS,
    }
)
BY_SKILLS = frozenset({ViolationKind.COVERS_WANTS})


class Pair(NamedTuple):
    """A pair or a group of a run: the key of its programme, and its people by id, each with their part.

    A mentee comes before their mentor.
    """

    programme: str
    people: tuple[tuple[int, EnrolmentRole], ...]
    community_id: int | None = None

    @property
    def ids(self) -> list[int]:
        """Return the ids of the people."""
        return [person_id for person_id, _role in self.people]

    @property
    def are_peers(self) -> bool:
        """Tell whether they coach each other."""
        return any(role is EnrolmentRole.PEER for _person_id, role in self.people)


def pairs_of(run: Run) -> list[Pair]:
    """Return the pairs of a run in the order of its assignments."""
    query = (
        sa.select(
            Assignment.id,
            Programme.key,
            Assignment.community_id,
            AssignmentMember.person_id,
            AssignmentMember.role,
        )
        .join_from(Assignment, Programme)
        .join(AssignmentMember)
        .where(Assignment.run_id == run.id)
        .order_by(Assignment.id, AssignmentMember.role, AssignmentMember.person_id)
    )
    grouped = groupby(db.session.execute(query), key=lambda row: (row[0], row[1], row[2]))
    return [
        Pair(programme, tuple((row.person_id, row.role) for row in rows), community_id)
        for (_, programme, community_id), rows in grouped
    ]


def changed_pairs(run: Run, pairs: Sequence[Pair]) -> int:
    """Count those of the pairs of a run that today's database would no longer allow.

    Raises:
        Conflict: when what the database holds today is no problem that could be checked.
    """
    try:
        problem = snapshot.take_matched(run)
        if run.is_rematch:
            problem = free_part(problem, run.matching_round)
        return len(_refused(problem, pairs, BY_PEOPLE) | _no_longer_helped(run, problem, pairs))
    except ProblemError as error:
        raise Conflict(f"The people of this round cannot be checked: {error.sentence}") from None


def _no_longer_helped(run: Run, today: Problem, pairs: Sequence[Pair]) -> Numbers:
    """Return the pairs whose mentor no longer covers enough of what the mentee wants.

    How close skills are depends a little on what everybody in the round has. So only pairs whose own skills
    have changed are looked at, among the people of the run: what others learnt since is no reason to refuse.
    """
    if all(rule.rule is not RuleName.COVERS_WANTS for row in today.programmes for rule in row.rules):
        return set()
    document = document_of(run.id, DocumentKind.PROBLEM)
    matched = {person_id for row in pairs for person_id in row.ids}
    changed = _with_other_skills(run, document, among=matched)
    numbers = [n for n, row in enumerate(pairs) if not changed.isdisjoint(row.ids)]
    if not numbers:
        return set()
    before, levels = Problem.from_json(document), snapshot.levels_of_matched(run)
    people = tuple(
        _as_of_today(row, levels) if person_id_of(row.id) in changed else row for row in before.people
    )
    held = {skill_id_of(row.skill) for person in people for row in person.holds}
    wanted = {skill_id_of(row.skill) for person in people for row in person.wants}
    problem = replace(before, people=people, skills=skill_rows(held | wanted))
    found = _refused(problem, [pairs[number] for number in numbers], BY_SKILLS)
    return {numbers[place] for place in found}


def _with_other_skills(run: Run, document: bytes, *, among: Numbers) -> Numbers:
    """Return the ids of those whose skills today are not those in the text of the run's problem.

    The text is compared as it stands: to build the whole problem takes many times as long, and mostly
    nobody's skills have changed.
    """
    held, wanted = snapshot.level_rows_of_matched(run)
    rows = [(person_id_of(row["id"]), row) for row in json.loads(document)["people"]]
    then = [(person_id, row) for person_id, row in rows if person_id in among]
    held ^= {
        (person_id, skill_id_of(one["skill"]), one["level"])
        for person_id, row in then
        for one in row.get("holds", ())
    }
    wanted ^= {
        (person_id, skill_id_of(one.skill), one.level, one.importance)
        for person_id, row in then
        for one in (Wanted(**given) for given in row.get("wants", ()))
    }
    return {row[0] for row in held | wanted}


def _as_of_today(person: Person, levels: Levels) -> Person:
    """Return a person with the skills of today."""
    person_id = person_id_of(person.id)
    holds, wants = levels.holds.get(person_id, ()), levels.wants.get(person_id, ())
    return replace(person, holds=tuple(holds), wants=tuple(wants))


def _as_answered(pair: Pair) -> Match:
    keys = {person_key(person_id): role for person_id, role in pair.people}
    if pair.are_peers:
        return Match(programme=pair.programme, people=tuple(keys))
    return Match(programme=pair.programme, members={Role(role): person for person, role in keys.items()})


def _as_answered_together(problem: Problem, pairs: Sequence[Pair]) -> list[tuple[Match, list[int]]]:
    """Return pairs as a solution has them, each with their numbers: those of one group are one."""
    in_groups = {row.id for row in problem.programmes if isinstance(row, CommunitiesProgramme)}
    found: list[tuple[Match, list[int]]] = []
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        if pair.programme in in_groups:
            members[pair.programme, _group_of(pair)].append(number)
        else:
            found.append((_as_answered(pair), [number]))
    for (programme, group), numbers in members.items():
        people = sorted(person_key(pairs[number].ids[0]) for number in numbers)
        found.append((Match(programme=programme, people=tuple(people), community=group), numbers))
    return found


def _group_of(pair: Pair) -> str:
    """Return the id that the group of a membership has in a problem."""
    return group_key(pair.ids[1]) if pair.community_id is None else community_key(pair.community_id)


def _refused(problem: Problem, pairs: Sequence[Pair], kinds: frozenset[ViolationKind]) -> Numbers:
    """Return the numbers of the pairs in which the check finds something of these kinds."""
    answered = _as_answered_together(problem, pairs)
    answer = Solution(
        status=Status.FEASIBLE,
        problem_sha256=problem.sha256,
        programmes=tuple(row.id for row in problem.programmes),
        assignments=tuple(row for row, _numbers in answered),
    )
    found = (row.where for row in check(problem, answer).violations if row.kind in kinds)
    places = {where.partition(".members")[0] for where in found}
    if not places:
        return set()
    concerned = (
        {f"assignments[{number}]", *(f"people.{person}" for person in row.people or row.members.values())}
        for number, row in enumerate(answer.assignments)
    )
    return {
        pair
        for row, (_match, numbers) in zip(concerned, answered, strict=True)
        if not places.isdisjoint(row)
        for pair in numbers
    }
