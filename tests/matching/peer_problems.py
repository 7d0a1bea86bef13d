"""Small problems of peer coaching for the engine's tests, and the answer by trying every plan."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from matching.problem import Ban, GoalName, Lock, Peer, PeerProgramme, Person, Problem
from tests.matching.problems import GOAL_ORDERS

Plan = tuple[tuple[str, ...], ...]
SIZES = ((2,), (3,), (2, 3))


def listed(
    pairs: Mapping[str, int],
    *,
    people: str = "",
    sizes: tuple[int, ...] = (2,),
    goals: Iterable[str] = ("coverage", "points"),
    waited: Mapping[str, int] | None = None,
    **more: Any,
) -> Problem:
    """Return a problem with explicit candidates; people have one letter, and "ab" is a pair of them."""
    names = sorted({*people, *"".join(pairs)})
    return Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in names),
        programmes=(
            PeerProgramme(
                id="p",
                group_sizes=sizes,
                people=tuple(Peer(person=name, rounds_waited=(waited or {}).get(name, 0)) for name in names),
                candidates=tuple((pair[0], pair[1], points) for pair, points in pairs.items()),
                goals=tuple(GoalName(goal) for goal in goals),
            ),
        ),
        **more,
    )


def company(
    people: list[dict[str, Any]], rules: list[dict[str, Any]] | None = None, /, **more: Any
) -> dict[str, Any]:
    """Return the file of a problem with these people, all of them peers."""
    programme = {
        "id": "p",
        "kind": "peer_coaching",
        "people": [{"person": row["id"], **row.pop("peer", {})} for row in people],
        "group_sizes": more.pop("sizes", [2]),
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


@st.composite
def peer_problems(draw: st.DrawFn, most: int = 8, sizes: Iterable[tuple[int, ...]] = SIZES) -> Problem:
    """Draw small problems with explicit candidates, waiting, blocks, locks, bans, sizes and goals."""
    names = "abcdefghi"[: draw(st.integers(1, most))]
    pairs = ["".join(pair) for pair in combinations(names, 2)]
    points = {pair: draw(st.integers(-3, 9)) for pair in pairs if draw(st.integers(0, 3))}
    allowed = draw(st.sampled_from(list(sizes)))
    groups = [group for size in (2, 3) for group in combinations(names, size)]
    bans = draw(st.lists(st.sampled_from(groups), unique=True, max_size=2)) if groups else []
    locks = [group for group in _drawn(draw, groups) if len(group) in allowed and _may_lock(group, bans)]
    return listed(
        points,
        people=names,
        sizes=allowed,
        goals=draw(st.sampled_from(GOAL_ORDERS)),
        waited={name: draw(st.integers(0, 2)) for name in names},
        bans=tuple(Ban(programme="p", members=group) for group in bans),
        locks=tuple(
            Lock(programme="p", members=group, override=True, reason="They asked for it.") for group in locks
        ),
    )


def _drawn(draw: st.DrawFn, groups: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    if not groups or draw(st.integers(0, 3)):
        return []
    return [draw(st.sampled_from(groups))]


def _may_lock(group: tuple[str, ...], bans: list[tuple[str, ...]]) -> bool:
    return not any(set(ban) <= set(group) for ban in bans)


def programme_of(problem: Problem) -> PeerProgramme:
    (programme,) = problem.programmes
    assert isinstance(programme, PeerProgramme)
    return programme


def best_plans(problem: Problem) -> tuple[tuple[int, ...], list[Plan]]:
    """Return the best values of coverage, few triads and points in the programme's order, and all such plans."""
    found: dict[tuple[int, ...], list[Plan]] = {}
    for plan in plans(problem):
        found.setdefault(aims(problem, plan), []).append(plan)
    best = max(found)
    return best, found[best]


def plans(problem: Problem) -> Iterator[Plan]:
    """Yield every plan that keeps blocks, bans, sizes and locks."""
    programme = programme_of(problem)
    locks = tuple(tuple(sorted(lock.members)) for lock in problem.locks)
    settled = {member for group in locks for member in group}
    free = tuple(row.person for row in programme.people if row.person not in settled)
    for plan in _plans(problem, programme, free):
        yield locks + plan


def _plans(problem: Problem, programme: PeerProgramme, people: tuple[str, ...]) -> Iterator[Plan]:
    if not people:
        yield ()
        return
    first, rest = people[0], people[1:]
    yield from _plans(problem, programme, rest)
    for size in programme.group_sizes:
        for others in combinations(rest, size - 1):
            group = (first, *others)
            if _may_be_together(problem, programme, group):
                left = tuple(person for person in rest if person not in others)
                for plan in _plans(problem, programme, left):
                    yield (group, *plan)


def _may_be_together(problem: Problem, programme: PeerProgramme, group: tuple[str, ...]) -> bool:
    named = {frozenset(row[:2]) for row in programme.candidates or ()}
    pairs = [frozenset(pair) for pair in combinations(group, 2)]
    blocked = {frozenset(pair) for pair in problem.blocks}
    return all(pair in named and pair not in blocked for pair in pairs) and not any(
        set(ban.members) <= set(group) for ban in problem.bans
    )


def aims(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """Return what a plan reaches, in the order of the programme's aims."""
    programme = programme_of(problem)
    waited = {row.person: 1 + row.rounds_waited for row in programme.people}
    points = {frozenset(row[:2]): row[2] for row in programme.candidates or ()}
    values = {
        "coverage": sum(waited[person] for group in plan for person in group),
        "triads": -sum(len(group) == 3 for group in plan),
        "points": sum(
            (2 if len(group) == 2 else 1) * points.get(frozenset(pair), 0)
            for group in plan
            for pair in combinations(group, 2)
        ),
    }
    order = [str(goal) for goal in programme.goals]
    if len(programme.group_sizes) == 2:
        order.insert(order.index("coverage") + 1 if "coverage" in order else len(order), "triads")
    return tuple(values[aim] for aim in order)
