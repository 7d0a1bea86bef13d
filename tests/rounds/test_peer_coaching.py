"""People who coach each other are enrolled, matched in pairs and triads, reviewed, and published."""

import re

import pytest
import sqlalchemy as sa
from flask import url_for

from app.audit import AuditEvent
from app.db import db
from app.engagements.models import Engagement, EngagementKind, EngagementMember, EngagementRole
from app.errors import Conflict, Invalid
from app.people.models import PersonalBlock
from app.programmes.models import ProgrammeRule
from app.rounds import comparing, enrolling, publishing, queries, results, running, storing
from app.rounds.export import csv_of
from app.rounds.models import Assignment, EnrolmentRole, UnmatchedPerson
from app.rounds.run_queries import all_matches, rules_kept
from app.rounds.snapshot import take
from app.rounds.states import RoundState
from matching.solution import Assignment as Pair
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import BY, circle, company, finished_run, person_called

PEER = EnrolmentRole.PEER


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def sizes(run) -> list[int]:
    rows = db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id)).all()
    return sorted(len(row.members) for row in rows)


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


class TestEnrolling:
    def test_one_takes_part_as_a_peer_by_the_page_and_withdraws(self, app, client_for):
        matching_round = circle(people=0, state=RoundState.OPEN)
        person = factories.person()
        client = client_for(factories.account(of=person))
        address = f"/rounds/{matching_round.id}/enrolment"
        page = client.get(address)
        assert "You coach each other in turns" in words(page)
        assert "Be a mentor" not in words(page)
        programme = matching_round.programmes[0]
        sent = {f"programme-{programme.id}-role": "peer"}
        assert post(client, f"{address}/{programme.id}", sent, page=address).status_code == 303
        assert "You are on the list for a peer coach." in words(client.get(address))
        row = queries.enrolments_of(person.id, matching_round.id)[0]
        assert (row.role, row.places) == (PEER, 1)
        post(client, f"{address}/{row.id}/withdraw", {}, page=address)
        assert queries.enrolments_of(person.id, matching_round.id) == []

    @pytest.mark.parametrize("role", [EnrolmentRole.MENTEE, EnrolmentRole.MENTOR])
    def test_nobody_is_a_mentor_or_mentee_among_peers(self, app, role):
        matching_round = circle(people=0, state=RoundState.OPEN)
        with pytest.raises(Invalid, match=f"Nobody takes part in Peer coaching as a {role}."):
            enrolling.enrol(
                factories.person(), matching_round, programme=matching_round.programmes[0], role=role, by=BY
            )

    def test_nobody_is_a_peer_in_mentoring(self, app):
        matching_round = factories.matching_round()
        with pytest.raises(Invalid, match="as a peer"):
            enrolling.enrol(
                factories.person(), matching_round, programme=matching_round.programmes[0], role=PEER, by=BY
            )

    def test_profiles_enrol_nobody_as_a_peer(self, app):
        factories.person(seeks_mentor=True, mentor_capacity=2)
        assert enrolling.enrol_everyone(circle(people=0, state=RoundState.OPEN)) == 0


class TestSnapshot:
    def test_everybody_is_a_peer_in_pairs_or_one_triad(self, app):
        programme = take(circle(people=5)).programmes[0]
        assert programme.kind == "peer_coaching"
        assert programme.group_sizes == (2, 3)
        assert len(programme.people) == 5

    def test_who_waited_and_who_met_is_remembered(self, app):
        matching_round = circle(people=3)
        one, two, three = (person_called(f"Peer {number}") for number in range(3))
        earlier = factories.matching_round(
            state=RoundState.PUBLISHED,
            published_at=NOW,
            programmes=matching_round.programmes,
            **{name: NOW.date().replace(month=month) for name, month in
               [("opens_on", 5), ("closes_on", 5), ("starts_on", 6), ("ends_on", 9)]},
        )  # fmt: skip
        for person in (one, two, three):
            factories.enrolment(person, PEER, earlier)
        members = [EngagementMember(person_id=row.id, role=EngagementRole.PEER) for row in (one, two)]
        db.session.add(
            Engagement(
                kind=EngagementKind.PEER_COACHING,
                programme_id=matching_round.programmes[0].id,
                matching_round_id=earlier.id,
                starts_on=earlier.starts_on,
                members=members,
            )
        )
        db.session.commit()
        problem = take(matching_round)
        waited = {row.person: row.rounds_waited for row in problem.programmes[0].people}
        assert waited == {f"p{one.id}": 0, f"p{two.id}": 0, f"p{three.id}": 1}
        assert [row.members for row in problem.history] == [(f"p{one.id}", f"p{two.id}")]


