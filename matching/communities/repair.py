"""Plans made quickly: from nothing, or from one that breaks a mix or brings foes together."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from matching.communities.mixes import Demand
from matching.communities.task import Task
from matching.views import Index


class Draft:
    """A plan in the making: who is in which community, by the numbers of candidates."""

    def __init__(self, task: Task, chosen: Iterable[int] = ()) -> None:
        self._task = task
        self._left = task.room.places.tolist()
        self.members: dict[int, dict[int, int]] = defaultdict(dict)
        self._rows, self._columns = task.candidates.rows.tolist(), task.candidates.columns.tolist()
        for number in chosen:
            self._join(number)

    def _join(self, number: int) -> None:
        self.members[self._columns[number]][self._rows[number]] = number
        self._left[self._rows[number]] -= 1

    def _leave(self, column: int, row: int) -> None:
        del self.members[column][row]
        self._left[row] += 1

    def chosen(self) -> Index:
        """Return the candidates the plan uses, in order."""
        numbers = [number for people in self.members.values() for number in people.values()]
        return np.array(sorted(numbers), dtype=np.intp)

    def part_foes(self) -> None:
        """Let the one leave who earns less, wherever two have met who may not."""
        for first, second in self._task.apart:
            for column, people in self.members.items():
                if first in people and second in people:
                    points = self._task.candidates.points
                    stays = points[people[first]] >= points[people[second]]
                    self._leave(column, second if stays else first)

    def close_what_cannot_open(self) -> None:
        """Close each community without enough members or different values, unless a lock holds it open."""
        for column in sorted(self.members):
            people = list(self.members[column])
            if people and not self._task.must[column] and not self._task.may_open_with(column, people):
                for row in people:
                    self._leave(column, row)

    def open_more(self) -> None:
        """Open closed communities with whoever is free, the one that gains most by it first."""
        task, order = self._task, []
        for column, numbers in enumerate(task.by_community):
            worth = np.sort(task.profits[numbers] + task.bonus[task.candidates.rows[numbers]])[::-1]
            best = int(worth[: task.room.capacity[column]].sum()) + int(task.opening[column])
            order.append((-best, column))
        for _gain, column in sorted(order):
            if not self.members.get(column):
                self._open(column)

    def _open(self, column: int) -> None:
        task = self._task
        free = [n for n in task.by_community[column].tolist() if self._left[self._rows[n]] > 0]
        worth = {number: self._gain(number) for number in free}
        free.sort(key=lambda number: (-worth[number], number))
        first = [number for demand in task.demands[column] for number in self._different(free, demand)]
        ordered = list(dict.fromkeys((*first, *free)))
        taken: list[int] = []
        for number in ordered:
            if len(taken) >= task.room.capacity[column]:
                break
            wanted = len(taken) < task.least[column] or number in first or worth[number] > 0
            if wanted and not self._has_foe(self._rows[number], {self._rows[n] for n in taken}):
                taken.append(number)
        gains = sum(worth[number] for number in taken) + task.opening[column] > 0 or task.must[column]
        if gains and task.may_open_with(column, [self._rows[number] for number in taken]):
            for number in taken:
                self._join(number)

    def _different(self, numbers: Iterable[int], demand: Demand) -> list[int]:
        """Return the first of these with each different value, as many as are needed."""
        found: dict[int, int] = {}
        for number in numbers:
            value = int(demand.codes[self._rows[number]])
            if value >= 0 and len(found) < demand.needed:
                found.setdefault(value, number)
        return list(found.values())

    def _gain(self, number: int) -> int:
        row = self._rows[number]
        is_first = self._left[row] == self._task.room.places[row]
        return int(self._task.profits[number]) + (int(self._task.bonus[row]) if is_first else 0)

    def _has_foe(self, row: int, people: Iterable[int]) -> bool:
        return not self._task.foes.get(row, set()).isdisjoint(people)

    def fill(self) -> None:
        """Let people with free places join open communities with room, those who waited longest first."""
        task, rows = self._task, self._task.candidates.rows
        waits = np.array(self._left)[rows] > 0
        opened = task.must.copy()
        opened[[column for column, people in self.members.items() if people]] = True
        numbers = np.flatnonzero(waits & opened[task.candidates.columns])
        order = np.lexsort((-task.candidates.points[numbers], -task.bonus[task.candidates.rows[numbers]]))
        for number in numbers[order].tolist():
            row, column = self._rows[number], self._columns[number]
            people = self.members[column]
            has_room = self._left[row] > 0 and len(people) < task.room.capacity[column]
            if has_room and row not in people and self._gain(number) > 0 and not self._has_foe(row, people):
                self._join(number)


def plan_in_order(task: Task, base: Index) -> Index:
    """Return a plan made quickly around one that keeps every lock: communities open while people are left."""
    draft = Draft(task, base.tolist())
    draft.open_more()
    draft.fill()
    return draft.chosen()


def mended(task: Task, chosen: Index) -> Index | None:
    """Return a plan near this one that keeps mixes and pairs apart; `None` where locks need more."""
    draft = Draft(task, chosen.tolist())
    draft.part_foes()
    draft.close_what_cannot_open()
    draft.open_more()
    draft.fill()
    found = draft.chosen()
    return found if task.is_kept_by(found) else None
