"""Groups of a plan as the memberships they consist of, each with points and reasons of its own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from app.engagements.reasons import AGAINST, FOR
from matching.communities.members import parts_of_members
from matching.explain import Explainer, PairReasons
from matching.problem import CommunitiesProgramme, Kind, Mentee, Mentor, MentoringProgramme, Person, Problem
from matching.skill_paths import Step
from matching.skills import closeness_of
from matching.solution import Assignment, Role, Solution

Records = list[dict[str, Any]]
Way = Callable[[str, str], tuple[Step, ...]]


def as_memberships(problem: Problem, solution: Solution) -> tuple[Assignment, ...]:
    """Return the assignments of a plan, with one for each member in the place of a group.

    Whoever is in the group of a mentor stands there with the mentor, whoever is in a community by themself.
    """
    programmes = {row.id: row for row in problem.programmes if isinstance(row, CommunitiesProgramme)}
    parts = {
        key: parts_of_members(
            problem,
            programme,
            [
                (person, row.community or "")
                for row in solution.assignments
                if row.programme == key
                for person in row.people
            ],
        )
        for key, programme in programmes.items()
    }
    locked = {(row.programme, *row.members) for row in problem.locks}
    found: list[Assignment] = []
    for row in solution.assignments:
        if row.programme not in programmes:
            found.append(row)
            continue
        for person in row.people:
            own = parts[row.programme][person, row.community or ""]
            is_locked = (row.programme, person, row.community) in locked
            alone = replace(row, people=(person,), points=sum(own.values()), parts=own, locked=is_locked)
            found.append(_with_mentor(alone, programmes[row.programme]))
    return tuple(found)


def _with_mentor(row: Assignment, programme: CommunitiesProgramme) -> Assignment:
    """Return a membership of a mentor's group as a pair."""
    if programme.kind is not Kind.GROUP_MENTORING:
        return row
    lead = next(one.lead for one in programme.communities if one.id == row.community)
    members = {Role.MENTEE: row.people[0], Role.MENTOR: lead or ""}
    return replace(row, members=members, people=(), community=None)


def reasons_in_groups(
    problem: Problem,
    programme: CommunitiesProgramme,
    plan: Solution,
    record: Callable[[PairReasons], Records],
) -> Iterator[Records]:
    """Yield the records of each member of the groups of mentors: they fit as a mentee fits a mentor."""
    leads = {row.id: row.lead or "" for row in programme.communities}
    mentoring = MentoringProgramme(
        id=programme.id,
        mentees=tuple(
            Mentee(person=row.person, places=row.places, wishes=tuple(leads[wish] for wish in row.wishes))
            for row in programme.people
        ),
        mentors=tuple(Mentor(person=leads[row.id], capacity=row.max) for row in programme.communities),
        criteria=programme.criteria,
    )
    alone = replace(problem, programmes=(mentoring,), joint=None, previous=(), chats=(), locks=(), bans=())
    yield from map(record, Explainer(alone, programme.id).why_all(plan))


def reasons_in_communities(
    problem: Problem, programme: CommunitiesProgramme, plan: Solution, labels: dict[str, str], way: Way
) -> Iterator[Records]:
    """Yield the records of each member of communities: what of theirs a community is about, and what not."""
    closeness, people = closeness_of(problem), {row.id: row for row in problem.people}
    topics = {row.id: row.skills for row in programme.communities}
    wishes = {row.person: row.wishes for row in programme.people}
    near = cache(closeness.near)
    for row in plan.assignments:
        if row.programme == programme.id:
            person, community = people[row.people[0]], row.community or ""
            yield [
                *_about(person, topics[community], near, labels, way),
                *_wish(wishes[person.id], community),
            ]


def _about(
    person: Person,
    topics: tuple[str, ...],
    near: Callable[[str], dict[str, int]],
    labels: dict[str, str],
    way: Way,
) -> Iterator[dict[str, Any]]:
    """Yield the skill that speaks most for a community, and the one it lacks most.

    Of who wants to learn nothing, what they know counts.
    """
    asked = [(row.skill, row.importance) for row in person.wants] or [(row.skill, 1) for row in person.holds]
    told = {"criterion": "skills", "wanted": bool(person.wants)}
    best: list[tuple[int, str, str]] = []
    lacking: list[tuple[int, str]] = []
    for skill, importance in asked:
        close, topic = max(((near(skill).get(one, 0), one) for one in topics), default=(0, ""))
        if close:
            best.append((close * importance, skill, topic))
        lacking.append(((1000 - close) * importance, skill))
    most = max(best, default=None)
    if most is not None:
        _worth, skill, topic = most
        steps = way(topic, skill) if topic != skill else ()
        yield {
            **told,
            "side": FOR,
            "kind": "topic",
            "skill": labels[skill],
            **({"near": labels[topic]} if topic != skill else {}),
            **({"way": [_step(step, labels) for step in steps]} if steps else {}),
        }
    missing = max((row for row in lacking if row[0] and (most is None or row[1] != most[1])), default=None)
    if missing is not None:
        yield {**told, "side": AGAINST, "kind": "no_topic", "skill": labels[missing[1]]}


def _step(step: Step, labels: dict[str, str]) -> dict[str, str]:
    return {"skill": labels[step.skill], "relation": step.relation.name.lower()}


def _wish(wishes: tuple[str, ...], community: str) -> Iterator[dict[str, Any]]:
    if wishes:
        rank = wishes.index(community) + 1 if community in wishes else 0
        yield {"side": FOR if rank else AGAINST, "criterion": "wishes", "kind": "wish", "rank": rank}