class TestRunning:
    def test_an_odd_number_is_matched_in_pairs_and_one_triad(self, app):
        run = finished_run(circle(people=7))
        assert sizes(run) == [2, 2, 3]
        assert (run.mentees, run.mentees_matched, run.mentors) == (7, 7, 0)
        assert results.headline(run) == "7 of 7 people have a peer coach"

    def test_the_fit_is_out_of_100_and_adds_up(self, app):
        run = finished_run(circle(people=5))
        for row in db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id)):
            assert 0 < row.points <= 100
            assert sum(part["points"] for part in row.parts) == row.points
            assert all(part["points"] <= part["weight"] for part in row.parts)

    def test_what_is_left_over_of_a_triad_goes_to_the_largest_remainders(self):
        row = Pair(programme="p", people=("a", "b", "c"), points=200, parts={"skills": 101, "hours": 99})
        assert storing.fit_of(row) == {"skills": 33, "hours": 33}
        row = Pair(programme="p", people=("a", "b", "c"), points=202, parts={"skills": 101, "hours": 101})
        assert sum(storing.fit_of(row).values()) == 67

    @pytest.mark.parametrize("people", [0, 1])
    def test_it_takes_two(self, app, people):
        with pytest.raises(Conflict, match="It takes two to coach each other"):
            running.check_may_run(circle(people=people), mentees=0, mentors=0, peers=people)

    def test_who_is_blocked_by_everybody_is_left_out_and_nobody_learns_why(self, app):
        matching_round = circle(people=3)
        lonely = person_called("Peer 0")
        for number in (1, 2):
            other = person_called(f"Peer {number}")
            db.session.add(PersonalBlock(person_id=other.id, blocked_person_id=lonely.id))
        db.session.commit()
        run = finished_run(matching_round)
        row = db.session.scalars(sa.select(UnmatchedPerson).filter_by(run_id=run.id)).one()
        assert (row.person_id, row.role) == (lonely.id, PEER)
        assert "block" not in str(row.details)
        explained = results.explain_cause(row.cause, row.details, partner=results.PARTNERS[row.role])
        assert "mentor" not in explained.why + explained.to_do

    def test_rules_are_said_as_among_peers(self, app):
        kept = rules_kept(finished_run(circle(people=4)))
        assert "Not together in an earlier round, unless both have met everybody else" in kept
        assert "All asked to take part, and nobody is in two groups" in kept
        assert not any("mentor" in sentence for sentence in kept)


