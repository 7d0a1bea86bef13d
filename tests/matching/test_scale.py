"""What large markets are solved with says the same as what small ones are: points, plans, prices, any number of workers."""

import dataclasses
import random

import numpy as np
import pytest

from matching import auction, mentors, prices
from matching import candidates as market
from matching.candidates import INELIGIBLE, Candidates, Market
from matching.generate import generate
from matching.goals import LARGEST_SUM, Amounts, Room
from matching.mentors import best_plan
from matching.prices import prices_of
from matching.problem import Criterion, MentoringProgramme, Person, Problem, Rule, RuleName
from matching.solve import solve
from matching.watch import Limits, Watch
from tests.matching.problems import shuffled

RULES = (
    Rule(rule=RuleName.NOT_IN_REPORTING_LINE),
    Rule(rule=RuleName.SHARED_HOURS, minutes=240),
    Rule(rule=RuleName.SHARED_LANGUAGE),
    Rule(rule=RuleName.NO_PRIOR_PAIR),
    Rule(rule=RuleName.GRADE_DISTANCE, min=-1, max=3),
    Rule(rule=RuleName.OTHER_DEPARTMENT),
    Rule(rule=RuleName.SAME_ATTRIBUTE, name="group"),
    Rule(rule=RuleName.COVERS_WANTS, percent=30),
)
FORGETFUL = {
    "department": None,
    "location": None,
    "grade": None,
    "working_hours": (),
    "languages": (),
    "attributes": {},
    "wants": (),
    "holds": (),
}


def _company(seed: int) -> Problem:
    """Return people of whom some things are not known, under some of the rules and criteria."""
    draw = random.Random(seed)
    problem = generate(mentees=40, mentors=15, seed=seed)
    (programme,) = problem.programmes
    people = tuple(_forgetting(person, draw) for person in problem.people)
    asked = dataclasses.replace(
        programme,
        rules=tuple(rule for rule in RULES if draw.random() < 0.3),
        criteria={name: draw.randint(1, 50) for name in Criterion if draw.random() < 0.7},
    )
    return dataclasses.replace(problem, people=people, programmes=(asked,))


def _forgetting(person: Person, draw: random.Random) -> Person:
    return dataclasses.replace(
        person, **{name: none for name, none in FORGETFUL.items() if draw.random() < 0.1}
    )


@pytest.mark.slow
def test_compiled_points_are_those_of_rules_and_criteria() -> None:
    """Every pair has the same points, or is ruled out, whichever of the two ways looks at it."""
    eligible = 0
    for seed in range(40):
        problem = _company(seed)
        (programme,) = problem.programmes
        assert isinstance(programme, MentoringProgramme)
        looked = Market(problem, programme, Watch(Limits(), workers=1 + seed % 3))
        everybody = np.arange(len(programme.mentees))
        ((_block, points),) = looked.blocks(everybody)
        assert (looked.survey.points(everybody) == points).all()
        eligible += int((points != INELIGIBLE).sum())
    assert eligible > 1_000


@pytest.mark.slow
def test_the_auction_finds_plans_as_good_as_the_flow_with_the_same_prices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On random markets, with any places, capacity, bonus and points below zero, both plans have the same prices."""
    draw = np.random.default_rng(3)
    for _market in range(150):
        pairs, room, bonus = _random_market(draw)
        assert not len(pairs) or auction.best_by_auction(pairs, pairs.points, room, bonus) is not None
        found = []
        for many in (len(pairs), -1):
            monkeypatch.setattr(mentors, "MANY", many)
            monkeypatch.setattr(prices, "MANY", many)
            used = best_plan(pairs, pairs.points, room, bonus)
            found.append(prices_of(pairs, pairs.points, used, room, bonus))
        assert (found[0].mentors == found[1].mentors).all()
        assert (found[0].way_out == found[1].way_out).all()


def _random_market(draw: np.random.Generator) -> tuple[Candidates, Room, Amounts]:
    """Return the candidates of a small market, its room, and what a first mentor for each mentee is worth."""
    mentees, mentors_ = draw.integers(1, 12), draw.integers(1, 8)
    rows, columns = np.nonzero(draw.random((mentees, mentors_)) < 0.5)
    every = Candidates(rows, columns, draw.integers(-2, 6, len(rows)).astype(np.int64))
    waiting = draw.integers(1, 3, mentees)
    room = Room(draw.integers(0, 3, mentees), draw.integers(0, 4, mentors_), waiting, np.zeros_like(waiting))
    pairs = every.only((room.places[rows] > 0) & (room.capacity[columns] > 0))
    return pairs, room, waiting * int(draw.choice([0, 1, 50]))


@pytest.mark.slow
def test_the_flow_takes_over_where_the_auction_comes_to_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without patience, and with worths too large to be multiplied, the plan is that of the flow."""
    draw = np.random.default_rng(5)
    monkeypatch.setattr(auction, "PATIENCE", 0)
    for _market in range(20):
        pairs, room, bonus = _random_market(draw)
        expected = best_plan(pairs, pairs.points, room, bonus)
        with monkeypatch.context() as large:
            large.setattr(mentors, "MANY", -1)
            assert (best_plan(pairs, pairs.points, room, bonus) == expected).all()
    one = Candidates(np.array([0]), np.array([0]), np.array([1]))
    room = Room(np.array([1]), np.array([1]), np.array([1]), np.array([0]))
    nothing = np.array([0])
    monkeypatch.setattr(auction, "PATIENCE", 100)
    most = LARGEST_SUM // (2 * auction.SPREAD)
    assert auction.best_by_auction(one, np.array([most]), room, nothing) is not None
    assert auction.best_by_auction(one, np.array([most + 1]), room, nothing) is None


@pytest.mark.slow
def test_large_markets_have_the_same_plan_for_any_workers_and_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """One, two or three workers, rows in any order, and the way of small markets: one and the same solution."""
    problem = generate(mentees=300, mentors=90, seed=4)
    small = solve(problem).without_statistics()
    monkeypatch.setattr(market, "ALL_CELLS", 0)
    monkeypatch.setattr(mentors, "MANY", 0)
    monkeypatch.setattr(prices, "MANY", 0)
    for workers in (1, 2, 3):
        assert solve(problem, workers=workers).without_statistics() == small
    for seed in range(6):
        assert solve(shuffled(problem, seed), workers=2).without_statistics() == small


def test_a_solve_without_workers_is_refused() -> None:
    """Nobody to do the work is an error of the caller."""
    with pytest.raises(ValueError, match="at least one worker, not 0"):
        solve(generate(mentees=2, mentors=2, seed=1), workers=0)
