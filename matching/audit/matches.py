"""Who has whom in a solution, and for what points by the problem: the same for every kind of programme."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Protocol

import numpy as np

from matching.candidates import Market
from matching.communities.market import Market as CommunityMarket
from matching.errors import ProblemError
from matching.goals import Amounts
from matching.peers.groups import pairs_of
from matching.peers.market import PeerMarket
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.solution import Assignment, Role, Solution
from matching.values import shown
from matching.views import Pairs
from matching.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One match as one of its people has it.

    `partners` are the other people, or the community alone. `points` are what the match is to this person, in
    units of 1 / `scale_of` the programme: among peers the mean over the others.
    """

    person: str
    role: Role
    partners: tuple[str, ...]
    points: int
    locked: bool


class Matches(Protocol):
    """Reads solutions of one programme; points come from the problem, never from the solution."""

    def of(self, solution: Solution) -> tuple[Match, ...]:
        """Return every match of the programme, once for each of its people.

        Raises
        ------
        ProblemError
            When the solution names people who are not in the programme.
        """
        ...


def scale_of(programme: Programme) -> int:
    """Return into how many parts a point is divided, so that means among peers are whole numbers."""
    return 2 if isinstance(programme, PeerProgramme) else 1


def matches_in(problem: Problem, programme: Programme, watch: Watch) -> Matches:
    """Return the reader of a programme's solutions."""
    if isinstance(programme, PeerProgramme):
        return PeerMatches(PeerMarket(problem, programme, watch))
    if isinstance(programme, CommunitiesProgramme):
        return CommunityMatches(CommunityMarket(problem, programme, watch))
    if isinstance(programme, MentoringProgramme):
        return MentoringMatches(Market(problem, programme, watch))
    raise TypeError(f"there is no audit of {type(programme).__name__}")


