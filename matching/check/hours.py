"""Shared working time once more, with arithmetic of its own: intervals laid over each other in UTC."""

import datetime
import zoneinfo
from functools import cached_property, lru_cache

from matching.check.sheet import ALL, Integers, Sheet, Some, Table
from matching.problem import Person

DAY = 1440
NOON = datetime.time(12)

Timetable = tuple[str, tuple[tuple[int, int], ...]]


class SharedHours:
    """The fewest minutes of working time that mentees share with mentors on any day of the round."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.first, self.last = sheet.problem.dates

    def minutes(self, rows: Some, columns: Some = ALL) -> Integers:
        """Return the minutes that some pairs share; none where the hours of either are not known."""
        return self._table.of(rows, columns)

    @cached_property
    def _table(self) -> Table:
        return Table(self.sheet, _timetable, self._minutes)

    def _minutes(self, own: Timetable | None, other: Timetable | None) -> int:
        if own is None or other is None:
            return 0
        apart = {a - b for a, b in zip(self._offsets(own[0]), self._offsets(other[0]), strict=True)}
        return min(overlap(own[1], other[1], shift) for shift in apart)

    def _offsets(self, zone: str) -> tuple[int, ...]:
        return offsets(zone, self.days)

    @cached_property
    def days(self) -> tuple[datetime.date, ...]:
        """Every day of the round."""
        number = (self.last - self.first).days + 1
        return tuple(self.first + datetime.timedelta(days=day) for day in range(number))


@lru_cache(maxsize=1024)
def offsets(zone: str, days: tuple[datetime.date, ...]) -> tuple[int, ...]:
    """Return how many minutes a zone is ahead of UTC at noon UTC of each day."""
    clock = zoneinfo.ZoneInfo(zone)
    ahead = []
    for day in days:
        instant = datetime.datetime.combine(day, NOON, tzinfo=datetime.UTC)
        local = instant.astimezone(clock).replace(tzinfo=datetime.UTC)
        ahead.append(int((local - instant).total_seconds() // 60))
    return tuple(ahead)


def overlap(own: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...], shift: int) -> int:
    """Return the minutes two daily timetables share when the first clock is ``shift`` minutes ahead.

    Both repeat every day, so the second is laid over the first as it is, a day earlier and a day later.
    """
    minutes = 0
    for start, end in own:
        for other_start, other_end in other:
            for days in (-1, 0, 1):
                moved = shift % DAY + days * DAY
                minutes += max(0, min(end, other_end + moved) - max(start, other_start + moved))
    return minutes


def _timetable(person: Person) -> Timetable | None:
    if person.time_zone is None or not person.working_hours:
        return None
    return person.time_zone, person.working_hours
