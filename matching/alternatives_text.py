"""What other goals would cost, as a table and in sentences."""

from collections.abc import Iterator, Sequence

from matching.alternative import Aim, Alternative, share
from matching.audit.hiding import FEWEST
from matching.counted import counted
from matching.solution import Status

_NAMES = {
    Aim.CHOSEN: "as chosen",
    Aim.MOST_POINTS: "most points",
    Aim.WORST_MATCH: "weakest match",
    Aim.STABLE: "nobody would change",
    Aim.PARITY: "groups alike",
    Aim.SAME_PARTNERS: "same partners",
    Aim.POINTS_FIRST: "points first",
}
_HEADINGS = (
    "matched",
    "coverage",
    "points",
    "weakest",
    "would change",
    "kept",
    "lowest rate",
    "gap",
)
_NOTHING = "-"


def alternative_lines(programme: str, found: Sequence[Alternative]) -> Iterator[str]:
    """Yield a table of what each order of goals comes to, then what each would cost."""
    chosen, *others = found
    yield f"{programme}, best by {_order(chosen)}:"
    yield from _in_columns([["", *_HEADINGS], *(_cells(row) for row in found)])
    for row in others:
        yield f"  {sentence(chosen, row)}"
    if any(rate is None for row in found for rate in row.rates.values()):
        few = f"of fewer than {FEWEST} people"
        yield f"The rates leave out groups {few}, and others from which theirs could be computed."


def _order(row: Alternative) -> str:
    return ", then ".join(goal.value.replace("_", " ") for goal in row.goals)


def _cells(row: Alternative) -> list[str]:
    return [
        _NAMES[row.aim],
        f"{row.matched:,}",
        f"{row.coverage:,}",
        f"{row.points:,}",
        _NOTHING if row.weakest is None else f"{row.weakest:,}",
        f"{row.blocking:,}",
        f"{row.kept:,}",
        _NOTHING if row.worst_rate is None else share(row.worst_rate),
        _NOTHING if row.gap is None else share(row.gap),
    ]


def _in_columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        numbers = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        yield f"  {name.ljust(widths[0])}  {numbers}"


def sentence(chosen: Alternative, other: Alternative) -> str:
    """Say what another order of goals would bring, and cost, beside the chosen one."""
    if not other.changed and other.matched == chosen.matched:
        told = f"{_change(chosen, other)} changes nothing."
    else:
        told = f"{_change(chosen, other)} {_cost(chosen, other)}."
    return told if other.status is not Status.FEASIBLE else f"{told} A better plan of this kind may exist."


def _change(chosen: Alternative, other: Alternative) -> str:
    match other.aim:
        case Aim.WORST_MATCH if _is_more(chosen.weakest, other.weakest):
            return f"Raising the weakest match from {chosen.weakest:,} to {other.weakest:,} points"
        case Aim.WORST_MATCH:
            return "Raising the weakest match as far as it goes"
        case Aim.STABLE if chosen.blocking:
            pairs = counted(chosen.blocking, "pair")
            return f"Leaving nobody who would rather change, instead of {pairs},"
        case Aim.STABLE:
            return "Leaving nobody who would rather change"
        case Aim.PARITY if _is_more(chosen.worst_rate, other.worst_rate):
            raised = f"from {share(chosen.worst_rate or 0)} to {share(other.worst_rate or 0)}"
            return f"Raising the rate of the group worst off {raised}"
        case Aim.PARITY:
            return "Raising the rate of the group worst off"
        case Aim.SAME_PARTNERS if other.kept > chosen.kept:
            return f"Keeping {counted(other.kept, 'earlier pair')} instead of {chosen.kept:,}"
        case Aim.SAME_PARTNERS:
            return "Keeping earlier pairs together"
        case Aim.POINTS_FIRST:
            return "Putting points before coverage"
        case _:
            return "Seeking points right after coverage"


def _is_more(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and after > before


def _cost(chosen: Alternative, other: Alternative) -> str:
    fewer = chosen.points - other.points
    if fewer > 0:
        points = f"costs {fewer:,} of {counted(chosen.points, 'point')}"
    elif fewer < 0:
        points = f"brings {counted(-fewer, 'point')} more"
    else:
        points = "costs no points"
    verb = "costs " if fewer < 0 else ""
    who = counted(other.losing, "person") if other.losing else "nobody"
    places = f"{verb}{who} their place"
    if other.gaining:
        places += f"; {counted(other.gaining, 'other gets', 'others get')} one"
    return f"{points} and {places}"
