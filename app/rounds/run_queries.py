"""Reads about what a run has found: its pairs, whom it left out, the rules it kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased

from app.communities.models import Community
from app.db import db
from app.people.models import Department, Person
from app.programmes.models import MENTORING, Programme, ProgrammeKind, ProgrammeRule
from app.programmes.vocabulary import rule_sentence
from app.rounds.members import is_first, is_second, is_third
from app.rounds.models import (
    SEEKING,
    Assignment,
    AssignmentMember,
    Decision,
    DecisionKind,
    EnrolmentRole,
    MatchingRoundProgramme,
    Run,
    UnmatchedPerson,
)
from app.rounds.queries import Shown
from app.rounds.settings import rules_in_words
from app.rounds.together import HOURS_KEPT
from app.words import FIT_BANDS

# What is kept in every run; where kinds stand beside it, in those of a round with one of them.
PLACES_KEPT = "No mentor has more mentees than places"
GROUPS = frozenset({ProgrammeKind.GROUP_MENTORING, ProgrammeKind.COMMUNITIES})
KEPT_ALWAYS: dict[str, frozenset[ProgrammeKind]] = {
    "Both asked to take part": MENTORING,
    PLACES_KEPT: MENTORING | {ProgrammeKind.GROUP_MENTORING},
    "Every group has as many members as it needs, and no more than its places": GROUPS,
    "Everybody in a group asked to take part": GROUPS,
    "All asked to take part, and nobody is in two groups": frozenset({ProgrammeKind.PEER_COACHING}),
    "Nobody is with someone they never want to meet": frozenset(),
}
BANDS = {band.key: band for band in FIT_BANDS}


@dataclass(frozen=True, slots=True)
class Match:
    """A pair of a run, as the pages show it."""

    id: int
    programme: str
    programme_id: int
    points: int
    parts: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    mentee_id: int
    mentee: str
    mentee_department: str | None
    mentor_id: int | None
    mentor: str
    """Whom the first is with; of a member of a community, what it is called."""
    mentor_department: str | None
    role: EnrolmentRole
    second: str
    third_id: int | None
    third: str | None
    kind: ProgrammeKind
    community: str | None
    """The address of a community."""

    @property
    def is_among_peers(self) -> bool:
        """Tell whether they coach each other; then `mentor` names everybody but the first."""
        return self.role is EnrolmentRole.PEER

    @property
    def is_in_community(self) -> bool:
        """Tell whether it is a membership of a community; then `mentor` is its name, and nobody's."""
        return self.role is EnrolmentRole.MEMBER

    @property
    def is_settled_in_pairs(self) -> bool:
        """Tell whether HR can lock the two, or keep them apart."""
        return self.role is EnrolmentRole.MENTEE

    @property
    def can_be_asked_about(self) -> bool:
        """Tell whether people can be told who else it could be."""
        return self.kind in MENTORING


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody without a match, and why."""

    person_id: int
    name: str
    department: str | None
    programme: str
    programme_id: int
    role: EnrolmentRole
    cause: str
    details: dict[str, Any]
    required_id: int | None
    kind: ProgrammeKind

    @property
    def can_be_asked_about(self) -> bool:
        """Tell whether people can be told why it is not a certain mentor."""
        return self.role is EnrolmentRole.MENTEE and self.kind in MENTORING


@dataclass(frozen=True, slots=True)
class Tally:
    """What publishing a run would mean, in numbers."""

    pairs: int
    people: int
    weak: int


def pair_count(run: Run) -> int:
    """Count the pairs of a run."""
    return db.session.scalar(sa.select(sa.func.count()).where(Assignment.run_id == run.id)) or 0


def pairs_by_kind(run: Run) -> dict[ProgrammeKind, int]:
    """Count the pairs of a run for each kind of programme in its round."""
    query = (
        sa.select(Programme.kind, sa.func.count(Assignment.id))
        .join(MatchingRoundProgramme, MatchingRoundProgramme.programme_id == Programme.id)
        .outerjoin(Assignment, sa.and_(Assignment.programme_id == Programme.id, Assignment.run_id == run.id))
        .where(MatchingRoundProgramme.matching_round_id == run.matching_round_id)
        .group_by(Programme.kind)
    )
    return dict(db.session.execute(query).all())


def tally(run: Run) -> Tally:
    """Count the pairs of a run, the people in them and the weak fits."""
    own = aliased(Assignment)
    people = (
        sa.select(sa.func.count(AssignmentMember.person_id.distinct()))
        .join(own, own.id == AssignmentMember.assignment_id)
        .where(own.run_id == run.id)
        .scalar_subquery()
    )
    counted = sa.select(sa.func.count(), people, sa.func.count().filter(in_band("weak")))
    return Tally(*db.session.execute(counted.where(Assignment.run_id == run.id)).one())


def all_matches(run: Run) -> Iterator[Match]:
    """Yield every pair of a run by the mentee's name."""
    mentee, mentor = aliased(Person), aliased(Person)
    yield from _matches(pairs_query(run.id, mentee, mentor).order_by(mentee.name, Assignment.id))


def first_match(run: Run) -> Match | None:
    """Return the first pair of a run by the mentee's name."""
    mentee, mentor = aliased(Person), aliased(Person)
    query = pairs_query(run.id, mentee, mentor).order_by(mentee.name, Assignment.id).limit(1)
    return next(_matches(query), None)


