"""A peer programme's people as the solver sees them: who may be together, and for what points."""

from collections.abc import Mapping
from copy import copy

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.candidates import BLOCK_CELLS, Market
from matching.errors import ProblemError
from matching.goals import Amounts
from matching.peers.groups import Groups
from matching.peers.rules import both_ways, rules_of_peers
from matching.peers.score import PairScorer
from matching.problem import Criterion, Mentee, Mentor, MentoringProgramme, PeerProgramme, Problem
from matching.rules import HardRule, Mask
from matching.score import Shares
from matching.values import shown
from matching.views import Block, Index, Matrix, Pairs, matrix_of
from matching.watch import Watch

# Every pair is kept, in five bytes each, and looked at many times.
LARGEST = 10_000


class PeerMarket:
    """Everybody of a peer programme against everybody.

    Attributes
    ----------
    points : int32 array of shape (people, people)
        Points of each unordered pair, twice; 0 where two people may not be together.
    eligible : bool array of the same shape
        Who may be together by every rule.
    banned_triads : frozenset of (int, int, int)
        People, in ascending order, who may not be together all three.
    waiting : array of int
        What each person counts for in coverage.
    previous : int8 array of shape (people, people)
        1 where two people were together in the earlier plan.
    required : array of int
        1 for each person who must be in a group.
    """

    def __init__(self, problem: Problem, programme: PeerProgramme, watch: Watch) -> None:
        _check_size(problem, programme)
        self.problem = problem
        self.programme = programme
        self.ids = [row.person for row in programme.people]
        self.number = {person: number for number, person in enumerate(self.ids)}
        self.waiting: Amounts = np.array([1 + row.rounds_waited for row in programme.people], dtype=np.int64)
        self.required: Amounts = np.array([row.required for row in programme.people], dtype=np.int64)
        self._market = Market(problem, _as_mentoring(programme), watch)
        self._scorer = PairScorer(self._market)
        self.rules: tuple[HardRule, ...] = rules_of_peers(self._market, programme)
        self.listed, self._listed_points = _listed(programme, self.number)
        self.banned_triads = _banned_triads(problem, programme, self.number)
        shape = (len(self.ids), len(self.ids))
        self.previous = _previous(problem, programme, self.number)
        self.points: NDArray[np.int32] = np.zeros(shape, dtype=np.int32)
        self.eligible: Mask = np.zeros(shape, dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def positions(self) -> Index:
        """The place of each of the programme's people among all people."""
        return self._market.sides.mentees

    @property
    def allows_pairs(self) -> bool:
        """Whether groups of two are asked for."""
        return 2 in self.programme.group_sizes

    @property
    def allows_triads(self) -> bool:
        """Whether groups of three are asked for."""
        return 3 in self.programme.group_sizes

    def fill(self, watch: Watch) -> None:
        """Find who may be together, and for what points; raises `Stopped` when the solve is to end."""
        for rows in self.rows():
            watch.reached(int(rows[0]), len(self))
            there, back = self.block(rows), self.block(rows, turned=True)
            eligible = np.ones((len(rows), len(self)), dtype=np.bool_)
            for rule in self.rules:
                eligible &= both_ways(rule, there, back)
            if self.listed is None:
                found = self._scorer.points(there, back)
            else:
                eligible &= self.listed[rows].toarray()
                found = self._listed_points[rows].toarray()
            self.points[rows] = np.where(eligible, found, 0)
            self.eligible[rows] = eligible

    def of_least(self, points: int) -> "PeerMarket":
        """Return the same people, of whom no two may be together who have fewer points."""
        found = copy(self)
        found.eligible = self.eligible & (self.points >= points)
        return found

    def rows(self) -> list[Index]:
        """Return the numbers of everybody, in parts that are looked at together."""
        step = max(1, BLOCK_CELLS // max(1, len(self)))
        return [np.arange(start, min(start + step, len(self))) for start in range(0, len(self), step)]

    def block(self, rows: Index, *, turned: bool = False) -> Block:
        """Return some people against everybody; `turned`, everybody against them."""
        everybody = np.arange(len(self))
        sides = self._market.sides
        return Block(sides, everybody, rows) if turned else Block(sides, rows, everybody)

    def parts_of(self, number: int) -> dict[Criterion, Shares]:
        """Return the points of each criterion for one person with everybody, of shape (1, people)."""
        row = np.array([number])
        return self._scorer.parts(self.block(row), self.block(row, turned=True))

    def pairs(self, first: Index, second: Index) -> tuple[Pairs, Pairs]:
        """Return the views of some pairs from either side."""
        sides = self._market.sides
        return Pairs(sides, first, second), Pairs(sides, second, first)

    def components(self, people: Mask) -> list[Index]:
        """Return the sets of these people who may be together, directly or by way of others of them."""
        found: list[Index] = []
        left = people.copy()
        while left.any():
            inside = np.zeros(len(self), dtype=np.bool_)
            new = np.flatnonzero(left)[:1]
            while len(new):
                inside[new] = True
                left[new] = False
                new = np.flatnonzero(self.eligible[new].any(axis=0) & left)
            found.append(np.flatnonzero(inside))
        return found

    def points_of(self, groups: Groups) -> tuple[Amounts, dict[str, Amounts]]:
        """Return the points of groups, whatever rules they break, and their parts: none of listed pairs."""
        places = ((0, 1), (0, 2), (1, 2))
        first = np.concatenate([groups.members[:, a] for a, _b in places])
        second = np.concatenate([groups.members[:, b] for _a, b in places])
        # In a pair the first two stand for all: the pair counts twice.
        first, second = np.where(second < 0, np.tile(groups.members[:, 0], 3), first), second
        second = np.where(second < 0, np.tile(groups.members[:, 1], 3), second)
        shares = np.ones((3, len(groups)), dtype=np.int64)
        shares[1:] = groups.are_triads
        shares[0] += ~groups.are_triads
        if self.listed is not None:
            found = self.pairs(first, second)[0].entries(self._listed_points).reshape(3, len(groups))
            return np.asarray((found * shares).sum(axis=0)), {}
        parts = {
            name.value: np.asarray((part.reshape(3, len(groups)) * shares).sum(axis=0))
            for name, part in self._scorer.parts(*self.pairs(first, second)).items()
        }
        return sum(parts.values(), np.zeros(len(groups), dtype=np.int64)), parts


def _check_size(problem: Problem, programme: PeerProgramme) -> None:
    if len(programme.people) > LARGEST:
        number = problem.programmes.index(programme)
        raise ProblemError(
            f"$.programmes[{number}].people",
            f"{len(programme.people):,} people are too many for one programme of peer coaching; "
            f"{LARGEST:,} are the most. Split {shown(programme.id)}, by location for instance.",
        )


def _as_mentoring(programme: PeerProgramme) -> MentoringProgramme:
    """Return the programme in which everybody seeks and everybody offers: one direction of each pair."""
    return MentoringProgramme(
        id=programme.id,
        mentees=tuple(Mentee(person=row.person, wishes=row.wishes) for row in programme.people),
        mentors=tuple(Mentor(person=row.person) for row in programme.people),
        rules=programme.rules,
        criteria=programme.criteria,
        candidates=None if programme.candidates is None else (),
    )


def _listed(programme: PeerProgramme, number: dict[str, int]) -> tuple[Matrix | None, Matrix]:
    """Return which pairs are explicit candidates, and their points; both ways."""
    shape = (len(number), len(number))
    rows = [(number[a], number[b], points) for a, b, points in programme.candidates or ()]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    first = np.concatenate((table[:, 0], table[:, 1]))
    second = np.concatenate((table[:, 1], table[:, 0]))
    points = matrix_of(np.tile(table[:, 2], 2), first, second, shape)
    if programme.candidates is None:
        return None, points
    return sparse.csr_array((np.ones(len(first), dtype=np.bool_), (first, second)), shape=shape), points


def _previous(problem: Problem, programme: PeerProgramme, number: Mapping[str, int]) -> NDArray[np.int8]:
    found = np.zeros((len(number), len(number)), dtype=np.int8)
    for row in problem.previous:
        if row.programme == programme.id:
            here = [number[member] for member in row.members if member in number]
            found[np.ix_(here, here)] = 1
    np.fill_diagonal(found, 0)
    return found


def _banned_triads(
    problem: Problem, programme: PeerProgramme, number: dict[str, int]
) -> frozenset[tuple[int, ...]]:
    """Return the bans of three people; one of more can never be broken in a group of three."""
    bans = [row.members for row in problem.bans if row.programme == programme.id and len(row.members) == 3]
    known = [members for members in bans if all(member in number for member in members)]
    return frozenset(tuple(sorted(number[member] for member in members)) for members in known)
