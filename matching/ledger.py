"""What the book of an auction tells in the end, compiled: what is left to each mentee, and who could move."""

import numpy as np

from matching.book import WORST, Book, Numbers
from matching.compiled import compiled


@compiled
def write_gains(book: Book, price: Numbers, most: Numbers) -> None:
    """Write what each unit leaves its mentee at some prices, the best first: more than to stay outside."""
    for mentee in range(len(book.first) - 1):
        first, end = book.unit_first[mentee], book.unit_first[mentee + 1]
        if end == first:
            continue
        most[first:end] = WORST
        for candidate in range(book.first[mentee], book.first[mentee + 1]):
            net = book.worth[candidate] - price[book.mentor[candidate]]
            at = end - 1
            if net <= most[at]:
                continue
            while at > first and most[at - 1] < net:
                most[at] = most[at - 1]
                at -= 1
            most[at] = net
        most[first] = max(most[first], book.without[mentee])
        for unit in range(first + 1, end):
            most[unit] = max(most[unit], np.int64(0))


@compiled
def nobody_gains(book: Book, asking: Numbers, bonus: Numbers) -> bool:
    """Tell whether no chain of moves ends with a free place, or with somebody whose bonus is less."""
    seen = np.zeros(len(book.price), dtype=np.bool_)
    moving = np.empty(len(book.mentee) + 1, dtype=np.int64)
    for first in asking:
        moving[0], left = first, 1
        while left:
            left -= 1
            mentee = moving[left]
            for candidate in range(book.first[mentee], book.first[mentee + 1]):
                mentor = book.mentor[candidate]
                if seen[mentor]:
                    continue
                seen[mentor] = True
                start = book.place_first[mentor]
                if start + book.held[mentor] < book.place_first[mentor + 1]:
                    return False
                for place in range(start, start + book.held[mentor]):
                    holder = book.mentee[book.holders[place]]
                    units = 0
                    for unit in range(book.unit_first[holder], book.unit_first[holder + 1]):
                        units += book.unit[unit] >= 0
                    if units > 1 or bonus[holder] < bonus[first]:
                        return False
                    moving[left] = holder
                    left += 1
    return True
