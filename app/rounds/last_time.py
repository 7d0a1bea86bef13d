"""What has changed among the people of a round since the round before."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.db import db
from app.engagements.models import Engagement, EngagementMember, EngagementRole
from app.engagements.queries import is_match
from app.rounds.models import SEEKING, Enrolment, MatchingRound, MatchingRoundProgramme
from app.rounds.queries import Counts, enrolment_counts
from app.rounds.states import RoundState


@dataclass(frozen=True, slots=True)
class Changes:
    """The round before, how many took part in it, and who came, went, or waits since."""

    name: str
    before: Counts
    came: int
    went: int
    waiting: int
    """Mentees of this round who got no mentor in the one before."""


def changes_since(matching_round: MatchingRound) -> Changes | None:
    """Compare a round with the one before of a same programme; None when it is the first."""
    before = round_before(matching_round)
    if before is None:
        return None
    round_id, name = before
    people = sa.select(
        _count(_people(matching_round.id).where(Enrolment.person_id.not_in(_people(round_id)))),
        _count(_people(round_id).where(Enrolment.person_id.not_in(_people(matching_round.id)))),
        _count(_waiting(matching_round.id, round_id)),
    )
    came, went, waiting = db.session.execute(people).one()
    return Changes(name, enrolment_counts(round_id), came, went, waiting)


def round_before(matching_round: MatchingRound) -> tuple[int, str] | None:
    """Return the id and the name of the latest published round before one, of a same programme, if any."""
    own, other = aliased(MatchingRoundProgramme), aliased(MatchingRoundProgramme)
    same_programme = (
        sa.select(other.matching_round_id)
        .join(own, own.programme_id == other.programme_id)
        .where(own.matching_round_id == matching_round.id)
    )
    found = db.session.execute(
        sa.select(MatchingRound.id, MatchingRound.name)
        .where(
            MatchingRound.id.in_(same_programme),
            MatchingRound.state.in_([RoundState.PUBLISHED, RoundState.COMPLETED]),
            MatchingRound.starts_on < matching_round.starts_on,
        )
        .order_by(MatchingRound.starts_on.desc(), MatchingRound.id.desc())
        .limit(1)
    ).first()
    return None if found is None else (found[0], found[1])


def _people(round_id: int) -> sa.Select[int]:
    return (
        sa.select(Enrolment.person_id)
        .where(Enrolment.matching_round_id == round_id, Enrolment.withdrawn_at.is_(None))
        .distinct()
    )


def _waiting(round_id: int, before_id: int) -> sa.Select[int]:
    """Return the mentees of a round who sought a mentor in the one before and got none."""
    earlier = aliased(Enrolment)
    sought = sa.select(earlier.person_id).where(
        earlier.matching_round_id == before_id,
        earlier.role.in_(SEEKING),
        earlier.withdrawn_at.is_(None),
    )
    got = (
        sa.select(EngagementMember.person_id)
        .join(Engagement)
        .where(
            Engagement.matching_round_id == before_id,
            EngagementMember.role != EngagementRole.MENTOR,
            is_match(),
        )
    )
    return _people(round_id).where(
        Enrolment.role.in_(SEEKING),
        Enrolment.person_id.in_(sought),
        Enrolment.person_id.not_in(got),
    )


def _count(people: sa.Select[int]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(people.subquery()).scalar_subquery()
