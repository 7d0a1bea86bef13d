"""Stability: who would both rather have each other than somebody the solution gave them, over all pairs.

Equal points block nothing. A free place takes anybody eligible; what is locked nobody can leave.

References
----------
D. Gale, L. S. Shapley, "College admissions and the stability of marriage", 1962. D. Gusfield, R. W. Irving,
*The Stable Marriage Problem*, 1989.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from matching.audit.blocking import (
    FREE,
    NOBODY,
    BlockingPair,
    Found,
    Side,
    Stability,
    Standing,
    Tally,
    standing_of,
)
from matching.audit.matches import (
    CommunityMatches,
    Match,
    MentoringMatches,
    PeerMatches,
    matches_in,
    scale_of,
)
from matching.audit.memberships import blocking_memberships
from matching.candidates import INELIGIBLE, Candidates, Market
from matching.peers.market import PeerMarket
from matching.problem import Problem
from matching.solution import Role, Solution
from matching.watch import Limits, Watch


def stability_of(
    problem: Problem, programme_id: str, solution: Solution, watch: Watch | None = None
) -> Stability:
    """Return the blocking pairs of one programme of a solution, over all eligible pairs.

    Raises
    ------
    ProblemError
        When the solution does not fit the problem.
    Stopped
        When the watch stops it: a count of some pairs would say nothing.
    """
    programme = problem.programme(programme_id)
    reader = matches_in(problem, programme, watch or Watch(Limits()))
    matches = reader.of(solution)
    if isinstance(reader, MentoringMatches):
        return _of_mentoring(reader, matches)
    if isinstance(reader, PeerMatches):
        return _of_peers(reader.market, matches, watch or Watch(Limits()))
    if isinstance(reader, CommunityMatches):
        return _of_communities(reader, matches)
    raise TypeError(f"there is no stability of {type(programme).__name__}")


def _of_mentoring(reader: MentoringMatches, matches: Sequence[Match]) -> Stability:
    programme = reader.market.programme
    mentees = [row.person for row in programme.mentees]
    mentors = [row.person for row in programme.mentors]
    first = standing_of(mentees, [row.places for row in programme.mentees], _as(matches, Role.MENTEE))
    second = standing_of(mentors, [row.capacity for row in programme.mentors], _as(matches, Role.MENTOR))
    together = np.array(
        [
            reader.mentee_row[row.person] * len(mentors) + reader.mentor_row[row.partners[0]]
            for row in _as(matches, Role.MENTEE)
        ],
        dtype=np.int64,
    )
    tally = Tally(len(mentees), len(mentors))
    for pairs in _better_pairs(reader.market, first, second):
        others = pairs.only(~np.isin(pairs.rows * len(mentors) + pairs.columns, together))
        tally.add(_found(others, first, second))
    involved = {mentees[row] for row in np.flatnonzero(tally.first)}
    involved |= {mentors[column] for column in np.flatnonzero(tally.second)}
    worst = tuple(_named(tally.worst, mentees, mentors, first, second))
    return Stability(programme=programme.id, count=tally.count, people=len(involved), worst=worst)


def _as(matches: Iterable[Match], role: Role) -> list[Match]:
    return [match for match in matches if match.role is role]


def _better_pairs(market: Market, first: Standing, second: Standing) -> Iterator[Candidates]:
    """Yield the eligible pairs, together or not, whose points are more than what either side has."""
    if market.explicit is not None:
        listed = market.explicit
        least = np.maximum(first.least[listed.rows], second.least[listed.columns])
        yield listed.only(listed.points > least)
        return
    # In the numbers of points: what is free becomes INELIGIBLE, which no eligible pair is.
    lowest, highest = INELIGIBLE, np.iinfo(np.int16).max
    of_mentees = first.least.clip(lowest, highest).astype(np.int16)
    of_mentors = second.least.clip(lowest, highest).astype(np.int16)
    rows = np.flatnonzero(of_mentees < sum(market.scorer.weights.values()))
    for block, points in market.blocks(rows):
        least = np.maximum(of_mentees[block.rows], of_mentors[block.columns])
        row, column = np.nonzero(points > least)
        yield Candidates(block.rows[row, 0], column, points[row, column].astype(np.int64))


def _found(pairs: Candidates, first: Standing, second: Standing) -> Found:
    return Found(
        pairs.rows,
        pairs.columns,
        pairs.points,
        first.gains(pairs.rows, pairs.points),
        second.gains(pairs.columns, pairs.points),
        np.full(len(pairs), NOBODY),
    )


def _named(
    found: Found, first: Sequence[str], second: Sequence[str], of_first: Standing, of_second: Standing
) -> Iterator[BlockingPair]:
    for number in range(len(found)):
        row, column = int(found.rows[number]), int(found.columns[number])
        given_up = int(found.given_up[number])
        instead = of_second.weakest[column] if given_up == NOBODY else (first[given_up],)
        yield BlockingPair(
            first=Side(who=first[row], gain=int(found.first_gains[number]), instead=of_first.weakest[row]),
            second=Side(who=second[column], gain=int(found.second_gains[number]), instead=instead),
            points=int(found.points[number]),
        )


def _of_peers(market: PeerMarket, matches: Sequence[Match], watch: Watch) -> Stability:
    """Two of a triad who would rather be a pair block as well: whoever leaves a group leaves all of it."""
    scale = scale_of(market.programme)
    standing = standing_of(market.ids, [1] * len(market), matches)
    tally = Tally(len(market), len(market))
    if market.allows_pairs:
        market.fill(watch)
        for rows in market.rows():
            points = scale * market.points[rows].astype(np.int64)
            better = market.eligible[rows] & (points > standing.least[rows, None])
            better &= points > standing.least[None, :]
            row, column = np.nonzero(better & (rows[:, None] < np.arange(len(market))))
            tally.add(_found(Candidates(rows[row], column, points[row, column]), standing, standing))
    return Stability(
        programme=market.programme.id,
        count=tally.count,
        people=int((tally.first | tally.second).sum()),
        worst=tuple(_named(tally.worst, market.ids, market.ids, standing, standing)),
        scale=scale,
        applies=market.allows_pairs,
    )


def _of_communities(reader: CommunityMatches, matches: Sequence[Match]) -> Stability:
    market = reader.market
    people = [row.person for row in market.programme.people]
    standing = standing_of(people, [row.places for row in market.programme.people], matches)
    tally = blocking_memberships(market, standing, matches)
    communities = [row.id for row in market.programme.communities]
    # Which member a community would give up depends on who comes, so its own standing names nobody.
    nobody = Standing(np.full(len(communities), FREE), ((),) * len(communities))
    worst = tuple(_named(tally.worst, people, communities, standing, nobody))
    return Stability(
        programme=market.programme.id, count=tally.count, people=int(tally.first.sum()), worst=worst
    )
