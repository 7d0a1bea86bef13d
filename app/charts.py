"""Charts as SVG drawn on the server: the stylesheet colours them and no script runs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 25_000, 100_000)
LABELS_AT_MOST = 6


def bar(
    value: float, maximum: float, *, room: float | None = None, kind: str = "pos", height: int = 10
) -> Markup:
    """Draw a bar on a track for a table cell; `room` shortens the track to the most this row can reach.

    It is decoration: the figure stands in words beside it.
    """
    track = _percent(maximum if room is None else room, maximum)
    return Markup(
        '<svg class="bar" width="100%" height="{height}" aria-hidden="true" focusable="false">'
        '<rect class="bar-track" width="{track:.1f}%" height="{height}" rx="2"/>'
        '<rect class="bar-{kind}" width="{fill:.1f}%" height="{height}" rx="2"/></svg>'
    ).format(height=height, track=track, kind=kind, fill=_percent(value, maximum))


def _percent(value: float, maximum: float) -> float:
    return 0.0 if maximum <= 0 else max(0.0, min(100.0, 100 * value / maximum))


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where points land on the drawing."""

    count: int
    top_value: float
    width: int
    height: int
    left: int = 36
    right: int = 12
    top: int = 14
    bottom: int = 28

    def x(self, index: int) -> float:
        return self.left + (self.width - self.left - self.right) * index / max(1, self.count - 1)

    def y(self, value: float) -> float:
        return self.top + (self.height - self.top - self.bottom) * (1 - value / self.top_value)


def line(
    points: Sequence[tuple[str, float]],
    *,
    name: str,
    title: str,
    finding: str,
    target: float | None = None,
    width: int = 500,
    height: int = 240,
) -> Markup:
    """Draw how a count moved; `name` makes its ids unique on the page, `finding` is what screen readers say.

    Raises:
        ValueError: when there are fewer than two points.
    """
    if len(points) < 2:
        raise ValueError("a line needs at least two points")
    highest = max([value for _, value in points] + ([target] if target is not None else []))
    step = next((step for step in STEPS if highest / step < 5), STEPS[-1])
    frame = _Frame(len(points), step * (int(highest // step) + 1), width, height)
    opening = Markup(
        '<svg class="chart" viewBox="0 0 {width} {height}" role="img"'
        ' aria-labelledby="{name}-title {name}-finding">'
        '<title id="{name}-title">{title}</title><desc id="{name}-finding">{finding}</desc>'
    ).format(width=width, height=height, name=name, title=title, finding=finding)
    parts = [opening, *_grid(frame, step)]
    if target is not None:
        parts.append(_target(frame, target))
    return Markup("").join([*parts, *_curve(frame, points), Markup("</svg>")])


def _grid(frame: _Frame, step: int) -> list[Markup]:
    return [
        Markup(
            '<line class="chart-grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            '<text class="chart-tick" x="{label}" y="{middle:.1f}" text-anchor="end">{value}</text>'
        ).format(
            left=frame.left,
            right=frame.width - frame.right,
            y=frame.y(value),
            label=frame.left - 8,
            middle=frame.y(value) + 4,
            value=value,
        )
        for value in range(0, int(frame.top_value) + 1, step)
    ]


def _target(frame: _Frame, target: float) -> Markup:
    return Markup(
        '<line class="chart-target" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        '<text class="chart-tick" x="{label}" y="{above:.1f}">target {target:g}</text>'
    ).format(
        left=frame.left,
        right=frame.width - frame.right,
        y=frame.y(target),
        label=frame.left + 4,
        above=frame.y(target) - 6,
        target=target,
    )


def _curve(frame: _Frame, points: Sequence[tuple[str, float]]) -> list[Markup]:
    last = len(points) - 1
    path = " ".join(f"{frame.x(index):.1f},{frame.y(value):.1f}" for index, (_, value) in enumerate(points))
    parts = [Markup('<polyline class="chart-line" points="{}"/>').format(path)]
    every = math.ceil(len(points) / LABELS_AT_MOST)
    for index, (label, value) in enumerate(points):
        parts.append(
            Markup(
                '<circle class="chart-dot" cx="{x:.1f}" cy="{y:.1f}" r="3">'
                "<title>{label}: {value:g}</title></circle>"
            ).format(x=frame.x(index), y=frame.y(value), label=label, value=value)
        )
        if index == last or (index % every == 0 and index < len(points) - every):
            parts.append(
                Markup(
                    '<text class="chart-tick" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{label}</text>'
                ).format(
                    x=frame.x(index),
                    y=frame.height - 8,
                    anchor="end" if index == last else "middle",
                    label=label,
                )
            )
    parts.append(
        Markup('<text class="chart-value" x="{x:.1f}" y="{y:.1f}" text-anchor="end">{value:g}</text>').format(
            x=frame.x(last) - 2, y=frame.y(points[last][1]) - 9, value=points[last][1]
        )
    )
    return parts
