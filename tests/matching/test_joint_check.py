"""The check finds whatever is wrong with a joint round, by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest

from matching.check import ViolationKind as Kind
from matching.check import check
from matching.generate import generate
from matching.problem import Problem
from matching.solution import (
    CauseKind,
    Certificate,
    CertificateKind,
    HoursPrice,
    JointStep,
    Meeting,
    OddSet,
    Solution,
)
from matching.solve import solve

Found = tuple[Problem, Solution]


@cache
def sound() -> Found:
    """Return a round of all kinds with somebody left out for want of hours."""
    problem = generate(mentees=16, mentors=8, seed=4, kinds=("mentoring", "peers", "communities"), joint=True)
    return problem, solve(problem)


def stepped(solution: Solution, number: int = -1, **changes: object) -> Solution:
    steps = list(solution.joint)
    steps[number] = replace(steps[number], **changes)
    return replace(solution, joint=tuple(steps))


def certified(solution: Solution, programme: str, **changes: object) -> Solution:
    """Return the solution with another certificate of a programme in the last step."""
    rows = [
        replace(row, **changes) if row.programme == programme else row
        for row in solution.joint[-1].certificates
    ]
    return stepped(solution, certificates=tuple(rows))


def of(solution: Solution, programme: str) -> Certificate:
    return next(row for row in solution.joint[-1].certificates if row.programme == programme)


def more(prices: Mapping[str, int], by: int = 10**12) -> dict[str, int]:
    first = next(iter(prices))
    return {**prices, first: prices[first] + by}


def last(solution: Solution) -> JointStep:
    return solution.joint[-1]


def hours_priced(solution: Solution, **changes: object) -> Solution:
    first, *others = last(solution).hours
    return stepped(solution, hours=(replace(first, **changes), *others))


def recaused(solution: Solution, kind: CauseKind, other: CauseKind) -> Solution:
    place = next(n for n, row in enumerate(solution.unmatched) if row.cause.kind is kind)
    rows = list(solution.unmatched)
    rows[place] = replace(rows[place], cause=replace(rows[place].cause, kind=other))
    return replace(solution, unmatched=tuple(rows))


def poorer(found: Found) -> Found:
    """Return a problem in which somebody who takes part has no hours at all."""
    problem, solution = found
    person = solution.assignments[0].people[0]
    people = tuple(replace(row, hours_a_month=0.0) if row.id == person else row for row in problem.people)
    changed = replace(problem, people=people)
    return changed, replace(solution, problem_sha256=changed.sha256)


FAULTS: dict[str, tuple[Kind, Callable[[Solution], Solution]]] = {
    "no steps": (Kind.NO_CERTIFICATE, lambda s: replace(s, joint=())),
    "a step too few": (Kind.NO_CERTIFICATE, lambda s: replace(s, joint=s.joint[:-1])),
    "steps out of order": (Kind.NO_CERTIFICATE, lambda s: replace(s, joint=s.joint[::-1])),
    "a value too high": (Kind.WRONG_GOAL, lambda s: stepped(s, value=last(s).value + 1)),
    "a cover too high": (Kind.WRONG_GOAL, lambda s: stepped(s, 0, value=s.joint[0].value + 1)),
    "a bound below": (Kind.WRONG_BOUND, lambda s: stepped(s, bound=last(s).bound - 1)),
    "a bound above": (Kind.WRONG_BOUND, lambda s: stepped(s, bound=last(s).bound + 1)),
    "a weight too few": (Kind.WRONG_WEIGHTS, lambda s: stepped(s, weights=last(s).weights[:-1])),
    "no weight of its own": (Kind.WRONG_WEIGHTS, lambda s: stepped(s, weights=(*last(s).weights[:-1], 0))),
    "a negative weight": (Kind.WRONG_WEIGHTS, lambda s: stepped(s, weights=(-1, *last(s).weights[1:]))),
    "other weights": (
        Kind.WRONG_BOUND,
        lambda s: stepped(s, weights=(*last(s).weights[:-1], 2 * last(s).weights[-1])),
    ),
    "hours of nobody": (Kind.WRONG_PRICE, lambda s: hours_priced(s, person="nobody")),
    "hours below nothing": (Kind.WRONG_PRICE, lambda s: hours_priced(s, price=-1)),
    "hours of no programme": (Kind.WRONG_PRICE, lambda s: hours_priced(s, seeking={"choir": 1})),
    "hours that ask less": (Kind.WRONG_PRICE, lambda s: hours_priced(s, seeking={"peers": -1})),
    "other hours": (Kind.WRONG_BOUND, lambda s: hours_priced(s, price=10**9)),
    "no hours": (Kind.WRONG_BOUND, lambda s: stepped(s, hours=())),
    "cover of nobody": (Kind.WRONG_PRICE, lambda s: stepped(s, cover={"nobody": 1})),
    "cover below nothing": (
        Kind.WRONG_PRICE,
        lambda s: stepped(s, cover={s.assignments[0].people[0]: -1}),
    ),
    "cover beyond its worth": (
        Kind.WRONG_PRICE,
        lambda s: stepped(s, cover={s.assignments[0].people[0]: 10**12}),
    ),
    "an odd turnout": (Kind.WRONG_PRICE, lambda s: stepped(s, turnout={"peers": 3})),
    "a turnout of pairs": (Kind.WRONG_PRICE, lambda s: stepped(s, turnout={"mentoring": 2})),
    "a turnout too early": (Kind.WRONG_PRICE, lambda s: stepped(s, 0, turnout={"peers": 2})),
    "another turnout": (Kind.WRONG_BOUND, lambda s: stepped(s, turnout={"peers": 10**9})),
    "a certificate too few": (
        Kind.NO_CERTIFICATE,
        lambda s: stepped(s, certificates=last(s).certificates[1:]),
    ),
    "a certificate that proves": (
        Kind.WRONG_WEIGHTS,
        lambda s: certified(s, "peers", kind=CertificateKind.PRICES),
    ),
    "another share": (Kind.WRONG_BOUND, lambda s: certified(s, "peers", bound=of(s, "peers").bound - 1)),
    "other peers": (Kind.WRONG_BOUND, lambda s: certified(s, "peers", people=more(of(s, "peers").people))),
    "other mentors": (
        Kind.WRONG_BOUND,
        lambda s: certified(s, "mentoring", mentees=more(of(s, "mentoring").mentees)),
    ),
    "other members": (
        Kind.WRONG_BOUND,
        lambda s: certified(s, "communities", people=more(of(s, "communities").people)),
    ),
    "a price of a stranger": (Kind.WRONG_PRICE, lambda s: certified(s, "peers", people={"nobody": 1})),
    "a mentor below nothing": (
        Kind.WRONG_PRICE,
        lambda s: certified(s, "mentoring", mentors={next(iter(of(s, "mentoring").mentees)): -1}),
    ),
    "an odd set of strangers": (
        Kind.WRONG_PRICE,
        lambda s: certified(s, "peers", odd_sets=(OddSet(members=("x", "y", "z"), price=1),)),
    ),
    "a meeting of friends": (
        Kind.WRONG_PRICE,
        lambda s: certified(
            s, "communities", meetings=(Meeting(first="x", second="y", community="c1", price=1),)
        ),
    ),
    "prices too large": (Kind.WRONG_PRICE, lambda s: hours_priced(s, price=2**60)),
    "somebody taken out": (Kind.NOT_PROVED, lambda s: replace(s, assignments=s.assignments[:-1])),
    "a certificate beside": (
        Kind.DUPLICATE,
        lambda s: replace(
            s, certificates=(Certificate(programme="peers", kind=CertificateKind.BOUND, bound=1),)
        ),
    ),
    "hours that did not run out": (
        Kind.WRONG_CAUSE,
        lambda s: recaused(s, CauseKind.OWN_HOURS, CauseKind.PLACES_RAN_OUT),
    ),
    "places that did not run out": (
        Kind.WRONG_CAUSE,
        lambda s: recaused(s, CauseKind.NO_ELIGIBLE_PARTNER, CauseKind.OWN_HOURS),
    ),
}


def test_the_sound_round_passes():
    """Nothing is wrong before a fault is planted, and hours have prices."""
    problem, solution = sound()
    assert check(problem, solution).violations == ()
    assert last(solution).hours


@pytest.mark.parametrize(("kind", "plant"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found_by_name(kind, plant):
    """Each fault is among the violations by its own kind."""
    problem, solution = sound()
    report = check(problem, plant(solution))
    assert kind in {violation.kind for violation in report.violations}, report.summary


def test_hours_that_nobody_has_are_found():
    """A plan that asks for more hours than somebody has is a violation with both figures."""
    problem, solution = poorer(sound())
    report = check(problem, solution)
    assert any(row.kind is Kind.HOURS and "has 0 hours" in row.message for row in report.violations)


def test_steps_mean_nothing_outside_a_round():
    """A solution of one programme alone has no steps."""
    problem, solution = sound()
    alone = replace(solve(problem, programme="peers"), joint=solution.joint)
    assert Kind.DUPLICATE in {row.kind for row in check(problem, alone).violations}


def test_any_prices_of_hours_give_a_bound_that_holds():
    """A row that the solver never laid has a limit too: the check finds it, and no plan passes it."""
    _problem, solution = sound()
    person = last(solution).hours[0].person
    row = HoursPrice(person=person, price=1, seeking={"mentoring": 5, "peers": 3}, giving={"mentoring": 2})
    changed = stepped(solution, hours=(*last(solution).hours, row))
    kinds = {violation.kind for violation in check(sound()[0], changed).violations}
    assert kinds <= {Kind.WRONG_BOUND}
