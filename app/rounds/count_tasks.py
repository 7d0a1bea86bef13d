"""Background tasks of counts: look at the pairs of a round, and find counts whose worker has died."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from huey import crontab

from app import jobs
from app.db import db, read_at_one_instant
from app.jobs import periodic, task
from app.programmes.models import Programme
from app.rounds import counting
from app.rounds.count_models import RuleCount
from app.rounds.counting import CountAttempt
from app.rounds.progress import Reporter
from app.rounds.refusals import in_names
from app.rounds.snapshot import take
from app.rounds.tasks import this_app
from matching.forbidden import Forbidden, forbidden_pairs
from matching.problem import MentoringProgramme, Problem, ProblemError, Rule, RuleName

log = logging.getLogger(__name__)
BROKE_DOWN = "Something went wrong on our side, so the pairs could not be counted. Count again in a while."


@task()
def count_pairs(programme_id: int) -> None:
    """Carry out a count that waits; one that is already being carried out is left alone."""
    carry_out(programme_id)


@periodic(crontab(minute="*"))
def watch_over_counts() -> None:
    """Find counts whose worker has died."""
    waiting = counting.recover_silent_counts()
    db.session.commit()
    for programme_id in waiting:
        hand_over(programme_id)


def hand_over(programme_id: int) -> None:
    """Tell the workers of a count that waits; when the queue is out of order they find it themselves."""
    try:
        count_pairs(programme_id)
    except jobs.OUT_OF_ORDER:
        log.exception("the count of programme %s could not be enqueued", programme_id)


def carry_out(programme_id: int) -> None:
    """Count what the rules of a programme forbid, and keep it, or the reason why it could not be counted."""
    attempt = counting.take_up(programme_id)
    db.session.commit()
    if attempt is None:
        return
    reporter = Reporter(partial(counting.report, attempt), lambda words, percent: None)
    # The heart stops before the outcome is written: it would wait for that transaction to end.
    with reporter.beating(this_app()):
        settle = _outcome(attempt)
    settle()
    db.session.commit()


def _outcome(attempt: CountAttempt) -> Callable[[], object]:
    """Do the work, without an open transaction, and return the command that settles the count."""
    try:
        return partial(counting.settle, attempt, _counted(attempt.programme_id))
    except ProblemError as error:
        db.session.rollback()
        told = in_names(error.sentence)
        db.session.rollback()
        return partial(counting.fail, attempt, f"The pairs cannot be counted: {told}")
    except Exception:
        log.exception("the count of programme %s broke down", attempt.programme_id)
        db.session.rollback()
        return partial(counting.fail, attempt, BROKE_DOWN)


def _counted(programme_id: int) -> Forbidden:
    with read_at_one_instant():
        count = db.session.get_one(RuleCount, programme_id, populate_existing=True)
        key = db.session.get_one(Programme, programme_id).key
        asked, in_force = count.rules, count.in_force
        problem = take(count.matching_round)
    rules = tuple(Rule(rule=RuleName(name), **figures) for name, figures in sorted(asked.items()))
    return forbidden_pairs(problem, replace(_programme_of(problem, key), rules=rules), in_force)


def _programme_of(problem: Problem, key: str) -> MentoringProgramme:
    programme = next(row for row in problem.programmes if row.id == key)
    if not isinstance(programme, MentoringProgramme):
        raise ProblemError("programmes", "only pairs of a mentee and a mentor are counted.")
    return programme
