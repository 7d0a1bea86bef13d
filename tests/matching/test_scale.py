"""What large markets are solved with says the same as what small ones are: points, plans, prices, any number of workers."""

import dataclasses
import gc
import random

import numpy as np
import pytest

from matching import alike, auction, causes, kept, mentors, pool, priced, prices
from matching import candidates as market
from matching.candidates import INELIGIBLE, Candidates, Market
from matching.check import check
from matching.generate import generate
from matching.goals import LARGEST_SUM, Amounts, Room
from matching.mentors import best_plan
from matching.prices import prices_of
from matching.problem import Criterion, Mentee, Mentor, MentoringProgramme, Person, Problem, Rule, RuleName
from matching.selection import Offers, Span
from matching.solution import Status
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
def test_compiled_points_are_those_of_rules_and_criteria(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pair has the same points, or is ruled out, whichever of the two ways looks at it.

    So it is where too few mentees are alike in anything to write that once for all of them.
    """
    eligible = 0
    for seed in range(40):
        monkeypatch.setattr(alike, "MOST_FIGURES", 0 if seed % 4 == 3 else 1 << 26)
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
def test_prices_to_begin_with_change_no_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    """From any prices, right, far off or given up at once, an auction finds a plan worth as much."""
    draw = np.random.default_rng(7)
    for number in range(150):
        pairs, room, bonus = _random_market(draw)
        if not len(pairs):
            continue
        monkeypatch.setattr(auction, "SOON", 0 if number % 5 == 4 else 200)
        known = draw.integers(0, 40 * auction.PARTS, len(room.capacity))
        worths = set()
        for start in (None, known):
            used = auction.best_by_auction(pairs, pairs.points, room, bonus, start)
            assert used is not None
            worths.add(int(pairs.points[used].sum() + bonus[np.unique(pairs.rows[used])].sum()))
        assert len(worths) == 1


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


@pytest.fixture
def as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let compiled loops solve markets of any size."""
    monkeypatch.setattr(market, "ALL_CELLS", 0)
    for module in (mentors, prices, priced):
        monkeypatch.setattr(module, "MANY", 0)


@pytest.mark.slow
def test_large_markets_have_the_same_plan_as_small_ones(request: pytest.FixtureRequest) -> None:
    """The compiled way and the way of small markets: one and the same solution, with the same prices."""
    problem = generate(mentees=300, mentors=90, seed=4)
    small = solve(problem).without_statistics()
    request.getfixturevalue("as_if_large")
    assert solve(problem, workers=2).without_statistics() == small


@pytest.mark.slow
@pytest.mark.usefixtures("as_if_large")
def test_large_markets_have_the_same_plan_for_any_workers_and_order() -> None:
    """Ten times with rows in another order, by one, two or three workers: one and the same solution."""
    problem = generate(mentees=300, mentors=90, seed=4)
    first = solve(problem, workers=1).without_statistics()
    for seed in range(10):
        again = solve(shuffled(problem, seed), workers=1 + seed % 3)
        assert again.without_statistics() == first


@pytest.mark.slow
@pytest.mark.usefixtures("as_if_large")
def test_more_ties_than_are_looked_at_leave_a_best_plan_that_no_order_changes() -> None:
    """With more than 64 pairs as good for each mentee, the plan is proved and always the same."""
    people = tuple(Person(id=f"p{number:03}", name="", time_zone="UTC") for number in range(130))
    programme = MentoringProgramme(
        id="mentoring",
        mentees=tuple(Mentee(person=person.id) for person in people[:30]),
        mentors=tuple(Mentor(person=person.id) for person in people[30:]),
        criteria={Criterion.LOCATION: 10},
    )
    problem = Problem(round="2026-Q4", people=people, programmes=(programme,))
    asked = Market(problem, programme, Watch(Limits()))
    assert (asked.survey.points(np.arange(30)) == 5).all()
    assert len(programme.mentors) > pool.TIED_AT_MOST
    first = solve(problem, workers=1)
    assert first.status is Status.OPTIMAL
    assert check(problem, first).ok
    for seed in range(3):
        again = solve(shuffled(problem, seed), workers=1 + seed)
        assert again.without_statistics() == first.without_statistics()


@pytest.mark.slow
@pytest.mark.usefixtures("as_if_large")
def test_what_pairs_can_be_worth_rules_out_none_that_gains(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under any rules and weights, what compiled loops choose by prices is what a look at every pair chooses.

    So it is at prices far apart, as those are of mentors whom people compete for and of others.
    """
    draw = np.random.default_rng(11)
    chosen = 0
    for seed in range(20):
        problem = _company(seed)
        (programme,) = problem.programmes
        assert isinstance(programme, MentoringProgramme)
        monkeypatch.setattr(alike, "MOST_FIGURES", 0 if seed % 4 == 3 else 1 << 26)
        looked = Market(problem, programme, Watch(Limits(), workers=1))
        mentees, mentors_ = looked.sides.shape
        weight = int(draw.choice([0, 1, 1000]))
        far = int(draw.choice([0, 10**6, 10**12]))
        way_out = draw.integers(-60, 60, mentees) + far * draw.integers(0, 2, mentees)
        price = draw.integers(0, 60, mentors_) + far * draw.integers(0, 2, mentors_)
        offers = Offers(
            way_out=way_out * max(1, weight),
            mentors=price * max(1, weight),
            shut=draw.random(mentors_) < 0.2,
            weight=weight,
            first=np.zeros(mentees + 1, dtype=np.int64),
            settled=np.zeros(0, dtype=np.int32),
        )
        points = looked.survey.points(np.arange(mentees)).astype(np.int64)
        gains = weight * points + offers.way_out[:, None] - offers.mentors[None, :]
        gaining = (points != INELIGIBLE) & (gains > 0) & ~offers.shut[None, :]
        found = looked.survey.gaining(np.arange(mentees), offers, Span(0, 2**62), mentors_)
        rows, columns = np.nonzero(gaining)
        assert (found.rows == rows).all()
        assert (found.columns == columns).all()
        assert (found.points == points[gaining]).all()
        chosen += len(found)
    assert chosen > 1_000


@pytest.mark.slow
def test_a_wrong_price_proves_nothing() -> None:
    """An auction passes for proved as it ends, and no longer when the price of a mentor who is taken is beyond all."""
    draw = np.random.default_rng(8)
    spoilt = 0
    for _market in range(40):
        pairs, room, bonus = _random_market(draw)
        scale = len(pairs) + 1
        book = auction._book(pairs, pairs.points, room, bonus, scale)
        auction.hold_auction(book, 1, 1, 10**6)
        assert auction._is_proved(book, scale)
        for mentor in np.flatnonzero(book.held > 0):
            price = book.price[mentor]
            book.price[mentor] = 1_000 * scale
            assert not auction._is_proved(book, scale)
            book.price[mentor] = price
            spoilt += 1
    assert spoilt > 50


def test_a_mentee_left_out_who_could_be_covered_is_noticed() -> None:
    """A plan that covers less than it could is told from one that does not, also where others have to move."""
    pairs = Candidates(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([5, 1, 5]))
    room = Room(np.array([1, 1]), np.array([1, 1]), np.array([1, 1]), np.array([0, 0]))
    bonus = np.array([100, 100])
    book = auction._book(pairs, pairs.points, room, bonus, 4)
    auction.hold_auction(book, 1, 1, 10**6)
    assert book.used.tolist() == [False, True, True]
    assert auction.covers_most(book, bonus)
    # The first takes the only mentor of the second, and leaves the other mentor free.
    book.used[:], book.unit[:], book.held[:], book.holders[:] = [True, False, False], [0, -2], [1, 0], [0, 0]
    assert not auction.covers_most(book, bonus)


def test_bonuses_that_outweigh_all_profits_are_put_down_before_an_auction() -> None:
    """To multiples of four times the largest profit, in the same order; as they are where they outweigh less."""
    profits = np.array([3, 100])
    huge, close = np.array([10**9, 10**7, 10**9]), np.array([10**9, 400])
    assert auction._lightened(profits, huge).tolist() == [800, 400, 800]
    assert auction._lightened(profits, close).tolist() == close.tolist()


def test_what_is_found_of_a_problem_is_kept_as_long_as_the_problem() -> None:
    """It is found once for each name, anew for another problem that is equal, and forgotten with the problem."""
    problem, other = (generate(mentees=3, mentors=2, seed=1) for _time in range(2))
    found = [kept.kept(asked, name, lambda: object()) for asked in (problem, other) for name in "aba"]
    assert len(set(found)) == 4 and found[0] is found[2] and found[3] is found[5]
    number = id(problem)
    assert number in kept._KEPT
    del problem
    gc.collect()
    assert number not in kept._KEPT


def test_a_solve_without_workers_is_refused() -> None:
    """Nobody to do the work is an error of the caller."""
    with pytest.raises(ValueError, match="at least one worker, not 0"):
        solve(generate(mentees=2, mentors=2, seed=1), workers=0)


@pytest.mark.slow
def test_causes_are_the_same_counted_as_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever rules, blocks and bans there are, everybody without a match has the same cause either way."""
    monkeypatch.setattr(causes, "COUNTED_AT_ONCE", 7)
    kinds = set()
    for seed in range(30):
        draw = random.Random(seed)
        problem = _company(seed)
        people = [person.id for person in problem.people]
        apart = tuple(sorted({tuple(sorted(draw.sample(people, 2))) for _block in range(60)}))
        problem = dataclasses.replace(problem, blocks=apart)
        (programme,) = problem.programmes
        assert isinstance(programme, MentoringProgramme)
        found = []
        for cells in (market.ALL_CELLS, 0):
            monkeypatch.setattr(market, "ALL_CELLS", cells)
            looked = Market(problem, programme, Watch(Limits(), workers=2))
            found.append(causes.causes_of(looked, market.NONE, market.NONE, finished=True))
        monkeypatch.undo()
        monkeypatch.setattr(causes, "COUNTED_AT_ONCE", 7)
        assert found[0] == found[1]
        kinds |= {row.cause.kind for row in found[0]}
    assert len(kinds) >= 3