class TestReview:
    def test_a_triad_is_shown_with_all_three_and_nothing_to_lock(self, app, as_hr):
        matching_round = circle(people=3)
        run = finished_run(matching_round)
        page = as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}")
        assert "Peer 0 with Peer 1 and Peer 2" in words(page)
        assert "3 of 3 people have a peer coach" in words(page)
        assert "Everyone has a peer coach" in words(page)
        assert "/lock" not in page.text
        match = next(all_matches(run))
        address = f"/rounds/{matching_round.id}/runs/{run.id}/matches/{match.id}"
        page = as_hr.get(address)
        assert "Keep them apart" not in words(page)
        for number in range(3):
            assert f">Peer {number}</a>" in page.text
        assert post(as_hr, f"{address}/lock", {}).status_code == 404

    def test_reasons_are_said_both_ways_and_what_is_shared_once(self, app, as_hr):
        matching_round = circle(people=2)
        run = finished_run(matching_round)
        page = words(as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}"))
        assert "Peer 1 has SQL at level 4; Peer 0 wants level 3" in page
        assert "Peer 0 has Negotiation at level 4; Peer 1 wants level 3" in page

    def test_anybody_of_a_group_is_found_by_name(self, app, as_hr):
        matching_round = circle(people=3)
        run = finished_run(matching_round)
        address = f"/rounds/{matching_round.id}/runs/{run.id}"
        assert "Peer 0 with" in words(as_hr.get(f"{address}?q=peer+2"))
        assert "Peer 0 with" not in words(as_hr.get(f"{address}?q=peer+9"))

    def test_the_table_of_matches_names_everybody(self, app):
        run = finished_run(circle(people=3))
        assert "Peer 1 and Peer 2" in csv_of(run)

    def test_runs_are_compared_person_by_person(self, app):
        matching_round = circle(people=4)
        first, second = finished_run(matching_round), finished_run(matching_round)
        assert comparing.changed_count(first, second) == 0
        programme = matching_round.programmes[0]
        programme.rules = [ProgrammeRule(rule="other_department", parameters={})]
        db.session.commit()
        nobody = finished_run(matching_round)
        assert nobody.mentees_matched == 0
        assert comparing.changed_count(first, nobody) == 4

    def test_the_review_costs_as_many_statements_with_more_groups(self, app, as_hr):
        costs = []
        for people in (4, 9):
            matching_round = circle_named(people)
            run = finished_run(matching_round)
            with count_statements() as statements:
                as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}")
            costs.append(len(statements))
        assert costs[0] == costs[1]


def circle_named(people: int):
    matching_round = circle(people=people)
    programme = matching_round.programmes[0]
    programme.name = f"Peers of {people}"
    db.session.commit()
    return matching_round


class TestPublishing:
    def test_a_plan_becomes_peer_coaching_that_its_people_see(self, app, client_for):
        matching_round = circle(people=5)
        run = finished_run(matching_round)
        assert publishing.publish_run(run, by=BY) == 2
        db.session.commit()
        rows = db.session.scalars(sa.select(Engagement).order_by(Engagement.id)).all()
        assert {row.kind for row in rows} == {EngagementKind.PEER_COACHING}
        assert {member.role for row in rows for member in row.members} == {EngagementRole.PEER}
        assert sorted(len(row.members) for row in rows) == [2, 3]
        assert "peer_coaching.began" in db.session.scalars(sa.select(AuditEvent.action)).all()
        for number in range(5):
            client = client_for(factories.account(of=person_called(f"Peer {number}")))
            assert "Your peer coaching" in words(client.get("/"))

    def test_nobody_is_asked_first(self, app, as_hr):
        matching_round = circle(people=2)
        run = finished_run(matching_round)
        with pytest.raises(Invalid, match="Peer coaching begins at once"):
            publishing.publish_run(run, by=BY, answer_by=NOW.date().replace(day=30))
        page = words(as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}/publish"))
        assert "Peer coaching begins at once" in page
        assert "Both sides accept first" not in page

    def test_by_pages_from_the_run_to_the_publication(self, app, as_hr):
        matching_round = circle(people=2)
        run = finished_run(matching_round)
        address = f"/rounds/{matching_round.id}/runs/{run.id}/publish"
        assert post(as_hr, address, {"how": "at_once"}, page=address).status_code == 303
        assert db.session.scalar(sa.select(sa.func.count(Engagement.id))) == 1

    def test_a_group_one_of_whom_is_away_now_is_not_published(self, app):
        matching_round = circle(people=3)
        run = finished_run(matching_round)
        person_called("Peer 2").left_on = NOW.date()
        db.session.commit()
        with pytest.raises(Conflict, match="1 match of this run has changed since"):
            publishing.publish_run(run, by=BY)

    def test_who_was_together_is_kept_apart_in_the_next_round(self, app):
        matching_round = circle(people=4)
        run = finished_run(matching_round)
        before = {frozenset(m.person_id for m in row.members) for row in rows_of(run)}
        publishing.publish_run(run, by=BY)
        db.session.commit()
        following = factories.matching_round(
            state=RoundState.CLOSED,
            programmes=matching_round.programmes,
            starts_on=matching_round.ends_on,
            ends_on=matching_round.ends_on.replace(month=6),
        )
        for number in range(4):
            factories.enrolment(person_called(f"Peer {number}"), PEER, following)
        after = {frozenset(m.person_id for m in row.members) for row in rows_of(finished_run(following))}
        assert len(after) == 2
        assert after.isdisjoint(before)


