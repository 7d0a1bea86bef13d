"""Locks: the memberships that stand before anything is decided, each checked against the rules."""

import numpy as np

from matching.candidates import Candidates, Points
from matching.communities.market import Market
from matching.communities.task import pairs_apart
from matching.errors import ProblemError
from matching.problem import Lock
from matching.rules import BANNED, BLOCKED, SELF
from matching.values import shown
from matching.views import Index


def locked_memberships(market: Market) -> Candidates:
    """Return the locked people and communities of a programme with their points.

    Raises
    ------
    ProblemError
        For a lock that breaks a rule and may not, by the names of its person and community.
    """
    locks = [lock for lock in market.problem.locks if lock.programme == market.programme.id]
    rows = np.array([market.row[lock.members[0]] for lock in locks], dtype=np.intp)
    columns = np.array([market.column[lock.members[1]] for lock in locks], dtype=np.intp)
    _check_rules(market, locks, rows, columns)
    members = {(row, column) for row, column in zip(rows.tolist(), columns.tolist(), strict=True)}
    for first, second in pairs_apart(market):
        for row, column in sorted(members):
            if row == first and (second, column) in members:
                people, community = market.programme.people, market.programme.communities[column].id
                raise ProblemError(
                    "$.locks",
                    f"{shown((people[first].person, people[second].person))} are both locked in {community}, "
                    "but are blocked or banned from being together; no lock overrides that.",
                )
    return Candidates(rows, columns, _points(market, locks, rows, columns))


def _check_rules(market: Market, locks: list[Lock], rows: Index, columns: Index) -> None:
    for rule in market.conditions:
        kept = rule.keeps(rows)[np.arange(len(rows)), columns]
        for number in np.flatnonzero(~kept):
            lock, always = locks[number], rule.name in (SELF, BLOCKED, BANNED)
            if lock.override and not always:
                continue
            sentence = (
                f"{shown(lock.members)} are locked in programme {lock.programme}, but that breaks a rule: "
                f"{rule.sentence}"
            )
            if not always:
                sentence += ' A lock may carry "override": true and a reason.'
            raise ProblemError("$.locks", sentence)


def _points(market: Market, locks: list[Lock], rows: Index, columns: Index) -> Points:
    if market.programme.candidates is None:
        parts = market.parts(rows)
        total = sum(parts.values(), np.zeros((len(rows), market.shape[1]), dtype=np.int32))
        return np.asarray(total[np.arange(len(rows)), columns], dtype=np.int64)
    named = {(person, community): points for person, community, points in market.programme.candidates}
    points = np.zeros(len(locks), dtype=np.int64)
    for number, lock in enumerate(locks):
        found = named.get((lock.members[0], lock.members[1]))
        if found is None and not lock.override:
            raise ProblemError(
                "$.locks",
                f"{shown(lock.members)} are locked in programme {lock.programme}, but are no candidate.",
            )
        points[number] = found or 0
    return points
