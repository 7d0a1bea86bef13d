"""What other orders of goals would come to, beside the one that a programme has chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from matching.alternative import Aim, Alternative
from matching.alternative_groups import GroupFigures, hidden_values
from matching.candidates import Candidates, Market
from matching.communities.solve import CommunitiesSolve
from matching.errors import ProblemError
from matching.groups import groups_of
from matching.locks import locked_pairs, room_left
from matching.lots import Lots
from matching.mentoring import MentoringSolve
from matching.outcome import Outcome
from matching.peers.solve import PeerSolve
from matching.pool import open_pool
from matching.priced import PlanFinder
from matching.problem import (
    CommunitiesProgramme,
    GoalName,
    MentoringProgramme,
    PeerProgramme,
    Problem,
    Programme,
)
from matching.solution import Assignment, Role, Solution, Status
from matching.stages import Stages
from matching.values import shown
from matching.watch import Stopped, Watch

__all__ = ["ORDERS", "Aim", "Alternative", "alternatives_of"]

COVERAGE, POINTS = GoalName.COVERAGE, GoalName.POINTS
ORDERS: Mapping[Aim, tuple[GoalName, ...]] = {
    Aim.MOST_POINTS: (COVERAGE, POINTS),
    Aim.WORST_MATCH: (COVERAGE, GoalName.WORST_MATCH, POINTS),
    Aim.STABLE: (GoalName.STABLE, COVERAGE, POINTS),
    Aim.PARITY: (COVERAGE, GoalName.PARITY, POINTS),
    Aim.SAME_PARTNERS: (COVERAGE, GoalName.SAME_PARTNERS, POINTS),
    Aim.POINTS_FIRST: (POINTS, COVERAGE),
}


def alternatives_of(
    problem: Problem, programme_id: str, solution: Solution, watch: Watch
) -> Iterator[Alternative]:
    """Yield what the plan of a solution comes to, then what the best plans by other goals would.

    Each order of goals is solved by itself, with the seed of the solution. Stability is left out where
    somebody must be matched and in programmes that cannot have it, parity where the programme names no
    attribute, and earlier pairs where there are none.

    Raises
    ------
    Stopped
        When the watch ends it; what was yielded stands.
    """
    programme = problem.programme(programme_id)
    figures: _Figures | GroupFigures
    if isinstance(programme, MentoringProgramme):
        figures = _Figures(problem, programme, solution, watch)
    else:
        figures = GroupFigures(problem, programme, solution, watch)
    mine = tuple(row for row in solution.assignments if row.programme == programme.id)
    yield figures.of(Aim.CHOSEN, programme.goals, solution.status, mine)
    for aim, goals in ORDERS.items():
        if goals == programme.goals or not _has(problem, programme, aim):
            continue
        outcome = _solved(problem, replace(programme, goals=goals), solution.seed, watch)
        if outcome.status in (Status.CANCELLED, Status.TIMED_OUT):
            raise Stopped(outcome.status)
        yield figures.of(aim, goals, outcome.status, outcome.assignments)


def _solved(problem: Problem, programme: Programme, seed: int, watch: Watch) -> Outcome:
    if isinstance(programme, MentoringProgramme):
        return MentoringSolve(problem, programme, seed, watch).outcome()
    if isinstance(programme, PeerProgramme):
        return PeerSolve(problem, programme, seed, watch).outcome()
    if isinstance(programme, CommunitiesProgramme):
        return CommunitiesSolve(problem, programme, watch).outcome()
    raise TypeError(f"{programme.id} is of no kind that is solved")


def _has(problem: Problem, programme: Programme, aim: Aim) -> bool:
    if aim is Aim.STABLE:
        return _may_be_stable(programme)
    if aim is Aim.PARITY:
        return getattr(programme, "parity", None) is not None
    if aim is Aim.SAME_PARTNERS:
        return any(row.programme == programme.id for row in problem.previous)
    return True


def _may_be_stable(programme: Programme) -> bool:
    if isinstance(programme, MentoringProgramme):
        return not any(row.required for row in programme.mentees)
    if isinstance(programme, PeerProgramme):
        return 3 not in programme.group_sizes and not any(row.required for row in programme.people)
    return False


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
        self._hidden = hidden_values(self._groups, [row.places > 0 for row in programme.mentees])
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
