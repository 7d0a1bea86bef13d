"""The command that makes a plan come true: all of it in one transaction, or nothing."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import audit, clock
from app.db import db
from app.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.errors import Conflict
from app.rounds.changes import changed_pairs
from app.rounds.models import Assignment, AssignmentMember, EnrolmentRole, MatchingRound, Run
from app.rounds.run_queries import pair_count
from app.rounds.service import move
from app.rounds.states import RoundState, RunState, check_may_follow
from app.words import plural

AT_ONCE = 5000


def check_may_publish(run: Run, matching_round: MatchingRound, *, pairs: int) -> None:
    """Refuse to publish what is no finished plan of a round that waits for review.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    check_may_follow(matching_round.name, matching_round.state, RoundState.PUBLISHED)
    if run.state is not RunState.FINISHED:
        raise Conflict("This run found no plan, so there is nothing to publish.")
    if not pairs:
        raise Conflict("This run matched nobody, so there is nothing to publish.")


def publish_run(run: Run, *, by: audit.Actor) -> int:
    """Turn the pairs of a run into mentorships that both people see; return how many.

    Raises:
        Conflict: when somebody else was faster, or a pair no longer keeps the rules.
    """
    matching_round = run.matching_round
    check_may_publish(run, matching_round, pairs=pair_count(run))
    # First, so that of two publishers the second waits here and then finds the round published.
    move(matching_round, RoundState.PUBLISHED, published_at=clock.now())
    changed = changed_pairs(run)
    if changed:
        verb = "has" if changed == 1 else "have"
        raise Conflict(
            f"{plural(changed, 'match', 'matches')} of this run {verb} changed since: someone left, is away, "
            "takes fewer people or no longer keeps a rule. Run the matching again, then publish."
        )
    run.published_at = clock.now()
    engagements = list(_create_mentorships(run, matching_round))
    details = {"name": matching_round.name, "run": run.id, "mentorships": len(engagements)}
    audit.record_all(
        [
            audit.Entry("round.published", "matching_round", matching_round.id, details=details),
            *(
                audit.Entry("mentorship.began", "engagement", engagement_id, person_id=mentee_id)
                for engagement_id, mentee_id in engagements
            ),
        ],
        by=by,
    )
    return len(engagements)


def _create_mentorships(run: Run, matching_round: MatchingRound) -> Iterator[tuple[int, int]]:
    """Write the mentorships and their members; yield each with its mentee."""
    for rows in db.session.execute(_pairs_of(run)).partitions(AT_ONCE):
        engagement_ids = db.session.scalars(
            sa.insert(Engagement).returning(Engagement.id, sort_by_parameter_order=True),
            [_mentorship(row, matching_round) for row in rows],
        ).all()
        created = list(zip(engagement_ids, rows, strict=True))
        db.session.execute(
            sa.insert(EngagementMember),
            [
                {"engagement_id": engagement_id, "person_id": person_id, "role": role}
                for engagement_id, row in created
                for person_id, role in (
                    (row.mentee_id, EngagementRole.MENTEE),
                    (row.mentor_id, EngagementRole.MENTOR),
                )
            ],
        )
        yield from ((engagement_id, row.mentee_id) for engagement_id, row in created)


def _pairs_of(run: Run) -> sa.Select[Any]:
    mentee, mentor = aliased(AssignmentMember), aliased(AssignmentMember)
    is_mentee = sa.and_(mentee.assignment_id == Assignment.id, mentee.role == EnrolmentRole.MENTEE)
    is_mentor = sa.and_(mentor.assignment_id == Assignment.id, mentor.role == EnrolmentRole.MENTOR)
    return (
        sa.select(
            Assignment.programme_id,
            Assignment.points,
            Assignment.parts,
            Assignment.reasons,
            mentee.person_id.label("mentee_id"),
            mentor.person_id.label("mentor_id"),
        )
        .join(mentee, is_mentee)
        .join(mentor, is_mentor)
        .where(Assignment.run_id == run.id)
        .order_by(Assignment.id)
    )


def _mentorship(row: Any, matching_round: MatchingRound) -> dict[str, Any]:
    return {
        "kind": EngagementKind.MENTORSHIP,
        "state": EngagementState.ACTIVE,
        "programme_id": row.programme_id,
        "matching_round_id": matching_round.id,
        "starts_on": matching_round.starts_on,
        "ends_on": matching_round.ends_on,
        "points": row.points,
        "parts": row.parts,
        "reasons": row.reasons,
    }
