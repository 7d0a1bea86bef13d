"""The rules and points of all pairs of a mentee, compiled: the same figures that `rules` and `score` give.

A row of pairs is a list of mentors that each rule makes shorter, in one pass over what is left of it.
"""

import numpy as np
from numpy.typing import NDArray

from matching.columns import UNKNOWN, UNKNOWN_GRADE
from matching.compiled import Whole, compiled
from matching.figures import (
    ATTRIBUTE,
    COVERS,
    DEPARTMENT,
    GRADE,
    GRADE_REACH,
    HOURS,
    INELIGIBLE,
    LANGUAGE,
    LINE,
    Figures,
    People,
    Tables,
)

Numbers = NDArray[np.int32]
Sums = NDArray[np.int64]
# What offers add up to: thousandths covered times importance below, thousandths stepped above.
ABOVE = 1 << 32


@compiled
def _same(mentors: Numbers, count: int, values: Numbers, own: int) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        kept += values[mentor] == own
    return 0 if own == UNKNOWN else kept


@compiled
def _other(mentors: Numbers, count: int, values: Numbers, own: int) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        kept += (values[mentor] != own) & (values[mentor] != UNKNOWN)
    return 0 if own == UNKNOWN else kept


@compiled
def _sharing(mentors: Numbers, count: int, timetables: Numbers, minutes: Numbers, least: int) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        kept += minutes[timetables[mentor]] >= least
    return kept


@compiled
def _speaking(mentors: Numbers, count: int, languages: NDArray[np.uint64], own: NDArray[np.uint64]) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        alike = np.uint64(0)
        for word in range(len(own)):
            alike |= languages[mentor, word] & own[word]
        kept += alike != 0
    return kept


@compiled
def _graded(mentors: Numbers, count: int, grades: Numbers, own: int, low: int, high: int) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        step = grades[mentor] - own
        kept += (grades[mentor] != UNKNOWN_GRADE) & (low <= step) & (step <= high)
    return 0 if own == UNKNOWN_GRADE else kept


@compiled
def _apart(
    mentors: Numbers, count: int, all_enter: Numbers, all_leave: Numbers, enters: int, leaves: int
) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        other = all_enter[mentor]
        kept += not (
            ((enters <= other) & (other < leaves)) | ((other <= enters) & (enters < all_leave[mentor]))
        )
    return kept


@compiled
def _covering(mentors: Numbers, count: int, sums: Sums, least: int) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        kept += (sums[mentor] & (ABOVE - 1)) >= least
    return kept


@compiled
def keeping(figures: Figures, rule: int, mentee: int, sums: Sums, mentors: Numbers, count: int) -> int:
    """Keep, of the first `count` mentors, those who keep a rule with a mentee; return how many they are.

    Rules whose pairs are listed rule nobody out here: those are the exceptions.
    """
    kind, low, high = figures.rule_kind[rule], figures.rule_low[rule], figures.rule_high[rule]
    own, others = figures.mentees, figures.mentors
    if kind == LINE:
        return _apart(mentors, count, others.enters, others.leaves, own.enters[mentee], own.leaves[mentee])
    if kind == HOURS:
        return _sharing(mentors, count, others.timetable, figures.shared_minutes[own.timetable[mentee]], low)
    if kind == LANGUAGE:
        return _speaking(mentors, count, others.languages, own.languages[mentee])
    if kind == GRADE:
        return _graded(mentors, count, others.grade, own.grade[mentee], low, high)
    if kind == DEPARTMENT:
        return _other(mentors, count, others.department, own.department[mentee])
    if kind == ATTRIBUTE:
        return _same(mentors, count, others.attributes[low], own.attributes[low, mentee])
    if kind == COVERS:
        return _covering(mentors, count, sums, low * figures.skills.importance[mentee])
    return count


@compiled
def add_offers(figures: Figures, mentee: int, sums: Sums) -> None:
    """Add up what every mentor offers for what a mentee wants, each want by its importance."""
    skills = figures.skills
    first, offers, covers, steps = (
        skills.offer_first,
        skills.offer_mentor,
        skills.offer_cover,
        skills.offer_step,
    )
    for want in range(skills.want_first[mentee], skills.want_first[mentee + 1]):
        feature, importance = skills.want_feature[want], np.int64(skills.want_importance[want])
        for place in range(first[feature], first[feature + 1]):
            sums[offers[place]] += importance * (covers[place] + ABOVE * np.int64(steps[place]))


