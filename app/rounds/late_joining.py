"""Commands about whoever comes late: between closing and the matching HR can still add somebody."""

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import Person
from app.people.service import change_mentoring, hold
from app.programmes.models import Programme
from app.rounds.enrolling import (
    check_part,
    day_that_counts,
    enrolment_for,
    hold_round,
    is_led_by_profiles,
    record,
    refusal_of_audience,
)
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.rounds.states import STATE_WORDS, RoundState
from app.words import long_date


def check_may_add(matching_round: MatchingRound) -> None:
    """Refuse to add somebody while people can join by themselves, and once a plan is made without them.

    Raises:
        Conflict: with the reason.
    """
    if matching_round.state in (RoundState.DRAFT, RoundState.OPEN):
        raise Conflict(f"{matching_round.name} is not closed yet, so people join by themselves.")
    if matching_round.state is RoundState.PROPOSED:
        raise Conflict(f"{matching_round.name} has been matched. Open enrolment again to add somebody.")
    if matching_round.state is not RoundState.CLOSED:
        state = STATE_WORDS[matching_round.state]
        raise Conflict(f"{matching_round.name} is {state}, so nobody can be added.")


def add_late(
    person: Person | None,
    matching_round: MatchingRound,
    *,
    programme: Programme,
    role: EnrolmentRole,
    places: int,
    by: audit.Actor,
) -> Enrolment:
    """Let a person take part although enrolment has closed; their own page tells them.

    The profile of a mentor in mentoring follows: it never promises fewer places than they offer here.

    Raises:
        Conflict: when it is not the time.
        Invalid: when the person takes part already, does not want to, is away, or is not meant.
    """
    hold_round(matching_round)
    check_may_add(matching_round)
    if person is None:
        raise Invalid("Choose one of the people found.", field="person_id")
    hold(person.id)
    db.session.refresh(person)
    check_part(matching_round, programme, role, places)
    _check_is_here(person, matching_round)
    refusal = refusal_of_audience(person, programme, role)
    if refusal is not None:
        raise Invalid(refusal, field="person_id")
    enrolment = enrolment_for(person, matching_round, programme, role)
    _check_is_new(person, enrolment)
    enrolment.places = places
    enrolment.withdrawn_at = None
    enrolment.added_late_at = clock.now()
    is_mentor = role is EnrolmentRole.MENTOR and is_led_by_profiles(programme)
    if is_mentor and person.mentor_capacity < places:
        change_mentoring(person, seeks_mentor=person.seeks_mentor, mentor_capacity=places, by=by)
    db.session.flush()
    record("enrolment.added_late", enrolment, by=by, places=places)
    return enrolment


def take_out(enrolment: Enrolment, matching_round: MatchingRound, *, by: audit.Actor) -> None:
    """Undo that somebody was added late.

    Raises:
        Conflict: when it is not the time, or they were not added late.
    """
    hold_round(matching_round)
    check_may_add(matching_round)
    db.session.refresh(enrolment)
    if enrolment.added_late_at is None:
        raise Conflict("Only somebody who was added late can be taken out. Others withdraw by themselves.")
    if enrolment.withdrawn_at is None:
        enrolment.withdrawn_at, enrolment.added_late_at = clock.now(), None
        db.session.flush()
        record("enrolment.taken_out", enrolment, by=by)


def late_joiners(round_id: int) -> list[Enrolment]:
    """Return the parts that HR has added late, the latest first."""
    query = (
        sa.select(Enrolment)
        .where(
            Enrolment.matching_round_id == round_id,
            Enrolment.added_late_at.is_not(None),
            Enrolment.withdrawn_at.is_(None),
        )
        .order_by(Enrolment.added_late_at.desc(), Enrolment.id.desc())
        .options(sa.orm.joinedload(Enrolment.person))
    )
    return list(db.session.scalars(query))


def _check_is_here(person: Person, matching_round: MatchingRound) -> None:
    day = day_that_counts(matching_round)
    if person.has_left(day) or person.is_paused(day):
        raise Invalid(f"{person.name} is away on {long_date(day)}.", field="person_id")


def _check_is_new(person: Person, enrolment: Enrolment) -> None:
    if enrolment.id is None:
        return
    if enrolment.withdrawn_at is None:
        raise Invalid(f"{person.name} takes part in this way already.", field="person_id")
    if enrolment.added_late_at is not None:
        raise Invalid(f"{person.name} was added before and has withdrawn.", field="person_id")
