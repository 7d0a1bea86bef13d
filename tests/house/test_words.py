"""Dates, times, counts and fits are said as `docs/` promises."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app import words
from tests.conftest import NOW

MEETING = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def test_days_are_said_in_full_and_in_tight_places():
    assert words.long_date(date(2026, 11, 26)) == "26 November 2026"
    assert words.short_date(date(2026, 11, 26)) == "Thu 26 Nov"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Paris", "10:00 to 10:45 (Paris)"),
        ("Asia/Kolkata", "14:30 to 15:15 (Kolkata)"),
        ("America/New_York", "04:00 to 04:45 (New York)"),
        ("America/Argentina/Ushuaia", "06:00 to 06:45 (Ushuaia)"),
        ("UTC", "09:00 to 09:45 (UTC)"),
    ],
)
def test_times_name_their_city(zone, said):
    assert words.time_span(MEETING, 45, zone) == said


def test_an_instant_belongs_to_the_day_of_its_city():
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)

    assert words.long_instant(late, "Europe/Paris") == "27 November 2026, 00:30 (Paris)"
    assert words.long_instant(late, "America/New_York") == "26 November 2026, 18:30 (New York)"


def test_a_meeting_over_the_change_of_clocks_ends_on_the_new_clock():
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert words.time_span(before, 60, "Europe/Paris") == "02:30 to 02:30 (Paris)"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-3, "3 days ago"),
        (-1, "yesterday"),
        (0, "today"),
        (1, "tomorrow"),
        (2, "in 2 days"),
        (1200, "in 1,200 days"),
    ],
)
def test_a_day_is_also_said_by_its_distance(days, said):
    assert words.days_away(NOW.date() + timedelta(days=days)) == said


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_an_instant_is_said_by_its_distance(passed, said):
    assert words.time_ago(NOW - passed) == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 matches"), (1, "1 match"), (41, "41 matches"), (5400, "5,400 matches")]
)
def test_counts_agree_with_their_noun(count, said):
    assert words.plural(count, "match", "matches") == said


def test_a_regular_plural_needs_no_second_word():
    assert words.plural(2, "pair") == "2 pairs"


def test_minus_is_a_minus_sign():
    assert [words.signed(value) for value in (4, 0, -14)] == ["+4", "0", "−14"]


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["Ada"], "Ada"), (["Ada", "Bo"], "Ada and Bo"), (["Ada", "Bo", "Cy"], "Ada, Bo and Cy")],
)
def test_names_are_listed(names, said):
    assert words.listed(names) == said


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amara Diallo", "AD"),
        ("Ana María de la Cruz", "AC"),
        ("Sukarno", "S"),
        ("李 小明", "李小"),
        ("  ", "?"),
    ],
)
def test_initials_stand_for_a_person(name, letters):
    assert words.initials(name) == letters


@pytest.mark.parametrize(
    ("fit", "band"),
    [(100, "Strong fit"), (80, "Strong fit"), (79, "Good fit"), (65, "Good fit"), (64, "Fair fit"), (50, "Fair fit"),
     (49, "Weak fit"), (0, "Weak fit")],
)  # fmt: skip
def test_fits_are_said_in_four_bands(fit, band):
    assert words.fit_band(fit).words == band
