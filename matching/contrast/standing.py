"""The plan of a proved solution as it stands: who is with whom, what room is left, and every price."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.candidates import NONE, Candidates, Market
from matching.contrast.proof import not_proved
from matching.contrast.rows import Rows
from matching.contrast.sayings import Said, Sayings
from matching.errors import ProblemError
from matching.goals import Amounts, GoalWeights, Room
from matching.locks import locked_pairs, room_left
from matching.lots import Lots
from matching.rules import Mask
from matching.solution import Certificate, Role, Solution
from matching.values import shown
from matching.views import Index

# Beyond any price: what is not allowed costs so much.
FAR = np.int64(2**62)
# Numbers of a mentee and a mentor, and whether the pair comes (1) or goes (-1).
Step = tuple[int, int, int]


class CheapestWays(Protocol):
    """What `matching.contrast.ways` finds: what the cheapest way to each node costs beyond the prices."""

    cost: Amounts


class Standing:
    """A mentoring programme's best plan with its prices, beside what locks have settled.

    Attributes
    ----------
    chosen : Candidates
        The pairs of the plan that no lock has settled, by mentee and mentor.
    bonus : int array
        What a first mentor for each mentee is worth; nothing where a lock has given them one.
    taken, given : int array
        How many of these pairs each mentee and each mentor has.
    way_out, price : int array
        The prices of mentees and mentors, as in `matching.prices`: in units of the weighted sum of goals.
    lots : Lots or None
        Those that count after all goals, where the prices know of them (`matching.contrast.drawn`).
    """

    def __init__(self, market: Market, solution: Solution, certificate: Certificate) -> None:
        self.market = market
        self.locked = locked_pairs(market)
        self.room: Room = room_left(market.programme, self.locked)
        weights = GoalWeights(certificate.weights)
        self.points_weight = weights.points
        self.bonus: Amounts = self.room.bonus(weights)
        self.mentee_ids = tuple(row.person for row in market.programme.mentees)
        self.mentor_ids = tuple(row.person for row in market.programme.mentors)
        self.mentee_row = {row.person: number for number, row in enumerate(market.programme.mentees)}
        self.mentor_row = {row.person: number for number, row in enumerate(market.programme.mentors)}
        self.way_out: Amounts = self.bonus - _in_order(self.mentee_row, certificate.mentees)
        self.price: Amounts = _in_order(self.mentor_row, certificate.mentors)
        self.sayings = Sayings(market)
        self._rows = Rows(market)
        self.lots: Lots | None = None
        self.chosen = self._plan_of(solution)
        self.taken, self.given = self._counts()
        self._check()

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentees and of mentors."""
        return len(self.mentee_ids), len(self.mentor_ids)

    @property
    def worth(self) -> int:
        """What the plan is worth, in units of the weighted sum, beside what locks have settled."""
        covered = int(self.bonus[self.taken > 0].sum())
        return covered + self.points_weight * int(self.chosen.points.sum())

    @property
    def free_mentees(self) -> Mask:
        """Which mentees have a place that the plan leaves empty."""
        return np.asarray(self.taken < self.room.places)

    def _plan_of(self, solution: Solution) -> Candidates:
        programme = self.market.programme
        pairs = []
        for row in solution.assignments:
            if row.programme == programme.id and not row.locked:
                mentee, mentor = row.members.get(Role.MENTEE, ""), row.members.get(Role.MENTOR, "")
                if mentee not in self.mentee_row or mentor not in self.mentor_row:
                    people = shown((mentee, mentor))
                    raise ProblemError("$.assignments", f"{people} are no pair of programme {programme.id}.")
                pairs.append((self.mentee_row[mentee], self.mentor_row[mentor]))
        return self.pairs_of(sorted(pairs))

    def pairs_of(self, pairs: Sequence[tuple[int, int]]) -> Candidates:
        """Return pairs of numbers with their points."""
        table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
        return Candidates(table[:, 0], table[:, 1], self.sayings.points_of(table[:, 0], table[:, 1]))

    def has(self, row: int, column: int) -> bool:
        """Tell whether a mentee and a mentor are together."""
        return column in self.partners(0, row)

    def partners(self, side: int, number: int) -> set[int]:
        """Return the mentors of a mentee (`side` 0), or the mentees of a mentor (1)."""
        found: set[int] = set()
        for pairs in (self.chosen, self.locked):
            own, others = (pairs.rows, pairs.columns) if side == 0 else (pairs.columns, pairs.rows)
            found.update(others[own == number].tolist())
        return found

    def pairs_with(self, side: int, number: int) -> list[tuple[int, int, int]]:
        """Return the pairs of somebody that no lock has settled: mentee, mentor, points."""
        own = self.chosen.only((self.chosen.columns if side else self.chosen.rows) == number)
        return list(zip(own.rows.tolist(), own.columns.tolist(), own.points.tolist(), strict=True))

    def with_recruit(self, person: str, points: Amounts, allowed: Mask) -> "Standing":
        """Return the same plan beside one more mentor, who has no place yet.

        `points` are those of each mentee with the recruit, `allowed` tells who keeps every rule with them.
        """
        made = copy(self)
        made.sayings = self.sayings.and_also(Said(1, self.shape[1], points, allowed))
        made.mentor_ids = (*self.mentor_ids, person)
        asking = allowed & (self.room.places > 0)
        dearest = (points * self.points_weight + self.way_out)[asking].max(initial=0)
        made.price = np.append(self.price, max(0, int(dearest)))
        made.given = np.append(self.given, 0)
        made.room = replace(self.room, capacity=np.append(self.room.capacity, 0))
        return made

    def with_place(self, column: int, ways: "CheapestWays", steps: Sequence[Step]) -> "Standing":
        """Return the best plan with one more place with a mentor: the flow led there from the end.

        The prices fall by what the ways cost, so that they prove that plan as these prove this one. Without
        steps the place stays empty, and the mentor's price falls to nothing.
        """
        cost = int(ways.cost[self.shape[0] + column]) if steps else int(self.price[column])
        made = self.led_along(ways, cost, steps)
        made.room = replace(self.room, capacity=_more_at(self.room.capacity, column, 1))
        made._check()
        return made

    def without_mentee(self, row: int) -> "Standing":
        """Return the same plan without a mentee, and without the places that they have with mentors."""
        made, own = copy(self), self.chosen.rows == row
        places, capacity = self.room.places.copy(), self.room.capacity.copy()
        places[row] = 0
        np.subtract.at(capacity, self.chosen.columns[own], 1)
        made.room = replace(self.room, places=places, capacity=capacity)
        made._choose(self.chosen.only(~own), NONE)
        return made

    def where(self, said: Said) -> "Standing":
        """Return the same plan where somebody says something else, which makes no pair worth more."""
        made = copy(self)
        made.sayings = self.sayings.and_also(said)
        return made

    def with_newcomer(self, said: Said) -> "Standing":
        """Return the same plan beside a mentee without places, who says this and asks the least."""
        made = self.where(said)
        columns = np.flatnonzero(said.allowed)
        rows = np.full_like(columns, said.number)
        asked = self.price[columns] - self.profits(said.points[columns], rows, columns)
        made.way_out = self.way_out.copy()
        made.way_out[said.number] = asked.min(initial=self.bonus[said.number])
        return made

    def with_unit_in_hand(self, row: int, column: int) -> "Standing":
        """Return the plan without a pair whose unit is still to be led back to the mentor."""
        made = copy(self)
        made.chosen = self._chosen_without([(row, column)])
        return made

    def with_mentee_place(self, row: int) -> "Standing":
        """Return the same plan where a mentee asks for one place more, which is empty."""
        made, places = copy(self), self.room.places.copy()
        places[row] += 1
        made.room = replace(self.room, places=places)
        return made

    def with_empty_places_less(self, column: int, places: int) -> "Standing":
        """Return the same plan where a mentor has so many places, or as many more as are taken."""
        made = copy(self)
        less = max(places, int(self.given[column])) - int(self.room.capacity[column])
        made.room = replace(self.room, capacity=_more_at(self.room.capacity, column, less))
        return made

    def with_place_less(self, column: int, ways: "CheapestWays", steps: Sequence[Step]) -> "Standing":
        """Return the best plan without one of a mentor's taken places: the flow led from there to the end."""
        made = self.led_along(ways, int(ways.cost[-1]), steps)
        made.room = replace(self.room, capacity=_more_at(self.room.capacity, column, -1))
        made._check()
        return made

    def led_along(self, ways: "CheapestWays", cost: int, steps: Sequence[Step]) -> "Standing":
        """Return the plan after the steps of a way of this cost, with prices that prove it.

        The price of the end stays nothing.
        """
        made, mentees = copy(self), self.shape[0]
        fallen = np.minimum(ways.cost, cost)
        fallen -= fallen[-1]
        made.way_out = self.way_out - fallen[:mentees]
        made.price = self.price - fallen[mentees:-1]
        return made.with_steps(steps)

    def with_steps(self, steps: Sequence[Step]) -> "Standing":
        """Return the plan with pairs that come and go, at the same prices."""
        made = copy(self)
        come = self.pairs_of(sorted(step[:2] for step in steps if step[2] > 0))
        made._choose(self._chosen_without([step[:2] for step in steps if step[2] < 0]), come)
        return made

    def _chosen_without(self, pairs: Sequence[tuple[int, int]]) -> Candidates:
        """Return the pairs of the plan but for these."""
        mentors = self.shape[1]
        keys = self.chosen.rows * mentors + self.chosen.columns
        return self.chosen.only(~np.isin(keys, [row * mentors + column for row, column in pairs]))

    def _choose(self, chosen: Candidates, come: Candidates) -> None:
        self.chosen = chosen.merged(come, self.shape[1])
        self.taken, self.given = self._counts()

    def _counts(self) -> tuple[Index, Index]:
        mentees, mentors = self.shape
        return (
            np.bincount(self.chosen.rows, minlength=mentees),
            np.bincount(self.chosen.columns, minlength=mentors),
        )

    def _check(self) -> None:
        """Raise unless places, capacities and the prices of the pairs agree with the plan."""
        kept = (self.taken <= self.room.places).all() and (self.given <= self.room.capacity).all()
        gains = self.gains_of(self.chosen)
        if not kept or (gains < 0).any():
            raise not_proved()

    def gains_of(self, pairs: Candidates) -> Amounts:
        """Return what pairs would gain at the prices: none does that is not in the plan."""
        profits = self.profits(pairs.points, pairs.rows, pairs.columns)
        return np.asarray(profits + self.way_out[pairs.rows] - self.price[pairs.columns])

    def profits(self, points: Amounts, rows: Index, columns: Index) -> Amounts:
        """Return what pairs with these points add to the weighted sum; numbers broadcast to the points."""
        profits = points * self.points_weight
        return profits if self.lots is None else profits + self.lots.of(rows, columns)

    @property
    def kept_points(self) -> NDArray[np.int16] | None:
        """The points of all pairs, for compiled loops; `None` in small markets and for too many pairs."""
        return self._rows.every() if self.market.is_large else None

    def losses(self, rows: Index) -> Iterator[tuple[Index, Amounts]]:
        """Yield, for mentees in order, what each mentor would lose at the prices, in blocks of rows.

        The figures have shape (rows, mentors); `FAR` stands where a rule or a lock forbids the pair or the
        plan has it already.
        """
        for part, points, allowed in self._rows.of(rows):
            points, allowed = self.sayings.seen(part, points, allowed)
            profits = self.profits(points, part[:, None], np.arange(points.shape[1])[None, :])
            losses = self.price[None, :] - self.way_out[part][:, None] - profits
            losses[~allowed] = FAR
            for settled in (self.chosen, self.locked):
                losses[_inside(part, settled)] = FAR
            if (losses < 0).any():
                raise not_proved()
            yield part, losses


def _more_at(capacity: Amounts, column: int, more: int) -> Amounts:
    changed = capacity.copy()
    changed[column] += more
    return changed


def _in_order(numbers: Mapping[str, int], prices: Mapping[str, int]) -> Amounts:
    found: NDArray[np.int64] = np.zeros(len(numbers), dtype=np.int64)
    for person, price in prices.items():
        if person in numbers:
            found[numbers[person]] = price
    return found


def _inside(rows: Index, pairs: Candidates) -> tuple[Index, Index]:
    """Return where the pairs stand that lie in a block of these rows, which ascend."""
    if not len(rows):
        return rows, rows
    place = np.minimum(np.searchsorted(rows, pairs.rows), len(rows) - 1)
    within = rows[place] == pairs.rows
    return place[within], pairs.columns[within]
