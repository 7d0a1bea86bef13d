"""Charts draw what the figures say, and nothing a name could smuggle in."""

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


def points_of(svg: str) -> list[tuple[float, float]]:
    path = re.search(r'<polyline[^>]*points="([^"]*)"', svg)
    assert path is not None
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in path.group(1).split())]


def test_a_line_rises_where_the_count_rises():
    svg = charts.line(
        [("1 Sep", 10), ("8 Sep", 30), ("15 Sep", 20)],
        name="weeks",
        title="Sessions",
        finding="Up",
        target=35,
    )
    (left, low), (_, high), (right, middle) = points_of(svg)

    assert left < right
    assert high < middle < low  # the top of a drawing has the smallest y
    assert "target 35" in svg
    assert 'aria-labelledby="weeks-title weeks-finding"' in svg


def test_a_flat_line_at_nothing_can_be_drawn():
    assert (
        len({y for _, y in points_of(charts.line([("a", 0), ("b", 0)], name="n", title="t", finding="f"))})
        == 1
    )


def test_long_lines_have_few_labels():
    weeks = [(f"week {number}", number) for number in range(52)]
    svg = charts.line(weeks, name="n", title="t", finding="f")

    assert len(re.findall(r">week \d+</text>", svg)) <= charts.LABELS_AT_MOST + 1


def test_names_are_escaped():
    svg = charts.line([("<b>", 1), ("b", 2)], name="n", title="<script>", finding="&")

    assert "<b>" not in svg
    assert "<script>" not in svg


def test_a_single_point_is_no_line():
    with pytest.raises(ValueError, match="two points"):
        charts.line([("a", 1)], name="n", title="t", finding="f")
