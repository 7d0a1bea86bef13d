"""The compiled steps of an auction: who bids what, who has to leave, and how prices come down."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import Whole, compiled
from matching.goals import LARGEST_SUM

Numbers = NDArray[np.int64]
# Each step is so much finer than the one before; before it prices fall by so many of the coarser ones, since
# it is cheaper to bid them up again than to bring down those that are too high.
FINER, FALL = 4, 5
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
    mentee: Numbers
    mentor: Numbers
    worth: Numbers
    mentor_first: Numbers
    by_mentor: Numbers
    unit_first: Numbers
    unit: Numbers
    used: NDArray[np.bool_]
    without: Numbers
    price: Numbers
    place_first: Numbers
    held: Numbers
    bids: Numbers
    holders: Numbers


@compiled
def _outside(book: Book, mentee: int) -> Any:
    """Return what one more unit outside is worth: nothing, or what the last one costs."""
    first, end = book.unit_first[mentee], book.unit_first[mentee + 1]
    out = 0
    for unit in range(first, end):
        out += book.unit[unit] == OUTSIDE
    return book.without[mentee] if out == end - first - 1 else 0


@compiled
def _sift_down(bids: Numbers, holders: Numbers, size: int, at: Whole) -> None:
    bid, holder = bids[at], holders[at]
    while 2 * at + 1 < size:
        lower = 2 * at + 1
        if lower + 1 < size and bids[lower + 1] < bids[lower]:
            lower += 1
        if bids[lower] >= bid:
            break
        bids[at], holders[at] = bids[lower], holders[lower]
        at = lower
    bids[at], holders[at] = bid, holder


@compiled
def _sift_up(bids: Numbers, holders: Numbers, at: int) -> None:
    bid, holder = bids[at], holders[at]
    while at > 0 and bids[(at - 1) // 2] > bid:
        bids[at], holders[at] = bids[(at - 1) // 2], holders[(at - 1) // 2]
        at = (at - 1) // 2
    bids[at], holders[at] = bid, holder


@compiled
def _take(book: Book, candidate: int, bid: int) -> Any:
    """Sell a place to a candidate; return the candidate that had it, or `NOWHERE` when it was free."""
    mentor = book.mentor[candidate]
    first, end = book.place_first[mentor], book.place_first[mentor + 1]
    bids, holders = book.bids[first:end], book.holders[first:end]
    size, evicted = book.held[mentor], NOWHERE
    if size == len(bids):
        evicted = holders[0]
        bids[0], holders[0] = bid, candidate
        _sift_down(bids, holders, size, np.int64(0))
    else:
        bids[size], holders[size] = bid, candidate
        _sift_up(bids, holders, size)
        book.held[mentor] = size + 1
    if book.held[mentor] == len(bids):
        book.price[mentor] = bids[0]
    return evicted


@compiled
def _give_up(book: Book, candidate: int) -> None:
    """Free the place a candidate has."""
    mentor = book.mentor[candidate]
    first = book.place_first[mentor]
    size = book.held[mentor] - 1
    bids, holders = book.bids[first : first + size + 1], book.holders[first : first + size + 1]
    at = 0
    while holders[at] != candidate:
        at += 1
    bids[at], holders[at] = bids[size], holders[size]
    book.held[mentor] = size
    if at < size:
        _sift_down(bids, holders, size, at)
        _sift_up(bids, holders, at)


@compiled
def _bid(book: Book, unit: int, mentee: int, step: int) -> Any:
    """Let a unit of a mentee take what is best for it; return the candidate that loses a place, if any."""
    best, second, chosen = WORST, WORST, NOWHERE
    for candidate in range(book.first[mentee], book.first[mentee + 1]):
        if not book.used[candidate]:
            value = book.worth[candidate] - book.price[book.mentor[candidate]]
            if value > best:
                best, second, chosen = value, best, candidate
            elif value > second:
                second = value
    outside = _outside(book, mentee)
    if chosen == NOWHERE or outside >= best:
        book.unit[unit] = OUTSIDE
        return NOWHERE
    book.used[chosen] = True
    book.unit[unit] = chosen
    return _take(book, chosen, book.worth[chosen] - max(second, outside) + step)


@compiled
def _unit_of(book: Book, candidate: int) -> Any:
    unit = book.unit_first[book.mentee[candidate]]
    while book.unit[unit] != candidate:
        unit += 1
    return unit


@compiled
def _sell(book: Book, waiting: Numbers, step: int, patience: int) -> Any:
    """Let mentees bid until every unit has a place or stays outside; return the patience that is left."""
    mentees = len(book.first) - 1
    left = 0
    for mentee in range(mentees - 1, -1, -1):
        for unit in range(book.unit_first[mentee], book.unit_first[mentee + 1]):
            book.unit[unit] = NOWHERE
            waiting[left] = mentee
            left += 1
    while left and patience > 0:
        left -= 1
        mentee = waiting[left]
        patience -= book.first[mentee + 1] - book.first[mentee]
        unit = book.unit_first[mentee]
        while book.unit[unit] != NOWHERE:
            unit += 1
        evicted = _bid(book, unit, mentee, step)
        if evicted != NOWHERE:
            book.unit[_unit_of(book, evicted)] = NOWHERE
            book.used[evicted] = False
            waiting[left] = book.mentee[evicted]
            left += 1
    return patience


@compiled
def _worst_unit(book: Book, mentee: int) -> tuple[int, Any]:
    """Return the unit of a mentee that has the least, and how much that is."""
    found, least, out, last_out = NOWHERE, np.int64(2**62), 0, NOWHERE
    first, end = book.unit_first[mentee], book.unit_first[mentee + 1]
    for unit in range(first, end):
        candidate = book.unit[unit]
        if candidate == OUTSIDE:
            out += 1
            last_out = unit
        else:
            value = book.worth[candidate] - book.price[book.mentor[candidate]]
            if value < least:
                found, least = unit, value
    if out:
        outside = book.without[mentee] if out == end - first else np.int64(0)
        if outside <= least:
            return last_out, outside
    return found, least


@compiled
def _attract(book: Book, mentor: int, step: int) -> Any:
    """Lower a mentor's price until somebody takes a free place; return who has a place to give up for it."""
    best, second, chosen, leaves = np.int64(0), np.int64(0), NOWHERE, NOWHERE
    for place in range(book.mentor_first[mentor], book.mentor_first[mentor + 1]):
        candidate = book.by_mentor[place]
        if not book.used[candidate]:
            unit, value = _worst_unit(book, book.mentee[candidate])
            offer = book.worth[candidate] - value
            if offer > best:
                best, second, chosen, leaves = offer, best, candidate, unit
            elif offer > second:
                second = offer
    if chosen == NOWHERE:
        book.price[mentor] = 0
        return NOWHERE
    price = min(book.price[mentor], max(np.int64(0), second - step))
    book.price[mentor] = price
    left = book.unit[leaves]
    book.unit[leaves] = chosen
    book.used[chosen] = True
    _take(book, chosen, price)
    return left


