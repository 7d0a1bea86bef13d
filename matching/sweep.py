"""What all pairs of a mentee can be worth at most, and the points of those that are worth a look, compiled.

The most that a pair can be worth is added up for all mentors at once: the points for skills, and what the
mentees alike in a subject earn (`alike`), a few thousandths too much. Only pairs whose most is what is asked
for are held against the rules and get points; these are the same figures that `rules` and `score` give.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import Whole, compiled, lean
from matching.earning import Numbers, covering, give_points
from matching.figures import INELIGIBLE, Alike, Figures
from matching.keeping import keeping

Sums = NDArray[np.int64]
Singles = NDArray[np.float32]
Single = np.float32

# Rounding adds up to half a point for each of two criteria; the rest is for adding in single precision.
ROUNDED = 1.05
NEVER = -np.inf


class Desk(NamedTuple):
    """Room for the work on one mentee.

    The most that each mentor can be worth, and besides skills; which mentors are near, eight of these marks
    being one of `eights`; those listed, with what they offer and their points; and the keys of the best:
    ``kept[n]`` are the points of the pair of the n-th key.
    """

    most: Singles
    besides: NDArray[np.int16]
    near: NDArray[np.uint8]
    eights: NDArray[np.uint64]
    mentors: Numbers
    covered: Numbers
    stepped: Numbers
    points: Numbers
    keys: Sums
    kept: Sums


@compiled
def new_desk(mentors: int, best: Whole) -> Desk:
    """Return room for the work with so many mentors and so many best pairs."""
    eights = -(-mentors // 8) * 8
    marks = np.zeros(eights, dtype=np.uint8)
    return Desk(
        np.zeros(mentors, dtype=np.float32),
        np.zeros(mentors, dtype=np.int16),
        marks,
        marks.view(np.uint64),
        np.empty(eights + 1, dtype=np.int32),
        np.empty(eights + 1, dtype=np.int32),
        np.empty(eights + 1, dtype=np.int32),
        np.empty(eights + 1, dtype=np.int32),
        np.empty(best, dtype=np.int64),
        np.empty(best, dtype=np.int64),
    )


@lean
def weigh(figures: Figures, alike: Alike, mentee: int, desk: Desk) -> None:
    """Write the most that each mentor can be worth to a mentee; exceptions are never worth a look here."""
    skills, quick, most, besides = figures.skills, figures.quick, desk.most, desk.besides
    for mentor in range(len(besides)):
        besides[mentor] = 0
    for subject in range(alike.row.shape[1]):
        row = alike.row[mentee, subject]
        for mentor in range(len(besides)):
            besides[mentor] += alike.table[row, mentor]
    more = np.float32(alike.rest + ROUNDED)
    for mentor in range(len(most)):
        most[mentor] = np.float32(besides[mentor]) + more
    each = quick.each / max(1, skills.importance[mentee])
    for want in range(skills.want_first[mentee], skills.want_first[mentee + 1]):
        feature, part = skills.want_feature[want], np.float32(skills.want_importance[want] * each)
        row = skills.row[feature]
        if row >= 0:
            for mentor in range(len(most)):
                most[mentor] += part * np.float32(quick.rows[row, mentor])
        else:
            for place in range(skills.offer_first[feature], skills.offer_first[feature + 1]):
                most[skills.offer_mentor[place]] += part * np.float32(quick.listed[place])
    some = figures.exceptions
    for at in range(some.first[mentee], some.first[mentee + 1]):
        most[some.column[at]] = NEVER


@lean
def least_of(figures: Figures, mentee: int) -> Any:
    """Return the least that a pair is worth which no rule forbids."""
    if figures.skills.importance[mentee] == 0:
        return np.float32(0)
    return np.float32(figures.must_cover * figures.tables.cover[-1] / 1000)


@lean
def near(desk: Desk, least: Single, asked: Singles, possible: Single) -> int:
    """List the mentors worth `least` more than asked of them, and what is possible; return how many."""
    most, marks = desk.most, desk.near
    for mentor in range(len(most)):
        marks[mentor] = (most[mentor] - asked[mentor] >= least) & (most[mentor] >= possible)
    return listed(desk)


@lean
def listed(desk: Desk) -> int:
    """List the mentors who are marked; return how many they are."""
    # Eight marks at a time, most of which are empty; there is room for as many more than mentors.
    eights, kept = desk.eights, 0
    for eight in range(len(eights)):
        if eights[eight]:
            for mentor in range(8 * eight, 8 * eight + 8):
                desk.mentors[kept] = mentor
                kept += desk.near[mentor]
    return kept


@lean
def judged(figures: Figures, mentee: int, desk: Desk, count: int) -> int:
    """Keep of the mentors listed those whom no rule takes out, and write their points; return how many."""
    if count == 0:
        return 0
    for rule in range(len(figures.rule_kind)):
        count = keeping(figures, rule, mentee, desk.mentors, count)
    least = figures.must_cover * figures.skills.importance[mentee]
    count = covering(figures, mentee, least, desk.mentors, count, desk.covered, desk.stepped)
    give_points(figures, mentee, desk.mentors, count, desk.covered, desk.stepped, desk.points)
    return count


@lean
def exceptional(figures: Figures, mentee: int, desk: Desk) -> Any:
    """List the mentors a mentee may have who are exceptions, with all their points; return how many."""
    some = figures.exceptions
    count: Any = np.int64(0)
    at, end = some.first[mentee], some.first[mentee + 1]
    if at == end:
        return count
    for place in range(at, end):
        desk.mentors[count] = some.column[place]
        count += some.broken[place] == 0
    count = judged(figures, mentee, desk, count)
    for place in range(count):
        while some.column[at] != desk.mentors[place]:
            at += 1
        desk.points[place] += some.points[at]
    return count


@compiled
def score_rows(figures: Figures, alike: Alike, mentees: Sums, points: NDArray[np.int16]) -> None:
    """Write the points of some mentees with every mentor, `INELIGIBLE` where a rule forbids the pair."""
    desk = new_desk(points.shape[1], np.int64(0))
    free = np.zeros(points.shape[1], dtype=np.float32)
    points[:] = INELIGIBLE
    for number in range(len(mentees)):
        mentee = mentees[number]
        count = exceptional(figures, mentee, desk)
        for place in range(count):
            points[number, desk.mentors[place]] = desk.points[place]
        weigh(figures, alike, mentee, desk)
        possible = least_of(figures, mentee)
        count = judged(figures, mentee, desk, near(desk, possible, free, possible))
        for place in range(count):
            points[number, desk.mentors[place]] = desk.points[place]
