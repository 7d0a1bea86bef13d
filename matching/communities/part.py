"""Some of the people and communities of a task, to be decided about apart from all others."""

from dataclasses import replace

import numpy as np

from matching.candidates import Candidates
from matching.communities.mixes import Demand
from matching.communities.task import Task
from matching.components import within
from matching.goals import Room
from matching.views import Index


def part_of(task: Task, rows: Index, columns: Index) -> tuple[Task, Index]:
    """Return what is to be decided about these people and communities, and the numbers of its candidates.

    No candidate may join any of them, by their numbers, to others. The weights of the goals stay those of the
    whole, so that what parts are worth adds up.
    """
    numbers, inside = within(task.candidates.rows, rows)
    beside = np.searchsorted(columns, task.candidates.columns[numbers])
    room = task.room
    place = {row: number for number, row in enumerate(rows.tolist())}
    found = replace(
        task,
        room=Room(room.places[rows], room.capacity[columns], room.waiting[rows], room.required[rows]),
        least=task.least[columns],
        must=task.must[columns],
        demands=tuple(
            tuple(Demand(demand.codes[rows], demand.needed) for demand in task.demands[column])
            for column in columns.tolist()
        ),
        apart=tuple((place[a], place[b]) for a, b in task.apart if a in place and b in place),
        candidates=Candidates(inside, beside, task.candidates.points[numbers]),
        highest=task.highest[rows],
        required=task.required[columns],
        again=task.again[numbers],
    )
    return found, numbers
