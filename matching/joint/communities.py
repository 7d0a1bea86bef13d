"""A programme of communities within a joint round: memberships, and which communities open."""

from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import Candidates
from matching.communities.bound import IMPOSSIBLE, Bound, bound_at
from matching.communities.causes import Diagnosis
from matching.communities.locks import locked_memberships
from matching.communities.market import Market
from matching.communities.search import Search
from matching.communities.solve import assignments_of
from matching.communities.task import Demand, Task, task_of
from matching.goals import Amounts, GoalWeights
from matching.joint.linear import HALF, Linear, Numbers
from matching.joint.piece import (
    ADDED_AT_ONCE,
    ROUNDING,
    Frame,
    Terms,
    Told,
    lay_cover,
    lay_hours,
    ranks,
    rounded,
)
from matching.problem import CommunitiesProgramme, GoalName, Problem
from matching.rules import Mask
from matching.solution import Certificate, CertificateKind, Meeting
from matching.views import Index
from matching.watch import Limits, Watch

BEST_OF_PERSON, BEST_OF_PLACE = 6, 2
# Rows for shares of a community that is open in part are laid where they miss by more than this.
LEAST_VIOLATION = 1e-4
NOBODY = -1
# Worths that are whole already: what covering and memberships bring stands in the task itself.
ONE_EACH = GoalWeights({GoalName.COVERAGE: 1, GoalName.POINTS: 1})


@dataclass(frozen=True, slots=True, eq=False)
class CommunityPrices:
    """Prices of people and of meetings, as in the certificate of a programme of communities."""

    people: Amounts
    meetings: Amounts


