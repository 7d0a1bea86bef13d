"""What people are told of a round before its deadlines: that they can join, that time runs out, who waits."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.db import db
from app.engagements.models import (
    Engagement,
    EngagementCheckIn,
    EngagementKind,
    EngagementMember,
    EngagementState,
    ProposalAnswer,
)
from app.notifications.models import NotificationKind
from app.notifications.service import News, tell
from app.people.models import Person
from app.programmes import messages
from app.programmes.audience import may_take_part, roles_of
from app.programmes.models import MessageKind, Programme
from app.rounds.enrolling import is_available
from app.rounds.models import Enrolment, MatchingRound
from app.rounds.states import RoundState
from app.words import days_away, long_date

AHEAD = timedelta(days=3)
"""How long before a deadline people are reminded of it."""
LATE = timedelta(days=30)
"""How long after its day a check-in is still worth a reminder."""
_PAGES = {
    EngagementKind.MENTORSHIP: "mentorships.show",
    EngagementKind.PEER_COACHING: "peers.show",
    EngagementKind.GROUP_MENTORING: "mentorships.show_group",
}


def remind() -> None:
    """Tell everybody what they have not been told yet; to ask for it twice tells nobody twice."""
    today = clock.today()
    opened = sa.select(MatchingRound).where(
        MatchingRound.state == RoundState.OPEN, MatchingRound.closes_on >= today
    )
    for matching_round in db.session.scalars(opened.order_by(MatchingRound.id)):
        tell(_invitations(matching_round))
        if matching_round.closes_on <= today + AHEAD:
            tell(_last_days(matching_round))
    tell(_unanswered())
    tell(_check_ins())


def invite(matching_round: MatchingRound) -> None:
    """Tell everybody who may take part in a round that it is open."""
    if matching_round.state is RoundState.OPEN:
        tell(_invitations(matching_round))


def _invitations(matching_round: MatchingRound) -> Iterator[News]:
    for programme in matching_round.programmes:
        for person_id, name in _who_may(programme, matching_round, enrolled_too=True):
            values: dict[str, str | date] = {
                "name": name,
                "round": matching_round.name,
                "starts_on": matching_round.starts_on,
            }
            yield News(
                person_id=person_id,
                kind=NotificationKind.INVITATION,
                occasion=f"invitation:{matching_round.id}:{programme.id}",
                subject=f"You can join {programme.name} in {matching_round.name}",
                body=messages.render(programme, MessageKind.INVITATION, values),
                endpoint="rounds.enrolment",
                arguments={"round_id": matching_round.id},
            )


def _last_days(matching_round: MatchingRound) -> Iterator[News]:
    closes_on = matching_round.closes_on
    for programme in matching_round.programmes:
        for person_id, _name in _who_may(programme, matching_round, enrolled_too=False):
            yield News(
                person_id=person_id,
                kind=NotificationKind.REMINDER,
                occasion=f"closing:{matching_round.id}:{closes_on}",
                subject=f"Enrolment in {matching_round.name} closes on {long_date(closes_on)}",
                body=f"That is {days_away(closes_on)}. You do not take part yet.",
                endpoint="rounds.enrolment",
                arguments={"round_id": matching_round.id},
            )


def _who_may(
    programme: Programme, matching_round: MatchingRound, *, enrolled_too: bool
) -> list[tuple[int, str]]:
    """Return who may take part in a programme of a round, by id; or only those who do not take part yet."""
    query = sa.select(Person.id, Person.name).where(
        is_available(matching_round.starts_on),
        sa.or_(*(may_take_part(programme.id, role) for role in roles_of(programme.kind))),
    )
    if not enrolled_too:
        enrolled = sa.exists().where(
            Enrolment.matching_round_id == matching_round.id,
            Enrolment.person_id == Person.id,
            Enrolment.withdrawn_at.is_(None),
        )
        query = query.where(~enrolled)
    return [(row.id, row.name) for row in db.session.execute(query.order_by(Person.id))]


def _unanswered() -> Iterator[News]:
    """Remind those who have not answered a proposal whose last day is near."""
    today = clock.today()
    answered = sa.exists().where(
        ProposalAnswer.engagement_id == Engagement.id, ProposalAnswer.person_id == EngagementMember.person_id
    )
    query: Any = (
        sa.select(Engagement.id, Engagement.answer_by, EngagementMember.person_id)
        .join(EngagementMember, EngagementMember.engagement_id == Engagement.id)
        .where(
            Engagement.state == EngagementState.PROPOSED,
            Engagement.answer_by.between(today, today + AHEAD),
            ~answered,
        )
        .order_by(Engagement.id, EngagementMember.person_id)
    )
    for engagement_id, answer_by, person_id in db.session.execute(query):
        yield News(
            person_id=person_id,
            kind=NotificationKind.REMINDER,
            occasion=f"answer:{engagement_id}:{answer_by}",
            subject=f"A match waits for your answer until {long_date(answer_by)}",
            body="Accept or decline, or it does not come about.",
            endpoint="mentorships.show",
            arguments={"engagement_id": engagement_id},
        )


def _check_ins() -> Iterator[News]:
    """Remind people of the days on which they look at how it goes, from that day on."""
    query: Any = (
        sa.select(EngagementCheckIn, Engagement.kind, EngagementMember.person_id)
        .join(Engagement, Engagement.id == EngagementCheckIn.engagement_id)
        .join(EngagementMember, EngagementMember.engagement_id == Engagement.id)
        .where(
            Engagement.state == EngagementState.ACTIVE,
            EngagementCheckIn.done_at.is_(None),
            EngagementCheckIn.due_on.between(clock.today() - LATE, clock.today()),
        )
        .order_by(EngagementCheckIn.engagement_id, EngagementCheckIn.position, EngagementMember.person_id)
    )
    for check_in, kind, person_id in db.session.execute(query):
        yield News(
            person_id=person_id,
            kind=NotificationKind.REMINDER,
            occasion=f"check_in:{check_in.engagement_id}:{check_in.position}",
            subject=f"Time to talk about it: {check_in.words}",
            body=f"This was planned for {long_date(check_in.due_on)}.",
            endpoint=_PAGES[kind],
            arguments={"engagement_id": check_in.engagement_id},
        )
