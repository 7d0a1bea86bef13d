"""When two people could meet: the working hours they share, on the reader's clock."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from app.people.models import MINUTES_A_DAY, Person
from app.people.vocabulary import minutes_ahead, minutes_at_work, stretch_in_words
from app.words import listed, zone_name


def shared_hours(reader: Person, other: Person, *, on: date) -> str:
    """Say when both work on a day, on the reader's clock."""
    both = minutes_at_work(reader, on) & minutes_at_work(other, on)
    offset = minutes_ahead(reader.time_zone, on)
    stretches = list(_stretches({(minute + offset) % MINUTES_A_DAY for minute in both}))
    if not stretches:
        return "You share no working hours. Agree on a time at the edge of both days."
    spans = [stretch_in_words(start, end) for start, end in stretches]
    return f"You both work from {listed(spans)} ({zone_name(reader.time_zone)})."


def _stretches(minutes: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the runs of minutes, each with the minute after its last."""
    for _, run in groupby(enumerate(sorted(minutes)), key=lambda pair: pair[1] - pair[0]):
        row = [minute for _, minute in run]
        yield row[0], row[-1] + 1
