"""Commands about the questions of a programme: each reads what is asked now, and changes that."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import audit
from app.db import db
from app.errors import Invalid, Missing
from app.programmes.models import Programme
from app.programmes.question_models import AskedOf, AskedQuestion, ProgrammeQuestion
from app.programmes.questions import KEY, Question, key_for, questions_of, shared, vocabulary_of
from app.programmes.versions import change

Questions = list[dict[str, Any]]


def ask_question(programme: Programme, question: Question, *, by: audit.Actor) -> None:
    """Let a programme ask another question, after the others. It gets a key made of its words.

    Raises:
        Conflict: when the programme is archived.
        Invalid: when nobody could answer it, or it is asked already.
    """
    _change(programme, lambda asked: [*asked, {**question, "key": key_for(question["words"])}], by=by)


def ask_again(programme: Programme, key: str, *, by: audit.Actor) -> None:
    """Let a programme ask everyone a question that the vocabulary has; nobody has to answer it.

    Raises:
        Conflict: when the programme is archived.
        Invalid: when there is no such question, or it is asked already.
    """
    known = vocabulary_of([key]).get(key) if KEY.fullmatch(key) else None
    if known is None:
        raise Invalid("Choose one of the questions.", field="question")
    added = {**shared(known), "asked_of": AskedOf.EVERYONE.value, "required": False}
    if any(row["key"] == key for row in questions_of(programme)):
        raise Invalid(f"{programme.name} asks this already.", field="question")
    _change(programme, lambda asked: [*asked, added], by=by)


def change_question(programme: Programme, key: str, question: Question, *, by: audit.Actor) -> None:
    """Let a programme ask a question otherwise; where it is fixed, only of whom, and whether it is required.

    Raises:
        Conflict: when the programme is archived.
        Invalid: when nobody could answer it, or other words were given for one that stays as it is.
        Missing: when the programme does not ask it.
    """
    _change(
        programme,
        lambda asked: [{**row, **question} if row["key"] == key else row for row in asked],
        of=key,
        by=by,
    )


def move_question_up(programme: Programme, key: str, *, by: audit.Actor) -> None:
    """Ask a question before the one that is asked before it; the first stays where it is."""
    _change(programme, lambda asked: _moved(asked, key, -1), of=key, by=by)


def move_question_down(programme: Programme, key: str, *, by: audit.Actor) -> None:
    """Ask a question after the one that is asked after it; the last stays where it is."""
    _change(programme, lambda asked: _moved(asked, key, 1), of=key, by=by)


def remove_question(programme: Programme, key: str, *, by: audit.Actor) -> None:
    """Let a programme ask a question no longer; answers given to it are kept, and so is the question."""
    _change(programme, lambda asked: [row for row in asked if row["key"] != key], of=key, by=by)


def question_asked(programme: Programme, key: str) -> dict[str, Any]:
    """Return a question that a programme asks.

    Raises:
        Missing: when it does not.
    """
    found = next((row for row in questions_of(programme) if row["key"] == key), None)
    if found is None:
        raise Missing
    return found


def questions_elsewhere(programme: Programme) -> Sequence[ProgrammeQuestion]:
    """Return the questions of the vocabulary that a programme does not ask, by their words."""
    here = sa.select(AskedQuestion.question_id).where(AskedQuestion.programme_id == programme.id)
    query = sa.select(ProgrammeQuestion).where(ProgrammeQuestion.id.not_in(here))
    query = query.order_by(ProgrammeQuestion.words).options(selectinload(ProgrammeQuestion.options))
    return db.session.scalars(query).all()


def _change(
    programme: Programme,
    changed: Callable[[Questions], Questions],
    *,
    by: audit.Actor,
    of: str | None = None,
) -> None:
    db.session.refresh(programme, with_for_update=True)
    asked = questions_of(programme)
    if of is not None and all(row["key"] != of for row in asked):
        raise Missing
    change(programme, {"questions": changed(asked)}, by=by)


def _moved(asked: Questions, key: str, steps: int) -> Questions:
    place = next(place for place, row in enumerate(asked) if row["key"] == key)
    other = place + steps
    if 0 <= other < len(asked):
        asked[place], asked[other] = asked[other], asked[place]
    return asked
