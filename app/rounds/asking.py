"""Commands about a question: ask it, take it up, keep what was found, and settle how it ended."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import changed_rows, db, write_aside
from app.errors import Conflict, Invalid
from app.programmes.models import MENTORING
from app.rounds.deciding import PairOf
from app.rounds.models import Run
from app.rounds.question_models import PRICES, Question, QuestionKind
from app.rounds.running import MOST_ATTEMPTS, SILENT_AFTER
from app.rounds.states import RunState

GAVE_UP = f"The worker stopped {MOST_ATTEMPTS} times in the middle of this. Ask again in a while."
AGAIN = (RunState.FAILED, RunState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Turn:
    """A worker's hold on a question: whoever holds an older one may no longer write."""

    question_id: int
    number: int


def check_may_ask(run: Run) -> None:
    """Refuse a question about a plan that there is not.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if run.state is not RunState.FINISHED:
        raise Conflict("This run found no plan, so there is nothing to ask about it.")
    if not any(row.kind in MENTORING for row in run.matching_round.programmes):
        raise Conflict("Nothing can be asked about peer coaching, groups and communities yet.")


def ask_about(run: Run, kind: QuestionKind, pair: PairOf, *, by: audit.Actor) -> Question:
    """Ask about two people; afterwards give the id of what waits to `question_tasks.hand_over`.

    Raises:
        Invalid: when both are the same person.
        Conflict: when the run has no plan.
    """
    if all(row.id != pair.programme_id or row.kind not in MENTORING for row in run.matching_round.programmes):
        raise Conflict("Nothing can be asked about peer coaching, groups and communities yet.")
    if pair.mentee_id == pair.mentor_id:
        raise Invalid("Choose somebody else: nobody is their own mentor.", field="mentor")
    return _asked(run, kind, pair._asdict(), by=by)


def ask_prices(run: Run, *, by: audit.Actor) -> list[Question]:
    """Ask what each rule and each lock costs; afterwards as `ask_about`."""
    nobody: dict[str, int | None] = {"programme_id": None, "mentee_id": None, "mentor_id": None}
    return [_asked(run, kind, nobody, by=by) for kind in PRICES]


def take_up(question_id: int) -> Turn | None:
    """Claim a question that waits; None when another worker has it or it no longer waits."""
    claimed = db.session.execute(
        sa.update(Question)
        .where(Question.id == question_id, Question.state == RunState.QUEUED)
        .values(state=RunState.RUNNING, attempts=Question.attempts + 1, heartbeat_at=clock.now())
        .returning(Question.attempts)
    ).scalar()
    return None if claimed is None else Turn(question_id, claimed)


def beat(turn: Turn) -> bool:
    """Show that the worker is alive, in a transaction of its own; tell whether the answer is still wanted."""
    with write_aside() as session:
        held = session.execute(
            sa.update(Question)
            .where(_held(turn))
            .values(heartbeat_at=clock.now())
            .returning(Question.id)
            .execution_options(synchronize_session=False)
        ).first()
    return held is not None


def keep_part(turn: Turn, answer: dict[str, Any]) -> bool:
    """Keep what is known so far and let others have their turn before the rest; tell whether it was held."""
    waits = {"state": RunState.QUEUED, "attempts": 0, "asked_at": clock.now()}
    return _settle(turn, answer=answer, **waits)


def finish(turn: Turn, answer: dict[str, Any]) -> bool:
    """Keep the answer; False when another worker has taken over."""
    return _settle(turn, state=RunState.FINISHED, answer=answer, finished_at=clock.now())


def fail(turn: Turn, sentence: str) -> bool:
    """Settle that there will be no answer, and say why."""
    return _settle(turn, state=RunState.FAILED, failure=sentence, finished_at=clock.now())


def recover_silent_questions() -> list[int]:
    """Give questions whose worker fell silent back to the queue, or up; return the ids to enqueue again."""
    silent_since = clock.now() - SILENT_AFTER
    silent = sa.select(Question.id, Question.attempts).where(
        Question.state == RunState.RUNNING, Question.heartbeat_at < silent_since
    )
    for question_id, attempts in db.session.execute(silent.order_by(Question.id)).all():
        turn = Turn(question_id, attempts)
        if attempts >= MOST_ATTEMPTS:
            fail(turn, GAVE_UP)
        else:
            _settle(turn, state=RunState.QUEUED)
    lost = sa.select(Question.id).where(Question.state == RunState.QUEUED, Question.asked_at < silent_since)
    return list(db.session.scalars(lost.order_by(Question.id)))


def _asked(run: Run, kind: QuestionKind, about: dict[str, int | None], *, by: audit.Actor) -> Question:
    """Return the question, which somebody may have asked before; one without an answer waits again."""
    check_may_ask(run)
    # Two who ask at once wait for each other here, so that the second finds what the first has asked.
    db.session.execute(sa.select(Run.id).filter_by(id=run.id).with_for_update())
    same = sa.select(Question).filter_by(run_id=run.id, kind=kind, **about)
    question = db.session.scalar(same.execution_options(populate_existing=True))
    if question is not None and question.state not in AGAIN:
        return question
    if question is None:
        question = Question(run_id=run.id, kind=kind, **about)
        db.session.add(question)
    question.state, question.failure, question.attempts = RunState.QUEUED, None, 0
    question.asked_at, question.asked_by_id = clock.now(), by.id
    db.session.flush()
    told = {"round": run.matching_round_id, "run": run.id, "kind": kind, "mentor": question.mentor_id}
    entry = audit.Entry("question.asked", "question", question.id, person_id=question.mentee_id, details=told)
    audit.record(entry, by=by)
    return question


def _held(turn: Turn) -> sa.ColumnElement[bool]:
    return sa.and_(
        Question.id == turn.question_id, Question.state == RunState.RUNNING, Question.attempts == turn.number
    )


def _settle(turn: Turn, **values: object) -> bool:
    """Change a question, unless it was cancelled meanwhile or belongs to a later turn."""
    return changed_rows(sa.update(Question).where(_held(turn)).values(**values)) == 1
