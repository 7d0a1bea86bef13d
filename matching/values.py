"""Checks of single values, shared by problems and solutions; the path is only spelt out when one fails."""

import math
from collections.abc import Collection, Iterable
from typing import Any

from matching.errors import ProblemError

LONGEST_TEXT = 500
LARGEST_POINTS = 1_000_000


def check_text(value: object, path: str) -> None:
    """Raise unless `value` is text of a sensible length."""
    if type(value) is not str:
        raise ProblemError(path, f"must be text, not {shown(value)}.")
    if len(value) > LONGEST_TEXT:
        raise ProblemError(path, f"is {len(value)} characters long; {LONGEST_TEXT} are the most.")


def check_id(value: object, path: str) -> None:
    """Raise unless `value` can name something: text that is not empty."""
    check_text(value, path)
    if not value or not str(value).strip():
        raise ProblemError(path, "must not be empty.")


def check_optional_text(value: object, path: str) -> None:
    """Raise unless `value` is text or not given."""
    if value is not None:
        check_text(value, path)


def check_whole(value: object, path: str, low: int, high: int) -> None:
    """Raise unless `value` is a whole number from `low` to `high`."""
    if type(value) is not int:
        raise ProblemError(path, f"must be a whole number, not {shown(value)}.")
    if not low <= value <= high:
        raise ProblemError(path, f"must be from {low} to {high}, not {shown(value)}.")


def check_hours(value: object, path: str) -> None:
    """Raise unless `value` is a number of hours a month, or not given."""
    if value is None:
        return
    if type(value) not in (int, float):
        raise ProblemError(path, f"must be a number of hours, not {shown(value)}.")
    if not math.isfinite(value) or not 0 <= value <= 744:  # type: ignore[arg-type,operator]
        raise ProblemError(path, f"must be from 0 to 744 hours a month, not {shown(value)}.")


def check_flag(value: object, path: str) -> None:
    """Raise unless `value` is true or false."""
    if type(value) is not bool:
        raise ProblemError(path, f"must be true or false, not {shown(value)}.")


def check_rows(value: object, path: str) -> None:
    """Raise unless `value` is a tuple, as every list of a problem is."""
    if type(value) is not tuple:
        raise ProblemError(path, f"must be a list, not {shown(value)}.")


def check_known(value: object, known: Collection[str], path: str, noun: str) -> None:
    """Raise unless `value` is one of the ids in `known`."""
    if type(value) is not str:
        raise ProblemError(path, f"must be the id of a {noun}, not {shown(value)}.")
    if value not in known:
        raise ProblemError(path, f"there is no {noun} {shown(value)}.")


def check_choice(value: object, choices: Iterable[str], path: str, noun: str) -> None:
    """Raise unless `value` is one of a few words."""
    if value not in (words := [str(choice) for choice in choices]):
        raise ProblemError(path, f"there is no {noun} {shown(value)}; it must be one of {', '.join(words)}.")


def check_distinct(values: Iterable[Any], path: str, sentence: str) -> None:
    """Raise with `sentence` at the first value that occurred before; `{}` in it stands for the value."""
    seen: set[Any] = set()
    for index, value in enumerate(values):
        if value in seen:
            raise ProblemError(f"{path}[{index}]", sentence.format(shown(value)))
        seen.add(value)


def shown(value: object) -> str:
    """Return a value as a sentence may show it: short, and text in quotes."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, tuple):
        return " and ".join(shown(item) for item in value)
    text = str(value) if not isinstance(value, int) or abs(value) < 10**30 else "a huge number"
    return text if len(text) <= 60 else f"{text[:57]}..."
