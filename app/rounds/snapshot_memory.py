"""What a snapshot remembers of earlier rounds: who waits since when, and who was with whom."""

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.communities.models import CommunityMembership
from app.db import db
from app.engagements.models import Engagement, EngagementMember, EngagementRole
from app.engagements.queries import is_match, was_offered_to
from app.programmes.models import Programme, ProgrammeKind
from app.rounds.models import SEEKING, Enrolment, MatchingRound
from app.rounds.snapshot_people import person_key
from app.rounds.snapshot_skills import Who
from app.rounds.states import RoundState
from matching import problem as engine


def rounds_waited(programme: Programme, matching_round: MatchingRound) -> dict[int, int]:
    """Return in how many of their latest earlier rounds, without a break, each who sought got nobody.

    Who was offered one and did not take it has not waited.
    """
    earlier = aliased(MatchingRound)
    is_met = (
        sa.select(EngagementMember.person_id)
        .join(Engagement)
        .where(
            Engagement.matching_round_id == earlier.id,
            Engagement.programme_id == programme.id,
            EngagementMember.person_id == Enrolment.person_id,
            EngagementMember.role != EngagementRole.MENTOR,
            was_offered_to(EngagementMember.person_id),
        )
        .exists()
    )
    if programme.kind is ProgrammeKind.COMMUNITIES:
        is_met = sa.exists().where(
            CommunityMembership.matching_round_id == earlier.id,
            CommunityMembership.programme_id == programme.id,
            CommunityMembership.person_id == Enrolment.person_id,
        )
    query = (
        sa.select(Enrolment.person_id, is_met)
        .join(earlier, earlier.id == Enrolment.matching_round_id)
        .where(
            Enrolment.programme_id == programme.id,
            Enrolment.role.in_(SEEKING),
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


def history(matching_round: MatchingRound, who: Who, present: set[int]) -> tuple[engine.History, ...]:
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
        .join(mentee, mentee.engagement_id == Engagement.id)
        .join(mentor, sa.and_(mentor.engagement_id == Engagement.id, _are_together(mentee, mentor)))
        .outerjoin(MatchingRound, MatchingRound.id == Engagement.matching_round_id)
        .where(
            Engagement.programme_id.in_(keys),
            is_match(),
            sa.or_(Engagement.matching_round_id.is_(None), Engagement.matching_round_id != matching_round.id),
            filter_only(mentee.person_id).in_(who),
            filter_only(mentor.person_id).in_(who),
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


def filter_only(column: sa.ColumnElement[int] | InstrumentedAttribute[int]) -> sa.ColumnElement[int]:
    """Return a column without its index, in which SQLite would look up everybody of a list for each row."""
    return column + 0


def _are_together(one: type[EngagementMember], other: type[EngagementMember]) -> sa.ColumnElement[bool]:
    """Hold for a mentee with their mentor, and for each two peers once."""
    return sa.or_(
        sa.and_(one.role == EngagementRole.MENTEE, other.role == EngagementRole.MENTOR),
        sa.and_(
            one.role == EngagementRole.PEER,
            other.role == EngagementRole.PEER,
            one.person_id < other.person_id,
        ),
    )
