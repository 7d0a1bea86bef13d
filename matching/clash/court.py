"""Judges for a mentoring programme whether some of what it asks for can stand together."""

from collections.abc import Collection, Iterator
from copy import copy
from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from matching.candidates import Market
from matching.goals import Amounts
from matching.problem import MentoringProgramme, Problem, Rule
from matching.rules import BANNED, Mask
from matching.solution import ClashKind, ClashMember
from matching.views import Block
from matching.watch import Limits, Watch

Key = tuple[str | None, tuple[tuple[str, int | str], ...]]
FIGURES = ("minutes", "min", "max", "name", "percent")


class Court:
    """The mentees of one programme who must be matched, against every mentor.

    Each rule, ban, lock and number of places is kept apart, so that any can be left out: `members` are all of
    them, and `can_stand` tells whether some leave a mentor for everybody among them. Blocks, and what
    candidates there are where they are explicit, hold always.
    """

    def __init__(self, problem: Problem, programme: MentoringProgramme) -> None:
        self.problem, self.programme = problem, programme
        market = Market(problem, programme, Watch(Limits()))
        numbers = [number for number, row in enumerate(programme.mentees) if row.required]
        self._row = {programme.mentees[number].person: place for place, number in enumerate(numbers)}
        self._column = {row.person: number for number, row in enumerate(programme.mentors)}
        block = Block(market.sides, np.array(numbers, dtype=np.intp), np.arange(len(self._column)))
        self._shape = len(self._row), len(self._column)
        self._always: Mask = np.ones(self._shape, dtype=np.bool_)
        self._rules: list[Mask] = []
        named = len(market.rules) - len(programme.rules)
        for number, rule in enumerate(market.rules):
            if market.explicit is None and number >= named:
                self._rules.append(np.broadcast_to(rule.keeps(block), self._shape))
            elif rule.name != BANNED:
                self._always &= rule.keeps(block)
        if market.explicit is not None:
            self._always &= block.entries(market.named_pairs)
        self.members = tuple(self._all())
        of_rules = (number for number, row in enumerate(self.members) if row.kind is ClashKind.RULE)
        self._rule_of = dict(zip(of_rules, self._rules, strict=True))

    def _all(self) -> Iterator[ClashMember]:
        """Yield everything that may be a member of a clash, in the order in which members are told."""
        for person in self._row:
            yield ClashMember(kind=ClashKind.PERSON, people=(person,))
        if self.programme.candidates is None:
            yield from (member_of(rule) for rule in self.programme.rules)
        bans = [row.members for row in self.problem.bans if row.programme == self.programme.id]
        for members in dict.fromkeys(bans):
            if len(self._cells(members)[0]):
                yield ClashMember(kind=ClashKind.BAN, people=members)
        for lock in self.problem.locks:
            if lock.programme == self.programme.id:
                yield ClashMember(kind=ClashKind.LOCK, people=lock.members)
        for mentor in self.programme.mentors:
            yield ClashMember(kind=ClashKind.PLACES, people=(mentor.person,), places=mentor.capacity)

    def _cells(self, members: tuple[str, ...]) -> tuple[list[int], list[int]]:
        """Return the rows and columns of pairs of whom both are among these people."""
        pairs = [
            (self._row[first], self._column[second])
            for first in members
            for second in members
            if first != second and first in self._row and second in self._column
        ]
        return [row for row, _column in pairs], [column for _row, column in pairs]

    def can_stand(self, numbers: Collection[int]) -> bool:
        """Tell whether some of the members can all be kept: with a place for everybody among them."""
        return not self.left_over(numbers)

    def can_stand_with(self, numbers: Collection[int], places: ClashMember) -> bool:
        """Tell whether some of the members can all be kept, with so many places of one more mentor."""
        court = copy(self)
        court.members = (*self.members, places)
        return court.can_stand((*numbers, len(self.members)))

    def left_over(self, numbers: Collection[int]) -> list[int]:
        """Return who gets no mentor when as many get one as these members allow."""
        flow, people, _allowed, _capacity = self._flow(numbers)
        return [person for place, person in enumerate(people) if not flow[place].any()]

    def crowd(self, numbers: Collection[int]) -> set[int]:
        """Return fewest people who compete for too few places, and the mentors who have those.

        From somebody left over, whoever could give them a place by changing, and whoever could for those: all
        their mentors are full, and they are one more than the places (Hall 1935). Empty when all can stand.
        """
        flow, people, allowed, _capacity = self._flow(numbers)
        found: list[set[int]] = []
        places = {row.people[0]: n for n, row in enumerate(self.members) if row.kind is ClashKind.PLACES}
        mentors = list(self._column)
        for start in np.flatnonzero(~flow.any(axis=1)).tolist():
            inside = np.zeros(len(people), dtype=np.bool_)
            new = np.array([start], dtype=np.intp)
            wanted: Mask = np.zeros(self._shape[1], dtype=np.bool_)
            while len(new):
                inside[new] = True
                wanted |= allowed[new].any(axis=0)
                new = np.flatnonzero(flow[:, wanted].any(axis=1) & ~inside)
            crowd = {people[place] for place in np.flatnonzero(inside).tolist()}
            found.append(crowd | {places[mentors[column]] for column in np.flatnonzero(wanted).tolist()})
        return min(found, key=len, default=set())

    def concerns(self, crowd: Collection[int]) -> set[int]:
        """Return the rules, and the bans and locks that have to do with a crowd's people or mentors."""
        people = {self.members[number].people[0] for number in crowd}
        return {
            number
            for number, row in enumerate(self.members)
            if row.kind is ClashKind.RULE
            or (row.kind in (ClashKind.BAN, ClashKind.LOCK) and not people.isdisjoint(row.people))
        }

    def _flow(self, numbers: Collection[int]) -> tuple[Mask, list[int], Mask, Amounts]:
        """Return who gets which mentor, those people, whom they may have, and how many places there are."""
        allowed, capacity, settled = self._left(numbers)
        people = [
            number
            for number in sorted(numbers)
            if self.members[number].kind is ClashKind.PERSON and self.members[number].people[0] not in settled
        ]
        rows = np.array([self._row[self.members[number].people[0]] for number in people], dtype=np.intp)
        allowed = allowed[rows]
        return assigned(allowed, capacity), people, allowed, capacity

    def _left(self, numbers: Collection[int]) -> tuple[Mask, Amounts, set[str]]:
        """Return the pairs allowed, the places that locks leave, and whom locks have settled."""
        allowed = self._always.copy()
        # More places than there are people are as good as any number of them.
        capacity = np.full(self._shape[1], self._shape[0], dtype=np.int64)
        settled: set[str] = set()
        for number in numbers:
            member = self.members[number]
            match member.kind:
                case ClashKind.RULE:
                    allowed &= self._rule_of[number]
                case ClashKind.BAN:
                    allowed[self._cells(member.people)] = False
                case ClashKind.PLACES:
                    column = self._column[member.people[0]]
                    locked = sum(
                        self._column[lock.people[1]] == column for lock in self._locks_among(numbers)
                    )
                    capacity[column] = min(self._shape[0], max((member.places or 0) - locked, 0))
                case ClashKind.LOCK:
                    settled.add(member.people[0])
        return allowed, capacity, settled

    def _locks_among(self, numbers: Collection[int]) -> list[ClashMember]:
        return [self.members[number] for number in numbers if self.members[number].kind is ClashKind.LOCK]

    def changed(self, rule: Rule) -> "Court":
        """Return the court for the same programme with other figures in one of its rules."""
        rules = [
            rule if (row.rule, row.name) == (rule.rule, rule.name) else row for row in self.programme.rules
        ]
        programme = replace(self.programme, rules=tuple(rules))
        others = (programme if row.id == programme.id else row for row in self.problem.programmes)
        return Court(replace(self.problem, programmes=tuple(others)), programme)


def member_of(rule: Rule) -> ClashMember:
    """Return a rule as a member of a clash."""
    given = {name: getattr(rule, name) for name in FIGURES if getattr(rule, name) is not None}
    return ClashMember(kind=ClashKind.RULE, rule=rule.rule.value, figures=given)


def key_of(member: ClashMember) -> Key:
    """Return what tells a rule from the others of its programme."""
    return member.rule, tuple(sorted(member.figures.items()))


def assigned(allowed: Mask, capacity: Amounts) -> Mask:
    """Return which allowed pairs a plan uses in which as many rows as possible have a column of their own."""
    people, mentors = allowed.shape
    rows, columns = np.nonzero(allowed)
    source, sink = people + mentors, people + mentors + 1
    tails = np.concatenate((rows, np.full(people, source), np.arange(mentors) + people))
    heads = np.concatenate((columns + people, np.arange(people), np.full(mentors, sink)))
    ones = np.ones(len(rows) + people, dtype=np.int32)
    sizes = np.concatenate((ones, capacity.astype(np.int32)))
    graph = sparse.csr_array((sizes, (tails, heads)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, source, sink).flow
    return np.asarray(flow[:people, people:source].toarray() > 0)
