"""What people of a round have not answered, although their programme says that it has to be answered."""

from typing import Any

import sqlalchemy as sa

from app.db import db
from app.people.models import Person
from app.programmes.question_models import AskedQuestion, ProgrammeQuestion
from app.rounds.answer_models import EnrolmentAnswer
from app.rounds.enrolling import day_that_counts, is_available
from app.rounds.enrolment_answers import is_asked_of
from app.rounds.models import Enrolment, MatchingRound


def who_has_to_answer(matching_round: MatchingRound) -> sa.Select[int]:
    """Return who has still to answer something."""
    return _open(matching_round, Enrolment.person_id)


def open_questions(matching_round: MatchingRound) -> list[tuple[str, int]]:
    """Return the questions that have to be answered, each with how many people here have not, most first."""
    people = sa.func.count(sa.distinct(Enrolment.person_id))
    query = (
        _open(matching_round, ProgrammeQuestion.words, people)
        .join(ProgrammeQuestion, ProgrammeQuestion.id == AskedQuestion.question_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(is_available(day_that_counts(matching_round)))
        .group_by(ProgrammeQuestion.words)
        .order_by(people.desc(), ProgrammeQuestion.words)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _open(matching_round: MatchingRound, *columns: Any) -> Any:
    answered = sa.exists().where(
        EnrolmentAnswer.enrolment_id == Enrolment.id, EnrolmentAnswer.question_id == AskedQuestion.question_id
    )
    return (
        sa.select(*columns)
        .select_from(Enrolment)
        .join(AskedQuestion, AskedQuestion.programme_id == Enrolment.programme_id)
        .where(
            Enrolment.matching_round_id == matching_round.id,
            Enrolment.withdrawn_at.is_(None),
            AskedQuestion.is_required,
            is_asked_of(Enrolment.role),
            ~answered,
        )
    )
