"""Proofs in stages: which there must be, what prices of groups and least points give, and what is not proved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from matching.check import Violation, ViolationKind, check
from matching.problem import GoalName, MentoringProgramme, Problem
from matching.solution import (
    Assignment,
    Certificate,
    CertificateKind,
    GoalValue,
    Meeting,
    OddSet,
    Role,
    Solution,
    Stage,
    Status,
)
from matching.solve import solve
from tests.matching.goal_problems import SUMS, goal_problems, open_pairs, orders, values_of
from tests.matching.problems import Plan, one_pair, plans_of, read
from tests.matching.test_check_bounds import SEEDS, prices

NETWORKS = tuple(order for order in orders() if "stable" not in order)
NONE_OF_SUMS = tuple(order for order in NETWORKS if not set(order) <= set(SUMS))


@dataclass(frozen=True)
class Due:
    """A proof that there must be: of which goal, among which plans, and whether of as much or of more."""

    goal: str
    least_points: int | None
    rate: int | None
    of_more: bool


def due(problem: Problem, programme: MentoringProgramme, plan: Plan) -> Iterator[Due]:
    """Yield the proofs of a plan in their order, the certificate itself last."""
    values = values_of(problem, plan)
    most = {
        "parity": 1000,
        "worst_match": max((row[2] for row in open_pairs(problem, programme)), default=0),
    }
    terms: dict[str, int | None] = {"least_points": None, "rate": None}
    sums = "required" if must_match(problem, programme) else ""
    for goal in programme.goals:
        if goal in SUMS:
            sums = str(goal)
            continue
        if sums:
            yield Due(sums, **terms, of_more=False)
            sums = ""
        term = "rate" if goal == "parity" else "least_points"
        if values[goal] < most[goal]:
            yield Due(str(goal), **{**terms, term: values[goal] + 1}, of_more=True)
        terms[term] = values[goal]
    yield Due("", **terms, of_more=False)


def must_match(problem: Problem, programme: MentoringProgramme) -> set[str]:
    """Return who must be matched and is not by a lock."""
    settled = {lock.members[0] for lock in problem.locks}
    return {row.person for row in programme.mentees if row.required} - settled


def free_values(problem: Problem, programme: MentoringProgramme, plan: Plan) -> dict[str, int]:
    """Return what a plan reaches in each sum beside what locks settle."""
    locked = {lock.members for lock in problem.locks}
    settled, again = {row[0] for row in locked}, {row.members for row in problem.previous}
    free = [row for row in plan if row[:2] not in locked]
    matched = {row[0] for row in free} - settled
    return {
        "required": len(matched & must_match(problem, programme)),
        "coverage": sum(1 + row.rounds_waited for row in programme.mentees if row.person in matched),
        "points": sum(row[2] for row in free),
        "same_partners": sum(row[:2] in again for row in free),
    }


def groups_of(problem: Problem, programme: MentoringProgramme) -> dict[str, list[str]]:
    group = {person.id: person.attributes.get("group") for person in problem.people}
    return {
        value: members
        for value in ("A", "B")
        if (members := [row.person for row in programme.mentees if group[row.person] == value and row.places])
    }


def bound_of(problem: Problem, programme: MentoringProgramme, proof: Stage | Certificate) -> int:
    """Return the bound that the prices of a proof give, by the formula of the documentation."""
    locked = {lock.members for lock in problem.locks}
    settled = {a for a, _ in locked}
    weights, u, v = proof.weights, proof.mentees, proof.mentors
    waited = {row.person: 1 + row.rounds_waited for row in programme.mentees}
    must = must_match(problem, programme)
    bonus = {
        person: 0
        if person in settled
        else weights["coverage"] * waited[person] + weights.get("required", 0) * (person in must)
        for person in waited
    }
    total = 0
    for value, members in groups_of(problem, programme).items() if proof.rate is not None else ():
        price = proof.groups.get(value, 0)
        asked = -(-(proof.rate or 0) * len(members) // 1000) - len(settled & set(members))
        total -= price * max(0, asked)
        for person in set(members) - settled:
            bonus[person] += price
    left = {
        row.person: min(row.places - sum(a == row.person for a, _ in locked), len(programme.mentors))
        for row in programme.mentees
    }
    for person, places in left.items():
        if places > 0:
            price = u.get(person, 0)
            total += max(0, price) + (places - 1) * max(0, price - bonus[person])
    for row in programme.mentors:
        capacity = row.capacity - sum(b == row.person for _, b in locked)
        total += min(capacity, len(waited)) * v.get(row.person, 0)
    again = {row.members for row in problem.previous}
    banned = {frozenset(ban.members) for ban in problem.bans}
    for a, b, points in programme.candidates or ():
        poor = proof.least_points is not None and points < proof.least_points
        if left[a] > 0 and (a, b) not in locked and frozenset((a, b)) not in banned and not poor:
            worth = weights["points"] * points + weights.get("same_partners", 0) * ((a, b) in again)
            total += max(0, worth + bonus[a] - u.get(a, 0) - v.get(b, 0))
    return total


def drawn(random: Random, problem: Problem, programme: MentoringProgramme, asked: Due) -> dict[str, Any]:
    """Return a proof's weights, terms and prices, all of them drawn but the terms."""
    names = ["coverage", "points", *(["required"] if must_match(problem, programme) else [])]
    names += ["same_partners"] if "same_partners" in programme.goals and random.random() < 0.8 else []
    groups = groups_of(problem, programme) if asked.rate is not None else {}
    return {
        "weights": {name: random.choice((0, 1, 3, 50)) for name in names},
        "least_points": asked.least_points,
        "rate": asked.rate,
        "mentees": prices(random, (row.person for row in programme.mentees), 1, least=-9),
        "mentors": prices(random, (row.person for row in programme.mentors), 1),
        "groups": {name: random.choice((0, 1, 8)) for name in groups},
    }


