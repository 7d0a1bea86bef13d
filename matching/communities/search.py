"""From a task to its best plan: communities open and close, prices tighten the bound, a search closes it."""

import numpy as np

from matching.communities.bound import IMPOSSIBLE, Bound, bound_at, covering_prices
from matching.communities.flow import best_filling
from matching.communities.model import Ended, Model, Relaxed, as_prices
from matching.communities.repair import mended, plan_in_order
from matching.communities.task import Task
from matching.errors import ProblemError
from matching.goals import Amounts
from matching.problem import GoalName
from matching.rules import Mask
from matching.views import Index
from matching.watch import Stopped, Watch

MOST_FILLINGS = 60
FIRST_PRICINGS, MOST_PRICINGS = 4, 12
# A model starts with so many candidates, and so many of each person; one of more than the most is not tried.
FEWEST_IN_CORE, EACH_IN_CORE, MOST_IN_CORE = 3_000, 4, 400_000
# The relaxed model is solved in double precision.
NEARLY = 0.01
FINEST_SCALES = (1_000_000, 100_000, 10_000, 1_000, 100, 10)
LARGEST_SUM = 2**62
# Branch and bound runs in slices, to ask between them whether it is to stop; each is as long as all before.
FIRST_SLICE_SECONDS = 5.0
MOST_NODES, FEW_NODES = 50_000, 100


class NoPlan(ProblemError):
    """Locks that cannot be kept, or (unless `is_sure`) could not within the limits."""

    def __init__(self, sentence: str, *, is_sure: bool) -> None:
        super().__init__("$.locks", sentence)
        self.is_sure = is_sure


