"""What other orders of goals would come to, beside the one that a programme has chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from matching.audit.hiding import hidden_groups
from matching.candidates import Candidates, Market
from matching.errors import ProblemError
from matching.groups import NO_GROUP, Groups, groups_of
from matching.locks import locked_pairs, programme_of, room_left
from matching.lots import Lots
from matching.mentoring import MentoringSolve
from matching.pool import open_pool
from matching.priced import PlanFinder
from matching.problem import GoalName, MentoringProgramme, Problem
from matching.solution import Assignment, Role, Solution, Status
from matching.stages import Stages
from matching.values import shown
from matching.watch import Stopped, Watch


class Aim(StrEnum):
    """What an order of goals is about."""

    CHOSEN = "chosen"
    MOST_POINTS = "most_points"
    WORST_MATCH = "worst_match"
    STABLE = "stable"
    PARITY = "parity"
    SAME_PARTNERS = "same_partners"
    POINTS_FIRST = "points_first"


COVERAGE, POINTS = GoalName.COVERAGE, GoalName.POINTS
ORDERS: Mapping[Aim, tuple[GoalName, ...]] = {
    Aim.MOST_POINTS: (COVERAGE, POINTS),
    Aim.WORST_MATCH: (COVERAGE, GoalName.WORST_MATCH, POINTS),
    Aim.STABLE: (GoalName.STABLE, COVERAGE, POINTS),
    Aim.PARITY: (COVERAGE, GoalName.PARITY, POINTS),
    Aim.SAME_PARTNERS: (COVERAGE, GoalName.SAME_PARTNERS, POINTS),
    Aim.POINTS_FIRST: (POINTS, COVERAGE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What a plan comes to that is best by some goals, beside the plan of the chosen ones.

    Attributes
    ----------
    coverage, points
        As in goals, with what locks settle.
    matched
        Mentees with a mentor; `losing` of those whom the chosen plan matches have none here, and `gaining`
        others have.
    changed
        Pairs that the chosen plan does not have.
    weakest
        Points of the weakest pair that is no lock; `None` without one.
    blocking
        Pairs who would both rather have each other.
    rates
        How many in a thousand of each group are matched; `None` where that would tell of fewer than five.
    kept
        Pairs of the earlier plan that are made again.
    """

    aim: Aim
    goals: tuple[GoalName, ...]
    status: Status
    coverage: int
    matched: int
    losing: int
    gaining: int
    changed: int
    points: int
    weakest: int | None
    blocking: int
    rates: Mapping[str, int | None]
    kept: int

    @property
    def worst_rate(self) -> int | None:
        """The lowest rate that may be told."""
        return min((rate for rate in self.rates.values() if rate is not None), default=None)

    @property
    def gap(self) -> int | None:
        """How far apart the rates are that may be told; `None` for fewer than two."""
        told = [rate for rate in self.rates.values() if rate is not None]
        return max(told) - min(told) if len(told) > 1 else None


def alternatives_of(
    problem: Problem, programme_id: str, solution: Solution, watch: Watch
) -> Iterator[Alternative]:
    """Yield what the plan of a solution comes to, then what the best plans by other goals would.

    Each order of goals is solved by itself, with the seed of the solution. Stability is left out where
    somebody must be matched, parity where the programme names no attribute, and earlier pairs where there are
    none.

    Raises
    ------
    ProblemError
        When the programme is none of mentoring.
    Stopped
        When the watch ends it; what was yielded stands.
    """
    programme = programme_of(problem, programme_id)
    figures = _Figures(problem, programme, solution, watch)
    mine = tuple(row for row in solution.assignments if row.programme == programme.id)
    yield figures.of(Aim.CHOSEN, programme.goals, solution.status, mine)
    for aim, goals in ORDERS.items():
        if goals == programme.goals or not _has(problem, programme, aim):
            continue
        other = replace(programme, goals=goals)
        outcome = MentoringSolve(problem, other, solution.seed, watch).outcome()
        if outcome.status in (Status.CANCELLED, Status.TIMED_OUT):
            raise Stopped(outcome.status)
        yield figures.of(aim, goals, outcome.status, outcome.assignments)


