"""What pairs earn by all but skills, written once for all mentees that are alike in a subject."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matching.compiled import compiled
from matching.earning import Numbers, earn
from matching.figures import ATTRIBUTES, GRADES, LANGUAGES, PLACES, TIMES, Alike, Figures
from matching.keeping import keeping

# Far less than all points: whom a rule forbids in one subject, nothing in the others makes up for.
FORBIDDEN = -8_000
# Beyond so many figures a subject is looked at pair by pair.
MOST_FIGURES = 1 << 26


def alike_of(figures: Figures) -> Alike:
    """Return what mentees alike in a subject earn with every mentor, subject by subject.

    A subject in which too few are alike is left out; the most that it can earn is added to `rest`.
    """
    mentors = len(figures.mentors.department)
    rows, tables, rest = [], [], 0
    first = 0
    for subject, key in _subjects(figures):
        _values, one, alike = np.unique(key, axis=0, return_index=True, return_inverse=True)
        if len(one) * mentors > MOST_FIGURES:
            rest += _most(figures, subject)
            continue
        table = np.empty((len(one), mentors), dtype=np.int16)
        _write(figures, subject, one.astype(np.int64), table)
        rows.append(first + alike.ravel())
        tables.append(table)
        first += len(one)
    shape = len(rows), len(figures.mentees.department)
    every = np.array(rows, dtype=np.int32).reshape(shape)
    table = np.concatenate([np.empty((0, mentors), dtype=np.int16), *tables])
    return Alike(np.ascontiguousarray(every.T), table, rest)


def _subjects(figures: Figures) -> Iterator[tuple[int, NDArray[np.generic]]]:
    """Yield the subjects that rules or criteria ask about, with what mentees are alike in."""
    own, tables, asked = figures.mentees, figures.tables, set(figures.rule_subject.tolist())
    if TIMES in asked or tables.hours.any():
        yield TIMES, own.timetable[:, None]
    if LANGUAGES in asked:
        yield LANGUAGES, own.languages
    if GRADES in asked or tables.grade.any():
        yield GRADES, own.grade[:, None]
    if PLACES in asked or tables.variety.any() or tables.location.any():
        yield PLACES, np.column_stack((own.department, own.location, own.time_zone))
    if ATTRIBUTES in asked:
        yield ATTRIBUTES, np.ascontiguousarray(own.attributes.T)


def _most(figures: Figures, subject: int) -> int:
    """Return the most points of a subject."""
    tables = figures.tables
    earned = {TIMES: [tables.hours], GRADES: [tables.grade], PLACES: [tables.variety, tables.location]}
    return sum(int(table.max()) for table in earned.get(subject, []))


@compiled
def _write(figures: Figures, subject: int, mentees: NDArray[np.int64], table: NDArray[np.int16]) -> None:
    """Write what some mentees earn in a subject with every mentor, `FORBIDDEN` where a rule forbids it."""
    everybody = table.shape[1]
    mentors: Numbers = np.empty(everybody + 1, dtype=np.int32)
    points: Numbers = np.empty(everybody + 1, dtype=np.int32)
    for row in range(len(mentees)):
        mentee, count = mentees[row], everybody
        for mentor in range(everybody):
            mentors[mentor] = mentor
        for rule in range(len(figures.rule_kind)):
            if figures.rule_subject[rule] == subject:
                count = keeping(figures, rule, mentee, mentors, count)
        points[:count] = 0
        earn(figures, subject, mentee, mentors, count, points)
        table[row] = FORBIDDEN
        for place in range(count):
            table[row, mentors[place]] = points[place]
