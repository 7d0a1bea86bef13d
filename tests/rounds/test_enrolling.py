"""Who takes part in a round: everyone whose profile says so, and each person for themself."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.audit import COMMAND_LINE, AuditEvent
from app.db import db
from app.engagements.models import Engagement, EngagementKind, EngagementMember, EngagementRole
from app.errors import Conflict, Invalid
from app.rounds import enrolling, queries, service
from app.rounds.models import Enrolment, EnrolmentRole
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW

BY = COMMAND_LINE
TODAY = NOW.date()


def opened(**values):
    matching_round = factories.matching_round(state=RoundState.DRAFT, **values)
    enrolled = service.open_round(matching_round, by=BY)
    db.session.commit()
    return matching_round, enrolled


def names_in(matching_round) -> dict[str, set[str]]:
    rows = db.session.scalars(
        sa.select(Enrolment).filter_by(matching_round_id=matching_round.id, withdrawn_at=None)
    )
    found: dict[str, set[str]] = {"mentee": set(), "mentor": set()}
    for row in rows:
        found[row.role].add(row.person.name)
    return found


def test_opening_enrols_whoever_seeks_a_mentor_or_offers_places(app):
    factories.person(name="Seeks", seeks_mentor=True)
    factories.person(name="Offers", mentor_capacity=3)
    factories.person(name="Both", seeks_mentor=True, mentor_capacity=1)
    factories.person(name="Neither")
    matching_round, enrolled = opened()
    assert names_in(matching_round) == {"mentee": {"Seeks", "Both"}, "mentor": {"Offers", "Both"}}
    assert enrolled == 4
    counts = queries.enrolment_counts(matching_round.id)
    assert (counts.mentees, counts.mentors, counts.places) == (2, 2, 4)


@pytest.mark.parametrize(
    ("absence", "takes_part"),
    [
        ({"left_on": date(2026, 12, 7)}, False),
        ({"left_on": date(2026, 12, 8)}, True),
        ({"paused_from": date(2026, 12, 1)}, False),
        ({"paused_from": date(2026, 12, 1), "paused_until": date(2026, 12, 6)}, True),
        ({"paused_from": date(2026, 12, 1), "paused_until": date(2026, 12, 7)}, False),
        ({"paused_from": date(2026, 12, 8)}, True),
    ],
)
def test_whoever_is_away_when_the_round_starts_is_not_enrolled(app, absence, takes_part):
    factories.person(name="Ada", seeks_mentor=True, **absence)
    matching_round, _ = opened(starts_on=date(2026, 12, 7))
    assert names_in(matching_round)["mentee"] == ({"Ada"} if takes_part else set())


def test_a_mentee_whose_mentorship_goes_on_is_not_enrolled_again(app):
    mentee, mentor = factories.person(name="Ada", seeks_mentor=True), factories.person()
    matching_round = factories.matching_round(state=RoundState.DRAFT)
    members = [(mentee, EngagementRole.MENTEE), (mentor, EngagementRole.MENTOR)]
    db.session.add(
        Engagement(
            kind=EngagementKind.MENTORSHIP,
            programme_id=matching_round.programmes[0].id,
            starts_on=TODAY,
            ends_on=matching_round.starts_on + timedelta(days=30),
            members=[EngagementMember(person_id=person.id, role=role) for person, role in members],
        )
    )
    db.session.commit()
    service.open_round(matching_round, by=BY)
    assert names_in(matching_round)["mentee"] == set()


def test_opening_again_leaves_out_whoever_withdrew_and_takes_in_whoever_is_new(app):
    ada = factories.person(name="Ada", seeks_mentor=True)
    matching_round, _ = opened()
    enrolling.withdraw(queries.enrolments_of(ada.id, matching_round.id)[0], matching_round, by=BY)
    service.close_round(matching_round, by=BY)
    factories.person(name="New", seeks_mentor=True)
    service.open_round(matching_round, by=BY)
    assert names_in(matching_round)["mentee"] == {"New"}


def test_a_person_joins_changes_their_places_and_withdraws(app):
    ada = factories.person(name="Ada")
    matching_round, _ = opened()
    programme = matching_round.programmes[0]
    first = enrolling.enrol(
        ada, matching_round, programme=programme, role=EnrolmentRole.MENTOR, places=2, by=BY
    )
    again = enrolling.enrol(
        ada, matching_round, programme=programme, role=EnrolmentRole.MENTOR, places=4, by=BY
    )
    assert (first.id, again.places, ada.mentor_capacity) == (again.id, 4, 4)
    enrolling.withdraw(again, matching_round, by=BY)
    assert names_in(matching_round)["mentor"] == set()
    enrolling.enrol(ada, matching_round, programme=programme, role=EnrolmentRole.MENTOR, by=BY)
    assert names_in(matching_round)["mentor"] == {"Ada"}
    actions = db.session.scalars(
        sa.select(AuditEvent.action).filter_by(person_id=ada.id).order_by(AuditEvent.id)
    )
    assert list(actions) == ["enrolment.made", "enrolment.made", "enrolment.withdrawn", "enrolment.made"]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (RoundState.DRAFT, "Enrolment in {} has not opened yet."),
        (RoundState.CLOSED, "Enrolment in {} is closed."),
        (RoundState.CANCELLED, "Enrolment in {} is closed."),
    ],
)
def test_nobody_joins_a_round_that_is_not_open(app, state, sentence):
    matching_round = factories.matching_round(state=state)
    with pytest.raises(Conflict) as refusal:
        enrolling.enrol(
            factories.person(),
            matching_round,
            programme=matching_round.programmes[0],
            role=EnrolmentRole.MENTEE,
            by=BY,
        )
    assert refusal.value.message == sentence.format(matching_round.name)


def test_nobody_joins_or_withdraws_after_the_last_day(app, frozen_clock):
    ada = factories.person(seeks_mentor=True)
    matching_round, _ = opened(closes_on=TODAY)
    enrolment = queries.enrolments_of(ada.id, matching_round.id)[0]
    frozen_clock(NOW + timedelta(days=1))
    with pytest.raises(Conflict, match="ended on 23 November 2026"):
        enrolling.withdraw(enrolment, matching_round, by=BY)


@pytest.mark.parametrize("places", [0, 21, -1])
def test_places_out_of_range_are_refused(app, places):
    matching_round, _ = opened()
    with pytest.raises(Invalid, match="from 1 to 20"):
        enrolling.enrol(
            factories.person(),
            matching_round,
            programme=matching_round.programmes[0],
            role=EnrolmentRole.MENTOR,
            places=places,
            by=BY,
        )


def test_someone_who_will_be_away_is_told_why_they_cannot_join(app):
    matching_round, _ = opened()
    programme = matching_round.programmes[0]
    with pytest.raises(Conflict, match="during your pause"):
        enrolling.enrol(
            factories.person(paused_from=TODAY),
            matching_round,
            programme=programme,
            role=EnrolmentRole.MENTEE,
            by=BY,
        )
