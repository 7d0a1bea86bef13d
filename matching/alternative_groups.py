"""Counts what plans of peer coaching and of communities come to, beside the chosen one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from matching.alternative import Aim, Alternative
from matching.audit.hiding import hidden_groups
from matching.audit.stability import stability_of
from matching.communities.market import Market
from matching.groups import NO_GROUP, Groups, groups_among
from matching.peers.market import PeerMarket
from matching.problem import CommunitiesProgramme, GoalName, PeerProgramme, Problem, Programme
from matching.rules import Mask
from matching.solution import Assignment, Solution, Status
from matching.watch import Watch

# Who are together: two people, or a person and a community.
Pair = tuple[str, str]


class GroupFigures:
    """Counts what plans of one programme come to: its matches are two people, or a person and a community."""

    def __init__(self, problem: Problem, programme: Programme, solution: Solution, watch: Watch) -> None:
        watch.go_on_to("people")
        self._problem, self._programme, self._solution = problem, programme, solution
        self._watch = watch
        if isinstance(programme, PeerProgramme):
            seeking = [True] * len(programme.people)
            self._points_of = _points_of_peers(problem, programme, watch)
        elif isinstance(programme, CommunitiesProgramme):
            seeking = [row.places > 0 for row in programme.people]
            self._points_of = _points_of_members(problem, programme, watch)
        else:
            raise TypeError(f"{programme.id} has neither peers nor communities")
        self._ids = [row.person for row in programme.people]
        self._waiting = np.array([1 + row.rounds_waited for row in programme.people], dtype=np.int64)
        people = {person.id: person for person in problem.people}
        self._groups = groups_among([people[person] for person in self._ids], seeking, programme.parity)
        self._hidden = hidden_values(self._groups, seeking)
        before = [row.members for row in problem.previous if row.programme == programme.id]
        self._before = {pair for members in before for pair in self._pairs_in(members)}
        locks = [lock.members for lock in problem.locks if lock.programme == programme.id]
        self._locked = {pair for members in locks for pair in self._pairs_in(members)}
        mine = [row for row in solution.assignments if row.programme == programme.id]
        self._chosen = self._matches_of(mine)

    def of(
        self, aim: Aim, goals: tuple[GoalName, ...], status: Status, assignments: tuple[Assignment, ...]
    ) -> Alternative:
        """Return what a plan comes to."""
        pairs = self._matches_of(assignments)
        matched, before = (self._matched(found) for found in (pairs, self._chosen))
        others = [row for row in self._solution.assignments if row.programme != self._programme.id]
        whole = replace(self._solution, assignments=(*others, *assignments))
        free = [self._points_of(pair) for pair in sorted(pairs - self._locked)]
        rates = self._groups.rates(matched).tolist()
        return Alternative(
            aim=aim,
            goals=goals,
            status=status,
            coverage=int(self._waiting[matched].sum()),
            matched=int(matched.sum()),
            losing=int((before & ~matched).sum()),
            gaining=int((matched & ~before).sum()),
            changed=len(pairs - self._chosen),
            points=sum(row.points for row in assignments),
            weakest=min(free, default=None),
            blocking=stability_of(self._problem, self._programme.id, whole, self._watch).count,
            rates={
                value: None if number in self._hidden else rate
                for number, (value, rate) in enumerate(zip(self._groups.values, rates, strict=True))
            },
            kept=len(pairs & self._before),
        )

    def _matches_of(self, assignments: Sequence[Assignment]) -> set[Pair]:
        """Return each two who are in one group, or each person with the community they are in."""
        found: set[Pair] = set()
        for row in assignments:
            if row.community is None:
                found |= self._pairs_in(row.people)
            else:
                found |= {(person, row.community) for person in row.people}
        return found

    def _pairs_in(self, members: Sequence[str]) -> set[Pair]:
        """Return each two of a group, or a person and a community as they stand."""
        if isinstance(self._programme, CommunitiesProgramme):
            return {(members[0], members[1])}
        return set(combinations(sorted(members), 2))

    def _matched(self, pairs: set[Pair]) -> Mask:
        """Mark who has a match; a community may have the id of a person."""
        people = {first for first, _second in pairs}
        if isinstance(self._programme, PeerProgramme):
            people |= {second for _first, second in pairs}
        return np.array([person in people for person in self._ids], dtype=np.bool_)


def _points_of_peers(problem: Problem, programme: PeerProgramme, watch: Watch) -> Callable[[Pair], int]:
    market = PeerMarket(problem, programme, watch)
    watch.go_on_to("candidates")
    market.fill(watch)
    return lambda pair: int(market.points[market.number[pair[0]], market.number[pair[1]]])


def _points_of_members(
    problem: Problem, programme: CommunitiesProgramme, watch: Watch
) -> Callable[[Pair], int]:
    market = Market(problem, programme, watch)
    watch.go_on_to("candidates")
    found = market.candidates()
    cells = zip(found.rows.tolist(), found.columns.tolist(), found.points.tolist(), strict=True)
    points: Mapping[tuple[int, int], int] = {(row, column): worth for row, column, worth in cells}
    return lambda pair: points[market.row[pair[0]], market.column[pair[1]]]


def hidden_values(groups: Groups, seeking: Sequence[bool]) -> set[int]:
    """Return the groups whose rates would tell of few people; those of no group are one beside them."""
    codes = groups.codes[np.array(seeking, dtype=np.bool_)]
    of_each = np.where(codes == NO_GROUP, len(groups.values), codes).tolist()
    sizes = np.bincount(of_each, minlength=len(groups.values) + 1).tolist()
    found = hidden_groups([of_each], [sizes]) if of_each else frozenset()
    return {group for _table, group in found}
