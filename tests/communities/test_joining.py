"""Who comes to be in a community, and who no longer is."""

from functools import partial

import pytest
import sqlalchemy as sa

from app.audit import COMMAND_LINE, AuditEvent
from app.communities import joining, service
from app.communities.models import (
    CameBy,
    Community,
    CommunityMembership,
    CommunityRequest,
    Joining,
    MemberRole,
    RequestState,
)
from app.communities.queries import community_seen
from app.db import db
from app.errors import Conflict, Invalid
from app.people.service import end_of_employment
from tests import factories
from tests.conftest import NOW
from tests.racing import DONE, TIMES, race

BY = COMMAND_LINE


def members(community) -> set[int]:
    query = sa.select(CommunityMembership.person_id).filter_by(community_id=community.id, left_at=None)
    return set(db.session.scalars(query))


@pytest.fixture
def person(app):
    return factories.person()


def test_an_open_community_is_joined_once_and_left(person):
    community = factories.community()

    joining.join(community, person_id=person.id, by=BY)
    joining.join(community, person_id=person.id, by=BY)
    assert members(community) == {person.id}
    joining.leave(community, person_id=person.id, by=BY)
    joining.leave(community, person_id=person.id, by=BY)

    assert members(community) == set()
    told = list(db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))
    assert told == ["community.joined", "community.left"]
    joining.join(community, person_id=person.id, by=BY)
    assert members(community) == {person.id}, "who has left may come again"


@pytest.mark.parametrize("way", [Joining.REQUEST, Joining.INVITED])
def test_nobody_walks_into_a_community_that_is_not_open(person, way):
    with pytest.raises(Conflict, match="is not open to everyone"):
        joining.join(factories.community(joining=way), person_id=person.id, by=BY)


def test_a_full_community_takes_nobody_and_leads_take_no_place(person):
    community = factories.community(most_members=2)
    factories.membership(factories.person(), community, role=MemberRole.LEAD)
    factories.membership(factories.person(), community)
    joining.join(community, person_id=person.id, by=BY)

    with pytest.raises(Conflict, match="is full: it has at most 2 members"):
        joining.join(community, person_id=factories.person().id, by=BY)


def test_a_request_is_made_once_and_answered_once(person):
    community = factories.community(joining=Joining.REQUEST)
    for _ in range(2):
        joining.ask_to_join(community, person_id=person.id, words="I like charts", by=BY)
    (asked,) = db.session.scalars(sa.select(CommunityRequest))

    joining.accept(community, asked, by=BY)
    joining.accept(community, asked, by=BY)

    assert members(community) == {person.id}
    assert db.session.scalar(sa.select(CommunityMembership.came_by)) is CameBy.REQUESTED
    with pytest.raises(Conflict, match="answered already"):
        joining.decline(community, asked, by=BY)


def test_who_was_declined_or_withdrew_may_ask_again(person):
    community = factories.community(joining=Joining.REQUEST)
    joining.ask_to_join(community, person_id=person.id, words="", by=BY)
    joining.decline(community, community_seen(community.slug, reader_id=person.id).asked, by=BY)
    joining.ask_to_join(community, person_id=person.id, words="", by=BY)
    joining.withdraw(community, person_id=person.id, by=BY)
    joining.ask_to_join(community, person_id=person.id, words="", by=BY)

    states = list(db.session.scalars(sa.select(CommunityRequest.state).order_by(CommunityRequest.id)))
    assert states == [RequestState.DECLINED, RequestState.WITHDRAWN, RequestState.WAITING]
    assert members(community) == set()


def test_an_invitation_waits_for_the_person(person):
    community = factories.community(joining=Joining.INVITED)
    joining.invite(community, person, by=BY)
    assert members(community) == set()
    with pytest.raises(Invalid, match="is invited already"):
        joining.invite(community, person, by=BY)

    joining.accept(community, community_seen(community.slug, reader_id=person.id).asked, by=BY)

    assert members(community) == {person.id}
    assert db.session.scalar(sa.select(CommunityMembership.came_by)) is CameBy.INVITED


def test_to_invite_who_has_asked_lets_them_in(person):
    community = factories.community(joining=Joining.REQUEST)
    joining.ask_to_join(community, person_id=person.id, words="", by=BY)

    joining.invite(community, person, by=BY)

    assert members(community) == {person.id}
    assert db.session.scalar(sa.select(CommunityRequest.state)) is RequestState.ACCEPTED


def test_who_joins_an_open_community_answers_an_invitation_to_it(person):
    community = factories.community()
    joining.invite(community, person, by=BY)
    joining.join(community, person_id=person.id, by=BY)

    assert db.session.scalar(sa.select(CommunityRequest.state)) is RequestState.ACCEPTED


def test_who_left_the_company_is_neither_invited_nor_a_lead(app):
    gone = factories.person(left_on=NOW.date())
    with pytest.raises(Invalid, match="Choose one of the people found"):
        joining.invite(factories.community(), gone, by=BY)
    with pytest.raises(Invalid, match="Choose one of the people found"):
        service.appoint_lead(factories.community(), gone, by=BY)


def test_a_leaver_is_out_of_every_community_and_asks_for_none(person):
    led, other = factories.community(), factories.community(joining=Joining.REQUEST)
    factories.membership(person, led, role=MemberRole.LEAD)
    joining.ask_to_join(other, person_id=person.id, words="", by=BY)

    end_of_employment(person, on=NOW.date(), by=BY)

    assert members(led) == set()
    assert db.session.scalar(sa.select(CommunityRequest.state)) is RequestState.WITHDRAWN
    assert db.session.scalars(sa.select(AuditEvent.action)).all()[-1] == "community.left"


def test_a_member_comes_to_lead_and_steps_down(person):
    community = factories.community()
    joining.join(community, person_id=person.id, by=BY)
    service.appoint_lead(community, person, by=BY)
    assert [row.person_id for row in community_seen(community.slug, reader_id=None).leads] == [person.id]
    with pytest.raises(Invalid, match="leads it already"):
        service.appoint_lead(community, person, by=BY)

    service.step_down(community, person.id, by=BY)

    assert community_seen(community.slug, reader_id=None).leads == []
    assert members(community) == {person.id}


def test_the_last_place_goes_to_one_of_two_who_join_at_once(own_app):
    for _ in range(TIMES):
        community = factories.community(most_members=2, least_members=1)
        factories.membership(factories.person(), community)
        community_id, people = community.id, [factories.person().id, factories.person().id]

        def act(person_id, community_id=community_id):
            joining.join(db.session.get_one(Community, community_id), person_id=person_id, by=BY)

        answers = race(own_app, *(partial(act, person_id) for person_id in people))

        assert sum(answer == DONE for answer in answers) == 1
        held = db.session.scalar(
            sa.select(sa.func.count()).select_from(CommunityMembership).filter_by(community_id=community_id)
        )
        assert held == 2
