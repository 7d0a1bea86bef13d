"""Best plans of large markets by auction: mentees bid for places, then mentors with free places come down.

Every place is sold to a mentee who, at the prices asked, would gain at most `step` elsewhere. With worths
multiplied by more than the number of places sought, a step of one leaves no better plan: losses of less than
one unit in all are none among whole numbers. Coarse steps come first, for good prices to begin with.
"""

import numpy as np

from matching.bidding import FINER, hold_auction
from matching.book import NOWHERE, Book
from matching.candidates import Candidates
from matching.goals import LARGEST_SUM, Amounts, Room
from matching.ledger import nobody_gains, write_gains
from matching.prices import FAR, Prices, bound_of, prices_if_best
from matching.rules import Mask

# Prices stay below 2.25 times the largest worth and what a mentee would offer for a place below five times.
SPREAD = 8
# Rough prices are sought to this part of a point at most.
PARTS = 32
# Looks at each candidate, to see whether a plan is the best before the auction has come to its end.
TRIAL = 100
# What covering one more counts for in an auction, where it outweighs all profits: so many of the largest.
LIGHT = 4
# Candidates looked at in all, for each there is: some forty are usual, and this many tell of a war of prices.
PATIENCE = 2_000
# An auction that goes on from known prices starts with a step so many times the last. Where few candidates
# are new it is soon over; where it takes this many looks at each, it is held anew.
AGAIN, SOON = 2, 200


