"""People are matched to communities, and in groups to mentors: enrolled, matched and reviewed."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from app.communities.models import CameBy, Community, CommunityMix, MixOf
from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import PersonalBlock
from app.programmes.versions import change
from app.rounds import comparing, enrolling, queries, results, running
from app.rounds.certificate_models import Replay
from app.rounds.export import csv_of
from app.rounds.group_models import ClosedGroup, CommunityWish
from app.rounds.models import Assignment, Enrolment, EnrolmentRole, EnrolmentWish, UnmatchedPerson
from app.rounds.run_queries import all_matches, rules_kept
from app.rounds.snapshot import take
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import BY, circles, company, department, finished_run, groups, person_called
from tests.rounds.test_peer_coaching import pages_about


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def together(run) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for match in all_matches(run):
        found.setdefault(match.mentor, []).append(match.mentee)
    return found


class TestRunning:
    def test_people_join_the_community_about_what_they_want(self, app):
        run = finished_run(circles())
        assert run.failure is None
        assert together(run) == {
            "Negotiators": ["Member 0", "Member 2", "Member 4"],
            "Analysts": ["Member 1", "Member 3", "Member 5"],
        }
        assert (run.mentees, run.mentees_matched, run.mentors) == (6, 6, 0)
        assert results.headline(run) == "6 of 6 people have a community"

    def test_each_membership_has_points_that_add_up(self, app):
        for matching_round in (circles(), groups()):
            for row in db.session.scalars(
                sa.select(Assignment).filter_by(run_id=finished_run(matching_round).id)
            ):
                assert 0 < row.points <= 100
                assert sum(part["points"] for part in row.parts) == row.points

    def test_mentees_meet_a_mentor_in_groups(self, app):
        run = finished_run(groups())
        assert run.failure is None
        assert together(run) == {
            "Mentor 0": ["Mentee 0", "Mentee 2", "Mentee 4"],
            "Mentor 1": ["Mentee 1", "Mentee 3"],
        }
        assert (run.mentees, run.mentees_matched, run.mentors) == (5, 5, 2)
        assert results.headline(run) == "5 of 5 people have a mentor"

    def test_who_suits_no_community_is_left_out_with_the_cause(self, app):
        matching_round = circles()
        lonely = factories.person(name="Lonely")
        factories.goal(lonely, factories.skill("Cooking"), level=3)
        factories.enrolment(lonely, EnrolmentRole.MEMBER, matching_round)
        run = finished_run(matching_round)
        row = db.session.scalars(sa.select(UnmatchedPerson).filter_by(run_id=run.id)).one()
        told = results.explain_cause(row.cause, row.details, partner=results.PARTNERS[row.role])
        assert row.role is EnrolmentRole.MEMBER
        assert told.why == "None of 2 communities suits them: 2 about other things than they want."
        assert "mentor" not in told.why + told.to_do

    def test_a_community_that_would_have_too_few_stays_closed(self, app):
        run = finished_run(circles(people=3, least=2))
        closed = db.session.scalars(sa.select(ClosedGroup).filter_by(run_id=run.id)).one()
        assert (closed.community.name, closed.cause, closed.eligible, closed.needed) == (
            "Analysts",
            "too_few",
            1,
            2,
        )
        row = db.session.scalars(sa.select(UnmatchedPerson).filter_by(run_id=run.id)).one()
        told = results.explain_cause(row.cause, row.details, partner="community")
        assert told.why == "1 community would suit them, and none of them opens."

    def test_a_group_of_one_does_not_open(self, app):
        run = finished_run(groups(mentees=3))
        closed = db.session.scalars(sa.select(ClosedGroup).filter_by(run_id=run.id)).all()
        assert {row.mentor.name for row in closed} <= {"Mentor 0", "Mentor 1"}
        assert all(len(people) >= 2 for people in together(run).values())

    def test_rules_are_said_in_the_words_of_communities(self, app):
        kept = rules_kept(finished_run(circles()))
        assert "The community is about at least 20% of what the member wants to learn" in kept
        assert "Everybody in a group asked to take part" in kept
        assert not any("mentor" in sentence for sentence in kept)


class TestSnapshot:
    def test_who_is_in_a_community_takes_its_room_and_is_not_put_there_again(self, app):
        matching_round = circles(people=2, least=3, most=4)
        community = db.session.query(Community).filter_by(name="Negotiators").one()
        inside = person_called("Member 0")
        factories.membership(inside, community)
        factories.membership(factories.person(), community)
        problem = take(matching_round)
        (programme,) = problem.programmes
        found = {row.id: (row.min, row.max) for row in programme.communities}
        assert found[f"c{community.id}"] == (1, 2), "two are there, so it needs one more and takes two"
        assert [row.members for row in problem.bans] == [(f"p{inside.id}", f"c{community.id}")]

    def test_a_full_community_has_no_room(self, app):
        matching_round = circles(people=2, least=1, most=1)
        community = db.session.query(Community).filter_by(name="Negotiators").one()
        factories.membership(factories.person(), community)
        run = finished_run(matching_round)
        closed = {row.community.name: row.cause for row in db.session.scalars(sa.select(ClosedGroup))}
        assert closed == {"Negotiators": "no_room"}
        assert together(run) == {"Analysts": ["Member 1"]}

    @pytest.mark.parametrize("inside_asked", [True, False])
    def test_a_block_with_somebody_inside_keeps_out_and_nobody_learns_why(self, app, inside_asked):
        matching_round = circles(people=3, least=1)
        community = db.session.query(Community).filter_by(name="Analysts").one()
        there, person = factories.person(name="There"), person_called("Member 1")
        factories.membership(there, community)
        one, other = (there, person) if inside_asked else (person, there)
        db.session.add(PersonalBlock(person_id=one.id, blocked_person_id=other.id))
        db.session.commit()
        run = finished_run(matching_round)
        assert "Analysts" not in together(run)
        row = db.session.scalars(sa.select(UnmatchedPerson).filter_by(run_id=run.id)).one()
        assert row.person_id == person.id
        assert row.details["considered"] == 1
        assert not {"not_banned", "not_blocked"} & row.details["rules"].keys()

    def test_two_who_block_each_other_are_never_in_one_community(self, app):
        matching_round = circles(people=4, least=1)
        one, other = person_called("Member 0"), person_called("Member 2")
        db.session.add(PersonalBlock(person_id=one.id, blocked_person_id=other.id))
        db.session.commit()
        assert len(together(finished_run(matching_round))["Negotiators"]) == 1

    def test_a_mix_is_asked_unless_it_is_there_already(self, app):
        matching_round = circles(people=0)
        community = db.session.query(Community).filter_by(name="Analysts").one()
        community.mixes = [CommunityMix(attribute=MixOf.DEPARTMENT, at_least=2)]
        db.session.commit()

        def mix() -> list[tuple[str, int]]:
            rows = {row.id: row for row in take(matching_round).programmes[0].communities}
            return [(one.attribute, one.at_least) for one in rows[f"c{community.id}"].mix]

        assert mix() == [("department", 2)]
        for name in ("Care", "Sales"):
            factories.membership(factories.person(department_id=department(name).id), community)
        assert mix() == []

    def test_only_the_communities_chosen_take_part_and_none_in_the_archive(self, app):
        matching_round = circles(people=0)
        programme = matching_round.programmes[0]
        assert len(take(matching_round).programmes[0].communities) == 2
        change(programme, {"communities": ["Analysts"]}, by=BY)
        assert [row.skills for row in take(matching_round).programmes[0].communities] == [
            (f"s{db.session.query(Community).filter_by(name='Analysts').one().topics[0].id}",)
        ]
        db.session.query(Community).filter_by(name="Analysts").one().archived_at = NOW
        db.session.commit()
        assert take(matching_round).programmes[0].communities == ()

    def test_a_lead_is_no_member_of_what_they_lead(self, app):
        matching_round = circles(people=3, least=1)
        lead = person_called("Lead 0")
        factories.goal(lead, db.session.query(Community).filter_by(name="Negotiators").one().topics[0])
        factories.enrolment(lead, EnrolmentRole.MEMBER, matching_round)
        assert "Lead 0" not in together(finished_run(matching_round)).get("Negotiators", [])

    def test_who_waited_is_remembered(self, app):
        matching_round = circles(people=2)
        earlier = factories.matching_round(
            state=RoundState.PUBLISHED,
            published_at=NOW,
            programmes=matching_round.programmes,
            opens_on=date(2026, 5, 1),
            closes_on=date(2026, 5, 9),
            starts_on=date(2026, 6, 1),
            ends_on=date(2026, 9, 1),
        )
        got, waits = person_called("Member 0"), person_called("Member 1")
        for person in (got, waits):
            factories.enrolment(person, EnrolmentRole.MEMBER, earlier)
        factories.membership(
            got,
            factories.community(),
            came_by=CameBy.MATCHED,
            matching_round_id=earlier.id,
            programme_id=matching_round.programmes[0].id,
            points=70,
        )
        waited = {row.person: row.rounds_waited for row in take(matching_round).programmes[0].people}
        assert waited == {f"p{got.id}": 0, f"p{waits.id}": 1}

    def test_the_wish_for_a_mentor_is_one_for_their_group(self, app):
        matching_round = groups(mentees=2)
        mentor, mentee = person_called("Mentor 1"), person_called("Mentee 0")
        part = db.session.query(Enrolment).filter_by(person_id=mentee.id).one()
        db.session.add(EnrolmentWish(enrolment_id=part.id, position=1, mentor_id=mentor.id))
        db.session.commit()
        people = {row.person: row.wishes for row in take(matching_round).programmes[0].people}
        assert people[f"p{mentee.id}"] == (f"g{mentor.id}",)


class TestEnrolling:
    def test_one_joins_names_communities_and_withdraws(self, app, client_for):
        matching_round = circles(people=0, state=RoundState.OPEN)
        person = factories.person()
        browser = client_for(factories.account(of=person))
        address, programme = f"/rounds/{matching_round.id}/enrolment", matching_round.programmes[0]
        page = browser.get(address)
        assert "What you want to learn decides which communities suit you." in words(page)
        assert "mentor" not in words(page).partition("What happens next")[0]
        sent = {f"programme-{programme.id}-role": "member", f"programme-{programme.id}-communities": "2"}
        post(browser, f"{address}/{programme.id}", sent, page=address)
        assert "You are on the list for 2 communities." in words(browser.get(address))

        one, other = db.session.scalars(sa.select(Community).order_by(Community.id))
        wishes = f"{address}/{programme.id}/communities"
        twice = post(browser, wishes, places(one.id, one.id), page=wishes)
        assert (twice.status_code, "You have named this community already." in words(twice)) == (422, True)
        assert post(browser, wishes, places(other.id, one.id), page=wishes).status_code == 303
        named = list(
            db.session.scalars(sa.select(CommunityWish.community_id).order_by(CommunityWish.position))
        )
        assert named == [other.id, one.id]
        assert take(matching_round).programmes[0].people[0].wishes == (f"c{other.id}", f"c{one.id}")

        part = queries.enrolments_of(person.id, matching_round.id)[0]
        post(browser, f"{address}/{part.id}/withdraw", page=address)
        assert browser.get(wishes).status_code == 404

    @pytest.mark.parametrize("number", ["0", "4", "many"])
    def test_a_number_of_communities_out_of_range_is_refused(self, app, client_for, number):
        matching_round = circles(people=0, state=RoundState.OPEN)
        programme = matching_round.programmes[0]
        sent = {f"programme-{programme.id}-role": "member", f"programme-{programme.id}-communities": number}
        browser = client_for(factories.account())
        answer = post(browser, f"/rounds/{matching_round.id}/enrolment/{programme.id}", sent)
        assert answer.status_code == 422

    def test_a_group_of_one_cannot_be_offered(self, app):
        matching_round = groups(mentees=0, mentors=0)
        matching_round.state = RoundState.OPEN
        with pytest.raises(Invalid, match="from 2 to 20"):
            enrolling.enrol(
                factories.person(),
                matching_round,
                programme=matching_round.programmes[0],
                role=EnrolmentRole.MENTOR,
                places=1,
                by=BY,
            )

    def test_nobody_is_a_mentor_in_communities(self, app):
        matching_round = circles(people=0, state=RoundState.OPEN)
        with pytest.raises(Invalid, match="Nobody takes part in Communities as a mentor"):
            enrolling.enrol(
                factories.person(),
                matching_round,
                programme=matching_round.programmes[0],
                role=EnrolmentRole.MENTOR,
                by=BY,
            )

    def test_without_anybody_there_is_nothing_to_match(self, app):
        with pytest.raises(Conflict, match="seeks a community"):
            running.check_may_run(circles(people=0), mentees=0, mentors=0)


class TestReview:
    def test_each_membership_is_shown_with_why(self, app, as_hr):
        matching_round = circles()
        run = finished_run(matching_round)
        text = words(as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}"))
        assert "Member 0 with Negotiators" in text
        assert "Negotiators is about Negotiation, which Member 0 wants" in text
        assert "Everyone has a community" in text
        assert "mentor" not in text.partition("Rules")[0].partition("6 of 6")[2]
        match = next(all_matches(run))
        page = as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}/matches/{match.id}")
        assert 'href="/communities/negotiators"' in page.text
        assert "100 of 100" in words(page)

    def test_groups_are_listed_with_those_that_do_not_open(self, app, as_hr):
        matching_round = circles(people=3)
        run = finished_run(matching_round)
        text = words(as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}/groups"))
        assert "2 people come into this community, which takes at most 4" in text
        assert "Analysts It needs 2, and 1 person could join." in text

    def test_the_page_of_groups_costs_as_many_statements_with_more_of_them(self, app, as_hr):
        costs = []
        for mentors in (1, 2):
            matching_round = groups(mentors=mentors, mentees=4)
            matching_round.programmes[0].name = f"Groups of {mentors}"
            db.session.commit()
            run = finished_run(matching_round)
            with count_statements() as sent:
                assert as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}/groups").status_code == 200
            costs.append(len(sent))
        assert costs[0] == costs[1]

    def test_a_mentor_and_a_mentee_are_locked_in_their_group(self, app, as_hr):
        matching_round = groups()
        run = finished_run(matching_round)
        match = next(row for row in all_matches(run) if row.mentor == "Mentor 1")
        address = f"/rounds/{matching_round.id}/runs/{run.id}/matches/{match.id}"
        assert post(as_hr, f"{address}/lock", page=address).status_code == 303
        lock = take(matching_round).locks[0]
        assert lock.members == (f"p{match.mentee_id}", f"g{match.mentor_id}")
        again = finished_run(matching_round)
        assert match.mentee in together(again)["Mentor 1"]

    def test_runs_are_compared_by_community(self, app):
        matching_round = circles()
        first, second = finished_run(matching_round), finished_run(matching_round)
        assert comparing.changed_count(first, second) == 0
        community = db.session.query(Community).filter_by(name="Analysts").one()
        community.archived_at = NOW
        db.session.commit()
        third = finished_run(matching_round)
        assert comparing.changed_count(first, third) == 3
        (change_, *_rest) = list(comparing._changes(first, third, 25, 0))
        assert (change_.mentee, change_.first, change_.second) == ("Member 1", ["Analysts"], [])

    def test_the_table_of_matches_names_the_communities(self, app):
        assert "Negotiators" in csv_of(finished_run(circles()))

    def test_a_plan_is_replayed_and_certified(self, app, as_hr):
        matching_round = circles()
        run = finished_run(matching_round)
        address = f"/rounds/{matching_round.id}/runs/{run.id}"
        assert "The community is about at least 20%" in words(as_hr.get(f"{address}/certificate"))
        post(as_hr, f"{address}/replay")
        assert db.session.query(Replay).one().is_same is True


def places(*ids: int) -> dict[str, str]:
    """Return a filled-in list of communities."""
    return {f"place_{place}": str(dict(enumerate(ids, start=1)).get(place, 0)) for place in range(1, 6)}


def mixed_round():
    """Write a closed round of mentoring, of groups and of communities."""
    matching_round = company(mentees=2, mentors=1)
    others = [circles(people=4), groups(mentees=2, mentors=1)]
    for other in others:
        matching_round.programmes.append(other.programmes[0])
        db.session.execute(
            sa.update(Enrolment)
            .where(Enrolment.matching_round_id == other.id)
            .values(matching_round_id=matching_round.id)
        )
    db.session.commit()
    return matching_round


@pytest.mark.parametrize("write", [circles, groups, mixed_round])
def test_every_page_about_a_round_with_groups_answers(app, as_hr, write):
    """Whatever was written with mentoring in mind says no, when it must, in words."""
    run = finished_run(write())
    assert run.failure is None
    pages = pages_about(app, run)
    answers = {endpoint: as_hr.get(address).status_code for endpoint, address in pages.items()}
    assert set(answers.values()) <= {200, 303, 404, 409}, answers
    assert answers["rounds.certificate"] == answers["rounds.show_run"] == answers["programmes.rules"] == 200
    assert answers["rounds.show_groups"] == answers["rounds.readiness_page"] == 200
