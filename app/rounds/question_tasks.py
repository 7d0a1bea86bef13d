"""Background tasks about questions: find answers, and questions whose worker has died."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, current_app

from app import jobs
from app.db import db
from app.jobs import task
from app.rounds import asking
from app.rounds.asking import Turn
from app.rounds.contrasts import Asked, Plan, plan_of
from app.rounds.documents import document_of
from app.rounds.models import DocumentKind
from app.rounds.pricing import next_price
from app.rounds.progress import beating
from app.rounds.question_models import PRICES, Question, QuestionKind
from app.rounds.snapshot_people import person_key

log = logging.getLogger(__name__)
BROKE_DOWN = "Something went wrong on our side, and nothing was changed. Ask again in a while."


@task()
def answer_question(question_id: int) -> None:
    """Answer a question that waits; one that somebody is at already is left alone."""
    answer(question_id)


def recover() -> None:
    """Enqueue again, or give up, the questions of workers that fell silent."""
    waiting = asking.recover_silent_questions()
    db.session.commit()
    for question_id in waiting:
        hand_over(question_id)


def hand_over(question_id: int) -> None:
    """Tell the workers of a question that waits; when the queue is out of order they find it themselves."""
    try:
        answer_question(question_id)
    except jobs.OUT_OF_ORDER:
        log.exception("question %s could not be enqueued; workers will find it within a minute", question_id)


def answer(question_id: int) -> None:
    """Find an answer, or one price more, and keep it; or the reason why there is none."""
    turn = asking.take_up(question_id)
    db.session.commit()
    if turn is None:
        return
    pulse = _Pulse(turn)
    # The heart stops before the outcome is written: it would wait for that transaction to end.
    with beating(_this_app(), pulse.beat):
        settle = _outcome(turn, pulse)
    goes_on = settle()
    db.session.commit()
    if goes_on:
        hand_over(question_id)


class _Pulse:
    """Knows whether the answer is still wanted, as of the last beat."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._wanted = True

    def beat(self) -> None:
        self._wanted = asking.beat(self._turn)

    def wanted(self) -> bool:
        return self._wanted


def _outcome(turn: Turn, pulse: _Pulse) -> Callable[[], bool]:
    """Do the work, without an open transaction, and return what settles it and tells whether it goes on."""
    try:
        return _found(turn, pulse)
    except Exception:
        log.exception("question %s broke down", turn.question_id)
        db.session.rollback()
        return partial(_end, asking.fail, turn, BROKE_DOWN)


def _found(turn: Turn, pulse: _Pulse) -> Callable[[], bool]:
    question = db.session.get_one(Question, turn.question_id, populate_existing=True)
    kind, known = question.kind, question.answer
    documents = [document_of(question.run_id, part) for part in DocumentKind]
    asked = _asked(question)
    db.session.rollback()
    plan = plan_of(*documents)
    with plan.lock:
        found = _answer(plan, kind, asked, known, pulse.wanted)
    if kind in PRICES and len(found["rows"]) < found["total"]:
        return partial(asking.keep_part, turn, found)
    return partial(_end, asking.finish, turn, found)


def _asked(question: Question) -> Asked | None:
    if question.programme is None:
        return None
    mentee, mentor = person_key(question.mentee_id or 0), person_key(question.mentor_id or 0)
    return Asked(question.programme.key, mentee, mentor)


def _answer(
    plan: Plan, kind: QuestionKind, asked: Asked | None, known: dict | None, wanted: Callable[[], bool]
) -> dict:
    if asked is None:
        return next_price(plan, kind, known, wanted)
    desk = plan.desk(asked.programme)
    return (desk.why_not if kind is QuestionKind.WHY_NOT else desk.alternatives)(asked, wanted)


def _end(settle: Callable[[Turn, Any], bool], turn: Turn, outcome: object) -> bool:
    """Settle a question that does not go on."""
    settle(turn, outcome)
    return False


def _this_app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined]
