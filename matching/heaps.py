"""Keeps the best pairs of a mentee and of every mentor in heaps, the least key first, compiled."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import Whole, lean
from matching.sweep import Desk, Singles, Sums

# Keys of a choice: the figure that counts, then eight bits that mix mentee and mentor, then the lower number.
MIXED = 256
MIX_MENTEE, MIX_MENTOR = 40503, 30011


class Heaps(NamedTuple):
    """The best keys of each mentor so far: those of mentor j from ``first[j]`` on, the least first.

    `asked` is the fewest points that a pair must have to be among them. All keys tell apart `mentees`.
    """

    first: NDArray[np.int64]
    size: NDArray[np.int64]
    keys: NDArray[np.int64]
    asked: Singles
    mentees: int


@lean
def mixed(mentee: int, mentor: int) -> int:
    """Return eight bits that tell equal pairs apart, lest all mentees start with the same mentors."""
    return (mentee * MIX_MENTEE + mentor * MIX_MENTOR) & (MIXED - 1)


@lean
def _settle(keys: Sums, places: Sums, first: Whole, size: Whole, key: Whole, place: Whole) -> None:
    """Put a key in the place of the least, which stands first; twice as far stand those that are greater."""
    at = np.int64(0)
    while True:
        lower = 2 * at + 1
        if lower >= size:
            break
        if lower + 1 < size and keys[first + lower + 1] < keys[first + lower]:
            lower += 1
        if keys[first + lower] >= key:
            break
        keys[first + at], places[first + at] = keys[first + lower], places[first + lower]
        at = lower
    keys[first + at], places[first + at] = key, place


@lean
def _rise(keys: Sums, places: Sums, first: Whole, size: Whole, key: Whole, place: Whole) -> None:
    """Add a key to those there are."""
    at = size
    while at > 0 and keys[first + (at - 1) // 2] > key:
        above = (at - 1) // 2
        keys[first + at], places[first + at] = keys[first + above], places[first + above]
        at = above
    keys[first + at], places[first + at] = key, place


@lean
def _keep_best(
    keys: Sums, places: Sums, first: Whole, room: Whole, size: Whole, key: Whole, place: Whole
) -> Any:
    """Keep a key if it is among the best that there is room for from `first` on; return how many are kept."""
    if size < room:
        _rise(keys, places, first, size, key, place)
        return size + 1
    if size and key > keys[first]:
        _settle(keys, places, first, size, key, place)
    return size


@lean
def keep_for_mentee(desk: Desk, size: Whole, figure: Whole, mentor: int, points: Whole) -> Any:
    """Let the mentee keep a pair that is among the best so far; return how many are kept."""
    mentors, room = len(desk.most), len(desk.keys)
    key = figure * mentors + (mentors - 1 - mentor)
    return _keep_best(desk.keys, desk.kept, np.int64(0), room, size, key, points)


@lean
def offer_to_mentor(heaps: Heaps, mentor: int, key: Whole, nobody: Sums) -> None:
    """Let a mentor keep a pair that is among the best so far."""
    first, held = heaps.first[mentor], heaps.size[mentor]
    room = heaps.first[mentor + 1] - first
    if room == 0 or (held == room and key <= heaps.keys[first]):
        return
    held = _keep_best(heaps.keys, nobody, first, room, held, key, np.int64(0))
    heaps.size[mentor] = held
    if held == room:
        heaps.asked[mentor] = heaps.keys[first] // heaps.mentees // MIXED
