"""What people answer to the questions of a programme when they join: refused, written and read."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.errors import Invalid
from app.programmes.models import Programme
from app.programmes.question_models import CHOICES, AnswerType, AskedOf, AskedQuestion, ProgrammeQuestion
from app.programmes.signals import answered_questions
from app.rounds.answer_models import LONGEST_ANSWER, EnrolmentAnswer
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.text import cleaned_line
from app.words import long_date

YES, NO = "yes", "no"
MOST_DIGITS = 9
Answers = Mapping[int, Sequence[str]]
"""What somebody answers, by question; of several choices, several."""


def field_of(role: str, question_id: int) -> str:
    """Return the name of the field that asks a question of somebody who joins in a role."""
    return f"{role}-{question_id}"


def is_asked_of(role: Any) -> sa.ColumnElement[bool]:
    """Hold for what a programme asks in a role, which may be a column of the statement."""
    asked = AskedQuestion.asked_of
    if isinstance(role, EnrolmentRole):
        named = [one for one in AskedOf if one.value in (AskedOf.EVERYONE.value, role.value)]
        return asked.in_(named)
    return sa.or_(asked == AskedOf.EVERYONE, asked == role)


def asked_in(programmes: Collection[Programme]) -> dict[tuple[int, str], list[AskedQuestion]]:
    """Return what programmes ask, in order, by programme and role."""
    found: dict[tuple[int, str], list[AskedQuestion]] = defaultdict(list)
    for row in db.session.scalars(_asked([one.id for one in programmes])).unique():
        for role in EnrolmentRole:
            if row.asked_of in (AskedOf.EVERYONE.value, role.value):
                found[row.programme_id, role.value].append(row)
    return found


def refusal_of_answer(asked: AskedQuestion, answers: Sequence[str]) -> str | None:
    """Say what is wrong with the answer to a question, if anything."""
    question, given = asked.question, [text for text in map(cleaned_line, answers) if text]
    if not given:
        return _missing(question.answer_type) if asked.is_required else None
    return None if _normal(question, given) is not None else _wrong(question.answer_type)


def write_answers(
    enrolment: Enrolment, matching_round: MatchingRound, programme: Programme, answers: Answers
) -> None:
    """Keep what somebody answers; a question that they are asked in another role too has one answer.

    Raises:
        Invalid: beside the question that is not answered as it can be.
    """
    asked = _held(programme, enrolment.role)
    for row in asked:
        refusal = refusal_of_answer(row, answers.get(row.question_id, ()))
        if refusal is not None:
            raise Invalid(refusal, field=field_of(enrolment.role, row.question_id))
    others = sa.select(Enrolment).where(
        Enrolment.matching_round_id == matching_round.id,
        Enrolment.programme_id == programme.id,
        Enrolment.person_id == enrolment.person_id,
    )
    for part in db.session.scalars(others):
        for row in asked:
            if part.id == enrolment.id or row.asked_of is AskedOf.EVERYONE:
                _replace(part.id, row.question, answers.get(row.question_id, ()))
    db.session.flush()


def in_words(question: ProgrammeQuestion, answers: Sequence[str]) -> str:
    """Say an answer."""
    if question.answer_type is AnswerType.YES_NO:
        return "Yes" if answers[0] == YES else "No"
    if question.answer_type is AnswerType.DATE:
        return long_date(date.fromisoformat(answers[0]))
    return ", ".join(answers)


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """What somebody has answered in a round, by part, and what they last answered anywhere, by question."""

    given: Mapping[int, Answers]
    before: Answers

    def to_show(self, enrolment: Enrolment | None, question_id: int) -> Sequence[str]:
        """Return what a form shows as the answer: of this part, otherwise what was answered last."""
        own = self.given.get(enrolment.id, {}) if enrolment is not None else {}
        return own.get(question_id) or self.before.get(question_id, ())

    def are_carried_over(self, enrolment: Enrolment | None, asked: Sequence[AskedQuestion]) -> bool:
        """Tell whether a form shows answers of another time."""
        own = self.given.get(enrolment.id, {}) if enrolment is not None else {}
        return any(row.question_id in self.before and row.question_id not in own for row in asked)

    def open_in(self, enrolment: Enrolment | None, asked: Sequence[AskedQuestion]) -> int:
        """Count the questions that have still to be answered by somebody who takes part."""
        if enrolment is None or enrolment.withdrawn_at is not None:
            return 0
        own = self.given.get(enrolment.id, {})
        return sum(row.is_required and row.question_id not in own for row in asked)


def own_answers(person_id: int, round_id: int, question_ids: Collection[int]) -> OwnAnswers:
    """Return what somebody has answered to some questions."""
    if not question_ids:
        return OwnAnswers({}, {})
    query = (
        sa.select(
            Enrolment.id, Enrolment.matching_round_id, EnrolmentAnswer.question_id, EnrolmentAnswer.answer
        )
        .join(EnrolmentAnswer, EnrolmentAnswer.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id == person_id, EnrolmentAnswer.question_id.in_(question_ids))
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc(), EnrolmentAnswer.position)
    )
    by_part: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    own = set()
    for enrolment_id, in_round, question_id, answer in db.session.execute(query):
        by_part[enrolment_id][question_id].append(answer)
        if in_round == round_id:
            own.add(enrolment_id)
    before: dict[int, Sequence[str]] = {}
    for answers in by_part.values():
        before = {**answers, **before}
    return OwnAnswers({part: by_part[part] for part in own}, before)


@dataclass(frozen=True, slots=True)
class Compared:
    """A question with what each of some people answered, in words; None where they were not asked."""

    words: str
    answers: Sequence[str | None]


def answers_beside(round_id: int, programme_id: int, person_ids: Sequence[int]) -> list[Compared]:
    """Return what some people of a round answered to the questions of a programme, in their order."""
    taking_part = sa.and_(
        Enrolment.programme_id == AskedQuestion.programme_id,
        Enrolment.matching_round_id == round_id,
        Enrolment.person_id.in_(person_ids),
        Enrolment.withdrawn_at.is_(None),
    )
    given_then = sa.and_(
        EnrolmentAnswer.enrolment_id == Enrolment.id, EnrolmentAnswer.question_id == AskedQuestion.question_id
    )
    query = (
        sa.select(ProgrammeQuestion, Enrolment.person_id, is_asked_of(Enrolment.role), EnrolmentAnswer.answer)
        .select_from(AskedQuestion)
        .join(AskedQuestion.question)
        .outerjoin(Enrolment, taking_part)
        .outerjoin(EnrolmentAnswer, given_then)
        .where(AskedQuestion.programme_id == programme_id)
        .order_by(AskedQuestion.position, Enrolment.id, EnrolmentAnswer.position)
        .options(sa.orm.lazyload(ProgrammeQuestion.options))
    )
    found: dict[ProgrammeQuestion, dict[int, dict[str, None]]] = {}
    for question, person_id, is_asked, answer in db.session.execute(query):
        cells = found.setdefault(question, {})
        if is_asked:
            cells.setdefault(person_id, {})
        if answer is not None:
            cells.setdefault(person_id, {})[answer] = None
    return [
        Compared(question.words, [_said(question, cells.get(one)) for one in person_ids])
        for question, cells in found.items()
    ]


def _said(question: ProgrammeQuestion, answers: Collection[str] | None) -> str | None:
    if answers is None:
        return None
    return in_words(question, list(answers)) if answers else "No answer"


@answered_questions.connect
def _answered(question_ids: Sequence[int]) -> set[int]:
    query = sa.select(EnrolmentAnswer.question_id).where(EnrolmentAnswer.question_id.in_(question_ids))
    return set(db.session.scalars(query.distinct()))


def _asked(programme_ids: Sequence[int]) -> sa.Select[Any]:
    return (
        sa.select(AskedQuestion)
        .where(AskedQuestion.programme_id.in_(programme_ids))
        .order_by(AskedQuestion.programme_id, AskedQuestion.position)
        .options(joinedload(AskedQuestion.question).joinedload(ProgrammeQuestion.options))
    )


def _held(programme: Programme, role: EnrolmentRole) -> Sequence[AskedQuestion]:
    """Read what is asked as it is now, and let nobody give a question other options before this ends."""
    query = (
        sa.select(AskedQuestion)
        .join(AskedQuestion.question)
        .where(AskedQuestion.programme_id == programme.id, is_asked_of(role))
        .order_by(AskedQuestion.position)
        .options(selectinload(AskedQuestion.question).selectinload(ProgrammeQuestion.options))
        .with_for_update(read=True, of=ProgrammeQuestion)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def _replace(enrolment_id: int, question: ProgrammeQuestion, answers: Sequence[str]) -> None:
    keys = {"enrolment_id": enrolment_id, "question_id": question.id}
    own = EnrolmentAnswer.enrolment_id == enrolment_id
    db.session.execute(sa.delete(EnrolmentAnswer).where(own, EnrolmentAnswer.question_id == question.id))
    given = [text for text in map(cleaned_line, answers) if text]
    kept = (_normal(question, given) if given else None) or ()
    rows = [{**keys, "position": place, "answer": text} for place, text in enumerate(kept, start=1)]
    if rows:
        db.session.execute(sa.insert(EnrolmentAnswer), rows)


def _normal(question: ProgrammeQuestion, given: Sequence[str]) -> Sequence[str] | None:
    """Return an answer as it is kept, or None when it is no answer to this question."""
    if question.answer_type in CHOICES:
        chosen = [option.words for option in question.options if option.words in given]
        is_one = question.answer_type is AnswerType.ONE_CHOICE
        return None if len(chosen) < len(set(given)) or (is_one and len(chosen) != 1) else chosen
    said = _alone(question.answer_type, given[0]) if len(given) == 1 else None
    return None if said is None else [said]


def _alone(answer_type: AnswerType, text: str) -> str | None:
    match answer_type:
        case AnswerType.YES_NO:
            return text if text in (YES, NO) else None
        case AnswerType.WHOLE_NUMBER:
            digits = text.removeprefix("-")
            is_number = digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS
            return str(int(text)) if is_number else None
        case AnswerType.DATE:
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                return None
        case _:
            return text if len(text) <= LONGEST_ANSWER else None


def _missing(answer_type: AnswerType) -> str:
    if answer_type is AnswerType.SEVERAL_CHOICES:
        return "Choose at least one of the options."
    if answer_type in (AnswerType.ONE_CHOICE, AnswerType.YES_NO):
        return "Choose one of the options."
    return {AnswerType.WHOLE_NUMBER: "Enter a whole number.", AnswerType.DATE: "Enter a date."}.get(
        answer_type, "Answer this question."
    )


def _wrong(answer_type: AnswerType) -> str:
    if answer_type is AnswerType.WHOLE_NUMBER:
        return f"Enter a whole number of at most {MOST_DIGITS} digits."
    if answer_type is AnswerType.DATE:
        return "Enter a day that exists, as day, month and year."
    if answer_type is AnswerType.SHORT_TEXT:
        return f"Enter at most {LONGEST_ANSWER} characters."
    return _missing(answer_type)
