"""Counts for each person of a large market how many partners are left after each rule, compiled."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.compiled import compiled, lean
from matching.earning import Numbers, covering
from matching.figures import COVERS, LISTED, Figures
from matching.keeping import keeping

Counts = NDArray[np.int64]
Marks = NDArray[np.bool_]
UNBROKEN: Any = np.int64(0)


@lean
def _left_after(
    figures: Figures,
    rule: int,
    broken: int,
    mentee: int,
    mentors: Numbers,
    count: int,
    covered: Numbers,
    stepped: Numbers,
) -> int:
    """Keep, of the mentors listed, those who keep a rule with a mentee; return how many they are.

    `broken` has a bit for each rule that is known to be broken.
    """
    kind = figures.rule_kind[rule]
    if kind == LISTED:
        return 0 if (broken >> rule) & 1 else count
    if kind == COVERS:
        least = figures.rule_low[rule] * figures.skills.importance[mentee]
        return covering(figures, mentee, least, mentors, count, covered, stepped)
    return keeping(figures, rule, mentee, mentors, count)


@compiled
def tally_mentors(figures: Figures, mentees: Counts, columns: Numbers, left: Counts) -> None:
    """Add to ``left[r, k]`` how many of some mentees are left to the k-th mentor listed after rule r."""
    place_of = np.full(len(figures.mentors.department), -1, dtype=np.int64)
    place_of[columns] = np.arange(len(columns))
    mentors, covered, stepped = np.empty_like(columns), np.empty_like(columns), np.empty_like(columns)
    seen = np.full(len(place_of), -1, dtype=np.int64)
    some = figures.exceptions
    for number in range(len(mentees)):
        mentee = mentees[number]
        count: Any = np.int64(0)
        for at in range(some.first[mentee], some.first[mentee + 1]):
            seen[some.column[at]] = mentee
        for column in columns:
            mentors[count] = column
            count += seen[column] != mentee
        for rule in range(len(figures.rule_kind)):
            count = _left_after(figures, rule, UNBROKEN, mentee, mentors, count, covered, stepped)
            for place in range(count):
                left[rule, place_of[mentors[place]]] += 1
        for at in range(some.first[mentee], some.first[mentee + 1]):
            place = place_of[some.column[at]]
            count = np.int64(place >= 0)
            for rule in range(len(figures.rule_kind)):
                mentors[0] = some.column[at]
                count = _left_after(figures, rule, some.broken[at], mentee, mentors, count, covered, stepped)
                left[rule, place] += count


@compiled
def tally_mentees(figures: Figures, mentees: Counts, left: Counts, eligible: Marks) -> None:
    """Write to ``left[r, n]`` how many mentors are left to the n-th of some mentees after rule r.

    `eligible` marks those who are left in the end.
    """
    everybody = eligible.shape[1]
    mentors = np.empty(everybody + 1, dtype=np.int32)
    covered, stepped = np.empty_like(mentors), np.empty_like(mentors)
    some = figures.exceptions
    for number in range(len(mentees)):
        mentee = mentees[number]
        count: Any = np.int64(0)
        at, end = some.first[mentee], some.first[mentee + 1]
        for mentor in range(everybody):
            while at < end and some.column[at] < mentor:
                at += 1
            mentors[count] = mentor
            count += not (at < end and some.column[at] == mentor)
        for rule in range(len(figures.rule_kind)):
            count = _left_after(figures, rule, UNBROKEN, mentee, mentors, count, covered, stepped)
            left[rule, number] = count
        for place in range(count):
            eligible[number, mentors[place]] = True
        for at in range(some.first[mentee], end):
            count = np.int64(1)
            for rule in range(len(figures.rule_kind)):
                mentors[0] = some.column[at]
                count = _left_after(figures, rule, some.broken[at], mentee, mentors, count, covered, stepped)
                left[rule, number] += count
            eligible[number, some.column[at]] = count > 0
