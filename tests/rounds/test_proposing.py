"""A round is published as mentorships at once, or as proposals with a last day to answer."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.db import db
from app.engagements import proposals
from app.engagements.models import DeclineReason, Engagement, EngagementState
from app.errors import Conflict, Invalid
from app.rounds import proposing, publishing, service
from app.rounds.models import Assignment, MatchingRound, Run
from app.rounds.snapshot import take
from app.rounds.states import RoundState, RunState
from tests import factories
from tests.conftest import NOW, signed_in_client
from tests.forms import post
from tests.home.test_home import words
from tests.rounds.conftest import MENTEES, company, finished_run, person_called

BY = audit.COMMAND_LINE
TODAY = NOW.date()
IN_A_WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def run(closed_round) -> Run:
    return finished_run(closed_round)


@pytest.fixture
def as_hr(hr):
    return signed_in_client(hr)


def address_of(run: Run) -> str:
    return f"/rounds/{run.matching_round_id}/runs/{run.id}/publish"


def engagements() -> list[Engagement]:
    return list(db.session.scalars(sa.select(Engagement).order_by(Engagement.id)))


def test_asked_first_people_have_proposals_until_the_last_day(run):
    assert publishing.publish_run(run, by=BY, answer_by=IN_A_WEEK) == MENTEES
    assert {(row.state, row.answer_by) for row in engagements()} == {(EngagementState.PROPOSED, IN_A_WEEK)}
    assert (run.matching_round.state, run.matching_round.answer_by) == (RoundState.PUBLISHED, IN_A_WEEK)
    told = db.session.scalars(sa.select(audit.AuditEvent.action)).all()
    assert told.count("proposal.made") == MENTEES
    assert "mentorship.began" not in told


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (TODAY, "Enter a day from tomorrow on."),
        (date(2026, 12, 8), "Enter 7 December 2026 or a day before."),
    ],
)
def test_a_last_day_without_time_or_sense_is_refused(run, day, sentence):
    with pytest.raises(Invalid) as refusal:
        publishing.publish_run(run, by=BY, answer_by=day)
    assert refusal.value.message == sentence
    assert run.matching_round.state is RoundState.PROPOSED


@pytest.mark.parametrize(("starts_in", "suggested_in"), [(0, 7), (1, 7), (2, 2), (5, 5), (7, 7), (30, 7)])
def test_a_week_is_suggested_or_until_the_start_if_that_is_sooner(starts_in, suggested_in):
    matching_round = MatchingRound(starts_on=TODAY + timedelta(days=starts_in))
    day = proposing.suggested_day(matching_round)
    assert day == TODAY + timedelta(days=suggested_in)
    proposing.check_answer_by(matching_round, day)


def test_the_page_offers_what_hr_chose_last_time(run, as_hr):
    assert 'checked id="how-0"' in as_hr.get(address_of(run)).text
    factories.matching_round(state=RoundState.PUBLISHED, published_at=NOW, answer_by=TODAY)
    page = as_hr.get(address_of(run)).text
    assert 'checked id="how-1"' in page
    assert 'value="2026-11-30"' in page


def test_hr_asks_first_with_one_press(run, as_hr):
    address = address_of(run)
    answered = post(as_hr, address, {"how": "ask", "answer_by": "2026-11-30"}, page=address)
    assert answered.status_code == 303
    assert {row.answer_by for row in engagements()} == {IN_A_WEEK}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose how they begin."),
        ({"how": "ask"}, "Enter the last day to answer."),
        ({"how": "ask", "answer_by": "2026-02-30"}, "Enter a day that exists"),
        ({"how": "ask", "answer_by": "2026-11-23"}, "Enter a day from tomorrow on."),
    ],
)
def test_a_choice_that_cannot_be_kept_is_told_beside_its_field(run, as_hr, fields, sentence):
    refused = post(as_hr, address_of(run), fields)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert engagements() == []


def test_a_day_counts_only_when_people_are_asked(run, as_hr):
    assert post(as_hr, address_of(run), {"how": "at_once", "answer_by": "nonsense"}).status_code == 303
    assert {(row.state, row.answer_by) for row in engagements()} == {(EngagementState.ACTIVE, None)}


def declines(engagement, person) -> None:
    proposals.decline(
        engagement, person_id=person.id, reason=DeclineReason.OTHER, words="", seeks_another=True, by=BY
    )


def test_what_fell_through_is_no_meeting_and_who_was_turned_down_has_waited(app):
    """Four mentees: one is turned down, one declines, one says nothing in time, one is matched."""
    first = company(mentees=4, mentors=2)
    publishing.publish_run(finished_run(first), by=BY, answer_by=IN_A_WEEK)
    rows = {row.members[0].person.name: row for row in engagements()}
    turned_down, declined, silent, matched = (rows[f"Mentee {number}"] for number in range(4))
    declines(turned_down, turned_down.members[1].person)
    declines(declined, declined.members[0].person)
    silent.answer_by = TODAY - timedelta(days=1)
    following = service.create_round(
        name="Next",
        programmes=first.programmes,
        opens_on=first.ends_on,
        closes_on=first.ends_on,
        starts_on=first.ends_on + timedelta(days=1),
        ends_on=first.ends_on + timedelta(days=90),
        by=BY,
    )
    for number in range(4):
        person_called(f"Mentee {number}").seeks_mentor = True
    service.open_round(following, by=BY)
    problem = take(following)
    names = {row.id: row.name for row in problem.people}
    waited = {names[row.person]: row.rounds_waited for row in problem.programmes[0].mentees}
    assert waited == {"Mentee 0": 1, "Mentee 1": 0, "Mentee 2": 0, "Mentee 3": 0}
    assert [{names[one] for one in row.members} for row in problem.history] == [
        {member.person.name for member in matched.members}
    ]


def test_the_page_shows_what_both_people_of_a_match_read(run, as_hr):
    page = words(as_hr.get(address_of(run)))
    assert "Mentor 0 has Negotiation at level 4; you want level 3" in page
    assert "You have Negotiation at level 4; Mentee 0 wants level 3" in page
    assert f"Hello Mentee 0, your mentor in {run.matching_round.name} is Mentor 0." in page
    assert f"Mentee 0 is your mentee in {run.matching_round.name}." in page
    assert "No e-mail is sent" in page


def test_a_round_is_not_over_while_matches_wait_for_an_answer(run):
    publishing.publish_run(run, by=BY, answer_by=IN_A_WEEK)
    with pytest.raises(Conflict, match="6 matches wait for an answer"):
        service.complete_round(run.matching_round, by=BY)


def test_a_further_run_that_matched_nobody_leaves_the_round_with_its_own_next_step(run, as_hr):
    publishing.publish_run(run, by=BY, answer_by=IN_A_WEEK)
    row = engagements()[0]
    declines(row, row.members[0].person)
    rest = {"follows_run_id": run.id, "state": RunState.FINISHED, "mentees": 1, "mentees_matched": 0}
    db.session.add(Run(matching_round_id=run.matching_round_id, **rest))
    db.session.commit()
    page = words(as_hr.get(f"/rounds/{run.matching_round_id}"))
    assert "Review the further matches" not in page
    assert "Answers come in" in page


def test_the_page_does_not_tell_hr_whom_a_mentee_has_named(run, as_hr):
    wish = {"side": "for", "kind": "wish", "rank": 1}
    for row in db.session.scalars(sa.select(Assignment)):
        row.reasons = [wish, *row.reasons]
    db.session.commit()
    page = words(as_hr.get(address_of(run)))
    assert "What people read" in page
    assert "named" not in page
