"""A mentoring programme of a joint round, as the check sees it."""

from collections import Counter
from collections.abc import Collection
from functools import cached_property

import numpy as np

from matching.check.causes import cause_violations
from matching.check.certificate import Candidates, Room
from matching.check.claims import field_violations, goal_violations
from matching.check.grid import grid_of
from matching.check.joint.part import Counts, Terms, price_violations
from matching.check.plan import placed, plan_violations
from matching.check.proof import goals_reached
from matching.check.report import Violation
from matching.check.sheet import Integers, Sheet
from matching.problem import MentoringProgramme, Problem
from matching.solution import Certificate, Solution


class MentoringPart:
    """Mentees seek, mentors give."""

    triads = 0

    def __init__(
        self, problem: Problem, programme: MentoringProgramme, solution: Solution, violations: list[Violation]
    ) -> None:
        self.programme = programme
        self._sheet = sheet = Sheet(problem, programme)
        self._grid = grid_of(sheet)
        rows = (
            (f"assignments[{index}]", row)
            for index, row in enumerate(solution.assignments)
            if row.programme == programme.id
        )
        self._pairs = placed(sheet, self._grid, rows, violations)
        violations.extend(plan_violations(sheet, self._grid, self._pairs))
        self._room = room = Room.of(sheet)
        free = [pair for pair in self._pairs if (pair.row, pair.column) not in sheet.locked]
        self.seeking: Counts = Counter(sheet.mentees[pair.row].id for pair in self._pairs)
        self.giving: Counts = Counter(sheet.mentors[pair.column].id for pair in self._pairs)
        self.locked_seeking: Counts = Counter(sheet.mentees[row].id for row, _column in sheet.locked)
        self.locked_giving: Counts = Counter(sheet.mentors[column].id for _row, column in sheet.locked)
        self.most_seeking: Counts = _counts(sheet.row, room.places)
        self.most_giving: Counts = _counts(sheet.column, room.capacity)
        self.settled = set(self.locked_seeking)
        self.covered = set(self.seeking)
        self.coverage = sum(
            int(sheet.priority[row]) for row in {pair.row for pair in free} if not room.settled[row]
        )
        self.points = sum(pair.points for pair in free)

    def shape_violations(self, certificate: Certificate, where: str) -> list[Violation]:
        """Return prices of whom is not there, or below zero of mentors."""
        found = list(field_violations(certificate, where, used=("mentees", "mentors")))
        found += price_violations(certificate.mentees, self._sheet.row, where, "mentees", least=None)
        return found + price_violations(certificate.mentors, self._sheet.column, where, "mentors")

    @cached_property
    def _candidates(self) -> Candidates:
        """All eligible pairs that are not locked, of people with a place."""
        nothing = np.zeros(0, dtype=np.int64)
        parts = [Candidates(nothing, nothing, nothing), *self._grid.candidates()]
        rows, columns, points = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "columns", "points")
        )
        kept = (self._room.places[rows] > 0) & (self._room.capacity[columns] > 0)
        return Candidates(rows[kept], columns[kept], points[kept])

    def bound(self, certificate: Certificate, terms: Terms) -> int:
        """Return the sum of the certificate's formula."""
        sheet, room, pairs = self._sheet, self._room, self._candidates
        ids = [person.id for person in sheet.mentees]
        adds = np.where(room.settled, 0, terms.coverage * sheet.priority)
        bonus = adds + _of(ids, terms.cover)
        mentor_ids = [person.id for person in sheet.mentors]
        price, mentor = _of(ids, certificate.mentees), _of(mentor_ids, certificate.mentors)
        own = bonus - price - _of(ids, terms.toll)
        reduced = terms.points * pairs.points + own[pairs.rows]
        reduced -= (mentor + _of(mentor_ids, terms.fee))[pairs.columns]
        left_over = sum(reduced[reduced > 0].tolist())
        seeking = room.places > 0
        first = sum(np.maximum(price, 0)[seeking].tolist())
        later = (room.places - 1)[seeking] * np.maximum(price - bonus, 0)[seeking]
        return int(first + sum(later.tolist()) + sum((room.capacity * mentor).tolist()) + left_over)

    def alike(self) -> int | None:
        """Return nothing: there are no groups."""
        return None

    def claim_violations(
        self, solution: Solution, *, proved: bool, spent: Collection[str]
    ) -> list[Violation]:
        """Return goals and causes that are not as the solution says."""
        reached = goals_reached(self._sheet, self._grid, self._pairs)
        found = list(goal_violations(self.programme, reached, solution, proved=proved))
        causes = cause_violations(self._sheet, self._grid, self._pairs, solution, proved=proved, spent=spent)
        return found + list(causes)


def _counts(numbers: dict[str, int], amounts: Integers) -> Counts:
    return {person: max(0, int(amounts[number])) for person, number in numbers.items()}


def _of(ids: list[str], amounts: Counts) -> Integers:
    return np.array([amounts.get(person, 0) for person in ids], dtype=np.int64)
