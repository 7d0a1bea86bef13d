"""A mentorship is seen by its two people, each from their own side, and by nobody else."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from app.access import Role
from app.db import db
from app.engagements.hours import shared_hours
from app.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.people.models import WorkingHours
from app.sessions.models import MentoringSession
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements

TODAY = NOW.date()


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def mentorship(mentee, mentor, *, programme=None, **values) -> Engagement:
    defaults = {
        "kind": EngagementKind.MENTORSHIP,
        "programme_id": (programme or factories.programme()).id,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=90),
        "points": 78,
        "parts": [
            {"criterion": "skills", "points": 60, "weight": 80},
            {"criterion": "hours", "points": 18, "weight": 20},
        ],
        "reasons": [{"side": "for", "kind": "has_skill", "skill": "SQL", "level": 4, "wanted": 3}],
    }
    row = Engagement(
        **{**defaults, **values},
        members=[
            EngagementMember(person_id=mentee.id, role=EngagementRole.MENTEE),
            EngagementMember(person_id=mentor.id, role=EngagementRole.MENTOR),
        ],
    )
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def ada(app):
    return factories.person(name="Ada")


@pytest.fixture
def bo(app):
    return factories.person(name="Bo", job_title="Analyst")


@pytest.fixture
def as_ada(ada, client_for):
    return client_for(factories.account(of=ada))


def test_both_people_see_why_with_points_that_add_up(ada, bo, as_ada, client_for):
    factories.claim(bo, factories.skill("SQL"), level=4)
    row = mentorship(ada, bo)
    page = words(as_ada.get(f"/mentorships/{row.id}"))
    assert "Good fit, 78 of 100" in page
    assert "Bo has SQL at level 4; you want level 3" in page
    assert "60 of 80" in page
    assert "18 of 20" in page
    assert "SQL (level 4)" in page
    assert "Analyst" in page
    assert "You both work from 09:00 to 17:00 (Paris)." in page
    other = words(client_for(factories.account(of=bo)).get(f"/mentorships/{row.id}"))
    assert "You have SQL at level 4; Ada wants level 3" in other


def test_who_is_in_a_weak_match_reads_reasons_and_no_mark(ada, bo, as_ada):
    """The mark is about the match, and would be read as one about the two people."""
    row = mentorship(ada, bo, points=43)
    for address in ("/", "/mentorships", f"/mentorships/{row.id}"):
        page = words(as_ada.get(address))
        assert "Bo" in page
        assert "Weak fit" not in page
    assert "43 of 100" not in words(as_ada.get("/"))
    assert "Bo has SQL at level 4; you want level 3" in page


def test_sessions_that_took_place_are_listed_with_the_readers_time(ada, bo, as_ada):
    row = mentorship(ada, bo)
    held_at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    db.session.add(MentoringSession(engagement_id=row.id, held_at=held_at, minutes=45, topic="First steps"))
    db.session.commit()
    page = words(as_ada.get(f"/mentorships/{row.id}"))
    assert "First steps" in page
    assert "20 November 2026, 10:00 (Paris)" in page
    assert "45 minutes" in page


@pytest.mark.parametrize("roles", [{Role.EMPLOYEE}, {Role.EMPLOYEE, Role.HR}, {Role.ADMINISTRATOR}])
def test_nobody_else_sees_a_mentorship(ada, bo, client_for, roles):
    row = mentorship(ada, bo)
    assert client_for(factories.account(roles=roles)).get(f"/mentorships/{row.id}").status_code == 404


def test_the_way_from_a_near_skill_is_shown_and_whatever_a_skill_is_called_is_text(ada, bo, as_ada):
    near = {"kind": "near_skill", "skill": "R&D <b>", "near": "Prospecting"}
    way = [{"skill": "<i>Sales</i>", "relation": "broader"}, {"skill": "R&D <b>", "relation": "narrower"}]
    row = mentorship(ada, bo, reasons=[{"side": "for", **near, "way": way}])
    old = mentorship(ada, bo, programme=factories.programme(), reasons=[{"side": "for", **near}])
    shown, before = (as_ada.get(f"/mentorships/{which.id}") for which in (row, old))

    assert "Bo has Prospecting, close to R&amp;D &lt;b&gt;, which you want" in words(before)
    assert "The way between them" not in before.text
    assert (
        "which you want . The way between them: Prospecting → then &lt;i&gt;Sales&lt;/i&gt;, broader"
        " → then R&amp;D &lt;b&gt;, narrower" in words(shown)
    )


def test_a_mentorship_without_a_round_has_no_reasons(ada, bo, as_ada):
    row = mentorship(ada, bo, points=None, parts=[], reasons=[])
    assert "This mentorship did not come out of a round." in words(as_ada.get(f"/mentorships/{row.id}"))


def test_the_list_has_those_going_on_first_and_past_ones_by_page(ada, bo, as_ada):
    programme = factories.programme()
    mentorship(bo, ada, programme=programme)
    for number in range(26):
        mentorship(
            ada,
            factories.person(name=f"Past {number}"),
            programme=programme,
            starts_on=date(2025, 1, 1),
            state=EngagementState.COMPLETED,
            ended_on=date(2025, 4, 1),
        )
    page = words(as_ada.get("/mentorships"))
    assert page.index("Bo") < page.index("Past")
    assert "1 to 25 of 26 mentorships" in page
    assert "26 to 26 of 26 mentorships" in words(as_ada.get("/mentorships?page=2"))


def test_someone_without_a_mentorship_reads_what_will_be_here(as_ada):
    assert "No mentorship is going on." in words(as_ada.get("/mentorships"))


@pytest.mark.parametrize("count", [1, 12])
def test_pages_take_a_constant_few_statements(ada, as_ada, count):
    programme = factories.programme()
    rows = [mentorship(ada, factories.person(), programme=programme) for _ in range(count)]
    for row in rows:
        db.session.add(MentoringSession(engagement_id=row.id, held_at=NOW, minutes=45))
    db.session.commit()
    addresses = ("/", "/mentorships", f"/mentorships/{rows[0].id}")
    taken = []
    for address in addresses:
        with count_statements() as sent:
            assert as_ada.get(address).status_code == 200
        taken.append(len(sent))
    assert taken == [8, 7, 8]


class TestSharedHours:
    def person(self, zone, *stretches):
        rows = [WorkingHours(starts_minute=start * 60, ends_minute=end * 60) for start, end in stretches]
        return factories.person(time_zone=zone, working_hours=rows)

    @pytest.mark.parametrize(
        ("reader", "other", "on", "sentence"),
        [
            (("Europe/Paris", (9, 17)), ("Europe/London", (9, 17)), TODAY, "from 10:00 to 17:00 (Paris)"),
            (("Europe/London", (9, 17)), ("Europe/Paris", (9, 17)), TODAY, "from 09:00 to 16:00 (London)"),
            (("Europe/Paris", (9, 12), (14, 18)), ("Europe/Paris", (8, 16)), TODAY, "from 09:00 to 12:00 and 14:00 to 16:00"),
            (("Asia/Kathmandu", (9, 17)), ("UTC", (0, 6)), TODAY, "from 09:00 to 11:45"),
            (("Asia/Tokyo", (0, 8)), ("UTC", (20, 23)), TODAY, "from 05:00 to 08:00 (Tokyo)"),
            (("Europe/Paris", (9, 17)), ("UTC", (7, 9)), date(2026, 7, 1), "from 09:00 to 11:00"),
        ],
    )  # fmt: skip
    def test_they_are_said_on_the_readers_clock(self, app, reader, other, on, sentence):
        assert sentence in shared_hours(self.person(*reader), self.person(*other), on=on)

    def test_none_are_said_with_what_to_do(self, app):
        one, other = self.person("Europe/Paris", (9, 17)), self.person("Asia/Tokyo", (9, 17))
        assert "You share no working hours." in shared_hours(one, other, on=TODAY)
        assert "You share no working hours." in shared_hours(one, self.person("UTC"), on=TODAY)
