"""The order of a list as it is being put together: what can be moved, taken away and added."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from app.errors import Invalid
from app.programmes.checks import check_goals
from app.programmes.vocabulary import GOALS

NEVER_HERE = frozenset({"parity"})  # it needs groups of mentees, which programmes here do not have
ALWAYS_FIRST = "stable"


@dataclass(frozen=True, slots=True)
class Step:
    """A value in its place, and the orders its buttons lead to; None where a button would do nothing."""

    value: str
    words: str
    up: list[str] | None
    down: list[str] | None
    without: list[str] | None


@dataclass(frozen=True, slots=True)
class Addition:
    """A goal that can be added, and the order with it."""

    goal: str
    words: str
    order: list[str]


def steps_of(goals: Sequence[str]) -> list[Step]:
    """Return the goals in their order with what can be done with each."""
    return in_order(goals, GOALS.__getitem__)


def in_order(values: Sequence[str], words: Callable[[str], str]) -> list[Step]:
    """Return values in their order, each in words, with what can be done with it; one always stays."""
    last = len(values) - 1
    return [
        Step(
            value,
            words(value),
            up=_swapped(values, place - 1) if place else None,
            down=_swapped(values, place) if place < last else None,
            without=[*values[:place], *values[place + 1 :]] if last else None,
        )
        for place, value in enumerate(values)
    ]


def additions_to(goals: Sequence[str], senseless: Container[str]) -> list[Addition]:
    """Return the goals that are not among these, each at the end, or in the only place it may have.

    `senseless` are those that the kind of programme does not have.
    """
    known = [goal for goal in GOALS if goal not in NEVER_HERE and goal not in senseless]
    missing = [goal for goal in known if goal not in goals]
    return [
        Addition(goal, GOALS[goal], [goal, *goals] if goal == ALWAYS_FIRST else [*goals, goal])
        for goal in missing
    ]


def refusal_of(goals: Sequence[str]) -> str:
    """Return why goals cannot be put in this order; nothing when they can."""
    try:
        check_goals(goals)
    except Invalid as refusal:
        return refusal.message
    return ""


def _swapped(values: Sequence[str], place: int) -> list[str]:
    return [*values[:place], values[place + 1], values[place], *values[place + 2 :]]
