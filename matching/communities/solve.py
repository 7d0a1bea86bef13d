"""One programme of communities or group mentoring, from its people to a plan with its proof."""

from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import Candidates
from matching.communities.bound import bound_at, covering_prices
from matching.communities.causes import Diagnosis
from matching.communities.locks import locked_memberships
from matching.communities.market import Market
from matching.communities.search import Search, evident_of
from matching.communities.stages import CommunityStages, Reached, prices_of
from matching.communities.task import Task, earlier, task_of, unseen_task
from matching.groups import EVERYBODY
from matching.outcome import Outcome
from matching.problem import CommunitiesProgramme, GoalName, Problem
from matching.solution import Assignment, Certificate, CertificateKind, GoalValue, Stage, Status
from matching.term_stages import TERMS
from matching.terms import Terms
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
        eligible: Candidates | None = None
        stages: CommunityStages | None = None
        try:
            self._watch.go_on_to("candidates")
            eligible = self._market.candidates()
            task = task_of(self._market, eligible, self._locked)
            stages = CommunityStages(self._market, task, self._locked, self._watch)
            found = stages.best(stages.names)
        except Stopped as stop:
            reached = self._so_far(stages)
            # A search that is stopped while it looks for better prices may have proved its plan.
            proved = not self._has_terms and reached.is_best
            ended = _Ended(Status.OPTIMAL if proved else stop.status, reached, (), proved)
        else:
            status = Status.OPTIMAL if found.is_best else Status.FEASIBLE
            ended = _Ended(status, found.last, found.stages, found.is_best)
        if ended.is_best and ended.search.task.leaves_out(ended.search.chosen):
            ended = replace(ended, status=Status.INFEASIBLE)
        return self._outcome(ended, eligible)

    @property
    def _has_terms(self) -> bool:
        return any(goal in TERMS for goal in self._programme.goals)

    def _so_far(self, stages: CommunityStages | None) -> Reached:
        """Return the best plan that there is when a solve is stopped."""
        if stages is not None and stages.so_far is not None:
            return stages.so_far
        search = self._unseen_search() if stages is None or stages.search is None else stages.search
        return Reached(search.task, Terms(), search)

    def _unseen_search(self) -> Search:
        """Return what can be said without the candidates; what locks hold open may need some even so."""
        task = unseen_task(self._market, self._locked)
        if not task.is_kept_by(np.zeros(0, dtype=np.intp)):
            task = task_of(self._market, self._market.unwatched().candidates(), self._locked)
        return Search(task, self._watch, settled=len(np.unique(self._locked.rows)))

    def _outcome(self, ended: "_Ended", eligible: Candidates | None) -> Outcome:
        self._watch.begin("reasons")
        search = ended.search
        chosen = search.task.candidates.only(search.chosen)
        members = chosen.merged(self._locked, len(search.task.least))
        diagnosis = Diagnosis(self._market, members, finished=ended.is_best)
        if eligible is None:
            eligible = self._market.unwatched().candidates()
        # What is evident is so of all plans, not only of those that keep the terms.
        task = search.task
        if self._has_terms:
            task = task_of(self._market, eligible, self._locked)
        return Outcome(
            status=ended.status,
            assignments=assignments_of(self._market, self._locked, members),
            unmatched=tuple(diagnosis.people()),
            closed=tuple(diagnosis.communities(eligible)),
            goals=self._goals(ended, task, chosen, members),
            certificate=self._certificate(ended, task),
            candidates=len(task.candidates),
        )

    def _certificate(self, ended: "_Ended", task: Task) -> Certificate:
        search, terms = ended.search, ended.reached.terms
        if self._has_terms and not ended.is_best:
            evident = bound_at(task, covering_prices(task), 1)
            return Certificate(
                programme=self._programme.id,
                kind=CertificateKind.BOUND,
                bound=evident.worth,
                **prices_of(self._programme, task, Terms(), evident),
            )
        return Certificate(
            programme=self._programme.id,
            kind=CertificateKind.PRICES if search.is_priced else CertificateKind.BOUND,
            bound=search.bound.worth,
            stages=ended.stages,
            searched=None if search.is_priced else search.searched,
            **prices_of(self._programme, search.task, terms, search.bound),
        )

    def _goals(
        self, ended: "_Ended", task: Task, chosen: Candidates, members: Candidates
    ) -> tuple[GoalValue, ...]:
        waiting = np.array([1 + row.rounds_waited for row in self._programme.people], dtype=np.int64)
        stages = CommunityStages(self._market, task, self._locked, self._watch)
        values = {
            GoalName.COVERAGE: int(waiting[np.unique(members.rows)].sum()),
            GoalName.POINTS: int(members.points.sum()),
            GoalName.SAME_PARTNERS: int(earlier(self._market, members).sum()),
            **{goal: stages.value_of(goal, chosen) for goal in TERMS},
        }
        bounds = dict(values)
        if not ended.is_best:
            evident = evident_of(task) if self._has_terms else ended.search.evident()
            locked_coverage = int(waiting[np.unique(self._locked.rows)].sum())
            bounds[GoalName.COVERAGE] = evident[GoalName.COVERAGE] + locked_coverage
            bounds[GoalName.POINTS] = evident[GoalName.POINTS] + int(self._locked.points.sum())
            locked_again = int(earlier(self._market, self._locked).sum())
            bounds[GoalName.SAME_PARTNERS] = evident[GoalName.SAME_PARTNERS] + locked_again
            bounds[GoalName.WORST_MATCH] = max(stages.top(), int(task.highest.max(initial=0)))
            bounds[GoalName.PARITY] = EVERYBODY
        return tuple(
            GoalValue(programme=self._programme.id, goal=goal.value, value=values[goal], bound=bounds[goal])
            for goal in self._programme.goals
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Ended:
    """How a solve ended: with which plan, the stages that prove it, and whether it is proved."""

    status: Status
    reached: Reached
    stages: tuple[Stage, ...]
    is_best: bool

    @property
    def search(self) -> Search:
        """The search that found the plan."""
        if self.reached.search is None:
            raise RuntimeError("a plan was found, and then none")
        return self.reached.search


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