def solution_of(problem: Problem, plan: Plan, certificate: Certificate) -> Solution:
    """Return a plan that claims to be the best, with a certificate."""
    (programme,) = problem.programmes
    values, locked = values_of(problem, plan), {lock.members for lock in problem.locks}
    return Solution(
        status=Status.OPTIMAL,
        problem_sha256=problem.sha256,
        programmes=(programme.id,),
        assignments=tuple(
            Assignment(
                programme=programme.id,
                members={Role.MENTEE: a, Role.MENTOR: b},
                points=points,
                locked=(a, b) in locked,
            )
            for a, b, points in plan
        ),
        goals=tuple(
            GoalValue(programme=programme.id, goal=str(goal), value=values[goal], bound=values[goal])
            for goal in programme.goals
        ),
        certificates=(certificate,),
    )


def judged(problem: Problem, plan: Plan, certificate: Certificate) -> list[Violation]:
    """Return what the check says of a certificate beside a plan that claims to be the best."""
    found = check(problem, solution_of(problem, plan, certificate)).violations
    return [row for row in found if row.where.startswith("certificates")]


def proof_of(problem: Problem, plan: Plan, random: Random) -> tuple[list[Due], Certificate]:
    """Return the proofs that there must be, with random prices and the bounds that these give."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    asked = list(due(problem, programme, plan))
    stages = []
    for one in asked[:-1]:
        stage = Stage(goal=one.goal, bound=0, **drawn(random, problem, programme, one))
        stages.append(replace(stage, bound=bound_of(problem, programme, stage)))
    certificate = Certificate(
        programme=programme.id,
        kind=CertificateKind.PRICES,
        bound=0,
        stages=tuple(stages),
        **drawn(random, problem, programme, asked[-1]),
    )
    return asked, replace(certificate, bound=bound_of(problem, programme, certificate))


@given(problem=goal_problems(NETWORKS), seed=SEEDS)
@settings(deadline=None, max_examples=120)
def test_every_stage_is_held_against_its_own_prices(problem: Problem, seed: int) -> None:
    """The bound of each is the formula's; not proved is what leaves a better plan, or one as good with more."""
    random = Random(seed)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    plan = random.choice(list(plans_of(problem, programme)))
    asked, right = proof_of(problem, plan, random)
    proofs: list[Stage | Certificate] = [*right.stages, right]
    places = [f"certificates[0].stages[{number}]" for number in range(len(right.stages))]
    places.append("certificates[0]")
    free = free_values(problem, programme, plan)
    not_proved = set()
    for place, one, proof in zip(places, asked, proofs, strict=True):
        worth = sum(weight * free[name] for name, weight in proof.weights.items())
        if (proof.bound >= worth) if one.of_more else (proof.bound != worth):
            not_proved.add(place)
    found = judged(problem, plan, right)
    assert {row.where for row in found if row.kind is ViolationKind.NOT_PROVED} == not_proved
    assert not [row for row in found if row.kind in (ViolationKind.WRONG_BOUND, ViolationKind.WRONG_PRICE)]
    number = random.randrange(len(proofs))
    for step in (-1, 1):
        forged = with_proof(right, number, bound=proofs[number].bound + step)
        kinds = {row.where: row.kind for row in judged(problem, plan, forged)}
        assert kinds[f"{places[number]}.bound"] is ViolationKind.WRONG_BOUND