def best_by_auction(
    candidates: Candidates, profits: Amounts, room: Room, bonus: Amounts, known: Amounts | None = None
) -> Mask | None:
    """Return which candidates a plan of greatest worth uses, or `None` where another method has to tell.

    That is where scaled prices could pass 64 bits, where bidding goes on for too long, and where the prices
    in the end do not prove the plan.

    Parameters
    ----------
    profits, bonus
        What each candidate is worth, and a mentee's first mentor besides, which is never negative.
    known
        Prices of mentors to begin with, in parts of `PARTS`, that are nearly right.

    References
    ----------
    D. P. Bertsekas, D. A. Castanon, "The auction algorithm for the transportation problem", Annals of
    Operations Research 20, 1989; and with H. Tsaknakis, "Reverse auction and the solution of inequality
    constrained assignment problems", SIAM Journal on Optimization 3, 1993.
    """
    scale = int(np.minimum(room.places, np.bincount(candidates.rows, minlength=len(bonus))).sum()) + 1
    light = _lightened(profits, bonus)
    for counts in (light, bonus) if light is not bonus else (bonus,):
        largest = _largest(profits, counts)
        if SPREAD * largest * scale > LARGEST_SUM:
            return None
        book = _book(candidates, profits, room, counts, scale)
        patience, coarse = PATIENCE * len(candidates), max(1, scale // PARTS)
        start = None if known is None or counts is not light else _scaled(known, largest, scale)
        left = _hold(book, max(1, largest * scale // 4), coarse, patience, start)
        # Mostly the plan is the best long before bids are so fine that they tell.
        if left > 0 and _is_best(candidates, profits, room, bonus, book.used):
            return book.used
        left = hold_auction(book, max(1, coarse // FINER), 1, left)
        if left <= 0 or not _is_proved(book, scale):
            return None
        if counts is bonus or covers_most(book, bonus):
            return book.used
    return None


def _is_best(candidates: Candidates, profits: Amounts, room: Room, bonus: Amounts, used: Mask) -> bool:
    """Tell whether a plan's own prices, where they are soon found, let no plan be worth more."""
    prices = prices_if_best(candidates, profits, used, room, bonus, TRIAL * len(candidates))
    if prices is None:
        return False
    covered = np.unique(candidates.rows[used])
    worth = sum(profits[used].tolist()) + sum(bonus[covered].tolist())
    return bool(bound_of(candidates, profits, room, bonus, prices) == worth)


def _scaled(known: Amounts, largest: int, scale: int) -> Amounts:
    """Return known prices as an auction of such worths has them, none beyond those that it leads to."""
    bounded = np.minimum(known, 2 * largest * PARTS)
    return np.asarray(bounded // PARTS * scale + bounded % PARTS * scale // PARTS)


def _hold(book: Book, first: int, last: int, patience: int, start: Amounts | None) -> int:
    """Hold an auction from known prices, or from none; return the patience that is left."""
    if start is not None:
        book.price[:] = start
        soon = SOON * len(book.mentee)
        left = int(hold_auction(book, min(first, AGAIN * last), last, soon))
        if left > 0:
            return patience - soon + left
        book.price[:] = 0
    return int(hold_auction(book, first, last, patience))


def rough_prices(
    candidates: Candidates,
    profits: Amounts,
    room: Room,
    bonus: Amounts,
    unit: int,
    parts: int,
    known: Amounts | None = None,
) -> tuple[Prices, Amounts | None]:
    """Return prices at which nearly nobody would rather have another candidate: good enough to seek by.

    The mentors' are returned in parts of `PARTS` as well, to go on from when there are more candidates.

    Parameters
    ----------
    unit
        What a point is worth.
    parts
        To what part of a point places are sold, at most `PARTS`.
    known
        Prices of mentors to begin with, in parts of `PARTS`, that are nearly right.
    """
    counts = _lightened(profits, bonus)
    largest = _largest(profits, counts)
    if SPREAD * largest * PARTS > LARGEST_SUM:
        return Prices(bonus, np.zeros(len(room.capacity), dtype=np.int64)), None
    book = _book(candidates, profits, room, counts, PARTS)
    last = unit * (PARTS // parts)
    start = None if known is None else _scaled(known, largest, PARTS)
    _hold(book, max(last, largest * PARTS // 4), last, PATIENCE * len(candidates), start)
    most = np.zeros(len(book.unit), dtype=np.int64)
    write_gains(book, book.price, most)
    way_out = np.asarray(counts).copy()
    seeking = np.diff(book.unit_first) > 0
    way_out[seeking] = -(most[book.unit_first[1:][seeking] - 1] // PARTS)
    return Prices(way_out, book.price // PARTS), book.price


def _largest(profits: Amounts, bonus: Amounts) -> int:
    return max(int(np.abs(profits).max(initial=0)), int(bonus.max(initial=0)))


def _lightened(profits: Amounts, bonus: Amounts) -> Amounts:
    """Return bonuses in the same order but no larger than it takes, mostly, to outweigh the profits.

    Prices that have to rise to large bonuses take long to get there.
    """
    enough = LIGHT * int(np.abs(profits).max(initial=1))
    values, rank = np.unique(np.append(bonus, 0), return_inverse=True)
    if not len(bonus) or bonus.min() < 0 or int(np.diff(values).min(initial=FAR)) <= enough:
        return bonus
    return rank[:-1] * np.int64(enough)


def _is_proved(book: Book, scale: int) -> bool:
    """Tell whether no plan is worth a unit more than that of the book, by the prices in it.

    At these prices nobody can do better than with the candidates that leave most, one for each place.
    """
    most = np.zeros(len(book.unit), dtype=np.int64)
    write_gains(book, book.price, most)
    seeking = np.diff(book.unit_first) > 0
    # Sums in Python's numbers, which no size of worths overflows.
    outside = sum(book.without[seeking].tolist())
    sold = zip(np.diff(book.place_first).tolist(), book.price.tolist(), strict=True)
    bound = sum(most.tolist()) - outside + sum(places * price for places, price in sold)
    served = np.unique(book.mentee[book.used])
    worth = sum(book.worth[book.used].tolist()) - sum(book.without[served].tolist())
    return bool(bound - worth < scale)


def covers_most(book: Book, bonus: Amounts) -> bool:
    """Tell whether no other plan covers mentees of a greater sum of bonuses, whatever their profits.

    The sets of mentees that can be covered together are independent sets of a matroid, so it is enough to
    look for one left out who could be covered, or take the place of one whose bonus is less.
    """
    left_out = np.bincount(book.mentee[book.used], minlength=len(bonus)) == 0
    asking = np.flatnonzero(left_out & (np.diff(book.unit_first) > 0) & (bonus > 0))
    asking = asking[np.argsort(-bonus[asking], kind="stable")]
    return bool(nobody_gains(book, asking.astype(np.int64), bonus))


def _book(candidates: Candidates, profits: Amounts, room: Room, bonus: Amounts, scale: int) -> Book:
    """Return an empty book in which all worths are multiplied."""
    mentees, mentors = len(room.places), len(room.capacity)
    of_mentee = np.bincount(candidates.rows, minlength=mentees)
    of_mentor = np.bincount(candidates.columns, minlength=mentors)
    # More than one for each candidate can never be used.
    units, places = np.minimum(room.places, of_mentee), np.minimum(room.capacity, of_mentor)
    return Book(
        first=_firsts(of_mentee),
        mentee=candidates.rows.astype(np.int32),
        mentor=candidates.columns.astype(np.int32),
        worth=profits * scale,
        mentor_first=_firsts(of_mentor),
        by_mentor=candidates.by_mentor().astype(np.int32),
        unit_first=_firsts(units),
        unit=np.full(int(units.sum()), NOWHERE, dtype=np.int64),
        used=np.zeros(len(candidates), dtype=np.bool_),
        without=-bonus * scale,
        price=np.zeros(mentors, dtype=np.int64),
        place_first=_firsts(places),
        held=np.zeros(mentors, dtype=np.int64),
        bids=np.zeros(int(places.sum()), dtype=np.int64),
        holders=np.zeros(int(places.sum()), dtype=np.int64),
    )


def _firsts(counts: Amounts) -> Amounts:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
