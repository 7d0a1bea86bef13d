"""The rules, compiled: each makes a list of mentors shorter, in one pass over what is left of it."""

import numpy as np
from numpy.typing import NDArray

from matching.columns import UNKNOWN, UNKNOWN_GRADE
from matching.compiled import lean
from matching.figures import ATTRIBUTE, DEPARTMENT, GRADE, HOURS, LANGUAGE, LINE, Figures

Numbers = NDArray[np.int32]


@lean
def _same(mentors: Numbers, count: int, values: Numbers, row: int, own: int) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        kept += values[row, mentor] == own
    return 0 if own == UNKNOWN else kept


@lean
def _other(mentors: Numbers, count: int, values: Numbers, own: int) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        kept += (values[mentor] != own) & (values[mentor] != UNKNOWN)
    return 0 if own == UNKNOWN else kept


@lean
def _sharing(
    mentors: Numbers, count: int, timetables: Numbers, minutes: Numbers, own: int, least: int
) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        kept += minutes[own, timetables[mentor]] >= least
    return kept


@lean
def _speaking(
    mentors: Numbers, count: int, languages: NDArray[np.uint64], own: NDArray[np.uint64], mentee: int
) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        alike = np.uint64(0)
        for word in range(own.shape[1]):
            alike |= languages[mentor, word] & own[mentee, word]
        kept += alike != 0
    return kept


@lean
def _graded(mentors: Numbers, count: int, grades: Numbers, own: int, low: int, high: int) -> int:
    kept = 0
    for place in range(count):
        mentor = mentors[place]
        mentors[kept] = mentor
        step = grades[mentor] - own
        kept += (grades[mentor] != UNKNOWN_GRADE) & (low <= step) & (step <= high)
    return 0 if own == UNKNOWN_GRADE else kept


@lean
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


@lean
def keeping(figures: Figures, rule: int, mentee: int, mentors: Numbers, count: int) -> int:
    """Keep, of the first `count` mentors, those who keep a rule with a mentee; return how many they are.

    Rules whose pairs are listed rule nobody out here: those are the exceptions. Nor does the least share of
    the wants, which has been looked at.
    """
    kind, low, high = figures.rule_kind[rule], figures.rule_low[rule], figures.rule_high[rule]
    own, others = figures.mentees, figures.mentors
    if kind == LINE:
        return _apart(mentors, count, others.enters, others.leaves, own.enters[mentee], own.leaves[mentee])
    if kind == HOURS:
        return _sharing(mentors, count, others.timetable, figures.shared_minutes, own.timetable[mentee], low)
    if kind == LANGUAGE:
        return _speaking(mentors, count, others.languages, own.languages, mentee)
    if kind == GRADE:
        return _graded(mentors, count, others.grade, own.grade[mentee], low, high)
    if kind == DEPARTMENT:
        return _other(mentors, count, others.department, own.department[mentee])
    if kind == ATTRIBUTE:
        return _same(mentors, count, others.attributes, low, own.attributes[low, mentee])
    return count
