"""The check finds whatever is wrong with a plan of communities, by name."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from matching.check import ViolationKind as Kind
from matching.check import check
from matching.generate import generate
from matching.problem import Ban, CommunitiesProgramme, Lock, Problem
from matching.solution import CauseKind, CertificateKind, Meeting, Role, Solution, Status
from matching.solve import solve

Found = tuple[Problem, Solution]


@cache
def sound() -> Found:
    """Return a problem and its solution: two members who are kept apart, a lock, people left out."""
    problem = generate(mentees=60, mentors=20, seed=8, kinds=("communities",))
    programme = programme_of(problem)
    communities = tuple(replace(row, max=8) for row in programme.communities)
    people = tuple(
        replace(row, places=2 if index % 9 == 0 else 1) for index, row in enumerate(programme.people)
    )
    problem = replace(problem, programmes=(replace(programme, communities=communities, people=people),))
    locked = next(row.person for row in people if row.person != communities[0].lead)
    lock = Lock(programme=programme.id, members=(locked, communities[0].id))
    apart = Ban(programme=programme.id, members=tuple(row.person for row in people[-2:]))
    problem = replace(problem, locks=(lock,), bans=(apart,))
    return problem, solve(problem)


def programme_of(problem: Problem) -> CommunitiesProgramme:
    (programme,) = problem.programmes
    assert isinstance(programme, CommunitiesProgramme)
    return programme


def changed(solution: Solution, index: int, **changes: object) -> Solution:
    rows = list(solution.assignments)
    rows[index] = replace(rows[index], **changes)
    return replace(solution, assignments=tuple(rows))


def certified(solution: Solution, **changes: object) -> Solution:
    return replace(solution, certificates=(replace(solution.certificates[0], **changes),))


def with_members(found: Found, change: Callable[[list[str]], list[str]], index: int = -1) -> Solution:
    people = sorted(change(list(found[1].assignments[index].people)))
    return changed(found[1], index, people=tuple(people))


def outsider(found: Found) -> str:
    return found[1].unmatched[0].person


def lead_of(found: Found) -> str:
    communities = {row.id: row.lead for row in programme_of(found[0]).communities}
    return str(communities[str(found[1].assignments[-1].community)])


def priced(found: Found) -> Solution:
    people = dict(found[1].certificates[0].people)
    first = next(iter(people))
    return certified(found[1], people=people | {first: people[first] + 50})


def caused(found: Found, **changes: object) -> Solution:
    first, *others = found[1].unmatched
    return replace(found[1], unmatched=(replace(first, cause=replace(first.cause, **changes)), *others))


FAULTS: dict[str, tuple[Kind, Callable[[Found], Solution]]] = {
    "one too few": (Kind.TOO_FEW_MEMBERS, lambda f: with_members(f, lambda people: people[:2])),
    "one too many": (Kind.TOO_MANY_MEMBERS, lambda f: with_members(f, lambda people: [*people, outsider(f)])),
    "too alike": (Kind.MIX, lambda f: with_members(f, lambda _people: alike(f))),
    "two kept apart": (
        Kind.KEPT_APART,
        lambda f: with_members(f, lambda people: [*people[2:], *f[0].bans[0].members]),
    ),
    "its lead": (Kind.SELF, lambda f: with_members(f, lambda people: [*people[1:], lead_of(f)])),
    "somebody twice": (Kind.DUPLICATE, lambda f: with_members(f, lambda people: [*people[1:], people[1]])),
    "a stranger": (Kind.UNKNOWN_PERSON, lambda f: with_members(f, lambda people: [*people[1:], "nobody"])),
    "an unknown community": (Kind.UNKNOWN_COMMUNITY, lambda f: changed(f[1], -1, community="nowhere")),
    "roles": (Kind.WRONG_MEMBERS, lambda f: changed(f[1], -1, members={Role.MENTEE: "p1"}, people=())),
    "a community twice": (
        Kind.DUPLICATE,
        lambda f: replace(f[1], assignments=(*f[1].assignments, f[1].assignments[-1])),
    ),
    "more places than asked": (
        Kind.PLACES,
        lambda f: with_members(f, lambda people: [*people[1:], f[1].assignments[0].people[-1]]),
    ),
    "a lock forgotten": (
        Kind.LOCK_NOT_KEPT,
        lambda f: with_members(f, lambda people: [p for p in people if p != f[0].locks[0].members[0]], 0),
    ),
    "a lock made up": (Kind.FALSE_LOCK, lambda f: changed(f[1], -1, locked=True)),
    "a point more": (
        Kind.WRONG_POINTS,
        lambda f: changed(f[1], -1, points=f[1].assignments[-1].points + 1),
    ),
    "a part made up": (
        Kind.WRONG_PARTS,
        lambda f: changed(f[1], -1, parts=dict(f[1].assignments[-1].parts) | {"charm": 1}),
    ),
    "a goal too high": (
        Kind.WRONG_GOAL,
        lambda f: replace(f[1], goals=(replace(f[1].goals[0], value=999, bound=999), *f[1].goals[1:])),
    ),
    "a bound below": (Kind.WRONG_BOUND, lambda f: certified(f[1], bound=f[1].certificates[0].bound - 1)),
    "other prices": (Kind.WRONG_BOUND, priced),
    "a price of a stranger": (Kind.WRONG_PRICE, lambda f: certified(f[1], people={"nobody": 1})),
    "a negative price": (
        Kind.WRONG_PRICE,
        lambda f: certified(f[1], people={programme_of(f[0]).people[0].person: -1}),
    ),
    "a meeting of friends": (
        Kind.WRONG_PRICE,
        lambda f: certified(
            f[1],
            meetings=(
                Meeting(
                    first=f[1].assignments[0].people[0],
                    second=f[1].assignments[0].people[1],
                    community=str(f[1].assignments[0].community),
                    price=1,
                ),
            ),
        ),
    ),
    "weights of no order": (
        Kind.WRONG_WEIGHTS,
        lambda f: certified(f[1], weights={"coverage": 1, "points": 1}),
    ),
    "no certificate": (Kind.NO_CERTIFICATE, lambda f: replace(f[1], certificates=())),
    "no proof": (
        Kind.NOT_PROVED,
        lambda f: certified(f[1], kind=CertificateKind.BOUND, searched=None),
    ),
    "a search that found more": (
        Kind.WRONG_BOUND,
        lambda f: certified(f[1], kind=CertificateKind.BOUND, searched=f[1].certificates[0].bound + 1),
    ),
    "somebody silent": (Kind.UNMATCHED_MISSING, lambda f: replace(f[1], unmatched=f[1].unmatched[1:])),
    "somebody listed who is in": (
        Kind.UNMATCHED_BUT_MATCHED,
        lambda f: replace(
            f[1],
            unmatched=(replace(f[1].unmatched[0], person=f[1].assignments[0].people[0]), *f[1].unmatched),
        ),
    ),
    "another cause": (Kind.WRONG_CAUSE, lambda f: caused(f, kind=CauseKind.NOT_OPENED)),
    "fewer rivals": (Kind.WRONG_CAUSE, lambda f: caused(f, rival_count=0)),
    "a community silent": (
        Kind.WRONG_CLOSED,
        lambda f: replace(f[1], assignments=f[1].assignments[:-1]),
    ),
    "another problem": (Kind.OTHER_PROBLEM, lambda f: replace(f[1], problem_sha256="0" * 64)),
}


def alike(found: Found) -> list[str]:
    """Return eight people of one department."""
    department = next(row.department for row in found[0].people if row.department)
    return [row.id for row in found[0].people if row.department == department][:8]


def test_the_sound_solution_passes():
    """Nothing is wrong before a fault is planted."""
    problem, solution = sound()
    assert check(problem, solution).violations == ()
    assert solution.unmatched
    assert solution.status is Status.OPTIMAL


@pytest.mark.parametrize(("kind", "plant"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found_by_name(kind, plant):
    """Each fault is among the violations by its own kind."""
    found = sound()
    report = check(found[0], plant(found))
    assert kind in {violation.kind for violation in report.violations}, report.summary


@pytest.mark.parametrize("seed", range(40))
def test_a_plan_that_is_not_the_best_is_not_proved(seed):
    """Whoever is taken out of a community, the certificate no longer fits."""
    problem, solution = sound()
    draw = Random(seed)
    index = draw.randrange(len(solution.assignments))
    people = list(solution.assignments[index].people)
    people.remove(draw.choice(people))
    report = check(problem, changed(solution, index, people=tuple(people)))
    assert {Kind.NOT_PROVED, Kind.WRONG_POINTS} & {violation.kind for violation in report.violations}
