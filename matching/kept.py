"""Keeps what has been found of a problem for as long as the problem itself is there."""

import weakref
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from matching.problem import Problem

Found = TypeVar("Found")
# What is kept, by the problem's identity: its value would have to be hashed anew each time.
_KEPT: dict[int, dict[Hashable, object]] = {}


def kept(problem: Problem, name: Hashable, find: Callable[[], Found]) -> Found:
    """Return what `find` finds of a problem under a name; it must not hold on to the problem."""
    number = id(problem)
    if number not in _KEPT:
        _KEPT[number] = {}
        weakref.finalize(problem, _KEPT.pop, number, None)
    found = _KEPT[number]
    if name not in found:
        found[name] = find()
    return cast(Found, found[name])
