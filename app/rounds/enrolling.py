"""Commands about who takes part in a round: everyone whose profile says so, and each person for themself."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app import audit, clock
from app.db import changed_rows, db
from app.engagements.models import Engagement, EngagementMember, EngagementRole
from app.engagements.queries import takes_place
from app.errors import Conflict, Invalid
from app.people.models import MOST_PLACES, Person
from app.people.service import hold
from app.programmes.audience import audience_of, may_take_part, people_in_words, roles_of, roles_open_to
from app.programmes.models import AudienceRole, Programme, ProgrammeKind
from app.programmes.vocabulary import AUDIENCE_WORDS
from app.rounds.enrolment_answers import Answers, write_answers
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.rounds.states import RoundState
from app.words import long_date

MOST_MENTORS = 3
MOST_COMMUNITIES = 3
FEWEST_IN_GROUP = 2  # a mentor with one mentee is no group


def day_that_counts(matching_round: MatchingRound) -> date:
    """Return the day on which people must be here and not pausing to take part."""
    return max(clock.today(), matching_round.starts_on)


def is_available(day: date) -> sa.ColumnElement[bool]:
    """Hold for people who have not left by `day` and do not pause on it."""
    pausing = sa.and_(
        Person.paused_from <= day, sa.or_(Person.paused_until.is_(None), Person.paused_until >= day)
    )
    here = sa.or_(Person.left_on.is_(None), Person.left_on > day)
    return sa.and_(here, sa.or_(Person.paused_from.is_(None), sa.not_(pausing)))


def places_given(offer: type[Enrolment]) -> sa.ColumnElement[int]:
    """Return how many places of a part count: a mentor's profile caps them. Needs the person as well."""
    capped = sa.and_(
        offer.role == EnrolmentRole.MENTOR,
        offer.programme_id.in_(_led_by_profiles()),
        offer.places > Person.mentor_capacity,
    )
    return sa.case((capped, Person.mentor_capacity), else_=offer.places)


def roles_in(programme: Programme) -> Sequence[EnrolmentRole]:
    """Return the parts people can have in a programme."""
    return [EnrolmentRole(role.value) for role in roles_of(programme.kind)]


def is_led_by_profiles(programme: Programme) -> bool:
    """Tell whether profiles say who takes part in a programme: they speak of mentoring, and no other kind."""
    return programme.kind is ProgrammeKind.MENTORING


def _led_by_profiles() -> sa.Select[int]:
    return sa.select(Programme.id).where(Programme.kind == ProgrammeKind.MENTORING)


