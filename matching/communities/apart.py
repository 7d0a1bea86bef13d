"""Decides about communities that nothing ties together apart, before all are looked at at once."""

from contextlib import suppress
from dataclasses import dataclass
from math import lcm

import numpy as np

from matching.communities.bound import Bound
from matching.communities.part import part_of
from matching.communities.search import Search
from matching.communities.task import Task
from matching.components import parts_of
from matching.processes import side_by_side
from matching.views import Index
from matching.watch import Stopped, Watch

# Fewer people are not worth a search of their own, and fewer than the second not a process.
FEWEST, FEWEST_IN_A_PROCESS = 300, 1_000


@dataclass(frozen=True, slots=True, eq=False)
class PartFound:
    """The best plan of a part, the bound that its prices show, and whether the plan is proved."""

    chosen: Index
    bound: Bound
    is_proved: bool


def sought(task: Task, watch: Watch) -> PartFound:
    """Return the best plan of a part of a task; the best so far when told to end."""
    search = Search(task, watch, settled=0)
    # Whoever watches the whole finds out as well.
    with suppress(Stopped):
        search.run()
    return PartFound(search.chosen, search.bound, search.is_proved)


def run_in_parts(search: Search, watch: Watch) -> None:
    """Let a search go on until its plan is proved, or nothing more can be done, part by part where it can.

    What plans of parts are worth adds up, and so do the bounds of their prices. Floors tie everybody: where
    there are any, and where parts leave something open, the whole is searched. Raises `Stopped`.
    """
    task = search.task
    first = _first_of(task)
    ties = task.candidates.rows, first[task.candidates.columns]
    groups = [] if task.floors else parts_of(len(task.bonus), [ties], FEWEST)
    if len(groups) < 2:
        search.run()
        return
    watch.go_on_to("plan")
    parts = [part_of(task, rows, np.flatnonzero(np.isin(first, rows))) for rows in groups]
    sizes = [len(rows) for rows in groups]
    found = side_by_side(sought, [part for part, _numbers in parts], sizes, watch, large=FEWEST_IN_A_PROCESS)
    _take(search, groups, [numbers for _part, numbers in parts], found)
    watch.go_on_to("proof")
    if not search.is_proved:
        search.run()


def _first_of(task: Task) -> Index:
    """Return the first candidate of each community, or the first of all people where there is none."""
    found = np.zeros(len(task.least), dtype=np.intp)
    columns, numbers = np.unique(task.candidates.columns, return_index=True)
    found[columns] = task.candidates.rows[numbers]
    return found


def _take(search: Search, groups: list[Index], numbers: list[Index], found: list[PartFound]) -> None:
    """Hand the plans and prices of all parts to the search of the whole."""
    meetings = search.task.meetings
    scale = lcm(*(part.bound.scale for part in found))
    prices = np.zeros(len(search.task.bonus), dtype=np.int64)
    of_meetings = np.zeros(len(meetings), dtype=np.int64)
    for rows, mine, part in zip(groups, numbers, found, strict=True):
        times = scale // part.bound.scale
        prices[rows] = part.bound.prices * times
        of_meetings[np.isin(meetings[:, 0], mine)] = part.bound.meetings * times
    chosen = np.concatenate([mine[part.chosen] for mine, part in zip(numbers, found, strict=True)])
    search.take(np.sort(chosen), prices, scale, of_meetings, is_best=all(part.is_proved for part in found))
