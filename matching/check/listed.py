"""Pairs of a programme that are named one by one: blocks, wishes, those who met, and the like."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations

import numpy as np

from matching.check.sheet import ALL, Flags, Integers, Sheet, Some


class Listed:
    """Pairs of a mentee and a mentor, each with a number; pairs of anybody else are left out.

    `keys` has ``row * mentors + column`` of each pair, in order.

    Parameters
    ----------
    numbered : mapping
        The number of each pair of ids, the mentee's first.
    """

    def __init__(self, sheet: Sheet, numbered: Mapping[tuple[str, str], int]) -> None:
        self._shape = len(sheet.mentees), len(sheet.mentors)
        rows = [
            (sheet.row[mentee], sheet.column[mentor], number)
            for (mentee, mentor), number in numbered.items()
            if mentee in sheet.row and mentor in sheet.column
        ]
        table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
        self._rows, self._columns = table[:, 0], table[:, 1]
        # What stands at no place (-1) has the last number.
        self._numbers = np.append(table[:, 2], 0)
        self.keys: Integers = self._rows * len(sheet.mentors) + self._columns

    @classmethod
    def of(cls, sheet: Sheet, pairs: Iterable[tuple[str, str]]) -> "Listed":
        """Return pairs that all have the number 1."""
        return cls(sheet, dict.fromkeys(pairs, 1))

    def flags(self, rows: Some, columns: Some = ALL) -> Flags:
        """Tell which of some pairs are listed."""
        flags: Flags = self._places(rows, columns) >= 0
        return flags

    def numbers(self, rows: Some, columns: Some = ALL) -> Integers:
        """Return the numbers of some pairs, 0 for those that are not listed."""
        return self._numbers[self._places(rows, columns)]

    def _places(self, rows: Some, columns: Some) -> Integers:
        """Return where in the list some pairs stand, -1 for those that do not."""
        if isinstance(rows, int):
            first, last = np.searchsorted(self._rows, (rows, rows + 1))
            line = np.full(self._shape[1], -1)
            line[self._columns[first:last]] = np.arange(first, last)
            return line[columns]
        if isinstance(columns, int):
            here = np.flatnonzero(self._columns == columns)
            line = np.full(self._shape[0], -1)
            line[self._rows[here]] = here
            return line[rows]
        keys = np.arange(self._shape[0])[rows] * self._shape[1] + np.arange(self._shape[1])[columns]
        place = np.searchsorted(self.keys, keys)
        return np.where(np.append(self.keys, -1)[place] == keys, place, -1)


def pairs_in(groups: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Yield everybody with everybody else of their group, either first."""
    for members in groups:
        yield from permutations(members, 2)
