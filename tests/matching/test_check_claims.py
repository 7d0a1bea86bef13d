"""A certificate says nothing that its kind of programme, or of proof, has no use for."""

from dataclasses import replace
from functools import cache

import pytest

from matching.check import ViolationKind, check
from matching.generate import generate
from matching.problem import Problem
from matching.solution import Certificate, Closed, ClosedKind, Meeting, OddSet, Solution
from matching.solve import solve

STRANGE = {
    "mentees": {"p01": 1},
    "mentors": {"p01": 1},
    "people": {"p01": 1},
    "odd_sets": (OddSet(members=("p01", "p02", "p03"), price=1),),
    "meetings": (Meeting(first="p01", second="p02", community="c1", price=1),),
    "scale": 2,
    "searched": 1,
}
USED = {
    "mentoring": {"mentees", "mentors"},
    "peers": {"people", "odd_sets", "scale"},
    "communities": {"people", "meetings", "scale"},
}


@cache
def solved(kind: str) -> tuple[Problem, Solution]:
    """Return a problem of a kind and its proved solution."""
    problem = replace(generate(mentees=12, mentors=5, seed=2, kinds=(kind,)), joint=None)
    return problem, solve(problem)


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind, used in USED.items() for field in STRANGE if field not in used],
)
def test_what_means_nothing_is_a_violation(kind: str, field: str) -> None:
    """Each field that a kind does not use is named; `searched` beside prices is, for every kind."""
    problem, solution = solved(kind)
    assert check(problem, solution).ok
    certificate: Certificate = replace(solution.certificates[0], **{field: STRANGE[field]})
    found = check(problem, replace(solution, certificates=(certificate,))).violations
    assert f"certificates[0].{field}" in {row.where for row in found}
    assert {row.kind for row in found} <= {ViolationKind.WRONG_PRICE, ViolationKind.WRONG_BOUND}


@pytest.mark.parametrize(
    ("programme", "kind"),
    [("mentoring", ViolationKind.WRONG_CLOSED), ("nowhere", ViolationKind.UNKNOWN_PROGRAMME)],
)
def test_only_programmes_with_communities_have_closed_ones(programme: str, kind: ViolationKind) -> None:
    """A community said to be closed in another programme is a violation, not passed over."""
    problem, solution = solved("mentoring")
    closed = Closed(programme=programme, community="c1", kind=ClosedKind.TOO_FEW, eligible=1, needed=2)
    (found,) = check(problem, replace(solution, closed=(closed,))).violations
    assert (found.kind, found.where) == (kind, "closed[0]")
