"""The database as a problem: everything a round needs to be matched, read in a few statements."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.db import db
from app.engagements.models import Engagement, EngagementMember, EngagementRole
from app.engagements.queries import is_match, was_offered_to
from app.people.models import Person, PersonalBlock
from app.programmes.audience import may_take_part
from app.programmes.models import Programme
from app.rounds.enrolling import day_that_counts, is_available, places_given
from app.rounds.models import (
    Assignment,
    AssignmentMember,
    Enrolment,
    EnrolmentRole,
    EnrolmentWish,
    MatchingRound,
    Run,
)
from app.rounds.snapshot_decisions import Settled
from app.rounds.snapshot_people import managers_above, person_id_of, person_key, person_rows
from app.rounds.snapshot_skills import (
    HeldRow,
    Levels,
    WantedRow,
    Who,
    held_rows,
    levels_of,
    skill_rows,
    wanted_rows,
)
from app.rounds.states import RoundState
from matching import problem as engine


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part in one programme of the round."""

    programme_id: int
    person_id: int
    role: EnrolmentRole
    places: int


def take(matching_round: MatchingRound) -> engine.Problem:
    """Return the whole round as a problem for the engine.

    Raises:
        ProblemError: when what the database holds cannot be matched, for instance managers in a circle.
    """
    who = sa.select(Enrolment.person_id).where(
        Enrolment.matching_round_id == matching_round.id, Enrolment.withdrawn_at.is_(None)
    )
    levels = levels_of(who)
    return _problem(matching_round, who, _programme_with_points, levels, skill_rows(levels.skills()))


def take_matched(run: Run) -> engine.Problem:
    """Return only the people a run has matched, and the rules for them as of today: nothing gives points."""
    return _problem(run.matching_round, _matched_by(run), _programme, Levels(), engine.SkillRows())


def levels_of_matched(run: Run) -> Levels:
    """Return what the people a run has matched hold and want today."""
    return levels_of(_matched_by(run))


def level_rows_of_matched(run: Run) -> tuple[set[HeldRow], set[WantedRow]]:
    """Return what the people a run has matched hold and want today, as bare rows."""
    who = _matched_by(run)
    return set(held_rows(who)), set(wanted_rows(who))


def _matched_by(run: Run) -> Who:
    return sa.select(AssignmentMember.person_id).join(Assignment).where(Assignment.run_id == run.id)


def _problem(
    matching_round: MatchingRound,
    who: Who,
    programme_of: Callable[[MatchingRound, Programme, list[Part], Settled], engine.MentoringProgramme],
    levels: Levels,
    skills: engine.SkillRows,
) -> engine.Problem:
    parts = _parts(matching_round, who)
    present = {part.person_id for part in parts}
    settled, blocks = Settled.of(matching_round), _blocks(who, present)
    keys = {programme.id: programme.key for programme in matching_round.programmes}
    places = {(part.programme_id, part.role, part.person_id): part.places for part in parts}
    return engine.Problem(
        round=matching_round.name,
        starts_on=matching_round.starts_on,
        ends_on=matching_round.ends_on,
        skills=skills,
        people=(*person_rows(who, present, levels), *managers_above(present)),
        programmes=tuple(
            programme_of(matching_round, row, parts, settled) for row in matching_round.programmes
        ),
        blocks=blocks,
        locks=tuple(settled.locks(keys, places, blocks)),
        bans=tuple(settled.bans(keys, present)),
        history=_history(matching_round, who, present),
    )


def _parts(matching_round: MatchingRound, who: Who) -> list[Part]:
    """Return who takes part, without who is away or not meant; a mentor's profile caps their places."""
    query = (
        sa.select(
            Enrolment.programme_id,
            Enrolment.person_id,
            Enrolment.role,
            places_given(Enrolment),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.matching_round_id == matching_round.id,
            Enrolment.withdrawn_at.is_(None),
            Enrolment.person_id.in_(who),
            is_available(day_that_counts(matching_round)),
            may_take_part(Enrolment.programme_id, Enrolment.role),
        )
    )
    return [part for part in (Part(*row) for row in db.session.execute(query)) if part.places > 0]


def _programme(
    _matching_round: MatchingRound, programme: Programme, parts: list[Part], settled: Settled
) -> engine.MentoringProgramme:
    """Return a programme with who takes part and the rules for them, but nothing that gives points."""
    here = [part for part in parts if part.programme_id == programme.id]
    mentees = [part for part in here if part.role is EnrolmentRole.MENTEE]
    mentors = [part for part in here if part.role is EnrolmentRole.MENTOR]
    required = settled.required(programme.id)
    return engine.MentoringProgramme(
        id=programme.key,
        hours_a_month=programme.hours_a_month,
        mentees=tuple(
            engine.Mentee(
                person=person_key(part.person_id),
                places=part.places,
                required=person_key(part.person_id) in required,
            )
            for part in mentees
        ),
        mentors=tuple(
            engine.Mentor(person=person_key(part.person_id), capacity=part.places) for part in mentors
        ),
        rules=tuple(engine.Rule(rule=engine.RuleName(row.rule), **row.parameters) for row in programme.rules),
        goals=tuple(engine.GoalName(row.goal) for row in programme.goals),
    )


