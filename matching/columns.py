"""People as columns of numbers: what the rules and criteria read, many pairs at a time."""

import datetime
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.problem import Person, Problem

Ints = NDArray[np.int32]
UNKNOWN = -1
UNKNOWN_GRADE = -1
MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One number a person and column, in the order of the people; `UNKNOWN` where nothing is known."""

    index: dict[str, int]
    department: Ints
    location: Ints
    time_zone: Ints
    grade: Ints
    languages: NDArray[np.uint64]
    enters: Ints
    leaves: Ints
    attributes: dict[str, Ints]
    timetable: Ints
    shared_minutes: Ints

    @classmethod
    def of(cls, problem: Problem) -> "Columns":
        """Return the columns of a problem's people.

        Notes
        -----
        `languages` has shape (people, words), a bit a language. `enters` and `leaves` number the reporting
        lines by an Euler tour: b is below a when ``enters[a] <= enters[b] < leaves[a]``. `shared_minutes` is
        the table of shared minutes a day, by the two people's `timetable`.
        """
        people = problem.people
        index = {person.id: position for position, person in enumerate(people)}
        enters, leaves = _euler_tour(people, index)
        timetable, shared_minutes = _timetables(people, *problem.dates)
        named = {rule.name for programme in problem.programmes for rule in programme.rules if rule.name}
        return cls(
            index=index,
            department=_codes(person.department for person in people),
            location=_codes(person.location for person in people),
            time_zone=_codes(person.time_zone for person in people),
            grade=np.array([UNKNOWN_GRADE if p.grade is None else p.grade for p in people], dtype=np.int32),
            languages=_bits([person.languages for person in people]),
            enters=enters,
            leaves=leaves,
            attributes={name: _codes(p.attributes.get(name) for p in people) for name in sorted(named)},
            timetable=timetable,
            shared_minutes=shared_minutes,
        )


def _codes(texts: Iterable[str | None]) -> Ints:
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(text, len(seen)) if text else UNKNOWN for text in texts], dtype=np.int32)


def _bits(sets: Sequence[tuple[str, ...]]) -> NDArray[np.uint64]:
    seen: dict[str, int] = {}
    for members in sets:
        for member in members:
            seen.setdefault(member, len(seen))
    words = np.zeros((len(sets), max(1, -(-len(seen) // 64))), dtype=np.uint64)
    for row, members in enumerate(sets):
        for member in members:
            word, bit = divmod(seen[member], 64)
            words[row, word] |= np.uint64(1 << bit)
    return words


def _euler_tour(people: Sequence[Person], index: dict[str, int]) -> tuple[Ints, Ints]:
    below: list[list[int]] = [[] for _person in people]
    tops = []
    for position, person in enumerate(people):
        if person.manager is None:
            tops.append(position)
        else:
            below[index[person.manager]].append(position)
    enters = np.zeros(len(people), dtype=np.int32)
    leaves = np.zeros(len(people), dtype=np.int32)
    clock = 0
    stack = [(top, False) for top in reversed(tops)]
    while stack:
        person_index, done = stack.pop()
        if done:
            leaves[person_index] = clock
            continue
        enters[person_index] = clock
        clock += 1
        stack.append((person_index, True))
        stack.extend((report, False) for report in reversed(below[person_index]))
    return enters, leaves


def _timetables(people: Sequence[Person], first: datetime.date, last: datetime.date) -> tuple[Ints, Ints]:
    """Return each person's timetable, and the table of the fewest minutes two timetables share on any day."""
    seen: dict[tuple[str, tuple[tuple[int, int], ...]], int] = {}
    timetable = np.full(len(people), UNKNOWN, dtype=np.int32)
    for position, person in enumerate(people):
        if person.working_hours and person.time_zone:
            key = (person.time_zone, person.working_hours)
            timetable[position] = seen.setdefault(key, len(seen))
    # The last row and column, which UNKNOWN as an index means, stay 0: nothing known is nothing shared.
    shared = np.zeros((len(seen) + 1, len(seen) + 1), dtype=np.int32)
    if not seen:
        return timetable, shared
    zones = sorted({zone for zone, _hours in seen})
    fewest = np.full((len(seen), len(seen)), MINUTES_A_DAY, dtype=np.float32)
    for offsets in _offsets(zones, first, last):
        offset_of = dict(zip(zones, offsets, strict=True))
        days = np.stack([np.roll(_day(hours), -offset_of[zone]) for zone, hours in seen])
        # Sums of at most 1,440 ones are exact in single precision, in whatever order they are added.
        fewest = np.minimum(fewest, days @ days.T)
    shared[:-1, :-1] = fewest.astype(np.int32)
    return timetable, shared


def _day(hours: tuple[tuple[int, int], ...]) -> NDArray[np.float32]:
    day = np.zeros(MINUTES_A_DAY, dtype=np.float32)
    for start, end in hours:
        day[start:end] = 1
    return day


def _offsets(zones: Sequence[str], first: datetime.date, last: datetime.date) -> list[tuple[int, ...]]:
    """Return the different sets of offsets from UTC, in minutes, of the zones at noon UTC of the days."""
    noon = datetime.datetime.combine(first, datetime.time(12), tzinfo=datetime.UTC)
    days = [noon + datetime.timedelta(days=day) for day in range((last - first).days + 1)]
    by_zone = []
    for zone in zones:
        local = zoneinfo.ZoneInfo(zone)
        differences = [day.astimezone(local).utcoffset() for day in days]
        by_zone.append([int(d.total_seconds() // 60) if d is not None else 0 for d in differences])
    return sorted(set(zip(*by_zone, strict=True)))
