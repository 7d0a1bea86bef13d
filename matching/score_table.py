"""Every candidate with its points, a row each: what `python -m matching score` writes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.candidates import Market
from matching.communities.market import Market as CommunityMarket
from matching.errors import ProblemError
from matching.peers.market import PeerMarket
from matching.problem import (
    CommunitiesProgramme,
    Criterion,
    MentoringProgramme,
    PeerProgramme,
    Problem,
    Programme,
)
from matching.values import shown
from matching.views import Block
from matching.watch import Limits, Watch

COLUMNS = ("programme", "a", "b", "points")

# a, b, points, and the points of each criterion (none of an explicit candidate)
Scored = tuple[str, str, int, Mapping[Criterion, int]]


def header(problem: Problem, named: str | None) -> list[str]:
    """Return the names of the columns: programme, the two, points, and each criterion in use."""
    return [*COLUMNS, *(criterion.value for criterion in _criteria(problem, named))]


def rows(problem: Problem, named: str | None) -> Iterator[list[str | int]]:
    """Yield the candidates by programme: mentee and mentor, two peers (once), or person and community.

    Raises
    ------
    ProblemError
        When there is no programme of that name, or it has too many people to be scored.
    """
    criteria = _criteria(problem, named)
    for programme in _programmes(problem, named):
        blank = "" if programme.candidates is not None else 0
        for a, b, points, parts in _SCORED[type(programme)](problem, programme):
            yield [programme.id, a, b, points, *(parts.get(criterion, blank) for criterion in criteria)]


def _programmes(problem: Problem, named: str | None) -> list[Programme]:
    found = [row for row in problem.programmes if named in (None, row.id)]
    if named is not None and not found:
        raise ProblemError("$.programmes", f"there is no programme {shown(named)}.")
    return found


def _criteria(problem: Problem, named: str | None) -> list[Criterion]:
    used = {name for row in _programmes(problem, named) for name, weight in row.criteria.items() if weight}
    return sorted(used)


def _mentoring(problem: Problem, programme: MentoringProgramme) -> Iterator[Scored]:
    market = Market(problem, programme, Watch(Limits()))
    mentees = [row.person for row in programme.mentees]
    mentors = [row.person for row in programme.mentors]
    if market.explicit is not None:
        named = market.explicit
        for row, column, points in zip(named.rows, named.columns, named.points, strict=True):
            yield mentees[row], mentors[column], int(points), {}
        return
    for number, mentee in enumerate(mentees):
        block = Block(market.sides, np.array([number]), np.arange(len(mentors)))
        columns = np.flatnonzero(market.eligible(block)[0])
        yield from _row(mentee, mentors, columns, market.scorer.parts(block))


def _peers(problem: Problem, programme: PeerProgramme) -> Iterator[Scored]:
    watch = Watch(Limits())
    market = PeerMarket(problem, programme, watch)
    market.fill(watch)
    for number, person in enumerate(market.ids):
        partners = number + 1 + np.flatnonzero(market.eligible[number, number + 1 :])
        if programme.candidates is not None:
            found = zip(partners, market.points[number, partners], strict=True)
            yield from ((person, market.ids[partner], int(points), {}) for partner, points in found)
        else:
            yield from _row(person, market.ids, partners, market.parts_of(number))


def _communities(problem: Problem, programme: CommunitiesProgramme) -> Iterator[Scored]:
    market = CommunityMarket(problem, programme, Watch(Limits()))
    people = [row.person for row in programme.people]
    communities = [row.id for row in programme.communities]
    if programme.candidates is not None:
        named = market.candidates()
        for row, column, points in zip(named.rows, named.columns, named.points, strict=True):
            yield people[row], communities[column], int(points), {}
        return
    for number, person in enumerate(people):
        row = np.array([number])
        yield from _row(person, communities, np.flatnonzero(market.allowed(row)[0]), market.parts(row))


def _row(
    a: str, others: list[str], columns: NDArray[np.intp], parts: Mapping[Criterion, NDArray[Any]]
) -> Iterator[Scored]:
    """Yield the candidates of one person; `parts` are of shape (1, others)."""
    for column in columns.tolist():
        found = {criterion: int(part[0, column]) for criterion, part in parts.items()}
        yield a, others[column], sum(found.values()), found


_SCORED: dict[type[Programme], Callable[[Problem, Any], Iterator[Scored]]] = {
    MentoringProgramme: _mentoring,
    PeerProgramme: _peers,
    CommunitiesProgramme: _communities,
}
