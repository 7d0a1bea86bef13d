"""Chooses among all pairs of a large market, compiled: the same choices that `pool` makes with arrays."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import Whole, compiled
from matching.figures import INELIGIBLE, Figures
from matching.sweep import (
    Desk,
    Sums,
    Wanted,
    cover_wants,
    exceptional,
    in_band,
    judged,
    new_desk,
    within_reach,
    worth_covered,
)

# Keys of a choice: the figure that counts, then eight bits that mix mentee and mentor, then the lower number.
MIXED = 256
MIX_MENTEE, MIX_MENTOR = 40503, 30011
# The best pairs of a mentee are sought by what skills can be worth, so many points at a time.
BAND = 6.0
# More than rounding adds to the points for skills, and the doubles to a bound of them.
ROUNDED, EXACT = 1.001, 1e-12
# Gains beyond all points are all alike.
LARGEST_GAIN = 1 << 40


class Heaps(NamedTuple):
    """The best keys of each mentor so far: those of mentor j from ``first[j]`` on, the least first.

    `asked` is the fewest points that a pair must have to be among them. All keys tell apart `mentees`.
    """

    first: NDArray[np.int64]
    size: NDArray[np.int64]
    keys: NDArray[np.int64]
    asked: NDArray[np.float64]
    mentees: int


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
def _settle(keys: Sums, places: Sums, size: Whole, key: Whole, place: Whole) -> None:
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
def _rise(keys: Sums, places: Sums, size: Whole, key: Whole, place: Whole) -> None:
    """Add a key to those there are."""
    at = size
    while at > 0 and keys[(at - 1) // 2] > key:
        keys[at], places[at] = keys[(at - 1) // 2], places[(at - 1) // 2]
        at = (at - 1) // 2
    keys[at], places[at] = key, place


@compiled
def _keep_best(keys: Sums, places: Sums, size: Whole, key: Whole, place: Whole) -> Any:
    """Keep a key if it is among the best that there is room for; return how many are kept."""
    if size < len(keys):
        _rise(keys, places, size, key, place)
        return size + 1
    if size and key > keys[0]:
        _settle(keys, places, size, key, place)
    return size


@compiled
def _offer_to_mentor(heaps: Heaps, mentor: int, key: Whole, nobody: Sums) -> None:
    """Let a mentor keep a pair that is among the best so far."""
    first, end = heaps.first[mentor], heaps.first[mentor + 1]
    held = heaps.size[mentor]
    if end == first or (held == end - first and key <= heaps.keys[first]):
        return
    held = _keep_best(heaps.keys[first:end], nobody[first:end], held, key, np.int64(0))
    heaps.size[mentor] = held
    if held == end - first:
        heaps.asked[mentor] = heaps.keys[first] // heaps.mentees // MIXED


@compiled
def _take_best(desk: Desk, size: Whole, count: int, mentee: int, heaps: Heaps, nobody: Sums) -> Any:
    """Offer the pairs listed to the mentee and to the mentors; return how many the mentee keeps."""
    mentors, everybody = len(heaps.size), heaps.mentees
    for place in range(count):
        mentor, points = desk.mentors[place], np.int64(desk.points[place])
        figure = points * MIXED + mixed(mentee, mentor)
        size = _keep_best(desk.keys, desk.kept, size, figure * mentors + (mentors - 1 - mentor), points)
        _offer_to_mentor(heaps, mentor, figure * everybody + (everybody - 1 - mentee), nobody)
    return size


@compiled
def choose_best(
    figures: Figures, mentees: Sums, heaps: Heaps, choice: Choice, most: Sums, floor: Sums
) -> None:
    """Choose the best pairs of some mentees, as many as `choice` has room for, and offer all to the mentors.

    `most` and `floor` become the points of each mentee's best pair and of the best one not chosen. Mentors
    are looked at in bands, by the most that skills can be worth, until the best are found; of the others
    only those who have had fewer points so far.
    """
    mentors = len(heaps.size)
    room = choice.columns.shape[1] + 1
    desk = new_desk(mentors, room)
    nobody, free = np.empty_like(heaps.keys), np.zeros(mentors, dtype=np.float64)
    top = np.float64(figures.tables.cover[-1] + figures.tables.step[-1])
    besides = figures.most_besides + ROUNDED
    for number in range(len(mentees)):
        mentee = mentees[number]
        cover_wants(figures, mentee, desk.covers)
        count = exceptional(figures, mentee, desk)
        size = _take_best(desk, np.int64(0), count, mentee, heaps, nobody)
        each = worth_covered(figures, mentee)
        reached = within_reach(figures, mentee, desk, Wanted(each, 0.0, np.inf, free))
        least, below, last = top - BAND, np.inf, False
        while not last:
            # Nobody beyond the band can be among the mentee's best any more: only mentors who have less.
            last = below <= 0 or (size == room and desk.keys[0] // mentors // MIXED >= below + besides)
            wanted = Wanted(each, -besides, below, heaps.asked) if last else Wanted(each, least, below, free)
            count = judged(figures, mentee, desk, in_band(desk, reached, wanted))
            size = _take_best(desk, size, count, mentee, heaps, nobody)
            least, below = least - BAND, least
        _write_best(choice, number, desk, size, most, floor)


@compiled
def _write_best(choice: Choice, number: int, desk: Desk, size: int, most: Sums, floor: Sums) -> None:
    """Write the best pairs of a mentee; one more was kept, which tells the best that is not chosen."""
    room = choice.columns.shape[1]
    most[number], floor[number] = 0, INELIGIBLE
    skipped = 1 if size > room else 0
    for rank in range(size):
        most[number] = max(most[number], desk.kept[rank])
    if skipped:
        floor[number] = desk.kept[0]
    _write(choice, number, desk, np.int64(skipped), size)


@compiled
def _write(choice: Choice, number: int, desk: Desk, first: Whole, size: int) -> None:
    """Write the pairs kept for a mentee, from the one numbered `first` on."""
    mentors = len(desk.covers)
    for rank in range(first, size):
        choice.columns[number, rank - first] = mentors - 1 - desk.keys[rank] % mentors
        choice.points[number, rank - first] = desk.kept[rank]
    choice.chosen[number] = size - first


class Offers(NamedTuple):
    """Prices as the choice needs them, and pairs that are settled: those of mentee i from ``first[i]`` on."""

    way_out: Sums
    mentors: Sums
    shut: NDArray[np.bool_]
    weight: int
    first: Sums
    settled: NDArray[np.int32]


class Span(NamedTuple):
    """Which gains are chosen: more than `above` and at most `most`."""

    above: int
    most: int


Lots = tuple[NDArray[np.uint64], NDArray[np.uint64]]


@compiled
def _take_gaining(
    desk: Desk, size: Whole, count: int, mentee: int, offers: Offers, span: Span, settled: Sums, lots: Lots
) -> Any:
    """Keep of the pairs listed those that gain as asked; return how many are kept."""
    mentors, out = len(offers.mentors), offers.way_out[mentee]
    for place in range(count):
        mentor, points = desk.mentors[place], np.int64(desk.points[place])
        gain = offers.weight * points + out - offers.mentors[mentor]
        if not span.above < gain <= span.most or offers.shut[mentor] or settled[mentor] == mentee:
            continue
        figure = drawn_lot(lots[0][mentee], lots[1][mentor]) if len(lots[0]) else min(gain, LARGEST_GAIN)
        size = _keep_best(desk.keys, desk.kept, size, figure * mentors + (mentors - 1 - mentor), points)
    return size


@compiled
def choose_gaining(
    figures: Figures, mentees: Sums, offers: Offers, span: Span, lots: Lots, choice: Choice
) -> None:
    """Choose of each mentee the pairs whose gain lies in a span: those that gain most, or with the best lots.

    Pairs that are settled, and mentors without room, are passed over. Where there are lots, they decide.
    """
    mentors, weight = len(offers.mentors), np.float64(offers.weight)
    desk = new_desk(mentors, choice.columns.shape[1])
    settled = np.full(mentors, -1, dtype=np.int64)
    asked = np.where(offers.shut, np.inf, offers.mentors.astype(np.float64))
    besides = weight * (figures.most_besides + ROUNDED)
    # Prices beyond all sums, of who has no room and of who has no way out, cast no doubt on the others.
    sums = weight * -INELIGIBLE
    for mentor in range(mentors):
        if not offers.shut[mentor]:
            sums = max(sums, weight * -INELIGIBLE + np.abs(np.float64(offers.mentors[mentor])))
    for number in range(len(mentees)):
        mentee = mentees[number]
        for place in range(offers.first[mentee], offers.first[mentee + 1]):
            settled[offers.settled[place]] = mentee
        cover_wants(figures, mentee, desk.covers)
        count = exceptional(figures, mentee, desk)
        size = _take_gaining(desk, np.int64(0), count, mentee, offers, span, settled, lots)
        out = np.float64(offers.way_out[mentee])
        least = np.float64(span.above) - out - besides - EXACT * (sums + np.abs(out))
        wanted = Wanted(weight * worth_covered(figures, mentee), least, np.inf, asked)
        count = in_band(desk, within_reach(figures, mentee, desk, wanted), wanted)
        count = judged(figures, mentee, desk, count)
        size = _take_gaining(desk, size, count, mentee, offers, span, settled, lots)
        _write(choice, number, desk, np.int64(0), size)


@compiled
def drawn_lot(mentee: int, mentor: int) -> Any:
    """Return the lot of a pair, from the numbers drawn for both: as `Lots.of` does."""
    drawn = np.uint64(mentee) + np.uint64(mentor)
    drawn = (drawn ^ (drawn >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    drawn = (drawn ^ (drawn >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    drawn ^= drawn >> np.uint64(31)
    return np.int64(drawn >> np.uint64(34))
