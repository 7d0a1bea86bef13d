"""Plans with groups become memberships and mentors' groups, which people see, and can be taken back."""

import re
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from app.audit import AuditEvent
from app.communities import joining
from app.communities.models import CameBy, Community, CommunityMembership, CommunityRequest, RequestState
from app.db import db
from app.engagements.models import Engagement, EngagementKind
from app.errors import Conflict, Invalid
from app.people.service import end_of_employment
from app.rounds import publishing, unpublishing
from app.rounds.models import MatchingRound, Run
from app.rounds.snapshot import take
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW
from tests.forms import post
from tests.racing import DONE, race
from tests.rounds.conftest import BY, circles, finished_run, groups, person_called
from tests.rounds.test_groups import mixed_round


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def matched() -> list[CommunityMembership]:
    query = sa.select(CommunityMembership).filter_by(came_by=CameBy.MATCHED)
    return list(db.session.scalars(query.order_by(CommunityMembership.person_id)))


def published(matching_round) -> Run:
    run = finished_run(matching_round)
    publishing.publish_run(run, by=BY)
    db.session.commit()
    return run


class TestPublishing:
    def test_people_become_members_and_see_it_with_the_reason(self, app, client_for):
        matching_round = circles()
        published(matching_round)
        assert len(matched()) == 6
        assert {row.matching_round_id for row in matched()} == {matching_round.id}
        assert db.session.query(Engagement).count() == 0
        browser = client_for(factories.account(of=person_called("Member 0")))
        for address in ("/", "/communities/negotiators"):
            text = words(browser.get(address))
            assert "Negotiators is about Negotiation, which you want" in text
        assert "Negotiators" in words(browser.get("/communities"))
        assert "See which communities you are in" in words(
            browser.get(f"/rounds/{matching_round.id}/enrolment")
        )

    def test_a_mentor_and_their_mentees_see_one_group_each_with_their_own_reasons(self, app, client_for):
        published(groups())
        rows = db.session.scalars(sa.select(Engagement).order_by(Engagement.id)).all()
        assert [row.kind for row in rows] == [EngagementKind.GROUP_MENTORING] * 2
        assert sorted(len(row.members) for row in rows) == [3, 4]
        group = next(row for row in rows if len(row.members) == 4)
        address = f"/mentorships/groups/{group.id}"
        mentee = client_for(factories.account(of=person_called("Mentee 0")))
        mentor = client_for(factories.account(of=person_called("Mentor 0")))
        for page in (address, "/"):
            assert "Mentor 0 has Negotiation at level 4; you want level 3" in words(mentee.get(page))
            assert "you want" not in words(mentor.get(page))
        assert "With Mentee 0, Mentee 2 and Mentee 4" in words(mentor.get("/"))
        assert "The group of Mentor 0" in words(mentee.get("/mentorships"))
        assert client_for(factories.account()).get(address).status_code == 404
        assert mentee.get(f"/mentorships/{group.id}").status_code == 404, "it is no pair"

    def test_a_mixed_round_is_published_as_a_whole(self, app):
        published(mixed_round())
        kinds = sorted(db.session.scalars(sa.select(Engagement.kind)))
        assert kinds == ["group_mentoring", "mentorship", "mentorship"]
        assert len(matched()) == 4
        (earlier,) = {row.matching_round_id for row in matched()}
        assert earlier is not None

    def test_a_group_of_a_mentor_counts_as_met_before(self, app):
        matching_round = groups()
        published(matching_round)
        later = factories.matching_round(
            state=RoundState.CLOSED,
            programmes=matching_round.programmes,
            starts_on=matching_round.ends_on + timedelta(days=1),
            ends_on=matching_round.ends_on + timedelta(days=90),
        )
        for person, role in (("Mentee 0", "mentee"), ("Mentor 0", "mentor")):
            factories.enrolment(person_called(person), role, later, places=2)
        assert [row.members for row in take(later).history] == [
            (f"p{person_called('Mentee 0').id}", f"p{person_called('Mentor 0').id}")
        ]

    def test_everybody_of_a_community_is_told_in_the_trail(self, app):
        published(circles())
        told = db.session.scalars(sa.select(AuditEvent).filter_by(action="community.joined")).all()
        assert {row.person_id for row in told} == {row.person_id for row in matched()}

    def test_what_waited_between_them_is_settled(self, app):
        matching_round = circles()
        community = db.session.query(Community).filter_by(name="Negotiators").one()
        asked = factories.community_request(person_called("Member 0"), community)
        published(matching_round)
        assert db.session.get(CommunityRequest, asked.id).state is RequestState.ACCEPTED

    def test_nobody_is_asked_first(self, app):
        run = finished_run(circles())
        with pytest.raises(Invalid, match="Groups begin at once"):
            publishing.publish_run(run, by=BY, answer_by=NOW.date() + timedelta(days=7))

    def test_the_page_says_so(self, app, hr, client_for):
        run = finished_run(circles())
        text = words(client_for(hr).get(f"/rounds/{run.matching_round_id}/runs/{run.id}/publish"))
        assert "Groups begin at once" in text
        assert "Whoever does not want to be in a community leaves it" in text


