"""When two people could meet: the working hours they share, on the reader's clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from app.people.models import MINUTES_A_DAY, Person
from app.people.vocabulary import stretch_in_words
from app.words import listed, zone_name


def shared_hours(reader: Person, other: Person, *, on: date) -> str:
    """Say when both work on a day, on the reader's clock."""
    both = _minutes_at_work(reader, on) & _minutes_at_work(other, on)
    offset = _offset(reader.time_zone, on)
    stretches = list(_stretches({(minute + offset) % MINUTES_A_DAY for minute in both}))
    if not stretches:
        return "You share no working hours. Agree on a time at the edge of both days."
    spans = [stretch_in_words(start, end) for start, end in stretches]
    return f"You both work from {listed(spans)} ({zone_name(reader.time_zone)})."


def _minutes_at_work(person: Person, on: date) -> set[int]:
    """Return the minutes of the UTC day, taken round the clock, in which a person works."""
    offset = _offset(person.time_zone, on)
    return {
        (minute - offset) % MINUTES_A_DAY
        for row in person.working_hours
        for minute in range(row.starts_minute, row.ends_minute)
    }


def _offset(zone: str, on: date) -> int:
    """Return how many minutes a zone is ahead of UTC at noon of a day, as the matching counts it."""
    noon = datetime.combine(on, time(12), tzinfo=UTC).astimezone(ZoneInfo(zone))
    ahead = noon.utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds() // 60)


def _stretches(minutes: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the runs of minutes, each with the minute after its last."""
    for _, run in groupby(enumerate(sorted(minutes)), key=lambda pair: pair[1] - pair[0]):
        row = [minute for _, minute in run]
        yield row[0], row[-1] + 1
