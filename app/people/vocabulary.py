"""Time zones, languages and times of day in words, and what is one."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from app import clock, words
from app.people.models import MINUTES_A_DAY, Person

MINUTES_A_HOUR = 60
COLUMN_OF_ZONE = 2
LETTERS_OF_CODE = 2


def is_time_zone(name: str) -> bool:
    """Tell whether the time zone database knows this name."""
    return name in available_timezones()


def time_zones(*, beside: str) -> dict[str, list[tuple[str, str]]]:
    """Return the time zones people choose from, by part of the world, each with its words.

    `beside` is one of them: the zone someone has, even when it is a historical name.
    """
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    regions: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted({*_zones_of_cities(), beside, "UTC"}):
        region = zone.partition("/")[0] if "/" in zone else "Other"
        regions.setdefault(region, []).append((zone, _zone_this_hour(zone, hour)))
    return {region: sorted(zones, key=lambda zone: zone[1]) for region, zones in sorted(regions.items())}


def zone_in_words(zone: str, *, at: datetime) -> str:
    """Say a time zone with its distance from UTC: "Kathmandu (UTC+5:45)"."""
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    minutes = int(offset.total_seconds()) // MINUTES_A_HOUR if offset else 0
    hours, rest = divmod(abs(minutes), MINUTES_A_HOUR)
    distance = f"{hours}:{rest:02}" if rest else str(hours)
    sign = words.MINUS if minutes < 0 else "+"
    return f"{_city(zone)} (UTC{sign}{distance})" if minutes else f"{_city(zone)} (UTC)"


@lru_cache(maxsize=1000)
def _zone_this_hour(zone: str, hour: datetime) -> str:
    return zone_in_words(zone, at=hour)


@cache
def _city(zone: str) -> str:
    return words.zone_name(zone)


@cache
def _zones_of_cities() -> frozenset[str]:
    """Return the zones in use today: one for each place, without historical names."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return frozenset(row[COLUMN_OF_ZONE] for row in rows) & available_timezones()


@cache
def languages() -> dict[str, str]:
    """Return the languages people can meet in: by code, in the order of their English names."""
    names = Locale.parse(words.LOCALE).languages
    with_code = ((code, name) for code, name in names.items() if len(code) == LETTERS_OF_CODE)
    return dict(sorted(with_code, key=lambda language: language[1]))


def language_names(codes: Iterable[str]) -> list[str]:
    """Return the names of these languages in alphabetical order."""
    return sorted(languages().get(code, code) for code in codes)


def time_of_day(minute: int) -> str:
    """Say a minute of the day: "09:00"; the end of the day is "24:00"."""
    return f"{minute // MINUTES_A_HOUR:02}:{minute % MINUTES_A_HOUR:02}"


def stretch_in_words(starts_minute: int, ends_minute: int) -> str:
    """Say a stretch of a day: "09:00 to 17:00"."""
    return f"{time_of_day(starts_minute)} to {time_of_day(ends_minute)}"


def shared_minutes(one: Person, other: Person, *, on: date) -> int:
    """Return how many minutes of a day both work."""
    return len(minutes_at_work(one, on) & minutes_at_work(other, on))


def minutes_at_work(person: Person, on: date) -> set[int]:
    """Return the minutes of the UTC day, taken round the clock, in which a person works."""
    offset = minutes_ahead(person.time_zone, on)
    return {
        (minute - offset) % MINUTES_A_DAY
        for row in person.working_hours
        for minute in range(row.starts_minute, row.ends_minute)
    }


def minutes_ahead(zone: str, on: date) -> int:
    """Return how many minutes a zone is ahead of UTC at noon of a day, as the matching counts it."""
    noon = datetime.combine(on, time(12), tzinfo=UTC).astimezone(ZoneInfo(zone))
    return int((noon.utcoffset() or timedelta()).total_seconds()) // 60
