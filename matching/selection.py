"""Chooses among all pairs of a large market, compiled: the same choices that `pool` makes with arrays."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import Whole, compiled, lean
from matching.figures import INELIGIBLE, Alike, Figures
from matching.heaps import MIXED, Heaps, keep_for_mentee, mixed, offer_to_mentor
from matching.sweep import (
    NEVER,
    Desk,
    Single,
    Singles,
    Sums,
    exceptional,
    judged,
    least_of,
    listed,
    near,
    new_desk,
    weigh,
)

# The best pairs of a mentee are sought from the best on, so many points at a time.
BAND = 4.0
# More than the part by which a number in single precision is off.
SINGLE = 1e-6
# Gains beyond all points are all alike.
LARGEST_GAIN = 1 << 40


class Choice(NamedTuple):
    """Room for the pairs chosen for some mentees: ``chosen[n]`` of the n-th, by columns in no order."""

    columns: NDArray[np.int32]
    points: NDArray[np.int32]
    chosen: NDArray[np.int64]


@lean
def _take_best(desk: Desk, size: Whole, count: int, mentee: int, heaps: Heaps, nobody: Sums) -> Any:
    """Offer the pairs listed to the mentee and to the mentors; return how many the mentee keeps."""
    everybody = heaps.mentees
    for place in range(count):
        mentor, points = desk.mentors[place], np.int64(desk.points[place])
        figure = points * MIXED + mixed(mentee, mentor)
        size = keep_for_mentee(desk, size, figure, mentor, points)
        offer_to_mentor(heaps, mentor, figure * everybody + (everybody - 1 - mentee), nobody)
    return size


@lean
def _near_best(desk: Desk, least: Single, asked: Singles, possible: Single) -> int:
    """List mentors who can be worth `least`, or what is asked of them; each is listed once only."""
    most, marks = desk.most, desk.near
    for mentor in range(len(most)):
        marks[mentor] = ((most[mentor] >= least) | (most[mentor] >= asked[mentor])) & (
            most[mentor] >= possible
        )
    count = listed(desk)
    for place in range(count):
        most[desk.mentors[place]] = NEVER
    return count


@compiled
def choose_best(
    figures: Figures, alike: Alike, mentees: Sums, heaps: Heaps, choice: Choice, most: Sums, floor: Sums
) -> None:
    """Choose the best pairs of some mentees, as many as `choice` has room for, and offer all to the mentors.

    `most` and `floor` become the points of each mentee's best pair and of the best one not chosen. Mentors
    are looked at in bands, by the most that they can be worth, until the best are found; those who have had
    fewer points so far are looked at in any case.
    """
    mentors = len(heaps.size)
    room = choice.columns.shape[1] + 1
    desk = new_desk(mentors, room)
    nobody, nothing = np.empty_like(heaps.keys), np.full(mentors, np.inf, dtype=np.float32)
    for number in range(len(mentees)):
        mentee = mentees[number]
        count = exceptional(figures, mentee, desk)
        size = _take_best(desk, np.int64(0), count, mentee, heaps, nobody)
        weigh(figures, alike, mentee, desk)
        possible = least_of(figures, mentee)
        least = desk.most.max() - np.float32(BAND)
        count = _near_best(desk, least, heaps.asked, possible)
        while True:
            size = _take_best(desk, size, judged(figures, mentee, desk, count), mentee, heaps, nobody)
            # Nobody who is left is worth as much as `least`.
            if least <= possible or (size == room and desk.keys[0] // mentors // MIXED >= least):
                break
            least -= np.float32(BAND)
            count = _near_best(desk, least, nothing, possible)
        _write_best(choice, number, desk, size, most, floor)


@lean
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


@lean
def _write(choice: Choice, number: int, desk: Desk, first: Whole, size: int) -> None:
    """Write the pairs kept for a mentee, from the one numbered `first` on."""
    mentors = len(desk.most)
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


@lean
def _take_gaining(
    desk: Desk, size: Whole, count: int, mentee: int, offers: Offers, span: Span, settled: Sums, lots: Lots
) -> Any:
    """Keep of the pairs listed those that gain as asked; return how many are kept."""
    out = offers.way_out[mentee]
    for place in range(count):
        mentor, points = desk.mentors[place], np.int64(desk.points[place])
        gain = offers.weight * points + out - offers.mentors[mentor]
        if not span.above < gain <= span.most or offers.shut[mentor] or settled[mentor] == mentee:
            continue
        figure = drawn_lot(lots[0][mentee], lots[1][mentor]) if len(lots[0]) else min(gain, LARGEST_GAIN)
        size = keep_for_mentee(desk, size, figure, mentor, points)
    return size


@compiled
def choose_gaining(
    figures: Figures, alike: Alike, mentees: Sums, offers: Offers, span: Span, lots: Lots, choice: Choice
) -> None:
    """Choose of each mentee the pairs whose gain lies in a span: those that gain most, or with the best lots.

    Pairs that are settled, and mentors without room, are passed over. Where there are lots, they decide.
    """
    mentors, weight = len(offers.mentors), np.float64(offers.weight)
    desk = new_desk(mentors, choice.columns.shape[1])
    settled = np.full(mentors, -1, dtype=np.int64)
    middle = np.median(offers.mentors)
    asked = _asked(offers, middle)
    for number in range(len(mentees)):
        mentee = mentees[number]
        for place in range(offers.first[mentee], offers.first[mentee + 1]):
            settled[offers.settled[place]] = mentee
        count = exceptional(figures, mentee, desk)
        size = _take_gaining(desk, np.int64(0), count, mentee, offers, span, settled, lots)
        weigh(figures, alike, mentee, desk)
        least = (np.float64(span.above) - np.float64(offers.way_out[mentee]) + middle) / max(weight, 1.0)
        enough = np.float32(least - SINGLE * np.abs(least))
        count = near(desk, enough, asked, least_of(figures, mentee))
        count = judged(figures, mentee, desk, count)
        size = _take_gaining(desk, size, count, mentee, offers, span, settled, lots)
        _write(choice, number, desk, np.int64(0), size)


@compiled
def _asked(offers: Offers, middle: float) -> Singles:
    """Return what mentors ask for above a `middle` price, in points and never too much; no end if shut."""
    asked = np.full(len(offers.mentors), np.inf, dtype=np.float32)
    for mentor in range(len(asked)):
        if not offers.shut[mentor]:
            above = (np.float64(offers.mentors[mentor]) - middle) / max(np.float64(offers.weight), 1.0)
            asked[mentor] = above - SINGLE * np.abs(above)
    return asked


@lean
def drawn_lot(mentee: int, mentor: int) -> Any:
    """Return the lot of a pair, from the numbers drawn for both: as `Lots.of` does."""
    drawn = np.uint64(mentee) + np.uint64(mentor)
    drawn = (drawn ^ (drawn >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    drawn = (drawn ^ (drawn >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    drawn ^= drawn >> np.uint64(31)
    return np.int64(drawn >> np.uint64(34))
