"""What is to be decided once rules and points are known: sizes, mixes, places, and who is kept apart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matching.candidates import Candidates
from matching.communities.market import Market
from matching.communities.mixes import Demand, demands_of
from matching.goals import REQUIRED, Amounts, GoalWeights, Room, weigh
from matching.problem import GoalName
from matching.rules import Mask
from matching.values import LARGEST_POINTS
from matching.views import Index


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """People of one group of the goal `parity`, of whom `needed` are to be matched."""

    value: str
    rows: Index
    needed: int


@dataclass(frozen=True, eq=False)
class Task:
    """The optimisation problem that locks leave.

    `room` has each person's places, each community's most members and what covering a person counts for;
    `least` members a community opens with, unless it `must` be open, which one with a locked member is.
    `apart` are pairs of people who may not be in one community. `candidates` stand by person, then community;
    `highest` is the most points of any of each person's (0 when that is more); `required` is 1 for each
    community that must open before every goal, unless a lock holds it open; `again` marks the candidates that
    an earlier plan had. `floors` say how many of each group are to be matched: each who is lacking costs as
    much as the goal `parity` weighs.
    """

    room: Room
    least: Amounts
    must: Mask
    demands: tuple[tuple[Demand, ...], ...]
    apart: tuple[tuple[int, int], ...]
    candidates: Candidates
    highest: Amounts
    required: Amounts
    again: Mask
    weights: GoalWeights
    floors: tuple[Floor, ...] = ()

    @cached_property
    def bonus(self) -> Amounts:
        """What joining a first community is worth for each person."""
        return self.room.bonus(self.weights)

    @cached_property
    def profits(self) -> Amounts:
        """What each candidate is worth, besides the bonus."""
        kept = self.again * np.int64(self.weights.of(GoalName.SAME_PARTNERS))
        return self.candidates.points * self.weights.points + kept

    @cached_property
    def opening(self) -> Amounts:
        """What it is worth that each community opens, whoever joins it."""
        return self.required * self.weights.of(REQUIRED)

    @cached_property
    def by_community(self) -> tuple[Index, ...]:
        """The numbers of each community's candidates, in the order of the people."""
        order = np.argsort(self.candidates.columns, kind="stable")
        ends = np.cumsum(np.bincount(self.candidates.columns, minlength=len(self.least)))
        return tuple(np.split(order, ends[:-1])) if len(ends) else ()

    @cached_property
    def meetings(self) -> Index:
        """Where two who are kept apart could meet: the numbers of both candidates; shape (meetings, 2)."""
        number: dict[int, dict[int, int]] = defaultdict(dict)
        concerned = np.isin(self.candidates.rows, sorted(self.foes))
        for place in np.flatnonzero(concerned).tolist():
            number[int(self.candidates.rows[place])][int(self.candidates.columns[place])] = place
        found = [
            (number[first][column], number[second][column])
            for first, second in self.apart
            for column in sorted(number[first].keys() & number[second].keys())
        ]
        return np.array(found, dtype=np.intp).reshape(-1, 2)

    @cached_property
    def foes(self) -> dict[int, set[int]]:
        """Whom each person may not meet."""
        found: dict[int, set[int]] = defaultdict(set)
        for first, second in self.apart:
            found[first].add(second)
            found[second].add(first)
        return dict(found)

    def worth(self, chosen: Index) -> int:
        """Return what a plan is worth, beside what is locked."""
        return sum(self.weights.of(name) * value for name, value in self.values(chosen).items())

    def values(self, chosen: Index) -> dict[str, int]:
        """Return what a plan reaches in each sum, beside locks; below zero what it lacks of floors."""
        people = np.unique(self.candidates.rows[chosen])
        communities = np.unique(self.candidates.columns[chosen])
        lacking = (max(0, row.needed - int(np.isin(row.rows, people).sum())) for row in self.floors)
        return {
            REQUIRED: int(self.room.required[people].sum()) + int(self.required[communities].sum()),
            GoalName.COVERAGE: int(self.room.waiting[people].sum()),
            GoalName.POINTS: int(self.candidates.points[chosen].sum()),
            GoalName.SAME_PARTNERS: int(self.again[chosen].sum()),
            GoalName.PARITY: -sum(lacking),
        }

    def under(self, goals: Sequence[GoalName], least_points: int | None, floors: tuple[Floor, ...]) -> "Task":
        """Return the task by these goals, without candidates of fewer points, and with these floors."""
        kept = np.ones(len(self.candidates), dtype=np.bool_)
        if least_points is not None:
            kept = self.candidates.points >= least_points
        candidates, again = self.candidates.only(kept), self.again[kept]
        # What is out of reach is shown beside a plan that need not keep the terms: it may reach less.
        lowest, highest = _extremes(self.candidates, len(self.highest))
        weights = weigh(
            *(goals, self.room, lowest, highest),
            must_open=int(self.required.sum()),
            again=int(self.again.sum()),
            owed=sum(floor.needed for floor in floors),
        )
        return replace(
            self, candidates=candidates, again=again, highest=highest, weights=weights, floors=floors
        )

    def leaves_out(self, chosen: Index) -> bool:
        """Tell whether somebody, or a community, that must be matched is not."""
        people, communities = self.room.required.copy(), self.required.copy()
        people[self.candidates.rows[chosen]] = 0
        communities[self.candidates.columns[chosen]] = 0
        return bool(people.any() or communities.any())

    def is_kept_by(self, chosen: Index) -> bool:
        """Tell whether a plan keeps places, sizes, mixes and pairs apart."""
        rows, columns = self.candidates.rows[chosen], self.candidates.columns[chosen]
        if (np.bincount(rows, minlength=len(self.room.places)) > self.room.places).any():
            return False
        members: dict[int, list[int]] = defaultdict(list)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            members[column].append(row)
        for column in np.flatnonzero(self.must).tolist():
            members.setdefault(column, [])
        return all(self.may_open_with(column, people) for column, people in members.items())

    def may_open_with(self, column: int, people: Sequence[int]) -> bool:
        """Tell whether a community may open with these members beside those that are locked."""
        if not self.least[column] <= len(people) <= self.room.capacity[column]:
            return False
        for demand in self.demands[column]:
            if len(set(demand.codes[list(people)].tolist()) - {-1}) < demand.needed:
                return False
        together = set(people)
        return not any(first in together and second in together for first, second in self.apart)

    def can_open(self) -> Mask:
        """Tell which communities have the candidates to open, were it for them alone."""
        found = [
            self.room.capacity[column] > 0
            and len(numbers) >= self.least[column]
            and all(
                len(np.unique(codes[codes >= 0])) >= demand.needed
                for demand in self.demands[column]
                for codes in (demand.codes[self.candidates.rows[numbers]],)
            )
            for column, numbers in enumerate(self.by_community)
        ]
        return np.array(found, dtype=np.bool_) | self.must