class TestStale:
    @pytest.mark.parametrize("what", ["left", "joined", "full", "archived", "too_few"])
    def test_a_plan_that_no_longer_fits_its_communities_is_refused(self, app, what):
        run = finished_run(circles(most=3))
        community = db.session.query(Community).filter_by(name="Negotiators").one()
        person = person_called("Member 0")
        match what:
            case "left":
                end_of_employment(person, on=NOW.date(), by=BY)
            case "joined":
                joining.join(community, person_id=person.id, by=BY)
            case "full":
                joining.join(community, person_id=factories.person().id, by=BY)
            case "archived":
                community.archived_at = NOW
            case "too_few":
                community.least_members = community.most_members = 9
        db.session.commit()
        with pytest.raises(Conflict, match="changed since"):
            publishing.publish_run(run, by=BY)
        db.session.rollback()
        assert matched() == []

    def test_who_leaves_before_publication_makes_their_group_stale(self, app):
        run = finished_run(groups())
        end_of_employment(person_called("Mentor 0"), on=NOW.date(), by=BY)
        db.session.commit()
        with pytest.raises(Conflict, match="changed since"):
            publishing.publish_run(run, by=BY)


class TestTakingBack:
    @pytest.mark.parametrize("write", [circles, groups])
    def test_the_page_shows_what_a_member_reads_and_nothing_to_a_community(self, app, client_for, hr, write):
        run = finished_run(write())
        text = client_for(hr).get(f"/rounds/{run.matching_round_id}/runs/{run.id}/publish").text
        preview = text.partition('id="preview"')[2]
        assert preview.count("<h3>") == 1
        assert preview.count("<summary>To ") == 1

    @pytest.mark.parametrize("write", [circles, groups])
    def test_everything_is_taken_back_and_published_again(self, app, write):
        matching_round = write()
        run = published(matching_round)
        pairs = 6 if write is circles else 5
        assert unpublishing.people_told(matching_round) == (6 if write is circles else 7)
        assert unpublishing.unpublish(matching_round, by=BY) == (6 if write is circles else 2)
        db.session.commit()
        assert matched() == []
        assert publishing.publish_run(db.session.get(Run, run.id), by=BY) == pairs

    def test_after_somebody_has_left_their_community_it_stands(self, app):
        matching_round = circles()
        published(matching_round)
        community = db.session.query(Community).filter_by(name="Negotiators").one()
        joining.leave(community, person_id=person_called("Member 0").id, by=BY)
        db.session.commit()
        with pytest.raises(Conflict, match="acted on"):
            unpublishing.unpublish(matching_round, by=BY)

    def test_a_round_with_groups_is_not_matched_again(self, app, hr, client_for):
        matching_round = groups()
        published(matching_round)
        answer = post(client_for(hr), f"/rounds/{matching_round.id}/match-again")
        assert answer.status_code in (404, 409)


def test_two_who_publish_at_once_make_each_membership_once(own_app):
    run_id = finished_run(circles()).id

    def publish(_number: int) -> None:
        publishing.publish_run(db.session.get_one(Run, run_id), by=BY)

    answers = race(own_app, partial(publish, 1), partial(publish, 2))
    assert sorted(answer == DONE for answer in answers) == [False, True]
    assert len(matched()) == 6
    assert db.session.query(MatchingRound).one().state is RoundState.PUBLISHED
