"""All pairs of a programme, a mentee at a time: which are eligible, and what each is worth."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from matching.check.certificate import Candidates
from matching.check.fit import Fit
from matching.check.hours import SharedHours
from matching.check.points import Points
from matching.check.report import ViolationKind
from matching.check.rules import Rules
from matching.check.sheet import Flags, Sheet

Forbidden = dict[ViolationKind, Flags]


class Grid(Protocol):
    """What the rest of the check asks about the pairs of one mentee with every mentor."""

    def forbidden(self, row: int) -> Forbidden:
        """Return which mentors each restriction forbids, in the order in which restrictions count."""
        ...

    def forbidden_to(self, columns: Sequence[int]) -> Callable[[int], Forbidden]:
        """Return what tells the same about some of the mentors alone, in this order."""
        ...

    def worth(self, row: int, column: int) -> tuple[int, Mapping[str, int]]:
        """Return a pair's points, eligible or not, and its parts: none when pairs come with points."""
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

    def forbidden(self, row: int) -> Forbidden:
        """Return which mentors each restriction forbids: what always holds, then the programme's rules."""
        return self.rules.always(row) | self.rules.named(row)

    def forbidden_to(self, columns: Sequence[int]) -> Callable[[int], Forbidden]:
        """Return what tells the same about some of the mentors alone, without a look at the others."""
        sheet = self.sheet.of_mentors(columns)
        rules = Rules(sheet, SharedHours(sheet), Fit(sheet, like=self.rules.fit))
        return RuledGrid(sheet, rules, self.scores).forbidden

    def worth(self, row: int, column: int) -> tuple[int, Mapping[str, int]]:
        """Return a pair's points and their parts."""
        parts = {str(name): int(part[column]) for name, part in self.scores.parts(row).items()}
        return sum(parts.values()), parts

    def candidates(self) -> Iterator[Candidates]:
        """Yield the eligible pairs of one mentee after another; O(mentees x mentors) in all."""
        locked = _columns_of_locks(self.sheet)
        for row in range(len(self.sheet.mentees)):
            allowed = ~np.logical_or.reduce(list(self.forbidden(row).values()))
            allowed[locked.get(row, [])] = False
            columns = np.flatnonzero(allowed)
            yield Candidates(np.full(len(columns), row), columns, self.scores.points(row)[columns])


class ExplicitGrid:
    """The pairs that the programme lists, with the points it gives; blocks and bans hold all the same."""

    def __init__(self, sheet: Sheet, rules: Rules) -> None:
        self.sheet, self.rules = sheet, rules
        self.listed: dict[int, dict[int, int]] = defaultdict(dict)
        for mentee, mentor, points in sheet.programme.candidates or ():
            self.listed[sheet.row[mentee]][sheet.column[mentor]] = points

    def forbidden(self, row: int) -> Forbidden:
        """Return which mentors each restriction forbids: what always holds, then not being a candidate."""
        missing = np.ones(len(self.sheet.mentors), dtype=bool)
        missing[list(self.listed.get(row, {}))] = False
        return self.rules.always(row) | {ViolationKind.NOT_A_CANDIDATE: missing}

    def forbidden_to(self, columns: Sequence[int]) -> Callable[[int], Forbidden]:
        """Return what tells the same about some of the mentors alone."""
        return lambda row: {kind: mask[columns] for kind, mask in self.forbidden(row).items()}

    def worth(self, row: int, column: int) -> tuple[int, Mapping[str, int]]:
        """Return the points given with a pair, zero for one that is no candidate; they have no parts."""
        return self.listed.get(row, {}).get(column, 0), {}

    def candidates(self) -> Iterator[Candidates]:
        """Yield the eligible pairs of one mentee after another; O(candidates) in all."""
        locked = _columns_of_locks(self.sheet)
        for row, listed in sorted(self.listed.items()):
            ruled_out = {*self.rules.columns_always_forbidden(row), *locked.get(row, [])}
            kept = {column: points for column, points in listed.items() if column not in ruled_out}
            yield Candidates(
                np.full(len(kept), row),
                np.array(list(kept), dtype=np.int64),
                np.array(list(kept.values()), dtype=np.int64),
            )


def _columns_of_locks(sheet: Sheet) -> dict[int, list[int]]:
    columns: dict[int, list[int]] = defaultdict(list)
    for row, column in sheet.locked:
        columns[row].append(column)
    return columns