class CommunitiesPiece:
    """The memberships of one programme; a plan is the numbers of the candidates it uses, ascending."""

    def __init__(self, problem: Problem, programme: CommunitiesProgramme, watch: Watch) -> None:
        self.id = programme.id
        self._programme = programme
        self._people = len(problem.people)
        self._market = Market(problem, programme, watch)
        self._locked = locked_memberships(self._market)
        self._eligible = self._market.candidates()
        self._task = task_of(self._market, self._eligible, self._locked)
        self.seekers: Index = self._market.positions
        room = self._task.room
        self.waiting: Amounts = np.where(room.places > 0, room.waiting, 0)
        place = {person.id: number for number, person in enumerate(problem.people)}
        self._lead: Index = np.array(
            [NOBODY if row.lead is None else place[row.lead] for row in programme.communities], dtype=np.intp
        )

    def locked_engagements(self) -> Amounts:
        """Return the memberships that locks give people, and what they lead that is open by a lock."""
        members = np.bincount(self.seekers[self._locked.rows], minlength=self._people)
        return np.asarray(members + self._leading(self._task.must))

    def _leading(self, opened: Mask) -> Amounts:
        leads = self._lead[opened & (self._lead != NOBODY)]
        return np.bincount(leads, minlength=self._people)

    def settled(self) -> Index:
        """Return who is locked into a community."""
        return np.unique(self.seekers[self._locked.rows])

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

    def lay(self, model: Linear, frame: Frame) -> None:
        """Lay rows of places, sizes, mixes and meetings, and the best candidates of each person."""
        self._model, self._frame, task = model, frame, self._task
        room, communities = task.room, len(task.least)
        self._column = np.full(len(task.candidates), -1, dtype=np.intp)
        self._shut = np.zeros(len(task.candidates), dtype=np.bool_)
        self._place_rows = model.add_rows(room.places.astype(np.float64))
        # A community that a lock holds open is open in every plan: its opening is in the limits.
        most, least, must = room.capacity.astype(np.float64), task.least.astype(np.float64), task.must
        self._most_rows = model.add_rows(np.where(must, most, 0.0))
        self._least_rows = model.add_rows(np.where(must, -least, 0.0))
        upper = np.flatnonzero(~must & task.can_open())
        self._opening = np.full(communities, -1, dtype=np.intp)
        self._opening[upper] = model.add_columns([], upper=1.0, whole=True, count=len(upper))
        model.fill(self._most_rows[upper], self._opening[upper], -most[upper])
        some = upper[least[upper] > 0]
        model.fill(self._least_rows[some], self._opening[some], least[some])
        led = upper[self._lead[upper] != NOBODY]
        lay_hours(model, frame, (self.id, False), self._opening[led], self._lead[led])
        self._lay_first_places()
        self._lay_mixes()
        self._meeting_rows = np.full(len(task.meetings), -1, dtype=np.intp)
        columns = task.candidates.columns
        best = ranks(task.candidates.rows, task.candidates.points) < BEST_OF_PERSON
        best |= ranks(columns, task.candidates.points) < BEST_OF_PLACE * room.capacity[columns]
        # What a lock holds open may need any of its candidates, whatever they earn.
        best |= must[columns]
        self.add(np.flatnonzero(best))

    def _lay_first_places(self) -> None:
        model, frame = self._model, self._frame
        several = np.flatnonzero((self._task.room.places > 1) & (self.waiting > 0))
        self._first_rows = np.full(len(self.waiting), -1, dtype=np.intp)
        self._first_rows[several] = model.add_rows(np.zeros(len(several)))
        first = model.add_columns(
            [(frame.coverage, self.waiting[several])], upper=1.0, whole=False, count=len(several)
        )
        model.fill(self._first_rows[several], first, np.ones(len(several)))
        lay_cover(model, frame, first, self.seekers[several])
        self._other_columns = [first]

    def _lay_mixes(self) -> None:
        """Lay for each mix a column for each value: at most open, and only when a member has it."""
        model = self._model
        self._value_rows: dict[int, list[tuple[Demand, dict[int, int]]]] = {}
        for column, demands in enumerate(self._task.demands):
            for demand in demands:
                codes = demand.codes[self._task.candidates.rows[self._task.by_community[column]]]
                values = np.unique(codes[codes >= 0])
                present = model.add_columns([], upper=1.0, whole=False, count=len(values))
                held = model.add_rows(np.zeros(len(values)))
                model.fill(held, present, np.ones(len(values)))
                is_open = 1.0 if self._task.must[column] else 0.0
                enough = model.add_rows(np.array([-demand.needed * is_open]))
                model.fill(np.repeat(enough, len(values)), present, np.full(len(values), -1.0))
                if self._opening[column] >= 0:
                    opening = self._opening[column]
                    model.fill(enough, np.array([opening]), np.array([float(demand.needed)]))
                    within = model.add_rows(np.zeros(len(values)))
                    model.fill(within, present, np.ones(len(values)))
                    model.fill(within, np.full(len(values), opening), np.full(len(values), -1.0))
                rows = dict(zip(values.tolist(), held.tolist(), strict=True))
                self._value_rows.setdefault(column, []).append((demand, rows))
                self._other_columns.append(present)

    def add(self, plan: Index) -> None:
        """Let the model know more candidates, by their numbers; none of a community that cannot open."""
        columns_of = self._task.candidates.columns[plan]
        may = (self._opening[columns_of] >= 0) | self._task.must[columns_of]
        new = plan[may & (self._column[plan] < 0)]
        candidates, model, frame = self._task.candidates.only(new), self._model, self._frame
        single = self._first_rows[candidates.rows] < 0
        covers = np.where(single, self.waiting[candidates.rows], 0)
        gains = [(frame.coverage, covers), (frame.points, candidates.points)]
        columns = model.add_columns(gains, upper=1.0, whole=True, count=len(new))
        self._column[new] = columns
        ones = np.ones(len(new))
        model.fill(self._place_rows[candidates.rows], columns, ones)
        model.fill(self._most_rows[candidates.columns], columns, ones)
        model.fill(self._least_rows[candidates.columns], columns, -ones)
        model.fill(self._first_rows[candidates.rows[~single]], columns[~single], -ones[~single])
        counted = single & (self.waiting[candidates.rows] > 0)
        lay_cover(model, frame, columns[counted], self.seekers[candidates.rows[counted]])
        lay_hours(model, frame, (self.id, True), columns, self.seekers[candidates.rows])
        self._add_values(candidates, columns)
        self._add_meetings()

    def _add_values(self, candidates: Candidates, columns: Index) -> None:
        rows, cells = [], []
        for row, community, column in zip(
            candidates.rows.tolist(), candidates.columns.tolist(), columns.tolist(), strict=True
        ):
            for demand, held in self._value_rows.get(community, ()):
                if (code := int(demand.codes[row])) >= 0:
                    rows.append(held[code])
                    cells.append(column)
        self._model.fill(np.array(rows, dtype=np.intp), np.array(cells, dtype=np.intp), -np.ones(len(rows)))

    def _add_meetings(self) -> None:
        """Lay the row of each meeting whose two candidates are known by now."""
        both = self._column[self._task.meetings]
        for number in np.flatnonzero((both >= 0).all(axis=1) & (self._meeting_rows < 0)).tolist():
            community = self._task.candidates.columns[self._task.meetings[number, 0]]
            opening = self._opening[community]
            row = self._model.add_rows(np.array([0.0 if opening >= 0 else 1.0]))
            self._meeting_rows[number] = row[0]
            self._model.fill(np.repeat(row, 2), both[number], np.ones(2))
            if opening >= 0:
                self._model.fill(row, np.array([opening]), np.array([-1.0]))

    def prices(self, found: Numbers, terms: Terms, scale: int) -> CommunityPrices:
        """Return the whole prices of people and meetings."""
        people = rounded(found[self._place_rows], scale)
        several = self._first_rows >= 0
        people[several] += terms.bonus[several] - rounded(found[self._first_rows[several]], scale)
        meetings = np.zeros(len(self._meeting_rows), dtype=np.int64)
        laid = self._meeting_rows >= 0
        meetings[laid] = rounded(found[self._meeting_rows[laid]], scale)
        return CommunityPrices(np.maximum(people, 0), meetings)

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

    def add_missing(self, terms: Terms, prices: CommunityPrices) -> int:
        """Let the model know the candidates that could earn most in a community that gains."""
        candidates, bound = self._task.candidates, self._bound(terms, prices)
        gains = self._worth(terms) + (terms.bonus - prices.people)[candidates.rows]
        useful = (bound.values > self._opening_cost(terms) + ROUNDING) & (self._opening >= 0)
        near = useful[candidates.columns] & (bound.losses <= ROUNDING)
        new = np.flatnonzero(near & (self._column < 0))
        new = new[ranks(candidates.rows[new], gains[new]) < ADDED_AT_ONCE]
        self.add(new)
        return len(new)

    def covers_at_most(self, coverage: int | None) -> None:
        """Take no note: only groups of several people can be told from how many are covered."""

    def groups_within(self, coverage: int) -> int | None:
        """Return nothing: coverage tells no number of groups."""
        return None

    def locked_points(self) -> int:
        """Return the points of what is locked."""
        return int(self._locked.points.sum())

    def add_cuts(self, values: Numbers) -> int:
        """Lay rows for members who are in a community by more than it is open."""
        known = np.flatnonzero((self._column >= 0) & ~self._shut)
        opening = self._opening[self._task.candidates.columns[known]]
        known, opening = known[opening >= 0], opening[opening >= 0]
        over = values[self._column[known]] - values[opening] > LEAST_VIOLATION
        return self._tie(known[over])

    def _tie(self, numbers: Index) -> int:
        """Lay the row that nobody is in a community that is not open, for these candidates."""
        opening = self._opening[self._task.candidates.columns[numbers]]
        rows = self._model.add_rows(np.zeros(len(numbers)))
        self._model.fill(rows, self._column[numbers], np.ones(len(numbers)))
        self._model.fill(rows, opening, np.full(len(numbers), -1.0))
        self._shut[numbers] = True
        return len(numbers)

    def bound(self, terms: Terms, prices: CommunityPrices) -> int:
        """Return what no plan of memberships is worth more than: the formula of the certificate."""
        bound, room = self._bound(terms, prices), self._task.room
        seeking = room.places > 0
        further = (room.places - 1) * np.maximum(prices.people - terms.bonus, 0)
        total = int(prices.people[seeking].sum()) + int(further[seeking].sum())
        earned = np.where(bound.values == IMPOSSIBLE, IMPOSSIBLE, bound.values - self._opening_cost(terms))
        return total + int(np.where(self._task.must, earned, np.maximum(earned, 0)).sum())

    def within(self, terms: Terms, prices: CommunityPrices, reach: int, most: int) -> Index | None:
        """Return the columns of candidates that lose at most so much, of openings and of values."""
        bound, columns = self._bound(terms, prices), self._task.candidates.columns
        cost = self._opening_cost(terms)
        # Losses are counted as if opening cost nothing; where it does not pay for itself they are larger.
        before = np.where(self._task.must, bound.values, np.maximum(bound.values, 0))
        after = np.where(self._task.must, bound.values, np.maximum(bound.values - cost, 0))
        losses = bound.losses + (after - before + cost)[columns]
        may = (self._opening[columns] >= 0) | self._task.must[columns]
        near = np.flatnonzero((losses <= reach) & may)
        if len(near) > most:
            return None
        self.add(near)
        loose = near[~self._shut[near] & (self._opening[columns[near]] >= 0)]
        self._tie(loose)
        opening = self._opening[self._opening >= 0]
        return np.concatenate((self._column[near], opening, *self._other_columns))

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
        known = np.flatnonzero(self._column >= 0)
        return known[values[self._column[known]] > HALF]

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

    def told(self, plan: Index, spent: Mask, *, proved: bool) -> Told:
        """Return who is in which community, who is in none, and what stays closed, and why."""
        members = self._task.candidates.only(plan).merged(self._locked, len(self._task.least))
        diagnosis = Diagnosis(self._market, members, finished=proved, spent=spent)
        return Told(
            assignments=assignments_of(self._market, self._locked, members),
            unmatched=tuple(diagnosis.people()),
            closed=tuple(diagnosis.communities(self._eligible)),
            candidates=len(self._task.candidates),
        )
