"""What the programmes of a joint round share: their order, people's hours, and who covers whom."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from matching.errors import ProblemError
from matching.goals import Amounts
from matching.joint.aims import Aim, AimName, aims_of, cover_counts, in_order
from matching.joint.communities import CommunitiesPiece
from matching.joint.hours import HUNDREDTHS, UNBOUNDED, Hours
from matching.joint.mentoring import MentoringPiece
from matching.joint.peers import PeerPiece
from matching.joint.piece import Piece
from matching.problem import GoalName, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.rules import Mask
from matching.values import shown
from matching.watch import Limits, Stopped, Watch

Plan = Mapping[str, Any]


class Shared:
    """The pieces of a joint round in their order, what locks leave of hours and cover, and plans of all.

    Attributes
    ----------
    counts
        What covering each person counts for, 0 where that is settled or nobody is to cover them.
    rows
        The rows of hours that can bind.
    cover_by, counts_points
        The programmes that cover for one another, and those with the goal points.
    """

    def __init__(self, problem: Problem, watch: Watch) -> None:
        self.problem = problem
        self.aims: tuple[Aim, ...] = aims_of(problem)
        self.pieces: dict[str, Piece] = {row.id: _piece(problem, row, watch) for row in in_order(problem)}
        self.cover_by = problem.joint.cover_by if problem.joint is not None else ()
        self.counts_points = {row.id for row in problem.programmes if GoalName.POINTS in row.goals}
        self.hours = Hours(problem)
        locked = [(piece.id, piece.locked_engagements()) for piece in self.pieces.values()]
        self.left: Amounts = self.hours.has - self.hours.used(locked)
        self._check_locks()
        self.rows = self.hours.rows(
            self.left,
            {
                (piece.id, seeking): piece.most_engagements(seeking=seeking)
                for piece in self.pieces.values()
                for seeking in (True, False)
            },
        )
        self.counts = cover_counts(problem)
        for name in self.cover_by:
            self.counts[self.pieces[name].settled()] = 0

    def _check_locks(self) -> None:
        for number in np.flatnonzero(self.left < 0).tolist():
            person = self.problem.people[number]
            asked = (self.hours.has[number] - self.left[number]) / HUNDREDTHS
            raise ProblemError(
                "$.locks",
                f"the locks ask for {asked:g} hours a month of {shown(person.id)}, who has "
                f"{person.hours_a_month:g}; no lock overrides that.",
            )

    @cached_property
    def beyond(self) -> int:
        """More than anything that one engagement can be worth, in points and in people who waited."""
        most = 1 + int(self.counts.max(initial=0))
        for programme in self.problem.programmes:
            most += max(sum(programme.criteria.values()), 1)
            most += max((abs(points) for _one, _other, points in programme.candidates or ()), default=0)
            most += int(self.pieces[programme.id].waiting.max(initial=0))
        return 3 * most

    @cached_property
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
            found[piece.settled()] = True
        return int(found.sum())


def _piece(problem: Problem, programme: Programme, watch: Watch) -> Piece:
    """Return a programme's piece; what a round holds is looked at even when the solve is to stop."""
    watch.begin("people")
    unwatched = Watch(Limits())
    if isinstance(programme, MentoringProgramme):
        return MentoringPiece(problem, programme, unwatched)
    if isinstance(programme, PeerProgramme):
        return PeerPiece(problem, programme, unwatched)
    return CommunitiesPiece(problem, programme, unwatched)  # type: ignore[arg-type]
