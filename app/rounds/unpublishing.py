"""The command that takes a publication back, while nobody has acted on it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.engagements.models import (
    Engagement,
    EngagementCheckIn,
    EngagementMember,
    EngagementState,
    ProposalAnswer,
)
from app.engagements.queries import is_match
from app.errors import Conflict
from app.feedback.models import Feedback
from app.notifications.models import NotificationKind
from app.notifications.service import News, tell
from app.rounds.check_ins import take_back_check_ins
from app.rounds.models import Enrolment, MatchingRound, Run
from app.rounds.publishing_groups import members_told, take_back_memberships, was_acted_on
from app.rounds.service import move
from app.rounds.states import STATE_WORDS, RoundState
from app.sessions.models import MentoringSession

WITHIN = timedelta(hours=24)
TAKEN_BACK = "HR took the matches of the round back"
ACTED_ON = "The matches cannot be taken back: somebody has acted on theirs already."


def check_may_unpublish(matching_round: MatchingRound) -> None:
    """Refuse what is not published, or was a day ago or more.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if matching_round.state is not RoundState.PUBLISHED:
        state = STATE_WORDS[matching_round.state]
        raise Conflict(f"{matching_round.name} is {state}, so there is nothing to take back.")
    published_at = matching_round.published_at
    if published_at is None or clock.now() - published_at > WITHIN:
        raise Conflict(f"{matching_round.name} was published more than 24 hours ago, so its matches stand.")


def check_untouched(matching_round: MatchingRound) -> None:
    """Refuse when a match of the round was answered, has ended, or left any other trace.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    own = Engagement.matching_round_id == matching_round.id
    traces: list[Any] = [
        sa.exists().where(own, table.engagement_id == Engagement.id)
        for table in (ProposalAnswer, MentoringSession, Feedback)
    ]
    untouched = (EngagementState.PROPOSED, EngagementState.ACTIVE, EngagementState.WITHDRAWN)
    traces.append(sa.exists().where(own, Engagement.state.not_in(untouched)))
    talked = EngagementCheckIn.done_at.is_not(None)
    traces.append(sa.exists().where(own, EngagementCheckIn.engagement_id == Engagement.id, talked))
    traces.append(was_acted_on(matching_round))
    if db.session.scalar(sa.select(sa.or_(*traces))):
        raise Conflict(ACTED_ON)


def people_told(matching_round: MatchingRound) -> int:
    """Count who sees a match of a round now."""
    matched = (
        sa.select(EngagementMember.person_id)
        .join(Engagement)
        .where(Engagement.matching_round_id == matching_round.id, is_match())
    )
    people = sa.union(matched, members_told(matching_round)).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(people)) or 0


def unpublish(matching_round: MatchingRound, *, by: audit.Actor) -> int:
    """Take every match of a round back; return how many. The round waits for review again, with its run.

    Raises:
        Conflict: when it is too late, or somebody was faster with an answer.
    """
    check_may_unpublish(matching_round)
    move(matching_round, RoundState.PROPOSED, published_at=None, answer_by=None)
    # The matches are held before anybody looks for answers: whoever answers now waits, and finds them gone.
    taken = db.session.scalars(
        sa.update(Engagement)
        .where(
            Engagement.matching_round_id == matching_round.id,
            Engagement.state.in_([EngagementState.PROPOSED, EngagementState.ACTIVE]),
        )
        .values(state=EngagementState.WITHDRAWN, settled_at=clock.now(), ended_reason=TAKEN_BACK)
        .returning(Engagement.id)
        .execution_options(synchronize_session=False)
    ).all()
    check_untouched(matching_round)
    take_back_check_ins(matching_round)
    removed = take_back_memberships(matching_round)
    db.session.execute(
        sa.update(Run).where(Run.matching_round_id == matching_round.id).values(published_at=None)
    )
    details = {"name": matching_round.name, "mentorships": len(taken) + len(removed)}
    audit.record_all(
        [
            audit.Entry("round.unpublished", "matching_round", matching_round.id, details=details),
            *(audit.Entry("mentorship.taken_back", "engagement", row_id) for row_id in sorted(taken)),
            *removed,
        ],
        by=by,
    )
    tell(_news_of(matching_round))
    db.session.expire_all()
    return len(taken) + len(removed)


def _news_of(matching_round: MatchingRound) -> Iterator[News]:
    """Tell everybody who takes part that what they were told no longer holds."""
    query = (
        sa.select(Enrolment.person_id)
        .filter_by(matching_round_id=matching_round.id, withdrawn_at=None)
        .distinct()
        .order_by(Enrolment.person_id)
    )
    for person_id in db.session.scalars(query):
        yield News(
            person_id=person_id,
            kind=NotificationKind.TAKEN_BACK,
            occasion=f"taken_back:{matching_round.id}:{int(clock.now().timestamp())}",
            subject=f"HR has taken the matches of {matching_round.name} back",
            body="What you were told about your match no longer holds. You hear again when HR publishes.",
            endpoint="rounds.enrolment",
            arguments={"round_id": matching_round.id},
        )
