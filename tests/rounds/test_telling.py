"""What a round tells people: invitations, their match in the words previewed, bad news, reminders."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.communities import joining
from app.communities.models import CommunityMembership, Joining, MemberRole
from app.db import db
from app.engagements import proposals
from app.engagements.models import DeclineReason, Engagement, EngagementKind, EngagementState
from app.notifications.models import Notification, NotificationKind
from app.rounds import publishing, reminding, service, unpublishing
from app.rounds.models import UnmatchedPerson
from app.rounds.preview import preview_of
from app.rounds.reminding import AHEAD
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW, signed_in_client
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import MENTEES, circle, circles, company, finished_run, groups

BY = audit.COMMAND_LINE
TODAY = NOW.date()


def told(kind: NotificationKind, **about) -> list[Notification]:
    db.session.expire_all()
    query = sa.select(Notification).filter_by(kind=kind, **about).order_by(Notification.id)
    return list(db.session.scalars(query))


def published(matching_round, **how):
    run = finished_run(matching_round)
    publishing.publish_run(run, by=BY, **how)
    db.session.commit()
    return run


class TestPublication:
    def test_both_read_the_words_that_were_previewed(self, closed_round):
        run = finished_run(closed_round)
        sides = preview_of(run).sides
        publishing.publish_run(run, by=BY)
        bodies = {row.body for row in told(NotificationKind.MATCH)}
        assert {side.message for side in sides} <= bodies
        assert len(told(NotificationKind.MATCH)) == 2 * MENTEES

    def test_the_link_leads_to_ones_own_match(self, closed_round):
        published(closed_round)
        row = told(NotificationKind.MATCH)[0]
        account = factories.account(person_id=row.person_id)
        client = signed_in_client(account)
        address = f"/mentorships/{row.arguments['engagement_id']}"
        assert f'href="{address}"' in client.get("/notifications").text
        assert client.get(address).status_code == 200

    def test_who_is_left_out_is_told_so_in_the_words_of_the_programme(self, app):
        run = published(company(mentees=4, mentors=1))
        left_out = set(db.session.scalars(sa.select(UnmatchedPerson.person_id).filter_by(run_id=run.id)))
        rows = told(NotificationKind.LEFT_OUT)
        assert left_out and {row.person_id for row in rows} == left_out
        assert all("you have no mentor in" in row.body for row in rows)

    def test_a_proposal_asks_and_says_until_when(self, closed_round):
        published(closed_round, answer_by=TODAY + timedelta(days=7))
        rows = told(NotificationKind.PROPOSAL)
        assert len(rows) == 2 * MENTEES
        assert all("30 November 2026" in row.body for row in rows)
        assert told(NotificationKind.MATCH) == []

    def test_peers_read_of_each_other(self, app):
        published(circle())
        rows = told(NotificationKind.MATCH)
        people = set(db.session.scalars(sa.select(Notification.person_id)))
        assert rows and {row.endpoint for row in rows} == {"peers.show"}
        assert len(people) == len(rows)

    def test_a_mentor_reads_of_the_whole_group_and_its_members_of_the_mentor(self, app):
        published(groups())
        rows = told(NotificationKind.MATCH)
        assert {row.endpoint for row in rows} == {"mentorships.show_group"}
        assert any(row.subject.startswith("Your group in") for row in rows)
        assert any(row.subject.startswith("You are in the group of Mentor") for row in rows)

    def test_members_read_of_their_community_and_leads_of_how_many_come(self, app):
        published(circles())
        members = db.session.scalars(sa.select(CommunityMembership).filter_by(role=MemberRole.MEMBER)).all()
        rows = told(NotificationKind.MATCH)
        assert {row.person_id for row in rows} == {row.person_id for row in members}
        assert {row.endpoint for row in rows} == {"communities.show"}
        leads = told(NotificationKind.COMMUNITY)
        assert len(leads) == 2
        assert all("brings 3 people into" in row.subject for row in leads)

    def test_it_takes_a_constant_few_statements(self, app):
        taken = []
        for mentees in (2, 12):
            run = finished_run(company(mentees=mentees, mentors=mentees))
            with count_statements() as sent:
                publishing.publish_run(run, by=BY)
            taken.append(len(sent))
            db.session.commit()
        assert taken[0] == taken[1]

    def test_taken_back_and_published_again_everybody_is_told_again(self, closed_round):
        run = published(closed_round)
        unpublishing.unpublish(run.matching_round, by=BY)
        everybody = {row.person_id for row in told(NotificationKind.MATCH)}
        assert everybody <= {row.person_id for row in told(NotificationKind.TAKEN_BACK)}
        publishing.publish_run(run, by=BY)
        assert len(told(NotificationKind.MATCH)) == 4 * MENTEES


class TestProposals:
    @pytest.fixture
    def proposal(self, app) -> Engagement:
        mentee, mentor = factories.person(name="Ada"), factories.person(name="Bo", mentor_capacity=1)
        return factories.proposal(mentee, mentor, matching_round_id=factories.matching_round().id)

    def test_when_both_have_accepted_both_are_told(self, proposal):
        for member in proposal.members:
            proposals.accept(proposal, person_id=member.person_id, by=BY)
        rows = told(NotificationKind.MATCH)
        assert [row.subject for row in rows] == [
            "You and Bo have both accepted",
            "You and Ada have both accepted",
        ]
        assert "your mentor in" in rows[0].body, "in the words of the programme"

    def test_of_a_no_the_other_one_alone_is_told_and_not_by_whom_or_why(self, proposal):
        first, second = (member.person_id for member in proposal.members)
        proposals.decline(
            proposal,
            person_id=first,
            reason=DeclineReason.NO_TIME,
            words="Too busy",
            seeks_another=False,
            by=BY,
        )
        rows = told(NotificationKind.PROPOSAL)
        assert [row.person_id for row in rows] == [second]
        assert "busy" not in rows[0].body and "declined" not in rows[0].body

    def test_of_a_day_that_passed_both_are_told_in_the_same_words(self, proposal, frozen_clock):
        frozen_clock(NOW + timedelta(days=9))
        for _time in range(2):
            proposals.lapse_overdue()
        rows = told(NotificationKind.PROPOSAL)
        assert len(rows) == 2
        assert len({row.body for row in rows}) == 1


class TestReminders:
    @pytest.fixture
    def draft(self, app):
        return factories.matching_round(state=RoundState.DRAFT, closes_on=TODAY + timedelta(days=10))

    def test_whoever_may_take_part_is_invited_once(self, draft):
        person, gone = factories.person(), factories.person(left_on=TODAY - timedelta(days=1))
        service.open_round(draft, by=BY)
        for _time in range(2):
            reminding.remind()
        rows = told(NotificationKind.INVITATION)
        assert [row.person_id for row in rows].count(person.id) == len(draft.programmes)
        assert gone.id not in {row.person_id for row in rows}
        reminding.invite(draft)
        assert len(told(NotificationKind.INVITATION)) == len(rows)
        late = factories.person()
        reminding.remind()
        assert late.id in {row.person_id for row in told(NotificationKind.INVITATION)}

    def test_nobody_is_invited_to_what_is_not_open(self, draft):
        factories.person()
        reminding.invite(draft)
        reminding.remind()
        assert told(NotificationKind.INVITATION) == []

    def test_opening_by_page_invites(self, draft, client_for, hr):
        person = factories.person()
        client = client_for(hr)
        post(client, f"/rounds/{draft.id}/open", page=f"/rounds/{draft.id}")
        assert draft.state is RoundState.OPEN
        assert person.id in {row.person_id for row in told(NotificationKind.INVITATION)}

    def test_shortly_before_it_closes_those_are_reminded_who_do_not_take_part(self, draft, frozen_clock):
        idle, keen = factories.person(), factories.person(seeks_mentor=True)
        service.open_round(draft, by=BY)
        reminding.remind()
        assert told(NotificationKind.REMINDER) == []
        frozen_clock(NOW + timedelta(days=10) - AHEAD)
        for _time in range(2):
            reminding.remind()
        people = [row.person_id for row in told(NotificationKind.REMINDER)]
        assert people.count(idle.id) == 1
        assert keen.id not in people

    def test_who_has_not_answered_is_reminded_before_the_last_day(self, app, frozen_clock):
        row = factories.proposal(factories.person(), factories.person(mentor_capacity=1))
        first, second = (member.person_id for member in row.members)
        proposals.accept(row, person_id=first, by=BY)
        reminding.remind()
        assert told(NotificationKind.REMINDER) == []
        frozen_clock(NOW + timedelta(days=7) - AHEAD)
        for _time in range(2):
            reminding.remind()
        assert [one.person_id for one in told(NotificationKind.REMINDER)] == [second]

    @pytest.mark.parametrize("kind", [EngagementKind.MENTORSHIP, EngagementKind.PEER_COACHING])
    def test_both_are_reminded_of_a_check_in_once_until_they_have_talked(self, app, client_for, kind):
        people = factories.person(), factories.person(mentor_capacity=1)
        row = factories.with_check_in(kind, *people)
        for _time in range(2):
            reminding.remind()
        rows = told(NotificationKind.REMINDER)
        assert {one.person_id for one in rows} == {person.id for person in people}
        assert len(rows) == len(people)
        page = client_for(factories.account(person_id=people[0].id)).get("/notifications").text
        assert re.search(rf'href="/(mentorships|peers)/{row.id}"', page)

    def test_nobody_is_reminded_of_what_was_talked_about_or_is_over(self, app):
        done, over = (
            factories.with_check_in(EngagementKind.MENTORSHIP, factories.person(), factories.person())
            for _row in range(2)
        )
        done.check_ins[0].done_at = NOW
        over.state, over.ended_on = EngagementState.ENDED, TODAY
        db.session.flush()
        reminding.remind()
        assert told(NotificationKind.REMINDER) == []


class TestCommunities:
    def test_leads_hear_who_asks_and_who_asked_hears_the_answer(self, app):
        community = factories.community(joining=Joining.REQUEST)
        lead, person, other = factories.person(), factories.person(name="Ada"), factories.person(name="Bo")
        factories.membership(lead, community, MemberRole.LEAD)
        for asks in (person, other):
            joining.ask_to_join(community, person_id=asks.id, words="I like charts", by=BY)
        assert {row.subject for row in told(NotificationKind.COMMUNITY, person_id=lead.id)} == {
            f"Ada asks to join {community.name}",
            f"Bo asks to join {community.name}",
        }
        requests = list(db.session.scalars(sa.select(joining.CommunityRequest).order_by("id")))
        joining.accept(community, requests[0], by=BY)
        joining.decline(community, requests[1], by=BY)
        assert [row.subject for row in told(NotificationKind.COMMUNITY, person_id=person.id)] == [
            f"You are in {community.name} now"
        ]
        assert [row.subject for row in told(NotificationKind.COMMUNITY, person_id=other.id)] == [
            f"You were not let into {community.name}"
        ]

    def test_who_is_invited_hears_of_it_and_nobody_of_the_answer(self, app):
        community, person = factories.community(joining=Joining.INVITED), factories.person()
        joining.invite(community, person, by=BY)
        joining.accept(community, db.session.scalars(sa.select(joining.CommunityRequest)).one(), by=BY)
        assert [row.subject for row in told(NotificationKind.COMMUNITY)] == [
            f"You are invited to join {community.name}"
        ]
