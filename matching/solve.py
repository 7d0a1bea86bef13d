"""Solves a problem: each programme to its proved optimum, or to the best plan the limits allow."""

import resource
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import Any

from matching.clash.search import clash_of, clash_of_groups
from matching.communities.solve import CommunitiesSolve
from matching.errors import ProblemError
from matching.joint.solve import JointSolve, is_joint
from matching.mentoring import MentoringSolve
from matching.outcome import Outcome
from matching.peers.solve import PeerSolve
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.solution import Solution, Statistics, Status
from matching.values import shown
from matching.watch import Limits, Progress, Stopped, Watch

__all__ = ["Limits", "Progress", "solve"]


def solve(
    problem: Problem,
    *,
    programme: str | None = None,
    seed: int = 0,
    limits: Limits | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    workers: int | None = None,
    clashes: bool = True,
) -> Solution:
    """Decide who is matched with whom.

    Parameters
    ----------
    programme
        Id of the one programme to solve; all of them when not given.
    seed
        Draws the lots that decide between equal plans.
    limits
        When to stop; the best plan so far, with every rule kept, is then returned as `timed_out`.
    progress
        Called as ``progress(stage, done, total, best)``; `best` is how many mentees the best plan
        so far matches, or `None`.
    should_stop
        Asked between steps; when it returns true the best plan so far is returned as `cancelled`.
    workers
        How many threads share large markets, and processes the parts of a joint round, at least 1; as many
        as processors when not given. Their number changes no result.
    clashes
        Whether to look for what clashes where not everybody can be matched who must be.

    Raises
    ------
    ProblemError
        When a lock breaks a rule, or the problem holds a programme that cannot be solved.
    """
    watch = Watch(limits or Limits(), progress, should_stop, workers)
    if is_joint(problem) and (programme is None or len(problem.programmes) == 1):
        return _joint(problem, seed, watch)
    programmes = _programmes(problem, programme)
    outcomes, sha256 = _outcomes(problem, programmes, seed, watch)
    if clashes:
        outcomes = [_with_clash(problem, *row, watch) for row in zip(programmes, outcomes, strict=True)]
    watch.finish()
    return Solution(
        status=_status(outcomes),
        problem_sha256=sha256,
        programmes=tuple(row.id for row in programmes),
        goals=tuple(goal for outcome in outcomes for goal in outcome.goals),
        assignments=tuple(row for outcome in outcomes for row in outcome.assignments),
        unmatched=tuple(row for outcome in outcomes for row in outcome.unmatched),
        closed=tuple(row for outcome in outcomes for row in outcome.closed),
        certificates=tuple(outcome.certificate for outcome in outcomes),
        clashes=tuple(outcome.clash for outcome in outcomes if outcome.clash is not None),
        seed=seed,
        engine=dict(_engine()),
        statistics=_statistics(programmes, outcomes, watch),
    )


def _statistics(programmes: list[Programme], outcomes: list[Outcome], watch: Watch) -> Statistics:
    return Statistics(
        candidates={row.id: outcome.candidates for row, outcome in zip(programmes, outcomes, strict=True)},
        seconds=watch.seconds,
        peak_memory_mib=_peak_memory_mib(),
    )


def _outcomes(
    problem: Problem, programmes: list[Programme], seed: int, watch: Watch
) -> tuple[list[Outcome], str]:
    """Return what became of each programme, and the problem's hash."""
    with ThreadPoolExecutor(1) as beside:
        if watch.workers > 1:
            # One processor finds plans, without the interpreter: the problem is written out meanwhile.
            watch.at("plan", lambda: beside.submit(lambda: problem.sha256))
        outcomes = [_SOLVERS[type(row)](problem, row, seed, watch) for row in programmes]
    return outcomes, problem.sha256


def _joint(problem: Problem, seed: int, watch: Watch) -> Solution:
    """Decide about all programmes of a round that share people's hours, or cover for one another."""
    found = JointSolve(problem, watch).solution()
    watch.finish()
    statistics = replace(found.statistics, seconds=watch.seconds, peak_memory_mib=_peak_memory_mib())
    return replace(found, seed=seed, engine=dict(_engine()), statistics=statistics)


def _programmes(problem: Problem, named: str | None) -> list[Programme]:
    found = [row for row in problem.programmes if named in (None, row.id)]
    if named is not None and not found:
        raise ProblemError("$.programmes", f"there is no programme {shown(named)}.")
    return found


@cache
def _engine() -> tuple[tuple[str, str], ...]:
    return tuple((name, version(name)) for name in ("numpy", "ortools", "scipy"))


def _mentoring(problem: Problem, programme: MentoringProgramme, seed: int, watch: Watch) -> Outcome:
    return MentoringSolve(problem, programme, seed, watch).outcome()


def _with_clash(problem: Problem, programme: Programme, outcome: Outcome, watch: Watch) -> Outcome:
    """Return what came of a programme, with what clashes where not everybody can be matched who must be."""
    if outcome.status is not Status.INFEASIBLE:
        return outcome
    try:
        watch.go_on_to("clash")
        if isinstance(programme, MentoringProgramme):
            return replace(outcome, clash=clash_of(problem, programme, watch))
        if isinstance(programme, PeerProgramme | CommunitiesProgramme):
            return replace(outcome, clash=clash_of_groups(problem, programme, watch))
        raise TypeError(programme)
    except Stopped:
        # That not everybody can be matched is proved all the same.
        return outcome


def _peers(problem: Problem, programme: PeerProgramme, seed: int, watch: Watch) -> Outcome:
    return PeerSolve(problem, programme, seed, watch).outcome()


def _communities(problem: Problem, programme: CommunitiesProgramme, _seed: int, watch: Watch) -> Outcome:
    return CommunitiesSolve(problem, programme, watch).outcome()


# How a programme is solved, by its kind.
Solver = Callable[[Problem, Any, int, Watch], Outcome]
_SOLVERS: dict[type[Programme], Solver] = {
    MentoringProgramme: _mentoring,
    PeerProgramme: _peers,
    CommunitiesProgramme: _communities,
}


def _status(outcomes: list[Outcome]) -> Status:
    """Return the worst status of the programmes: a solution is proved when all of it is.

    Rules that clash in one programme are what everybody has to know, whatever became of the others.
    """
    order = (Status.INFEASIBLE, Status.CANCELLED, Status.TIMED_OUT, Status.FEASIBLE)
    found = {outcome.status for outcome in outcomes}
    return next((status for status in order if status in found), Status.OPTIMAL)


def _peak_memory_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)
