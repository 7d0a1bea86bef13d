"""What can be imported about a person: each field, how a cell of it is read, and what an empty cell means."""

import math
import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from babel import Locale

from app.people.models import MINUTES_A_DAY, MOST_HOURS, MOST_PLACES
from app.people.service import LONGEST_BIO, MOST_LANGUAGES, MOST_STRETCHES
from app.people.vocabulary import languages
from app.skills.service import MOST_CLAIMS, MOST_GOALS
from app.text import cleaned_line, cleaned_text, folded

LONGEST_CELL = 5_000
HIGHEST_GRADE, LOWEST_LEVEL, HIGHEST_LEVEL = 20, 1, 5
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
SPAN = re.compile(r"(\d{1,2})[:.](\d{2})\s*(?:-|–|to)\s*(\d{1,2})[:.](\d{2})")
SKILL = re.compile(r"(?P<name>.+?)\s*:\s*(?P<level>\d+)")
HAVE_OWN_NAMES = (
    "ar",
    "cs",
    "da",
    "de",
    "el",
    "es",
    "fi",
    "fr",
    "he",
    "it",
    "ja",
    "nl",
    "pl",
    "pt",
    "ru",
    "sv",
    "uk",
    "zh",
)
USUAL_HOURS = 2.0
YES = frozenset({"yes", "y", "true", "1", "x"})
NO = frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class Field:
    """One thing about a person: `read` turns the text of a cell, or of a part of it, into a value.

    `read` and `gather`, which joins the parts, raise ValueError with a sentence. `empty` is what an empty
    cell means.
    """

    name: str
    read: Callable[[str], object]
    explanation: str
    example: str
    empty: object = None
    required: bool = False
    gather: Callable[[list[Any]], tuple[Any, ...]] | None = None

    @property
    def is_many(self) -> bool:
        """Tell whether a cell may hold several values."""
        return self.gather is not None


