"""Reads about questions: one with those it is about, prices of a run, whom one can ask about, and names."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.rounds.models import Assignment, AssignmentMember, Enrolment, EnrolmentRole, Run
from app.rounds.question_models import PRICES, Question

MOST_FOUND = 12
ESCAPE = "/"


def question_numbered(round_id: int, run_id: int, question_id: int) -> Question:
    """Return a question about two people in the plan of a run, with both and with the round.

    Raises:
        Missing: when there is none.
    """
    query = (
        sa.select(Question)
        .join(Run)
        .where(
            Question.id == question_id,
            Question.run_id == run_id,
            Question.mentee_id.is_not(None),
            Run.matching_round_id == round_id,
        )
        .options(
            joinedload(Question.run).joinedload(Run.matching_round),
            joinedload(Question.programme),
            joinedload(Question.mentee),
            joinedload(Question.mentor),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise Missing
    return found


def prices_of(run: Run) -> Sequence[Question]:
    """Return what was asked about the rules and locks of a run."""
    return db.session.scalars(
        sa.select(Question).where(Question.run_id == run.id, Question.kind.in_(PRICES)).order_by(Question.id)
    ).all()


def names_of(person_ids: Collection[int]) -> dict[int, str]:
    """Return the names of people by their ids."""
    query: Any = sa.select(Person.id, Person.name).where(Person.id.in_(person_ids))
    return dict(db.session.execute(query).all()) if person_ids else {}


def seeker_in(run: Run, programme_id: int, person_id: int) -> Person:
    """Return somebody who sought a mentor in a programme of the round of a run.

    Raises:
        Missing: when they never did.
    """
    found = db.session.scalar(
        sa.select(Person)
        .join(Enrolment)
        .where(*_takes_part(run, programme_id, EnrolmentRole.MENTEE), Person.id == person_id)
    )
    if found is None:
        raise Missing
    return found


def mentors_called(run: Run, programme_id: int, name: str, *, other_than: int) -> Sequence[Person]:
    """Return who offered to mentor in a programme and goes by this name or part of it, at most a handful."""
    if not name:
        return []
    text = "".join(ESCAPE + letter if letter in "%_/" else letter for letter in name)
    query = (
        sa.select(Person)
        .join(Enrolment)
        .where(
            *_takes_part(run, programme_id, EnrolmentRole.MENTOR),
            Person.id != other_than,
            Person.name.icontains(text, escape=ESCAPE),
        )
        .order_by(Person.name, Person.id)
        .limit(MOST_FOUND)
        .options(joinedload(Person.department))
    )
    return db.session.scalars(query).all()


def match_of(run_id: int, programme_id: int, mentee_id: int) -> int | None:
    """Return the first pair of a mentee in a run, if they have a mentor."""
    return db.session.scalar(
        sa.select(sa.func.min(Assignment.id))
        .join(AssignmentMember)
        .where(
            Assignment.run_id == run_id,
            Assignment.programme_id == programme_id,
            AssignmentMember.person_id == mentee_id,
            AssignmentMember.role == EnrolmentRole.MENTEE,
        )
    )


def _takes_part(run: Run, programme_id: int, role: EnrolmentRole) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a part in the round; whoever has withdrawn is asked about like the others."""
    return [
        Enrolment.matching_round_id == run.matching_round_id,
        Enrolment.programme_id == programme_id,
        Enrolment.role == role,
    ]
