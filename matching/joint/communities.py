"""A programme of communities within a joint round: memberships, and which communities open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import Candidates
from matching.communities.bound import IMPOSSIBLE, Bound, bound_at
from matching.communities.part import part_of
from matching.communities.search import Search
from matching.communities.task import Task
from matching.components import Ties, within
from matching.goals import Amounts, GoalWeights
from matching.joint.linear import HALF, Linear, Numbers
from matching.joint.memberships import NOBODY, Memberships
from matching.joint.piece import (
    ADDED_AT_ONCE,
    NOTHING,
    ROUNDING,
    Frame,
    Origin,
    Terms,
    ranks,
    spread,
)
from matching.problem import CommunitiesProgramme, GoalName
from matching.rules import Mask
from matching.solution import Certificate, CertificateKind, Meeting
from matching.views import Index
from matching.watch import Limits, Watch

# Worths that are whole already: what covering and memberships bring stands in the task itself.
ONE_EACH = GoalWeights({GoalName.COVERAGE: 1, GoalName.POINTS: 1})


@dataclass(frozen=True, slots=True, eq=False)
class CommunityPrices:
    """Prices of people and of meetings, as in the certificate of a programme of communities."""

    people: Amounts
    meetings: Amounts


class CommunitiesPiece:
    """The memberships that locks leave; a plan is the numbers of the candidates it uses, ascending.

    There are so many `people` in the round. `seekers` and `leads` are the places among them of the people and
    of whoever leads each community of the task, and `settled` are those of whom locks match.
    """

    def __init__(
        self,
        programme: CommunitiesProgramme,
        people: int,
        task: Task,
        *,
        seekers: Index,
        leads: Index,
        settled: Index,
    ) -> None:
        self.id = programme.id
        self._programme, self._people, self._task = programme, people, task
        self.seekers, self._lead, self.settled = seekers, leads, settled
        self.waiting: Amounts = np.where(task.room.places > 0, task.room.waiting, 0)

    def ties(self) -> Iterator[Ties]:
        """Yield each candidate with the first of their community, and with its lead."""
        candidates, first = self._task.candidates, self._first()
        people = self.seekers[candidates.rows]
        yield people, first[candidates.columns]
        led = self._lead[candidates.columns] != NOBODY
        yield people[led], self._lead[candidates.columns[led]]

    def _first(self) -> Index:
        """Return the first candidate of each community, else its lead, else the first of all people."""
        found = np.where(self._lead == NOBODY, 0, self._lead)
        columns, numbers = np.unique(self._task.candidates.columns, return_index=True)
        found[columns] = self.seekers[self._task.candidates.rows[numbers]]
        return found

    def part(self, people: Index) -> tuple["CommunitiesPiece", Origin]:
        """Return the piece of some of the people, whom no community joins to others."""
        rows, seekers = within(self.seekers, people)
        columns, _first = within(self._first(), people)
        task, numbers = part_of(self._task, rows, columns)
        programme, leads = self._programme, self._lead[columns]
        found = CommunitiesPiece(
            replace(
                programme,
                people=tuple(programme.people[row] for row in rows.tolist()),
                communities=tuple(programme.communities[column] for column in columns.tolist()),
                candidates=None if programme.candidates is None else (),
            ),
            len(people),
            task,
            seekers=seekers,
            leads=np.where(leads == NOBODY, NOBODY, np.searchsorted(people, leads)),
            settled=within(self.settled, people)[1],
        )
        return found, Origin(rows, columns, numbers)

    def joined_plans(self, plans: Sequence[tuple[Origin, Index]]) -> Index:
        """Return the candidates that plans of parts use."""
        return np.sort(np.concatenate([NOTHING, *(origin.choices[plan] for origin, plan in plans)]))

    def joined_prices(self, prices: Sequence[tuple[Origin, CommunityPrices, float]]) -> CommunityPrices:
        """Return the sum of prices of parts, each so many times."""
        task = self._task
        meetings = []
        for origin, found, times in prices:
            priced = np.flatnonzero(np.isin(task.meetings[:, 0], origin.choices))
            meetings.append((priced, found.meetings, times))
        return CommunityPrices(
            spread([(o.rows, found.people, times) for o, found, times in prices], len(self.seekers)),
            spread(meetings, len(task.meetings)),
        )

    def _leading(self, opened: Mask) -> Amounts:
        leads = self._lead[opened & (self._lead != NOBODY)]
        return np.bincount(leads, minlength=self._people)

    def most_engagements(self, *, seeking: bool) -> Amounts:
        """Return places as far as there are communities for them, or what each leads that may open."""
        if not seeking:
            return self._leading(~self._task.must & (self._task.room.capacity > 0))
        found = np.zeros(self._people, dtype=np.int64)
        found[self.seekers] = self._task.room.places
        return found

    def _task_within(self, left: Amounts, takes: int) -> tuple[Task, Index]:
        """Return the task that hours leave, and the numbers of its candidates; leads come before members."""
        task = self._task
        if not takes:
            return task, np.arange(len(task.candidates))
        fitting, capacity = left // takes, task.room.capacity.copy()
        for column in np.flatnonzero((self._lead != NOBODY) & ~task.must).tolist():
            if fitting[self._lead[column]] < 1:
                capacity[column] = 0
            else:
                fitting[self._lead[column]] -= 1
        places = np.minimum(task.room.places, fitting[self.seekers])
        rows, columns = task.candidates.rows, task.candidates.columns
        kept = np.flatnonzero((places[rows] > 0) & (capacity[columns] > 0))
        room = replace(task.room, places=places, capacity=capacity)
        fewer = replace(task, room=room, candidates=task.candidates.only(kept), again=task.again[kept])
        return fewer, kept

    def alone(self, left: Amounts, takes: int, watch: Watch) -> Index:
        """Return the best plan of this programme alone, when people have these hours left."""
        task, numbers = self._task_within(left, takes)
        search = Search(task, watch, settled=0)
        search.run()
        return numbers[search.chosen]

    def in_a_hurry(self, left: Amounts, takes: int) -> Index:
        """Return a plan in which communities open while people are left."""
        task, numbers = self._task_within(left, takes)
        return numbers[Search(task, Watch(Limits()), settled=0).chosen]

    def lay(self, model: Linear, frame: Frame, watch: Watch) -> None:
        """Lay rows of places, sizes, mixes and meetings, and the best candidates of each person."""
        self._laid = Memberships(model, frame, self.id, self._task, seekers=self.seekers, leads=self._lead)

    def add(self, plan: Index) -> None:
        """Let the model know more candidates, by their numbers; none of a community that cannot open."""
        self._laid.add(plan)

    def prices(self, found: Numbers, terms: Terms, scale: int) -> CommunityPrices:
        """Return the whole prices of people and meetings."""
        return CommunityPrices(*self._laid.prices(found, terms, scale))

    def add_cuts(self, values: Numbers) -> int:
        """Lay rows for members who are in a community by more than it is open."""
        return self._laid.add_cuts(values)

    def covering(self, terms: Terms) -> CommunityPrices:
        """Return prices of people so high that no candidate gains."""
        people = np.zeros_like(terms.bonus)
        rows = self._task.candidates.rows
        np.maximum.at(people, rows, self._worth(terms) + terms.bonus[rows])
        return CommunityPrices(people, np.zeros(len(self._task.meetings), dtype=np.int64))

    def _worth(self, terms: Terms) -> Amounts:
        candidates = self._task.candidates
        return np.asarray(terms.points * candidates.points - terms.toll[self.seekers[candidates.rows]])

    def _bound(self, terms: Terms, prices: CommunityPrices) -> Bound:
        task, candidates = self._task, self._task.candidates
        worth = Candidates(candidates.rows, candidates.columns, self._worth(terms))
        room = replace(task.room, waiting=terms.bonus)
        shifted = replace(task, candidates=worth, room=room, weights=ONE_EACH)
        return bound_at(shifted, prices.people, 1, prices.meetings)

    def _opening_cost(self, terms: Terms) -> Amounts:
        """Return what the hours of each lead cost; those of communities that must open are settled."""
        counted = (self._lead != NOBODY) & ~self._task.must
        return np.where(counted, terms.fee[self._lead], 0)

    def add_missing(self, terms: Terms, prices: CommunityPrices, watch: Watch) -> int:
        """Let the model know the candidates that could earn most in a community that gains."""
        candidates, bound = self._task.candidates, self._bound(terms, prices)
        gains = self._worth(terms) + (terms.bonus - prices.people)[candidates.rows]
        useful = (bound.values > self._opening_cost(terms) + ROUNDING) & (self._laid.opening >= 0)
        near = useful[candidates.columns] & (bound.losses <= ROUNDING)
        new = np.flatnonzero(near & (self._laid.column < 0))
        new = new[ranks(candidates.rows[new], gains[new]) < ADDED_AT_ONCE]
        self.add(new)
        return len(new)

    def covers_at_most(self, coverage: int | None) -> None:
        """Take no note: only groups of several people can be told from how many are covered."""

    def unconditional(self, prices: CommunityPrices) -> CommunityPrices:
        """Return the prices, which take nothing for granted."""
        return prices

    def groups_within(self, coverage: int) -> int | None:
        """Return nothing: coverage tells no number of groups."""
        return None

    def bound(self, terms: Terms, prices: CommunityPrices, watch: Watch) -> int:
        """Return what no plan of memberships is worth more than: the formula of the certificate."""
        bound, room = self._bound(terms, prices), self._task.room
        seeking = room.places > 0
        further = (room.places - 1) * np.maximum(prices.people - terms.bonus, 0)
        total = int(prices.people[seeking].sum()) + int(further[seeking].sum())
        earned = np.where(bound.values == IMPOSSIBLE, IMPOSSIBLE, bound.values - self._opening_cost(terms))
        return total + int(np.where(self._task.must, earned, np.maximum(earned, 0)).sum())

    def within(
        self, terms: Terms, prices: CommunityPrices, reach: int, most: int, watch: Watch
    ) -> Index | None:
        """Return the columns of candidates that lose at most so much, of openings and of values."""
        bound, columns = self._bound(terms, prices), self._task.candidates.columns
        cost = self._opening_cost(terms)
        # Losses are counted as if opening cost nothing; where it does not pay for itself they are larger.
        before = np.where(self._task.must, bound.values, np.maximum(bound.values, 0))
        after = np.where(self._task.must, bound.values, np.maximum(bound.values - cost, 0))
        losses = bound.losses + (after - before + cost)[columns]
        laid = self._laid
        may = (laid.opening[columns] >= 0) | self._task.must[columns]
        near = np.flatnonzero((losses <= reach) & may)
        if len(near) > most:
            return None
        laid.add(near)
        laid.tie(near[~laid.shut[near] & (laid.opening[columns[near]] >= 0)])
        return np.concatenate((laid.column[near], laid.others))

    def certificate(self, prices: CommunityPrices, bound: int) -> Certificate:
        """Return the prices by name."""
        programme, candidates = self._programme, self._task.candidates
        priced = np.flatnonzero(prices.meetings).tolist()
        return Certificate(
            programme=self.id,
            kind=CertificateKind.BOUND,
            bound=bound,
            people={
                row.person: price
                for row, price in zip(programme.people, prices.people.tolist(), strict=True)
                if price
            },
            meetings=tuple(
                Meeting(
                    first=programme.people[candidates.rows[first]].person,
                    second=programme.people[candidates.rows[second]].person,
                    community=programme.communities[candidates.columns[first]].id,
                    price=int(prices.meetings[number]),
                )
                for number in priced
                for first, second in (self._task.meetings[number].tolist(),)
            ),
        )

    def plan_of(self, values: Numbers) -> Index:
        """Return the candidates that are used."""
        known = np.flatnonzero(self._laid.column >= 0)
        return known[values[self._laid.column[known]] > HALF]

    def is_kept_by(self, plan: Index) -> bool:
        """Tell whether a plan keeps places, sizes, mixes and pairs apart."""
        return self._task.is_kept_by(plan)

    def covered(self, plan: Index) -> Index:
        """Return who is in a community."""
        return np.unique(self._task.candidates.rows[plan])

    def points(self, plan: Index) -> int:
        """Return the points of a plan."""
        return int(self._task.candidates.points[plan].sum())

    def triads(self, plan: Index) -> int:
        """Return that there are no triads."""
        return 0

    def engagements(self, plan: Index) -> Amounts:
        """Return how many communities each person is in, beside what locks hold, or leads."""
        candidates = self._task.candidates
        members = np.bincount(self.seekers[candidates.rows[plan]], minlength=self._people)
        opened = np.zeros(len(self._lead), dtype=np.bool_)
        opened[candidates.columns[plan]] = True
        return np.asarray(members + self._leading(opened & ~self._task.must))