def _has(problem: Problem, programme: MentoringProgramme, aim: Aim) -> bool:
    if aim is Aim.STABLE:
        return not any(row.required for row in programme.mentees)
    if aim is Aim.PARITY:
        return programme.parity is not None
    if aim is Aim.SAME_PARTNERS:
        return any(row.programme == programme.id for row in problem.previous)
    return True


class _Figures:
    """Counts what plans of one programme come to, beside the chosen one."""

    def __init__(
        self, problem: Problem, programme: MentoringProgramme, solution: Solution, watch: Watch
    ) -> None:
        watch.go_on_to("people")
        self._programme = programme
        self._rows = {row.person: number for number, row in enumerate(programme.mentees)}
        self._columns = {row.person: number for number, row in enumerate(programme.mentors)}
        market = Market(problem, programme, watch)
        self._locked = locked_pairs(market)
        room = room_left(programme, self._locked)
        self._groups = groups_of(market)
        self._hidden = _hidden(self._groups, programme)
        watch.go_on_to("candidates")
        pool = open_pool(market, room, self._locked)
        lots = Lots(programme.id, list(self._rows), list(self._columns), solution.seed)
        self._finder = PlanFinder(market, pool, room, self._locked, self._groups, lots, watch)
        self._stages = Stages(market, room, self._locked, self._groups, self._finder)
        chosen = [row for row in solution.assignments if row.programme == programme.id]
        self._chosen = self._pairs(chosen)
        self._waiting = np.array([1 + row.rounds_waited for row in programme.mentees], dtype=np.int64)

    def of(
        self,
        aim: Aim,
        goals: tuple[GoalName, ...],
        status: Status,
        assignments: tuple[Assignment, ...],
    ) -> Alternative:
        """Return what a plan comes to."""
        every = self._pairs(assignments)
        free = self._pairs([row for row in assignments if not row.locked])
        matched, before = (self._stages.matched(pairs) for pairs in (every, self._chosen))
        mentors = len(self._columns)
        known = np.isin(
            every.rows * mentors + every.columns, self._chosen.rows * mentors + self._chosen.columns
        )
        rates = self._groups.rates(matched).tolist()
        return Alternative(
            aim=aim,
            goals=goals,
            status=status,
            coverage=int(self._waiting[matched].sum()),
            matched=int(matched.sum()),
            losing=int((before & ~matched).sum()),
            gaining=int((matched & ~before).sum()),
            changed=int((~known).sum()),
            points=int(every.points.sum()),
            weakest=int(free.points.min()) if len(free) else None,
            blocking=self._stages.blocking(free),
            rates={
                value: None if number in self._hidden else rate
                for number, (value, rate) in enumerate(zip(self._groups.values, rates, strict=True))
            },
            kept=self._finder.kept(every),
        )

    def _pairs(self, assignments: Sequence[Assignment]) -> Candidates:
        for row in assignments:
            mentee, mentor = row.members.get(Role.MENTEE, ""), row.members.get(Role.MENTOR, "")
            if mentee not in self._rows or mentor not in self._columns:
                sentence = f"{shown((mentee, mentor))} are no mentee and mentor of this programme."
                raise ProblemError("$.assignments", sentence)
        rows = [self._rows[row.members[Role.MENTEE]] for row in assignments]
        columns = [self._columns[row.members[Role.MENTOR]] for row in assignments]
        points = [row.points for row in assignments]
        return Candidates(
            np.array(rows, dtype=np.intp),
            np.array(columns, dtype=np.intp),
            np.array(points, dtype=np.int64),
        )


def _hidden(groups: Groups, programme: MentoringProgramme) -> set[int]:
    """Return the groups whose rates would tell of few people; those of no group are one beside them."""
    seeking = np.array([row.places > 0 for row in programme.mentees], dtype=np.bool_)
    codes = groups.codes[seeking]
    of_each = np.where(codes == NO_GROUP, len(groups.values), codes).tolist()
    sizes = np.bincount(of_each, minlength=len(groups.values) + 1).tolist()
    found = hidden_groups([of_each], [sizes]) if of_each else frozenset()
    return {group for _table, group in found}


def share(rate: int) -> str:
    """Return a rate in a thousand as people read it."""
    return f"{rate // 10}.{rate % 10} %"
