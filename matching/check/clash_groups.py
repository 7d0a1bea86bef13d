"""Verifies clashes of peers and communities: a model of their own, put to branch and bound."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy import optimize, sparse

from matching.check.communities.board import Board
from matching.check.exchanges import places_for
from matching.check.peers.circle import Circle
from matching.check.report import ViolationKind
from matching.check.sheet import Flags
from matching.check.trial import Trial, Undecided
from matching.problem import CommunitiesProgramme, PeerProgramme, Problem, Rule
from matching.solution import Clash, ClashKind, ClashMember

Row = tuple[Sequence[int], Sequence[float], float]
"""Variables, their coefficients, and the most that they may come to."""
Cell = tuple[int, int]
"""A person's number and a community's."""
_SOLVED, _INFEASIBLE = 0, 2


def _can_be_kept(count: int, rows: Iterable[Row], ones: Iterable[int] = ()) -> bool:
    """Tell whether so many variables of nothing or one keep all rows, some of them being one.

    Raises
    ------
    Undecided
        When branch and bound found neither a way nor that there is none.
    """
    kept = list(rows)
    low = np.zeros(count)
    low[list(ones)] = 1
    if not count:
        return all(most >= 0 for _variables, _values, most in kept)
    where = np.repeat(np.arange(len(kept)), [len(row[0]) for row in kept])
    cells = where, np.array([variable for row in kept for variable in row[0]], dtype=np.intp)
    values = np.array([value for row in kept for value in row[1]], dtype=float)
    table = sparse.csr_array((values, cells), shape=(max(len(kept), 1), count))
    most = np.array([row[2] for row in kept] or [0.0])
    found = optimize.milp(
        np.zeros(count),
        integrality=np.ones(count, dtype=np.int64),
        bounds=optimize.Bounds(low, 1),
        constraints=optimize.LinearConstraint(table, -np.inf, most),
    )
    if found.status not in (_SOLVED, _INFEASIBLE):
        raise Undecided
    return bool(found.status == _SOLVED)


class PeerTrial(Trial):
    """A clash of one programme of peer coaching."""

    def __init__(self, problem: Problem, programme: PeerProgramme, clash: Clash, where: str) -> None:
        super().__init__(programme, clash, where)
        self._circle = Circle(problem, programme)
        self._sizes = programme.group_sizes
        self._required: set[tuple[str, ...]] = {(row.person,) for row in programme.people if row.required}
        self._bans = {row.members for row in problem.bans if row.programme == programme.id}
        self._locks = {lock.members for lock in self._circle.locked.values()}

    def is_known(self, row: ClashMember) -> bool:
        """Tell whether the problem has something like this member."""
        plain = ClashMember(kind=row.kind, people=row.people)
        known: dict[ClashKind, set[tuple[str, ...]]] = {
            ClashKind.PERSON: self._required,
            ClashKind.LOCK: self._locks,
            ClashKind.BAN: self._bans,
        }
        if row.kind is ClashKind.RULE:
            return not row.people and row.places is None and self.rule_of(row) is not None
        return row == plain and row.people in known.get(row.kind, set())

    def can_stand(self, members: Sequence[ClashMember]) -> bool:
        """Tell whether everybody among the members can be in a group."""
        circle = self._circle
        shut = circle.forbidden[ViolationKind.SELF] | circle.forbidden[ViolationKind.BLOCK]
        if ViolationKind.NOT_A_CANDIDATE in circle.forbidden:
            shut = shut | circle.forbidden[ViolationKind.NOT_A_CANDIDATE]
        for row in members:
            if (rule := self.rule_of(row)) is not None and row.kind is ClashKind.RULE:
                shut = shut | circle.broken_by(rule)
        locked = {person for row in members if row.kind is ClashKind.LOCK for person in row.people}
        asked = {row.people[0] for row in members if row.kind is ClashKind.PERSON} - locked
        bans = [set(row.people) for row in members if row.kind is ClashKind.BAN]
        free = [person for person in circle.people if person not in locked]
        groups = [
            group
            for size in self._sizes
            for group in combinations(free, size)
            if asked & set(group)
            and not any(shut[circle.number[a], circle.number[b]] for a, b in combinations(group, 2))
            and not any(ban <= set(group) for ban in bans)
        ]
        of: dict[str, list[int]] = defaultdict(list)
        for number, group in enumerate(groups):
            for person in group:
                of[person].append(number)
        rows: list[Row] = [(found, [1.0] * len(found), 1.0) for found in of.values()]
        rows += [(of[person], [-1.0] * len(of[person]), -1.0) for person in sorted(asked)]
        return all(of[person] for person in asked) and _can_be_kept(len(groups), rows)


class BoardTrial(Trial):
    """A clash of one programme of communities."""

    def __init__(self, problem: Problem, programme: CommunitiesProgramme, clash: Clash, where: str) -> None:
        super().__init__(programme, clash, where)
        self._board = Board(problem, programme)
        self._communities = {row.id: row for row in programme.communities}
        self._known: dict[ClashKind, set[tuple[str, ...]]] = {
            ClashKind.PERSON: {(row.person,) for row in programme.people if row.required},
            ClashKind.COMMUNITY: {(row.id,) for row in programme.communities if row.required},
            ClashKind.LOCK: {lock.members for lock in self._board.locked.values()},
            ClashKind.BAN: {row.members for row in problem.bans if row.programme == programme.id},
        }
        self._blocks = problem.blocks
        self._broken_by: dict[Rule, list[Flags]] = {}
        self._found: dict[tuple[object, ...], list[tuple[int, int]]] = {}

    @cached_property
    def _always(self) -> list[Flags]:
        return [self._board.always_forbidden(row) for row in range(len(self._board.row))]

    def _broken(self, rule: Rule) -> list[Flags]:
        """Return the communities with which each person breaks a rule."""
        if rule not in self._broken_by:
            rows = range(len(self._board.row))
            self._broken_by[rule] = [self._board.broken_by(rule, row) for row in rows]
        return self._broken_by[rule]

    def is_known(self, row: ClashMember) -> bool:
        """Tell whether the problem has something like this member."""
        if row.kind is ClashKind.RULE:
            return not row.people and row.places is None and self.rule_of(row) is not None
        if row.kind in (ClashKind.PLACES, ClashKind.NEEDS):
            community = self._communities.get(row.people[0]) if len(row.people) == 1 else None
            if community is None or row.rule is not None or row.figures:
                return False
            return row.places == (community.max if row.kind is ClashKind.PLACES else community.min)
        return row == ClashMember(kind=row.kind, people=row.people) and row.people in self._known[row.kind]

    def can_stand(self, members: Sequence[ClashMember]) -> bool:
        """Tell whether everybody among the members can join, and every community open."""
        board, of = self._board, {kind: [row for row in members if row.kind is kind] for kind in ClashKind}
        locked = {(board.row[row.people[0]], board.column[row.people[1]]) for row in of[ClashKind.LOCK]}
        bans = [set(row.people) for row in of[ClashKind.BAN]]
        cells = sorted({*self._cells(of[ClashKind.RULE], of[ClashKind.BAN]), *locked})
        number = {cell: n for n, cell in enumerate(cells)}
        opened = {column: len(cells) + column for column in range(len(board.column))}
        most = {row.people[0]: row.places or 0 for row in of[ClashKind.PLACES]}
        needy = {row.people[0]: max(row.places or 0, 1) for row in of[ClashKind.NEEDS]}
        rows = [
            *self._rows_of_people(cells, {row.people[0] for row in of[ClashKind.PERSON]}),
            *self._rows_of_communities(cells, opened, most, needy),
            *self._rows_of_foes(number, bans),
        ]
        count, rows = self._mixed(len(cells) + len(opened), rows, cells, opened, needy)
        must = [opened[board.column[row.people[0]]] for row in of[ClashKind.COMMUNITY]]
        return _can_be_kept(count, rows, [number[cell] for cell in sorted(locked)] + must)

    def _rows_of_people(self, cells: Sequence[Cell], asked: set[str]) -> Iterator[Row]:
        """Yield that nobody joins more than their places, and who is `asked` for joins something."""
        of: dict[int, list[int]] = defaultdict(list)
        for n, (index, _column) in enumerate(cells):
            of[index].append(n)
        for index, row in enumerate(self._board.programme.people):
            mine = of[index]
            yield mine, [1.0] * len(mine), float(row.places)
            if row.person in asked:
                yield mine, [-1.0] * len(mine), -1.0

    def _rows_of_communities(
        self, cells: Sequence[Cell], opened: dict[int, int], most: dict[str, int], needy: dict[str, int]
    ) -> Iterator[Row]:
        """Yield that a community is open when it has members, and then has neither too many nor too few."""
        of: dict[int, list[int]] = defaultdict(list)
        for n, (_index, column) in enumerate(cells):
            of[column].append(n)
        everybody = len(self._board.programme.people)
        for community in self._board.programme.communities:
            column = self._board.column[community.id]
            variables, ones = [*of[column], opened[column]], [1.0] * len(of[column])
            yield variables, [*ones, -float(most.get(community.id, everybody))], 0.0
            yield variables, [*(-one for one in ones), float(needy.get(community.id, 1))], 0.0

    def _rows_of_foes(self, number: dict[Cell, int], bans: Sequence[set[str]]) -> Iterator[Row]:
        """Yield that people kept apart by a block or a ban are in no community together."""
        board = self._board
        for foes in (*map(set, self._blocks), *bans):
            enrolled = sorted(board.row[person] for person in foes if person in board.row)
            for one, other in combinations(enrolled, 2):
                for column in range(len(board.column)):
                    if (one, column) in number and (other, column) in number:
                        yield [number[one, column], number[other, column]], [1.0, 1.0], 1.0

    def stands_plainly(self, members: Sequence[ClashMember]) -> bool | None:
        """Tell it by exchanges of places, without regard to sizes, mixes and who is kept apart.

        Where not even so everybody has a place the answer is no; it is yes where what is found keeps all that
        was left aside.
        """
        board, of = self._board, {kind: [row for row in members if row.kind is kind] for kind in ClashKind}
        locked = [row.people for row in of[ClashKind.LOCK]]
        places = {
            board.column[row.people[0]]: (row.places or 0)
            - sum(name == row.people[0] for _who, name in locked)
            for row in of[ClashKind.PLACES]
        }
        settled = {person for person, _name in locked}
        may: dict[str, list[int]] = {
            row.people[0]: [] for row in of[ClashKind.PERSON] if row.people[0] not in settled
        }
        for index, column in self._cells(of[ClashKind.RULE], of[ClashKind.BAN]):
            person = board.programme.people[index].person
            if person in may:
                may[person].append(column)
        held = places_for(may, places)
        if held is None or min(places.values(), default=0) < 0:
            return False
        inside = defaultdict[int, set[str]](set)
        for person, column in (*held.items(), *((who, board.column[name]) for who, name in locked)):
            inside[column].add(person)
        return True if self._keeps_the_rest(inside, of) else None

    def _keeps_the_rest(
        self, inside: Mapping[int, set[str]], of: Mapping[ClashKind, list[ClashMember]]
    ) -> bool:
        """Tell whether communities have enough members, none of whom are to be kept apart."""
        board = self._board
        needs = {row.people[0]: row.places or 0 for row in of[ClashKind.NEEDS]}
        must = {row.people[0] for row in of[ClashKind.COMMUNITY]}
        foes = [*map(set, self._blocks), *(set(row.people) for row in of[ClashKind.BAN])]
        for community in board.programme.communities:
            people = inside.get(board.column[community.id], set())
            if (community.id in must or people) and len(people) < max(1, needs.get(community.id, 1)):
                return False
            if people and community.id in needs and community.mix:
                return False
            if any(len(people & apart) > 1 for apart in foes):
                return False
        return True

    def _cells(self, rules: Sequence[ClashMember], bans: Sequence[ClashMember]) -> list[tuple[int, int]]:
        """Return the open cells of these members, each found once."""
        key = tuple(
            (row.kind, row.rule, tuple(sorted(row.figures.items())), row.people) for row in (*rules, *bans)
        )
        if key not in self._found:
            kept = [rule for row in rules if (rule := self.rule_of(row)) is not None]
            self._found[key] = list(self._open_cells(kept, [set(row.people) for row in bans]))
        return self._found[key]

    def _open_cells(self, rules: Sequence[Rule], bans: Sequence[set[str]]) -> Iterable[Cell]:
        """Yield the people and communities that these rules and bans allow to come together."""
        board = self._board
        for index, row in enumerate(board.programme.people):
            shut = self._always[index]
            for rule in rules:
                shut = shut | self._broken(rule)[index]
            for column, community in enumerate(board.programme.communities):
                others = {community.id, community.lead}
                banned = any(row.person in ban and others & (ban - {row.person}) for ban in bans)
                if row.places and not shut[column] and not banned:
                    yield index, column

    def _mixed(
        self,
        count: int,
        rows: list[Row],
        cells: Sequence[Cell],
        opened: dict[int, int],
        needy: dict[str, int],
    ) -> tuple[int, list[Row]]:
        """Add that open communities which need it have members of enough different values."""
        for community in self._board.programme.communities:
            column = self._board.column[community.id]
            for mix in community.mix if community.id in needy else ():
                values: dict[str, list[int]] = defaultdict(list)
                for n, cell in enumerate(cells):
                    person = self._board.programme.people[cell[0]].person
                    if cell[1] == column and (value := self._board.value(person, mix.attribute)):
                        values[value].append(n)
                seen = []
                for members in values.values():
                    rows.append(([count, *members], [1.0, *(-1.0 for _n in members)], 0.0))
                    seen.append(count)
                    count += 1
                negative = [-1.0 for _variable in seen]
                rows.append(([*seen, opened[column]], [*negative, float(mix.at_least)], 0.0))
        return count, rows
