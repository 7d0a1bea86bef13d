"""Hiding: which figures of a table must stay out so that none tells of fewer than five people.

A figure of a few people is hidden, and so are others from which it could be computed.

References
----------
L. H. Cox, "Suppression methodology and statistical disclosure control", 1980. L. Willenborg, T. de Waal,
*Elements of Statistical Disclosure Control*, 2001.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations, product
from math import comb

import numpy as np
from numpy.typing import NDArray

FEWEST = 5
# Sums of whole numbers are solved modulo this prime, in which products fit 64 bits.
PRIME = 2**31 - 1
# Sums of published figures that are tried for telling of few people.
MOST_SUMS = 10_000
Rows = NDArray[np.int64]


def hidden_groups(
    tables: Sequence[Sequence[int]], sizes: Sequence[Sequence[int]], forced: Iterable[tuple[int, int]] = ()
) -> frozenset[tuple[int, int]]:
    """Return the groups (table, group) to hide, so that no small group can be computed from what is left.

    Parameters
    ----------
    tables
        For each table (attribute), the group of each of the people whom its figures are about.
    sizes
        For each table, how many of these people are in each group.
    forced
        Groups that are hidden in any case.

    Notes
    -----
    What is published are sums over the visible groups of all tables and over everybody; who is in which group
    counts as known. With one unknown for each set of people who are in the same groups of all tables, a sum
    can be computed when it is in the row space of the published ones. Hidden are groups of one to four
    people, and the smallest visible groups in turn until no hidden group can be computed, no sum or
    difference of fewer than five other people either, and all hidden groups of a table together are nobody or
    at least five.
    """
    hidden = set(forced)
    hidden |= {
        (table, group)
        for table, counts in enumerate(sizes)
        for group, count in enumerate(counts)
        if 0 < count < FEWEST
    }
    unknowns = _Unknowns(tables, sizes)
    while visible := _visible(sizes, hidden):
        telling = unknowns.telling(visible, hidden)
        if not telling:
            break
        # Of the tables that tell too much the smallest group goes, or, where they have none left, of any.
        _count, table, group = min([row for row in visible if row[1] in telling] or visible)
        hidden.add((table, group))
    return frozenset(hidden)


def _visible(sizes: Sequence[Sequence[int]], hidden: set[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Return the groups that are published and have people, as (people, table, group)."""
    return [
        (count, table, group)
        for table, counts in enumerate(sizes)
        for group, count in enumerate(counts)
        if count and (table, group) not in hidden
    ]


class _Unknowns:
    """The sets of people who are in the same groups of all tables: one unknown sum each."""

    def __init__(self, tables: Sequence[Sequence[int]], sizes: Sequence[Sequence[int]]) -> None:
        people = np.array(tables or [[]], dtype=np.int64)
        self._groups, self._people = np.unique(people, axis=1, return_counts=True)
        self._sizes = sizes

    def telling(self, visible: Sequence[tuple[int, int, int]], hidden: set[tuple[int, int]]) -> set[int]:
        """Return tables of which one must hide one more group; none when enough are hidden."""
        seen = {table for _count, table, _group in visible}
        for table in sorted({table for table, _group in hidden} & seen):
            counts = [self._sizes[where][group] for where, group in hidden if where == table]
            if len(counts) == 1 or 0 < sum(counts) < FEWEST:
                return {table}
        everybody = np.ones(self._groups.shape[1], dtype=np.int64)
        shown = [self._members(table, group) for _count, table, group in visible]
        reduced, pivots = _reduced(np.array([everybody, *shown]))
        for table, group in sorted(hidden):
            if self._sizes[table][group] and _is_in(self._members(table, group), reduced, pivots):
                return {table}
        few = self._few(reduced, pivots)
        around = {table for _count, table, group in visible if (self._groups[table][few] == group).any()}
        # Where these people are in no visible group, what is known of them comes from groups of others.
        return around or (seen if len(few) else set())

    def _few(self, reduced: Rows, pivots: list[int]) -> NDArray[np.intp]:
        """Return unknowns of fewer than five people of which something is known, if there are any.

        What is known is a sum of multiples of the reduced rows whose pivots are among these unknowns, so
        four rows at most matter. Multiples by 1 and -1 are tried, of fewer rows where there are too many.
        """
        small = [place for place, pivot in enumerate(pivots) if self._people[pivot] < FEWEST]
        for count in range(1, FEWEST):
            if comb(len(small), count) << (count - 1) > MOST_SUMS:
                break
            for chosen, signs in product(combinations(small, count), product((1, -1), repeat=count - 1)):
                added = (np.array((1, *signs)) @ reduced[list(chosen)]) % PRIME
                if self._people[added != 0].sum() < FEWEST:
                    return np.flatnonzero(added)
        return np.zeros(0, dtype=np.intp)

    def _members(self, table: int, group: int) -> Rows:
        return np.asarray(self._groups[table] == group, dtype=np.int64)


def _reduced(rows: Rows) -> tuple[Rows, list[int]]:
    """Return the reduced row echelon form modulo `PRIME` and its pivots."""
    rows = rows % PRIME
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        top = len(pivots)
        found = np.flatnonzero(rows[top:, column])
        if not len(found):
            continue
        rows[[top, top + found[0]]] = rows[[top + found[0], top]]
        rows[top] = rows[top] * pow(int(rows[top, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(rows[:, column])
        others = others[others != top]
        rows[others] = (rows[others] - rows[others, column, None] * rows[top]) % PRIME
        pivots.append(column)
        if len(pivots) == len(rows):
            break
    return rows[: len(pivots)], pivots


def _is_in(row: Rows, reduced: Rows, pivots: list[int]) -> bool:
    """Tell whether a row is a sum of multiples of reduced ones: its entries at the pivots say of which."""
    made = np.zeros_like(row)
    for place, factor in enumerate(row[pivots].tolist()):
        made = (made + factor * reduced[place]) % PRIME
    return bool((made == row % PRIME).all())
