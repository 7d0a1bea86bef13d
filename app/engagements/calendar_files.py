"""The dates of an engagement as a file for calendars (iCalendar, RFC 5545): whole days, in no time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, Event

from app import clock
from app.engagements.models import Engagement
from app.engagements.states import CAME_ABOUT, EngagementState
from app.errors import Conflict

CALENDAR = "text/calendar"
PRODUCT = "-//Trellis//Dates of an engagement//EN"
# What the names of events are made in, so that no other system makes the same ones.
NAMES = UUID("5b0c1f0e-7c57-4e0c-9a5e-0d3f6c2a9b41")
GOING_ON, OVER = 0, 1


@dataclass(frozen=True, slots=True)
class _Day:
    """A whole day in the calendar; `key` tells it from the others of its engagement, for ever."""

    key: str
    on: date
    summary: str
    is_cancelled: bool = False


def check_has_dates(engagement: Engagement) -> None:
    """Refuse a file of what has not come about.

    Raises:
        Conflict: with the reason.
    """
    if engagement.state not in CAME_ABOUT:
        raise Conflict("This match has not begun, so it has no dates for a calendar.")


def calendar_file(engagement: Engagement, *, others: str, address: str) -> bytes:
    """Return the first and the last day and the check-ins, as read by whoever is with `others`.

    A calendar that has them already takes the same events anew: their names stay, and the number of the
    sequence rises when the engagement is over. `address` is that of the page on which they stand.

    Raises:
        Conflict: when it has not come about.
    """
    check_has_dates(engagement)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for day in _days(engagement, others):
        calendar.add_component(_event(engagement, day, address))
    return bytes(calendar.to_ical())


def _days(engagement: Engagement, others: str) -> Iterator[_Day]:
    is_over = engagement.state is not EngagementState.ACTIVE
    last = engagement.ended_on or engagement.ends_on
    yield _Day("first", engagement.starts_on, f"First day with {others}")
    for row in engagement.check_ins:
        is_cancelled = is_over and row.done_at is None
        yield _Day(
            f"check-in {row.position}", row.due_on, f"Check-in with {others}: {row.words}", is_cancelled
        )
    if last is not None:
        yield _Day("last", last, f"Last day with {others}")


def _event(engagement: Engagement, day: _Day, address: str) -> Event:
    made_at = engagement.created_at.astimezone(UTC).isoformat()
    event = Event()
    event.add("uid", str(uuid5(NAMES, f"{engagement.id} {made_at} {day.key}")))
    event.add("sequence", GOING_ON if engagement.state is EngagementState.ACTIVE else OVER)
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("summary", day.summary)
    event.add("url", address)
    event.add("status", "CANCELLED" if day.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
