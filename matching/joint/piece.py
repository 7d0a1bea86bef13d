"""What one programme is to a joint round: its choices as columns of one model, its prices and its bound."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from matching.components import Ties
from matching.goals import Amounts
from matching.joint.hours import HoursRows, Part
from matching.joint.linear import Linear, Numbers
from matching.solution import Certificate
from matching.views import Index
from matching.watch import Watch

# Columns of each person that join after each look at all.
ADDED_AT_ONCE = 6
# Reduced worths of so many units are the linear solver's rounding.
ROUNDING = 20
# Prices of peers are so much higher where that is next to nothing, lest rounding make all ties seem to gain.
MARGIN, FINE = 4, 100_000
NOTHING: Index = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Where a programme's columns stand in the model: the aims they add to, and the rows they share.

    `cover_rows` has the row of each person's cover (-1: none). `fine` is more than one choice can be worth.
    """

    coverage: int | None
    triads: int | None
    points: int | None
    cover_rows: Index
    first_hours_row: int
    hours: HoursRows
    fine: float


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What a programme's choices are worth at some prices of what is shared, in whole units of 1 / scale.

    `points` and `triads` weigh one point and one triad; `bonus` is what covering each seeker is worth,
    `toll` what an engagement costs each of the problem's people who seeks it, and `fee` who gives it.
    """

    points: int
    triads: int
    bonus: Amounts
    toll: Amounts
    fee: Amounts


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Where the rows, columns and choices of a piece stood in the one that it is a part of, by number.

    Rows are seekers, columns mentors or communities, and choices candidates; peers have but rows.
    """

    rows: Index
    columns: Index
    choices: Index


class Piece(Protocol):
    """One programme within a joint round. Plans are of what locks leave; their shape is the piece's own."""

    id: str
    seekers: Index
    """Everybody enrolled to be covered, as places among the people of the round."""
    waiting: Amounts
    """What covering each of them counts for, 0 whom a lock has settled or who asks for no place."""

    settled: Index
    """Whom locks cover, as places among the people."""

    def ties(self) -> Iterable[Ties]:
        """Yield the people who can only be decided about together."""
        ...

    def part(self, people: Index) -> tuple["Piece", Origin]:
        """Return the piece of some of the people, whom no tie joins to others, with these alone in it."""
        ...

    def joined_plans(self, plans: Sequence[tuple[Origin, Any]]) -> Any:
        """Return the plan that plans of parts are together."""
        ...

    def joined_prices(self, prices: Sequence[tuple[Origin, Any, float]]) -> Any:
        """Return the sum of prices of parts, each so many times, in whole units."""
        ...

    def most_engagements(self, *, seeking: bool) -> Amounts:
        """Return the most engagements that each person could have beside locks, to be covered or to give."""
        ...

    def alone(self, left: Amounts, takes: int, watch: Watch) -> Any:
        """Return the best plan of this programme alone, when people have these hours left."""
        ...

    def in_a_hurry(self, left: Amounts, takes: int) -> Any:
        """Return a plan made quickly within these hours."""
        ...

    def lay(self, model: Linear, frame: Frame, watch: Watch) -> None:
        """Lay the rows, and the columns to start with; raises `Stopped`."""
        ...

    def add(self, plan: Any) -> None:
        """Let the model know the columns of a plan."""
        ...

    def prices(self, found: Numbers, terms: Terms, scale: int) -> Any:
        """Return the whole prices of the programme's own rows."""
        ...

    def covering(self, terms: Terms) -> Any:
        """Return prices so high that nothing gains: they prove what is evident."""
        ...

    def add_missing(self, terms: Terms, prices: Any, watch: Watch) -> int:
        """Let the model know columns that would gain at these prices; return how many. Raises `Stopped`."""
        ...

    def covers_at_most(self, coverage: int | None) -> None:
        """Take note of the most that coverage can be in what is still looked at; `None` to forget it."""
        ...

    def unconditional(self, prices: Any) -> Any | None:
        """Return prices that prove the same without taking a number of groups for granted, or nothing."""
        ...

    def groups_within(self, coverage: int) -> int | None:
        """Return how many groups there can be at most with so much coverage, where that can be told."""
        ...

    def add_cuts(self, values: Numbers) -> int:
        """Lay rows that whole plans keep and these values do not; return how many."""
        ...

    def bound(self, terms: Terms, prices: Any, watch: Watch) -> int:
        """Return what no plan of this programme is worth more than; raises `Stopped`."""
        ...

    def within(self, terms: Terms, prices: Any, reach: int, most: int, watch: Watch) -> Index | None:
        """Return the columns whose use costs at most so much of the bound; `None` for more than `most`.

        Raises `Stopped`.
        """
        ...

    def certificate(self, prices: Any, bound: int) -> Certificate:
        """Return the prices by name."""
        ...

    def plan_of(self, values: Numbers) -> Any:
        """Return the plan that whole values of the columns describe."""
        ...

    def is_kept_by(self, plan: Any) -> bool:
        """Tell whether a plan keeps all rules of the programme."""
        ...

    def covered(self, plan: Any) -> Index:
        """Return which seekers a plan covers, beside whom locks do."""
        ...

    def points(self, plan: Any) -> int:
        """Return the points of a plan."""
        ...

    def triads(self, plan: Any) -> int:
        """Return the number of triads in a plan."""
        ...

    def engagements(self, plan: Any) -> Amounts:
        """Return how many engagements a plan gives each person."""
        ...


def ranks(groups: Index, amounts: Amounts) -> Index:
    """Return the rank of each row among those of its group, 0 for the greatest amount."""
    order = np.lexsort((-amounts, groups))
    ordered = groups[order]
    found = np.empty_like(order)
    found[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return found


def lay_hours(model: Linear, frame: Frame, part: Part, columns: Index, people: Index) -> None:
    """Let columns take hours of people; each column and person is named once."""
    engagement, rows, taken = frame.hours.cells(part, people)
    model.fill(frame.first_hours_row + rows, columns[engagement], taken.astype(np.float64))


def lay_cover(model: Linear, frame: Frame, columns: Index, people: Index) -> None:
    """Let columns cover people, where covering them counts."""
    rows = frame.cover_rows[people]
    here = rows >= 0
    model.fill(rows[here], columns[here], np.full(int(here.sum()), -1.0))


def rounded(found: Numbers, scale: int) -> Amounts:
    """Return prices in whole units of 1 / scale, none below zero."""
    return np.maximum(np.rint(found * scale), 0).astype(np.int64)


def exact_sum(amounts: Amounts) -> int:
    """Add up amounts that are not negative without overflow."""
    return (int((amounts >> 31).sum()) << 31) + int((amounts & (2**31 - 1)).sum())


def spread(prices: Iterable[tuple[Index, Amounts, float]], size: int) -> Amounts:
    """Return the sums of prices of parts, each so many times and at these numbers, in whole units.

    They are rounded up, for lower prices would let many choices gain that only break even.
    """
    found = np.zeros(size)
    for numbers, amounts, times in prices:
        found[numbers] += amounts * times
    return np.ceil(found).astype(np.int64)