def check_may_enrol(matching_round: MatchingRound) -> None:
    """Refuse changes of enrolment outside its time.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if matching_round.state is RoundState.DRAFT:
        raise Conflict(f"Enrolment in {matching_round.name} has not opened yet.")
    if matching_round.state is not RoundState.OPEN:
        raise Conflict(f"Enrolment in {matching_round.name} is closed.")
    if clock.today() > matching_round.closes_on:
        raise Conflict(f"Enrolment in {matching_round.name} ended on {long_date(matching_round.closes_on)}.")


def enrol(
    person: Person,
    matching_round: MatchingRound,
    *,
    programme: Programme,
    role: EnrolmentRole,
    by: audit.Actor,
    places: int = 1,
    answers: Answers | None = None,
) -> Enrolment:
    """Let a person take part in a programme of a round, or change how many places they offer or seek.

    The profile of a mentor in mentoring follows: it never promises fewer places than they offer here. Without
    `answers` to the questions of the programme, those given before stay.

    Raises:
        Conflict: when it is not the time, the person is away, or the programme is for others.
        Invalid: when the number of places is out of range, or a question is not answered as it can be.
    """
    _hold_open(matching_round)
    hold(person.id)
    db.session.refresh(person)
    _check_person(person, matching_round)
    check_part(matching_round, programme, role, places)
    refusal = refusal_of_audience(person, programme, role)
    if refusal is not None:
        raise Conflict(refusal)
    enrolment = enrolment_for(person, matching_round, programme, role)
    enrolment.places = places
    enrolment.withdrawn_at = None
    enrolment.added_late_at = None
    if role is EnrolmentRole.MENTOR and is_led_by_profiles(programme):
        person.mentor_capacity = max(person.mentor_capacity, places)
    db.session.flush()
    if answers is not None:
        write_answers(enrolment, matching_round, programme, answers)
    record("enrolment.made", enrolment, by=by, places=places)
    return enrolment


def withdraw(enrolment: Enrolment, matching_round: MatchingRound, *, by: audit.Actor) -> None:
    """Take a person's offer or wish out of a round that is still open; of a closed one, what HR added late.

    Raises:
        Conflict: when it is not the time.
    """
    hold_round(matching_round)
    check_may_withdraw(enrolment, matching_round)
    if enrolment.withdrawn_at is None:
        enrolment.withdrawn_at = clock.now()
        db.session.flush()
        record("enrolment.withdrawn", enrolment, by=by)


def check_may_withdraw(enrolment: Enrolment, matching_round: MatchingRound) -> None:
    """Refuse a change of mind that comes too late; whoever was added late has until the matching runs.

    Raises:
        Conflict: with the reason.
    """
    if enrolment.added_late_at is None or matching_round.state is not RoundState.CLOSED:
        check_may_enrol(matching_round)


def check_part(matching_round: MatchingRound, programme: Programme, role: EnrolmentRole, places: int) -> None:
    """Refuse a programme that the round does not match, and a number of places nobody can have.

    Raises:
        Invalid: with what to enter instead.
    """
    if programme not in matching_round.programmes:
        raise Invalid(f"{matching_round.name} does not match {programme.name}.", field="programme")
    if role not in roles_in(programme):
        raise Invalid(f"Nobody takes part in {programme.name} as a {role}.", field="role")
    if role is EnrolmentRole.MENTOR and not 1 <= places <= MOST_PLACES:
        raise Invalid(f"Enter a number of places from 1 to {MOST_PLACES}.", field="places")
    if places < fewest_places(programme, role):
        raise Invalid(f"Enter a number of places from {FEWEST_IN_GROUP} to {MOST_PLACES}.", field="places")
    if role is EnrolmentRole.MEMBER and not 1 <= places <= MOST_COMMUNITIES:
        raise Invalid(f"Enter a number of communities from 1 to {MOST_COMMUNITIES}.", field="communities")
    if role is EnrolmentRole.MENTEE and not 1 <= places <= MOST_MENTORS:
        raise Invalid(f"Enter a number of mentors from 1 to {MOST_MENTORS}.", field="mentors")


def fewest_places(programme: Programme, role: EnrolmentRole) -> int:
    """Return how many places somebody offers or seeks at least."""
    is_group = programme.kind is ProgrammeKind.GROUP_MENTORING and role is EnrolmentRole.MENTOR
    return FEWEST_IN_GROUP if is_group else 1


def refusal_of_audience(person: Person, programme: Programme, role: EnrolmentRole) -> str | None:
    """Say for whom a part of a programme is, when it is not for this person."""
    if (programme.id, role) in roles_open_to(person.id, [programme.id]):
        return None
    limits = audience_of(programme).get(role, {})
    return f"{AUDIENCE_WORDS[AudienceRole(role.value)]} of {programme.name} are {people_in_words(limits)}."


def hold_round(matching_round: MatchingRound) -> None:
    """Read a round as it is now, and let nobody move it on before this transaction ends."""
    db.session.refresh(matching_round, with_for_update={"read": True})


def hold_for_change(matching_round: MatchingRound) -> None:
    """Read a round as it is now, and let nobody else move it on or hold it before this transaction ends."""
    db.session.refresh(matching_round, with_for_update={"key_share": True})


def _hold_open(matching_round: MatchingRound) -> None:
    """Refuse when it is not the time, and let nobody close the round before this transaction ends."""
    hold_round(matching_round)
    check_may_enrol(matching_round)


def enrol_everyone(matching_round: MatchingRound) -> int:
    """Enrol all whose profile seeks a mentor or offers places, unless they have decided otherwise."""
    day = day_that_counts(matching_round)
    enrolled = 0
    for programme in filter(is_led_by_profiles, matching_round.programmes):
        seeks = sa.and_(Person.seeks_mentor, Person.id.not_in(has_mentor_on(day, programme.id)))
        enrolled += _enrol_where(seeks, sa.literal(1), EnrolmentRole.MENTEE, matching_round, programme.id)
        offers = Person.mentor_capacity > 0
        places = Person.mentor_capacity
        enrolled += _enrol_where(offers, places, EnrolmentRole.MENTOR, matching_round, programme.id)
    return enrolled


def _enrol_where(
    wanted: sa.ColumnElement[bool],
    places: sa.SQLColumnExpression[int],
    role: EnrolmentRole,
    matching_round: MatchingRound,
    programme_id: int,
) -> int:
    decided = sa.select(Enrolment.person_id).where(
        Enrolment.matching_round_id == matching_round.id,
        Enrolment.programme_id == programme_id,
        Enrolment.role == role,
    )
    columns = {
        Enrolment.matching_round_id: sa.literal(matching_round.id),
        Enrolment.programme_id: sa.literal(programme_id),
        Enrolment.person_id: Person.id,
        Enrolment.role: sa.literal(role, Enrolment.role.type),
        Enrolment.places: places,
        Enrolment.enrolled_at: sa.literal(clock.now(), Enrolment.enrolled_at.type),
    }
    people = (
        sa.select(*columns.values())
        .where(
            wanted,
            is_available(day_that_counts(matching_round)),
            may_take_part(programme_id, role.value),
            Person.id.not_in(decided),
        )
        .order_by(Person.id)
    )
    names = [column.key for column in columns]
    return changed_rows(sa.insert(Enrolment).from_select(names, people))


def has_mentor_on(day: date, programme_id: int) -> sa.Select[int]:
    """Return who has a mentor of a programme on a day, or will if both accept."""
    return (
        sa.select(EngagementMember.person_id)
        .join(Engagement)
        .where(
            Engagement.programme_id == programme_id,
            takes_place(),
            sa.or_(Engagement.ends_on.is_(None), Engagement.ends_on > day),
            EngagementMember.role == EngagementRole.MENTEE,
        )
    )


def _check_person(person: Person, matching_round: MatchingRound) -> None:
    day = day_that_counts(matching_round)
    if person.has_left(day):
        raise Conflict("You have left by then, so you cannot take part.")
    if person.is_paused(day):
        raise Conflict(
            f"{matching_round.name} starts on {long_date(matching_round.starts_on)}, during your pause. "
            "Change your pause to take part."
        )


def enrolment_for(
    person: Person, matching_round: MatchingRound, programme: Programme, role: EnrolmentRole
) -> Enrolment:
    """Return a person's part in a programme of a round, withdrawn or not; a new one when there is none."""
    columns = {"matching_round_id": matching_round.id, "programme_id": programme.id, "person_id": person.id}
    found = db.session.scalar(sa.select(Enrolment).filter_by(role=role, **columns))
    if found is None:
        found = Enrolment(role=role, **columns)
        db.session.add(found)
    return found


def record(action: str, enrolment: Enrolment, *, by: audit.Actor, **details: int) -> None:
    """Add a change of an enrolment to the trail."""
    told = {"round": enrolment.matching_round_id, "role": enrolment.role, **details}
    audit.record(
        audit.Entry(action, "enrolment", enrolment.id, person_id=enrolment.person_id, details=told), by=by
    )
