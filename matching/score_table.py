"""Every candidate with its points, a row each: what `python -m matching score` writes."""

from collections.abc import Iterator

import numpy as np

from matching.candidates import Market
from matching.locks import programme_of
from matching.problem import Criterion, Kind, MentoringProgramme, Problem
from matching.views import Block
from matching.watch import Limits, Watch

COLUMNS = ("programme", "a", "b", "points")


def header(problem: Problem, named: str | None) -> list[str]:
    """Return the names of the columns: programme, both people, points, and each criterion in use."""
    return [*COLUMNS, *(criterion.value for criterion in _criteria(problem, named))]


def rows(problem: Problem, named: str | None) -> Iterator[list[str | int]]:
    """Yield the candidates of the mentoring programmes, by programme, mentee and mentor."""
    criteria = _criteria(problem, named)
    for programme in _programmes(problem, named):
        market = Market(problem, programme, Watch(Limits()))
        yield from (
            _explicit_rows(market, len(criteria)) if market.explicit else _scored_rows(market, criteria)
        )


def _programmes(problem: Problem, named: str | None) -> list[MentoringProgramme]:
    ids = [row.id for row in problem.programmes if row.kind is Kind.MENTORING] if named is None else [named]
    return [programme_of(problem, programme_id) for programme_id in ids]


def _criteria(problem: Problem, named: str | None) -> list[Criterion]:
    used = {name for row in _programmes(problem, named) for name, weight in row.criteria.items() if weight}
    return sorted(used)


def _explicit_rows(market: Market, blanks: int) -> Iterator[list[str | int]]:
    named = market.explicit
    if named is None:
        return
    mentees, mentors = market.programme.mentees, market.programme.mentors
    for row, column, points in zip(named.rows, named.columns, named.points, strict=True):
        pair: list[str | int] = [mentees[row].person, mentors[column].person, int(points)]
        yield [market.programme.id, *pair, *[""] * blanks]


def _scored_rows(market: Market, criteria: list[Criterion]) -> Iterator[list[str | int]]:
    programme = market.programme
    mentors = np.arange(len(programme.mentors))
    for number, mentee in enumerate(programme.mentees):
        block = Block(market.sides, np.array([number]), mentors)
        eligible = market.eligible(block)[0]
        parts = market.scorer.parts(block)
        points = market.scorer.points(block)[0]
        for column in np.flatnonzero(eligible).tolist():
            figures = [int(parts[name][0, column]) if name in parts else 0 for name in criteria]
            mentor = programme.mentors[column].person
            yield [programme.id, mentee.person, mentor, int(points[column]), *figures]
