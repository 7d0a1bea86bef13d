"""The hard rules: each as a sentence for people and as a test of many pairs at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.columns import UNKNOWN, UNKNOWN_GRADE, Columns
from matching.offers import SkillFit
from matching.problem import MentoringProgramme, Problem, Rule, RuleName
from matching.views import Matrix, Sides, View, matrix_of

Mask = NDArray[np.bool_]
# What always holds, before any rule a programme names.
SELF, BLOCKED, BANNED, NOT_A_CANDIDATE = "not_self", "not_blocked", "not_banned", "candidate"


@dataclass(frozen=True, slots=True, eq=False)
class HardRule:
    """A rule with its figures: `sentence` says it, `keeps` tells of a view's pairs which keep it."""

    name: str
    sentence: str
    keeps: Callable[[View], Mask]


def sentence_of(rule: Rule) -> str:
    """Say a rule in words."""
    match rule.rule:
        case RuleName.NOT_IN_REPORTING_LINE:
            return "Neither person manages the other, directly or further up."
        case RuleName.SHARED_HOURS:
            return f"They share at least {rule.minutes} minutes of working time each day."
        case RuleName.SHARED_LANGUAGE:
            return "They have a language in common."
        case RuleName.NO_PRIOR_PAIR:
            return "They have not been matched in this programme before."
        case RuleName.GRADE_DISTANCE:
            return f"The mentor's grade is {_grades(rule)} than the mentee's."
        case RuleName.OTHER_DEPARTMENT:
            return "They work in different departments."
        case RuleName.SAME_ATTRIBUTE:
            return f"They have the same {rule.name}."
        case RuleName.COVERS_WANTS:
            return (
                "The mentor can help with what the mentee wants to learn "
                f"(covers at least {rule.percent} % of it)."
            )


def _grades(rule: Rule) -> str:
    low, high = rule.min, rule.max
    if low is None or high is None:
        bound = low if high is None else high
        figure = bound or 0
        least = (high is None) == (figure >= 0)
        return f"at {'least' if least else 'most'} {_step(figure)}"
    if low == high:
        return _step(low)
    if low < 0 <= high:
        return f"{_step(low)} to {_step(high)}"
    return f"{low} to {_step(high)}" if low >= 0 else f"{-high} to {_step(low)}"


def _step(grades: int) -> str:
    return f"{grades} higher" if grades >= 0 else f"{-grades} lower"


def rules_of(
    problem: Problem,
    programme: MentoringProgramme,
    columns: Columns,
    sides: Sides,
    fit: Callable[[], SkillFit],
) -> tuple[HardRule, ...]:
    """Return every rule of a programme in the order they are applied: those that always hold first.

    `fit` is only called when a rule is about skills.
    """
    position = Positions(columns, sides)
    blocks = position.matrix(problem.blocks)
    bans = position.matrix([ban.members for ban in problem.bans if ban.programme == programme.id])
    always = (
        HardRule(SELF, "Nobody is their own mentor.", lambda view: view.mentee != view.mentor),
        HardRule(BLOCKED, "Neither person has blocked the other.", lambda view: ~view.entries(blocks)),
        HardRule(BANNED, "HR has not ruled this pair out.", lambda view: ~view.entries(bans)),
    )
    if programme.candidates is not None:
        return always
    named = (
        HardRule(rule.rule.value, sentence_of(rule), _test(rule, problem, programme, columns, position, fit))
        for rule in programme.rules
    )
    return always + tuple(named)


