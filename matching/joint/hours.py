"""The hours people have: what each programme takes of them, and rows that no whole plan goes beyond."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import gcd

import numpy as np

from matching.components import within
from matching.goals import Amounts
from matching.problem import Problem
from matching.views import Index

HUNDREDTHS = 100
# Stands for hours that are not known: no plan comes near.
UNBOUNDED = 2**40
# Facets are sought among coefficients up to this, for people with no more ways to spend their hours.
LARGEST_COEFFICIENT, MOST_WAYS = 3, 400

# A programme, and whether somebody seeks there (as mentee, peer or member) or gives (as mentor or lead).
Part = tuple[str, bool]


def hundredths(hours: float | None) -> int | None:
    """Return hours in whole hundredths, in which the problem has been checked to give them."""
    return None if hours is None else round(hours * HUNDREDTHS)


@dataclass(frozen=True, slots=True, eq=False)
class HoursRows:
    """Rows ``sum(share * engagements) <= limit`` of single people, which whole plans keep.

    Rows stand by person; `shares` of each part tells what one engagement in it takes of each row.
    """

    persons: Index
    limits: Amounts
    shares: Mapping[Part, Amounts]

    def __len__(self) -> int:
        return len(self.persons)

    def part(self, people: Index) -> tuple["HoursRows", Index]:
        """Return the rows of some people, by their numbers among these, and where those rows stood."""
        numbers, persons = within(self.persons, people)
        shares = {part: column[numbers] for part, column in self.shares.items()}
        return HoursRows(persons, self.limits[numbers], shares), numbers

    def cells(self, part: Part, people: Index) -> tuple[Index, Index, Amounts]:
        """Return where engagements of these people stand: the engagement, the row and what it takes."""
        first = np.searchsorted(self.persons, people)
        count = np.searchsorted(self.persons, people, side="right") - first
        engagement = np.repeat(np.arange(len(people)), count)
        starts = np.repeat(np.cumsum(count) - count, count)
        rows = np.repeat(first, count) + np.arange(len(engagement)) - starts
        taken = self.shares[part][rows] if len(rows) else np.zeros(0, dtype=np.int64)
        some = taken > 0
        return engagement[some], rows[some], taken[some]

    def toll(self, part: Part, prices: Amounts, people: int) -> Amounts:
        """Return what one engagement in a part costs each person at these prices of the rows."""
        found = np.zeros(people, dtype=np.int64)
        np.add.at(found, self.persons, prices * self.shares[part])
        return found

    def total(self, prices: Amounts) -> int:
        """Return what all the hours are worth at these prices."""
        return sum(price * limit for price, limit in zip(prices.tolist(), self.limits.tolist(), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """What everybody has, by their place among the people, and what each programme takes.

    Everything is in hundredths of an hour a month; `has` is `UNBOUNDED` where hours are not known.
    """

    has: Amounts
    takes: Mapping[str, int]

    @classmethod
    def of(cls, problem: Problem) -> "Hours":
        """Return the hours of a problem's people and programmes."""
        counted = problem.joint is not None and problem.joint.hours_budget
        of_people = [hundredths(person.hours_a_month) if counted else None for person in problem.people]
        return cls(
            np.array([UNBOUNDED if row is None else row for row in of_people], dtype=np.int64),
            {row.id: (hundredths(row.hours_a_month) or 0) * counted for row in problem.programmes},
        )

    def part(self, people: Index) -> "Hours":
        """Return the hours of some people."""
        return Hours(self.has[people], self.takes)

    def used(self, engagements: Iterable[tuple[str, Amounts]]) -> Amounts:
        """Return the hours that engagements, counted for each person by programme, take of everybody."""
        found = np.zeros(len(self.has), dtype=np.int64)
        for programme, count in engagements:
            found += self.takes[programme] * count
        return found

    def rows(self, left: Amounts, most: Mapping[Part, Amounts]) -> HoursRows:
        """Return the rows that can bind.

        Parameters
        ----------
        left
            What everybody has left.
        most
            For each part, the most engagements that each person could have in it.
        """
        takes = tuple(self.takes[programme] for programme, _seeking in most)
        counts = np.array(list(most.values()), dtype=np.int64).reshape(len(takes), len(left))
        asked = np.array(takes, dtype=np.int64) @ counts
        persons, limits, shares = [], [], []
        for person in np.flatnonzero(asked > left).tolist():
            for row, limit in _rows_of(int(left[person]), takes, tuple(counts[:, person].tolist())):
                persons.append(person)
                limits.append(limit)
                shares.append(row)
        table = np.array(shares, dtype=np.int64).reshape(len(shares), len(takes))
        named = {part: table[:, number] for number, part in enumerate(most)}
        return HoursRows(np.array(persons, dtype=np.intp), np.array(limits, dtype=np.int64), named)


