"""How close skills are, computed once more: walks from each skill, one at a time, over the edges as lists."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matching.problem import EdgeKind, Person, Problem

Integers = NDArray[np.int64]

WALKER = 2**28
LEAST_MASS = 2**16
STEPS = 4
WEIGHTS = {EdgeKind.BROADER: 6, EdgeKind.REQUIRES: 4, EdgeKind.RELATED: 6}
TOGETHER_WEIGHT, TOGETHER_AT_LEAST, LONGEST_PROFILE = 3, 3, 40
IDENTICAL, NEAREST_OTHER, LEAST_CLOSENESS, KEPT = 1000, 900, 100, 64


def closeness(problem: Problem) -> dict[str, dict[str, int]]:
    """Return, for each skill that people hold or want, its nearest skills and their closeness in thousandths.

    A walker starts on a skill with a mass and takes four steps; each step passes on 85 in 100 of the mass
    over the edges of the skill by their weight, in whole numbers, rounded down, and forgets what is less than
    1/4096 of the start. The mass left on a skill adds up over the steps. Two skills are as close as the
    fourth root of (mass there x mass back) / (mass kept by one x mass kept by the other), in thousandths, 900
    at most and not below 100; each skill keeps its nearest 64, equally near ones in the order of their ids.

    References
    ----------
    H. Tong, C. Faloutsos, J.-Y. Pan, "Fast random walk with restart and its applications", ICDM 2006.
    """
    ids = sorted(node.id for node in problem.skills.nodes)
    place = {skill: position for position, skill in enumerate(ids)}
    used = sorted({place[skill] for person in problem.people for skill in _profile(person)})
    near: dict[str, dict[str, int]] = {ids[skill]: {ids[skill]: IDENTICAL} for skill in used}
    if used:
        for left, right, value in _ranked(*_masses(problem, place, np.array(used)), len(used)):
            others = near[ids[used[left]]]
            if len(others) <= KEPT:
                others[ids[used[right]]] = value
    return near


def _ranked(keys: Integers, masses: Integers, width: int) -> Iterator[tuple[int, int, int]]:
    """Yield (skill, other, closeness), the nearest first; keys are ``skill * width + other``, ascending."""
    left, right = keys // width, keys % width
    back = np.searchsorted(keys, right * width + left)
    mutual = keys[np.minimum(back, len(keys) - 1)] == right * width + left
    kept = np.zeros(width, dtype=np.int64)
    kept[left[left == right]] = masses[left == right]
    left, right, there, back = left[mutual], right[mutual], masses[mutual], masses[back[mutual]]
    ratio = (there * back).astype(float) / (kept[left] * kept[right]).astype(float)
    value = np.minimum(np.sqrt(np.sqrt(ratio)) * 1000, NEAREST_OTHER).astype(np.int64)
    close = (left != right) & (value >= LEAST_CLOSENESS)
    left, right, value = left[close], right[close], value[close]
    order = np.lexsort((right, -value))
    yield from zip(left[order].tolist(), right[order].tolist(), value[order].tolist(), strict=True)


def _masses(problem: Problem, place: dict[str, int], used: Integers) -> tuple[Integers, Integers]:
    """Walk from every used skill; return keys ``start * len(used) + end``, ascending, and the masses."""
    sources, targets, weights = _edges(problem, place)
    degree = np.maximum(np.bincount(sources, weights, minlength=len(place)).astype(np.int64), 1)
    keys, masses = [], []
    for position, start in enumerate(used.tolist()):
        here = np.zeros(len(place), dtype=np.int64)
        here[start] = WALKER
        total = here.copy()
        for _ in range(STEPS):
            share = here * 85 // (100 * degree)
            # Sums of whole numbers below 2**53 are exact in double precision.
            here = np.bincount(targets, share[sources] * weights, minlength=len(place)).astype(np.int64)
            here[here < LEAST_MASS] = 0
            total += here
        reached = np.flatnonzero(total[used])
        keys.append(position * len(used) + reached)
        masses.append(total[used][reached])
    return np.concatenate(keys), np.concatenate(masses)


def _edges(problem: Problem, place: dict[str, int]) -> tuple[Integers, Integers, Integers]:
    """Return sources, targets and weights of all edges, both ways: typed, and skills often together."""
    rows = [(place[edge.source], place[edge.target], WEIGHTS[edge.kind]) for edge in problem.skills.edges]
    rows.extend((first, second, TOGETHER_WEIGHT) for first, second in _often_together(problem, place))
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return (
        np.concatenate((table[:, 0], table[:, 1])),
        np.concatenate((table[:, 1], table[:, 0])),
        np.concatenate((table[:, 2], table[:, 2])),
    )


def _often_together(problem: Problem, place: dict[str, int]) -> list[tuple[int, int]]:
    """Return pairs of skills in three profiles or more, and at least twice as many as chance would give."""
    single: Counter[int] = Counter()
    double: Counter[tuple[int, int]] = Counter()
    profiles = 0
    for person in problem.people:
        skills = sorted({place[skill] for skill in _profile(person)})
        if skills and len(skills) <= LONGEST_PROFILE:
            profiles += 1
            single.update(skills)
            double.update(combinations(skills, 2))
    return [
        (first, second)
        for (first, second), number in double.items()
        if number >= TOGETHER_AT_LEAST and number * profiles >= 2 * single[first] * single[second]
    ]


def _profile(person: Person) -> list[str]:
    return [held.skill for held in person.holds] + [want.skill for want in person.wants]
