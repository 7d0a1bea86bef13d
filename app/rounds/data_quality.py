"""What is wrong with the people of a round: one row for each problem, with what mends it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased

from app import clock
from app.db import db
from app.people.models import Department, Person, SpokenLanguage, WorkingHours
from app.programmes.audience import may_take_part
from app.programmes.models import ProgrammeCriterion, ProgrammeRule
from app.rounds import unanswered
from app.rounds.enrolling import (
    day_that_counts,
    has_mentor_on,
    is_available,
    is_led_by_profiles,
    places_given,
)
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound, MatchingRoundProgramme
from app.rounds.queries import Shown
from app.skills.models import Claim, Goal


class Problem(StrEnum):
    """A kind of problem, those that keep most people out first."""

    AWAY = "away"
    NOT_MEANT = "not_meant"
    NO_PLACE = "no_place"
    NOT_ENROLLED = "not_enrolled"
    NOT_ANSWERED = "not_answered"
    NOTHING_WANTED = "nothing_wanted"
    NOTHING_HELD = "nothing_held"
    NOTHING_KNOWN = "nothing_known"
    NO_HOURS = "no_hours"
    NO_LANGUAGE = "no_language"
    NO_GRADE = "no_grade"
    NO_MANAGER = "no_manager"
    SAME_NAME = "same_name"


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of problem is said, why it matters, and what mends it on which page."""

    title: str
    because: str
    to_do: str
    endpoint: str
    anchor: str | None = None