class Positions:
    """Finds the mentee and mentor rows of people, to turn lists of pairs into matrices."""

    def __init__(self, columns: Columns, sides: Sides) -> None:
        self.shape = sides.shape
        people = list(columns.index)
        self.mentee_row = {people[person]: row for row, person in enumerate(sides.mentees)}
        self.mentor_row = {people[person]: row for row, person in enumerate(sides.mentors)}

    def matrix(self, pairs: "list[tuple[str, ...]] | tuple[tuple[str, ...], ...]") -> Matrix:
        """Return a (mentees, mentors) matrix, true where two people of a pair stand in either role."""
        rows, cells = [], []
        for members in pairs:
            for first in members:
                row = self.mentee_row.get(first)
                if row is None:
                    continue
                others = (self.mentor_row.get(second) for second in members if second != first)
                for column in others:
                    if column is not None:
                        rows.append(row)
                        cells.append(column)
        return matrix_of(np.ones(len(rows), dtype=np.bool_), rows, cells, self.shape)


def _test(
    rule: Rule,
    problem: Problem,
    programme: MentoringProgramme,
    columns: Columns,
    position: Positions,
    fit: Callable[[], SkillFit],
) -> Callable[[View], Any]:
    match rule.rule:
        case RuleName.NOT_IN_REPORTING_LINE:
            return lambda view: _apart(view, columns)
        case RuleName.SHARED_HOURS:
            minutes = rule.minutes or 0
            return lambda view: shared_minutes(view, columns) >= minutes
        case RuleName.SHARED_LANGUAGE:
            return lambda view: _share_a_bit(view, columns.languages)
        case RuleName.NO_PRIOR_PAIR:
            before = position.matrix(
                [row.members for row in problem.history if row.programme == programme.id]
            )
            return lambda view: ~view.entries(before)
        case RuleName.GRADE_DISTANCE:
            low = -1000 if rule.min is None else rule.min
            high = 1000 if rule.max is None else rule.max
            return lambda view: _within(view, columns, low, high)
        case RuleName.OTHER_DEPARTMENT:
            return lambda view: differ(view, columns.department)
        case RuleName.SAME_ATTRIBUTE:
            values = columns.attributes[rule.name or ""]
            return lambda view: same(view, values)
        case RuleName.COVERS_WANTS:
            covers, percent = fit().covers, rule.percent or 0
            return lambda view: covers(view, percent)


def same(view: View, column: NDArray[np.int32]) -> Mask:
    """Tell which pairs are known to have the same value."""
    mentee = column[view.mentee]
    return np.asarray((mentee == column[view.mentor]) & (mentee != UNKNOWN))


def differ(view: View, column: NDArray[np.int32]) -> Mask:
    """Tell which pairs are known to have different values."""
    mentee, mentor = column[view.mentee], column[view.mentor]
    return np.asarray((mentee != mentor) & (mentee != UNKNOWN) & (mentor != UNKNOWN))


def shared_minutes(view: View, columns: Columns) -> NDArray[np.int32]:
    """Return the minutes of working time a day that pairs share."""
    return columns.shared_minutes[columns.timetable[view.mentee], columns.timetable[view.mentor]]


def grades_above(view: View, columns: Columns) -> tuple[NDArray[np.int32], Mask]:
    """Return the mentor's grade less the mentee's, and where both are known."""
    mentee, mentor = columns.grade[view.mentee], columns.grade[view.mentor]
    return mentor - mentee, (mentee != UNKNOWN_GRADE) & (mentor != UNKNOWN_GRADE)


def _within(view: View, columns: Columns, low: int, high: int) -> Mask:
    above, known = grades_above(view, columns)
    return known & (above >= low) & (above <= high)


def _apart(view: View, columns: Columns) -> Mask:
    mentee, mentor = columns.enters[view.mentee], columns.enters[view.mentor]
    mentor_below = (mentee <= mentor) & (mentor < columns.leaves[view.mentee])
    mentee_below = (mentor <= mentee) & (mentee < columns.leaves[view.mentor])
    return ~(mentor_below | mentee_below)


def _share_a_bit(view: View, words: NDArray[np.uint64]) -> Mask:
    found = (words[view.mentee, 0] & words[view.mentor, 0]) != 0
    for word in range(1, words.shape[1]):
        found |= (words[view.mentee, word] & words[view.mentor, word]) != 0
    return np.asarray(found)