def pages_about(app, run) -> dict[str, str]:
    """Return the address of every page about a run, its round and its programmes, by endpoint."""
    named = {
        "round_id": run.matching_round_id,
        "run_id": run.id,
        "base_id": run.id,
        "match_id": rows_of(run)[0].id,
        "key": run.matching_round.programmes[-1].key,
        "programme_id": run.matching_round.programmes[-1].id,
        "person_id": rows_of(run)[0].members[0].person_id,
        "number": 1,
    }
    found = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            about = rule.endpoint.startswith(("rounds.", "programmes.")) and "GET" in rule.methods
            if about and rule.arguments and rule.arguments <= named.keys():
                values = {name: named[name] for name in rule.arguments}
                found[rule.endpoint] = url_for(rule.endpoint, **values)
    return found


def mixed_round():
    """Write a closed round of mentoring and of peer coaching."""
    matching_round = company(mentees=2, mentors=1)
    peers = circle(people=2)
    matching_round.programmes.append(peers.programmes[0])
    for number in range(2):
        row = factories.enrolment(person_called(f"Peer {number}"), PEER, matching_round)
        row.programme_id = peers.programmes[0].id
    db.session.commit()
    return matching_round


@pytest.mark.parametrize("write", [circle, mixed_round])
@pytest.mark.parametrize("published", [False, True])
def test_every_page_about_a_round_with_peers_answers(app, as_hr, write, published):
    """Whatever was written with mentoring in mind says no, when it must, in words."""
    run = finished_run(write())
    if published:
        publishing.publish_run(run, by=BY)
        db.session.commit()
    pages = pages_about(app, run)
    assert {"rounds.certificate", "rounds.show_match", "programmes.rules", "rounds.prices"} <= pages.keys()
    answers = {endpoint: as_hr.get(address).status_code for endpoint, address in pages.items()}
    assert set(answers.values()) <= {200, 303, 404, 409}, answers
    assert answers["rounds.certificate"] == answers["rounds.show_run"] == answers["programmes.rules"] == 200


def test_the_certificate_counts_the_matches_of_each_kind(app, as_hr):
    run = finished_run(mixed_round())
    page = words(as_hr.get(f"/rounds/{run.matching_round_id}/runs/{run.id}/certificate"))
    assert "Both asked to take part (kept) 2 matches" in page
    assert "No mentor has more mentees than places (kept) 1 mentor" in page
    assert "All asked to take part, and nobody is in two groups (kept) 1 match" in page
    assert "Nobody is with someone they never want to meet (kept) 3 matches" in page


def test_the_certificate_of_peers_speaks_of_no_mentor(app, as_hr):
    run = finished_run(circle())
    page = words(as_hr.get(f"/rounds/{run.matching_round_id}/runs/{run.id}/certificate"))
    assert "Not together in an earlier round, unless both have met everybody else (kept) 2 matches" in page
    assert "No mentor has" not in page


def rows_of(run):
    return db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id)).all()


def test_a_round_of_mentoring_and_peers_is_matched_as_a_whole(app, as_hr):
    matching_round = mixed_round()
    run = finished_run(matching_round)
    assert results.headline(run) == "4 of 4 people have a mentor or peer coach"
    page = words(as_hr.get(f"/rounds/{matching_round.id}/runs/{run.id}"))
    assert "Mentee 0 with Mentor 0" in page
    assert "Peer 0 with Peer 1" in page
    assert "Lock 2 matches" in page
    assert publishing.publish_run(run, by=BY) == 3
