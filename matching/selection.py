"""Chooses among all pairs of a large market, compiled: the same choices that `pool` makes with arrays."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import Whole, compiled
from matching.figures import INELIGIBLE, Figures
from matching.sweep import Numbers, Sums, score_row

# Keys of a choice: the figure that counts, then eight bits that mix mentee and mentor, then the lower number.
MIXED = 256
MIX_MENTEE, MIX_MENTOR = 40503, 30011


class Heaps(NamedTuple):
    """The best keys of each mentor so far: those of mentor j from ``first[j]`` on, the least first."""

    first: NDArray[np.int64]
    size: NDArray[np.int64]
    keys: NDArray[np.int64]


class Choice(NamedTuple):
    """Room for the pairs chosen for some mentees: ``chosen[n]`` of the n-th, by columns in no order."""

    columns: NDArray[np.int32]
    points: NDArray[np.int32]
    chosen: NDArray[np.int64]


@compiled
def mixed(mentee: int, mentor: int) -> int:
    """Return eight bits that tell equal pairs apart, lest all mentees start with the same mentors."""
    return (mentee * MIX_MENTEE + mentor * MIX_MENTOR) & (MIXED - 1)


@compiled
def _settle(keys: Sums, places: Sums, size: int, key: int, place: Whole) -> None:
    """Put a key in the place of the least, which stands first; twice as far stand those that are greater."""
    at = 0
    while True:
        lower = 2 * at + 1
        if lower >= size:
            break
        if lower + 1 < size and keys[lower + 1] < keys[lower]:
            lower += 1
        if keys[lower] >= key:
            break
        keys[at], places[at] = keys[lower], places[lower]
        at = lower
    keys[at], places[at] = key, place


@compiled
def _rise(keys: Sums, places: Sums, size: int, key: int, place: Whole) -> None:
    """Add a key to those there are."""
    at = size
    while at > 0 and keys[(at - 1) // 2] > key:
        keys[at], places[at] = keys[(at - 1) // 2], places[(at - 1) // 2]
        at = (at - 1) // 2
    keys[at], places[at] = key, place


@compiled
def _keep_best(keys: Sums, places: Sums, size: int, key: int, place: Whole) -> int:
    """Keep a key if it is among the best that there is room for; return how many are kept."""
    if size < len(keys):
        _rise(keys, places, size, key, place)
        return size + 1
    if size and key > keys[0]:
        _settle(keys, places, size, key, place)
    return size


@compiled
def choose_best(
    figures: Figures, mentees: Sums, heaps: Heaps, choice: Choice, most: Sums, floor: Sums
) -> None:
    """Choose the best pairs of some mentees, as many as `choice` has room for, and offer all to the mentors.

    `most` and `floor` become the points of each mentee's best pair and of the best one not chosen.
    """
    mentors, everybody = len(heaps.size), len(figures.mentees.department)
    sums = np.zeros(mentors, dtype=np.int64)
    listed, points = np.empty(mentors, dtype=np.int32), np.empty(mentors, dtype=np.int32)
    keys = np.empty(choice.columns.shape[1] + 1, dtype=np.int64)
    places = np.empty_like(keys)
    nobody = np.empty_like(heaps.keys)
    for number in range(len(mentees)):
        mentee = mentees[number]
        count = score_row(figures, mentee, np.int64(INELIGIBLE), sums, listed, points)
        size = 0
        for place in range(count):
            mentor = listed[place]
            figure = np.int64(points[place]) * MIXED + mixed(mentee, mentor)
            size = _keep_best(keys, places, size, figure * mentors + (mentors - 1 - mentor), place)
            first, end = heaps.first[mentor], heaps.first[mentor + 1]
            key = figure * everybody + (everybody - 1 - mentee)
            held = heaps.size[mentor]
            if held < end - first or (end > first and key > heaps.keys[first]):
                heaps.size[mentor] = _keep_best(
                    heaps.keys[first:end], nobody[first:end], held, key, np.int64(0)
                )
        _write_best(choice, number, keys, places, size, listed, points, most, floor)


@compiled
def _write_best(
    choice: Choice,
    number: int,
    keys: Sums,
    places: Sums,
    size: int,
    listed: Numbers,
    points: Numbers,
    most: Sums,
    floor: Sums,
) -> None:
    """Write the best pairs of a mentee; one more was kept, which tells the best that is not chosen."""
    room = choice.columns.shape[1]
    most[number], floor[number] = 0, INELIGIBLE
    kept = 0
    for rank in range(size):
        place = places[rank]
        most[number] = max(most[number], points[place])
        if size > room and rank == 0:
            floor[number] = points[place]
            continue
        choice.columns[number, kept], choice.points[number, kept] = listed[place], points[place]
        kept += 1
    choice.chosen[number] = kept


class Offers(NamedTuple):
    """Prices as the choice needs them, and pairs that are settled: those of mentee i from ``first[i]`` on."""

    way_out: Sums
    mentors: Sums
    shut: NDArray[np.bool_]
    weight: int
    first: Sums
    settled: NDArray[np.int32]


@compiled
def _is_settled(offers: Offers, mentee: int, mentor: int) -> bool:
    for place in range(offers.first[mentee], offers.first[mentee + 1]):
        if offers.settled[place] == mentor:
            return True
    return False


@compiled
def choose_gaining(figures: Figures, mentees: Sums, offers: Offers, above: int, choice: Choice) -> bool:
    """Choose of each mentee the pairs that gain most, if more than `above`; tell whether any gains at all.

    Pairs that are settled, and mentors without room, are passed over.
    """
    mentors = len(offers.mentors)
    sums = np.zeros(mentors, dtype=np.int64)
    listed, points = np.empty(mentors, dtype=np.int32), np.empty(mentors, dtype=np.int32)
    keys = np.empty(choice.columns.shape[1], dtype=np.int64)
    places = np.empty_like(keys)
    cheapest, some_gain = offers.mentors.min(), False
    for number in range(len(mentees)):
        mentee = mentees[number]
        out = offers.way_out[mentee]
        fewest = fewest_points(above + 1 - out + cheapest, offers.weight)
        count = score_row(figures, mentee, fewest, sums, listed, points)
        size = 0
        for place in range(count):
            mentor = listed[place]
            gain = offers.weight * points[place] + out - offers.mentors[mentor]
            if gain > above and not offers.shut[mentor] and not _is_settled(offers, mentee, mentor):
                some_gain |= gain > 0
                size = _keep_best(keys, places, size, _ranked(gain, mentor, mentors), place)
        _write(choice, number, places, size, listed, points)
    return some_gain


@compiled
def fewest_points(gain: int, weight: int) -> int:
    """Return the fewest points that are worth so much, as far as it helps to know."""
    if weight == 0:
        return INELIGIBLE
    return max(INELIGIBLE, min(-(-gain // weight), -INELIGIBLE))


@compiled
def _ranked(gain: int, mentor: int, mentors: int) -> int:
    """Return a key that orders by gain, then by the lower number; gains beyond all points are all alike."""
    return min(gain, 1 << 40) * mentors + (mentors - 1 - mentor)


@compiled
def _write(choice: Choice, number: int, places: Sums, size: int, listed: Numbers, points: Numbers) -> None:
    for rank in range(size):
        choice.columns[number, rank] = listed[places[rank]]
        choice.points[number, rank] = points[places[rank]]
    choice.chosen[number] = size


@compiled
def choose_tied(
    figures: Figures,
    mentees: Sums,
    offers: Offers,
    lots: tuple[NDArray[np.uint64], NDArray[np.uint64]],
    choice: Choice,
) -> None:
    """Choose of each mentee the pairs that neither gain nor lose: those with the best lots."""
    mentors = len(offers.mentors)
    sums = np.zeros(mentors, dtype=np.int64)
    listed, points = np.empty(mentors, dtype=np.int32), np.empty(mentors, dtype=np.int32)
    keys = np.empty(choice.columns.shape[1], dtype=np.int64)
    places = np.empty_like(keys)
    cheapest = offers.mentors.min()
    for number in range(len(mentees)):
        mentee = mentees[number]
        out = offers.way_out[mentee]
        count = score_row(figures, mentee, fewest_points(cheapest - out, offers.weight), sums, listed, points)
        size = 0
        for place in range(count):
            mentor = listed[place]
            if offers.weight * points[place] + out != offers.mentors[mentor] or offers.shut[mentor]:
                continue
            if not _is_settled(offers, mentee, mentor):
                lot = drawn_lot(lots[0][mentee], lots[1][mentor])
                size = _keep_best(keys, places, size, lot * mentors + (mentors - 1 - mentor), place)
        _write(choice, number, places, size, listed, points)


@compiled
def drawn_lot(mentee: int, mentor: int) -> Any:
    """Return the lot of a pair, from the numbers drawn for both: as `Lots.of` does."""
    drawn = np.uint64(mentee) + np.uint64(mentor)
    drawn = (drawn ^ (drawn >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    drawn = (drawn ^ (drawn >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    drawn ^= drawn >> np.uint64(31)
    return np.int64(drawn >> np.uint64(34))
