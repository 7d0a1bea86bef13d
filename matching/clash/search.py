"""Finds a clash of which no member can be spared, and where it can be shown the smallest there is."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Protocol

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.clash.communities import CommunityCourt
from matching.clash.court import Court
from matching.clash.feasible import UndecidedError
from matching.clash.peers import PeerCourt
from matching.problem import (
    CommunitiesProgramme,
    MentoringProgramme,
    PeerProgramme,
    Problem,
    Programme,
    Rule,
)
from matching.solution import Clash, ClashKind, ClashMember
from matching.watch import Watch

Judge = Callable[[Collection[int]], bool]
Numbers = frozenset[int]
# With more members than this, or more rounds, the smallest of all is not sought.
FEW_MEMBERS, MOST_ROUNDS = 60, 150
# Where branch and bound is asked each time, fewer.
FEW_OF_GROUPS, MOST_ROUNDS_OF_GROUPS, LARGEST_OF_GROUPS = 25, 40, 1_000
# Without these the question is easier: a flow answers it.
SPARED_FIRST = (ClashKind.NEEDS, ClashKind.BAN, ClashKind.COMMUNITY, ClashKind.LOCK)
_SOLVED = 0


class AnyCourt(Protocol):
    """Judges whether some members of a programme's clash can stand together, whatever its kind."""

    members: tuple[ClashMember, ...]

    def can_stand(self, numbers: Collection[int]) -> bool:
        """Tell whether some of the members can all be kept."""
        ...

    def can_stand_with(self, numbers: Collection[int], member: ClashMember) -> bool:
        """Tell whether some of the members can all be kept, beside one more."""
        ...

    def changed(self, rule: Rule) -> "AnyCourt":
        """Return the court for the same programme with other figures in one of its rules."""
        ...


def court_of(problem: Problem, programme: Programme) -> AnyCourt:
    """Return who judges what can stand in a programme."""
    if isinstance(programme, MentoringProgramme):
        return Court(problem, programme)
    if isinstance(programme, PeerProgramme):
        return PeerCourt(problem, programme)
    if isinstance(programme, CommunitiesProgramme):
        return CommunityCourt(problem, programme)
    raise TypeError(f"{programme.id} is of no kind that is judged")


def clash_of_groups(
    problem: Problem, programme: PeerProgramme | CommunitiesProgramme, watch: Watch
) -> Clash | None:
    """Return a clash of a programme whose people or communities that must be matched cannot all be.

    `None` where that is too large a question for branch and bound; raises `Stopped` when the solve is to end.
    All of a kind are left out, then halves, quarters and so on, as long as the rest still clashes.
    """
    if len(programme.people) > LARGEST_OF_GROUPS:
        return None
    court = court_of(problem, programme)
    everything = frozenset(range(len(court.members)))
    try:
        if court.can_stand(everything):
            return None
        some = everything
        for kind in SPARED_FIRST:
            others = frozenset(number for number in some if court.members[number].kind is not kind)
            some = some if court.can_stand(others) else others
        orders = (_in_parts(some, court.can_stand, order, watch) for order in _orders(some))
        best, is_smallest = min(orders, key=len), False
        if len(everything) <= FEW_OF_GROUPS:
            best, is_smallest = _smallest(everything, best, court.can_stand, watch, MOST_ROUNDS_OF_GROUPS)
    except UndecidedError:
        return None
    members = tuple(court.members[number] for number in sorted(best))
    return Clash(programme=programme.id, members=members, smallest=is_smallest)


def _in_parts(numbers: Numbers, can_stand: Judge, order: list[int], watch: Watch) -> Numbers:
    """Leave out parts, ever smaller, without which the others still clash; in the end single members."""
    kept, size = numbers, len(order)
    while size:
        size = max(1, size // 2)
        for start in range(0, len(order), size):
            watch.reached(len(numbers) - len(kept), len(numbers))
            part = kept & frozenset(order[start : start + size])
            if part and not can_stand(kept - part):
                kept -= part
        size -= size == 1
    return kept


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


def _smallest(
    everything: Numbers, known: Numbers, can_stand: Judge, watch: Watch, rounds: int = MOST_ROUNDS
) -> tuple[Numbers, bool]:
    """Return the smallest clash, or the one that is known when it takes too long to tell."""
    corrections: list[Numbers] = []
    for number in range(rounds):
        watch.reached(number, rounds)
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
