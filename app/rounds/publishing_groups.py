"""What publishing means for groups: mentors get theirs, and people become members of communities."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import audit, clock
from app.communities.models import (
    CameBy,
    Community,
    CommunityMembership,
    CommunityRequest,
    MemberRole,
    RequestState,
)
from app.db import db
from app.engagements.models import Engagement, EngagementKind, EngagementMember, EngagementRole
from app.programmes.models import Programme, ProgrammeKind
from app.rounds.check_ins import fix_check_ins
from app.rounds.models import Assignment, AssignmentMember, EnrolmentRole, MatchingRound, Run


def hold_communities(run: Run) -> None:
    """Let nobody join or change the communities of a plan until this transaction ends."""
    concerned = sa.select(Assignment.community_id).where(
        Assignment.run_id == run.id, Assignment.community_id.is_not(None)
    )
    query = sa.select(Community.id).where(Community.id.in_(concerned)).order_by(Community.id)
    db.session.execute(query.with_for_update())


def publish_groups(run: Run, matching_round: MatchingRound) -> list[audit.Entry]:
    """Write the groups of mentors and the memberships of a plan; return what to tell the trail."""
    groups = list(_write_groups(run, matching_round))
    made = [row.subject_id for row in groups if row.subject_id is not None]
    if made:
        fix_check_ins(matching_round, since=min(made))
    return [*groups, *_write_memberships(run, matching_round)]


def take_back_memberships(matching_round: MatchingRound) -> list[audit.Entry]:
    """Remove the memberships a round has made, as if they had never been; return what to tell the trail."""
    removed = db.session.execute(
        sa.delete(CommunityMembership)
        .where(CommunityMembership.matching_round_id == matching_round.id)
        .returning(CommunityMembership.community_id, CommunityMembership.person_id)
    ).all()
    return [
        audit.Entry("community.taken_back", "community", row.community_id, person_id=row.person_id)
        for row in sorted(removed)
    ]


def was_acted_on(matching_round: MatchingRound) -> sa.ColumnElement[bool]:
    """Hold when somebody has left a community that the round put them into, or leads it now."""
    own = CommunityMembership
    return sa.exists().where(
        own.matching_round_id == matching_round.id,
        sa.or_(own.left_at.is_not(None), own.role == MemberRole.LEAD),
    )


def members_told(matching_round: MatchingRound) -> sa.Select[int]:
    """Select who sees that a round put them into a community."""
    return sa.select(CommunityMembership.person_id).where(
        CommunityMembership.matching_round_id == matching_round.id
    )


def _write_groups(run: Run, matching_round: MatchingRound) -> Iterator[audit.Entry]:
    groups: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in _memberships(run, ProgrammeKind.GROUP_MENTORING):
        groups[row.programme_id, row.mentor_id].append(row)
    for (programme_id, mentor_id), rows in sorted(groups.items()):
        group = Engagement(
            kind=EngagementKind.GROUP_MENTORING,
            programme_id=programme_id,
            matching_round_id=matching_round.id,
            starts_on=matching_round.starts_on,
            ends_on=matching_round.ends_on,
            points=sum(row.points for row in rows) // len(rows),
            parts=[{**part, "mentee_id": row.person_id} for row in rows for part in row.parts],
            reasons=[{**reason, "mentee_id": row.person_id} for row in rows for reason in row.reasons],
            members=[
                EngagementMember(person_id=mentor_id, role=EngagementRole.MENTOR),
                *(EngagementMember(person_id=row.person_id, role=EngagementRole.MENTEE) for row in rows),
            ],
        )
        db.session.add(group)
        db.session.flush()
        for row in rows:
            yield audit.Entry("group_mentoring.began", "engagement", group.id, person_id=row.person_id)


def _write_memberships(run: Run, matching_round: MatchingRound) -> list[audit.Entry]:
    rows = _memberships(run, ProgrammeKind.COMMUNITIES)
    if not rows:
        return []
    now = clock.now()
    db.session.execute(
        sa.insert(CommunityMembership),
        [
            {
                "community_id": row.community_id,
                "person_id": row.person_id,
                "role": MemberRole.MEMBER,
                "came_by": CameBy.MATCHED,
                "joined_at": now,
                "programme_id": row.programme_id,
                "matching_round_id": matching_round.id,
                "points": row.points,
                "parts": row.parts,
                "reasons": row.reasons,
            }
            for row in rows
        ],
    )
    _answer_requests(matching_round)
    details = {"round": matching_round.name, "came_by": CameBy.MATCHED.value}
    return [
        audit.Entry("community.joined", "community", row.community_id, row.person_id, details) for row in rows
    ]


def _answer_requests(matching_round: MatchingRound) -> None:
    """Settle what waits between people and the communities they are in now."""
    joined = sa.exists().where(
        CommunityMembership.matching_round_id == matching_round.id,
        CommunityMembership.community_id == CommunityRequest.community_id,
        CommunityMembership.person_id == CommunityRequest.person_id,
    )
    db.session.execute(
        sa.update(CommunityRequest)
        .where(CommunityRequest.state == RequestState.WAITING, joined)
        .values(state=RequestState.ACCEPTED, answered_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _memberships(run: Run, kind: ProgrammeKind) -> list[Any]:
    member, mentor = aliased(AssignmentMember), aliased(AssignmentMember)
    is_mentor = sa.and_(mentor.assignment_id == Assignment.id, mentor.role == EnrolmentRole.MENTOR)
    query = (
        sa.select(
            Assignment.programme_id,
            Assignment.community_id,
            Assignment.points,
            Assignment.parts,
            Assignment.reasons,
            member.person_id.label("person_id"),
            mentor.person_id.label("mentor_id"),
        )
        .join(Programme, Programme.id == Assignment.programme_id)
        .join(
            member,
            sa.and_(member.assignment_id == Assignment.id, member.role != EnrolmentRole.MENTOR),
        )
        .outerjoin(mentor, is_mentor)
        .where(Assignment.run_id == run.id, Programme.kind == kind)
        .order_by(Assignment.id)
    )
    return list(db.session.execute(query))
