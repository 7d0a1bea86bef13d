"""What runs of a round have in common and where they differ, in the words of the comparison page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.rounds import results
from app.rounds.comparing import FEWEST_IN_GROUP, Fits, Gap
from app.rounds.models import Run
from app.rounds.settings import differences
from app.words import number

SAME, BETTER, WORSE = "No change", "Better", "Worse"
NOTHING = "None"
Value = float | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a run reached in one measure, and how that stands beside the first run, which has no verdict."""

    words: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table: what is measured, and the cell of each run."""

    label: str
    hint: str
    cells: list[Cell]


def names_of(runs: Sequence[Run]) -> Mapping[int, str]:
    """Return what the runs of a round and its what-ifs are called: numbered as they were asked for."""
    ordered = sorted(runs, key=lambda run: run.id)
    called = {"Run": (run for run in ordered if not run.is_what_if)}
    called["What-if"] = (run for run in ordered if run.is_what_if)
    return {
        run.id: f"{word} {place}"
        for word, alike in called.items()
        for place, run in enumerate(alike, start=1)
    }


def measures(runs: Sequence[Run], fits: Mapping[int, Fits], gaps: Mapping[int, Gap | None]) -> list[Measure]:
    """Return the rows that compare runs, each with the first of them."""
    kept, widths = [fits[run.id] for run in runs], [gaps[run.id] for run in runs]
    averages = [_rounded(row.average) for row in kept]
    apart = [_rounded(None if row is None else row.width) for row in widths]
    small = f"Smaller is better; without departments of fewer than {FEWEST_IN_GROUP} mentees"
    matched = [run.mentees_matched for run in runs]
    weakest, weak = [row.weakest for row in kept], [row.weak for row in kept]
    return [
        Measure("People with a mentor", "", _cells(map(_share, runs), matched)),
        Measure("Average fit", "Out of 100", _cells(map(_figure, averages), averages)),
        Measure("Weakest fit", "Out of 100", _cells(map(_figure, weakest), weakest)),
        Measure("Weak fits", "Fewer is better", _cells(map(number, weak), weak, less_is_better=True)),
        Measure("Gap between departments", small, _cells(map(_gap, widths), apart, less_is_better=True)),
    ]


def otherwise(runs: Sequence[Run]) -> list[list[str]]:
    """Say of each run which of its settings are not those of the first."""
    first = runs[0].settings or {}
    return [differences(first, run.settings or {}) for run in runs]


def proofs(runs: Sequence[Run]) -> list[str]:
    """Say of each run how good its plan is."""
    return [results.quality(run) for run in runs]


def _cells(words: Iterable[str], values: Sequence[Value], *, less_is_better: bool = False) -> list[Cell]:
    """Return the cells of a row from its figures in words and as numbers, the first run's first."""
    verdicts = ["", *(_verdict(value, values[0], less_is_better) for value in values[1:])]
    return [Cell(*cell) for cell in zip(words, verdicts, strict=True)]


def _verdict(value: Value, first: Value, less_is_better: bool) -> str:
    if value is None or first is None:
        return ""
    if value == first:
        return SAME
    return BETTER if (value < first) == less_is_better else WORSE


def _share(run: Run) -> str:
    return f"{number(run.mentees_matched or 0)} of {number(run.mentees or 0)}"


def _rounded(value: Value) -> Value:
    """Return a value as it is shown, so that no two figures that read alike are called better or worse."""
    return None if value is None else round(value, 1)


def _figure(value: Value) -> str:
    return NOTHING if value is None else f"{value:g}"


def _gap(gap: Gap | None) -> str:
    if gap is None:
        return NOTHING
    return f"{gap.width:.1f} ({gap.best} {gap.most:.1f}, {gap.worst} {gap.least:.1f})"
