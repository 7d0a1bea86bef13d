"""Where each fault is told, that none hides another behind it, and that what is just right is no fault."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from matching.check import ViolationKind as Kind
from matching.check import check
from matching.generate import generate
from matching.problem import (
    Ban,
    CommunitiesProgramme,
    Joint,
    Mentee,
    Mentor,
    MentoringProgramme,
    Person,
    Problem,
)
from matching.solution import (
    Assignment,
    Certificate,
    CertificateKind,
    GoalValue,
    HoursPrice,
    JointStep,
    Meeting,
    OddSet,
    Role,
    Solution,
    Status,
)
from matching.solve import solve

KINDS = ("mentoring", "peers", "communities")
FIRST, OTHER = "p01", "p02"


@cache
def solved(*kinds: str) -> tuple[Problem, Solution]:
    """Return a small company with two members who are kept apart, and its plan; several kinds share hours."""
    problem = generate(mentees=20, mentors=10, seed=1, kinds=kinds, joint=len(kinds) > 1)
    if "communities" in kinds:
        problem = replace(problem, bans=(Ban(programme="communities", members=(FIRST, OTHER)),))
    problem = problem if len(kinds) > 1 else replace(problem, joint=None)
    solution = solve(problem)
    assert check(problem, solution).violations == ()
    return problem, solution


def found_in(problem: Problem, solution: Solution) -> dict[str, Kind]:
    """Return what is found, by its place."""
    return {row.where: row.kind for row in check(problem, solution).violations}


def stranger(of: str) -> dict[str, Any]:
    """Return prices of somebody who is not there, in the fields of a kind."""
    return {"mentees": {"ghost": 1}} if of == "mentoring" else {"people": {"ghost": 1}}


def set_of(*members: str, price: int = 1, size: int = 2) -> dict[str, Any]:
    return {"odd_sets": (OddSet(members=members, price=price, size=size),)}


def meeting(first: str, second: str, community: str = "c1", price: int = 1) -> dict[str, Any]:
    return {"meetings": (Meeting(first=first, second=second, community=community, price=price),)}


# What a certificate may not say, of each kind alone and within a step of a joint round.
FORGED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a price of no mentee": ("mentoring", stranger("mentoring"), "mentees.ghost"),
    "a price of no mentor": ("mentoring", {"mentors": {"ghost": 1}}, "mentors.ghost"),
    "a price of no peer": ("peers", stranger("peers"), "people.ghost"),
    "a peer below nothing": ("peers", {"people": {FIRST: -1}}, f"people.{FIRST}"),
    "a price of no member": ("communities", stranger("communities"), "people.ghost"),
    "a member below nothing": ("communities", {"people": {FIRST: -1}}, f"people.{FIRST}"),
    "sets in mentoring": ("mentoring", set_of(FIRST, OTHER), "odd_sets"),
    "mentors of peers": ("peers", {"mentors": {FIRST: 1}}, "mentors"),
    "mentees of communities": ("communities", {"mentees": {FIRST: 1}}, "mentees"),
    "a set below nothing": ("peers", set_of(FIRST, OTHER, price=-1), "odd_sets[0]"),
    "parts of one": ("peers", set_of(FIRST, OTHER, size=1), "odd_sets[0]"),
    "parts of four": ("peers", set_of(FIRST, OTHER, size=4), "odd_sets[0]"),
    "a meeting below nothing": ("communities", meeting(FIRST, OTHER, price=-1), "meetings[0]"),
    "a meeting nowhere": ("communities", meeting(FIRST, OTHER, "c99"), "meetings[0]"),
    "a meeting of friends": ("communities", meeting(FIRST, "p03"), "meetings[0]"),
    "a meeting of a stranger": ("communities", meeting("ghost", OTHER), "meetings[0]"),
}


@pytest.mark.parametrize(("of", "changes", "where"), FORGED.values(), ids=FORGED)
def test_a_forged_price_is_told_at_its_place(of: str, changes: dict[str, Any], where: str) -> None:
    """In the certificate of a programme alone as well as in that of a step, and it is a wrong price."""
    problem, solution = solved(of)
    certificate = replace(solution.certificates[0], **changes)
    found = found_in(problem, replace(solution, certificates=(certificate,)))
    assert found[f"certificates[0].{where}"] is Kind.WRONG_PRICE
    problem, solution = solved(*KINDS)
    number = len(solution.joint) - 1
    rows = list(solution.joint[number].certificates)
    place = next(index for index, row in enumerate(rows) if row.programme == of)
    rows[place] = replace(rows[place], **changes)
    step = replace(solution.joint[number], certificates=tuple(rows))
    found = found_in(problem, replace(solution, joint=(*solution.joint[:number], step)))
    assert found == {f"joint[{number}].certificates[{place}].{where}": Kind.WRONG_PRICE}


def members_of(problem: Problem, name: str) -> list[str]:
    programme = problem.programme(name)
    rows = programme.mentees if isinstance(programme, MentoringProgramme) else programme.people  # type: ignore[attr-defined]
    return [row.person for row in rows]


def priced_at_nothing(problem: Problem, certificate: Certificate) -> Certificate:
    """Return the certificate with a price of 0 for everybody and everything that has none."""
    names = members_of(problem, certificate.programme)
    programme = problem.programme(certificate.programme)
    if isinstance(programme, MentoringProgramme):
        mentors = dict.fromkeys((row.person for row in programme.mentors), 0)
        mentees = dict.fromkeys(names, 0)
        return replace(
            certificate,
            mentees={**mentees, **certificate.mentees},
            mentors={**mentors, **certificate.mentors},
        )
    free = replace(certificate, people={**dict.fromkeys(names, 0), **certificate.people})
    if isinstance(programme, CommunitiesProgramme):
        return replace(free, meetings=(*free.meetings, *meeting(FIRST, OTHER, price=0)["meetings"]))
    sets = [OddSet(members=tuple(names[:count]), price=0, size=size) for count in (1, 3) for size in (2, 3)]
    return replace(free, odd_sets=(*free.odd_sets, *sets))


@pytest.mark.parametrize("kind", KINDS)
def test_a_price_of_nothing_changes_nothing(kind: str) -> None:
    """Nought is not below nothing: a certificate that spells out its zeros proves what it did."""
    problem, solution = solved(kind)
    certificate = priced_at_nothing(problem, solution.certificates[0])
    assert found_in(problem, replace(solution, certificates=(certificate,))) == {}


def test_prices_of_nothing_change_no_step() -> None:
    """Nor do hours, cover and turnout at 0, in every step that may have them."""
    problem, solution = solved(*KINDS)
    takes_part = members_of(problem, "peers")
    steps = []
    for number, step in enumerate(solution.joint):
        known = any((row.goal, row.programme) == ("coverage", "peers") for row in solution.joint[:number])
        row = HoursPrice(
            person=FIRST, price=0, seeking={"peers": 0, "mentoring": 3}, giving={"communities": 1}
        )
        steps.append(
            replace(
                step,
                hours=(*step.hours, row),
                cover={**dict.fromkeys(takes_part, 0), **step.cover},
                turnout={**({"peers": 0} if known else {}), **step.turnout},
                certificates=tuple(priced_at_nothing(problem, row) for row in step.certificates),
            )
        )
    assert found_in(problem, replace(solution, joint=tuple(steps))) == {}


def test_a_plan_beyond_its_bound_is_told_in_its_step() -> None:
    """Two mentees with a mentor for one reach more than the prices allow: both faults are told."""
    problem = Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in "abz"),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=(Mentee(person="a"), Mentee(person="b")),
                mentors=(Mentor(person="z"),),
                goals=("coverage",),
            ),
        ),
        joint=Joint(hours_budget=True),
    )
    prices = Certificate(programme="m", kind=CertificateKind.BOUND, bound=1, mentors={"z": 1})
    step = JointStep(goal="coverage", programme="m", value=2, bound=1, weights=(1,), certificates=(prices,))
    solution = Solution(
        status=Status.TIMED_OUT,
        problem_sha256=problem.sha256,
        programmes=("m",),
        assignments=tuple(pair("m", mentee, "z") for mentee in "ab"),
        goals=(GoalValue(programme="m", goal="coverage", value=2, bound=2),),
        joint=(step,),
    )
    assert found_in(problem, solution) == {"people.z": Kind.CAPACITY, "joint[0].bound": Kind.WRONG_BOUND}


def pair(programme: str, mentee: str, mentor: str) -> Assignment:
    return Assignment(programme=programme, members={Role.MENTEE: mentee, Role.MENTOR: mentor})


# Rows of the plan that are wrong each in their own way, among rows that are right.

TIMES_WRONG = {
    "mentoring": ("not the members", "a stranger", "somebody not enrolled", "twice", "points"),
    "peers": ("not the members", "a stranger", "one size too many", "twice", "points"),
    "communities": ("not the members", "a stranger", "nowhere", "twice", "points"),
}


def spoilt(row: Assignment, way: str) -> Assignment:
    """Return an assignment that is wrong in some way; said twice it is wrong as it is."""
    role = Role.MENTEE
    match way:
        case "not the members":
            return replace(row, members={}, people=row.people[::-1])
        case "a stranger" if row.members:
            return replace(row, members={**row.members, role: "ghost"})
        case "a stranger":
            return replace(row, people=tuple(sorted((*row.people[1:], "ghost"))))
        case "somebody not enrolled":
            return replace(row, members={role: row.members[Role.MENTOR], Role.MENTOR: row.members[role]})
        case "one size too many":
            return replace(row, people=tuple(f"p{number:02}" for number in range(1, 6)))
        case "nowhere":
            return replace(row, community="c99")
        case "points":
            return replace(row, points=row.points + 1)
    return row


EXPECTED = {
    "not the members": Kind.WRONG_MEMBERS,
    "a stranger": Kind.UNKNOWN_PERSON,
    "somebody not enrolled": Kind.NOT_LISTED,
    "one size too many": Kind.WRONG_SIZE,
    "nowhere": Kind.UNKNOWN_COMMUNITY,
    "twice": Kind.DUPLICATE,
    "points": Kind.WRONG_POINTS,
}


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "joint"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_row_hides_another(kind: str, shared: bool) -> None:
    """Each wrong row is told under its number and in its way, whatever is wrong with those before it."""
    problem, solution = solved(*KINDS) if shared else solved(kind)
    right = [row for row in solution.assignments if row.programme == kind]
    others = [row for row in solution.assignments if row.programme != kind]
    ways = TIMES_WRONG[kind]
    rows = [others[0]] if others else []
    before = len(rows)
    rows += [right[0], *(spoilt(right[0], way) for way in ways[:-1]), spoilt(right[1], ways[-1])]
    found = found_in(problem, replace(solution, assignments=(*rows, *others[1:], *right[2:])))
    for number, way in enumerate(ways, before + 1):
        told = {kind for where, kind in found.items() if where.startswith(f"assignments[{number}]")}
        assert EXPECTED[way] in told, way


@pytest.mark.parametrize("kind", KINDS)
def test_no_cause_hides_another(kind: str) -> None:
    """Whoever is listed wrongly as left out is told by number, behind rows that are wrong in other ways."""
    problem, solution = solved(*KINDS)
    role = {"mentoring": Role.MENTEE, "peers": Role.PEER, "communities": Role.MEMBER}[kind]
    match = next(row for row in solution.assignments if row.programme == kind)
    matched = match.members[role] if match.members else match.people[0]
    first, *others = (row for row in solution.unmatched if row.programme == kind)
    elsewhere = [row for row in solution.unmatched if row.programme != kind]
    rows = (
        *elsewhere[:1],
        replace(first, person="ghost", role=role),
        replace(first, person=matched, role=role),
        first,
        first,
        *(replace(row, cause=replace(row.cause, considered=99)) for row in others),
        *elsewhere[1:],
    )
    found = found_in(problem, replace(solution, unmatched=rows))
    told = [Kind.NOT_LISTED, Kind.UNMATCHED_BUT_MATCHED, None, Kind.UNMATCHED_TWICE]
    assert [found.get(f"unmatched[{number}]") for number in range(1, 5)] == told
    for number in range(5, 5 + len(others)):
        assert found[f"unmatched[{number}].cause.considered"] is Kind.WRONG_CAUSE
