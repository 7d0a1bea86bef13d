"""The compiled steps of an auction: who bids what, and who has to leave for it."""

from typing import Any, NamedTuple

import numpy as np

from matching.book import NOWHERE, OUTSIDE, WORST, Book, Numbers, Places, outside, take, unit_of
from matching.compiled import Whole, compiled, lean
from matching.goals import LARGEST_SUM
from matching.yielding import come_down

# Each step is so much finer than the one before; before it prices fall by so many of the coarser ones, since
# it is cheaper to bid them up again than to bring down those that are too high.
FINER, FALL = 4, 5
# So many of the best candidates of a mentee are kept at hand: the best two are mostly among them at each bid.
SHORT = 8
UNSEEN = np.int64(LARGEST_SUM)


class Shortlists(NamedTuple):
    """The best candidates of each mentee when all were last looked at.

    While places are sold prices only rise, so no other leaves more than ``limit[i]``, the most of them then.
    ``net`` has room for what those on one list leave.
    """

    candidate: Places
    limit: Numbers
    net: Numbers


@lean
def _list_best(book: Book, mentee: Whole, lists: Shortlists) -> None:
    """Look at all candidates of a mentee and list the best."""
    start, kept, net = mentee * SHORT, lists.candidate, lists.net
    for place in range(SHORT):
        kept[start + place] = NOWHERE
        net[place] = WORST
    limit, least = WORST, WORST
    for candidate in range(book.first[mentee], book.first[mentee + 1]):
        value = book.worth[candidate] - book.price[book.mentor[candidate]]
        if value <= least:
            limit = max(limit, value)
            continue
        limit, at = least, SHORT - 1
        while at > 0 and net[at - 1] < value:
            net[at], kept[start + at] = net[at - 1], kept[start + at - 1]
            at -= 1
        net[at], kept[start + at] = value, candidate
        least = net[SHORT - 1]
    lists.limit[mentee] = limit


@lean
def _best_listed(book: Book, lists: Shortlists, mentee: Whole) -> tuple[Any, Any, Any]:
    """Return what the best candidate on a mentee's list leaves, what the next best does, and the first."""
    best, second, chosen = WORST, WORST, np.int64(NOWHERE)
    for place in range(mentee * SHORT, (mentee + 1) * SHORT):
        candidate = np.int64(lists.candidate[place])
        if candidate == NOWHERE:
            break
        value = book.worth[candidate] - book.price[book.mentor[candidate]]
        if value > best:
            best, second, chosen = value, best, candidate
        elif value == best:
            second, chosen = value, min(chosen, candidate)
        elif value > second:
            second = value
    return best, second, chosen


@lean
def _best_of_all(book: Book, mentee: Whole) -> tuple[Any, Any, Any]:
    """Return of all candidates of a mentee what `_best_listed` returns of a list."""
    best, second, chosen = WORST, WORST, np.int64(NOWHERE)
    for candidate in range(book.first[mentee], book.first[mentee + 1]):
        if not book.used[candidate]:
            value = book.worth[candidate] - book.price[book.mentor[candidate]]
            if value > best:
                best, second, chosen = value, best, np.int64(candidate)
            elif value > second:
                second = value
    return best, second, chosen


@lean
def _best_free(book: Book, mentee: Whole, lists: Shortlists) -> tuple[Any, Any, Any]:
    """Return the best free candidate of a mentee, and what it and the next best leave."""
    if book.unit_first[mentee + 1] - book.unit_first[mentee] > 1:
        return _best_of_all(book, mentee)
    # Who seeks one place has none while bidding: all candidates are free.
    for look in range(2):
        if look or lists.limit[mentee] == UNSEEN:
            _list_best(book, mentee, lists)
        best, second, chosen = _best_listed(book, lists, mentee)
        if best > lists.limit[mentee] and second >= lists.limit[mentee]:
            return best, second, chosen
    return _best_of_all(book, mentee)


@lean
def _bid(book: Book, unit: Whole, mentee: Whole, step: Whole, lists: Shortlists) -> Any:
    """Let a unit of a mentee take what is best for it; return the candidate that loses a place, if any."""
    best, second, chosen = _best_free(book, mentee, lists)
    instead = outside(book, mentee)
    if chosen == NOWHERE or instead >= best:
        book.unit[unit] = OUTSIDE
        return np.int64(NOWHERE)
    book.used[chosen] = True
    book.unit[unit] = chosen
    return take(book, chosen, book.worth[chosen] - max(second, instead) + step)


@lean
def _sell(book: Book, waiting: Numbers, lists: Shortlists, step: Whole, patience: Whole) -> Any:
    """Let mentees bid until every unit has a place or stays outside; return the patience that is left."""
    mentees = len(book.first) - 1
    left = np.int64(0)
    for mentee in range(mentees - 1, -1, -1):
        lists.limit[mentee] = UNSEEN
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
        evicted = _bid(book, unit, mentee, step, lists)
        if evicted != NOWHERE:
            book.unit[unit_of(book, evicted)] = NOWHERE
            book.used[evicted] = False
            waiting[left] = book.mentee[evicted]
            left += 1
    return patience


@compiled
def hold_auction(book: Book, step: Any, last: Whole, patience: int) -> Any:
    """Sell all places anew, with finer and finer steps, from the prices there are.

    Return the patience that is left; when there is none the auction has not come to its end.
    """
    mentees = len(book.first) - 1
    waiting = np.empty(len(book.unit) + len(book.price) + 1, dtype=np.int64)
    lists = Shortlists(
        np.full(mentees * SHORT, NOWHERE, dtype=np.int32),
        np.empty(mentees, dtype=np.int64),
        np.empty(SHORT, dtype=np.int64),
    )
    least = np.empty(mentees, dtype=np.int64)
    while True:
        book.used[:] = False
        book.held[:] = 0
        patience = _sell(book, waiting, lists, step, patience)
        patience = come_down(book, waiting, least, step, patience)
        if step <= last or patience <= 0:
            return patience
        book.price[:] = np.maximum(0, book.price - FALL * step)
        step = max(last, step // FINER)