class Search:
    """The best plan so far (`chosen`) and the best bound, with each step that improves them.

    `searched` is what branch and bound has shown no plan to be worth more than, when it came to an end.
    """

    def __init__(self, task: Task, watch: Watch, *, settled: int) -> None:
        self.task, self._watch, self._settled = task, watch, settled
        self.bound: Bound = bound_at(task, covering_prices(task), 1)
        self.searched: int | None = None
        self._tried: set[bytes] = set()
        self.chosen = self._foundation()
        self._improve(plan_in_order(task, self.chosen))

    def run(self) -> None:
        """Go on until the plan is proved, or nothing more can be done; raises `Stopped` when told to end."""
        self._watch.go_on_to("plan")
        self._fill()
        if not self.is_priced:
            self._watch.go_on_to("prices")
            self._tighten(FIRST_PRICINGS)
        if not self.is_priced:
            self._watch.go_on_to("branching")
            self._branch()
        if not self.is_priced:
            self._watch.go_on_to("proof")
            self._tighten(MOST_PRICINGS)

    def take(self, chosen: Index, prices: Amounts, scale: int, meetings: Amounts, *, is_best: bool) -> None:
        """Take a plan and prices found in parts; `is_best` tells that each part's plan is proved."""
        self._improve(chosen)
        if scale <= self._finest_scale():
            self._price(prices, scale, meetings)
        if is_best:
            self.searched = self.worth

    @property
    def worth(self) -> int:
        """What the best plan so far is worth."""
        return self.task.worth(self.chosen)

    @property
    def is_priced(self) -> bool:
        """Tell whether the prices prove the plan."""
        return self.bound.worth == self.worth

    @property
    def is_proved(self) -> bool:
        """Tell whether prices or branch and bound prove the plan."""
        return self.is_priced or self.searched == self.worth

    def evident(self) -> dict[GoalName, int]:
        """Return the most that each goal could come to, as far as the bound and single people tell."""
        task, weights = self.task, self.task.weights
        lowest = np.zeros(len(task.bonus), dtype=np.int64)
        np.minimum.at(lowest, task.candidates.rows, task.candidates.points)
        seeking = task.room.places > 0
        least_points = int((task.room.places * lowest)[seeking].sum())
        coverage, points, again = evident_of(task).values()
        kept = weights.of(GoalName.SAME_PARTNERS)
        if kept > max(weights.coverage, weights.points):
            again = min(again, (self.bound.worth - weights.points * least_points) // kept)
        elif weights.coverage > weights.points:
            coverage = min(coverage, (self.bound.worth - weights.points * least_points) // weights.coverage)
        elif weights.points:
            points = min(points, self.bound.worth // weights.points)
        return {GoalName.COVERAGE: coverage, GoalName.POINTS: points, GoalName.SAME_PARTNERS: again}

    def _improve(self, chosen: Index | None) -> None:
        if chosen is None or not self.task.is_kept_by(chosen):
            return
        if self.task.worth(chosen) > self.worth:
            self.chosen = chosen
            rows = np.unique(self.task.candidates.rows[chosen])
            # Whom a lock has settled counts for nothing any more, but is matched all the same.
            self._watch.best = self._settled + int((self.task.room.waiting[rows] > 0).sum())

    def _foundation(self) -> Index:
        """Return a plan that opens what locks hold open and nothing else; all others are built around it."""
        nobody = np.zeros(0, dtype=np.intp)
        if self.task.is_kept_by(nobody):
            self._watch.best = self._settled
            return nobody
        core = np.flatnonzero(self.task.must[self.task.candidates.columns])
        ended, chosen = Model(self.task, core, self.task.must).plan(seconds=600.0, nodes=MOST_NODES)
        if chosen is None or not self.task.is_kept_by(chosen):
            found = "no plan gives" if ended is Ended.NO_PLAN else "no plan was found that gives"
            raise NoPlan(
                f"the locks cannot be kept: {found} every community with a locked member enough members and "
                "different values.",
                is_sure=ended is Ended.NO_PLAN,
            )
        return chosen

    def _fill(self) -> None:
        """Fill open communities, close those that cost most and open those that would gain most."""
        opened = self.task.can_open()
        for number in range(MOST_FILLINGS):
            self._watch.reached(number, MOST_FILLINGS)
            change = self._fill_once(opened)
            if self.is_priced or change is None or not change.any():
                return
            # A few at a time where many would change, for the others may then no longer want to.
            most = np.argsort(-change, kind="stable")[: max(1, int((change > 0).sum()) // 4)]
            opened = opened.copy()
            opened[most] ^= True

    def _fill_once(self, opened: Mask) -> Amounts | None:
        """Fill these communities; return what would be gained by changing each, nothing when tried before."""
        if opened.tobytes() in self._tried:
            return None
        self._tried.add(opened.tobytes())
        task, filling = self.task, best_filling(self.task, opened)
        if filling.lowest is None or filling.highest is None:
            return np.where(opened & ~task.must, filling.short, 0)
        self._improve(mended(task, filling.chosen))
        enough = covering_prices(task)
        lowest, highest = (
            np.minimum(prices.of_mentees(task.bonus), enough) for prices in (filling.lowest, filling.highest)
        )
        bound = self._price(lowest + highest, 2)
        for prices in (lowest, highest):
            self._price(prices, 1)
        change = np.where(task.must | (bound.values == IMPOSSIBLE), 0, bound.values)
        return np.maximum(np.where(opened, -change, change), 0)

    def _price(
        self,
        prices: Amounts,
        scale: int,
        meetings: Amounts | None = None,
        floors: Amounts | None = None,
    ) -> Bound:
        """Evaluate the bound at these prices, and keep it when it is the best so far."""
        bound = bound_at(self.task, prices, scale, meetings, floors)
        if not bound.is_possible or bound.total * self.bound.scale < self.bound.total * scale:
            self.bound = bound
        return bound

    def _tighten(self, pricings: int) -> None:
        """Take prices from the relaxed model, near the best so far, until the bound is least there."""
        scale, missing, share = self._finest_scale(), np.zeros(0, dtype=np.intp), 1
        for number in range(pricings):
            self._watch.reached(number, pricings)
            core, before = np.union1d(missing, self._core(self._wanted)), self.bound
            if self.is_priced or len(core) > MOST_IN_CORE:
                return
            # So near that what is not in the core goes on losing.
            near = max(1.0, self._radius(self._wanted) / before.scale / 4) / share
            # What floors pay moves prices far, and all at once.
            reach = None if self.task.floors else near
            relaxed = Model(self.task, core, self._sure()).relaxed(before.prices / before.scale, reach)
            if relaxed is None:
                return
            of_meetings, of_floors = as_prices(relaxed.meetings, scale), as_prices(relaxed.floors, scale)
            fine = self._price(as_prices(relaxed.prices, scale), scale, of_meetings, of_floors)
            self._round(relaxed)
            self._fill_once(relaxed.opened)
            self._complete(relaxed)
            if self.bound is before:
                if fine.total <= (relaxed.worth + NEARLY) * scale:
                    return
                # Too far from the best prices the candidates that were left out want to come back.
                missing, share = np.union1d(missing, np.flatnonzero(fine.losses == 0)), 2 * share

    def _complete(self, relaxed: Relaxed) -> None:
        """Settle whom the relaxed model has settled, and decide about the others in whole numbers."""
        if self.worth + 1 <= relaxed.worth + NEARLY:
            model = Model(self.task, np.union1d(relaxed.promising, self.chosen), self.task.must)
            _ended, chosen = model.plan(seconds=np.inf, nodes=FEW_NODES)
            self._improve(chosen)

    def _round(self, relaxed: Relaxed) -> None:
        """Prefer prices in whole units where they prove as much."""
        prices = (as_prices(found, 1) for found in (relaxed.meetings, relaxed.floors))
        whole = bound_at(self.task, as_prices(relaxed.prices, 1), 1, *prices)
        if whole.worth <= self.bound.worth:
            self.bound = whole

    def _finest_scale(self) -> int:
        task = self.task
        largest = int(np.abs(task.profits).max(initial=0)) + int(task.bonus.max(initial=0)) + 1
        largest += int(task.opening.max(initial=0)) + task.weights.of(GoalName.PARITY)
        spare = LARGEST_SUM // (4 * largest * (len(task.profits) + len(task.bonus) + 1))
        return next((scale for scale in FINEST_SCALES if scale <= spare), 1)

    def _reach(self, bound: Bound) -> int:
        """Return by how much the bound may sink and stay above the plan: what loses more is not needed."""
        return bound.total - bound.scale * (self.worth + 1)

    def _radius(self, wanted: int) -> int:
        """Return the most that so many candidates lose, those that lose least and are needed."""
        losses, reach = self.bound.losses, self._reach(self.bound)
        if wanted < len(losses):
            reach = min(reach, int(np.partition(losses, wanted)[wanted]))
        return reach

    def _core(self, wanted: int) -> Index:
        """Return so many candidates, those that lose least, without any that is not needed."""
        losses = self.bound.losses
        if len(losses) <= FEWEST_IN_CORE:
            return np.arange(len(losses))
        return np.union1d(np.flatnonzero(losses <= self._radius(wanted)), self.chosen)

    @property
    def _wanted(self) -> int:
        return max(FEWEST_IN_CORE, EACH_IN_CORE * len(self.task.bonus))

    def _sure(self) -> Mask:
        """Tell which communities are open in every plan that is better than the best so far."""
        return np.asarray(self.bound.values > max(self._reach(self.bound), 0)) | self.task.must

    def _branch(self) -> None:
        """Search the candidates that could be in a better plan; they grow fewer as the plan grows better."""
        wanted = self._wanted
        while len(core := self._core(wanted)) <= MOST_IN_CORE:
            ended, chosen = self._planned(core)
            self._improve(chosen)
            if ended is Ended.OUT_OF_NODES or not self._is_true(chosen):
                return
            left_out = np.setdiff1d(np.arange(len(self.bound.losses)), core)
            if self.bound.losses[left_out].min(initial=LARGEST_SUM) > self._reach(self.bound):
                self.searched = self.worth
                return
            wanted *= 4

    def _is_true(self, chosen: Index | None) -> bool:
        """Tell whether a plan is what the solver says it is, which rounding may have made untrue."""
        return chosen is None or self.task.is_kept_by(chosen)

    def _planned(self, core: Index) -> tuple[Ended, Index | None]:
        """Return how the search of these candidates ended, and its plan; it goes on while it may."""
        seconds, chosen = FIRST_SLICE_SECONDS, None
        while True:
            try:
                self._watch.reached(0, 1)
            except Stopped:
                self._improve(chosen)
                raise
            left = self._watch.seconds_left
            slice_seconds = seconds if left is None else min(seconds, max(left, 0.01))
            model = Model(self.task, core, self._sure())
            ended, chosen = model.plan(seconds=slice_seconds, nodes=MOST_NODES)
            if ended is not Ended.OUT_OF_TIME:
                return ended, chosen
            seconds *= 2


def evident_of(task: Task) -> dict[GoalName, int]:
    """Return the most that each goal could come to, as far as single people tell."""
    seeking = task.room.places > 0
    return {
        GoalName.COVERAGE: int(task.room.waiting[seeking].sum()),
        GoalName.POINTS: int((task.room.places * task.highest)[seeking].sum()),
        GoalName.SAME_PARTNERS: int(task.again.sum()),
    }
