"""What the programmes of a joint round share: hours and cover; and a plan to start from, one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matching.components import Ties
from matching.errors import ProblemError
from matching.goals import Amounts
from matching.joint.aims import Aim, AimName, aims_of, cover_counts, in_order
from matching.joint.entries import Entry, entry_of
from matching.joint.hours import HUNDREDTHS, UNBOUNDED, Hours, HoursRows
from matching.joint.piece import Origin, Piece
from matching.problem import GoalName, Problem
from matching.rules import Mask
from matching.values import shown
from matching.views import Index
from matching.watch import Stopped, Watch

Plan = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PartOrigin:
    """Where people, rows of hours and the choices of each piece of a part stood in the whole, by number."""

    people: Index
    rows: Index
    pieces: Mapping[str, Origin]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Shared:
    """The pieces of a joint round in their order, what locks leave of hours and cover, and plans of all.

    Attributes
    ----------
    left
        The hours that locks leave everybody.
    rows
        The rows of hours that can bind.
    counts
        What covering each person counts for, 0 where that is settled or nobody is to cover them.
    cover_by, counts_points
        The programmes that cover for one another, and those with the goal points.
    beyond
        More than anything that one engagement can be worth, in points and in people who waited.
    """

    aims: tuple[Aim, ...]
    pieces: Mapping[str, Piece]
    hours: Hours
    left: Amounts
    rows: HoursRows
    counts: Amounts
    cover_by: tuple[str, ...]
    counts_points: frozenset[str]
    beyond: int

    @classmethod
    def of(cls, problem: Problem, aims: tuple[Aim, ...], entries: Mapping[str, Entry]) -> "Shared":
        """Return what the programmes of a problem share, given the entry of each in their order."""
        pieces = {name: entry.piece for name, entry in entries.items()}
        hours = Hours.of(problem)
        left = hours.has - hours.used((name, entry.locked_engagements) for name, entry in entries.items())
        _check_locks(problem, hours, left)
        most = {
            (name, seeking): piece.most_engagements(seeking=seeking)
            for name, piece in pieces.items()
            for seeking in (True, False)
        }
        cover_by = problem.joint.cover_by if problem.joint is not None else ()
        counts = cover_counts(problem)
        for name in cover_by:
            counts[pieces[name].settled] = 0
        return cls(
            aims=aims,
            pieces=pieces,
            hours=hours,
            left=left,
            rows=hours.rows(left, most),
            counts=counts,
            cover_by=cover_by,
            counts_points=frozenset(row.id for row in problem.programmes if GoalName.POINTS in row.goals),
            beyond=_beyond(problem, counts, pieces),
        )

    def ties(self) -> list[Ties]:
        """Return who can only be decided about together in some programme."""
        return [tie for piece in self.pieces.values() for tie in piece.ties()]

    def part(self, people: Index) -> tuple["Shared", PartOrigin]:
        """Return what some of the people share, whom no tie joins to others."""
        found = {name: piece.part(people) for name, piece in self.pieces.items()}
        rows, numbers = self.rows.part(people)
        part = replace(
            self,
            pieces={name: piece for name, (piece, _origin) in found.items()},
            hours=self.hours.part(people),
            left=self.left[people],
            rows=rows,
            counts=self.counts[people],
        )
        origins = {name: origin for name, (_piece, origin) in found.items()}
        return part, PartOrigin(people=people, rows=numbers, pieces=origins)

    @property
    def has_choice(self) -> Mask:
        """Tell who could be in some programme of the cover, were it for them alone."""
        found = np.zeros(len(self.counts), dtype=np.bool_)
        for name in self.cover_by:
            asked = self.pieces[name].most_engagements(seeking=True) > 0
            found |= asked & (self.left >= self.hours.takes[name])
        return found

    def start(self, watch: Watch) -> Plan:
        """Return each programme's best plan in their order, with the hours that those before leave."""
        plan: dict[str, Any] = {}
        left = self.left.copy()
        for piece in self.pieces.values():
            takes = self.hours.takes[piece.id]
            # What is not known fits any number; so it stays when something is taken from it.
            fitting = np.where(self.hours.has == UNBOUNDED, UNBOUNDED, left)
            try:
                plan[piece.id] = piece.alone(fitting, takes, watch)
            except Stopped:
                plan[piece.id] = piece.in_a_hurry(fitting, takes)
            left -= takes * piece.engagements(plan[piece.id])
        return plan

    def spent(self, plan: Plan, programme: str) -> Mask:
        """Tell who has too few hours left for one engagement more in a programme."""
        counted = ((piece.id, piece.engagements(plan[piece.id])) for piece in self.pieces.values())
        left = self.left - self.hours.used(counted)
        return np.asarray(left < self.hours.takes[programme])

    def is_kept_by(self, plan: Plan) -> bool:
        """Tell whether a plan keeps every programme's rules and everybody's hours."""
        counted = ((piece.id, piece.engagements(plan[piece.id])) for piece in self.pieces.values())
        return bool((self.hours.used(counted) <= self.left).all()) and all(
            piece.is_kept_by(plan[piece.id]) for piece in self.pieces.values()
        )

    def _covered(self, plan: Plan) -> Mask:
        found = np.zeros(len(self.counts), dtype=np.bool_)
        for name in self.cover_by:
            piece = self.pieces[name]
            found[piece.seekers[piece.covered(plan[name])]] = True
        return found

    def values(self, plan: Plan) -> tuple[int, ...]:
        """Return what a plan reaches in each aim beside what locks settle."""
        return tuple(self._value(aim, plan) for aim in self.aims)

    def _value(self, aim: Aim, plan: Plan) -> int:
        if aim.name is AimName.COVER:
            return int(self.counts[self._covered(plan)].sum())
        if aim.programme is None:
            return sum(self.pieces[name].points(plan[name]) for name in sorted(self.counts_points))
        piece = self.pieces[aim.programme]
        if aim.name is AimName.TRIADS:
            return -piece.triads(plan[piece.id])
        return int(piece.waiting[piece.covered(plan[piece.id])].sum())

    def matched(self, plan: Plan) -> int:
        """Return how many people have somebody, or a community, in some programme."""
        found = np.zeros(len(self.counts), dtype=np.bool_)
        for piece in self.pieces.values():
            found[piece.seekers[piece.covered(plan[piece.id])]] = True
            found[piece.settled] = True
        return int(found.sum())


def entered(problem: Problem) -> tuple[dict[str, Entry], Shared]:
    """Return each programme's entry in a joint round, in their order, and what they share.

    Raises
    ------
    ProblemError
        When a programme has goals that a joint round cannot put in its order, or locks cannot be kept.
    """
    aims = aims_of(problem)
    entries = {row.id: entry_of(problem, row) for row in in_order(problem)}
    return entries, Shared.of(problem, aims, entries)


def _check_locks(problem: Problem, hours: Hours, left: Amounts) -> None:
    for number in np.flatnonzero(left < 0).tolist():
        person = problem.people[number]
        asked = (hours.has[number] - left[number]) / HUNDREDTHS
        raise ProblemError(
            "$.locks",
            f"the locks ask for {asked:g} hours a month of {shown(person.id)}, who has "
            f"{person.hours_a_month:g}; no lock overrides that.",
        )


def _beyond(problem: Problem, counts: Amounts, pieces: Mapping[str, Piece]) -> int:
    most = 1 + int(counts.max(initial=0))
    for programme in problem.programmes:
        most += max(sum(programme.criteria.values()), 1)
        most += max((abs(points) for _one, _other, points in programme.candidates or ()), default=0)
        most += int(pieces[programme.id].waiting.max(initial=0))
    return 3 * most
