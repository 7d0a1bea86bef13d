"""The database as a problem: everything a round needs to be matched, read in a few statements."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.people.models import Person, PersonalBlock
from app.programmes.audience import may_take_part
from app.programmes.models import Programme, ProgrammeKind
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
from app.rounds.snapshot_groups import Circles, communities_wished, group_mentoring, with_group
from app.rounds.snapshot_memory import filter_only, history, rounds_waited
from app.rounds.snapshot_people import managers_above, person_id_of, person_key, person_rows
from app.rounds.snapshot_shared import joint_of, with_countable_hours
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
from matching import problem as engine

# Pairs; where an odd number takes part, three of them stay together.
PEERS_TOGETHER = (2, 3)


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
    circles = Circles.of(matching_round)
    who = _with_leads(who, circles)
    levels = levels_of(who)
    skills = skill_rows(levels.skills() | circles.topics)
    problem = _problem(matching_round, who, _programme_with_points, levels, skills, circles)
    return with_countable_hours(problem, joint_of(matching_round))


def take_matched(run: Run) -> engine.Problem:
    """Return only the people a run has matched, and the rules for them as of today: nothing gives points."""
    circles = Circles.of(run.matching_round)
    who = _with_leads(_matched_by(run), circles)
    problem = _problem(run.matching_round, who, _programme, Levels(), engine.SkillRows(), circles)
    shares_hours = bool((run.together or {}).get("hours"))
    return with_countable_hours(problem, engine.Joint(hours_budget=True) if shares_hours else None)


def levels_of_matched(run: Run) -> Levels:
    """Return what the people a run has matched hold and want today."""
    return levels_of(_matched_by(run))


def level_rows_of_matched(run: Run) -> tuple[set[HeldRow], set[WantedRow]]:
    """Return what the people a run has matched hold and want today, as bare rows."""
    who = _matched_by(run)
    return set(held_rows(who)), set(wanted_rows(who))


def _matched_by(run: Run) -> Who:
    return sa.select(AssignmentMember.person_id).join(Assignment).where(Assignment.run_id == run.id)


def _with_leads(who: Who, circles: Circles) -> Who:
    """Add who leads a community to some people: the rules are about them, too."""
    if not circles.leads:
        return who
    return sa.select(Person.id).where(sa.or_(Person.id.in_(who), Person.id.in_(sorted(circles.leads))))


def _problem(
    matching_round: MatchingRound,
    who: Who,
    programme_of: Callable[[MatchingRound, Programme, list[Part], Settled, Circles], engine.Programme],
    levels: Levels,
    skills: engine.SkillRows,
    circles: Circles,
) -> engine.Problem:
    parts = _parts(matching_round, who)
    present = {part.person_id for part in parts} | circles.leads
    settled, blocks = Settled.of(matching_round), _blocks(who, present)
    keys = {programme.id: programme.key for programme in matching_round.programmes}
    groups = {row.key for row in matching_round.programmes if row.kind is ProgrammeKind.GROUP_MENTORING}
    places = {(part.programme_id, part.role, part.person_id): part.places for part in parts}
    return engine.Problem(
        round=matching_round.name,
        starts_on=matching_round.starts_on,
        ends_on=matching_round.ends_on,
        skills=skills,
        people=(*person_rows(who, present, levels), *managers_above(present)),
        programmes=tuple(
            programme_of(matching_round, row, parts, settled, circles) for row in matching_round.programmes
        ),
        blocks=blocks,
        locks=tuple(with_group(row, groups) for row in settled.locks(keys, places, blocks)),
        bans=(
            *settled.bans(keys, present),
            *circles.bans(keys, {(part.programme_id, part.person_id) for part in parts}),
        ),
        history=(*history(matching_round, who, present), *circles.times_before(matching_round, present)),
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
    _matching_round: MatchingRound,
    programme: Programme,
    parts: list[Part],
    settled: Settled,
    circles: Circles,
) -> engine.Programme:
    """Return a programme with who takes part and the rules for them, but nothing that gives points."""
    if programme.kind is ProgrammeKind.PEER_COACHING:
        return _peers(programme, parts)
    if programme.kind is ProgrammeKind.COMMUNITIES:
        return _communities(programme, parts, settled, circles, topics=False)
    bare = _mentoring(programme, parts, settled)
    return group_mentoring(bare) if programme.kind is ProgrammeKind.GROUP_MENTORING else bare


def _communities(
    programme: Programme, parts: list[Part], settled: Settled, circles: Circles, *, topics: bool
) -> engine.CommunitiesProgramme:
    required = settled.required(programme.id)
    return engine.CommunitiesProgramme(
        communities=tuple(circles.as_problem(row, topics=topics) for row in circles.programmes[programme.id]),
        people=tuple(
            engine.CommunityMember(
                person=person_key(part.person_id),
                places=part.places,
                required=person_key(part.person_id) in required,
            )
            for part in parts
            if part.programme_id == programme.id
        ),
        **_settings(programme),
    )


def _peers(programme: Programme, parts: list[Part]) -> engine.PeerProgramme:
    here = [part for part in parts if part.programme_id == programme.id]
    return engine.PeerProgramme(
        group_sizes=PEERS_TOGETHER,
        people=tuple(engine.Peer(person=person_key(part.person_id)) for part in here),
        **_settings(programme),
    )


def _mentoring(programme: Programme, parts: list[Part], settled: Settled) -> engine.MentoringProgramme:
    here = [part for part in parts if part.programme_id == programme.id]
    mentees = [part for part in here if part.role is EnrolmentRole.MENTEE]
    mentors = [part for part in here if part.role is EnrolmentRole.MENTOR]
    required = settled.required(programme.id)
    return engine.MentoringProgramme(
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
        **_settings(programme),
    )


def _settings(programme: Programme) -> dict[str, Any]:
    """Return what every kind of programme has."""
    return {
        "id": programme.key,
        "hours_a_month": programme.hours_a_month,
        "rules": tuple(
            engine.Rule(rule=engine.RuleName(row.rule), **row.parameters) for row in programme.rules
        ),
        "goals": tuple(engine.GoalName(row.goal) for row in programme.goals),
    }


def _programme_with_points(
    matching_round: MatchingRound,
    programme: Programme,
    parts: list[Part],
    settled: Settled,
    circles: Circles,
) -> engine.Programme:
    waited = rounds_waited(programme, matching_round)
    criteria = {engine.Criterion(row.criterion): row.weight for row in programme.criteria}
    if programme.kind is ProgrammeKind.PEER_COACHING:
        peers = _peers(programme, parts)
        people = tuple(
            replace(row, rounds_waited=waited.get(person_id_of(row.person), 0)) for row in peers.people
        )
        return replace(peers, people=people, criteria=criteria)
    if programme.kind is ProgrammeKind.COMMUNITIES:
        made = _communities(programme, parts, settled, circles, topics=True)
        named = communities_wished(programme, matching_round)
        known = {row.id for row in made.communities}
        members = tuple(
            replace(
                row,
                rounds_waited=waited.get(person_id_of(row.person), 0),
                wishes=tuple(wish for wish in named.get(row.person, ()) if wish in known),
            )
            for row in made.people
        )
        return replace(made, people=members, criteria=criteria)
    bare = _mentoring(programme, parts, settled)
    offers = {row.person for row in bare.mentors}
    wishes = _wishes(programme, matching_round)
    mentoring = replace(
        bare,
        mentees=tuple(
            replace(
                row,
                rounds_waited=waited.get(person_id_of(row.person), 0),
                wishes=tuple(mentor for mentor in wishes.get(row.person, ()) if mentor in offers),
            )
            for row in bare.mentees
        ),
        criteria=criteria,
    )
    return group_mentoring(mentoring) if programme.kind is ProgrammeKind.GROUP_MENTORING else mentoring


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


def _blocks(who: Who, present: set[int]) -> tuple[tuple[str, str], ...]:
    query = sa.select(PersonalBlock.person_id, PersonalBlock.blocked_person_id).where(
        PersonalBlock.person_id.in_(who), filter_only(PersonalBlock.blocked_person_id).in_(who)
    )
    # Without direction: the problem must not tell who asked for it.
    pairs = {(min(pair), max(pair)) for pair in db.session.execute(query) if present.issuperset(pair)}
    return tuple((person_key(one), person_key(other)) for one, other in pairs)
