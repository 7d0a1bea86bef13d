"""All pairs of a programme: which are eligible, and what each is worth."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from matching.check import points as criteria
from matching.check import rules as restrictions
from matching.check.certificate import Candidates
from matching.check.fit import Fit
from matching.check.hours import SharedHours
from matching.check.listed import Listed
from matching.check.points import Points
from matching.check.report import ViolationKind
from matching.check.rules import PAIR_BY_PAIR, Rules
from matching.check.sheet import ALL, Flags, Integers, Sheet, Some, among

Forbidden = dict[ViolationKind, Flags]

AT_ONCE = 2**16
"""Pairs that are handed on together, or a few more: what is then done with them should not be many calls."""


class Grid(Protocol):
    """What the rest of the check asks about pairs."""

    def forbidden(self, rows: Some, columns: Some = ALL) -> Forbidden:
        """Return which of some pairs each restriction forbids, in the order in which restrictions count."""
        ...

    def worths(self, rows: Integers, columns: Integers) -> Iterator[tuple[int, Mapping[str, int]]]:
        """Yield the points of pairs, eligible or not, and their parts: none when pairs come with points."""
        ...

    def candidates(self) -> Iterator[Candidates]:
        """Yield every eligible pair that is not locked."""
        ...


def grid_of(sheet: Sheet) -> Grid:
    """Return a programme's grid: of its explicit candidates if it has any, else by rules and criteria."""
    hours, fit = SharedHours(sheet), Fit(sheet)
    rules = Rules(sheet, hours, fit)
    return (
        RuledGrid(sheet, rules, Points(sheet, hours, fit))
        if sheet.programme.candidates is None
        else ExplicitGrid(sheet, rules)
    )


class RuledGrid:
    """Pairs judged by the programme's rules and criteria."""

    def __init__(self, sheet: Sheet, rules: Rules, scores: Points) -> None:
        self.sheet, self.rules, self.scores = sheet, rules, scores

    def forbidden(self, rows: Some, columns: Some = ALL) -> Forbidden:
        """Return which pairs each restriction forbids: what always holds, then the programme's rules."""
        return self.rules.always(rows, columns) | self.rules.named(rows, columns)

    def worths(self, rows: Integers, columns: Integers) -> Iterator[tuple[int, Mapping[str, int]]]:
        """Yield the points of pairs and their parts."""
        parts = {str(name): part.tolist() for name, part in self.scores.parts(rows, columns).items()}
        for place in range(len(rows)):
            of_pair = {name: part[place] for name, part in parts.items()}
            yield sum(of_pair.values()), of_pair

    def candidates(self) -> Iterator[Candidates]:
        """Yield the eligible pairs; O(mentees x mentors) in all.

        What mentees who are alike have in common is looked at once for all of them.
        """
        return _together(self._by_mentee())

    def _by_mentee(self) -> Iterator[Candidates]:
        named = {rule.rule for rule in self.sheet.programme.rules}
        barred = _with_locks(self.sheet, self.rules.barred([name for name in PAIR_BY_PAIR if name in named]))
        keys, extra = self.scores.listed()
        barred_of, listed_of = _ByRow(self.sheet, barred), _ByRow(self.sheet, keys)
        for alike in self.sheet.alike():
            allowed = self.rules.kept(restrictions.OF_LIKENESS, alike[0])
            in_common = self.scores.points(criteria.OF_LIKENESS, alike[0])
            open_to_all = np.flatnonzero(allowed)
            for row in alike:
                kept = open_to_all[self.rules.kept(restrictions.OF_WANTS, row, open_to_all)]
                columns = kept[~among(kept, barred_of.columns(row))]
                worth = in_common[columns] + self.scores.points(criteria.OF_WANTS, row, columns)
                if listed_of.any(row):
                    here = among(listed_of.columns(row), columns)
                    at = np.searchsorted(columns, listed_of.columns(row)[here])
                    worth[at] += extra[listed_of.places(row)][here]
                yield Candidates(np.full(len(columns), row), columns, worth)


class ExplicitGrid:
    """The pairs that the programme lists, with the points it gives; blocks and bans hold all the same."""

    def __init__(self, sheet: Sheet, rules: Rules) -> None:
        self.sheet, self.rules = sheet, rules
        self.listed = Listed(sheet, {(a, b): points for a, b, points in sheet.programme.candidates or ()})

    def forbidden(self, rows: Some, columns: Some = ALL) -> Forbidden:
        """Return which pairs each restriction forbids: what always holds, then not being a candidate."""
        missing = ~self.listed.flags(rows, columns)
        return self.rules.always(rows, columns) | {ViolationKind.NOT_A_CANDIDATE: missing}

    def worths(self, rows: Integers, columns: Integers) -> Iterator[tuple[int, Mapping[str, int]]]:
        """Yield the points given with pairs, zero for one that is no candidate; they have no parts."""
        return ((points, {}) for points in self.listed.numbers(rows, columns).tolist())

    def candidates(self) -> Iterator[Candidates]:
        """Yield the eligible pairs; O(candidates) in all."""
        width = len(self.sheet.mentors)
        barred = _with_locks(self.sheet, self.rules.barred(()))
        keys = np.setdiff1d(self.listed.keys, barred, assume_unique=True)
        for start in range(0, len(keys), AT_ONCE):
            rows, columns = np.divmod(keys[start : start + AT_ONCE], width)
            yield Candidates(rows, columns, self.listed.numbers(rows, columns))


class _ByRow:
    """Pairs as ``row * mentors + column``, in order, cut into rows."""

    def __init__(self, sheet: Sheet, keys: Integers) -> None:
        width = len(sheet.mentors)
        self._first = np.searchsorted(keys, np.arange(len(sheet.mentees) + 1) * width).tolist()
        self._columns = keys % max(1, width)

    def places(self, row: int) -> slice:
        """Return where the pairs of a row stand."""
        return slice(self._first[row], self._first[row + 1])

    def columns(self, row: int) -> Integers:
        """Return the columns of a row."""
        return self._columns[self.places(row)]

    def any(self, row: int) -> bool:
        """Tell whether there is any pair of a row."""
        return bool(self._first[row] < self._first[row + 1])


def _with_locks(sheet: Sheet, barred: Integers) -> Integers:
    locked = [row * len(sheet.mentors) + column for row, column in sheet.locked]
    return np.sort(np.append(barred, np.array(locked, dtype=np.int64)))


def _together(parts: Iterable[Candidates]) -> Iterator[Candidates]:
    """Yield candidates in fewer parts."""
    waiting: list[Candidates] = []
    number = 0
    for part in parts:
        waiting.append(part)
        number += len(part.rows)
        if number >= AT_ONCE:
            yield _joined(waiting)
            waiting, number = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(parts: Sequence[Candidates]) -> Candidates:
    rows, columns, points = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "columns", "points")
    )
    return Candidates(rows, columns, points)
