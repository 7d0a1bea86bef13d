"""What is left of a published round to be matched again: the people and places that are free.

Every match that goes on or waits for an answer stands, so it is no part of the problem; its places are taken.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.db import db
from app.engagements.models import (
    Answer,
    Engagement,
    EngagementMember,
    EngagementRole,
    EngagementState,
    ProposalAnswer,
)
from app.engagements.queries import is_match, is_open, is_overdue
from app.programmes.models import Programme
from app.rounds.models import MatchingRound
from app.rounds.snapshot_people import person_key
from matching import problem as engine

Side = tuple[str, EngagementRole, str]  # programme, role, person
MET = "They were matched in this round before."


@dataclass(frozen=True, slots=True)
class Taken:
    """What a published round has used up: places by side, and the pairs that are not proposed twice."""

    places: dict[Side, int]
    pairs: frozenset[tuple[str, str, str]]

    @classmethod
    def of(cls, matching_round: MatchingRound) -> "Taken":
        """Read what the matches of a round, and the answers to them, have used up."""
        return cls(_places(matching_round), frozenset(_pairs(matching_round)))


def free_part(problem: engine.Problem, matching_round: MatchingRound) -> engine.Problem:
    """Return the problem of a round without what its published matches have used up."""
    taken = Taken.of(matching_round)
    programmes = tuple(_with_free_places(row, taken) for row in problem.programmes)
    seeking = {(row.id, mentee.person) for row in programmes for mentee in row.mentees}
    offering = {(row.id, mentor.person) for row in programmes for mentor in row.mentors}
    known = {row.id for row in problem.people}
    met = {frozenset(pair) for pair in taken.pairs}
    return replace(
        problem,
        programmes=programmes,
        locks=tuple(
            row
            for row in problem.locks
            if (row.programme, row.members[0]) in seeking
            and (row.programme, row.members[1]) in offering
            and frozenset((row.programme, *row.members)) not in met
        ),
        bans=(
            *problem.bans,
            *(
                engine.Ban(programme=programme, members=(mentee, mentor), reason=MET)
                for programme, mentee, mentor in sorted(taken.pairs)
                if {mentee, mentor} <= known
            ),
        ),
    )


def _with_free_places(programme: engine.Programme, taken: Taken) -> engine.MentoringProgramme:
    """Return a programme with those who have places left, and wishes for them alone."""
    if not isinstance(programme, engine.MentoringProgramme):
        raise engine.ProblemError("$.programmes", "only mentoring programmes are matched again.")

    def left(role: EngagementRole, person: str, places: int) -> int:
        return places - taken.places.get((programme.id, role, person), 0)

    mentors = tuple(
        replace(row, capacity=places)
        for row in programme.mentors
        if (places := left(EngagementRole.MENTOR, row.person, row.capacity)) > 0
    )
    offering = {row.person for row in mentors}
    mentees = tuple(
        replace(row, places=places, wishes=tuple(wish for wish in row.wishes if wish in offering))
        for row in programme.mentees
        if (places := left(EngagementRole.MENTEE, row.person, row.places)) > 0
    )
    return replace(programme, mentees=mentees, mentors=mentors)


def _places(matching_round: MatchingRound) -> dict[Side, int]:
    """Count the places each person has given away in a round.

    A match that stands takes one. So does one that fell through because of the person themself: who said no
    and wants nobody else, and who said nothing in time, so that nobody waits for them twice.
    """
    own = aliased(ProposalAnswer)
    wants_nobody = sa.and_(own.answer == Answer.DECLINED, sa.not_(own.seeks_another))
    lapsed = sa.or_(Engagement.state == EngagementState.LAPSED, is_overdue())
    stands = sa.or_(Engagement.state.in_([EngagementState.ACTIVE, EngagementState.COMPLETED]), is_open())
    said_nothing = sa.and_(lapsed, own.person_id.is_(None))
    query = (
        sa.select(Programme.key, EngagementMember.role, EngagementMember.person_id, sa.func.count())
        .select_from(Engagement)
        .join(Programme, Programme.id == Engagement.programme_id)
        .join(EngagementMember, EngagementMember.engagement_id == Engagement.id)
        .outerjoin(
            own, sa.and_(own.engagement_id == Engagement.id, own.person_id == EngagementMember.person_id)
        )
        .where(Engagement.matching_round_id == matching_round.id, sa.or_(stands, wants_nobody, said_nothing))
        .group_by(Programme.key, EngagementMember.role, EngagementMember.person_id)
    )
    places: dict[Side, int] = defaultdict(int)
    for programme, role, person_id, count in db.session.execute(query):
        places[programme, role, person_key(person_id)] += count
    return places


def _pairs(matching_round: MatchingRound) -> Iterable[tuple[str, str, str]]:
    """Yield who was matched with whom in a round: nobody is asked about the same person twice."""
    mentee, mentor = aliased(EngagementMember), aliased(EngagementMember)
    query = (
        sa.select(Programme.key, mentee.person_id, mentor.person_id)
        .select_from(Engagement)
        .join(Programme, Programme.id == Engagement.programme_id)
        .join(mentee, sa.and_(mentee.engagement_id == Engagement.id, mentee.role == EngagementRole.MENTEE))
        .join(mentor, sa.and_(mentor.engagement_id == Engagement.id, mentor.role == EngagementRole.MENTOR))
        .where(
            Engagement.matching_round_id == matching_round.id,
            sa.or_(
                is_match(),
                Engagement.state.in_([EngagementState.DECLINED, EngagementState.LAPSED]),
                is_overdue(),
            ),
        )
    )
    for programme, mentee_id, mentor_id in db.session.execute(query):
        yield programme, person_key(mentee_id), person_key(mentor_id)
