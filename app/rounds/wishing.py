"""Whom a mentee would like as mentor: commands, and what the page of wishes reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app import audit
from app.db import db
from app.errors import Conflict, Invalid, Missing
from app.people.models import Person, PersonalBlock
from app.people.queries import name_holds
from app.people.service import hold
from app.rounds.enrolling import (
    check_may_enrol,
    day_that_counts,
    hold_round,
    is_available,
    places_given,
)
from app.rounds.models import MOST_WISHES, Enrolment, EnrolmentRole, EnrolmentWish, MatchingRound
from app.text import folded

MOST_FOUND = 8
FEWEST_TOLD = 5  # so many others, before anybody is told how many have named a mentor


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody a mentee has named; `others` have named them too, None when too few to be told."""

    mentor: Person
    places: int
    others: int | None


def add_wish(enrolment: Enrolment, matching_round: MatchingRound, mentor_id: int, *, by: audit.Actor) -> None:
    """Put a mentor of the same programme at the end of a mentee's list. The trail does not say whom.

    Someone who never wants to meet the mentee is taken like anybody: nobody learns of it.

    Raises:
        Conflict: when it is not the time.
        Invalid: when nobody such offers places, they are named already, or the list is full.
    """
    named = _held_list(enrolment, matching_round)
    mentor = db.session.scalar(_mentors_for(enrolment, matching_round).where(Person.id == mentor_id))
    if mentor is None:
        raise Invalid("Choose somebody who is a mentor in this round.", field="name")
    if mentor.id in named:
        raise Invalid(f"{mentor.name} is on your list already.", field="name")
    if len(named) >= MOST_WISHES:
        raise Invalid(f"Your list is full: it holds {MOST_WISHES} people.", field="name")
    _keep(enrolment, [*named, mentor.id])
    _record("wish.added", enrolment, by=by)


def remove_wish(
    enrolment: Enrolment, matching_round: MatchingRound, mentor_id: int, *, by: audit.Actor
) -> None:
    """Take somebody off a mentee's list; whoever comes after moves up.

    Raises:
        Conflict: when it is not the time.
    """
    named = _held_list(enrolment, matching_round)
    if mentor_id in named:
        _keep(enrolment, [other for other in named if other != mentor_id])
        _record("wish.removed", enrolment, by=by)


def move_wish_up(
    enrolment: Enrolment, matching_round: MatchingRound, mentor_id: int, *, by: audit.Actor
) -> None:
    """Let somebody change places with the one before them.

    Raises:
        Conflict: when it is not the time.
    """
    _move(enrolment, matching_round, mentor_id, by=by, step=-1)


def move_wish_down(
    enrolment: Enrolment, matching_round: MatchingRound, mentor_id: int, *, by: audit.Actor
) -> None:
    """Let somebody change places with the one after them.

    Raises:
        Conflict: when it is not the time.
    """
    _move(enrolment, matching_round, mentor_id, by=by, step=1)


def wish_enrolment(person_id: int, matching_round: MatchingRound, programme_id: int) -> Enrolment:
    """Return a person's wish for a mentor in a programme, to which named people belong.

    Raises:
        Missing: when they do not seek a mentor there.
    """
    wish = db.session.scalar(
        sa.select(Enrolment).filter_by(
            matching_round_id=matching_round.id,
            programme_id=programme_id,
            person_id=person_id,
            role=EnrolmentRole.MENTEE,
            withdrawn_at=None,
        )
    )
    if wish is None:
        raise Missing
    return wish


