"""A mentoring programme within a joint round: pairs of mentee and mentor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import Candidates
from matching.components import Ties, within
from matching.goals import Amounts, Room, weigh
from matching.joint.linear import HALF, Linear, Numbers
from matching.joint.piece import (
    ADDED_AT_ONCE,
    NOTHING,
    ROUNDING,
    Frame,
    Origin,
    Terms,
    exact_sum,
    lay_cover,
    lay_hours,
    ranks,
    rounded,
    spread,
)
from matching.lots import Lots
from matching.mentors import best_plan, plan_in_order
from matching.problem import MentoringProgramme
from matching.solution import Certificate, CertificateKind
from matching.views import Index
from matching.watch import Watch

BEST_OF_MENTEE, BEST_OF_PLACE = 8, 3


@dataclass(frozen=True, slots=True, eq=False)
class MentoringPrices:
    """Prices u of mentees and v of mentors, as in the certificate of a mentoring programme."""

    mentees: Amounts
    mentors: Amounts


class MentoringPiece:
    """The pairs of one programme that locks leave; a plan is the numbers of those used, ascending.

    There are so many `people` in the round. `seekers` and `givers` are the places among them of mentees and
    mentors, who stand in `room` and `pairs` as in the programme; `settled` are those of whom locks match.
    """

    def __init__(
        self,
        programme: MentoringProgramme,
        people: int,
        room: Room,
        pairs: Candidates,
        *,
        seekers: Index,
        givers: Index,
        settled: Index,
    ) -> None:
        self.id = programme.id
        self._programme, self._people = programme, people
        self._room, self._pairs = room, pairs
        self.seekers, self._mentors, self.settled = seekers, givers, settled
        self.waiting: Amounts = np.where(room.places > 0, room.waiting, 0)

    def ties(self) -> Iterator[Ties]:
        """Yield the people of each pair."""
        yield self.seekers[self._pairs.rows], self._mentors[self._pairs.columns]

    def part(self, people: Index) -> tuple["MentoringPiece", Origin]:
        """Return the piece of some of the people, whom no pair joins to others."""
        rows, seekers = within(self.seekers, people)
        columns, givers = within(self._mentors, people)
        pairs, room, programme = self._pairs, self._room, self._programme
        numbers, inside = within(pairs.rows, rows)
        beside = np.searchsorted(columns, pairs.columns[numbers])
        found = MentoringPiece(
            replace(
                programme,
                mentees=tuple(programme.mentees[row] for row in rows.tolist()),
                mentors=tuple(programme.mentors[column] for column in columns.tolist()),
                candidates=None if programme.candidates is None else (),
            ),
            len(people),
            Room(room.places[rows], room.capacity[columns], room.waiting[rows], room.required[rows]),
            Candidates(inside, beside, pairs.points[numbers]),
            seekers=seekers,
            givers=givers,
            settled=within(self.settled, people)[1],
        )
        return found, Origin(rows, columns, numbers)

    def joined_plans(self, plans: Sequence[tuple[Origin, Index]]) -> Index:
        """Return the pairs that plans of parts use."""
        return np.sort(np.concatenate([NOTHING, *(origin.choices[plan] for origin, plan in plans)]))

    def joined_prices(self, prices: Sequence[tuple[Origin, MentoringPrices, float]]) -> MentoringPrices:
        """Return the sum of prices of parts, each so many times."""
        return MentoringPrices(
            spread([(o.rows, found.mentees, times) for o, found, times in prices], len(self.seekers)),
            spread([(o.columns, found.mentors, times) for o, found, times in prices], len(self._mentors)),
        )

    def _counted(self, pairs: Candidates) -> Amounts:
        found = np.bincount(self.seekers[pairs.rows], minlength=self._people)
        return np.asarray(found + np.bincount(self._mentors[pairs.columns], minlength=self._people))

    def most_engagements(self, *, seeking: bool) -> Amounts:
        """Return places of mentees or the capacity of mentors, as far as there are people for them."""
        found = np.zeros(self._people, dtype=np.int64)
        if seeking:
            found[self.seekers] = np.minimum(self._room.places, len(self._mentors))
        else:
            found[self._mentors] = np.minimum(self._room.capacity, len(self.seekers))
        return found

    def _room_within(self, left: Amounts, takes: int) -> Room:
        """Return the room that hours leave; who is mentee and mentor both is a mentee first."""
        places, capacity = self._room.places, self._room.capacity
        if takes:
            fitting = left // takes
            places = np.minimum(places, fitting[self.seekers])
            fitting[self.seekers] -= places
            capacity = np.minimum(capacity, fitting[self._mentors])
        return replace(self._room, places=places, capacity=capacity)

    def _usable(self, room: Room) -> Index:
        pairs = self._pairs
        return np.flatnonzero((room.places[pairs.rows] > 0) & (room.capacity[pairs.columns] > 0))

    def alone(self, left: Amounts, takes: int, watch: Watch) -> Index:
        """Return the best plan of this programme alone, when people have these hours left."""
        watch.go_on_to("plan")
        room = self._room_within(left, takes)
        usable = self._usable(room)
        pairs = self._pairs.only(usable)
        least, most = np.zeros_like(room.places), np.zeros_like(room.places)
        np.minimum.at(least, pairs.rows, pairs.points)
        np.maximum.at(most, pairs.rows, pairs.points)
        weights = weigh(self._programme.goals, room, least, most)
        return usable[best_plan(pairs, pairs.points * weights.points, room, room.bonus(weights))]

    def in_a_hurry(self, left: Amounts, takes: int) -> Index:
        """Return a plan in which those who waited longest choose first."""
        room = self._room_within(left, takes)
        usable = self._usable(room)
        mentees = [row.person for row in self._programme.mentees]
        mentors = [row.person for row in self._programme.mentors]
        return usable[plan_in_order(self._pairs.only(usable), room, Lots(self.id, mentees, mentors, 0))]

    def lay(self, model: Linear, frame: Frame, watch: Watch) -> None:
        """Lay a row for the places of each mentee and mentor, and the best pairs of each."""
        self._model, self._frame = model, frame
        self._column = np.full(len(self._pairs), -1, dtype=np.intp)
        self._place_rows = model.add_rows(self._room.places.astype(np.float64))
        self._mentor_rows = model.add_rows(self._room.capacity.astype(np.float64))
        several = np.flatnonzero((self._room.places > 1) & (self.waiting > 0))
        self._first_rows = np.full(len(self._room.places), -1, dtype=np.intp)
        self._first_rows[several] = model.add_rows(np.zeros(len(several)))
        first = model.add_columns(
            [(frame.coverage, self.waiting[several])], upper=1.0, whole=False, count=len(several)
        )
        self._first_columns = first
        model.fill(self._first_rows[several], first, np.ones(len(several)))
        lay_cover(model, frame, first, self.seekers[several])
        pairs = self._pairs
        best = ranks(pairs.rows, pairs.points) < BEST_OF_MENTEE
        best |= ranks(pairs.columns, pairs.points) < BEST_OF_PLACE * self._room.capacity[pairs.columns]
        self.add(np.flatnonzero(best))

    def add(self, plan: Index) -> None:
        """Let the model know more pairs, by their numbers."""
        new = plan[self._column[plan] < 0]
        pairs, model, frame = self._pairs.only(new), self._model, self._frame
        single = self._first_rows[pairs.rows] < 0
        covers = np.where(single, self.waiting[pairs.rows], 0)
        columns = model.add_columns(
            [(frame.coverage, covers), (frame.points, pairs.points)], upper=1.0, whole=True, count=len(new)
        )
        self._column[new] = columns
        ones = np.ones(len(new))
        model.fill(self._place_rows[pairs.rows], columns, ones)
        model.fill(self._mentor_rows[pairs.columns], columns, ones)
        model.fill(self._first_rows[pairs.rows[~single]], columns[~single], -ones[~single])
        counted = single & (self.waiting[pairs.rows] > 0)
        lay_cover(model, frame, columns[counted], self.seekers[pairs.rows[counted]])
        lay_hours(model, frame, (self.id, True), columns, self.seekers[pairs.rows])
        lay_hours(model, frame, (self.id, False), columns, self._mentors[pairs.columns])

    def prices(self, found: Numbers, terms: Terms, scale: int) -> MentoringPrices:
        """Return the whole prices of places; a further place has the price of the first less its bonus."""
        mentees = rounded(found[self._place_rows], scale)
        several = self._first_rows >= 0
        first = np.zeros_like(mentees)
        first[several] = terms.bonus[several] - rounded(found[self._first_rows[several]], scale)
        return MentoringPrices(mentees + first, rounded(found[self._mentor_rows], scale))

    def covering(self, terms: Terms) -> MentoringPrices:
        """Return prices of mentees so high that no pair gains."""
        mentees = np.zeros_like(terms.bonus)
        np.maximum.at(mentees, self._pairs.rows, self._worth(terms))
        return MentoringPrices(mentees, np.zeros_like(self._room.capacity))

    def _worth(self, terms: Terms) -> Amounts:
        pairs = self._pairs
        own = terms.bonus[pairs.rows] - terms.toll[self.seekers[pairs.rows]]
        return np.asarray(terms.points * pairs.points + own - terms.fee[self._mentors[pairs.columns]])

    def _gains(self, terms: Terms, prices: MentoringPrices) -> Amounts:
        asked = prices.mentees[self._pairs.rows] + prices.mentors[self._pairs.columns]
        return np.asarray(self._worth(terms) - asked)

    def add_missing(self, terms: Terms, prices: MentoringPrices, watch: Watch) -> int:
        """Let the model know the pairs that would gain most."""
        gains = self._gains(terms, prices)
        new = np.flatnonzero((gains > ROUNDING) & (self._column < 0))
        new = new[ranks(self._pairs.rows[new], gains[new]) < ADDED_AT_ONCE]
        self.add(new)
        return len(new)

    def covers_at_most(self, coverage: int | None) -> None:
        """Take no note: only groups of several people can be told from how many are covered."""

    def unconditional(self, prices: MentoringPrices) -> MentoringPrices:
        """Return the prices, which take nothing for granted."""
        return prices

    def groups_within(self, coverage: int) -> int | None:
        """Return nothing: coverage tells no number of groups."""
        return None

    def add_cuts(self, values: Numbers) -> int:
        """Lay nothing: the rows of pairs are those of a flow."""
        return 0

    def bound(self, terms: Terms, prices: MentoringPrices, watch: Watch) -> int:
        """Return what no plan of pairs is worth more than: the formula of the certificate."""
        further = (self._room.places - 1) * np.maximum(prices.mentees - terms.bonus, 0)
        seeking = self._room.places > 0
        mentees = int(np.maximum(prices.mentees, 0)[seeking].sum()) + int(further[seeking].sum())
        mentors = int((self._room.capacity * prices.mentors).sum())
        return mentees + mentors + exact_sum(np.maximum(self._gains(terms, prices), 0))

    def within(
        self, terms: Terms, prices: MentoringPrices, reach: int, most: int, watch: Watch
    ) -> Index | None:
        """Return the columns of the pairs that lose at most so much, and of first mentors."""
        near = np.flatnonzero(self._gains(terms, prices) >= -reach)
        if len(near) > most:
            return None
        self.add(near)
        return np.concatenate((self._column[near], self._first_columns))

    def certificate(self, prices: MentoringPrices, bound: int) -> Certificate:
        """Return the prices by name."""
        return Certificate(
            programme=self.id,
            kind=CertificateKind.BOUND,
            bound=bound,
            mentees=_named([row.person for row in self._programme.mentees], prices.mentees),
            mentors=_named([row.person for row in self._programme.mentors], prices.mentors),
        )

    def plan_of(self, values: Numbers) -> Index:
        """Return the pairs that are used."""
        known = np.flatnonzero(self._column >= 0)
        return known[values[self._column[known]] > HALF]

    def is_kept_by(self, plan: Index) -> bool:
        """Tell whether places and capacity suffice."""
        pairs = self._pairs.only(plan)
        taken = np.bincount(pairs.rows, minlength=len(self._room.places))
        given = np.bincount(pairs.columns, minlength=len(self._room.capacity))
        return bool((taken <= self._room.places).all() and (given <= self._room.capacity).all())

    def covered(self, plan: Index) -> Index:
        """Return the mentees a plan gives a mentor."""
        return np.unique(self._pairs.rows[plan])

    def points(self, plan: Index) -> int:
        """Return the points of a plan."""
        return int(self._pairs.points[plan].sum())

    def triads(self, plan: Index) -> int:
        """Return that there are no triads."""
        return 0

    def engagements(self, plan: Index) -> Amounts:
        """Return how many mentorships a plan gives each person."""
        return self._counted(self._pairs.only(plan))


def _named(people: Sequence[str], prices: Amounts) -> dict[str, int]:
    return {person: price for person, price in zip(people, prices.tolist(), strict=True) if price}