def left_out_page(run: Run) -> Pagination:
    """Return a page of the mentees a run left out."""
    total = (run.mentees or 0) - (run.mentees_matched or 0)

    def read(limit: int, offset: int) -> list[LeftOut]:
        return list(_left_out(_unmatched(run, SEEKING).limit(limit).offset(offset)))

    return Shown(read=read, counted=total)


def first_left_out(run: Run, *, most: int) -> list[LeftOut]:
    """Return the first mentees a run left out, by name."""
    return list(_left_out(_unmatched(run, SEEKING).limit(most)))


def all_left_out(run: Run) -> Iterator[LeftOut]:
    """Yield everybody a run left out, mentees first."""
    for role in EnrolmentRole:
        yield from _left_out(_unmatched(run, [role]))


def rules_kept(run: Run) -> list[str]:
    """Return the sentences of the rules that every pair of a run keeps.

    Of a run from before its settings were kept, they are those its programmes have today.
    """
    kinds = {row.key: row.kind for row in run.matching_round.programmes}
    always = [words for words, of in KEPT_ALWAYS.items() if not of or not of.isdisjoint(kinds.values())]
    if run.together and run.together["hours"]:
        always.append(HOURS_KEPT)
    if run.settings is not None:
        return [*rules_in_words(run.settings, kinds), *always]
    query = (
        sa.select(ProgrammeRule.rule, ProgrammeRule.parameters)
        .join(MatchingRoundProgramme, MatchingRoundProgramme.programme_id == ProgrammeRule.programme_id)
        .where(MatchingRoundProgramme.matching_round_id == run.matching_round_id)
        .order_by(ProgrammeRule.programme_id, ProgrammeRule.rule)
    )
    named = [rule_sentence(rule, parameters) for rule, parameters in db.session.execute(query)]
    return [*dict.fromkeys(named), *always]


def pairs_query(
    run_id: int | sa.BindParameter[int], mentee: type[Person], mentor: type[Person]
) -> sa.Select[Any]:
    """Return the query for the pairs and groups of a run, each as the fields of a `Match`.

    Among peers `mentee` is the first, and `mentor` the second; a member of a community has none.
    """
    of_mentee, of_mentor, of_third = (aliased(AssignmentMember) for _ in range(3))
    here, there, third = aliased(Department), aliased(Department), aliased(Person)
    return (
        sa.select(
            Assignment.id,
            Programme.key.label("programme"),
            Assignment.programme_id,
            Assignment.points,
            Assignment.parts,
            Assignment.reasons,
            mentee.id.label("mentee_id"),
            mentee.name.label("mentee"),
            here.name.label("mentee_department"),
            mentor.id.label("mentor_id"),
            sa.case(
                (third.id.is_not(None), mentor.name + " and " + third.name),
                else_=sa.func.coalesce(mentor.name, Community.name),
            ).label("mentor"),
            there.name.label("mentor_department"),
            of_mentee.role.label("role"),
            sa.func.coalesce(mentor.name, Community.name).label("second"),
            third.id.label("third_id"),
            third.name.label("third"),
            Programme.kind.label("kind"),
            Community.slug.label("community"),
        )
        .join(Programme, Programme.id == Assignment.programme_id)
        .join(of_mentee, is_first(of_mentee))
        .join(mentee, mentee.id == of_mentee.person_id)
        .outerjoin(here, here.id == mentee.department_id)
        .outerjoin(of_mentor, is_second(of_mentor, of_mentee))
        .outerjoin(mentor, mentor.id == of_mentor.person_id)
        .outerjoin(Community, Community.id == Assignment.community_id)
        .outerjoin(there, there.id == mentor.department_id)
        .outerjoin(of_third, is_third(of_third, of_mentor))
        .outerjoin(third, third.id == of_third.person_id)
        .where(Assignment.run_id == run_id)
    )


def _matches(query: sa.Select[Any]) -> Iterator[Match]:
    for row in db.session.execute(query):
        yield Match(**row._mapping)


def in_band(key: str) -> sa.ColumnElement[bool]:
    """Return the condition that a pair fits as well as a band says."""
    least = BANDS[key].from_fit
    above = min((band.from_fit for band in FIT_BANDS if band.from_fit > least), default=None)
    return sa.and_(Assignment.points >= least, sa.true() if above is None else Assignment.points < above)


def _unmatched(run: Run, roles: Sequence[EnrolmentRole]) -> sa.Select[Any]:
    must_have = sa.and_(
        Decision.matching_round_id == run.matching_round_id,
        Decision.programme_id == UnmatchedPerson.programme_id,
        Decision.mentee_id == UnmatchedPerson.person_id,
        Decision.kind == DecisionKind.REQUIRED,
        Decision.undone_at.is_(None),
    )
    return (
        sa.select(
            Person.id.label("person_id"),
            Person.name,
            Department.name.label("department"),
            Programme.key.label("programme"),
            UnmatchedPerson.programme_id,
            UnmatchedPerson.role,
            UnmatchedPerson.cause,
            UnmatchedPerson.details,
            Decision.id.label("required_id"),
            Programme.kind,
        )
        .join(Person, Person.id == UnmatchedPerson.person_id)
        .join(Programme, Programme.id == UnmatchedPerson.programme_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .outerjoin(Decision, must_have)
        .where(UnmatchedPerson.run_id == run.id, UnmatchedPerson.role.in_(roles))
        .order_by(Person.name, Person.id)
    )


def _left_out(query: sa.Select[Any]) -> Iterator[LeftOut]:
    for row in db.session.execute(query):
        yield LeftOut(**row._mapping)
