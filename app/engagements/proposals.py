"""Commands about proposals: both people accept, one declines, or the last day to answer passes."""

from collections.abc import Sequence

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.engagements.models import (
    Answer,
    DeclineReason,
    Engagement,
    EngagementMember,
    EngagementRole,
    EngagementState,
    ProposalAnswer,
)
from app.engagements.queries import is_overdue
from app.engagements.signals import has_begun
from app.engagements.states import FELL_THROUGH
from app.engagements.telling import did_not_come_about
from app.errors import Conflict
from app.notifications.service import tell
from app.people.models import Person
from app.people.service import hold
from app.text import cleaned_text
from app.words import long_date, plural

DID_NOT_COME_ABOUT = "This match did not come about, so there is nothing left to answer."


def check_may_answer(engagement: Engagement) -> None:
    """Refuse an answer to what is settled, and one that comes too late.

    Raises:
        Conflict: with the reason, in words that say nothing about what the other person did.
    """
    if engagement.state is EngagementState.WITHDRAWN:
        raise Conflict("HR has taken this match back, so there is nothing left to answer.")
    if engagement.state in FELL_THROUGH:
        raise Conflict(DID_NOT_COME_ABOUT)
    if engagement.state is not EngagementState.PROPOSED:
        raise Conflict("You have both accepted, so the mentorship has begun.")
    if engagement.answer_by is not None and engagement.answer_by < clock.today():
        raise Conflict(
            f"The last day to answer was {long_date(engagement.answer_by)}, so this match did not come about."
        )


def accept(engagement: Engagement, *, person_id: int, by: audit.Actor) -> bool:
    """Say yes for a person; tell whether everybody has now, so that the engagement has begun.

    A second yes changes nothing. A mentor never gets more engagements of a round than they have places at
    that instant: their profile is held while it is counted.

    Raises:
        Conflict: when it is settled otherwise, too late, or the mentor has no place left.
    """
    mentors = _mentors_of(engagement)
    for mentor_id in mentors:
        hold(mentor_id)
    answers = _held(engagement)
    if _has_said(answers, person_id, Answer.ACCEPTED) and engagement.state is not EngagementState.PROPOSED:
        if engagement.state in FELL_THROUGH:
            check_may_answer(engagement)
        return engagement.state is EngagementState.ACTIVE
    check_may_answer(engagement)
    if _has_said(answers, person_id, Answer.ACCEPTED):
        return False
    accepted = {row.person_id for row in answers} | {person_id}
    is_whole = accepted >= {member.person_id for member in engagement.members}
    for mentor_id in mentors:
        _check_place(engagement, mentor_id, asks=person_id)
    _write(engagement, person_id, answer=Answer.ACCEPTED)
    _record("proposal.accepted", engagement, person_id, by=by)
    if is_whole:
        _settle(engagement, EngagementState.ACTIVE)
        audit.record_all(_begun(engagement), by=by)
        has_begun.send(engagement)
    return is_whole


def decline(
    engagement: Engagement,
    *,
    person_id: int,
    reason: DeclineReason,
    words: str,
    seeks_another: bool,
    by: audit.Actor,
) -> None:
    """Say no for a person, also after a yes while the other has not answered; a second no changes nothing.

    Raises:
        Conflict: when it is settled otherwise, or too late.
    """
    answers = _held(engagement)
    if _has_said(answers, person_id, Answer.DECLINED):
        return
    check_may_answer(engagement)
    _write(
        engagement,
        person_id,
        answer=Answer.DECLINED,
        reason=reason,
        words=cleaned_text(words),
        seeks_another=seeks_another,
    )
    _settle(engagement, EngagementState.DECLINED)
    # The reason is not in the trail: it is for HR, and the trail has other readers.
    _record("proposal.declined", engagement, person_id, by=by)
    tell(did_not_come_about([engagement.id], but_for=person_id))


