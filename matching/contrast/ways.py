"""The cheapest ways in which a best plan can change: shortest paths in what its flow leaves over."""

import numpy as np
from numpy.typing import NDArray

from matching.contrast.proof import not_proved
from matching.contrast.standing import FAR, Standing
from matching.goals import Amounts
from matching.rules import Mask
from matching.views import Index

# A changed pair counts three steps, an empty place taken or left one: a way passes at most two such places,
# so that of ways that cost the same the one with the fewest changed pairs has the fewest steps.
STEPS_OF_PAIR, STEPS_OF_PLACE = 3, 1
NOWHERE = -1


class Ways:
    """The cheapest ways from one node of the network to the others.

    Nodes are the mentees, then the mentors, then the end, where empty places are. A unit that arrives at a
    mentor leaves by an empty place there or pushes out a mentee; a mentee who is pushed out goes to another
    mentor or is left with a mentor less; what leaves the end fills an empty place of a mentee, or takes one
    from a mentor. Ways that cost as much as `within` are not followed.

    Attributes
    ----------
    cost : int array of shape (nodes,)
        What the way costs beyond the prices of its two ends; `FAR` where none was found or looked for.

    Notes
    -----
    Dijkstra's method with the prices as potentials, so that no step costs less than nothing; all nodes at one
    distance leave together. Every eligible pair is a step, not only those that the solver had to look at.

    References
    ----------
    R. K. Ahuja, T. L. Magnanti, J. B. Orlin, *Network Flows*, 1993, section 9.7 (successive shortest paths).
    """

    def __init__(
        self, standing: Standing, source: int, target: int | None = None, *, within: int = int(FAR)
    ) -> None:
        self._standing = standing
        mentees, mentors = standing.shape
        self._mentees, self._end = mentees, mentees + mentors
        self.cost: Amounts = np.full(self._end + 1, FAR, dtype=np.int64)
        self._steps: Amounts = np.full(self._end + 1, FAR, dtype=np.int64)
        self._before: Index = np.full(self._end + 1, NOWHERE, dtype=np.intp)
        self._open: Mask = np.ones(self._end + 1, dtype=np.bool_)
        chosen = standing.chosen
        self._by_mentor = chosen.only(np.argsort(chosen.columns, kind="stable"))
        self._first = np.searchsorted(self._by_mentor.columns, np.arange(mentors + 1))
        self._kept_gains = standing.gains_of(self._by_mentor)
        points = standing.kept_points
        if points is None:
            self.cost[source] = self._steps[source] = 0
            self._find(target, within)
        else:
            self._search(points, source, target, within)

    def way_to(self, node: int) -> tuple[int, ...]:
        """Return the nodes of the cheapest way to a node, its first and last among them."""
        found = [node]
        while self._before[found[-1]] != NOWHERE:
            found.append(int(self._before[found[-1]]))
        return tuple(reversed(found))

    def _search(self, points: NDArray[np.int16], source: int, target: int | None, within: int) -> None:
        """Find the same ways by compiled loops over the points that are kept of all pairs."""
        # Loaded only here: small markets do without a compiler.
        from matching.contrast.search import Found, Map, Told, find_ways

        standing = self._standing
        settled = standing.chosen.merged(standing.locked, standing.shape[1])
        told = {said.side: Told(said.number, said.points, said.allowed) for said in standing.sayings.told}
        nobody = Told(NOWHERE, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_))
        no_lots = np.zeros(0, dtype=np.uint64)
        lots = (no_lots, no_lots) if standing.lots is None else standing.lots.drawn
        plan = Map(
            points=points,
            mentors=standing.shape[1],
            weight=standing.points_weight,
            lots_of_mentees=lots[0],
            lots_of_mentors=lots[1],
            mentee=told.get(0, nobody),
            mentor=told.get(1, nobody),
            way_out=standing.way_out,
            price=standing.price,
            bonus=standing.bonus,
            places=standing.room.places,
            taken=standing.taken,
            capacity=standing.room.capacity,
            given=standing.given,
            first=self._first,
            rows=self._by_mentor.rows,
            gains=self._kept_gains,
            settled_first=np.searchsorted(settled.rows, np.arange(self._mentees + 1)),
            settled=settled.columns,
        )
        found = Found(self.cost, self._steps, self._before)
        goal, weights = NOWHERE if target is None else target, (STEPS_OF_PAIR, STEPS_OF_PLACE)
        if not find_ways(plan, found, source, goal, within, *weights):
            raise not_proved()

    def _find(self, target: int | None, within: int) -> None:
        while True:
            reached = np.flatnonzero(self._open & (self.cost < within))
            if not len(reached):
                return
            nearest = reached[self.cost[reached] == self.cost[reached].min()]
            nearest = nearest[self._steps[nearest] == self._steps[nearest].min()]
            if target is not None and target in nearest:
                return
            self._open[nearest] = False
            self._leave_mentors(nearest[(nearest >= self._mentees) & (nearest < self._end)] - self._mentees)
            self._leave_mentees(nearest[nearest < self._mentees])
            if nearest[-1] == self._end:
                self._leave_end()

    def _leave_mentors(self, columns: Index) -> None:
        """Push out each mentee of these mentors, and take their empty places."""
        standing = self._standing
        places = [np.arange(self._first[c], self._first[c + 1]) for c in columns.tolist()]
        place = np.concatenate([np.arange(0), *places]).astype(np.intp)
        pairs = self._by_mentor.only(place)
        self._reach(pairs.columns + self._mentees, pairs.rows, self._kept_gains[place], STEPS_OF_PAIR)
        free = columns[standing.given[columns] < standing.room.capacity[columns]]
        end = np.full_like(free, self._end)
        self._reach(free + self._mentees, end, -standing.price[free], STEPS_OF_PLACE)

    def _leave_mentees(self, rows: Index) -> None:
        """Send these mentees to every other mentor, and away with one mentor less."""
        standing = self._standing
        for part, losses in standing.losses(rows):
            best = losses.argmin(axis=0)
            least = losses[best, np.arange(losses.shape[1])]
            columns = np.flatnonzero(least < FAR)
            self._reach(part[best[columns]], columns + self._mentees, least[columns], STEPS_OF_PAIR)
        left = rows[standing.taken[rows] > 0]
        last = standing.taken[left] == 1
        away = np.where(last, standing.bonus[left], 0) - standing.way_out[left]
        self._reach(left, np.full_like(left, self._end), away, STEPS_OF_PLACE)

    def _leave_end(self) -> None:
        """Fill the empty places of mentees, and take one from each mentor who has a mentee."""
        standing = self._standing
        rows = np.flatnonzero(standing.free_mentees)
        first = standing.taken[rows] == 0
        come = standing.way_out[rows] - np.where(first, standing.bonus[rows], 0)
        self._reach(np.full_like(rows, self._end), rows, come, STEPS_OF_PLACE)
        columns = np.flatnonzero(standing.given > 0)
        taken = standing.price[columns]
        self._reach(np.full_like(columns, self._end), columns + self._mentees, taken, STEPS_OF_PLACE)

    def _reach(self, tails: Index, heads: Index, lengths: Amounts, steps: int) -> None:
        """Note the ways over these steps to nodes that had none so cheap, or as cheap and as short."""
        if (lengths < 0).any():
            raise not_proved()
        cost, count = self.cost[tails] + lengths, self._steps[tails] + steps
        order = np.lexsort((tails, count, cost, heads))
        order = order[np.diff(heads[order], prepend=NOWHERE) != 0]
        cost, count, nodes = cost[order], count[order], heads[order]
        cheaper = (cost < self.cost[nodes]) | ((cost == self.cost[nodes]) & (count < self._steps[nodes]))
        better = cheaper & self._open[nodes]
        self.cost[nodes[better]], self._steps[nodes[better]] = cost[better], count[better]
        self._before[nodes[better]] = tails[order][better]
