"""Background tasks of replays: solve the problem of a run again, and find replays whose worker has died."""

import logging
from collections.abc import Callable
from functools import partial

from huey import crontab

from app import jobs
from app.db import db
from app.jobs import periodic, task
from app.rounds import replaying
from app.rounds.certificate_models import Replay
from app.rounds.documents import document_of
from app.rounds.models import DocumentKind, Run
from app.rounds.progress import Reporter
from app.rounds.replaying import ReplayAttempt
from app.rounds.tasks import this_app
from matching.problem import Problem
from matching.solution import Solution
from matching.solve import solve

log = logging.getLogger(__name__)
BROKE_DOWN = "Something went wrong on our side, so this replay says nothing about the plan. Try it again."


@task()
def solve_again(replay_id: int) -> None:
    """Carry out a replay that waits; one that is already being carried out is left alone."""
    carry_out(replay_id)


@periodic(crontab(minute="*"))
def watch_over_replays() -> None:
    """Find replays whose worker has died."""
    waiting = replaying.recover_silent_replays()
    db.session.commit()
    for replay_id in waiting:
        hand_over(replay_id)


def hand_over(replay_id: int) -> None:
    """Tell the workers of a replay that waits; when the queue is out of order they find it themselves."""
    try:
        solve_again(replay_id)
    except jobs.OUT_OF_ORDER:
        log.exception("replay %s could not be enqueued; workers will find it within a minute", replay_id)


def carry_out(replay_id: int, tell: Callable[[str, int], None] = lambda words, percent: None) -> None:
    """Solve the problem of a run again with its seed, and keep whether the answer is the same."""
    attempt = replaying.take_up(replay_id)
    db.session.commit()
    if attempt is None:
        return
    reporter = Reporter(partial(replaying.report, attempt), tell)
    # The heart stops before the outcome is written: it would wait for that transaction to end.
    with reporter.beating(this_app()):
        settle = _outcome(attempt, reporter)
    settle()
    db.session.commit()


def _outcome(attempt: ReplayAttempt, reporter: Reporter) -> Callable[[], object]:
    """Do the work, without an open transaction, and return the command that settles the replay."""
    try:
        return partial(replaying.settle, attempt, _solved(attempt, reporter))
    except Exception:
        log.exception("replay %s broke down", attempt.replay_id)
        db.session.rollback()
        return partial(replaying.fail, attempt, BROKE_DOWN)


def _solved(attempt: ReplayAttempt, reporter: Reporter) -> Solution:
    run = db.session.get_one(Run, db.session.get_one(Replay, attempt.replay_id).run_id)
    text, seed = document_of(run.id, DocumentKind.PROBLEM), run.seed
    db.session.rollback()
    problem = Problem.from_json(text)
    return solve(problem, seed=seed, progress=reporter.progress, should_stop=reporter.should_stop)