@compiled
def _earn_skills(
    mentors: Numbers, count: int, points: Numbers, sums: Sums, total: int, tables: Tables
) -> None:
    """Write the points for skills: the first of the criteria, so nothing is there yet."""
    covered, stepped = tables.cover, tables.step
    # Divided as doubles, which is exact for numbers this small and several times faster.
    divisor = np.float64(max(1, total))
    for place in range(count):
        found = sums[mentors[place]]
        share, step = np.uint64((found & (ABOVE - 1)) / divisor), np.uint64((found >> 32) / divisor)
        points[place] = covered[share] + stepped[step]


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
    figures: Figures, mentee: int, sums: Sums, mentors: Numbers, count: int, points: Numbers
) -> None:
    own, others, tables = figures.mentees, figures.mentors, figures.tables
    location = own.location[mentee]
    _earn_skills(mentors, count, points, sums, figures.skills.importance[mentee], tables)
    if tables.hours[-1]:
        earned = tables.hours[figures.shared_minutes[own.timetable[mentee]]]
        _earn(mentors, count, points, others.timetable, earned)
    if tables.variety[-1]:
        _earn_variety(mentors, count, points, others, location, own.department[mentee], tables.variety)
    if tables.location[-1]:
        _earn_location(mentors, count, points, others, location, own.time_zone[mentee], tables.location)
    if tables.grade[GRADE_REACH + 1]:
        _earn_grade_step(mentors, count, points, others.grade, own.grade[mentee], tables.grade)


@compiled
def _covering_enough(figures: Figures, mentee: int, fewest: Whole, sums: Sums, mentors: Numbers) -> int:
    """Number the mentors who cover what the rule asks, and what `fewest` points can be made of."""
    listed, total = figures.exceptions, figures.skills.importance[mentee]
    least = figures.must_cover * total
    other = figures.most_besides
    for place in range(listed.first[mentee], listed.first[mentee + 1]):
        other = max(other, figures.most_besides + listed.points[place])
    if total > 0 and fewest > other:
        # Nobody is a better step up than they cover, so what they cover bounds the points for both.
        needed = min(fewest - other, len(figures.cover_for) - 1)
        least = max(least, figures.cover_for[needed] * np.int64(total))
    kept = 0
    for mentor in range(len(sums)):
        mentors[kept] = mentor
        kept += (sums[mentor] & (ABOVE - 1)) >= least
    return kept


@compiled
def _except(figures: Figures, mentee: int, mentors: Numbers, count: int, points: Numbers) -> int:
    """Give exceptions their further points, and take out those that break a rule; both lists ascend."""
    listed = figures.exceptions
    place, kept = 0, 0
    at, end = listed.first[mentee], listed.first[mentee + 1]
    for place in range(count):
        mentor, more = mentors[place], 0
        while at < end and listed.column[at] < mentor:
            at += 1
        if at < end and listed.column[at] == mentor:
            if listed.broken[at]:
                continue
            more = listed.points[at]
        mentors[kept], points[kept] = mentor, points[place] + more
        kept += 1
    return kept


@compiled
def score_row(
    figures: Figures, mentee: int, fewest: Whole, sums: Sums, mentors: Numbers, points: Numbers
) -> int:
    """List the mentors a mentee may have with `fewest` points or more, and some with less; return how many.

    `sums`, `mentors` and `points` have room for all mentors; `sums` is zero before and after.
    """
    add_offers(figures, mentee, sums)
    count = _covering_enough(figures, mentee, fewest, sums, mentors)
    for rule in range(len(figures.rule_kind)):
        if figures.rule_kind[rule] != COVERS:
            count = keeping(figures, rule, mentee, sums, mentors, count)
    _give_points(figures, mentee, sums, mentors, count, points)
    sums[:] = 0
    return _except(figures, mentee, mentors, count, points)


@compiled
def score_rows(figures: Figures, mentees: Sums, points: NDArray[np.int16]) -> None:
    """Write the points of some mentees with every mentor, `INELIGIBLE` where a rule forbids the pair."""
    width = points.shape[1]
    sums = np.zeros(width, dtype=np.int64)
    listed, given = np.empty(width, dtype=np.int32), np.empty(width, dtype=np.int32)
    points[:] = INELIGIBLE
    for number in range(len(mentees)):
        count = score_row(figures, mentees[number], np.int64(0), sums, listed, given)
        for place in range(count):
            points[number, listed[place]] = given[place]
