"""Looks at all pairs and triads for those that gain: what they find, and that they end when they are told to."""

from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.generate import generate
from matching.joint.entries import entry_of
from matching.joint.linear import Linear
from matching.joint.piece import Frame, Piece, Terms
from matching.joint.shared import entered
from matching.peers import pricing as looks
from matching.peers.aims import Weights
from matching.peers.groups import NO_GROUPS, Groups, OddSet, joined
from matching.peers.market import PeerMarket
from matching.peers.pricing import Prices, Pricing
from matching.problem import PeerProgramme, Problem
from matching.watch import Limits, Stopped, Watch
from tests.matching.peer_problems import peer_problems, programme_of

UNWATCHED, MANY, NEVER = Watch(Limits()), 100, 10**9


def filled(problem: Problem) -> PeerMarket:
    """Return the market of a problem's programme of peers."""
    market = PeerMarket(problem, programme_of(problem), UNWATCHED)
    market.fill(UNWATCHED)
    return market


@settings(max_examples=60, deadline=None)
@given(problem=peer_problems(most=7), data=st.data())
def test_what_is_missing_is_found_as_long_as_there_is_any(problem: Problem, data: st.DataObject) -> None:
    """Whatever is known already: what is found gains and is new, and nothing is found only where there is none."""
    market = filled(problem)
    people = data.draw(st.lists(st.integers(-2, 12), min_size=len(market), max_size=len(market)))
    sets = [OddSet(np.arange(size)) for size in (3, 5) if size <= len(market)]
    prices = Prices(
        1,
        np.array(people, dtype=np.int64),
        tuple((row, data.draw(st.integers(0, 6))) for row in sets),
    )
    weights = Weights(points=1, coverage=data.draw(st.integers(0, 3)), triads=data.draw(st.integers(-2, 4)))
    free = np.ones(len(market), dtype=np.bool_)
    pricing = Pricing(market, free, weights, prices, UNWATCHED)
    least = data.draw(st.integers(-1, 3))
    every = joined(groups for groups, _gains in pricing.gaining(least)).without(NO_GROUPS)
    known = every.only(np.array([data.draw(st.booleans()) for _group in range(len(every))], dtype=np.bool_))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looks, "LIKELIEST", 2)
        # Known groups do not stand in the way of others.
        patch.setattr(looks, "TRIADS_AT_ONCE", MANY)
        found = rows(pricing.missing(least, MANY, known))
    assert found <= rows(every) - rows(known)
    assert bool(found) == (len(known) < len(every))


def rows(groups: Groups) -> set[tuple[int, ...]]:
    """Return groups as a set of their members."""
    return {tuple(row) for row in groups.members.tolist()}


def a_round() -> tuple[Problem, Piece]:
    """Return a generated round of peers in pairs and triads, and the piece of it."""
    problem = generate(mentees=40, mentors=12, seed=2, kinds=("mentoring", "peers"), joint=True)
    programme = next(row for row in problem.programmes if isinstance(row, PeerProgramme))
    return problem, entry_of(problem, programme).piece


def laid(problem: Problem, piece: Piece) -> None:
    """Lay the columns that a piece begins with."""
    _entries, shared = entered(problem)
    nobody = np.full(len(problem.people), -1, dtype=np.intp)
    model = Linear(1)
    first = int(model.add_rows(shared.rows.limits.astype(np.float64)).min(initial=model.height))
    piece.lay(model, Frame(None, None, 0, nobody, first, shared.rows, 1.0), UNWATCHED)


def test_a_look_at_all_triads_ends_whenever_it_is_told_to() -> None:
    """It asks for every person whether it is to go on: no single look can hold up a time limit."""
    problem, piece = a_round()
    people = len(problem.people)
    nothing = np.zeros(len(piece.seekers), dtype=np.int64)
    nobody = np.zeros(people, dtype=np.int64)
    # All is worth nothing but triads, which bring something: every one of them gains.
    terms = Terms(points=0, triads=-100, bonus=nothing, toll=nobody, fee=nobody)
    prices = piece.covering(terms)

    watch, asked = stopping_at(NEVER)
    assert piece.bound(terms, prices, watch) > 0
    in_all = next(asked)
    assert in_all > len(piece.seekers) // 2
    for moment in (0, 1, in_all // 2, in_all - 1):
        watch, asked = stopping_at(moment)
        with pytest.raises(Stopped):
            piece.bound(terms, prices, watch)
        assert next(asked) == moment + 1

    laid(problem, piece)
    for moment in (0, 1, len(piece.seekers) // 2):
        watch, asked = stopping_at(moment)
        with pytest.raises(Stopped):
            piece.add_missing(terms, prices, watch)
        assert next(asked) == moment + 1


def stopping_at(moment: int) -> tuple[Watch, "count[int]"]:
    """Return a watch that says that the solve is to end when it is asked so often, and the count of that."""
    asked = count()
    return Watch(Limits(), should_stop=lambda: next(asked) >= moment), asked


def test_few_triads_join_at_once_where_all_would_gain() -> None:
    """While prices are far from the last ones nearly every triad gains; few of each person are enough."""
    problem, piece = a_round()
    nothing = np.zeros(len(piece.seekers), dtype=np.int64)
    nobody = np.zeros(len(problem.people), dtype=np.int64)
    terms = Terms(points=0, triads=-100, bonus=nothing, toll=nobody, fee=nobody)
    laid(problem, piece)
    found = piece.add_missing(terms, piece.covering(terms), UNWATCHED)
    assert 0 < found <= looks.TRIADS_AT_ONCE * len(piece.seekers)
