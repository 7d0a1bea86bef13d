"""What the pages of programmes ask of rounds: how each programme stands in the round it is busy with."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from app import clock
from app.db import db
from app.programmes.signals import Standing, standings
from app.rounds.models import Enrolment, MatchingRound, MatchingRoundProgramme
from app.rounds.states import STATE_WORDS, RoundState

BUSY = (RoundState.DRAFT, RoundState.OPEN, RoundState.CLOSED, RoundState.SOLVING, RoundState.PROPOSED)
CURRENT = (*BUSY, RoundState.PUBLISHED)
WAITS_FOR = {
    RoundState.DRAFT: "Open enrolment",
    RoundState.CLOSED: "Run the matching",
    RoundState.PROPOSED: "Review the matches",
}


@standings.connect
def standings_of(programme_ids: Collection[int]) -> dict[int, Standing]:
    """Answer how programmes stand: in the next round that is not published yet, else in the one under way."""
    rounds = _current_rounds(programme_ids)
    people = _people_in({row.id for row in rounds.values()})
    return {
        programme_id: _standing(row, people.get((row.id, programme_id), 0))
        for programme_id, row in rounds.items()
    }


def _current_rounds(programme_ids: Collection[int]) -> dict[int, MatchingRound]:
    is_busy = sa.case((MatchingRound.state.in_(BUSY), 0), else_=1)
    query = (
        sa.select(MatchingRoundProgramme.programme_id, MatchingRound)
        .join(MatchingRound, MatchingRound.id == MatchingRoundProgramme.matching_round_id)
        .where(MatchingRoundProgramme.programme_id.in_(programme_ids), MatchingRound.state.in_(CURRENT))
        .order_by(is_busy, MatchingRound.starts_on, MatchingRound.id)
    )
    found: dict[int, MatchingRound] = {}
    for programme_id, matching_round in db.session.execute(query):
        found.setdefault(programme_id, matching_round)
    return found


def _people_in(round_ids: Collection[int]) -> dict[tuple[int, int], int]:
    query = (
        sa.select(
            Enrolment.matching_round_id,
            Enrolment.programme_id,
            sa.func.count(sa.distinct(Enrolment.person_id)),
        )
        .where(Enrolment.matching_round_id.in_(round_ids), Enrolment.withdrawn_at.is_(None))
        .group_by(Enrolment.matching_round_id, Enrolment.programme_id)
    )
    return {(round_id, programme_id): count for round_id, programme_id, count in db.session.execute(query)}


def _standing(matching_round: MatchingRound, people: int) -> Standing:
    words, day = _next(matching_round)
    return Standing(
        round_id=matching_round.id,
        round_name=matching_round.name,
        state=STATE_WORDS[matching_round.state],
        people=people,
        next_words=words,
        next_on=day,
        waits_for=_waits_for(matching_round),
    )


def _next(matching_round: MatchingRound) -> tuple[str, date]:
    match matching_round.state:
        case RoundState.DRAFT:
            return "Enrolment opens", matching_round.opens_on
        case RoundState.OPEN:
            return "Enrolment closes", matching_round.closes_on
        case RoundState.PUBLISHED:
            return "The matches end", matching_round.ends_on
        case _:
            return "The matches start", matching_round.starts_on


def _waits_for(matching_round: MatchingRound) -> str | None:
    today = clock.today()
    if matching_round.state is RoundState.OPEN and today > matching_round.closes_on:
        return "Close enrolment"
    if matching_round.state is RoundState.PUBLISHED and today > matching_round.ends_on:
        return "Complete the round"
    return WAITS_FOR.get(matching_round.state)