WORDS: dict[Problem, Words] = {
    Problem.AWAY: Words(
        "Away when the matches start",
        "They are left out of the matching.",
        "Change the pause, or leave it as it is",
        "people.pause",
    ),
    Problem.NOT_MEANT: Words(
        "Not among those the programme is for",
        "They are left out of the matching.",
        "Change who may take part, or leave it as it is",
        "people.show",
    ),
    Problem.NO_PLACE: Words(
        "Mentor whose profile offers no place",
        "They are left out of the matching.",
        "Enter places on the profile",
        "people.mentoring",
    ),
    Problem.NOT_ENROLLED: Words(
        "Seeks a mentor, and is not enrolled",
        "Their profile says so, and they have not joined.",
        "Ask them to join",
        "people.show",
        "mentoring",
    ),
    Problem.NOT_ANSWERED: Words(
        "Has not answered what has to be answered",
        "Whoever decides about their match knows less of them.",
        "Ask them to answer",
        "people.show",
    ),
    Problem.NOTHING_WANTED: Words(
        "Mentee with no skill wanted",
        "Nothing says which mentor could help them.",
        "Ask them for their goals",
        "people.show",
        "wanted",
    ),
    Problem.NOTHING_HELD: Words(
        "Mentor with no skill and level",
        "Nothing says whom they could help.",
        "Ask them for their skills",
        "people.show",
        "held",
    ),
    Problem.NOTHING_KNOWN: Words(
        "Seeks a community, with no skill wanted or held",
        "Nothing says which community suits them.",
        "Ask them for their goals",
        "people.show",
        "wanted",
    ),
    Problem.NO_HOURS: Words(
        "No working hours",
        "Nothing says when they could meet.",
        "Enter working hours",
        "people.availability",
    ),
    Problem.NO_LANGUAGE: Words(
        "No language", "They have a language in common with nobody.", "Choose languages", "people.about"
    ),
    Problem.NO_GRADE: Words(
        "No grade", "Rules and weights about grades know nothing of them.", "Enter the grade", "people.about"
    ),
    Problem.NO_MANAGER: Words(
        "No manager",
        "Unless they lead the company, somebody above them could become their mentor.",
        "Put their manager into the next import",
        "people.show",
    ),
    Problem.SAME_NAME: Words(
        "Same name as somebody else",
        "They may be one person who is here twice.",
        "Compare the profiles",
        "people.index",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A problem of somebody."""

    problem: Problem
    person_id: int
    name: str
    department: str | None

    @property
    def words(self) -> Words:
        """Say the problem."""
        return WORDS[self.problem]


@dataclass(frozen=True, slots=True)
class Problems:
    """How many problems of each kind there are, and a page of those asked for."""

    counts: dict[Problem, int]
    pages: Pagination

    @property
    def total(self) -> int:
        """Return how many there are of all kinds."""
        return sum(self.counts.values())


def problem_counts(matching_round: MatchingRound) -> dict[Problem, int]:
    """Count the problems of each kind that a round has, in the order of their weight."""
    found = _found(matching_round).subquery()
    query = sa.select(found.c.problem, sa.func.count()).group_by(found.c.problem)
    counted = {Problem(problem): count for problem, count in db.session.execute(query)}
    return {problem: counted[problem] for problem in Problem if problem in counted}


def problems_of(matching_round: MatchingRound, kind: Problem | None) -> Problems:
    """Return a page of the problems of one kind, or of all."""
    counts = problem_counts(matching_round)
    counted = sum(counts.values()) if kind is None else counts.get(kind, 0)
    pages = Shown(
        read=lambda limit, offset: _rows(matching_round, kind, limit=limit, offset=offset), counted=counted
    )
    return Problems(counts, pages)


def all_problems(matching_round: MatchingRound) -> Iterator[Row]:
    """Yield every problem of a round."""
    return _rows(matching_round, None)


def _rows(
    matching_round: MatchingRound, kind: Problem | None, *, limit: int | None = None, offset: int = 0
) -> Iterator[Row]:
    found = _found(matching_round).subquery()
    order = sa.case({problem.value: place for place, problem in enumerate(Problem)}, value=found.c.problem)
    query: Any = (
        sa.select(found.c.problem, Person.id, Person.name, Department.name)
        .join(Person, Person.id == found.c.person_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .order_by(order, Person.name, Person.id)
        .limit(limit)
        .offset(offset)
    )
    if kind is not None:
        query = query.where(found.c.problem == kind.value)
    for problem, person_id, name, department in db.session.execute(query):
        yield Row(Problem(problem), person_id, name, department)


def _found(matching_round: MatchingRound) -> sa.CompoundSelect[str, int]:
    """Return each problem with whose it is, in one statement; somebody may have several."""
    here = is_available(day_that_counts(matching_round))
    everyone, mentees, mentors = (
        _enrolled(matching_round, roles)
        for roles in (list(EnrolmentRole), [EnrolmentRole.MENTEE], [EnrolmentRole.MENTOR])
    )
    conditions = {
        Problem.AWAY: sa.and_(Person.id.in_(everyone), ~here),
        Problem.NOT_MEANT: sa.and_(Person.id.in_(_not_meant(matching_round)), here),
        Problem.NO_PLACE: sa.and_(Person.id.in_(_offering(matching_round)), here),
        Problem.NOT_ENROLLED: sa.and_(here, _seeks_in_vain(matching_round)),
        Problem.NOT_ANSWERED: sa.and_(Person.id.in_(unanswered.who_has_to_answer(matching_round)), here),
        Problem.NOTHING_WANTED: sa.and_(Person.id.in_(mentees), here, ~_has(Goal.person_id)),
        Problem.NOTHING_HELD: sa.and_(Person.id.in_(mentors), here, ~_has(Claim.person_id)),
        Problem.NOTHING_KNOWN: sa.and_(
            Person.id.in_(_enrolled(matching_round, [EnrolmentRole.MEMBER])),
            here,
            ~_has(Goal.person_id),
            ~_has(Claim.person_id),
        ),
        Problem.NO_HOURS: sa.and_(Person.id.in_(everyone), here, ~_has(WorkingHours.person_id)),
        Problem.NO_LANGUAGE: sa.and_(Person.id.in_(everyone), here, ~_has(SpokenLanguage.person_id)),
        Problem.NO_MANAGER: sa.and_(Person.id.in_(everyone), here, Person.manager_id.is_(None)),
        Problem.NO_GRADE: sa.and_(
            Person.id.in_(everyone), here, Person.grade.is_(None), _grades_matter(matching_round)
        ),
        Problem.SAME_NAME: sa.and_(Person.id.in_(everyone), here, _has_namesake()),
    }
    return sa.union_all(
        *(
            sa.select(sa.literal(problem.value).label("problem"), Person.id.label("person_id")).where(
                condition
            )
            for problem, condition in conditions.items()
        )
    )


def _enrolled(matching_round: MatchingRound, roles: Sequence[EnrolmentRole]) -> sa.Select[int]:
    return sa.select(Enrolment.person_id).where(
        Enrolment.matching_round_id == matching_round.id,
        Enrolment.role.in_(roles),
        Enrolment.withdrawn_at.is_(None),
    )


def _not_meant(matching_round: MatchingRound) -> sa.Select[int]:
    """Return who takes part in a way that its programme is not open to them for."""
    everyone = _enrolled(matching_round, list(EnrolmentRole)).join(Person, Person.id == Enrolment.person_id)
    return everyone.where(~may_take_part(Enrolment.programme_id, Enrolment.role))


def _offering(matching_round: MatchingRound) -> sa.Select[int]:
    """Return who offers places of which their profile leaves none."""
    mentors = _enrolled(matching_round, [EnrolmentRole.MENTOR])
    return mentors.join(Person, Person.id == Enrolment.person_id).where(places_given(Enrolment) == 0)


def _has(owner: Any) -> sa.Exists:
    return sa.exists().where(owner == Person.id)


def _seeks_in_vain(matching_round: MatchingRound) -> sa.ColumnElement[bool]:
    """Hold for who seeks a mentor, has none then, and has neither joined nor withdrawn."""
    led = [row.id for row in matching_round.programmes if is_led_by_profiles(row)]
    decided = sa.select(Enrolment.person_id).where(
        Enrolment.matching_round_id == matching_round.id,
        Enrolment.programme_id.in_(led),
        Enrolment.role == EnrolmentRole.MENTEE,
    )
    day = day_that_counts(matching_round)
    served = [Person.id.not_in(has_mentor_on(day, programme_id)) for programme_id in led]
    return sa.and_(sa.literal(bool(led)), Person.seeks_mentor, Person.id.not_in(decided), *served)


def _has_namesake() -> sa.ColumnElement[bool]:
    """Hold for who shares their name with somebody else who works here, however it is written."""
    other = aliased(Person)
    works_here = sa.or_(other.left_on.is_(None), other.left_on > clock.today())
    name = sa.func.lower(other.name)
    shared = sa.select(name).where(works_here).group_by(name).having(sa.func.count() > 1)
    return sa.func.lower(Person.name).in_(shared)


def _grades_matter(matching_round: MatchingRound) -> sa.ColumnElement[bool]:
    """Hold when a rule or a weight of the round asks for grades."""
    in_round = sa.select(MatchingRoundProgramme.programme_id).where(
        MatchingRoundProgramme.matching_round_id == matching_round.id
    )
    rule, weight = ProgrammeRule, ProgrammeCriterion
    return sa.or_(
        sa.exists().where(rule.programme_id.in_(in_round), rule.rule == "grade_distance"),
        sa.exists().where(weight.programme_id.in_(in_round), weight.criterion == "grade_step"),
    )
