"""Dates, times, counts and fits as people say them: the one place that turns values into British English."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta, get_timezone_location

from app import clock

LOCALE = "en_GB"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class FitBand:
    """One of the four ways to say how well two people fit; `key` is its class in the stylesheet."""

    key: str
    words: str
    from_fit: int


FIT_BANDS = (
    FitBand("strong", "Strong fit", 80),
    FitBand("good", "Good fit", 65),
    FitBand("fair", "Fair fit", 50),
    FitBand("weak", "Weak fit", 0),
)


def fit_band(fit: int) -> FitBand:
    """Return the band of a fit out of 100."""
    return next((band for band in FIT_BANDS if fit >= band.from_fit), FIT_BANDS[-1])


def long_date(day: date) -> str:
    """Say a day in full: "26 November 2026"."""
    return format_date(day, "d MMMM y", locale=LOCALE)


def short_date(day: date) -> str:
    """Say a day where space is tight: "Thu 26 Nov"."""
    return format_date(day, "EEE d MMM", locale=LOCALE)


def clock_time(instant: datetime, zone: str) -> str:
    """Say when on the clock of `zone`: "10:00 (Paris)"."""
    return f"{format_datetime(instant, 'HH:mm', tzinfo=ZoneInfo(zone), locale=LOCALE)} ({zone_name(zone)})"


def time_span(start: datetime, minutes: int, zone: str) -> str:
    """Say from when to when on the clock of `zone`: "10:00 to 10:45 (Paris)"."""
    begins = format_datetime(start, "HH:mm", tzinfo=ZoneInfo(zone), locale=LOCALE)
    return f"{begins} to {clock_time(start + timedelta(minutes=minutes), zone)}"


def long_instant(instant: datetime, zone: str) -> str:
    """Say an instant in full: "26 November 2026, 10:00 (Paris)"."""
    return f"{long_date(instant.astimezone(ZoneInfo(zone)).date())}, {clock_time(instant, zone)}"


def zone_name(zone: str) -> str:
    """Say a time zone as the city people know it by: "Paris"."""
    if zone in ("UTC", "Etc/UTC"):
        return "UTC"
    return get_timezone_location(zone, locale=LOCALE, return_city=True).rpartition("/")[2]


def days_away(day: date) -> str:
    """Say how far off a day is, to stand beside the date: "in 2 days", "yesterday"."""
    days = (day - clock.today()).days
    if days in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[days + 1]
    return f"in {plural(days, 'day')}" if days > 0 else f"{plural(-days, 'day')} ago"


def time_ago(instant: datetime) -> str:
    """Say how long ago an instant was: "2 hours ago"."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    passed = clock.now() - aware
    if abs(passed) < timedelta(minutes=1):
        return "just now"
    return format_timedelta(-passed, add_direction=True, threshold=1.2, locale=LOCALE)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Say a count with its noun: "1 match", "41 matches"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def duration(minutes: int) -> str:
    """Say a length of time: "2 hours", "1 hour 30 minutes", "45 minutes"."""
    hours, rest = divmod(minutes, 60)
    named = ([plural(hours, "hour")] if hours else []) + (
        [plural(rest, "minute")] if rest or not hours else []
    )
    return " ".join(named)


def hours_a_month(hours: float) -> str:
    """Say what something takes: "2 hours a month", "1 hour a month"."""
    return f"{hours:g} hour{'' if hours == 1 else 's'} a month"


def number(value: int) -> str:
    """Write a whole number with thousands apart and a true minus sign: "5,400", "−3"."""
    return f"{value:,}".replace("-", MINUS)


def signed(value: int) -> str:
    """Write a change: "+4", "−14", "0"."""
    return f"+{value:,}" if value > 0 else number(value)


def listed(names: list[str]) -> str:
    """Join names into a phrase: "Ada, Bo and Cy"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def initials(name: str) -> str:
    """Return the one or two letters that stand for a person beside their name."""
    words = name.split()
    if not words:
        return "?"
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()


FILTERS = {
    "long_date": long_date,
    "short_date": short_date,
    "clock_time": clock_time,
    "time_span": time_span,
    "long_instant": long_instant,
    "zone_name": zone_name,
    "days_away": days_away,
    "time_ago": time_ago,
    "plural": plural,
    "duration": duration,
    "hours_a_month": hours_a_month,
    "number": number,
    "signed": signed,
    "listed": listed,
    "initials": initials,
}