def task_of(market: Market, eligible: Candidates, locked: Candidates) -> Task:
    """Return what locks leave to decide among the candidates."""
    programme = market.programme
    places = np.array([row.places for row in programme.people], dtype=np.int64)
    waiting = np.array([1 + row.rounds_waited for row in programme.people], dtype=np.int64)
    most = np.array([row.max for row in programme.communities], dtype=np.int64)
    least = np.array([max(row.min, 1) for row in programme.communities], dtype=np.int64)
    required = np.array([row.required for row in programme.people], dtype=np.int64)
    waiting[locked.rows] = required[locked.rows] = 0
    np.subtract.at(places, locked.rows, 1)
    taken = np.bincount(locked.columns, minlength=len(most))
    least, most = np.maximum(least - taken, 0), most - taken
    # More room than there are people or communities can never be used up; it would only swell the numbers.
    room = Room(np.minimum(places, len(most)), np.minimum(most, len(places)), waiting, required)
    opening = np.array([row.required for row in programme.communities], dtype=np.int64) * (taken == 0)
    apart = pairs_apart(market)
    free = _free(eligible, locked, room, apart)
    lowest, highest = _extremes(free, len(places))
    again = earlier(market, free)
    return Task(
        room=room,
        least=least,
        must=taken > 0,
        demands=demands_of(market, locked),
        apart=apart,
        candidates=free,
        highest=highest,
        required=opening,
        again=again,
        weights=weigh(
            *(programme.goals, room, lowest, highest),
            must_open=int(opening.sum()),
            again=int(again.sum()),
        ),
    )


def _extremes(candidates: Candidates, people: int) -> tuple[Amounts, Amounts]:
    """Return the points of the worst and the best candidate of each person, 0 where that is less, or more."""
    lowest, highest = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.int64)
    np.minimum.at(lowest, candidates.rows, candidates.points)
    np.maximum.at(highest, candidates.rows, candidates.points)
    return lowest, highest


def unseen_task(market: Market, locked: Candidates) -> Task:
    """Return the task of a solve that was stopped before it had looked at the candidates: there are none."""
    nobody = np.zeros(0, dtype=np.intp)
    task = task_of(market, Candidates(nobody, nobody, nobody.astype(np.int64)), locked)
    explicit = market.programme.candidates is not None
    most = LARGEST_POINTS if explicit else sum(market.programme.criteria.values())
    highest = np.full(len(task.room.places), most, dtype=np.int64)
    must_open = int(task.required.sum())
    weights = weigh(
        *(market.programme.goals, task.room, np.zeros_like(highest), highest),
        must_open=must_open,
        again=len(market.problem.previous),
    )
    return replace(task, highest=highest, weights=weights)


def earlier(market: Market, candidates: Candidates) -> Mask:
    """Tell which candidates an earlier plan had as well."""
    programme = market.programme
    column = {row.id: number for number, row in enumerate(programme.communities)}
    keys = [
        market.row[row.members[0]] * len(column) + column[row.members[1]]
        for row in market.problem.previous
        if row.programme == programme.id and row.members[0] in market.row and row.members[1] in column
    ]
    found = np.isin(candidates.rows * len(column) + candidates.columns, np.array(keys, dtype=np.intp))
    return np.asarray(found, dtype=np.bool_)


def pairs_apart(market: Market) -> tuple[tuple[int, int], ...]:
    """Return the people of the programme who have blocked, or are banned from, one another."""
    bans = [ban.members for ban in market.problem.bans if ban.programme == market.programme.id]
    found = set()
    for members in (*market.problem.blocks, *bans):
        rows = sorted({market.row[member] for member in members if member in market.row})
        found |= {(first, second) for first in rows for second in rows if first < second}
    return tuple(sorted(found))


def _free(
    eligible: Candidates, locked: Candidates, room: Room, apart: Iterable[tuple[int, int]]
) -> Candidates:
    """Leave out what locks settle, people and communities without room, and foes of locked members."""
    communities = len(room.capacity)
    shut = set((locked.rows * communities + locked.columns).tolist())
    locked_in = defaultdict(list)
    for row, column in zip(locked.rows.tolist(), locked.columns.tolist(), strict=True):
        locked_in[row].append(column)
    for first, second in apart:
        for one, other in ((first, second), (second, first)):
            shut |= {other * communities + column for column in locked_in[one]}
    keys = eligible.rows * communities + eligible.columns
    kept = ~np.isin(keys, np.array(sorted(shut), dtype=keys.dtype))
    return eligible.only(kept & (room.places[eligible.rows] > 0) & (room.capacity[eligible.columns] > 0))
