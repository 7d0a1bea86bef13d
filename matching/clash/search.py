"""Finds a clash of which no member can be spared, and where it can be shown the smallest there is."""

from collections.abc import Callable, Collection, Iterable, Iterator

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.clash.court import Court
from matching.problem import MentoringProgramme, Problem
from matching.solution import Clash
from matching.watch import Watch

Judge = Callable[[Collection[int]], bool]
Numbers = frozenset[int]
# With more members than this, or more rounds, the smallest of all is not sought.
FEW_MEMBERS, MOST_ROUNDS = 60, 150
_SOLVED = 0


def clash_of(problem: Problem, programme: MentoringProgramme, watch: Watch) -> Clash:
    """Return a clash of a programme whose mentees who must be matched cannot all be.

    Notes
    -----
    Raises `Stopped` when the solve is to end. First those who compete for too few places, by a flow; then
    members are left out one by one as long as the rest still clashes, in a few orders of which the smallest
    rest stands. Where there are few members the smallest clash of all is found: each guess is a smallest set
    that meets all the sets without which, as is known, the rest can stand; a guess that clashes is it
    (Ignatiev, Previti, Liffiton, Marques-Silva, *Smallest MUS extraction with minimal hitting set
    dualization*, CP 2015).
    """
    court = Court(problem, programme)
    everything = frozenset(range(len(court.members)))
    crowd = court.crowd(everything)
    some = frozenset(crowd | court.concerns(crowd))
    best = min((_without_needless(some, court.can_stand, order, watch) for order in _orders(some)), key=len)
    is_smallest = False
    if len(everything) <= FEW_MEMBERS:
        best, is_smallest = _smallest(everything, best, court.can_stand, watch)
    members = tuple(court.members[number] for number in sorted(best))
    return Clash(programme=programme.id, members=members, smallest=is_smallest)


def _orders(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Yield orders in which to leave members out: what is told last first, and the other way round."""
    ordered = sorted(numbers)
    yield ordered[::-1]
    yield ordered


def _without_needless(numbers: Numbers, can_stand: Judge, order: Iterable[int], watch: Watch) -> Numbers:
    """Leave out each member without which the others still clash."""
    kept = numbers
    for done, number in enumerate(order):
        watch.reached(done, len(numbers))
        if not can_stand(kept - {number}):
            kept -= {number}
    return kept


def _smallest(everything: Numbers, known: Numbers, can_stand: Judge, watch: Watch) -> tuple[Numbers, bool]:
    """Return the smallest clash, or the one that is known when it takes too long to tell."""
    corrections: list[Numbers] = []
    for number in range(MOST_ROUNDS):
        watch.reached(number, MOST_ROUNDS)
        guess = _meeting(corrections, len(everything))
        if guess is None:
            break
        if len(guess) >= len(known):
            return known, True
        if not can_stand(guess):
            return guess, True
        for other in sorted(everything - guess):
            if can_stand(guess | {other}):
                guess |= {other}
        corrections.append(everything - guess)
    return known, False


def _meeting(sets: list[Numbers], size: int) -> Numbers | None:
    """Return a smallest set of numbers with one of each of the sets."""
    if not sets:
        return frozenset()
    rows = np.zeros((len(sets), size))
    for row, numbers in enumerate(sets):
        rows[row, sorted(numbers)] = 1
    found = milp(
        np.ones(size),
        integrality=np.ones(size, dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, 1, np.inf),
        options={"mip_rel_gap": 0.0},
    )
    if found.status != _SOLVED or found.x is None:
        return None
    return frozenset(np.flatnonzero(found.x > 0.5).tolist())
