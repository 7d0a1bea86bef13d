"""The tasks of setting a programme up, in the order of its page.

A module with pages of its own adds to `TASKS` when it is imported.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from app.db import db
from app.programmes.audience import audience_in_words
from app.programmes.models import Programme, ProgrammeKind, ProgrammeOpenTask
from app.programmes.vocabulary import KIND_WORDS
from app.words import hours_a_month, plural


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to set up: its page, and in one line how it stands now.

    Where nothing usual suits every company, somebody has to have looked before the first round: `needs_look`.
    """

    key: str
    words: str
    endpoint: str
    hint: Callable[[Programme], str]
    needs_look: bool = False
    kinds: frozenset[ProgrammeKind] = frozenset(ProgrammeKind)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of one programme, as its page lists it."""

    task: Task
    hint: str
    is_done: bool


def _described(programme: Programme) -> str:
    return f"{KIND_WORDS[programme.kind]}, {hours_a_month(programme.hours_a_month)}"


def _open_to(programme: Programme) -> str:
    return " · ".join(audience_in_words(programme))


def _written(programme: Programme) -> str:
    own = len(programme.messages)
    return f"{plural(own, 'text')} of your own" if own else "The usual texts"


TASKS: list[Task] = [
    Task("details", "Name and hours", "programmes.details", _described),
    Task("people", "Who may take part", "programmes.people", _open_to, needs_look=True),
    Task("messages", "Messages", "programmes.messages", _written, needs_look=True),
    Task(
        "visibility",
        "Who can see what",
        "programmes.who_can_see",
        lambda _programme: "The same in every programme",
    ),
]


def task_rows(programme: Programme) -> list[TaskRow]:
    """Return the tasks of a programme with how each stands."""
    open_ = open_tasks_of(programme)
    own = [task for task in TASKS if programme.kind in task.kinds]
    return [TaskRow(task, task.hint(programme), is_done=task.key not in open_) for task in own]


def open_tasks_of(programme: Programme) -> frozenset[str]:
    """Return the keys of the tasks that nobody has looked at."""
    query = sa.select(ProgrammeOpenTask.task).filter_by(programme_id=programme.id)
    return frozenset(db.session.scalars(query))