@compiled
def _come_down(book: Book, waiting: Numbers, step: int, patience: int) -> Any:
    """Let mentors with free places lower their prices until those are taken, or free of charge.

    Return the patience that is left.
    """
    mentors = len(book.price)
    left = 0
    for mentor in range(mentors):
        if (
            book.price[mentor] > 0
            and book.held[mentor] < book.place_first[mentor + 1] - book.place_first[mentor]
        ):
            waiting[left] = mentor
            left += 1
    while left:
        left -= 1
        mentor = waiting[left]
        places = book.place_first[mentor + 1] - book.place_first[mentor]
        while book.price[mentor] > 0 and book.held[mentor] < places and patience > 0:
            patience -= book.mentor_first[mentor + 1] - book.mentor_first[mentor]
            gone = _attract(book, mentor, step)
            if gone >= 0:
                other = book.mentor[gone]
                book.used[gone] = False
                was_full = book.held[other] == book.place_first[other + 1] - book.place_first[other]
                _give_up(book, gone)
                if was_full and book.price[other] > 0:
                    waiting[left] = other
                    left += 1
    return patience


@compiled
def hold_auction(book: Book, step: Any, last: Whole, patience: int) -> Any:
    """Sell all places anew, with finer and finer steps, from the prices there are.

    Return the patience that is left; when there is none the auction has not come to its end.
    """
    waiting = np.empty(len(book.unit) + len(book.price) + 1, dtype=np.int64)
    while True:
        book.used[:] = False
        book.held[:] = 0
        patience = _sell(book, waiting, step, patience)
        patience = _come_down(book, waiting, step, patience)
        if step <= last or patience <= 0:
            return patience
        book.price[:] = np.maximum(0, book.price - FALL * step)
        step = max(last, step // FINER)