def lapse_overdue() -> int:
    """End the proposals whose last day has passed; return how many."""
    overdue = sa.select(Engagement).where(is_overdue()).order_by(Engagement.id)
    rows = db.session.scalars(
        overdue.with_for_update(of=Engagement).execution_options(populate_existing=True)
    ).all()
    for row in rows:
        _settle(row, EngagementState.LAPSED)
    audit.record_all([audit.Entry("proposal.lapsed", "engagement", row.id) for row in rows], by=audit.WORKER)
    tell(did_not_come_about([row.id for row in rows]))
    return len(rows)


def _held(engagement: Engagement) -> Sequence[ProposalAnswer]:
    """Read a proposal and its answers as they are now, and let nobody change them meanwhile."""
    db.session.refresh(engagement, ["state", "answer_by"], with_for_update=True)
    query = sa.select(ProposalAnswer).filter_by(engagement_id=engagement.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _has_said(answers: Sequence[ProposalAnswer], person_id: int, answer: Answer) -> bool:
    return any(row.person_id == person_id and row.answer is answer for row in answers)


def _mentors_of(engagement: Engagement) -> list[int]:
    return sorted(row.person_id for row in engagement.members if row.role is EngagementRole.MENTOR)


def _check_place(engagement: Engagement, mentor_id: int, *, asks: int) -> None:
    """Refuse when a mentor's places are taken; what they promised themself counts when they promise more."""
    mentor = db.session.get_one(Person, mentor_id, populate_existing=True)
    own = mentor_id == asks
    taken = _places_taken(engagement, mentor_id, with_promises=own)
    if taken < mentor.mentor_capacity:
        return
    if own:
        offered = plural(mentor.mentor_capacity, "person", "people")
        raise Conflict(
            f"Your profile says that you mentor {offered}, and you have accepted {taken}. "
            "Offer more places in your profile, or decline."
        )
    raise Conflict(
        f"{mentor.name} takes fewer people than before, so there is no place left. "
        "You can decline and have somebody else looked for."
    )


def _places_taken(engagement: Engagement, mentor_id: int, *, with_promises: bool) -> int:
    """Count the other engagements of a mentor in the same round and programme."""
    promised = sa.and_(
        Engagement.state == EngagementState.PROPOSED,
        sa.exists().where(
            ProposalAnswer.engagement_id == Engagement.id,
            ProposalAnswer.person_id == mentor_id,
            ProposalAnswer.answer == Answer.ACCEPTED,
        ),
    )
    going_on = Engagement.state == EngagementState.ACTIVE
    query = (
        sa.select(sa.func.count())
        .select_from(Engagement)
        .join(EngagementMember)
        .where(
            EngagementMember.person_id == mentor_id,
            EngagementMember.role == EngagementRole.MENTOR,
            Engagement.id != engagement.id,
            Engagement.programme_id == engagement.programme_id,
            Engagement.matching_round_id.is_not_distinct_from(engagement.matching_round_id),
            sa.or_(going_on, promised) if with_promises else going_on,
        )
    )
    return db.session.scalar(query) or 0


def _write(engagement: Engagement, person_id: int, **values: object) -> None:
    """Keep an answer, in the place of the one before."""
    row = db.session.get(ProposalAnswer, (engagement.id, person_id)) or ProposalAnswer(
        engagement_id=engagement.id, person_id=person_id
    )
    row.answered_at = clock.now()
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()


def _settle(engagement: Engagement, state: EngagementState) -> None:
    engagement.state, engagement.settled_at = state, clock.now()
    db.session.flush()


def _begun(engagement: Engagement) -> list[audit.Entry]:
    return [
        audit.Entry("mentorship.began", "engagement", engagement.id, person_id=row.person_id)
        for row in engagement.members
        if row.role is not EngagementRole.MENTOR
    ]


def _record(action: str, engagement: Engagement, person_id: int, *, by: audit.Actor) -> None:
    audit.record(audit.Entry(action, "engagement", engagement.id, person_id=person_id), by=by)
