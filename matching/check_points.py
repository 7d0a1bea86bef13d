"""The points once more, each criterion with code of its own: for one mentee, an array over all mentors."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from matching.check_hours import SharedHours
from matching.check_sheet import Integers, Sheet, Texts
from matching.check_skills import closeness
from matching.problem import Criterion, Person

THOUSAND = 1000
HOURS_ENOUGH = 240
WISH_RANKS = (1000, 800, 600, 400)
LATER_WISH = 200
GRADE_STEPS = ((0, 600), (1, 1000), (2, 1000), (3, 600), (4, 300))
LEVEL_STEPS = ((0, 500), (1, 1000), (2, 1000), (3, 600), (4, 600))

Worth = tuple[Integers, Integers]
"""Columns of mentors, each once, and what they are worth in thousandths; other mentors are worth nothing."""


class Points:
    """The parts of the points of one programme; criteria without weight are left out, as earning nothing.

    References
    ----------
    The shares are those of ``docs/matching.md``, section Points.
    """

    def __init__(self, sheet: Sheet, hours: SharedHours) -> None:
        self.sheet = sheet
        self.hours = hours
        self.weights = {name: weight for name, weight in sheet.programme.criteria.items() if weight > 0}
        self.wishes = {mentee.person: mentee.wishes for mentee in sheet.programme.mentees}
        self.departments = Texts(mentor.department for mentor in sheet.mentors)
        self.locations = Texts(mentor.location for mentor in sheet.mentors)
        self.time_zones = Texts(mentor.time_zone for mentor in sheet.mentors)
        grades = [np.nan if mentor.grade is None else mentor.grade for mentor in sheet.mentors]
        self.grades = np.array(grades, dtype=float)
        self.latest = self._latest_partners()
        by_skill = {Criterion.SKILLS, Criterion.LEVEL_STEP} & set(self.weights)
        self.near = closeness(sheet.problem) if by_skill else {}
        self.holders = self._holders()
        self._worths: dict[tuple[Criterion, str, int], Worth] = {}

    def parts(self, row: int) -> dict[Criterion, Integers]:
        """Return, for one mentee, the points of each criterion with every mentor."""
        mentee = self.sheet.mentees[row]
        return {
            name: (weight * _SHARES[name](self, mentee) + 500) // THOUSAND
            for name, weight in self.weights.items()
        }

    def points(self, row: int) -> Integers:
        """Return, for one mentee, the sum of the parts with every mentor."""
        return sum(self.parts(row).values(), self._nothing())

    def _skills(self, mentee: Person) -> Integers:
        return self._average(mentee, Criterion.SKILLS)

    def _level_step(self, mentee: Person) -> Integers:
        return self._average(mentee, Criterion.LEVEL_STEP)

    def _average(self, mentee: Person, criterion: Criterion) -> Integers:
        total = self._nothing()
        for want in mentee.wants:
            columns, worth = self._worth(criterion, want.skill, want.level)
            total[columns] += want.importance * worth
        return total // max(1, sum(want.importance for want in mentee.wants))

    def _worth(self, criterion: Criterion, skill: str, level: int) -> Worth:
        """Return what each mentor's best skill is worth to somebody who wants ``skill`` at ``level``."""
        key = (criterion, skill, level)
        if key not in self._worths:
            best = self._nothing()
            for held, near in self.near.get(skill, {}).items():
                columns, levels = self.holders.get(held, _NOBODY)
                share = (
                    _covered(near, levels, level)
                    if criterion == Criterion.SKILLS
                    else _stepped(near, levels, level)
                )
                best[columns] = np.maximum(best[columns], share)
            columns = np.flatnonzero(best)
            self._worths[key] = columns, best[columns]
        return self._worths[key]

    def _hours(self, mentee: Person) -> Integers:
        return np.minimum(self.hours.row(mentee), HOURS_ENOUGH) * THOUSAND // HOURS_ENOUGH

    def _variety(self, mentee: Person) -> Integers:
        department = self.departments.other(mentee.department)
        return 500 * (department.astype(np.int64) + self.locations.other(mentee.location))

    def _wishes(self, mentee: Person) -> Integers:
        share = self._nothing()
        for rank, wished in enumerate(self.wishes[mentee.id]):
            if wished in self.sheet.column:
                share[self.sheet.column[wished]] = WISH_RANKS[rank] if rank < len(WISH_RANKS) else LATER_WISH
        return share

    def _continuity(self, mentee: Person) -> Integers:
        share = self._nothing()
        share[self.sheet.columns(self.latest.get(mentee.id, set()))] = THOUSAND
        return share

    def _location(self, mentee: Person) -> Integers:
        nearby = np.where(self.time_zones.same(mentee.time_zone), 500, 0)
        return np.where(self.locations.same(mentee.location), THOUSAND, nearby)

    def _grade_step(self, mentee: Person) -> Integers:
        share = self._nothing()
        for step, worth in GRADE_STEPS:
            if mentee.grade is not None:
                share[self.grades == mentee.grade + step] = worth
        return share

    def _nothing(self) -> Integers:
        return np.zeros(len(self.sheet.mentors), dtype=np.int64)

    def _holders(self) -> dict[str, Worth]:
        """Return who holds each skill, and at what level."""
        listed: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for column, mentor in enumerate(self.sheet.mentors):
            for held in mentor.holds:
                listed[held.skill].append((column, held.level))
        tables = {skill: np.array(rows, dtype=np.int64) for skill, rows in listed.items()}
        return {skill: (table[:, 0], table[:, 1]) for skill, table in tables.items()}

    def _latest_partners(self) -> dict[str, set[str]]:
        rows = [row for row in self.sheet.problem.history if row.programme == self.sheet.programme.id]
        latest = max((row.round for row in rows), default="")
        partners: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row.round == latest:
                for member in row.members:
                    partners[member].update(row.members)
        return partners


_NOBODY: Worth = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

_SHARES: dict[Criterion, Callable[[Points, Person], Integers]] = {
    Criterion.SKILLS: Points._skills,
    Criterion.LEVEL_STEP: Points._level_step,
    Criterion.HOURS: Points._hours,
    Criterion.VARIETY: Points._variety,
    Criterion.WISHES: Points._wishes,
    Criterion.CONTINUITY: Points._continuity,
    Criterion.LOCATION: Points._location,
    Criterion.GRADE_STEP: Points._grade_step,
}


def _covered(near: int, levels: Integers, wanted: int) -> Integers:
    return near * np.minimum(levels, wanted) // wanted


def _stepped(near: int, levels: Integers, wanted: int) -> Integers:
    share = np.zeros(len(levels), dtype=np.int64)
    for step, worth in LEVEL_STEPS:
        share[levels == wanted + step] = near * worth // THOUSAND
    return share
