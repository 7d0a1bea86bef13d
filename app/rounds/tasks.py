"""Background tasks of matching rounds: carry out a run, and find runs whose worker has died."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Flask, current_app
from huey import crontab

from app import jobs
from app.db import db, read_at_one_instant
from app.jobs import periodic, queue, task
from app.rounds import question_tasks, reminding, running, what_ifs
from app.rounds.documents import keep
from app.rounds.group_matches import as_memberships
from app.rounds.models import DocumentKind, MatchingRound, Run
from app.rounds.progress import Reporter
from app.rounds.reasons import reasons_of
from app.rounds.refusals import in_names
from app.rounds.running import Attempt
from app.rounds.settings import settings_of
from app.rounds.snapshot import take
from app.rounds.snapshot_free import free_part
from app.rounds.storing import store
from app.words import plural
from matching.check import check
from matching.problem import Problem, ProblemError
from matching.solution import Solution, Status
from matching.solve import solve

log = logging.getLogger(__name__)
LOOKED_AGAIN_AFTER_SECONDS = 30
BROKE_DOWN = "Something went wrong on our side, and nothing was changed. Run the matching again in a while."


@task()
def solve_run(run_id: int) -> None:
    """Carry out a run that waits; one that is already being carried out is left alone."""
    carry_out(run_id)


@periodic(crontab(minute="*"))
def watch_over_runs() -> None:
    """Find runs whose worker has died, now and in the middle of the minute."""
    recover()
    recover_later.schedule(delay=LOOKED_AGAIN_AFTER_SECONDS)


@task()
def invite(round_id: int) -> None:
    """Tell everybody who may take part in a round that it is open."""
    reminding.invite(db.session.get_one(MatchingRound, round_id))
    db.session.commit()


@periodic(crontab(minute="12"))
def remind() -> None:
    """Remind people of what they can still do, and tell those of open rounds who came since."""
    reminding.remind()
    db.session.commit()


@task()
def recover_later() -> None:
    """Find runs whose worker has died."""
    recover()


@queue.on_startup()
def recover_at_start() -> None:
    """Find what a worker left behind when it died."""
    if queue.app is not None:
        with queue.app.app_context():
            recover()


def recover() -> None:
    """Enqueue again, or give up, the runs of workers that fell silent."""
    waiting = running.recover_silent_runs()
    db.session.commit()
    for run_id in waiting:
        hand_over(run_id)
    question_tasks.recover()


def invite_soon(round_id: int) -> None:
    """Have everybody told that a round is open; when the queue is out of order it is done within an hour."""
    try:
        invite(round_id)
    except jobs.OUT_OF_ORDER:
        log.exception("invitations to round %s could not be enqueued", round_id)


def hand_over(run_id: int) -> None:
    """Tell the workers of a run that waits; when the queue is out of order they find it themselves."""
    try:
        solve_run(run_id)
    except jobs.OUT_OF_ORDER:
        log.exception("run %s could not be enqueued; workers will find it within a minute", run_id)


def carry_out(run_id: int, tell: Callable[[str, int], None] = lambda words, percent: None) -> None:
    """Match the round of a run and keep the plan, or the reason why there is none."""
    attempt = running.take_up(run_id)
    db.session.commit()
    if attempt is None:
        return
    reporter = Reporter(partial(running.report, attempt), tell)
    # The heart stops before the outcome is written: it would wait for that transaction to end.
    with reporter.beating(this_app()):
        settle = _outcome(attempt, reporter)
    settle()
    db.session.commit()


def _outcome(attempt: Attempt, reporter: Reporter) -> Callable[[], object]:
    """Do the work, without an open transaction, and return the command that settles the run."""
    try:
        return _match(attempt, reporter)
    except ProblemError as error:
        db.session.rollback()
        told = in_names(error.sentence)
        db.session.rollback()
        return partial(running.fail, attempt, f"This round cannot be matched as it stands: {told}")
    except Exception:
        log.exception("run %s broke down", attempt.run_id)
        db.session.rollback()
        return partial(running.fail, attempt, BROKE_DOWN)


def _match(attempt: Attempt, reporter: Reporter) -> Callable[[], object]:
    problem, seed = _snapshot(attempt)
    solution = solve(problem, seed=seed, progress=reporter.progress, should_stop=reporter.should_stop)
    if solution.status is Status.CANCELLED and not solution.assignments:
        return partial(running.abandon, attempt)
    refusal = _refusal(problem, solution, reporter)
    if refusal is not None:
        return partial(running.fail, attempt, refusal)
    reporter.progress("explain", 0, 1)
    plan = replace(solution, assignments=as_memberships(problem, solution))
    rows = list(zip(plan.assignments, reasons_of(problem, plan), strict=True))
    reporter.progress("store", 0, 1)
    return partial(store, attempt, problem, solution, rows)


def _snapshot(attempt: Attempt) -> tuple[Problem, int]:
    """Read the round as it is at one instant, without holding up those who write, and keep what was read.

    Reading and keeping are two transactions. A reader that turns writer is refused when anybody has written
    since, on SQLite; and on PostgreSQL when this run has, whose heart beats all the while.
    """
    with read_at_one_instant():
        run = db.session.get_one(Run, attempt.run_id)
        problem = _problem_of(run)
        seed = run.seed
    keep(attempt.run_id, DocumentKind.PROBLEM, problem.to_json())
    running.note_problem(attempt, problem.sha256, settings_of(problem))
    db.session.commit()
    return problem, seed


def _problem_of(run: Run) -> Problem:
    if run.is_what_if:
        return what_ifs.problem_of(run)
    problem = take(run.matching_round)
    return free_part(problem, run.matching_round) if run.is_rematch else problem


def _refusal(problem: Problem, solution: Solution, reporter: Reporter) -> str | None:
    """Return why a solution may not be shown to anybody, if so."""
    if solution.status is Status.INFEASIBLE:
        return "These rules cannot all be kept together. Relax one of them, then run the matching again."
    reporter.progress("check", 0, 1)
    report = check(problem, solution)
    if report.ok:
        return None
    log.error("the plan of problem %s was refused: %s", problem.sha256, report.summary)
    return (
        f"The check found {plural(len(report.violations), 'mistake')} in the plan, so it was not kept. "
        "Tell whoever looks after Trellis: they can export the problem and look into it."
    )


def this_app() -> Flask:
    """Return the application itself, for a thread that has no context of its own."""
    return current_app._get_current_object()  # type: ignore[attr-defined]
