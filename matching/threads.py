"""Shares work among threads: of use where the work runs without the interpreter's lock."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def in_threads(work: Callable[..., Result], *parts: Iterable[Any]) -> list[Result]:
    """Return the results of independent parts of a work, in their order, each part done by a thread."""
    listed = list(zip(*parts, strict=False))
    if len(listed) < 2:
        return [work(*part) for part in listed]
    with ThreadPoolExecutor(len(listed)) as threads:
        return list(threads.map(lambda part: work(*part), listed))
