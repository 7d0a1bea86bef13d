"""Charts draw what the figures say."""

import re

import pytest

from app import charts


def widths(svg: str) -> list[float]:
    return [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)%"', svg)]


@pytest.mark.parametrize(
    ("value", "maximum", "room", "track_and_fill"),
    [
        (29, 40, None, [100.0, 72.5]),
        (6, 40, 15, [37.5, 15.0]),
        (0, 40, 10, [25.0, 0.0]),
        (50, 40, None, [100.0, 100.0]),
        (-3, 40, None, [100.0, 0.0]),
        (3, 0, None, [0.0, 0.0]),
    ],
)
def test_a_bar_is_as_long_as_its_share(value, maximum, room, track_and_fill):
    assert widths(charts.bar(value, maximum, room=room)) == track_and_fill
