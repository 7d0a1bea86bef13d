"""The dates of an engagement as a calendar reads them, by a parser that did not write them."""

import re
from datetime import date, timedelta

import ics
import pytest

from app import clock
from app.db import db
from app.engagements.models import Engagement, EngagementCheckIn, EngagementKind, EngagementState
from tests import factories
from tests.conftest import NOW

AWKWARD = "Coming on, well; \\ or not? " + "é" * 80 + "\N{PARTY POPPER}"
KINDS = [
    (EngagementKind.MENTORSHIP, "/mentorships/{}"),
    (EngagementKind.PEER_COACHING, "/peers/{}"),
    (EngagementKind.GROUP_MENTORING, "/mentorships/groups/{}"),
]


@pytest.fixture
def ada(app):
    return factories.person(name="Ada")


@pytest.fixture
def as_ada(ada, client_for):
    return client_for(factories.account(of=ada))


@pytest.fixture
def row(ada) -> Engagement:
    check_ins = [
        EngagementCheckIn(position=1, due_on=date(2026, 10, 7), words="How is it going?", done_at=NOW),
        EngagementCheckIn(position=2, due_on=date(2027, 2, 26), words=AWKWARD),
    ]
    return factories.with_check_in(
        EngagementKind.MENTORSHIP, ada, factories.person(name="Bo, Jr; Esq."), check_ins=check_ins
    )


def events(response) -> list[ics.Event]:
    """Read a file as a calendar does; the library sorts nothing, so by day."""
    assert response.status_code == 200
    return sorted(ics.Calendar(response.text).events, key=lambda event: event.begin)


def extra(event: ics.Event, name: str) -> str:
    return next(line.value for line in event.extra if line.name == name)


def test_it_holds_the_first_and_the_last_day_and_the_check_ins_as_whole_days(as_ada, row):
    found = events(as_ada.get(f"/mentorships/{row.id}/dates.ics"))
    assert [event.begin.date() for event in found] == [
        date(2026, 9, 7), date(2026, 10, 7), date(2027, 2, 26), date(2027, 3, 5)
    ]  # fmt: skip
    assert all(event.all_day and event.duration == timedelta(days=1) for event in found)
    assert [event.name for event in found] == [
        "First day with Bo, Jr; Esq.",
        "Check-in with Bo, Jr; Esq.: How is it going?",
        f"Check-in with Bo, Jr; Esq.: {AWKWARD}",
        "Last day with Bo, Jr; Esq.",
    ]
    assert {event.url for event in found} == {f"http://localhost/mentorships/{row.id}"}
    assert {extra(event, "SEQUENCE") for event in found} == {"0"}


def test_the_file_is_one_that_calendars_take(as_ada, row):
    response = as_ada.get(f"/mentorships/{row.id}/dates.ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="mentorship-{row.id}.ics"'
    assert response.headers["Cache-Control"] == "no-store"
    lines = response.data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line for line in lines)
    assert [lines[0], lines[-2], lines[-1]] == [b"BEGIN:VCALENDAR", b"END:VCALENDAR", b""]
    assert b"METHOD:PUBLISH" in lines
    assert b"DTSTART;VALUE=DATE:20260907" in lines
    assert b"TZID" not in response.data


def test_names_of_events_stay_and_tell_all_events_apart(as_ada, row, ada, frozen_clock):
    address = f"/mentorships/{row.id}/dates.ics"
    before = events(as_ada.get(address))
    frozen_clock(NOW + timedelta(minutes=5))
    assert [event.uid for event in events(as_ada.get(address))] == [event.uid for event in before]
    other = factories.with_check_in(EngagementKind.MENTORSHIP, ada, factories.person())
    others = events(as_ada.get(f"/mentorships/{other.id}/dates.ics"))
    assert len({event.uid for event in (*before, *others)}) == len(before) + len(others)
    assert all(re.fullmatch(r"[0-9a-f-]{36}", event.uid) for event in before)


def test_what_ended_early_moves_the_last_day_and_cancels_what_was_to_come(as_ada, row):
    before = {event.uid for event in events(as_ada.get(f"/mentorships/{row.id}/dates.ics"))}
    row.state, row.ended_on = EngagementState.ENDED, clock.today()
    db.session.commit()
    found = events(as_ada.get(f"/mentorships/{row.id}/dates.ics"))
    assert {event.uid for event in found} == before
    assert {extra(event, "SEQUENCE") for event in found} == {"1"}
    assert [event.name for event in found if event.status == "CANCELLED"] == [
        f"Check-in with Bo, Jr; Esq.: {AWKWARD}"
    ]
    assert next(event for event in found if "Last day" in event.name).begin.date() == clock.today()


@pytest.mark.parametrize(("kind", "at"), KINDS)
def test_each_kind_leads_to_it_from_its_page_and_from_home(ada, as_ada, kind, at):
    engagement = factories.with_check_in(kind, ada, factories.person(name="Bo"))
    address = f"{at.format(engagement.id)}/dates.ics"
    for page in ("/", at.format(engagement.id)):
        assert f'href="{address}"' in as_ada.get(page).text
    assert {event.name for event in events(as_ada.get(address))} == {
        "First day with Bo", "Last day with Bo", "Check-in with Bo: How is it going?"
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "at"), KINDS)
def test_who_may_not_know_of_it_finds_nothing(ada, hr, client_for, kind, at):
    engagement = factories.with_check_in(kind, ada, factories.person())
    assert client_for(hr).get(f"{at.format(engagement.id)}/dates.ics").status_code == 404


def test_a_proposal_has_no_dates_yet(ada, as_ada):
    proposal = factories.proposal(ada, factories.person())
    answer = as_ada.get(f"/mentorships/{proposal.id}/dates.ics")
    assert answer.status_code == 409
    assert "has no dates for a calendar" in answer.text
    assert "dates.ics" not in as_ada.get(f"/mentorships/{proposal.id}").text
