"""The memberships of a programme of communities as rows and columns of a joint round's model."""

import numpy as np

from matching.candidates import Candidates
from matching.communities.mixes import Demand
from matching.communities.task import Task
from matching.goals import Amounts
from matching.joint.linear import Linear, Numbers
from matching.joint.piece import Frame, Terms, lay_cover, lay_hours, ranks, rounded
from matching.rules import Mask
from matching.views import Index

BEST_OF_PERSON, BEST_OF_PLACE = 6, 2
# Rows for shares of a community that is open in part are laid where they miss by more than this.
LEAST_VIOLATION = 1e-4
NOBODY = -1


class Memberships:
    """What of a task the model knows so far; it begins with the best candidates of each person.

    Attributes
    ----------
    column, opening : array of int
        The column of each candidate and of each community's opening, -1 where there is none.
    shut : bool array
        Which candidates have a row that nobody is in a community that is not open.
    """

    def __init__(
        self, model: Linear, frame: Frame, programme: str, task: Task, *, seekers: Index, leads: Index
    ) -> None:
        self._model, self._frame, self._task = model, frame, task
        self._programme, self._seekers = programme, seekers
        self._waiting: Amounts = np.where(task.room.places > 0, task.room.waiting, 0)
        self.column = np.full(len(task.candidates), -1, dtype=np.intp)
        self.shut: Mask = np.zeros(len(task.candidates), dtype=np.bool_)
        self._place_rows = model.add_rows(task.room.places.astype(np.float64))
        self._lay_openings(leads)
        self._lay_first_places()
        self._lay_mixes()
        self._meeting_rows = np.full(len(task.meetings), -1, dtype=np.intp)
        columns = task.candidates.columns
        best = ranks(task.candidates.rows, task.candidates.points) < BEST_OF_PERSON
        best |= ranks(columns, task.candidates.points) < BEST_OF_PLACE * task.room.capacity[columns]
        # What a lock holds open may need any of its candidates, whatever they earn.
        best |= task.must[columns]
        self.add(np.flatnonzero(best))

    @property
    def others(self) -> Index:
        """The columns of openings, of first places and of values."""
        return np.concatenate((self.opening[self.opening >= 0], *self._other_columns))

    def _lay_openings(self, leads: Index) -> None:
        """Lay the sizes of each community, and what its lead's hours ask."""
        model, task = self._model, self._task
        # A community that a lock holds open is open in every plan: its opening is in the limits.
        most, least = task.room.capacity.astype(np.float64), task.least.astype(np.float64)
        self._most_rows = model.add_rows(np.where(task.must, most, 0.0))
        self._least_rows = model.add_rows(np.where(task.must, -least, 0.0))
        upper = np.flatnonzero(~task.must & task.can_open())
        self.opening = np.full(len(task.least), -1, dtype=np.intp)
        self.opening[upper] = model.add_columns([], upper=1.0, whole=True, count=len(upper))
        model.fill(self._most_rows[upper], self.opening[upper], -most[upper])
        some = upper[least[upper] > 0]
        model.fill(self._least_rows[some], self.opening[some], least[some])
        led = upper[leads[upper] != NOBODY]
        lay_hours(model, self._frame, (self._programme, False), self.opening[led], leads[led])

    def _lay_first_places(self) -> None:
        model, frame = self._model, self._frame
        several = np.flatnonzero((self._task.room.places > 1) & (self._waiting > 0))
        self._first_rows = np.full(len(self._waiting), -1, dtype=np.intp)
        self._first_rows[several] = model.add_rows(np.zeros(len(several)))
        first = model.add_columns(
            [(frame.coverage, self._waiting[several])], upper=1.0, whole=False, count=len(several)
        )
        model.fill(self._first_rows[several], first, np.ones(len(several)))
        lay_cover(model, frame, first, self._seekers[several])
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
                if self.opening[column] >= 0:
                    opening = self.opening[column]
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
        may = (self.opening[columns_of] >= 0) | self._task.must[columns_of]
        new = plan[may & (self.column[plan] < 0)]
        candidates, model, frame = self._task.candidates.only(new), self._model, self._frame
        single = self._first_rows[candidates.rows] < 0
        covers = np.where(single, self._waiting[candidates.rows], 0)
        gains = [(frame.coverage, covers), (frame.points, candidates.points)]
        columns = model.add_columns(gains, upper=1.0, whole=True, count=len(new))
        self.column[new] = columns
        ones = np.ones(len(new))
        model.fill(self._place_rows[candidates.rows], columns, ones)
        model.fill(self._most_rows[candidates.columns], columns, ones)
        model.fill(self._least_rows[candidates.columns], columns, -ones)
        model.fill(self._first_rows[candidates.rows[~single]], columns[~single], -ones[~single])
        counted = single & (self._waiting[candidates.rows] > 0)
        lay_cover(model, frame, columns[counted], self._seekers[candidates.rows[counted]])
        lay_hours(model, frame, (self._programme, True), columns, self._seekers[candidates.rows])
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
        both = self.column[self._task.meetings]
        for number in np.flatnonzero((both >= 0).all(axis=1) & (self._meeting_rows < 0)).tolist():
            community = self._task.candidates.columns[self._task.meetings[number, 0]]
            opening = self.opening[community]
            row = self._model.add_rows(np.array([0.0 if opening >= 0 else 1.0]))
            self._meeting_rows[number] = row[0]
            self._model.fill(np.repeat(row, 2), both[number], np.ones(2))
            if opening >= 0:
                self._model.fill(row, np.array([opening]), np.array([-1.0]))

    def prices(self, found: Numbers, terms: Terms, scale: int) -> tuple[Amounts, Amounts]:
        """Return the whole prices of people and meetings."""
        people = rounded(found[self._place_rows], scale)
        several = self._first_rows >= 0
        people[several] += terms.bonus[several] - rounded(found[self._first_rows[several]], scale)
        meetings = np.zeros(len(self._meeting_rows), dtype=np.int64)
        laid = self._meeting_rows >= 0
        meetings[laid] = rounded(found[self._meeting_rows[laid]], scale)
        return np.maximum(people, 0), meetings

    def add_cuts(self, values: Numbers) -> int:
        """Lay rows for members who are in a community by more than it is open."""
        known = np.flatnonzero((self.column >= 0) & ~self.shut)
        opening = self.opening[self._task.candidates.columns[known]]
        known, opening = known[opening >= 0], opening[opening >= 0]
        over = values[self.column[known]] - values[opening] > LEAST_VIOLATION
        return self.tie(known[over])

    def tie(self, numbers: Index) -> int:
        """Lay the row that nobody is in a community that is not open, for these candidates."""
        opening = self.opening[self._task.candidates.columns[numbers]]
        rows = self._model.add_rows(np.zeros(len(numbers)))
        self._model.fill(rows, self.column[numbers], np.ones(len(numbers)))
        self._model.fill(rows, opening, np.full(len(numbers), -1.0))
        self.shut[numbers] = True
        return len(numbers)
