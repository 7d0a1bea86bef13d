"""Judges for a programme of communities whether some of what it asks for can stand together."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from matching.clash.court import Key, assigned, key_of, member_of
from matching.clash.feasible import MOST_MODELS, Model, UndecidedError
from matching.communities.market import Market
from matching.communities.task import pairs_apart
from matching.groups import value_of
from matching.problem import CommunitiesProgramme, Community, Problem, Rule
from matching.rules import BANNED, Mask
from matching.solution import ClashKind, ClashMember
from matching.watch import Limits, Watch


@dataclass(slots=True)
class _Asked:
    """What some members ask for: who must join, what must open, and what they allow."""

    allowed: Mask
    apart: set[tuple[int, int]]
    people: set[int]
    opened: set[int]
    locked: set[tuple[int, int]]
    most: dict[int, int]
    needy: dict[int, int]


class CommunityCourt:
    """Everybody and every community of one programme, of which those that must be matched are to be.

    Each rule, ban, lock, number of places and least size (with its mixes) is kept apart, so that any can be
    left out. Blocks, places that people ask for, and what candidates there are where they are explicit, hold
    always.
    """

    def __init__(self, problem: Problem, programme: CommunitiesProgramme) -> None:
        self.problem, self.programme = problem, programme
        market = Market(replace(problem, bans=(), locks=()), programme, Watch(Limits()))
        self._market = market
        self._row, self._column = market.row, market.column
        everybody = np.arange(len(self._row))
        named = len(market.conditions) - (len(programme.rules) if programme.candidates is None else 0)
        self._always: Mask = np.ones(market.shape, dtype=np.bool_)
        self._rules: dict[Key, Mask] = {}
        for number, condition in enumerate(market.conditions):
            kept = np.asarray(condition.keeps(everybody))
            if number >= named:
                self._rules[key_of(member_of(programme.rules[number - named]))] = kept
            elif condition.name != BANNED:
                self._always &= kept
        if programme.candidates is not None:
            self._always &= market.named
        self._places = [row.places for row in programme.people]
        self._always &= (np.array(self._places, dtype=np.int64) > 0)[:, None]
        self._apart = set(pairs_apart(market))
        self._people = [market.problem.people[position] for position in market.positions.tolist()]
        self._models = 0
        self.members = tuple(self._all())

    def _all(self) -> Iterator[ClashMember]:
        """Yield everything that may be a member of a clash, in the order in which members are told."""
        programme = self.programme
        for row in programme.people:
            if row.required:
                yield ClashMember(kind=ClashKind.PERSON, people=(row.person,))
        for community in programme.communities:
            if community.required:
                yield ClashMember(kind=ClashKind.COMMUNITY, people=(community.id,))
        if programme.candidates is None:
            yield from (member_of(rule) for rule in programme.rules)
        bans = [row.members for row in self.problem.bans if row.programme == programme.id]
        for members in dict.fromkeys(bans):
            yield ClashMember(kind=ClashKind.BAN, people=members)
        for lock in self.problem.locks:
            if lock.programme == programme.id:
                yield ClashMember(kind=ClashKind.LOCK, people=lock.members)
        for community in programme.communities:
            yield ClashMember(kind=ClashKind.PLACES, people=(community.id,), places=community.max)
            if community.min > 1 or community.mix:
                yield ClashMember(kind=ClashKind.NEEDS, people=(community.id,), places=community.min)

    def can_stand(self, numbers: Collection[int]) -> bool:
        """Tell whether some of the members can all be kept: with a place for everybody among them."""
        return self._can_stand([self.members[number] for number in numbers])

    def can_stand_with(self, numbers: Collection[int], member: ClashMember) -> bool:
        """Tell whether some of the members can all be kept, beside one more."""
        return self._can_stand([*(self.members[number] for number in numbers), member])

    def _asked(self, members: Sequence[ClashMember]) -> _Asked:
        asked = _Asked(self._always.copy(), set(self._apart), set(), set(), set(), {}, {})
        for member in members:
            first = member.people[0] if member.people else ""
            match member.kind:
                case ClashKind.PERSON:
                    asked.people.add(self._row[first])
                case ClashKind.COMMUNITY:
                    asked.opened.add(self._column[first])
                case ClashKind.RULE:
                    asked.allowed &= self._rules[key_of(member)]
                case ClashKind.BAN:
                    self._ban(member.people, asked)
                case ClashKind.LOCK:
                    asked.locked.add((self._row[first], self._column[member.people[1]]))
                case ClashKind.PLACES:
                    asked.most[self._column[first]] = member.places or 0
                case ClashKind.NEEDS:
                    asked.needy[self._column[first]] = member.places or 0
        return asked

    def _ban(self, members: Sequence[str], asked: _Asked) -> None:
        rows = sorted(self._row[member] for member in members if member in self._row)
        asked.apart |= set(combinations(rows, 2))
        for column, community in enumerate(self.programme.communities):
            for row in rows:
                person = self.programme.people[row].person
                if {community.id, community.lead} & (set(members) - {person}):
                    asked.allowed[row, column] = False

    def _can_stand(self, members: Sequence[ClashMember]) -> bool:
        asked = self._asked(members)
        used = self._room_for(asked)
        if used is None:
            return False
        met = any((used[first] & used[second]).any() for first, second in asked.apart)
        if not asked.opened and not asked.needy and not met:
            return True
        self._models += 1
        if self._models > MOST_MODELS:
            raise UndecidedError
        model = Model()
        cells = sorted(set(zip(*(found.tolist() for found in np.nonzero(asked.allowed)), strict=True)))
        free = [cell for cell in cells if cell not in asked.locked]
        number = dict(zip(free, model.variables(len(free)), strict=True))
        locked = sorted(asked.locked)
        number |= dict(zip(locked, model.variables(len(locked), low=1.0), strict=True))
        opening = model.variables(len(self._column))
        mine: list[list[tuple[int, float]]] = [[] for _row in self._row]
        inside: list[dict[int, int]] = [{} for _column in self._column]
        for (row, column), variable in number.items():
            mine[row].append((variable, 1.0))
            inside[column][row] = variable
        for row, places in enumerate(self._places):
            model.row(mine[row], float(row in asked.people), float(places))
        for column, community in enumerate(self.programme.communities):
            self._open(model, community, inside[column], opening[column], asked)
        for first, second in sorted(asked.apart):
            for column in range(len(self._column)):
                both = [number.get((row, column)) for row in (first, second)]
                if None not in both:
                    model.row([(variable, 1.0) for variable in both if variable is not None], 0.0, 1.0)
        return model.is_feasible()

    def _room_for(self, asked: _Asked) -> Mask | None:
        """Return, by a flow, a place for everybody where only places and rules bind; `None` where none is."""
        settled = {row for row, _column in asked.locked}
        rows = sorted(asked.people - settled)
        most = [asked.most.get(column, len(self._row)) for column in range(len(self._column))]
        for _row, column in asked.locked:
            most[column] -= 1
        capacity = np.minimum(np.maximum(np.array(most, dtype=np.int64), 0), len(self._row))
        found = assigned(asked.allowed[rows], capacity)
        if not found.any(axis=1).all():
            return None
        used: Mask = np.zeros_like(asked.allowed)
        used[rows] = found
        for row, column in asked.locked:
            used[row, column] = True
        return used

    def _open(
        self, model: Model, community: Community, inside: dict[int, int], opening: int, asked: _Asked
    ) -> None:
        """Ask of a community that opens for members in number, and of different values."""
        column = self._column[community.id]
        people = [(variable, 1.0) for variable in inside.values()]
        most = float(asked.most.get(column, len(self._row)))
        least = float(max(asked.needy.get(column, 1), 1))
        model.row([*people, (opening, -most)], -np.inf, 0.0)
        model.row([*people, (opening, -least)], 0.0, np.inf)
        if column in asked.opened:
            model.row([(opening, 1.0)], 1.0, 1.0)
        for mix in community.mix if column in asked.needy else ():
            values: dict[str, list[int]] = {}
            for row, variable in inside.items():
                if value := value_of(self._people[row], mix.attribute):
                    values.setdefault(value, []).append(variable)
            present = model.variables(len(values))
            for variable, members in zip(present, values.values(), strict=True):
                model.row([(variable, 1.0), *((member, -1.0) for member in members)], -np.inf, 0.0)
            seen = [(variable, 1.0) for variable in present]
            model.row([*seen, (opening, -float(mix.at_least))], 0.0, np.inf)

    def may_join(self, person: str) -> set[str]:
        """Return the communities that rules and bans allow a person."""
        kinds = (ClashKind.RULE, ClashKind.BAN)
        asked = self._asked([member for member in self.members if member.kind in kinds])
        allowed = asked.allowed[self._row[person]]
        return {
            community.id for community, may in zip(self.programme.communities, allowed, strict=True) if may
        }

    def only_short_of(self, rule: Rule, person: str) -> list[tuple[str, int]]:
        """Return the communities that a rule of shared hours alone shuts, with the minutes, most first."""
        kinds, row = (ClashKind.RULE, ClashKind.BAN), self._row[person]
        shut = member_of(rule)
        asked = self._asked([member for member in self.members if member.kind in kinds and member != shut])
        alone = asked.allowed[row] & ~self._rules[key_of(shut)][row]
        minutes = self._market.shared_minutes(np.array([row]))[0]
        found = np.flatnonzero(alone)
        order = found[np.argsort(-minutes[found], kind="stable")]
        return [(self.programme.communities[column].id, int(minutes[column])) for column in order.tolist()]

    def changed(self, rule: Rule) -> "CommunityCourt":
        """Return the court for the same programme with other figures in one of its rules."""
        rules = [
            rule if (row.rule, row.name) == (rule.rule, rule.name) else row for row in self.programme.rules
        ]
        programme = replace(self.programme, rules=tuple(rules))
        others = (programme if row.id == programme.id else row for row in self.problem.programmes)
        return CommunityCourt(replace(self.problem, programmes=tuple(others)), programme)