def _text_up_to(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        line = cleaned_line(text)
        if len(line) > longest:
            raise ValueError(f"“{line[:40]}…” has {len(line):,} characters; at most {longest} are kept.")
        return line

    return read


def _read_bio(text: str) -> str:
    bio = cleaned_text(text)
    if len(bio) > LONGEST_BIO:
        raise ValueError(f"The text has {len(bio):,} characters; at most {LONGEST_BIO:,} are kept.")
    return bio


def _read_email(text: str) -> str:
    address = cleaned_line(text).replace("\u200b", "").lower()
    if not EMAIL.fullmatch(address) or len(address) > 254:
        raise ValueError(f"“{shown(address)}” is not an e-mail address.")
    return address


def _read_zone(text: str) -> str:
    name = cleaned_line(text)
    zone = _zones().get(name.casefold().replace(" ", "_"))
    if zone is None:
        near = get_close_matches(name.casefold(), _zones(), n=1, cutoff=0.7)
        hint = f" Did you mean {_zones()[near[0]]}?" if near else " Write it as in Europe/Paris."
        raise ValueError(f"“{shown(name)}” is not a time zone.{hint}")
    return zone


@cache
def _zones() -> Mapping[str, str]:
    return MappingProxyType({name.casefold(): name for name in sorted(zoneinfo.available_timezones())})


@lru_cache(maxsize=1024)
def _read_span(text: str) -> tuple[int, int]:
    match = SPAN.fullmatch(cleaned_line(text))
    if not match:
        raise ValueError(f"“{shown(text)}” is not a stretch of time. Write it as 09:00-17:00.")
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    starts, ends = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if max(first_minute, last_minute) > 59 or ends > MINUTES_A_DAY:
        raise ValueError(f"“{shown(text)}” goes beyond the day. Write it as 09:00-17:00.")
    if starts >= ends:
        raise ValueError(f"“{shown(text)}” ends before it starts. Write a night as 22:00-24:00; 00:00-06:00.")
    return starts, ends


def _gather_spans(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    ordered = tuple(sorted(set(spans)))
    for (_, ends), (starts, _) in pairwise(ordered):
        if starts < ends:
            raise ValueError("The stretches of time overlap.")
    return at_most(MOST_STRETCHES, ordered, "stretches of time")


@lru_cache(maxsize=1024)
def _read_language(text: str) -> str:
    name = folded(text)
    known = _languages()
    code = known.get(name) or known.get(
        re.split("[-_]", name)[0] if re.fullmatch("[a-z]{2}[-_][a-z]+", name) else ""
    )
    if code is None:
        near = get_close_matches(name, known, n=1, cutoff=0.75)
        hint = f" Did you mean {near[0]}?" if near else " Write its English name or its code of two letters."
        raise ValueError(f"“{shown(text)}” is not a language we know.{hint}")
    return code


@cache
def _languages() -> Mapping[str, str]:
    """Return the code of every language that has one of two letters, by code, English name and own name."""
    names = {}
    for code, name in languages().items():
        names[code] = names[folded(name)] = code
    for code in HAVE_OWN_NAMES:
        names.setdefault(folded(Locale(code).languages[code]), code)
    return MappingProxyType(names)


def _whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        digits = cleaned_line(text)
        if not (digits.isascii() and digits.isdigit() and lowest <= int(digits[:9]) <= highest):
            raise ValueError(f"“{shown(text)}” is not a whole number from {lowest} to {highest}.")
        return int(digits)

    return read


def _read_hours(text: str) -> float:
    try:
        hours = float(cleaned_line(text).replace(",", "."))
    except ValueError:
        hours = math.nan
    if not 0 <= hours <= MOST_HOURS:
        raise ValueError(f"“{shown(text)}” is not a number of hours from 0 to {MOST_HOURS}.")
    return hours


def _read_yes(text: str) -> bool:
    word = folded(text)
    if word not in YES | NO:
        raise ValueError(f"“{shown(text)}” is neither yes nor no.")
    return word in YES


def _read_day(text: str) -> date:
    line = cleaned_line(text)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", line):
            return date.fromisoformat(line)
    except ValueError:
        pass
    raise ValueError(f"“{shown(text)}” is not a day. Write it as 2026-11-30.")


@lru_cache(maxsize=65_536)
def _read_skill(text: str) -> tuple[str, int | None]:
    """Return the name and the level, None when the level is left out."""
    line = cleaned_line(text)
    match = SKILL.fullmatch(line)
    if not match:
        return line.removesuffix(":").strip(), None
    level = int(match["level"][:9])
    if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
        raise ValueError(f"{shown(match['name'])} has level {shown(match['level'])}; levels go from 1 to 5.")
    return match["name"], level


def _gather_languages(values: list[str]) -> tuple[str, ...]:
    return at_most(MOST_LANGUAGES, tuple(sorted(set(values))), "languages")


def _gather_skills(most: int, said: str) -> Callable[[list[Any]], tuple[Any, ...]]:
    return lambda values: at_most(most, tuple(dict.fromkeys(values)), said)


def at_most(most: int, values: tuple[Any, ...], said: str) -> tuple[Any, ...]:
    """Return `values` unless there are too many.

    Raises:
        ValueError: when there are more than `most`.
    """
    if len(values) > most:
        raise ValueError(f"There are {len(values)} {said}; at most {most} can be kept.")
    return values


def shown(text: str) -> str:
    """Return `text` short enough to stand in a sentence, without anything a terminal would obey."""
    line = cleaned_line(text)
    return line if len(line) <= 60 else f"{line[:57]}…"


CLAIMS, GOALS = _gather_skills(MOST_CLAIMS, "skills"), _gather_skills(MOST_GOALS, "goals")
FIELDS = {
    field.name: field
    for field in (
        Field("employee_id", _text_up_to(64), "unique, never reused", "E1001", required=True),
        Field("name", _text_up_to(200), "or given_name and family_name", "Amara Diallo", required=True),
        Field("email", _read_email, "unique", "amara.diallo@example.com"),
        Field("job_title", _text_up_to(200), "", "Analyst", ""),
        Field("bio", _read_bio, "a few sentences that others may read", "Likes maps.", ""),
        Field("department", _text_up_to(120), "made when it is new", "Finance"),
        Field("location", _text_up_to(120), "made when it is new", "Paris"),
        Field("manager", _text_up_to(64), "employee_id of the manager, in the file or known", "E1000"),
        Field("time_zone", _read_zone, "empty: that of the location, or UTC", "Europe/Paris"),
        Field(
            "working_hours",
            _read_span,
            "local, parted by ;",
            "09:00-12:30; 13:30-18:00",
            (),
            gather=_gather_spans,
        ),
        Field(
            "languages",
            _read_language,
            "names or codes, parted by ;",
            "English; fr",
            (),
            gather=_gather_languages,
        ),
        Field("grade", _whole_number(1, HIGHEST_GRADE), f"1 to {HIGHEST_GRADE}", "3"),
        Field("hours_a_month", _read_hours, f"0 to {MOST_HOURS}; empty: 2", "2", USUAL_HOURS),
        Field("seeks_mentor", _read_yes, "yes or no; empty: no", "yes", False),
        Field("mentor_capacity", _whole_number(0, MOST_PLACES), f"0 to {MOST_PLACES}; empty: 0", "1", 0),
        Field(
            "skills",
            _read_skill,
            "held, name:level, parted by ;",
            "SQL:4; Coaching:3",
            (),
            gather=CLAIMS,
        ),
        Field("goals", _read_skill, "wanted, name:level, parted by ;", "Python:3", (), gather=GOALS),
        Field("left_on", _read_day, "first day no longer employed", ""),
    )
}
SKILL_FIELDS = ("skills", "goals")