def _programme_with_points(
    matching_round: MatchingRound, programme: Programme, parts: list[Part], settled: Settled
) -> engine.MentoringProgramme:
    bare = _programme(matching_round, programme, parts, settled)
    waited = rounds_waited(programme, matching_round)
    offers = {row.person for row in bare.mentors}
    wishes = _wishes(programme, matching_round)
    return replace(
        bare,
        mentees=tuple(
            replace(
                row,
                rounds_waited=waited.get(person_id_of(row.person), 0),
                wishes=tuple(mentor for mentor in wishes.get(row.person, ()) if mentor in offers),
            )
            for row in bare.mentees
        ),
        criteria={engine.Criterion(row.criterion): row.weight for row in programme.criteria},
    )


def _wishes(programme: Programme, matching_round: MatchingRound) -> dict[str, list[str]]:
    """Return whom each mentee has named, the one they would like best first."""
    query = (
        sa.select(Enrolment.person_id, EnrolmentWish.mentor_id)
        .join(EnrolmentWish, EnrolmentWish.enrolment_id == Enrolment.id)
        .where(
            Enrolment.matching_round_id == matching_round.id,
            Enrolment.programme_id == programme.id,
            Enrolment.role == EnrolmentRole.MENTEE,
        )
        .order_by(EnrolmentWish.enrolment_id, EnrolmentWish.position)
    )
    named: dict[str, list[str]] = defaultdict(list)
    for mentee_id, mentor_id in db.session.execute(query):
        named[person_key(mentee_id)].append(person_key(mentor_id))
    return named


def rounds_waited(programme: Programme, matching_round: MatchingRound) -> dict[int, int]:
    """Return in how many of their latest earlier rounds, without a break, each mentee got no mentor.

    Who was offered one and did not take it has not waited.
    """
    earlier = aliased(MatchingRound)
    has_mentor = (
        sa.select(EngagementMember.person_id)
        .join(Engagement)
        .where(
            Engagement.matching_round_id == earlier.id,
            Engagement.programme_id == programme.id,
            EngagementMember.person_id == Enrolment.person_id,
            EngagementMember.role == EngagementRole.MENTEE,
            was_offered_to(EngagementMember.person_id),
        )
        .exists()
    )
    query = (
        sa.select(Enrolment.person_id, has_mentor)
        .join(earlier, earlier.id == Enrolment.matching_round_id)
        .where(
            Enrolment.programme_id == programme.id,
            Enrolment.role == EnrolmentRole.MENTEE,
            Enrolment.withdrawn_at.is_(None),
            earlier.state.in_([RoundState.PUBLISHED, RoundState.COMPLETED]),
            earlier.starts_on < matching_round.starts_on,
        )
        .order_by(earlier.starts_on.desc(), earlier.id.desc())
    )
    waited: dict[int, int] = defaultdict(int)
    settled: set[int] = set()
    for person_id, matched in db.session.execute(query):
        if matched:
            settled.add(person_id)
        elif person_id not in settled:
            waited[person_id] += 1
    return waited


def _blocks(who: Who, present: set[int]) -> tuple[tuple[str, str], ...]:
    query = sa.select(PersonalBlock.person_id, PersonalBlock.blocked_person_id).where(
        PersonalBlock.person_id.in_(who), _filter_only(PersonalBlock.blocked_person_id).in_(who)
    )
    # Without direction: the problem must not tell who asked for it.
    pairs = {(min(pair), max(pair)) for pair in db.session.execute(query) if present.issuperset(pair)}
    return tuple((person_key(one), person_key(other)) for one, other in pairs)


def _filter_only(column: sa.ColumnElement[int] | InstrumentedAttribute[int]) -> sa.ColumnElement[int]:
    """Return a column without its index, in which SQLite would look up everybody of a list for each row."""
    return column + 0


def _history(matching_round: MatchingRound, who: Who, present: set[int]) -> tuple[engine.History, ...]:
    """Return who was with whom in earlier rounds; the first day comes first, so that names sort by time."""
    mentee, mentor = aliased(EngagementMember), aliased(EngagementMember)
    keys = {programme.id: programme.key for programme in matching_round.programmes}
    query = (
        sa.select(
            Engagement.programme_id,
            mentee.person_id,
            mentor.person_id,
            Engagement.starts_on,
            sa.func.coalesce(MatchingRound.name, ""),
        )
        .join(mentee, sa.and_(mentee.engagement_id == Engagement.id, mentee.role == EngagementRole.MENTEE))
        .join(mentor, sa.and_(mentor.engagement_id == Engagement.id, mentor.role == EngagementRole.MENTOR))
        .outerjoin(MatchingRound, MatchingRound.id == Engagement.matching_round_id)
        .where(
            Engagement.programme_id.in_(keys),
            is_match(),
            sa.or_(Engagement.matching_round_id.is_(None), Engagement.matching_round_id != matching_round.id),
            _filter_only(mentee.person_id).in_(who),
            _filter_only(mentor.person_id).in_(who),
        )
    )
    rows = {
        engine.History(
            programme=keys[programme_id],
            members=(person_key(mentee_id), person_key(mentor_id)),
            round=f"{starts_on.isoformat()} {name}".strip(),
        )
        for programme_id, mentee_id, mentor_id, starts_on, name in db.session.execute(query)
        if mentee_id in present and mentor_id in present
    }
    return tuple(rows)
