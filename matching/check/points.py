"""The points once more, each criterion with code of its own."""

from collections.abc import Callable, Collection
from functools import reduce
from operator import add

import numpy as np

from matching.check.fit import Fit
from matching.check.hours import SharedHours
from matching.check.listed import Listed, pairs_in
from matching.check.sheet import ALL, Integers, Sheet, Some, Texts
from matching.problem import Criterion

THOUSAND = 1000
HOURS_ENOUGH = 240
WISH_RANKS = (1000, 800, 600, 400)
LATER_WISH = 200
MIDDLE_RATING = 3
GRADE_STEPS = ((0, 600), (1, 1000), (2, 1000), (3, 600), (4, 300))

OF_WANTS = (Criterion.SKILLS, Criterion.LEVEL_STEP)
OF_LIKENESS = (Criterion.HOURS, Criterion.VARIETY, Criterion.LOCATION, Criterion.GRADE_STEP)
"""Criteria that are met alike by people who are alike (`Sheet.alike`); others go by pair."""


class Points:
    """The parts of the points of one programme; criteria without weight are left out, as earning nothing.

    References
    ----------
    The shares are those of ``docs/matching.md``, section Points.
    """

    def __init__(self, sheet: Sheet, hours: SharedHours, fit: Fit) -> None:
        self.sheet = sheet
        self.hours = hours
        self.fit = fit
        self.weights = {name: weight for name, weight in sheet.programme.criteria.items() if weight > 0}
        # What each share earns, rounded: to look it up is faster than to divide.
        shares = np.arange(THOUSAND + 1)
        self.earned = {name: (weight * shares + 500) // THOUSAND for name, weight in self.weights.items()}
        self._departments = Texts(sheet, lambda person: person.department)
        self._locations = Texts(sheet, lambda person: person.location)
        self._time_zones = Texts(sheet, lambda person: person.time_zone)
        self._mentee_grade, self._mentor_grade = (
            np.array([np.nan if person.grade is None else person.grade for person in people], dtype=float)
            for people in (sheet.mentees, sheet.mentors)
        )
        self._listed = {
            Criterion.WISHES: _wishes(sheet),
            Criterion.CONTINUITY: _latest_partners(sheet),
            Criterion.RATINGS: _rated(sheet),
        }

    def shares(self, rows: Some, columns: Some = ALL) -> dict[Criterion, Integers]:
        """Return how well each criterion is met by some pairs, in thousandths."""
        return {name: _SHARES[name](self, name, rows, columns) for name in self.weights}

    def parts(self, rows: Some, columns: Some = ALL) -> dict[Criterion, Integers]:
        """Return the points of some pairs for each criterion."""
        return {name: self.earned[name][share] for name, share in self.shares(rows, columns).items()}

    def points(self, names: Collection[Criterion], rows: Some, columns: Some = ALL) -> Integers:
        """Return the sum of the parts of some pairs for some criteria."""
        chosen = [name for name in names if name in self.weights]
        parts = [self.earned[name][_SHARES[name](self, name, rows, columns)] for name in chosen]
        return reduce(add, parts) if parts else self.sheet.nothing(rows, columns)

    def listed(self) -> tuple[Integers, Integers]:
        """Return the pairs that earn points pair by pair, and how many: wished for, met before or rated.

        The pairs are ``row * mentors + column`` of each, in order.
        """
        listed = [(name, pairs) for name, pairs in self._listed.items() if name in self.weights]
        keys = np.unique(np.concatenate([np.zeros(0, np.int64), *(pairs.keys for _name, pairs in listed)]))
        rows, columns = np.divmod(keys, max(1, len(self.sheet.mentors)))
        return keys, self.points([name for name, _pairs in listed], rows, columns)

    def _skills(self, _name: Criterion, rows: Some, columns: Some) -> Integers:
        return self.fit.covered(rows, columns)

    def _level_step(self, _name: Criterion, rows: Some, columns: Some) -> Integers:
        return self.fit.stepped(rows, columns)

    def _hours(self, _name: Criterion, rows: Some, columns: Some) -> Integers:
        return np.minimum(self.hours.minutes(rows, columns), HOURS_ENOUGH) * THOUSAND // HOURS_ENOUGH

    def _variety(self, _name: Criterion, rows: Some, columns: Some) -> Integers:
        department = self._departments.other(rows, columns)
        return 500 * (department.astype(np.int64) + self._locations.other(rows, columns))

    def _pair_by_pair(self, name: Criterion, rows: Some, columns: Some) -> Integers:
        return self._listed[name].numbers(rows, columns)

    def _location(self, _name: Criterion, rows: Some, columns: Some) -> Integers:
        nearby = np.where(self._time_zones.same(rows, columns), 500, 0)
        return np.where(self._locations.same(rows, columns), THOUSAND, nearby)

    def _grade_step(self, _name: Criterion, rows: Some, columns: Some) -> Integers:
        share = self.sheet.nothing(rows, columns)
        above = self._mentor_grade[columns] - self._mentee_grade[rows]
        for step, worth in GRADE_STEPS:
            share[above == step] = worth
        return share


def _wishes(sheet: Sheet) -> Listed:
    wished: dict[tuple[str, str], int] = {}
    for mentee in sheet.programme.mentees:
        for rank, mentor in enumerate(mentee.wishes):
            wished[mentee.person, mentor] = WISH_RANKS[rank] if rank < len(WISH_RANKS) else LATER_WISH
    return Listed(sheet, wished)


def _latest_partners(sheet: Sheet) -> Listed:
    rows = [row for row in sheet.problem.history if row.programme == sheet.programme.id]
    latest = max((row.round for row in rows), default="")
    pairs = pairs_in(row.members for row in rows if row.round == latest)
    return Listed(sheet, dict.fromkeys(pairs, THOUSAND))


def _rated(sheet: Sheet) -> Listed:
    rated: dict[tuple[str, str], int] = {}
    for chat in sheet.problem.chats:
        if chat.programme == sheet.programme.id:
            given = [MIDDLE_RATING if rating is None else rating for rating in chat.ratings]
            rated |= dict.fromkeys(pairs_in([chat.members]), (sum(given) - 2) * THOUSAND // 8)
    return Listed(sheet, rated)


_SHARES: dict[Criterion, Callable[[Points, Criterion, Some, Some], Integers]] = {
    Criterion.SKILLS: Points._skills,
    Criterion.LEVEL_STEP: Points._level_step,
    Criterion.HOURS: Points._hours,
    Criterion.VARIETY: Points._variety,
    Criterion.WISHES: Points._pair_by_pair,
    Criterion.CONTINUITY: Points._pair_by_pair,
    Criterion.RATINGS: Points._pair_by_pair,
    Criterion.LOCATION: Points._location,
    Criterion.GRADE_STEP: Points._grade_step,
}
