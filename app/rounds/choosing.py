"""The command by which HR takes one of the answers: another mentor, chosen and locked."""

from collections.abc import Mapping
from typing import Any

from app import audit
from app.errors import Conflict, Invalid
from app.rounds import deciding
from app.rounds.contrasts import FORBIDDEN, POSSIBLE
from app.rounds.deciding import Override, PairOf
from app.rounds.models import Decision
from app.rounds.question_models import Question, QuestionKind
from app.rounds.states import RunState


def choose(
    question: Question, mentor_id: int, *, by: audit.Actor, override: Override | None = None
) -> Decision:
    """Lock the mentor whom an answer offers, in place of the one given up; the next run has them together.

    Raises:
        Conflict: when it is not the time, or there is no answer yet.
        Invalid: when the answer does not offer this mentor, or a place or a reason is missing.
    """
    record = _offered(question, mentor_id)
    if record["verdict"] == POSSIBLE:
        override = None
    elif override is None:
        raise Invalid("Enter why this rule may be broken.", field="reason")
    pair = PairOf(question.programme_id or 0, question.mentee_id or 0, mentor_id)
    return deciding.lock(
        question.run.matching_round,
        pair,
        by=by,
        override=override,
        instead_of_id=given_up(question, record),
    )


def given_up(question: Question, record: Mapping[str, Any]) -> int | None:
    """Return the mentor whom somebody would no longer have, if any."""
    if question.kind is QuestionKind.ALTERNATIVES:
        return question.mentor_id
    for move in (record.get("effect") or {}).get("moves", ()):
        if move["mentee"] == question.mentee_id:
            return next((one for one in move["before"] if one not in move["after"]), None)
    return None


def _offered(question: Question, mentor_id: int) -> Mapping[str, Any]:
    if question.state is not RunState.FINISHED or question.answer is None:
        raise Conflict("There is no answer yet. Wait for it, then choose.")
    offered = (
        [question.answer] if question.kind is QuestionKind.WHY_NOT else question.answer.get("options", [])
    )
    for record in offered:
        if record["mentor"] == mentor_id and (
            record["verdict"] == POSSIBLE or (record["verdict"] == FORBIDDEN and record["may_override"])
        ):
            return record
    raise Invalid("Choose one of these mentors.", field="mentor")
