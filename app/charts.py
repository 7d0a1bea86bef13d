"""Charts as SVG drawn on the server: the stylesheet colours them and no script runs."""

from markupsafe import Markup


def bar(value: float, maximum: float, *, room: float | None = None, kind: str = "pos") -> Markup:
    """Draw a bar on a track for a table cell; `room` shortens the track to the most this row can reach.

    It is decoration: the figure stands in words beside it.
    """
    track = _percent(maximum if room is None else room, maximum)
    return Markup(
        '<svg class="bar" width="100%" height="10" aria-hidden="true" focusable="false">'
        '<rect class="bar-track" width="{track:.1f}%" height="10" rx="2"/>'
        '<rect class="bar-{kind}" width="{fill:.1f}%" height="10" rx="2"/></svg>'
    ).format(track=track, kind=kind, fill=_percent(value, maximum))


def _percent(value: float, maximum: float) -> float:
    return 0.0 if maximum <= 0 else max(0.0, min(100.0, 100 * value / maximum))
