"""When two people of a fictional company are both at work."""

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from app.demo.material import Intervals


class MeetingTimes:
    """Looks up shared working time; people with the same hours and zone share the answers."""

    def __init__(self, zones: Sequence[str], hours: Sequence[Intervals]) -> None:
        self._zones = zones
        self._hours = hours

    def shared(self, one: int, other: int, *, on: date) -> tuple[int, int]:
        """Return start and end of the longest stretch both work on that day, in minutes of the UTC day.

        The two are equal when there is none.
        """
        return _longest_shared(
            self._hours[one],
            _offset(self._zones[one], on),
            self._hours[other],
            _offset(self._zones[other], on),
        )


@cache
def _offset(zone: str, day: date) -> int:
    """Return the minutes by which noon of that day comes earlier there than in UTC."""
    offset = datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) // 60 if offset else 0


@cache
def _longest_shared(
    hours: Intervals, offset: int, other_hours: Intervals, other_offset: int
) -> tuple[int, int]:
    stretches = [
        (max(start - offset, other_start - other_offset), min(end - offset, other_end - other_offset))
        for start, end in hours
        for other_start, other_end in other_hours
    ]
    start, end = max(stretches, key=lambda stretch: (stretch[1] - stretch[0], -stretch[0]))
    return start, max(start, end)
