"""The book of an auction: who asks for what, who holds which place, and how places change hands, compiled."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import Whole, lean
from matching.goals import LARGEST_SUM

Numbers = NDArray[np.int64]
Places = NDArray[np.int32]
NOWHERE, OUTSIDE = -1, -2
WORST = np.int64(-LARGEST_SUM)


class Book(NamedTuple):
    """Who asks for what, and who holds which place.

    Candidates are numbered by mentee, those of mentee i from ``first[i]``; ``by_mentor`` has their numbers by
    mentor, those of mentor j from ``mentor_first[j]``. Mentee i seeks the units from ``unit_first[i]`` on:
    ``unit[u]`` is the candidate it has, `OUTSIDE` or `NOWHERE`. Mentor j has the places from
    ``place_first[j]`` on, the first ``held[j]`` of which are taken by candidates at bids, the lowest first.
    To have nobody in a mentee's last unit is worth ``without[i]``, in the others nothing.
    """

    first: Numbers
    mentee: Places
    mentor: Places
    worth: Numbers
    mentor_first: Numbers
    by_mentor: Places
    unit_first: Numbers
    unit: Numbers
    used: NDArray[np.bool_]
    without: Numbers
    price: Numbers
    place_first: Numbers
    held: Numbers
    bids: Numbers
    holders: Numbers


@lean
def outside(book: Book, mentee: Whole) -> Any:
    """Return what one more unit outside is worth: nothing, or what the last one costs."""
    first, end = book.unit_first[mentee], book.unit_first[mentee + 1]
    out = 0
    for unit in range(first, end):
        out += book.unit[unit] == OUTSIDE
    return book.without[mentee] if out == end - first - 1 else np.int64(0)


@lean
def _sift_down(book: Book, first: Whole, size: Whole, at: Whole) -> None:
    bids, holders = book.bids, book.holders
    bid, holder = bids[first + at], holders[first + at]
    while 2 * at + 1 < size:
        lower = 2 * at + 1
        if lower + 1 < size and bids[first + lower + 1] < bids[first + lower]:
            lower += 1
        if bids[first + lower] >= bid:
            break
        bids[first + at], holders[first + at] = bids[first + lower], holders[first + lower]
        at = lower
    bids[first + at], holders[first + at] = bid, holder


@lean
def _sift_up(book: Book, first: Whole, at: Whole) -> None:
    bids, holders = book.bids, book.holders
    bid, holder = bids[first + at], holders[first + at]
    while at > 0 and bids[first + (at - 1) // 2] > bid:
        above = (at - 1) // 2
        bids[first + at], holders[first + at] = bids[first + above], holders[first + above]
        at = above
    bids[first + at], holders[first + at] = bid, holder


@lean
def take(book: Book, candidate: Whole, bid: Whole) -> Any:
    """Sell a place to a candidate; return the candidate that had it, or `NOWHERE` when it was free."""
    mentor = book.mentor[candidate]
    first = book.place_first[mentor]
    places, size, evicted = book.place_first[mentor + 1] - first, book.held[mentor], np.int64(NOWHERE)
    if size == places:
        evicted = book.holders[first]
        book.bids[first], book.holders[first] = bid, candidate
        _sift_down(book, first, size, np.int64(0))
    else:
        book.bids[first + size], book.holders[first + size] = bid, candidate
        _sift_up(book, first, size)
        book.held[mentor] = size + 1
    if book.held[mentor] == places:
        book.price[mentor] = book.bids[first]
    return evicted


@lean
def give_up(book: Book, candidate: Whole) -> None:
    """Free the place a candidate has."""
    mentor = book.mentor[candidate]
    first = book.place_first[mentor]
    size = book.held[mentor] - 1
    at = np.int64(0)
    while book.holders[first + at] != candidate:
        at += 1
    book.bids[first + at], book.holders[first + at] = book.bids[first + size], book.holders[first + size]
    book.held[mentor] = size
    if at < size:
        _sift_down(book, first, size, at)
        _sift_up(book, first, at)


@lean
def unit_of(book: Book, candidate: Whole) -> Any:
    """Return the unit of a mentee that has a candidate."""
    unit = book.unit_first[book.mentee[candidate]]
    while book.unit[unit] != candidate:
        unit += 1
    return unit
