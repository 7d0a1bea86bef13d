"""The rules and points of all pairs of a mentee, compiled: the same figures that `rules` and `score` give.

A row of pairs is a list of mentors that each rule makes shorter, in one pass over what is left of it. What
skills can be worth at most is looked at first, since few pairs are worth what is asked for them.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.columns import UNKNOWN, UNKNOWN_GRADE
from matching.compiled import Whole, compiled
from matching.figures import GRADE_REACH, INELIGIBLE, Figures, People
from matching.keeping import keeping
from matching.offers import Skills

Numbers = NDArray[np.int32]
Sums = NDArray[np.int64]


@compiled
def cover_wants(figures: Figures, mentee: int, covers: Numbers) -> None:
    """Add up how far every mentor covers what a mentee wants, each want by its importance."""
    skills = figures.skills
    covers[:] = 0
    for want in range(skills.want_first[mentee], skills.want_first[mentee + 1]):
        feature, importance = skills.want_feature[want], skills.want_importance[want]
        if skills.row[feature] >= 0:
            offered = skills.cover[skills.row[feature]]
            for mentor in range(len(covers)):
                covers[mentor] += np.int32(importance * np.int32(offered[mentor]))
        else:
            for place in range(skills.offer_first[feature], skills.offer_first[feature + 1]):
                covers[skills.offer_mentor[place]] += importance * np.int32(skills.offer_cover[place])


@compiled
def _step_of(skills: Skills, feature: int, mentor: int) -> Any:
    """Return how good a step up a mentor offers for a feature."""
    if skills.row[feature] >= 0:
        return np.int64(skills.step[skills.row[feature], mentor])
    low, high = skills.offer_first[feature], skills.offer_first[feature + 1]
    while low < high:
        middle = (low + high) // 2
        if skills.offer_mentor[middle] < mentor:
            low = middle + 1
        else:
            high = middle
    if low < skills.offer_first[feature + 1] and skills.offer_mentor[low] == mentor:
        return np.int64(skills.offer_step[low])
    return np.int64(0)


@compiled
def _earn_skills(
    figures: Figures, mentee: int, covers: Numbers, mentors: Numbers, count: int, points: Numbers
) -> None:
    """Write the points for skills: the first of the criteria, so nothing is there yet."""
    covered, stepped, skills = figures.tables.cover, figures.tables.step, figures.skills
    total = np.int64(skills.importance[mentee])
    if total == 0:
        total = np.int64(1)
    for place in range(count):
        points[place] = covered[covers[mentors[place]] // total]
    if stepped[-1] == 0:
        return
    for place in range(count):
        steps = np.int64(0)
        for want in range(skills.want_first[mentee], skills.want_first[mentee + 1]):
            step = _step_of(skills, skills.want_feature[want], mentors[place])
            steps += np.int64(skills.want_importance[want]) * step
        points[place] += stepped[steps // total]


@compiled
def _earn(mentors: Numbers, count: int, points: Numbers, figure: Numbers, earned: Numbers) -> None:
    """Add what mentors earn by a figure that many of them share."""
    for place in range(count):
        points[place] += earned[figure[mentors[place]]]


@compiled
def _earn_variety(
    mentors: Numbers,
    count: int,
    points: Numbers,
    others: People,
    location: int,
    department: int,
    earned: Numbers,
) -> None:
    locations, departments = others.location, others.department
    for place in range(count):
        there, other = locations[mentors[place]], departments[mentors[place]]
        apart = (there != location) & (there != UNKNOWN) & (location != UNKNOWN)
        apart += (other != department) & (other != UNKNOWN) & (department != UNKNOWN)
        points[place] += earned[apart]


@compiled
def _earn_location(
    mentors: Numbers, count: int, points: Numbers, others: People, location: int, zone: int, earned: Numbers
) -> None:
    locations, zones = others.location, others.time_zone
    for place in range(count):
        mentor = mentors[place]
        if location != UNKNOWN and locations[mentor] == location:
            points[place] += earned[2]
        elif zone != UNKNOWN and zones[mentor] == zone:
            points[place] += earned[1]


@compiled
def _earn_grade_step(
    mentors: Numbers, count: int, points: Numbers, grades: Numbers, grade: int, earned: Numbers
) -> None:
    if grade != UNKNOWN_GRADE:
        for place in range(count):
            other = grades[mentors[place]]
            points[place] += earned[other - grade + GRADE_REACH] if other != UNKNOWN_GRADE else 0


@compiled
def _give_points(
    figures: Figures, mentee: int, covers: Numbers, mentors: Numbers, count: int, points: Numbers
) -> None:
    own, others, tables = figures.mentees, figures.mentors, figures.tables
    location = own.location[mentee]
    _earn_skills(figures, mentee, covers, mentors, count, points)
    if tables.hours[-1]:
        earned = tables.hours[figures.shared_minutes[own.timetable[mentee]]]
        _earn(mentors, count, points, others.timetable, earned)
    if tables.variety[-1]:
        _earn_variety(mentors, count, points, others, location, own.department[mentee], tables.variety)
    if tables.location[-1]:
        _earn_location(mentors, count, points, others, location, own.time_zone[mentee], tables.location)
    if tables.grade[GRADE_REACH + 1]:
        _earn_grade_step(mentors, count, points, others.grade, own.grade[mentee], tables.grade)


class Wanted(NamedTuple):
    """Which pairs of a mentee a look is for, by the most that their skills can be worth.

    `each` is the worth of one thousandth covered. A pair is looked at when that comes to `least` more than
    `asked` of its mentor, and to less than `below`.
    """

    each: float
    least: float
    below: float
    asked: NDArray[np.float64]


class Desk(NamedTuple):
    """Room for the work on one mentee.

    How far every mentor covers the wants, which mentors are near, who is within `reach`, those looked at with
    their points, and the keys of the best; ``kept[n]`` are the points of the pair of the n-th key.
    """

    covers: Numbers
    near: NDArray[np.uint8]
    reach: Numbers
    mentors: Numbers
    points: Numbers
    keys: Sums
    kept: Sums


@compiled
def new_desk(mentors: int, best: Whole) -> Desk:
    """Return room for the work with so many mentors and so many best pairs."""
    eights = -(-mentors // 8) * 8
    return Desk(
        np.zeros(mentors, dtype=np.int32),
        np.zeros(eights, dtype=np.uint8),
        np.empty(eights + 1, dtype=np.int32),
        np.empty(eights + 1, dtype=np.int32),
        np.empty(mentors, dtype=np.int32),
        np.empty(best, dtype=np.int64),
        np.empty(best, dtype=np.int64),
    )


@compiled
def worth_covered(figures: Figures, mentee: int) -> Any:
    """Return the most points that each thousandth is worth by which offers cover a mentee's wants.

    Nobody is a better step up than they cover. Rounding adds up to half a point for each of both criteria.
    """
    total = figures.skills.importance[mentee]
    return (figures.tables.cover[-1] + figures.tables.step[-1]) / (1000.0 * max(1, total))


@compiled
def within_reach(figures: Figures, mentee: int, desk: Desk, wanted: Wanted) -> int:
    """Number in `reach` the mentors within reach who cover enough and are no exceptions; return how many."""
    covers, asked, near = desk.covers, wanted.asked, desk.near
    each, least = wanted.each, wanted.least
    covered = figures.must_cover * figures.skills.importance[mentee]
    for mentor in range(len(covers)):
        worth = each * np.float64(covers[mentor]) - asked[mentor]
        near[mentor] = (worth >= least) & (covers[mentor] >= covered)
    listed = figures.exceptions
    for at in range(listed.first[mentee], listed.first[mentee + 1]):
        near[listed.column[at]] = 0
    # Eight marks at a time, most of which are empty; there is room for as many more than mentors.
    eights, kept = near.view(np.uint64), 0
    for eight in range(len(eights)):
        if eights[eight]:
            for mentor in range(8 * eight, 8 * eight + 8):
                desk.reach[kept] = mentor
                kept += near[mentor]
    return kept


@compiled
def in_band(desk: Desk, count: int, wanted: Wanted) -> int:
    """List those of the mentors in `reach` whose skills are worth enough and not too much."""
    kept = 0
    for place in range(count):
        mentor = desk.reach[place]
        worth = wanted.each * np.float64(desk.covers[mentor])
        desk.mentors[kept] = mentor
        kept += (worth - wanted.asked[mentor] >= wanted.least) & (worth < wanted.below)
    return kept


@compiled
def judged(figures: Figures, mentee: int, desk: Desk, count: int) -> int:
    """Keep of the mentors listed those whom no rule takes out, and write their points; return how many."""
    for rule in range(len(figures.rule_kind)):
        count = keeping(figures, rule, mentee, desk.mentors, count)
    _give_points(figures, mentee, desk.covers, desk.mentors, count, desk.points)
    return count


@compiled
def exceptional(figures: Figures, mentee: int, desk: Desk) -> int:
    """List the mentors a mentee may have who are exceptions, with all their points; return how many."""
    listed, count = figures.exceptions, 0
    covered = figures.must_cover * figures.skills.importance[mentee]
    at, end = listed.first[mentee], listed.first[mentee + 1]
    for place in range(at, end):
        mentor = listed.column[place]
        desk.mentors[count] = mentor
        count += (listed.broken[place] == 0) & (desk.covers[mentor] >= covered)
    count = judged(figures, mentee, desk, count)
    for place in range(count):
        while listed.column[at] != desk.mentors[place]:
            at += 1
        desk.points[place] += listed.points[at]
    return count


@compiled
def score_rows(figures: Figures, mentees: Sums, points: NDArray[np.int16]) -> None:
    """Write the points of some mentees with every mentor, `INELIGIBLE` where a rule forbids the pair."""
    desk = new_desk(points.shape[1], np.int64(0))
    everybody = Wanted(0.0, 0.0, 1.0, np.zeros(points.shape[1], dtype=np.float64))
    points[:] = INELIGIBLE
    for number in range(len(mentees)):
        mentee = mentees[number]
        cover_wants(figures, mentee, desk.covers)
        count = exceptional(figures, mentee, desk)
        for place in range(count):
            points[number, desk.mentors[place]] = desk.points[place]
        count = in_band(desk, within_reach(figures, mentee, desk, everybody), everybody)
        count = judged(figures, mentee, desk, count)
        for place in range(count):
            points[number, desk.mentors[place]] = desk.points[place]
