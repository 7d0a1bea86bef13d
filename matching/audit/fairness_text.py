"""The fairness of a solution as tables and sentences."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from matching.audit.fairness import Fairness, Figure, Gap
from matching.audit.hiding import FEWEST
from matching.audit.parity import ParityPrice
from matching.audit.seekers import Measure

_HEADINGS = (
    "people",
    "matched",
    "95 % interval",
    "mean points",
    "median",
    "first wish",
    "rounds waited: matched",
    "unmatched",
)
_GAPS = {
    Measure.MATCHED: "Matched",
    Measure.POINTS: "Mean points",
    Measure.FIRST_WISH: "First wish granted",
}
_HIDDEN, _NOBODY, _NOT_KNOWN = "hidden", "-", "not known"


def fairness_lines(found: Fairness) -> Iterator[str]:
    """Yield a table for each attribute, and the gaps between its groups in words."""
    if not found.tables:
        yield f"{found.programme}: no attribute of anybody who sought a match is known."
    hides = False
    for table in found.tables:
        yield f"{found.programme}, by {table.attribute}:"
        rows = [(group.value or _NOT_KNOWN, group.figures) for group in table.groups]
        cells = [
            _cells(name, figures, found.scale) for name, figures in (*rows, ("everybody", found.everybody))
        ]
        hides |= any(_HIDDEN in row for row in cells)
        yield from _in_columns([["", *_HEADINGS], *cells])
        yield from (f"  {_gap(gap, found.scale)}" for gap in table.gaps)
        if not table.gaps:
            yield "  There are no two groups that can be compared."
    if hides:
        yield (
            f"Hidden are figures of fewer than {FEWEST} people, and others from which they could be computed."
        )
    if any(table.gaps for table in found.tables):
        yield "A gap says how groups fared, not why."


def _cells(name: str, figures: Mapping[Measure, Figure | None], scale: int) -> list[str]:
    matched, points = figures[Measure.MATCHED], figures[Measure.POINTS]
    low, high = matched.interval if matched and matched.people else (0, 0)
    middle = None if points is None or points.middle is None else Fraction(points.middle, 2 * scale)
    return [
        name,
        _HIDDEN if matched is None else f"{matched.people:,}",
        _share(matched),
        _or_else(matched, f"{_tenths(low)}-{_tenths(high)} %"),
        _mean(points, scale),
        _or_else(points, "" if middle is None else decimal(middle)),
        _share_of(figures[Measure.FIRST_WISH]),
        _mean(figures[Measure.WAITED_MATCHED]),
        _mean(figures[Measure.WAITED_UNMATCHED]),
    ]


def _or_else(figure: Figure | None, told: str) -> str:
    if figure is None:
        return _HIDDEN
    return told if figure.people else _NOBODY


def _share(figure: Figure | None) -> str:
    return _or_else(figure, f"{decimal(100 * figure.mean)} %" if figure and figure.people else "")


def _share_of(figure: Figure | None) -> str:
    return f"{_share(figure)} of {figure.people:,}" if figure and figure.people else _share(figure)


def _mean(figure: Figure | None, scale: int = 1) -> str:
    return _or_else(figure, decimal(figure.mean / scale) if figure and figure.people else "")


def _tenths(thousandths: int) -> str:
    return decimal(Fraction(thousandths, 10))


def decimal(number: Fraction) -> str:
    """Return a number with one decimal, halves rounded up; none where it is 0."""
    tenths = (20 * number.numerator + number.denominator) // (2 * number.denominator)
    whole, part = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole:,}{f'.{part}' if part else ''}"


def _in_columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        numbers = "  ".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield f"  {row[0].ljust(widths[0])}  {numbers}"


def _gap(gap: Gap, scale: int) -> str:
    label = _GAPS[gap.measure]
    difference = gap.greatest - gap.least
    if not difference:
        return f"{label}: no gap."
    if gap.measure is Measure.POINTS:
        least, greatest = decimal(gap.least / scale), decimal(gap.greatest / scale)
        size, test = f"{decimal(difference / scale)} points", "permutation test"
    else:
        least, greatest = f"{decimal(100 * gap.least)} %", f"{decimal(100 * gap.greatest)} %"
        size = f"{decimal(100 * difference)} per cent points"
        test = f"Fisher's exact test, times {gap.pairs:,} pairs"
    worst, best = gap.worst or _NOT_KNOWN, gap.best or _NOT_KNOWN
    verdict = "Within what chance gives" if gap.is_within_chance else "More than chance gives"
    often = f"{'at most ' if gap.by_chance < 1000 else ''}{gap.by_chance:,} of 1,000 cases"
    return (
        f"{label}: from {least} ({worst}) to {greatest} ({best}), a gap of {size}. "
        f"{verdict}: groups differ so much by chance in {often} ({test})."
    )


def parity_line(price: ParityPrice) -> str:
    """Say what parity would cost, and what it would bring."""
    people = _change(price.difference.people, "person matched", "people matched")
    points = _change(price.difference.points, "point", "points")
    first = f"seeing first to the group worst off by {price.attribute}"
    line = f"  Price of parity: {first} means {people} and {points}"
    if price.before is None or price.after is None:
        return f"{line}."
    before, after = (100 * (gap.greatest - gap.least) for gap in (price.before, price.after))
    if before == after:
        return f"{line}; the gap stays at {decimal(after)} per cent points."
    return f"{line}; the gap goes from {decimal(before)} to {decimal(after)} per cent points."


def _change(number: int, one: str, many: str) -> str:
    if not number:
        return f"as many {many}"
    return f"{abs(number):,} {one if abs(number) == 1 else many} {'more' if number > 0 else 'fewer'}"