Row = tuple[tuple[int, ...], int]


@cache
def _rows_of(left: int, takes: tuple[int, ...], most: tuple[int, ...]) -> tuple[Row, ...]:
    """Return rows that whole engagements within the hours keep: the hours themselves, and facets.

    The facets bound the convex hull of all whole ways to spend the hours: with them the relaxed model finds
    no half engagements that whole ones could not make up for.
    """
    part = [n for n, hours in enumerate(takes) if hours and most[n]]
    hours = tuple(takes[n] for n in part)
    counts = tuple(min(most[n], left // takes[n]) for n in part)
    own = [n for n, count in enumerate(counts) if count]
    found: list[Row] = []
    for n, count in enumerate(counts):
        # Hours that end before the places do bound this part by itself.
        if count < most[part[n]]:
            found.append((_spread([int(n == other) for other in range(len(part))], part, len(takes)), count))
    if sum(hours[n] * counts[n] for n in own) > left:
        divisor = gcd(*(hours[n] for n in own))
        plain = tuple(hours[n] // divisor for n in own)
        rows = [(plain, greatest(plain, [hours[n] for n in own], [counts[n] for n in own], left))]
        rows += _facets(tuple(hours[n] for n in own), tuple(counts[n] for n in own), left)
        found += [(_spread(row, [part[n] for n in own], len(takes)), limit) for row, limit in rows]
    return tuple(dict.fromkeys(found))


def _spread(shares: Sequence[int], part: Sequence[int], size: int) -> tuple[int, ...]:
    row = [0] * size
    for n, share in zip(part, shares, strict=True):
        row[n] = share
    return tuple(row)


def greatest(shares: Sequence[int], hours: Sequence[int], most: Sequence[int], left: int) -> int:
    """Return the greatest sum of shares that whole engagements within the hours and counts come to."""

    @cache
    def best(number: int, remaining: int) -> int:
        if number == len(shares):
            return 0
        if not shares[number]:
            return best(number + 1, remaining)
        fitting = min(most[number], remaining // hours[number]) if hours[number] else most[number]
        if number == len(shares) - 1:
            return fitting * shares[number]
        return max(
            count * shares[number] + best(number + 1, remaining - count * hours[number])
            for count in range(fitting + 1)
        )

    return best(0, left)


def _facets(hours: tuple[int, ...], most: tuple[int, ...], left: int) -> list[tuple[tuple[int, ...], int]]:
    """Return the facets with small coefficients of the hull of all whole ways to spend the hours."""
    if np.prod([count + 1 for count in most], dtype=np.float64) > MOST_WAYS:
        return []
    ways = np.array(list(product(*(range(count + 1) for count in most))), dtype=np.int64)
    ways = ways[ways @ np.array(hours) <= left]
    found = []
    for shares in product(range(LARGEST_COEFFICIENT + 1), repeat=len(hours)):
        # One engagement kind alone is bounded by its count; a row and its multiples are one.
        if gcd(*shares) != 1 or sum(share > 0 for share in shares) < 2:
            continue
        sums = ways @ np.array(shares)
        limit = int(sums.max())
        tight = ways[sums == limit]
        if limit < np.dot(shares, most) and np.linalg.matrix_rank(tight[1:] - tight[0]) == len(hours) - 1:
            found.append((shares, limit))
    return found
