"""Problems with one thing changed, solved anew, and how the plan found differs from the one there is."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from matching.contrast.records import Difference, Move
from matching.problem import GoalName, PeerProgramme, Problem
from matching.solution import Assignment, Role, Solution, Status
from matching.solve import solve
from matching.watch import Limits, Progress, Stopped, Watch

# Few triads count right after coverage, or else last: what is less is better.
TRIADS = "triads"
# Partners of a person in a role, and the points of these matches.
Partners = dict[tuple[Role, str], tuple[tuple[str, ...], int]]


class Anew:
    """Solves changed problems, one after another, until the limits end it.

    The same programmes are solved as for the plan: one alone, or all of a joint round together.
    """

    def __init__(
        self,
        problem: Problem,
        solution: Solution,
        *,
        limits: Limits | None = None,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self.problem = problem
        self.solution = solution
        self._watch = Watch(limits or Limits(), progress, should_stop)
        self._progress = progress
        self._should_stop = should_stop

    @property
    def is_joint(self) -> bool:
        """Whether the programmes of the plan were solved together."""
        return self.problem.joint is not None and len(self.solution.programmes) > 1

    def solved(self, changed: Problem, programme: str, stage: str) -> Solution:
        """Return the best plan of a changed problem; raises `Stopped` when there is no time for it.

        `stage` is told with the progress: which of the changed problems this is.
        """
        self._watch.go_on_to(stage)
        progress = self._progress
        found = solve(
            changed,
            programme=None if self.is_joint else programme,
            seed=self.solution.seed,
            limits=Limits(seconds=self._watch.seconds_left),
            progress=None if progress is None else lambda name, *more: progress(f"{stage}: {name}", *more),
            should_stop=self._should_stop,
        )
        if found.status in (Status.CANCELLED, Status.TIMED_OUT):
            raise Stopped(found.status)
        return found

    def difference(self, found: Solution, programme: str) -> Difference:
        """Return what another plan has more or less than the one there is."""
        programmes = self.solution.programmes if self.is_joint else (programme,)
        here_alone = self.problem.programme(programme)
        sizes = here_alone.group_sizes if isinstance(here_alone, PeerProgramme) else ()
        triads = set(sizes) == {2, 3} and not self.is_joint
        here, there = (_reached(plan, programmes, triads=triads) for plan in (self.solution, found))
        return Difference(
            people=there.people - here.people,
            points=there.points - here.points,
            goals={goal: value - here.goals.get(goal, 0) for goal, value in there.goals.items()},
        )

    def moves(self, found: Solution, programme: str, first: Sequence[str] = ()) -> tuple[Move, ...]:
        """Return everybody whose partners in a programme differ, the `first` before the others, by id."""
        here, there = (partners_of(plan, programme) for plan in (self.solution, found))
        nobody: tuple[tuple[str, ...], int] = (), 0
        moves = []
        for role, person in here.keys() | there.keys():
            before, points = here.get((role, person), nobody)
            after, then = there.get((role, person), nobody)
            if before != after:
                moves.append(Move(person=person, role=role, before=before, after=after, points=then - points))
        rank = {person: number for number, person in enumerate(first)}
        return tuple(sorted(moves, key=lambda row: (rank.get(row.person, len(rank)), row.person, row.role)))


def _reached(plan: Solution, programmes: Sequence[str], *, triads: bool) -> Difference:
    people: set[tuple[str, str]] = set()
    points, threes = 0, 0
    for row in plan.assignments:
        if row.programme in programmes:
            members = row.people or (row.members[Role.MENTEE],)
            people |= {(row.programme, person) for person in members}
            points += row.points
            threes += len(row.people) == 3
    goals: dict[str, int] = defaultdict(int)
    for goal in plan.goals:
        if goal.programme in programmes:
            goals[goal.goal] += goal.value
            if triads and goal.goal == GoalName.COVERAGE.value:
                goals[TRIADS] = threes
    if triads and TRIADS not in goals:
        goals[TRIADS] = threes
    return Difference(people=len(people), points=points, goals=dict(goals))


def partners_of(plan: Solution, programme: str) -> Partners:
    """Return everybody's partners in a programme: people, or communities, each with the points of it."""
    found: dict[tuple[Role, str], list[tuple[str, int]]] = defaultdict(list)
    for row in plan.assignments:
        if row.programme == programme:
            for role, person, partner, points in _sides(row):
                found[role, person].append((partner, points))
    return {
        key: (tuple(sorted(partner for partner, _points in rows)), sum(points for _partner, points in rows))
        for key, rows in found.items()
    }


def _sides(row: Assignment) -> list[tuple[Role, str, str, int]]:
    """Return who has whom, in which role; the points of a group are nobody's alone."""
    if row.community is not None:
        return [(Role.MEMBER, person, row.community, 0) for person in row.people]
    if row.people:
        return [
            (Role.PEER, person, other, 0) for person in row.people for other in row.people if other != person
        ]
    mentee, mentor = row.members[Role.MENTEE], row.members[Role.MENTOR]
    return [(Role.MENTEE, mentee, mentor, row.points), (Role.MENTOR, mentor, mentee, row.points)]
