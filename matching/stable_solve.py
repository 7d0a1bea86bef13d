"""One programme of mentoring whose first goal is that no two would both rather have each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.candidates import Candidates, Market
from matching.goals import ADDITIVE, Room
from matching.lots import Lots
from matching.priced import PlanFinder, Priced
from matching.problem import GoalName
from matching.solution import CertificateKind
from matching.stable import blocking_pairs, greedy_plan, survey, tempted, ties_of
from matching.stable_search import MOST_OPEN, StableSearch
from matching.terms import Terms
from matching.watch import Watch


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A stable plan, and what shows that none is better: that it is the only one, prices, or a search.

    `relaxed` is the best plan that need not be stable, where it was asked for.
    """

    chosen: Candidates
    kind: CertificateKind
    finished: bool
    relaxed: Priced | None = None


class StableSolve:
    """Finds the best stable plan of a programme by its further goals, which are sums."""

    def __init__(
        self, market: Market, room: Room, locked: Candidates, lots: Lots, finder: PlanFinder, watch: Watch
    ) -> None:
        self._market = market
        self._room = room
        self._locked = locked
        self._lots = lots
        self._finder = finder
        self._watch = watch

    def best(self, goals: Sequence[GoalName]) -> Settled:
        """Return the best stable plan, or a stable plan with what is known of better ones."""
        self._watch.go_on_to("plan")
        pairs, chosen, choice = self._greedy()
        if not choice:
            return Settled(chosen, CertificateKind.FORCED, finished=True)
        relaxed = self._finder.best(goals, Terms())
        if self._worth(relaxed, chosen) == relaxed.bound:
            return Settled(chosen, CertificateKind.PRICES, finished=True, relaxed=relaxed)
        finished = False
        if self._finder.pool.every is not None:
            chosen, finished = self._searched(pairs, chosen, goals, relaxed)
        proved = self._worth(relaxed, chosen) == relaxed.bound
        kind = CertificateKind.PRICES if proved else CertificateKind.BOUND
        return Settled(chosen, kind, finished=finished or proved, relaxed=relaxed)

    def _worth(self, relaxed: Priced, chosen: Candidates) -> int:
        values = self._finder.values(chosen)
        return sum(relaxed.weights.of(goal) * value for goal, value in values.items())

    def _greedy(self) -> tuple[Candidates, Candidates, bool]:
        """Return the pairs looked at, a stable plan of them, and whether ties left any choice."""
        every = self._finder.pool.every
        pairs, mentors = self._finder.pool.candidates if every is None else every, len(self._room.capacity)
        while True:
            self._watch.reached(0, 1)
            lots = self._lots.of(pairs.rows, pairs.columns)
            chosen = pairs.only(greedy_plan(pairs, self._room, lots))
            if every is not None:
                return pairs, chosen, len(tempted(pairs, chosen, self._room)) > 0
            equal = survey(self._market, chosen, self._locked, self._room)
            more = pairs.merged(equal, mentors)
            if len(more) == len(pairs):
                return pairs, chosen, len(equal) > 0
            pairs = more

    def _searched(
        self, pairs: Candidates, greedy: Candidates, goals: Sequence[GoalName], relaxed: Priced
    ) -> tuple[Candidates, bool]:
        """Return the best plan that branch and bound finds in what is open, and whether it is proved."""
        ties = ties_of(pairs, self._room)
        pairs_open = pairs.only(ties.open)
        if len(pairs_open) > MOST_OPEN:
            return greedy, False
        search = StableSearch(pairs_open, ties.places, ties.capacity, self._watch)
        sure = pairs.only(ties.sure)
        waiting = self._room.waiting.copy()
        waiting[sure.rows] = 0
        nothing, nobody = np.zeros(len(pairs_open), dtype=np.int64), np.zeros_like(waiting)
        known = {
            GoalName.COVERAGE: (nothing, waiting),
            GoalName.POINTS: (pairs_open.points, nobody),
            GoalName.SAME_PARTNERS: (self._finder.is_previous(pairs_open).astype(np.int64), nobody),
        }
        # The lots' upper bits are enough to draw by, and their sums exact for the solver.
        drawn = self._lots.of(pairs_open.rows, pairs_open.columns) >> 20
        aims = [known[goal] for goal in goals if goal in ADDITIVE]
        used, proved = search.best([*aims, (drawn, nobody)])
        if used is None:
            return greedy, False
        found = sure.merged(pairs_open.only(used), len(self._room.capacity))
        # The solver counts in floating point; what it says of its plan is counted anew.
        if len(blocking_pairs(pairs, found, self._room)) or self._worth(relaxed, found) < self._worth(
            relaxed, greedy
        ):
            return greedy, False
        return found, proved >= len(aims)
