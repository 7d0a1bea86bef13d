"""How prices come down in an auction, compiled: who has free places asks less until somebody comes."""

from typing import Any

import numpy as np

from matching.book import NOWHERE, OUTSIDE, Book, Numbers, give_up, take
from matching.compiled import Whole, lean


@lean
def _worst_unit(book: Book, mentee: Whole) -> tuple[Any, Any]:
    """Return the unit of a mentee that has the least, and how much that is."""
    found: Whole = np.int64(NOWHERE)
    last_out: Whole = np.int64(NOWHERE)
    least, out = np.int64(2**62), 0
    first, end = book.unit_first[mentee], book.unit_first[mentee + 1]
    for unit in range(first, end):
        candidate = book.unit[unit]
        if candidate == OUTSIDE:
            out += 1
            last_out = unit
        elif candidate != NOWHERE:
            value = book.worth[candidate] - book.price[book.mentor[candidate]]
            if value < least:
                found, least = unit, value
    if out:
        outside = book.without[mentee] if out == end - first else np.int64(0)
        if outside <= least:
            return last_out, outside
    return found, least


@lean
def _tell_holders(book: Book, mentor: Whole, least: Numbers) -> None:
    """Note anew what is left at least to those who have a place with a mentor."""
    first = book.place_first[mentor]
    for place in range(first, first + book.held[mentor]):
        holder = book.mentee[book.holders[place]]
        least[holder] = _worst_unit(book, holder)[1]


@lean
def _attract(book: Book, mentor: Whole, least: Numbers, step: Whole) -> Any:
    """Lower a mentor's price until somebody takes a free place; return who has a place to give up for it."""
    best, second, chosen = np.int64(0), np.int64(0), np.int64(NOWHERE)
    for place in range(book.mentor_first[mentor], book.mentor_first[mentor + 1]):
        candidate = np.int64(book.by_mentor[place])
        offer = book.worth[candidate] - least[book.mentee[candidate]]
        if offer > second and not book.used[candidate]:
            if offer > best:
                best, second, chosen = offer, best, candidate
            else:
                second = offer
    if chosen == NOWHERE:
        book.price[mentor] = 0
        _tell_holders(book, mentor, least)
        return np.int64(NOWHERE)
    leaves = _worst_unit(book, book.mentee[chosen])[0]
    price = min(book.price[mentor], max(np.int64(0), second - step))
    book.price[mentor] = price
    left = book.unit[leaves]
    book.unit[leaves] = chosen
    book.used[chosen] = True
    take(book, chosen, price)
    _tell_holders(book, mentor, least)
    return left


@lean
def come_down(book: Book, waiting: Numbers, least: Numbers, step: Whole, patience: Whole) -> Any:
    """Let mentors with free places lower their prices until those are taken, or free of charge.

    Return the patience that is left. ``least`` has room for what each mentee's worst unit leaves.
    """
    left = np.int64(0)
    for mentor in range(len(book.price)):
        places = book.place_first[mentor + 1] - book.place_first[mentor]
        if book.price[mentor] > 0 and book.held[mentor] < places:
            waiting[left] = mentor
            left += 1
    if left:
        for mentee in range(len(least)):
            least[mentee] = _worst_unit(book, mentee)[1]
    while left:
        left -= 1
        mentor = waiting[left]
        places = book.place_first[mentor + 1] - book.place_first[mentor]
        while book.price[mentor] > 0 and book.held[mentor] < places and patience > 0:
            patience -= book.mentor_first[mentor + 1] - book.mentor_first[mentor]
            gone = _attract(book, mentor, least, step)
            if gone >= 0:
                other = book.mentor[gone]
                book.used[gone] = False
                was_full = book.held[other] == book.place_first[other + 1] - book.place_first[other]
                give_up(book, gone)
                if was_full and book.price[other] > 0:
                    waiting[left] = other
                    left += 1
    return patience
