"""Fairness: how groups of people fare in a solution, without telling of fewer than five of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb

import numpy as np

from matching.audit.chance import exact_test, permutation_test, wilson_interval
from matching.audit.hiding import FEWEST, hidden_groups
from matching.audit.matches import matches_in, scale_of
from matching.audit.seekers import Measure, Seeker, attributes_of, in_order, seekers_of, values_of
from matching.errors import ProblemError
from matching.problem import (
    Problem,
)
from matching.solution import Solution
from matching.watch import Limits, Watch

# Groups that one report compares at most; beyond, attributes are asked for one by one.
MOST_GROUPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The mean of a measure, as a `total` over `people`; nobody is 0 over 0.

    Of points, in units of 1 / `scale` of the report, `middle` is twice the median.
    """

    people: int
    total: int
    middle: int | None = None

    @property
    def mean(self) -> Fraction:
        """The mean, where there is anybody."""
        return Fraction(self.total, self.people)

    @property
    def interval(self) -> tuple[int, int]:
        """Between which thousandths the true share lies with 95 % confidence (of a measure of shares)."""
        return wilson_interval(self.total, self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The people with one value of an attribute (`None`: not known); a figure that is `None` is hidden."""

    value: str | None
    figures: Mapping[Measure, Figure | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far the best group is from the worst, of those that are not hidden.

    `by_chance` is how often chance alone makes groups differ so much, in thousandths, rounded up: of shares
    by Fisher's exact test of the two, times the number of `pairs` they were picked from; of points by dealing
    all points out to the groups anew.
    """

    measure: Measure
    best: str | None
    worst: str | None
    greatest: Fraction
    least: Fraction
    pairs: int
    by_chance: int

    @property
    def is_within_chance(self) -> bool:
        """Whether chance alone does this in more than one case of twenty."""
        return self.by_chance > 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The groups of one attribute, and the gaps between them."""

    attribute: str
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """How everybody who sought a match fared, and how the groups of each attribute did.

    Points are in units of 1 / `scale`.
    """

    programme: str
    everybody: Mapping[Measure, Figure | None]
    tables: tuple[Table, ...]
    scale: int = 1


def fairness_of(
    problem: Problem,
    programme_id: str,
    solution: Solution,
    by: str | None = None,
    watch: Watch | None = None,
) -> Fairness:
    """Return how groups of one programme's people fare: by one attribute, or by all that are known.

    Raises
    ------
    ProblemError
        When nobody has the attribute, or there are too many groups for one report.
    """
    programme = problem.programme(programme_id)
    watch = watch or Watch(Limits())
    matches = matches_in(problem, programme, watch).of(solution)
    seekers = seekers_of(problem, programme, matches)
    attributes = attributes_of(seekers, by)
    values = {name: values_of(seekers, name) for name in attributes}
    if sum(len(set(column)) for column in values.values()) > MOST_GROUPS:
        raise ProblemError(
            "$.people",
            f"there are more than {MOST_GROUPS} groups to compare; ask by one attribute with fewer.",
        )
    everybody, tables = _figures(seekers, values, watch)
    return Fairness(
        programme=programme_id,
        everybody=everybody,
        tables=tuple(
            Table(
                attribute=name, groups=groups, gaps=tuple(_gaps(seekers, values[name], groups, solution.seed))
            )
            for name, groups in zip(attributes, tables, strict=True)
        ),
        scale=scale_of(programme),
    )


_Everybody = dict[Measure, Figure | None]


def _figures(
    seekers: Sequence[Seeker], values: Mapping[str, Sequence[str | None]], watch: Watch
) -> tuple[_Everybody, list[tuple[Group, ...]]]:
    """Return the figures of everybody, and of each attribute's groups, with what must be hidden left out."""
    names = [in_order(column) for column in values.values()]
    number = [{value: place for place, value in enumerate(row)} for row in names]
    tables = [
        [places[value] for value in column] for places, column in zip(number, values.values(), strict=True)
    ]
    everybody: _Everybody = {}
    found: list[list[dict[Measure, Figure | None]]] = [[{} for _value in row] for row in names]
    # Who is hidden among everybody is hidden in all figures.
    always: frozenset[tuple[int, int]] = frozenset()
    for step, measure in enumerate(Measure):
        watch.reached(step, len(Measure))
        about = [place for place, seeker in enumerate(seekers) if measure in seeker.values]
        everybody[measure] = _figure(seekers, about, measure) if _may_be_told(about) else None
        inside = [[[place for place in about if table[place] == group] for group in range(len(row))]
                  for table, row in zip(tables, names, strict=True)]  # fmt: skip
        sizes = [[len(members) for members in row] for row in inside]
        hidden = hidden_groups([[table[place] for place in about] for table in tables], sizes, always)
        if measure is Measure.MATCHED:
            always = hidden
        for table, row in enumerate(inside):
            for group, members in enumerate(row):
                told = (table, group) not in hidden and _may_be_told(about)
                found[table][group][measure] = _figure(seekers, members, measure) if told else None
    return everybody, [
        tuple(Group(value=value, figures=figures) for value, figures in zip(row, cells, strict=True))
        for row, cells in zip(names, found, strict=True)
    ]


def _may_be_told(about: Sequence[int]) -> bool:
    return not about or len(about) >= FEWEST


def _figure(seekers: Sequence[Seeker], members: Sequence[int], measure: Measure) -> Figure:
    values = sorted(seekers[place].values[measure] for place in members)
    middle = None
    if measure is Measure.POINTS and values:
        middle = values[(len(values) - 1) // 2] + values[len(values) // 2]
    return Figure(people=len(values), total=sum(values), middle=middle)


def _gaps(
    seekers: Sequence[Seeker], values: Sequence[str | None], groups: Sequence[Group], seed: int
) -> Iterator[Gap]:
    for measure in (Measure.MATCHED, Measure.POINTS, Measure.FIRST_WISH):
        told = [
            (group.value, figure) for group in groups if (figure := group.figures[measure]) and figure.people
        ]
        if len(told) < 2:
            continue
        # Of groups that are equal the first is named.
        best = max(told, key=lambda row: row[1].mean)
        worst = min(told, key=lambda row: row[1].mean)
        pairs = comb(len(told), 2)
        yield Gap(
            measure=measure,
            best=best[0],
            worst=worst[0],
            greatest=best[1].mean,
            least=worst[1].mean,
            pairs=pairs,
            by_chance=(
                _points_by_chance(seekers, values, [value for value, _figure in told], seed)
                if measure is Measure.POINTS
                else exact_test(_counts(best[1]), _counts(worst[1]), pairs=pairs)
            ),
        )


def _counts(figure: Figure) -> tuple[int, int]:
    return figure.total, figure.people


def _points_by_chance(
    seekers: Sequence[Seeker], values: Sequence[str | None], told: Sequence[str | None], seed: int
) -> int:
    points: dict[str | None, list[int]] = {value: [] for value in told}
    for seeker, value in zip(seekers, values, strict=True):
        if value in points and Measure.POINTS in seeker.values:
            points[value].append(seeker.values[Measure.POINTS])
    every = np.array([number for row in points.values() for number in row], dtype=np.int64)
    return permutation_test(every, [len(row) for row in points.values()], seed)
