"""Peer coaching is seen by the people who coach each other, each from their own side, and by nobody else."""

import re
from datetime import timedelta

import pytest

from app.access import Role
from app.db import db
from app.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.programmes.models import ProgrammeKind
from app.sessions.models import MentoringSession
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements

TODAY = NOW.date()


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def coaching(*people, kind=EngagementKind.PEER_COACHING, **values) -> Engagement:
    """Write a peer coaching of some people, in which the first learns from the second and the other way round."""
    one, other = people[:2]
    said = {"side": "for", "criterion": "skills", "kind": "has_skill", "level": 4, "wanted": 3}
    defaults = {
        "programme_id": factories.programme(kind=ProgrammeKind.PEER_COACHING).id,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=90),
        "points": 78,
        "parts": [{"criterion": "skills", "points": 78, "weight": 100}],
        "reasons": [
            {**said, "skill": "SQL", "mentee_id": one.id, "mentor_id": other.id},
            {**said, "skill": "Negotiation", "mentee_id": other.id, "mentor_id": one.id},
        ],
    }
    row = Engagement(
        kind=kind,
        members=[EngagementMember(person_id=person.id, role=EngagementRole.PEER) for person in people],
        **{**defaults, **values},
    )
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def people(app):
    return [factories.person(name=name) for name in ("Ada", "Bo", "Cy")]


@pytest.fixture
def as_ada(people, client_for):
    return client_for(factories.account(of=people[0]))


def test_each_sees_it_from_their_own_side(people, as_ada, client_for):
    row = coaching(*people[:2])
    page = words(as_ada.get(f"/peers/{row.id}"))
    assert "You and Bo" in page
    assert "Bo has SQL at level 4; you want level 3" in page
    assert "You have Negotiation at level 4; Bo wants level 3" in page
    page = words(client_for(factories.account(of=people[1])).get(f"/peers/{row.id}"))
    assert "You have SQL at level 4; Ada wants level 3" in page


def test_in_a_triad_both_others_are_named_with_when_to_meet(people, as_ada):
    row = coaching(*people)
    page = words(as_ada.get(f"/peers/{row.id}"))
    assert "You and Bo and Cy" in page
    assert page.count("You both work from 09:00 to 17:00 (Paris).") == 2
    assert "Peer coaching with Bo and Cy" in page


def test_the_list_has_what_goes_on_and_what_is_over(people, as_ada):
    coaching(*people[:2])
    over = coaching(people[0], people[2], state=EngagementState.COMPLETED, ended_on=TODAY)
    db.session.add(MentoringSession(engagement_id=over.id, held_at=NOW, minutes=45))
    db.session.commit()
    page = words(as_ada.get("/peers"))
    assert "1 group going on" in page
    assert "1 session" in page
    assert "Completed" in page


def test_who_has_none_is_told_when_there_will_be(as_ada):
    assert "No peer coaching is going on." in words(as_ada.get("/peers"))


@pytest.mark.parametrize("role", Role)
def test_nobody_else_may_know_of_it(people, client_for, role):
    row = coaching(*people)
    assert client_for(factories.account(roles={role})).get(f"/peers/{row.id}").status_code == 404


def test_a_mentorship_is_no_peer_coaching_nor_the_other_way_round(people, as_ada):
    row = coaching(*people[:2])
    assert as_ada.get(f"/mentorships/{row.id}").status_code == 404
    members = [
        EngagementMember(person_id=people[0].id, role=EngagementRole.MENTEE),
        EngagementMember(person_id=people[1].id, role=EngagementRole.MENTOR),
    ]
    mentorship = Engagement(
        kind=EngagementKind.MENTORSHIP,
        programme_id=factories.programme().id,
        starts_on=TODAY,
        members=members,
    )
    db.session.add(mentorship)
    db.session.commit()
    assert as_ada.get(f"/peers/{mentorship.id}").status_code == 404


def test_home_shows_it_while_it_goes_on(people, as_ada):
    row = coaching(*people)
    assert "You and Bo and Cy" in words(as_ada.get("/"))
    row.state, row.ended_on = EngagementState.COMPLETED, TODAY
    db.session.commit()
    assert "Bo and Cy" not in words(as_ada.get("/"))


@pytest.mark.parametrize("count", [1, 7])
def test_pages_take_a_constant_few_statements(people, as_ada, count):
    for _ in range(count):
        row = coaching(people[0], factories.person())
    taken = []
    for address in ("/", "/peers", f"/peers/{row.id}"):
        with count_statements() as sent:
            assert as_ada.get(address).status_code == 200
        taken.append(len(sent))
    assert taken == [7, 6, 8]
