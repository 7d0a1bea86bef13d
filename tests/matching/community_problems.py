"""Small problems of communities: written out, drawn, and solved by trying every plan."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import combinations, product
from random import Random
from typing import Any

from matching.problem import (
    Ban,
    CommunitiesProgramme,
    Community,
    CommunityMember,
    Criterion,
    EdgeKind,
    GoalName,
    History,
    Kind,
    Lock,
    Mix,
    Person,
    Problem,
    Skill,
    SkillEdge,
    SkillRows,
)
from tests.matching.problems import read
from tests.matching.test_check_random import SKILLS, random_person, random_rules

GOAL_ORDERS = (("coverage", "points"), ("points", "coverage"), ("points",), ("coverage",))
Plan = dict[str, tuple[str, ...]]


def one_community(rules: list[dict[str, Any]] | None = None, /, **more: Any) -> dict[str, Any]:
    """Return the file of a problem with `ann`, who may join community `c`, led by `ben` unless `lead` says else."""
    people = [{"id": name, **more.pop(name, {})} for name in ("ann", "ben")] + more.pop("others", [])
    lead = more.pop("lead", "ben")
    community = {"id": "c", "max": 5, **more.pop("community", {})}
    programme = {
        "id": "g",
        "kind": more.pop("kind", "communities"),
        "communities": [community | ({"lead": lead} if lead else {})],
        "people": [{"person": "ann", **more.pop("member", {})}, *more.pop("members", [])],
        "rules": rules or [],
        "criteria": more.pop("criteria", {}),
    }
    return {
        "format": "trellis-problem/1",
        "round": "2026-Q4",
        "people": people,
        "programmes": [programme],
        **more,
    }


def bare_problem(random: Random) -> Problem:
    """Draw a small problem with explicit candidates: places, sizes, mixes, leads, blocks, bans and locks."""
    people = [f"p{number}" for number in range(random.randint(1, 6))]
    names = [f"c{number}" for number in range(random.randint(1, 3))]
    communities = [_community(random, name, [*people, "boss"]) for name in names]
    cells = [(person, name) for person in people for name in names]
    density = random.choice((0.4, 0.8, 1.0))
    candidates = tuple((*cell, random.randint(-3, 9)) for cell in cells if random.random() < density)
    pairs = [tuple(random.sample(people, 2)) for _ in range(2) if len(people) > 1]
    bans = [random.choice([*cells, *pairs]) for _ in range(random.choice((0, 0, 1, 2)))]
    named = [row[:2] for row in candidates]
    locks = [random.choice(named)] if named and random.random() < 0.2 else []
    programme = CommunitiesProgramme(
        id="g",
        kind=random.choice((Kind.COMMUNITIES, Kind.GROUP_MENTORING)),
        communities=tuple(communities),
        people=tuple(
            CommunityMember(
                person=person,
                places=random.choice((0, 1, 1, 1, 2, 3)),
                rounds_waited=random.choice((0, 0, 1, 2)),
            )
            for person in people
        ),
        candidates=candidates,
        goals=tuple(GoalName(goal) for goal in random.choice(GOAL_ORDERS)),
    )
    return Problem(
        round="2026-Q4",
        people=tuple(_person(random, person) for person in [*people, "boss"]),
        programmes=(programme,),
        blocks=tuple(pairs[: random.choice((0, 0, 1, 2))]),
        bans=tuple(Ban(programme="g", members=members) for members in bans),
        locks=tuple(Lock(programme="g", members=members) for members in locks),
    )


def _person(random: Random, person: str) -> Person:
    return Person(
        id=person,
        department=random.choice((None, "A", "A", "B", "C")),
        attributes=random.choice(({}, {"site": "X"}, {"site": "Y"})),
    )


def _community(random: Random, name: str, people: list[str]) -> Community:
    least = random.choice((0, 1, 1, 2, 2, 3))
    mixes = {random.choice(("department", "site")): random.choice((1, 2, 2, 3)) for _ in range(2)}
    return Community(
        id=name,
        lead=random.choice((None, None, *people)),
        min=least,
        max=least + random.choice((0, 0, 1, 2, 5)),
        mix=tuple(Mix(attribute=key, at_least=value) for key, value in mixes.items())
        if random.random() < 0.5
        else (),
    )


def best_by_trying_all(problem: Problem) -> tuple[int, ...] | None:
    """Return the values of the goals that the best of all plans has; `None` when locks allow no plan at all."""
    (programme,) = problem.programmes
    assert isinstance(programme, CommunitiesProgramme)
    again = {row.members for row in problem.previous}
    return max((_value(programme, plan, again) for plan in plans_of(problem, programme)), default=None)


def plans_of(problem: Problem, programme: CommunitiesProgramme) -> Iterator[Plan]:
    """Yield every plan that keeps blocks, bans, sizes, mixes and locks."""
    places = {row.person: row.places for row in programme.people}
    groups = [list(_memberships(problem, programme, row)) for row in programme.communities]
    for chosen in product(*groups):
        joined = [person for members in chosen for person in members]
        if all(joined.count(person) <= places[person] for person in joined):
            yield {row.id: members for row, members in zip(programme.communities, chosen, strict=True)}


def _memberships(
    problem: Problem, programme: CommunitiesProgramme, community: Community
) -> Iterator[tuple[str, ...]]:
    """Yield every set of members a community may have, none at all among them where no lock forbids it."""
    apart = {frozenset(pair) for pair in problem.blocks} | {frozenset(ban.members) for ban in problem.bans}
    locked = {lock.members[0] for lock in problem.locks if lock.members[1] == community.id}
    may_join = [
        person
        for person, name, _points in programme.candidates or ()
        if name == community.id
        and person != community.lead
        and not apart & {frozenset((person, community.id)), frozenset((person, str(community.lead)))}
    ]
    of = {person.id: person for person in problem.people}
    for size in (0, *range(max(community.min, 1), community.max + 1)):
        for members in combinations(may_join, size):
            mixed = all(
                len({_attribute(of[person], mix.attribute) for person in members} - {None}) >= mix.at_least
                for mix in community.mix
            )
            met = any(frozenset(pair) in apart for pair in combinations(members, 2))
            if locked <= set(members) and (mixed or not members) and not met:
                yield members


def _attribute(person: Person, name: str) -> str | None:
    return person.department if name == "department" else person.attributes.get(name)


def _value(
    programme: CommunitiesProgramme, plan: Plan, again: Collection[tuple[str, ...]] = ()
) -> tuple[int, ...]:
    waited = {row.person: 1 + row.rounds_waited for row in programme.people}
    points = {(person, name): worth for person, name, worth in programme.candidates or ()}
    values = {
        GoalName.COVERAGE: sum(
            waited[person] for person in {p for members in plan.values() for p in members}
        ),
        GoalName.POINTS: sum(points[person, name] for name, members in plan.items() for person in members),
        GoalName.SAME_PARTNERS: sum(
            (person, name) in again for name, members in plan.items() for person in members
        ),
    }
    return tuple(values[goal] for goal in programme.goals)


def full_problem(random: Random) -> Problem:
    """Draw a problem with people of every shape, rules, criteria, leads and history."""
    people = tuple(random_person(random, number) for number in range(random.randint(2, 12)))
    ids = [person.id for person in people]
    names = ["c0", "c1", "c2"][: random.randint(1, 3)]
    communities = tuple(
        replace(_community(random, name, ids), skills=tuple(random.sample(SKILLS, random.randrange(3))))
        for name in names
    )
    members = tuple(
        CommunityMember(
            person=person,
            places=random.choice((0, 1, 1, 2)),
            wishes=tuple(random.sample(names, random.randint(0, len(names)))),
            rounds_waited=random.choice((0, 0, 1)),
        )
        for person in random.sample(ids, random.randint(0, len(ids)))
    )
    programme = CommunitiesProgramme(
        id="g",
        kind=random.choice((Kind.COMMUNITIES, Kind.GROUP_MENTORING)),
        communities=communities,
        people=members,
        rules=random_rules(random),
        criteria={name: random.choice((0, 1, 7, 40)) for name in Criterion if random.random() < 0.6},
        goals=tuple(GoalName(goal) for goal in random.choice(GOAL_ORDERS)),
    )
    edges = {tuple(sorted(random.sample(SKILLS, 2))): random.choice(list(EdgeKind)) for _ in range(6)}
    rows = [tuple(random.sample([*ids, *names], 2)) for _ in range(5)]
    return Problem(
        round=random.choice(("2026-Q4", "2026", "x")),
        skills=SkillRows(
            nodes=tuple(Skill(skill) for skill in SKILLS),
            edges=tuple(SkillEdge(a, kind, b) for (a, b), kind in edges.items()),
        ),
        people=people,
        programmes=(programme,),
        blocks=tuple(pair for pair in rows if set(pair) <= set(ids))[:2],
        history=tuple(
            History(programme="g", members=pair, round=random.choice(("1", "2"))) for pair in rows[1:]
        ),
        bans=tuple(Ban(programme="g", members=pair) for pair in rows[:2] if random.random() < 0.4),
    )


def crowd(size: int, **programme: object) -> Problem:
    """Return a problem of `size` people who may all join; `programme` changes the programme's file."""
    people = [{"id": f"p{number:02}", "department": "AB"[number % 2]} for number in range(size)]
    content = {
        "format": "trellis-problem/1",
        "round": "2026-Q4",
        "people": [*people, {"id": "zoe"}],
        "programmes": [
            {
                "id": "g",
                "kind": "communities",
                "communities": [{"id": "c", "min": 3, "max": 4}],
                "people": [{"person": row["id"]} for row in people],
                "criteria": {},
            }
            | programme
        ],
    }
    return read(content)