def wishes_of(enrolment: Enrolment) -> list[Wish]:
    """Return whom a mentee has named, in order, with how many others did and how many places there are."""
    offer, other, others_wish = aliased(Enrolment), aliased(Enrolment), aliased(EnrolmentWish)
    others = (
        sa.select(sa.func.count())
        .select_from(others_wish)
        .join(other, other.id == others_wish.enrolment_id)
        .where(
            others_wish.mentor_id == EnrolmentWish.mentor_id,
            others_wish.enrolment_id != enrolment.id,
            other.matching_round_id == enrolment.matching_round_id,
            other.programme_id == enrolment.programme_id,
            other.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )
    offered = sa.and_(
        offer.person_id == EnrolmentWish.mentor_id,
        offer.matching_round_id == enrolment.matching_round_id,
        offer.programme_id == enrolment.programme_id,
        offer.role == EnrolmentRole.MENTOR,
        offer.withdrawn_at.is_(None),
    )
    query = (
        sa.select(Person, sa.func.coalesce(places_given(offer), 0), others)
        .join(EnrolmentWish, EnrolmentWish.mentor_id == Person.id)
        .outerjoin(offer, offered)
        .where(EnrolmentWish.enrolment_id == enrolment.id)
        .order_by(EnrolmentWish.position)
        .options(joinedload(Person.department))
    )
    return [
        Wish(mentor, places, count if count >= FEWEST_TOLD else None)
        for mentor, places, count in db.session.execute(query)
    ]


def mentors_called(enrolment: Enrolment, matching_round: MatchingRound, name: str) -> Sequence[Person]:
    """Return the mentors a mentee may name who go by this name or part of it, at most a handful."""
    if not name:
        return []
    query = (
        _mentors_for(enrolment, matching_round)
        .where(*(name_holds(word) for word in name.split()))
        .order_by(Person.name, Person.id)
        .limit(MOST_FOUND)
    )
    return db.session.scalars(query).all()


def mentor_named(enrolment: Enrolment, matching_round: MatchingRound, name: str) -> Person | None:
    """Return the one mentor who goes by exactly this name, if there is just one."""
    found = [
        one for one in mentors_called(enrolment, matching_round, name) if folded(one.name) == folded(name)
    ]
    return found[0] if len(found) == 1 else None


def wishers(round_id: int) -> int:
    """Count the mentees of a round who have named somebody."""
    query = (
        sa.select(sa.func.count(Enrolment.person_id.distinct()))
        .join(EnrolmentWish, EnrolmentWish.enrolment_id == Enrolment.id)
        .where(Enrolment.matching_round_id == round_id, Enrolment.withdrawn_at.is_(None))
    )
    return db.session.scalar(query) or 0


def _mentors_for(enrolment: Enrolment, matching_round: MatchingRound) -> sa.Select[Person]:
    """Select who offers places in the programme of a wish, without those the mentee never wants to meet."""
    offers = sa.select(Enrolment.person_id).filter_by(
        matching_round_id=enrolment.matching_round_id,
        programme_id=enrolment.programme_id,
        role=EnrolmentRole.MENTOR,
        withdrawn_at=None,
    )
    own_blocks = sa.select(PersonalBlock.blocked_person_id).filter_by(person_id=enrolment.person_id)
    return (
        sa.select(Person)
        .where(
            Person.id.in_(offers),
            Person.id != enrolment.person_id,
            Person.id.not_in(own_blocks),
            is_available(day_that_counts(matching_round)),
        )
        .options(joinedload(Person.department))
    )


def _held_list(enrolment: Enrolment, matching_round: MatchingRound) -> list[int]:
    """Return whom a mentee has named, in order, and let nobody else change the list or close the round."""
    hold_round(matching_round)
    check_may_enrol(matching_round)
    hold(enrolment.person_id)
    db.session.refresh(enrolment)
    if enrolment.withdrawn_at is not None:
        raise Conflict(f"You have withdrawn your wish for a mentor in {matching_round.name}.")
    query = sa.select(EnrolmentWish.mentor_id).filter_by(enrolment_id=enrolment.id)
    return list(db.session.scalars(query.order_by(EnrolmentWish.position)))


def _keep(enrolment: Enrolment, mentor_ids: Sequence[int]) -> None:
    """Write the list anew: in place, two rows could not change theirs."""
    db.session.execute(sa.delete(EnrolmentWish).filter_by(enrolment_id=enrolment.id))
    rows = [
        {"enrolment_id": enrolment.id, "position": position, "mentor_id": mentor_id}
        for position, mentor_id in enumerate(mentor_ids, start=1)
    ]
    if rows:
        db.session.execute(sa.insert(EnrolmentWish), rows)


def _move(
    enrolment: Enrolment, matching_round: MatchingRound, mentor_id: int, *, by: audit.Actor, step: int
) -> None:
    named = _held_list(enrolment, matching_round)
    if mentor_id not in named:
        return
    place = named.index(mentor_id)
    if 0 <= place + step < len(named):
        named[place], named[place + step] = named[place + step], named[place]
        _keep(enrolment, named)
        _record("wish.moved", enrolment, by=by)


def _record(action: str, enrolment: Enrolment, *, by: audit.Actor) -> None:
    audit.record(audit.Entry(action, "enrolment", enrolment.id, enrolment.person_id), by=by)