@given(problem=goal_problems(NONE_OF_SUMS), seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_a_proof_is_about_the_plans_that_count(problem: Problem, seed: int) -> None:
    """Other least points, another rate, a stage too many, too few or of another goal: nothing is proved."""
    random = Random(seed)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    plan = random.choice(list(plans_of(problem, programme)))
    asked, right = proof_of(problem, plan, random)
    number = random.randrange(len(asked))
    one, terms = asked[number], random.choice(("least_points", "rate"))
    other = 7 if getattr(one, terms) is None else random.choice((None, getattr(one, terms) + 1))
    place = "certificates[0]" if number == len(asked) - 1 else f"certificates[0].stages[{number}]"
    (sentence,) = (
        row.message
        for row in judged(problem, plan, with_proof(right, number, groups={}, **{terms: other}))
        if row.where == place and "other plans" in row.message
    )
    pairs = "any pairs" if one.least_points is None else f"pairs of {one.least_points} points or more"
    rates = "" if one.rate is None else f" that match {one.rate} in a thousand of each group or more"
    assert sentence.endswith(f": those of {pairs}{rates}.")
    extra = Stage(goal="points", bound=0, weights=right.weights)
    for stages in (right.stages[:-1], (*right.stages, extra), right.stages[::-1]):
        if [row.goal for row in stages] != [row.goal for row in right.stages]:
            (found,) = judged(problem, plan, replace(right, stages=stages))
            assert (found.kind, found.where) == (ViolationKind.NOT_PROVED, "certificates[0].stages")


def with_proof(certificate: Certificate, number: int, **changes: Any) -> Certificate:
    """Return the certificate with a stage, or behind the last its own prices, changed."""
    if number == len(certificate.stages):
        return replace(certificate, **changes)
    stages = list(certificate.stages)
    stages[number] = replace(stages[number], **changes)
    return replace(certificate, stages=tuple(stages))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("people", {"p0": 1}),
        ("odd_sets", (OddSet(members=("p0", "p1", "p2"), price=1),)),
        ("meetings", (Meeting(first="p0", second="p1", community="c", price=1),)),
        ("scale", 2),
        ("searched", 1),
    ],
)
def test_a_stage_says_nothing_that_means_nothing(name: str, value: Any) -> None:
    """What only proofs of other kinds of programme have is told at its place in the stage."""
    problem = read(one_pair(mentee={"required": True}, criteria={"location": 5}))
    programme = replace(problem.programmes[0], goals=(GoalName.COVERAGE, GoalName.WORST_MATCH))
    problem = replace(problem, programmes=(programme,))
    solution = solve(problem)
    (certificate,) = solution.certificates
    assert check(problem, solution).ok
    forged = with_proof(certificate, 0, **{name: value})
    found = check(problem, replace(solution, certificates=(forged,))).violations
    assert {(row.kind, row.where) for row in found} == {
        (ViolationKind.WRONG_PRICE, f"certificates[0].stages[0].{name}")
    }
