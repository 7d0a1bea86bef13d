"""Gives listed mentors their points with a mentee, compiled: the same points that `score` gives."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.columns import UNKNOWN, UNKNOWN_GRADE
from matching.compiled import lean
from matching.figures import GRADE_REACH, GRADES, PLACES, SUBJECTS, TIMES, Figures, People
from matching.offers import Skills

Numbers = NDArray[np.int32]


@lean
def _place_of(skills: Skills, feature: int, mentor: int) -> Any:
    """Return where a mentor's offer of a feature stands in the lists, or -1."""
    low, high = skills.offer_first[feature], skills.offer_first[feature + 1]
    while low < high:
        middle = (low + high) // 2
        if skills.offer_mentor[middle] < mentor:
            low = middle + 1
        else:
            high = middle
    if low < skills.offer_first[feature + 1] and skills.offer_mentor[low] == mentor:
        return low
    return np.int64(-1)


@lean
def add_offers(
    skills: Skills, mentee: int, mentors: Numbers, count: int, covered: Numbers, stepped: Numbers
) -> None:
    """Write how far listed mentors cover a mentee's wants and step up from them, each want by importance."""
    for number in range(count):
        covered[number] = stepped[number] = 0
    for want in range(skills.want_first[mentee], skills.want_first[mentee + 1]):
        feature, importance = skills.want_feature[want], skills.want_importance[want]
        row = skills.row[feature]
        for number in range(count):
            if row >= 0:
                covered[number] += importance * np.int32(skills.cover[row, mentors[number]])
                stepped[number] += importance * np.int32(skills.step[row, mentors[number]])
            else:
                place = _place_of(skills, feature, mentors[number])
                if place >= 0:
                    covered[number] += importance * np.int32(skills.offer_cover[place])
                    stepped[number] += importance * np.int32(skills.offer_step[place])


@lean
def covering(
    figures: Figures,
    mentee: int,
    least: int,
    mentors: Numbers,
    count: int,
    covered: Numbers,
    stepped: Numbers,
) -> int:
    """Keep, of the first `count` mentors, those who cover a mentee's wants that far; return how many."""
    kept = 0
    add_offers(figures.skills, mentee, mentors, count, covered, stepped)
    for number in range(count):
        mentors[kept], covered[kept], stepped[kept] = mentors[number], covered[number], stepped[number]
        kept += covered[kept] >= least
    return kept


@lean
def _earn_skills(
    figures: Figures, mentee: int, count: int, covered: Numbers, stepped: Numbers, points: Numbers
) -> None:
    """Write the points for skills: the first of the criteria, so nothing is there yet."""
    total = max(np.int64(1), np.int64(figures.skills.importance[mentee]))
    for number in range(count):
        points[number] = (
            figures.tables.cover[covered[number] // total] + figures.tables.step[stepped[number] // total]
        )


@lean
def _earn_hours(
    mentors: Numbers,
    count: int,
    points: Numbers,
    timetables: Numbers,
    minutes: Numbers,
    own: int,
    earned: Numbers,
) -> None:
    for place in range(count):
        points[place] += earned[minutes[own, timetables[mentors[place]]]]


@lean
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


@lean
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


@lean
def _earn_grade_step(
    mentors: Numbers, count: int, points: Numbers, grades: Numbers, grade: int, earned: Numbers
) -> None:
    if grade != UNKNOWN_GRADE:
        for place in range(count):
            other = grades[mentors[place]]
            points[place] += earned[other - grade + GRADE_REACH] if other != UNKNOWN_GRADE else 0


@lean
def earn(figures: Figures, subject: int, mentee: int, mentors: Numbers, count: int, points: Numbers) -> None:
    """Add what listed mentors earn with a mentee by the criteria of a subject."""
    own, others, tables = figures.mentees, figures.mentors, figures.tables
    location = own.location[mentee]
    if subject == TIMES and tables.hours[-1]:
        minutes, timetable = figures.shared_minutes, own.timetable[mentee]
        _earn_hours(mentors, count, points, others.timetable, minutes, timetable, tables.hours)
    if subject == PLACES and tables.variety[-1]:
        _earn_variety(mentors, count, points, others, location, own.department[mentee], tables.variety)
    if subject == PLACES and tables.location[-1]:
        _earn_location(mentors, count, points, others, location, own.time_zone[mentee], tables.location)
    if subject == GRADES and tables.grade[GRADE_REACH + 1]:
        _earn_grade_step(mentors, count, points, others.grade, own.grade[mentee], tables.grade)


@lean
def give_points(
    figures: Figures,
    mentee: int,
    mentors: Numbers,
    count: int,
    covered: Numbers,
    stepped: Numbers,
    points: Numbers,
) -> None:
    """Write the points of listed mentors, of whom `covering` has told what they offer."""
    _earn_skills(figures, mentee, count, covered, stepped, points)
    for subject in range(SUBJECTS):
        earn(figures, subject, mentee, mentors, count, points)
