"""One programme of communities or group mentoring, from its people to a plan with its proof."""

import numpy as np

from matching.candidates import Candidates
from matching.communities.causes import Diagnosis
from matching.communities.locks import locked_memberships
from matching.communities.market import Market
from matching.communities.search import Search
from matching.communities.task import Task, earlier, task_of, unseen_task
from matching.outcome import Outcome
from matching.problem import CommunitiesProgramme, GoalName, Problem
from matching.solution import Assignment, Certificate, CertificateKind, GoalValue, Meeting, Status
from matching.watch import Stopped, Watch


class CommunitiesSolve:
    """The steps from a programme to its outcome, with what each leaves for the next.

    Nothing is drawn by lot: of plans equal in every goal the one stands that the steps come upon, which are
    the same on every machine.
    """

    def __init__(self, problem: Problem, programme: CommunitiesProgramme, watch: Watch) -> None:
        self._programme = programme
        self._watch = watch
        watch.begin("people")
        watch.best = None
        self._market = Market(problem, programme, watch)
        self._locked = locked_memberships(self._market)

    def outcome(self) -> Outcome:
        """Solve to the proved optimum, or to the best plan there is when the watch stops it."""
        status, eligible, search = Status.OPTIMAL, None, None
        try:
            self._watch.go_on_to("candidates")
            eligible = self._market.candidates()
            search = self._search(task_of(self._market, eligible, self._locked))
            search.run()
        except Stopped as stop:
            status = stop.status
            search = search or self._unseen_search()
        if search.is_proved:
            clashes = search.task.leaves_out(search.chosen)
            status = Status.INFEASIBLE if clashes else Status.OPTIMAL
        elif status is Status.OPTIMAL:
            status = Status.FEASIBLE
        return self._outcome(status, search, eligible)

    def _search(self, task: Task) -> Search:
        return Search(task, self._watch, settled=len(np.unique(self._locked.rows)))

    def _unseen_search(self) -> Search:
        """Return what can be said without the candidates; what locks hold open may need some even so."""
        task = unseen_task(self._market, self._locked)
        if task.is_kept_by(np.zeros(0, dtype=np.intp)):
            return self._search(task)
        return self._search(task_of(self._market, self._market.unwatched().candidates(), self._locked))

    def _outcome(self, status: Status, search: Search, eligible: Candidates | None) -> Outcome:
        self._watch.begin("reasons")
        task = search.task
        chosen = task.candidates.only(search.chosen)
        members = chosen.merged(self._locked, len(task.least))
        diagnosis = Diagnosis(self._market, members, finished=search.is_proved)
        return Outcome(
            status=status,
            assignments=assignments_of(self._market, self._locked, members),
            unmatched=tuple(diagnosis.people()),
            closed=tuple(diagnosis.communities(eligible)),
            goals=self._goals(search, members),
            certificate=self._certificate(search),
            candidates=len(task.candidates),
        )

    def _certificate(self, search: Search) -> Certificate:
        bound, weights = search.bound, search.task.weights
        prices = {
            row.person: price
            for row, price in zip(self._programme.people, bound.prices.tolist(), strict=True)
            if price
        }
        return Certificate(
            programme=self._programme.id,
            kind=CertificateKind.PRICES if search.is_priced else CertificateKind.BOUND,
            bound=bound.worth,
            weights=weights.named(),
            people=prices,
            meetings=self._meetings(search),
            scale=bound.scale,
            searched=None if search.is_priced else search.searched,
        )

    def _meetings(self, search: Search) -> tuple[Meeting, ...]:
        candidates, programme = search.task.candidates, self._programme
        priced = np.flatnonzero(search.bound.meetings)
        both = search.task.meetings[priced]
        rows, columns = candidates.rows[both].tolist(), candidates.columns[both[:, 0]].tolist()
        return tuple(
            Meeting(
                first=programme.people[first].person,
                second=programme.people[second].person,
                community=programme.communities[column].id,
                price=price,
            )
            for (first, second), column, price in zip(
                rows, columns, search.bound.meetings[priced].tolist(), strict=True
            )
        )

    def _goals(self, search: Search, members: Candidates) -> tuple[GoalValue, ...]:
        waiting = np.array([1 + row.rounds_waited for row in self._programme.people], dtype=np.int64)
        locked_coverage = int(waiting[np.unique(self._locked.rows)].sum())
        locked_points = int(self._locked.points.sum())
        values = {
            GoalName.COVERAGE: int(waiting[np.unique(members.rows)].sum()),
            GoalName.POINTS: int(members.points.sum()),
            GoalName.SAME_PARTNERS: int(earlier(self._market, members).sum()),
        }
        bounds = dict(values)
        if not search.is_proved:
            evident = search.evident()
            bounds[GoalName.COVERAGE] = evident[GoalName.COVERAGE] + locked_coverage
            bounds[GoalName.POINTS] = evident[GoalName.POINTS] + locked_points
            locked_again = int(earlier(self._market, self._locked).sum())
            bounds[GoalName.SAME_PARTNERS] = evident[GoalName.SAME_PARTNERS] + locked_again
        return tuple(
            GoalValue(programme=self._programme.id, goal=goal.value, value=values[goal], bound=bounds[goal])
            for goal in self._programme.goals
        )


def assignments_of(market: Market, locked: Candidates, members: Candidates) -> tuple[Assignment, ...]:
    """Return the communities with all their members, those of locks among them."""
    programme, made = market.programme, []
    are_locked = set(locked.columns.tolist())
    for column in np.unique(members.columns).tolist():
        here = members.columns == column
        rows = members.rows[here]
        parts = {}
        if programme.candidates is None:
            found = market.parts(rows)
            parts = {name.value: int(part[:, column].sum()) for name, part in found.items()}
        made.append(
            Assignment(
                programme=programme.id,
                people=tuple(programme.people[row].person for row in rows.tolist()),
                community=programme.communities[column].id,
                points=int(members.points[here].sum()),
                parts=parts,
                locked=column in are_locked,
            )
        )
    return tuple(made)
