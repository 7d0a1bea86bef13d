"""The questions of a programme as values: read, refused, written and told apart.

A value is a list of questions, each with its key, words, type, options, whose answer it is, and whether one
has to answer. The words, the type and the options belong to the vocabulary that all programmes share.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.db import db
from app.errors import Invalid
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.question_models import (
    CHOICES,
    LONGEST_OPTION,
    MOST_WORDS,
    AnswerType,
    AskedOf,
    AskedQuestion,
    ProgrammeQuestion,
    ProgrammeQuestionOption,
)
from app.programmes.signals import answered_questions
from app.text import cleaned_line, folded

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
ADDRESSES = frozenset({"new", "again"})  # what stands at the place of a key in addresses
MOST_QUESTIONS = 10
FEWEST_OPTIONS, MOST_OPTIONS = 2, 12
TYPE_WORDS: dict[AnswerType, str] = {
    AnswerType.ONE_CHOICE: "One choice",
    AnswerType.SEVERAL_CHOICES: "Several choices",
    AnswerType.YES_NO: "Yes or no",
    AnswerType.WHOLE_NUMBER: "A whole number",
    AnswerType.DATE: "A date",
    AnswerType.SHORT_TEXT: "A short text",
}
Question = Mapping[str, Any]
SHARED = ("words", "type", "options")
"""What a question has in every programme that asks it."""


def asked_words(kind: ProgrammeKind) -> dict[AskedOf, str]:
    """Return whose answer a programme of a kind can ask for, in words."""
    if kind is ProgrammeKind.PEER_COACHING:
        return {AskedOf.EVERYONE: "Peers"}
    if kind is ProgrammeKind.COMMUNITIES:
        return {AskedOf.EVERYONE: "Members"}
    return {
        AskedOf.EVERYONE: "Mentees and mentors",
        AskedOf.MENTEE: "Mentees",
        AskedOf.MENTOR: "Mentors",
    }


def questions_of(programme: Programme) -> list[dict[str, Any]]:
    """Return what a programme asks, in its order."""
    query = (
        sa.select(AskedQuestion)
        .filter_by(programme_id=programme.id)
        .order_by(AskedQuestion.position)
        .options(selectinload(AskedQuestion.question).selectinload(ProgrammeQuestion.options))
    )
    return [
        {**shared(row.question), "asked_of": row.asked_of.value, "required": row.is_required}
        for row in db.session.scalars(query)
    ]


def shared(question: ProgrammeQuestion) -> dict[str, Any]:
    """Return what the vocabulary says of a question."""
    return {
        "key": question.key,
        "words": question.words,
        "type": question.answer_type.value,
        "options": [option.words for option in question.options],
    }


def check_questions(programme: Programme, questions: Sequence[Question]) -> None:
    """Refuse questions nobody could answer, and other words for one that others ask or have answered.

    Raises:
        Invalid: beside the field it concerns.
    """
    if len(questions) > MOST_QUESTIONS:
        raise Invalid(f"Ask at most {MOST_QUESTIONS} questions: people answer them in every round.")
    if len({row["key"] for row in questions}) < len(questions):
        raise Invalid(f"{programme.name} asks this already.", field="words")
    _hold([row["key"] for row in questions])
    known = vocabulary_of([row["key"] for row in questions])
    fixed = fixed_questions(known.values(), programme)
    for row in questions:
        _check_question(row, programme.kind)
        own = known.get(row["key"])
        if own is not None and own.id in fixed:
            _check_stays(row, own)
    _check_words_are_free(questions)


def _hold(keys: Sequence[str]) -> None:
    """Let nobody answer these questions before this transaction ends: they may get other options."""
    held = sa.select(ProgrammeQuestion.id).where(ProgrammeQuestion.key.in_(keys)).with_for_update()
    db.session.execute(held.order_by(ProgrammeQuestion.id))


def _check_question(row: Question, kind: ProgrammeKind) -> None:
    if not 1 <= len(row["words"]) <= MOST_WORDS:
        raise Invalid(f"Enter a question of at most {MOST_WORDS} characters.", field="words")
    if row["type"] not in list(AnswerType):
        raise Invalid("Choose one of the options.", field="answer_type")
    if row["asked_of"] not in asked_words(kind):
        raise Invalid("Choose one of the options.", field="asked_of")
    if AnswerType(row["type"]) in CHOICES:
        _check_options(row["options"])
    elif row["options"]:
        raise Invalid("Only choices have options.", field="options")


def _check_options(options: Sequence[str]) -> None:
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise Invalid(f"Enter {FEWEST_OPTIONS} to {MOST_OPTIONS} options, one a line.", field="options")
    if len({folded(option) for option in options}) < len(options):
        raise Invalid("Enter each option once.", field="options")
    if any(len(option) > LONGEST_OPTION for option in options):
        raise Invalid(f"Enter options of at most {LONGEST_OPTION} characters.", field="options")


def _check_stays(row: Question, own: ProgrammeQuestion) -> None:
    """Refuse other words, types and options than those of a question that has to stay as it is."""
    if any(row[name] != shared(own)[name] for name in SHARED):
        raise Invalid(
            f"“{own.words}” has been answered, or another programme asks it, so it stays as it is. "
            "Remove it and add another question instead.",
            field="words",
        )


def _check_words_are_free(questions: Sequence[Question]) -> None:
    keys = {row["words"]: row["key"] for row in questions}
    query = sa.select(ProgrammeQuestion.words, ProgrammeQuestion.key)
    for words, key in db.session.execute(query.where(ProgrammeQuestion.words.in_(keys))):
        if keys[words] != key:
            raise Invalid("There is already a question in these words.", field="words")


def write_questions(programme: Programme, questions: Sequence[Question]) -> None:
    """Put what a programme asks in the place of what it asked before; new questions join the vocabulary."""
    db.session.execute(sa.delete(AskedQuestion).where(AskedQuestion.programme_id == programme.id))
    known = vocabulary_of([row["key"] for row in questions])
    for place, row in enumerate(questions, start=1):
        own = known.get(row["key"]) or _added(row)
        if {name: shared(own)[name] for name in SHARED} != {name: row[name] for name in SHARED}:
            _say_otherwise(own, row)
        db.session.add(
            AskedQuestion(
                programme_id=programme.id,
                question_id=own.id,
                position=place,
                asked_of=AskedOf(row["asked_of"]),
                is_required=row["required"],
            )
        )


def differences(before: Sequence[Question], after: Sequence[Question]) -> Iterator[str]:
    """Say what is asked otherwise."""
    was, now = ({row["key"]: row for row in rows} for rows in (before, after))
    for key, row in was.items():
        if key not in now:
            yield f"No longer asks “{row['words']}”"
    for key, row in now.items():
        if key not in was:
            yield f"Asks “{row['words']}”"
        elif row != was[key]:
            yield f"Asks “{row['words']}” otherwise: {in_words(row)}"
    if [key for key in was if key in now] != [key for key in now if key in was]:
        yield "Asks in another order"


def in_words(row: Question, kind: ProgrammeKind | None = None) -> str:
    """Say what kind of answer a question has, whose it is, and whether it has to be given."""
    named = asked_words(kind or ProgrammeKind.MENTORING)[AskedOf(row["asked_of"])]
    said = [TYPE_WORDS[AnswerType(row["type"])].lower()]
    if row["options"]:
        said.append(", ".join(row["options"]))
    # Of everyone: who they are depends on the kind, which a version does not know.
    if kind is not None or row["asked_of"] != AskedOf.EVERYONE:
        said.append(f"{named.lower()} answer")
    said.append("has to be answered" if row["required"] else "may stay empty")
    return "; ".join(said)


def vocabulary_of(keys: Sequence[str]) -> dict[str, ProgrammeQuestion]:
    """Return the questions that have these keys, whichever programme asks them."""
    query = sa.select(ProgrammeQuestion).where(ProgrammeQuestion.key.in_(keys))
    found = db.session.scalars(query.options(selectinload(ProgrammeQuestion.options)))
    return {row.key: row for row in found}


def fixed_questions(questions: Any, programme: Programme) -> set[int]:
    """Return the ids of those questions that another programme asks, or somebody has answered."""
    ids = [row.id for row in questions]
    elsewhere = sa.select(AskedQuestion.question_id).where(
        AskedQuestion.question_id.in_(ids), AskedQuestion.programme_id != programme.id
    )
    fixed = set(db.session.scalars(elsewhere))
    for _receiver, answered in answered_questions.send(ids):
        fixed |= answered
    return fixed


def key_for(words: str) -> str:
    """Return the key of a question in these words: its own when it is known, otherwise a new one."""
    own = db.session.scalar(sa.select(ProgrammeQuestion.key).filter_by(words=cleaned_line(words)))
    if own is not None:
        return own
    stem = re.sub(r"[^a-z0-9]+", "-", folded(words))[:50].strip("-") or "question"
    taken = set(
        db.session.scalars(sa.select(ProgrammeQuestion.key).where(ProgrammeQuestion.key.startswith(stem)))
    )
    taken |= ADDRESSES
    endings = ("", *(f"-{number}" for number in range(2, len(taken) + 3)))
    return next(key for ending in endings if (key := f"{stem}{ending}") not in taken)


def _added(row: Question) -> ProgrammeQuestion:
    added = ProgrammeQuestion(key=row["key"], words=row["words"], answer_type=AnswerType(row["type"]))
    added.options = _options(row["options"])
    db.session.add(added)
    db.session.flush()
    return added


def _say_otherwise(own: ProgrammeQuestion, row: Question) -> None:
    own.options = []
    db.session.flush()
    own.words, own.answer_type = row["words"], AnswerType(row["type"])
    own.options = _options(row["options"])
    db.session.flush()


def _options(words: Sequence[str]) -> list[ProgrammeQuestionOption]:
    return [ProgrammeQuestionOption(position=place, words=text) for place, text in enumerate(words, start=1)]
