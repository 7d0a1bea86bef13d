"""Blocking memberships: who would rather be in an open community that has room, or a weaker member."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.audit.blocking import NOBODY, Found, Standing, Tally
from matching.audit.matches import Match
from matching.candidates import Candidates
from matching.communities.market import Market
from matching.communities.task import pairs_apart
from matching.groups import value_of
from matching.problem import Community
from matching.rules import Mask
from matching.views import Index


@dataclass(frozen=True, slots=True)
class _Member:
    row: int
    points: int
    locked: bool


def blocking_memberships(market: Market, standing: Standing, matches: Iterable[Match]) -> Tally:
    """Return the people and open communities that would both gain.

    A community that is full gives up its weakest member whose exchange keeps its mixes and the people who are
    kept apart; whether a community that somebody leaves could still open does not matter to who leaves.
    """
    members: dict[int, list[_Member]] = defaultdict(list)
    for match in matches:
        column = market.column[match.partners[0]]
        members[column].append(_Member(market.row[match.person], match.points, match.locked))
    tally = Tally(*market.shape)
    rivals = _Rivals(market)
    better = market.candidates()
    better = better.only(better.points > standing.least[better.rows])
    by_column = np.argsort(better.columns, kind="stable")
    ends = np.searchsorted(better.columns[by_column], np.arange(market.shape[1] + 1))
    for column, inside in sorted(members.items()):
        pairs = better.only(by_column[ends[column] : ends[column + 1]])
        pairs = pairs.only(~np.isin(pairs.rows, [member.row for member in inside]))
        given_up = rivals.given_up(market.programme.communities[column], inside, pairs)
        tally.add(_found(pairs, given_up, inside, standing))
    return tally


def _found(pairs: Candidates, given_up: Index, inside: Sequence[_Member], standing: Standing) -> Found:
    """Return the pairs that block; `given_up` is as `_Rivals.given_up` returns it."""
    lost = np.array([*(member.points for member in inside), 0, 0], dtype=np.int64)
    rows = np.array([*(member.row for member in inside), NOBODY, NOBODY], dtype=np.intp)
    kept = given_up != len(inside)
    pairs, given_up = pairs.only(kept), given_up[kept]
    return Found(
        pairs.rows,
        pairs.columns,
        pairs.points,
        standing.gains(pairs.rows, pairs.points),
        pairs.points - lost[given_up],
        rows[given_up],
    )


class _Rivals:
    """Tells whom a community would give up for somebody."""

    def __init__(self, market: Market) -> None:
        self._people = [market.problem.people[place] for place in market.positions]
        self._foes: dict[int, set[int]] = defaultdict(set)
        for first, second in pairs_apart(market):
            self._foes[first].add(second)
            self._foes[second].add(first)

    def given_up(self, community: Community, inside: Sequence[_Member], pairs: Candidates) -> Index:
        """Return which member goes for each newcomer, or `NOBODY`; `len(inside)` where there is no way."""
        found = np.full(len(pairs), len(inside), dtype=np.intp)
        foes = np.zeros(len(self._people), dtype=np.int64)
        for member in inside:
            foes[list(self._foes[member.row])] += 1
        if len(inside) < community.max:
            found[foes[pairs.rows] == 0] = NOBODY
            return found
        order = sorted(range(len(inside)), key=lambda number: (inside[number].points, inside[number].row))
        for number in order:
            member = inside[number]
            if member.locked:
                continue
            others = [other.row for other in inside if other is not member]
            own = np.isin(pairs.rows, list(self._foes[member.row]))
            goes = (found == len(inside)) & (pairs.points > member.points) & (foes[pairs.rows] == own)
            found[goes & self._keeps_mixes(community, others, pairs.rows)] = number
        return found

    def _keeps_mixes(self, community: Community, others: Sequence[int], rows: Index) -> Mask:
        """Tell which newcomers, beside the other members, have the values that each mix asks for."""
        kept: Mask = np.ones(len(rows), dtype=np.bool_)
        for mix in community.mix:
            there = {value_of(self._people[row], mix.attribute) for row in others} - {None, ""}
            if len(there) < mix.at_least:
                new = [value_of(self._people[row], mix.attribute) for row in rows.tolist()]
                brings = [bool(value) and value not in there for value in new]
                kept &= np.array(brings, dtype=np.bool_) & (len(there) + 1 >= mix.at_least)
        return kept
