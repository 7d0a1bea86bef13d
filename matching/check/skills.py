"""How close skills are, computed once more: walks from each skill, one at a time, over the edges as lists."""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.problem import EdgeKind, Person, Problem

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]

WALKER = 2**44
STEPS = 4
WEIGHTS = {EdgeKind.BROADER: 600, EdgeKind.REQUIRES: 400, EdgeKind.RELATED: 600}
TOGETHER_WEIGHT, LONGEST_PROFILE = 1000, 40
IDENTICAL, NEAREST_OTHER, LEAST_CLOSENESS, KEPT = 1000, 900, 50, 128


def closeness(problem: Problem) -> dict[str, dict[str, int]]:
    """Return, for each skill that people hold or want, its nearest skills and their closeness in thousandths.

    Where the problem says how close skills are, that is how close they are.

    A walker starts on a skill with a mass and takes four steps; each step passes on 85 in 100 of the mass
    over the edges of the skill by their weight, in whole numbers, rounded down. The mass left on a skill adds
    up over the steps. Two skills are as close as the fourth root of (mass there x mass back) / (mass kept by
    one x mass kept by the other), in thousandths, 900 at most and not below 50; as edges lead both ways, the
    mass back is the mass there by the sums of the weights at both skills. A pair counts when one of the two
    is among the nearest 128 of the other, equally near ones in the order of their ids.

    References
    ----------
    H. Tong, C. Faloutsos, J.-Y. Pan, "Fast random walk with restart and its applications", ICDM 2006.
    """
    ids = sorted(node.id for node in problem.skills.nodes)
    place = {skill: position for position, skill in enumerate(ids)}
    used = sorted({place[skill] for person in problem.people for skill in _profile(person)})
    near: dict[str, dict[str, int]] = {ids[skill]: {ids[skill]: IDENTICAL} for skill in used}
    if problem.skills.closeness is not None:
        for one, other, value in problem.skills.closeness:
            near.setdefault(one, {one: IDENTICAL})[other] = value
            near.setdefault(other, {other: IDENTICAL})[one] = value
    elif used:
        for left, right, value in _nearest(*_figures(problem, place, np.array(used)), len(ids)):
            near[ids[left]][ids[right]] = near[ids[right]][ids[left]] = value
    return near


def _nearest(left: Integers, right: Integers, value: Integers, width: int) -> Iterator[tuple[int, int, int]]:
    """Yield the nearest others of each skill, of pairs given from one side or from both."""
    keys = np.concatenate((left * width + right, right * width + left))
    # Each pair has the greater of its two figures: the last in this order.
    order = np.lexsort((np.concatenate((value, value)), keys))
    last = order[np.append(keys[order][1:] != keys[order][:-1], True)] if len(keys) else order
    left, right, value = keys[last] // width, keys[last] % width, np.concatenate((value, value))[last]
    order = np.lexsort((right, -value, left))
    left, right, value = left[order], right[order], value[order]
    rank = np.arange(len(left)) - np.searchsorted(left, left)
    for number in np.flatnonzero(rank < KEPT).tolist():
        yield int(left[number]), int(right[number]), int(value[number])


def _figures(problem: Problem, place: dict[str, int], used: Integers) -> tuple[Integers, Integers, Integers]:
    """Walk from every used skill; return skills, others and the closeness of those that are close at all."""
    sources, targets, weights = _edges(problem, place)
    size = len(place)
    sums = np.maximum(np.bincount(sources, weights, minlength=size), 1)
    table = csr_array((weights.astype(float), (targets, sources)), shape=(size, size))
    left, right, masses = [], [], []
    kept = np.zeros(size)
    for start in used.tolist():
        # Whole numbers below 2**53, and quotients of them rounded down, are exact in double precision.
        here = np.zeros(size)
        here[start] = WALKER
        total = here.copy()
        for _ in range(STEPS):
            here = table @ np.floor(here * 85 / (sums * 100))
            total += here
        kept[start] = total[start]
        # A skill keeps the walker's mass at least, so that what is not close here is not close in the end.
        close = used[_closeness(total[used], kept[start], WALKER, sums[start], sums[used]) >= LEAST_CLOSENESS]
        left.append(np.full(len(close), start))
        right.append(close)
        masses.append(total[close])
    one, other, mass = np.concatenate(left), np.concatenate(right), np.concatenate(masses)
    value = _closeness(mass, kept[one], kept[other], sums[one], sums[other])
    close = (one != other) & (value >= LEAST_CLOSENESS)
    return one[close], other[close], value[close]


def _closeness(
    mass: Reals, kept: Reals | float, kept_there: Reals | float, sums: Reals | float, sums_there: Reals
) -> Integers:
    ratio = (mass / kept) * (mass / kept_there) * (sums / sums_there)
    value: Reals = np.minimum(np.sqrt(np.sqrt(ratio)) * 1000, NEAREST_OTHER)
    return value.astype(np.int64)


def _edges(problem: Problem, place: dict[str, int]) -> tuple[Integers, Integers, Integers]:
    """Return sources, targets and weights of all edges, both ways: typed, and skills often together."""
    rows = [(place[edge.source], place[edge.target], WEIGHTS[edge.kind]) for edge in problem.skills.edges]
    rows.extend(_often_together(problem, place))
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return (
        np.concatenate((table[:, 0], table[:, 1])),
        np.concatenate((table[:, 1], table[:, 0])),
        np.concatenate((table[:, 2], table[:, 2])),
    )


def _often_together(problem: Problem, place: dict[str, int]) -> Iterator[tuple[int, int, int]]:
    """Yield pairs of skills at least twice as often in one profile as by chance, and the weight between."""
    single: Counter[int] = Counter()
    double: Counter[tuple[int, int]] = Counter()
    profiles = 0
    for person in problem.people:
        skills = sorted({place[skill] for skill in _profile(person)})
        if skills and len(skills) <= LONGEST_PROFILE:
            profiles += 1
            single.update(skills)
            double.update(combinations(skills, 2))
    for (first, second), number in double.items():
        expected = single[first] * single[second]
        if number * profiles >= 2 * expected:
            mean = math.isqrt(100 * expected)
            yield first, second, 10 * TOGETHER_WEIGHT * number * number // ((number + 2) * mean)


def _profile(person: Person) -> list[str]:
    return [held.skill for held in person.holds] + [want.skill for want in person.wants]
