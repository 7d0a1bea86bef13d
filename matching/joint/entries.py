"""Each programme of a joint round as the problem states it: what locks settle, what is left, what is told."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from matching.candidates import INELIGIBLE, Candidates, Market, joined
from matching.causes import causes_of
from matching.communities.causes import Diagnosis
from matching.communities.locks import locked_memberships
from matching.communities.market import Market as CommunitiesMarket
from matching.communities.solve import assignments_of as communities_of
from matching.communities.task import task_of
from matching.goals import Amounts
from matching.joint.communities import CommunitiesPiece
from matching.joint.memberships import NOBODY
from matching.joint.mentoring import MentoringPiece
from matching.joint.peers import PeerPiece
from matching.joint.piece import Piece
from matching.locks import locked_pairs, room_left
from matching.mentoring import assignments_of
from matching.peers.causes import causes_of as peer_causes_of
from matching.peers.groups import Groups
from matching.peers.locks import locked_groups
from matching.peers.market import PeerMarket
from matching.peers.solve import assignments_of as groups_of
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.rules import Mask
from matching.solution import Assignment, Closed, Unmatched
from matching.views import Index
from matching.watch import Limits, Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who is with whom and who with nobody, and what stays closed; `candidates` counts what was looked at."""

    assignments: tuple[Assignment, ...]
    unmatched: tuple[Unmatched, ...]
    closed: tuple[Closed, ...] = ()
    candidates: int


class Entry(Protocol):
    """One programme of a joint round.

    Attributes
    ----------
    piece
        What locks leave to decide.
    locked_engagements
        How many engagements locks give each of the problem's people.
    locked_points
        The points of what is locked.
    """

    piece: Piece
    locked_engagements: Amounts
    locked_points: int

    def told(self, plan: Any, spent: Mask, *, proved: bool) -> Told:
        """Return who is with whom, who is left out and why; who is `spent` has no hours for more."""
        ...


def entry_of(problem: Problem, programme: Programme) -> Entry:
    """Return a programme's entry; what a round holds is looked at even when the solve is to stop."""
    unwatched = Watch(Limits())
    if isinstance(programme, MentoringProgramme):
        return MentoringEntry(problem, programme, unwatched)
    if isinstance(programme, PeerProgramme):
        return PeerEntry(problem, programme, unwatched)
    return CommunitiesEntry(problem, programme, unwatched)  # type: ignore[arg-type]


class MentoringEntry:
    """A programme of mentoring: pairs of mentee and mentor."""

    def __init__(self, problem: Problem, programme: MentoringProgramme, watch: Watch) -> None:
        self._market = Market(problem, programme, watch)
        self._locked = locked_pairs(self._market)
        sides, people = self._market.sides, len(problem.people)
        room = room_left(programme, self._locked)
        found = self._eligible()
        keys, locked = (part.rows * len(room.capacity) + part.columns for part in (found, self._locked))
        has_room = (room.places[found.rows] > 0) & (room.capacity[found.columns] > 0)
        self._pairs = found.only(has_room & ~np.isin(keys, locked))
        seeking, giving = sides.mentees[self._locked.rows], sides.mentors[self._locked.columns]
        self.locked_engagements: Amounts = _counted(seeking, people) + _counted(giving, people)
        self.locked_points = int(self._locked.points.sum())
        self.piece: Piece = MentoringPiece(
            *(programme, people, room, self._pairs),
            seekers=sides.mentees,
            givers=sides.mentors,
            settled=np.unique(seeking),
        )

    def _eligible(self) -> Candidates:
        """Return all pairs that keep every rule."""
        if self._market.explicit is not None:
            return self._market.explicit
        parts = []
        for block, points in self._market.blocks(np.arange(len(self._market.sides.mentees))):
            row, column = np.nonzero(points != INELIGIBLE)
            parts.append(Candidates(block.rows[row, 0], column, points[row, column].astype(np.int64)))
        return joined(parts)

    def told(self, plan: Index, spent: Mask, *, proved: bool) -> Told:
        """Return who is with whom, and who with nobody and why."""
        chosen = self._pairs.only(plan)
        return Told(
            assignments=assignments_of(self._market, self._locked, chosen),
            unmatched=causes_of(self._market, self._locked, chosen, finished=proved, spent=spent),
            candidates=len(self._pairs),
        )


class PeerEntry:
    """A programme of peer coaching: pairs and triads."""

    def __init__(self, problem: Problem, programme: PeerProgramme, watch: Watch) -> None:
        self._market = PeerMarket(problem, programme, watch)
        self._locked = locked_groups(self._market)
        self._market.fill(watch)
        free = np.ones(len(self._market), dtype=np.bool_)
        free[self._locked.people] = False
        seekers, people = self._market.positions, len(problem.people)
        settled = np.asarray(seekers[self._locked.people])
        self.locked_engagements: Amounts = _counted(settled, people)
        self.locked_points = int(self._market.points_of(self._locked)[0].sum())
        self.piece: Piece = PeerPiece(self._market, people, free, seekers=seekers, settled=settled)

    def told(self, plan: Groups, spent: Mask, *, proved: bool) -> Told:
        """Return who is with whom, and who with nobody and why."""
        return Told(
            assignments=groups_of(self._market, self._locked, plan),
            unmatched=peer_causes_of(self._market, self._locked, plan, finished=proved, spent=spent),
            candidates=int(np.triu(self._market.eligible).sum()),
        )


class CommunitiesEntry:
    """A programme of communities: memberships, and which communities open."""

    def __init__(self, problem: Problem, programme: CommunitiesProgramme, watch: Watch) -> None:
        self._market = CommunitiesMarket(problem, programme, watch)
        self._locked = locked_memberships(self._market)
        self._eligible = self._market.candidates()
        self._task = task_of(self._market, self._eligible, self._locked)
        place = {person.id: number for number, person in enumerate(problem.people)}
        leads = [NOBODY if row.lead is None else place[row.lead] for row in programme.communities]
        lead: Index = np.array(leads, dtype=np.intp)
        seekers, people = self._market.positions, len(problem.people)
        members = seekers[self._locked.rows]
        leading = lead[self._task.must & (lead != NOBODY)]
        self.locked_engagements: Amounts = _counted(members, people) + _counted(leading, people)
        self.locked_points = int(self._locked.points.sum())
        self.piece: Piece = CommunitiesPiece(
            *(programme, people, self._task), seekers=seekers, leads=lead, settled=np.unique(members)
        )

    def told(self, plan: Index, spent: Mask, *, proved: bool) -> Told:
        """Return who is in which community, who is in none, and what stays closed, and why."""
        members = self._task.candidates.only(plan).merged(self._locked, len(self._task.least))
        diagnosis = Diagnosis(self._market, members, finished=proved, spent=spent)
        return Told(
            assignments=communities_of(self._market, self._locked, members),
            unmatched=tuple(diagnosis.people()),
            closed=tuple(diagnosis.communities(self._eligible)),
            candidates=len(self._task.candidates),
        )


def _counted(engaged: Index, people: int) -> Amounts:
    return np.bincount(engaged, minlength=people)
