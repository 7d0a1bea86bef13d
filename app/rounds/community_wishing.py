"""Which communities somebody would like: the command, and what its page reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app import audit
from app.communities.models import Community
from app.db import db
from app.errors import Conflict, Invalid, Missing
from app.people.service import hold
from app.programmes.communities import communities_in, takes_part
from app.programmes.models import Programme
from app.rounds.enrolling import check_may_enrol, hold_round
from app.rounds.group_models import CommunityWish
from app.rounds.models import MOST_WISHES, Enrolment, EnrolmentRole, MatchingRound


@dataclass(frozen=True, slots=True)
class Choice:
    """A community that can be named, with its purpose."""

    community_id: int
    name: str
    purpose: str


def part_in(person_id: int, matching_round: MatchingRound, programme_id: int) -> Enrolment:
    """Return a person's wish for communities in a programme of a round.

    Raises:
        Missing: when they seek none there.
    """
    found = db.session.scalar(
        sa.select(Enrolment).filter_by(
            matching_round_id=matching_round.id,
            programme_id=programme_id,
            person_id=person_id,
            role=EnrolmentRole.MEMBER,
            withdrawn_at=None,
        )
    )
    if found is None:
        raise Missing
    return found


def choices_of(programme: Programme) -> list[Choice]:
    """Return the communities that can be named in a programme, by name."""
    return [Choice(row.id, row.name, row.purpose) for row in communities_in(programme)]


def named_by(enrolment: Enrolment) -> list[int]:
    """Return the communities somebody has named, the one they would like best first."""
    query = sa.select(CommunityWish.community_id).filter_by(enrolment_id=enrolment.id)
    return list(db.session.scalars(query.order_by(CommunityWish.position)))


def name_communities(
    enrolment: Enrolment, matching_round: MatchingRound, ids: Sequence[int], *, by: audit.Actor
) -> None:
    """Put a list of communities in the place of the one before. The trail does not say which.

    Raises:
        Conflict: when it is not the time, or the wish is withdrawn.
        Invalid: when one stands there twice, or takes no part.
    """
    hold_round(matching_round)
    check_may_enrol(matching_round)
    hold(enrolment.person_id)
    db.session.refresh(enrolment)
    if enrolment.withdrawn_at is not None:
        raise Conflict(f"You have withdrawn your wish for communities in {matching_round.name}.")
    _check(enrolment.programme_id, ids)
    if named_by(enrolment) == list(ids):
        return
    db.session.execute(sa.delete(CommunityWish).filter_by(enrolment_id=enrolment.id))
    rows = [
        {"enrolment_id": enrolment.id, "position": position, "community_id": community_id}
        for position, community_id in enumerate(ids, start=1)
    ]
    if rows:
        db.session.execute(sa.insert(CommunityWish), rows)
    audit.record(audit.Entry("wish.communities_named", "enrolment", enrolment.id, enrolment.person_id), by=by)


def _check(programme_id: int, ids: Sequence[int]) -> None:
    for place, community_id in enumerate(ids, start=1):
        if community_id in ids[: place - 1]:
            raise Invalid("You have named this community already.", field=f"place_{place}")
    known = sa.select(sa.func.count()).where(Community.id.in_(ids), takes_part(programme_id))
    if len(ids) > MOST_WISHES or db.session.scalar(known) != len(ids):
        raise Invalid("Choose among the communities of this programme.", field="place_1")