class MentoringMatches:
    """Reads solutions of a mentoring programme: each match is one of the mentee and one of the mentor."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.mentee_row = {row.person: number for number, row in enumerate(market.programme.mentees)}
        self.mentor_row = {row.person: number for number, row in enumerate(market.programme.mentors)}
        self._locked = _locks(market.problem, market.programme)

    def of(self, solution: Solution) -> tuple[Match, ...]:
        """Return every match of the programme, once for each of its people."""
        pairs = [
            (_member(row, Role.MENTEE, self.mentee_row), _member(row, Role.MENTOR, self.mentor_row))
            for row in assignments_of(self.market.programme, solution)
        ]
        rows = np.array([self.mentee_row[mentee] for mentee, _mentor in pairs], dtype=np.intp)
        columns = np.array([self.mentor_row[mentor] for _mentee, mentor in pairs], dtype=np.intp)
        if self.market.programme.candidates is None:
            points = self.market.scorer.points(Pairs(self.market.sides, rows, columns)).tolist()
        else:
            points = [self._listed.get(pair, 0) for pair in pairs]
        return tuple(self._both_sides(pairs, points))

    def _both_sides(self, pairs: list[tuple[str, str]], points: list[int]) -> Iterator[Match]:
        for (mentee, mentor), worth in zip(pairs, points, strict=True):
            locked = (mentee, mentor) in self._locked
            yield Match(person=mentee, role=Role.MENTEE, partners=(mentor,), points=worth, locked=locked)
            yield Match(person=mentor, role=Role.MENTOR, partners=(mentee,), points=worth, locked=locked)

    @cached_property
    def _listed(self) -> dict[tuple[str, str], int]:
        return {(mentee, mentor): points for mentee, mentor, points in self.market.programme.candidates or ()}


class PeerMatches:
    """Reads solutions of a programme of peer coaching: each group is a match of every member."""

    def __init__(self, market: PeerMarket) -> None:
        self.market = market
        self._locked = {frozenset(members) for members in _locks(market.problem, market.programme)}

    def of(self, solution: Solution) -> tuple[Match, ...]:
        """Return every match of the programme, once for each of its people."""
        groups = [row.people for row in assignments_of(self.market.programme, solution)]
        for people in groups:
            unknown = [person for person in people if person not in self.market.number]
            if unknown or len(set(people)) != len(people) or len(people) not in (2, 3):
                raise _misfit(self.market.programme.id, people)
        pairs = [pair for people in groups for pair in combinations(people, 2)]
        points = dict(zip(pairs, self._points(pairs).tolist(), strict=True))
        return tuple(match for people in groups for match in self._of_group(people, points))

    def _points(self, pairs: list[tuple[str, str]]) -> Amounts:
        numbers = [[self.market.number[person] for person in pair] for pair in pairs]
        first, second = np.array(numbers, dtype=np.intp).reshape(-1, 2).T
        # A group of two counts its pair twice.
        return self.market.points_of(pairs_of(first, second))[0] // 2

    def _of_group(self, people: tuple[str, ...], points: Mapping[tuple[str, str], int]) -> Iterator[Match]:
        for person in people:
            own = sum(points[pair] for pair in combinations(people, 2) if person in pair)
            yield Match(
                person=person,
                role=Role.PEER,
                partners=tuple(other for other in people if other != person),
                points=own * (2 // (len(people) - 1)),
                locked=frozenset(people) in self._locked,
            )


class CommunityMatches:
    """Reads solutions of a programme of communities: each membership is a match of the member."""

    def __init__(self, market: CommunityMarket) -> None:
        self.market = market
        self._locked = _locks(market.problem, market.programme)

    def of(self, solution: Solution) -> tuple[Match, ...]:
        """Return every membership of the programme."""
        cells = []
        for row in assignments_of(self.market.programme, solution):
            if row.community not in self.market.column or not set(row.people) <= self.market.row.keys():
                raise _misfit(self.market.programme.id, (*row.people, row.community or ""))
            cells += [(person, row.community) for person in row.people]
        return tuple(
            Match(
                person=person,
                role=Role.MEMBER,
                partners=(community,),
                points=points,
                locked=(person, community) in self._locked,
            )
            for (person, community), points in zip(cells, self._points(cells), strict=True)
        )

    def _points(self, cells: list[tuple[str, str]]) -> list[int]:
        if self.market.programme.candidates is not None:
            return [self._listed.get(cell, 0) for cell in cells]
        columns_of = defaultdict(list)
        for number, (person, _community) in enumerate(cells):
            columns_of[self.market.row[person]].append(number)
        points = [0] * len(cells)
        for rows in self.market.blocks_of(np.array(sorted(columns_of), dtype=np.intp)):
            total = sum(
                self.market.parts(rows).values(), np.zeros((len(rows), self.market.shape[1]), np.int32)
            )
            for place, row in enumerate(rows.tolist()):
                for number in columns_of[row]:
                    points[number] = int(total[place, self.market.column[cells[number][1]]])
        return points

    @cached_property
    def _listed(self) -> dict[tuple[str, str], int]:
        return {
            (person, community): points
            for person, community, points in self.market.programme.candidates or ()
        }


def assignments_of(programme: Programme, solution: Solution) -> list[Assignment]:
    """Return a solution's assignments of one programme."""
    return [row for row in solution.assignments if row.programme == programme.id]


def _locks(problem: Problem, programme: Programme) -> set[tuple[str, ...]]:
    return {lock.members for lock in problem.locks if lock.programme == programme.id}


def _member(row: Assignment, role: Role, known: Mapping[str, int]) -> str:
    person = row.members.get(role, "")
    if person not in known:
        raise _misfit(row.programme, tuple(row.members.values()) or row.people)
    return person


def _misfit(programme: str, people: tuple[str, ...]) -> ProblemError:
    return ProblemError(
        "$.assignments",
        f"the match of {shown(people)} does not fit programme {programme}; "
        "`python -m matching check` tells what is wrong with the solution.",
    )
