"""The tasks of setting a programme up, in the order of its page.

A module with pages of its own adds to `TASKS` when it is imported.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.programmes.models import Programme
from app.programmes.vocabulary import KIND_WORDS


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to set up: its page, and in one line how it stands now."""

    key: str
    words: str
    endpoint: str
    hint: Callable[[Programme], str]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of one programme, as its page lists it."""

    task: Task
    hint: str
    is_done: bool


def _described(programme: Programme) -> str:
    return f"{KIND_WORDS[programme.kind]}, {programme.hours_a_month:g} hours a month"


TASKS: list[Task] = [Task("details", "Name and hours", "programmes.details", _described)]


def task_rows(programme: Programme) -> Sequence[TaskRow]:
    """Return the tasks of a programme with how each stands."""
    return [TaskRow(task, task.hint(programme), is_done=True) for task in TASKS]
