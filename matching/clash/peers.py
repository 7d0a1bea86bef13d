"""Judges for a programme of peer coaching whether some of what it asks for can stand together."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from matching.clash.court import Key, key_of, member_of
from matching.clash.feasible import MOST_MODELS, Model, UndecidedError
from matching.columns import Columns
from matching.peers.market import PeerMarket
from matching.peers.rules import both_ways
from matching.problem import PeerProgramme, Problem, Rule
from matching.rules import BANNED, Mask, shared_minutes
from matching.solution import ClashKind, ClashMember
from matching.watch import Limits, Watch


class PeerCourt:
    """Everybody of one programme, of whom those who must be matched are to be in some group.

    Each rule, ban and lock is kept apart, so that any can be left out. Blocks, sizes of groups, and what
    candidates there are where they are explicit, hold always.
    """

    def __init__(self, problem: Problem, programme: PeerProgramme) -> None:
        self.problem, self.programme = problem, programme
        bans = [row for row in problem.bans if row.programme == programme.id]
        market = PeerMarket(problem, programme, Watch(Limits()))
        self._market, self._number = market, market.number
        everybody = np.arange(len(market))
        there, back = market.block(everybody), market.block(everybody, turned=True)
        named = len(market.rules) - (len(programme.rules) if programme.candidates is None else 0)
        self._always: Mask = np.ones((len(market), len(market)), dtype=np.bool_)
        self._rules: dict[Key, Mask] = {}
        for number, rule in enumerate(market.rules):
            kept = both_ways(rule, there, back)
            if number >= named:
                self._rules[key_of(member_of(programme.rules[number - named]))] = kept
            elif rule.name != BANNED:
                self._always &= kept
        if market.listed is not None:
            self._always &= market.listed.toarray()
        self._models = 0
        self.members = tuple(self._all([row.members for row in bans]))

    def _all(self, bans: list[tuple[str, ...]]) -> Iterator[ClashMember]:
        """Yield everything that may be a member of a clash, in the order in which members are told."""
        for row in self.programme.people:
            if row.required:
                yield ClashMember(kind=ClashKind.PERSON, people=(row.person,))
        if self.programme.candidates is None:
            yield from (member_of(rule) for rule in self.programme.rules)
        for members in dict.fromkeys(bans):
            if len(members) <= max(self.programme.group_sizes) and set(members) <= self._number.keys():
                yield ClashMember(kind=ClashKind.BAN, people=members)
        for lock in self.problem.locks:
            if lock.programme == self.programme.id:
                yield ClashMember(kind=ClashKind.LOCK, people=lock.members)

    def can_stand(self, numbers: Collection[int]) -> bool:
        """Tell whether some of the members can all be kept: with a group for everybody among them."""
        return self._can_stand([self.members[number] for number in numbers])

    def can_stand_with(self, numbers: Collection[int], member: ClashMember) -> bool:
        """Tell whether some of the members can all be kept, beside one more."""
        return self._can_stand([*(self.members[number] for number in numbers), member])

    def _can_stand(self, members: list[ClashMember]) -> bool:
        allowed, banned = self._always.copy(), set[tuple[int, ...]]()
        settled, required = set[int](), set[int]()
        for member in members:
            people = sorted(self._number[person] for person in member.people)
            match member.kind:
                case ClashKind.PERSON:
                    required |= set(people)
                case ClashKind.RULE:
                    allowed &= self._rules[key_of(member)]
                case ClashKind.LOCK:
                    settled |= set(people)
                case ClashKind.BAN if len(people) == 2:
                    allowed[people[0], people[1]] = allowed[people[1], people[0]] = False
                case ClashKind.BAN:
                    banned.add(tuple(people))
        asked = sorted(required - settled)
        free = np.ones(len(self._number), dtype=np.bool_)
        free[sorted(settled)] = False
        groups = [row for row in self._groups(asked, allowed & free & free[:, None]) if row not in banned]
        self._models += 1
        if self._models > MOST_MODELS:
            raise UndecidedError
        model = Model()
        of: dict[int, list[int]] = {person: [] for person in asked}
        for variable, group in enumerate(groups):
            for person in group:
                of.setdefault(person, []).append(variable)
        model.variables(len(groups))
        for person, variables in of.items():
            model.row([(variable, 1.0) for variable in variables], float(person in required), 1.0)
        return model.is_feasible()

    def _groups(self, asked: list[int], allowed: Mask) -> Iterator[tuple[int, ...]]:
        """Yield the groups with somebody of these in them."""
        inside = set(asked)
        for person in asked:
            partners = np.flatnonzero(allowed[person]).tolist()
            # A group with two of these is met at the first of them.
            others = [other for other in partners if other > person or other not in inside]
            if 2 in self.programme.group_sizes:
                yield from (tuple(sorted((person, other))) for other in others)
            if 3 in self.programme.group_sizes:
                for first, second in combinations(others, 2):
                    if allowed[first, second]:
                        yield tuple(sorted((person, first, second)))

    def only_short_of(self, rule: Rule, person: str) -> list[tuple[str, int]]:
        """Return with whom a person breaks a rule of shared hours alone, with the minutes, most first."""
        row = self._number[person]
        allowed = self._always[row].copy()
        for member in self.members:
            if member.kind is ClashKind.RULE and member != member_of(rule):
                allowed &= self._rules[key_of(member)][row]
            if member.kind is ClashKind.BAN and person in member.people and len(member.people) == 2:
                allowed[[self._number[other] for other in member.people]] = False
        allowed &= ~self._rules[key_of(member_of(rule))][row]
        minutes = shared_minutes(self._market.block(np.array([row])), Columns.of(self.problem))[0]
        found = np.flatnonzero(allowed)
        order = found[np.argsort(-minutes[found], kind="stable")]
        return [(self._market.ids[number], int(minutes[number])) for number in order.tolist()]

    def changed(self, rule: Rule) -> "PeerCourt":
        """Return the court for the same programme with other figures in one of its rules."""
        rules = [
            rule if (row.rule, row.name) == (rule.rule, rule.name) else row for row in self.programme.rules
        ]
        programme = replace(self.programme, rules=tuple(rules))
        others = (programme if row.id == programme.id else row for row in self.problem.programmes)
        return PeerCourt(replace(self.problem, programmes=tuple(others)), programme)
