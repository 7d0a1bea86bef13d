"""Problems with one thing changed, solved anew, and how the plan found differs from the one there is."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from matching.contrast.records import Difference, Move
from matching.goals import REQUIRED
from matching.problem import (
    CommunitiesProgramme,
    GoalName,
    MentoringProgramme,
    PeerProgramme,
    Problem,
    Programme,
)
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
        self.watch = Watch(limits or Limits(), progress, should_stop)
        self._progress = progress
        self._should_stop = should_stop

    @property
    def is_joint(self) -> bool:
        """Whether the programmes of the plan were solved together."""
        return bool(self.solution.joint)

    def solved(self, changed: Problem, programme: str, stage: str) -> Solution:
        """Return the best plan of a changed problem; raises `Stopped` when there is no time for it.

        `stage` is told with the progress: which of the changed problems this is.
        """
        self.watch.go_on_to(stage)
        progress = self._progress
        found = solve(
            changed,
            programme=None if self.is_joint else programme,
            seed=self.solution.seed,
            limits=Limits(seconds=self.watch.seconds_left),
            progress=None if progress is None else lambda name, *more: progress(f"{stage}: {name}", *more),
            should_stop=self._should_stop,
            # Of a plan that is only compared nobody asks what clashes.
            clashes=False,
        )
        if found.status in (Status.CANCELLED, Status.TIMED_OUT):
            raise Stopped(found.status)
        return found

    def difference(self, found: Solution, programme: str) -> Difference:
        """Return what another plan has more or less than the one there is."""
        ids = self.solution.programmes if self.is_joint else (programme,)
        programmes = [row for row in self.problem.programmes if row.id in ids]
        here, there = (_reached(plan, programmes) for plan in (self.solution, found))
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


def _reached(plan: Solution, programmes: Sequence[Programme]) -> Difference:
    """Return what a plan has of everything that counts in some programmes."""
    ids = {row.id for row in programmes}
    rows = [row for row in plan.assignments if row.programme in ids]
    people = {(row.programme, person) for row in rows for person in row.people or (row.members[Role.MENTEE],)}
    goals: dict[str, int] = {}
    required = {(row.id, name) for row in programmes for name in _required(row)}
    if required:
        opened = {(row.programme, row.community) for row in rows}
        goals[REQUIRED] = len(required & (people | opened))
    triads = sum(len(row.people) == 3 for row in rows)
    few = any(isinstance(row, PeerProgramme) and set(row.group_sizes) == {2, 3} for row in programmes)
    for goal in plan.goals:
        if goal.programme in ids:
            goals[goal.goal] = goals.get(goal.goal, 0) + goal.value
            if few and goal.goal == GoalName.COVERAGE.value:
                goals[TRIADS] = triads
    if few:
        goals.setdefault(TRIADS, triads)
    return Difference(people=len(people), points=sum(row.points for row in rows), goals=goals)


def _required(programme: Programme) -> list[str]:
    """Return the people, and communities, that must be matched before any goal counts."""
    people = (
        programme.mentees if isinstance(programme, MentoringProgramme) else getattr(programme, "people", ())
    )
    found = [row.person for row in people if row.required]
    if isinstance(programme, CommunitiesProgramme):
        found += [row.id for row in programme.communities if row.required]
    return found


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
