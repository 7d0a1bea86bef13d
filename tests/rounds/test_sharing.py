"""Programmes of a round share everybody's hours and cover for one another, as far as goals and HR allow."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import Person
from app.programmes.models import ProgrammeCriterion, ProgrammeGoal, ProgrammeKind
from app.rounds import (
    certificates,
    certifying,
    changes,
    deciding,
    publishing,
    replay_tasks,
    replaying,
    run_queries,
    service,
    sharing,
    what_ifs,
)
from app.rounds.deciding import PairOf
from app.rounds.documents import document_of
from app.rounds.models import Assignment, AssignmentMember, DocumentKind, Enrolment, EnrolmentRole
from app.rounds.snapshot import take
from app.rounds.states import RoundState, RunState
from app.rounds.together import Together, together_in, told_of
from matching.problem import Joint, Problem
from tests import factories
from tests.forms import post
from tests.rounds.conftest import BY, asked_for_run, company, finished_run, person_called


@pytest.fixture
def closed(app):
    """Return a closed round of mentoring and peer coaching, in which the mentees take part in both.

    Everybody has two hours a month, which is what a match of either takes.
    """
    matching_round = company(mentees=4, mentors=2)
    mentoring = matching_round.programmes[0]
    mentoring.name = "Mentoring"
    peers = factories.programme(
        kind=ProgrammeKind.PEER_COACHING,
        name="Peer coaching",
        hours_a_month=2.0,
        rules=[],
        criteria=[ProgrammeCriterion(criterion="skills", weight=100)],
    )
    matching_round.programmes.append(peers)
    db.session.flush()
    for number in range(4):
        person = person_called(f"Mentee {number}")
        skill = factories.skill(f"Own {number}")
        factories.claim(person, skill, level=4)
        for other in range(4):
            if other != number:
                factories.goal(person_called(f"Mentee {other}"), skill, level=3)
        part = {"programme_id": peers.id, "person_id": person.id, "role": EnrolmentRole.PEER, "places": 1}
        db.session.add(Enrolment(matching_round_id=matching_round.id, **part))
    db.session.commit()
    return matching_round


def shared(matching_round, *, hours=True, cover=()):
    """Settle what the programmes of a round share."""
    sharing.share(matching_round, shares_hours=hours, cover=cover, by=BY)
    db.session.commit()
    return matching_round


def matches_of(run):
    """Count the matches of each person."""
    query = (
        sa.select(AssignmentMember.person_id, sa.func.count())
        .join(Assignment)
        .where(Assignment.run_id == run.id)
        .group_by(AssignmentMember.person_id)
    )
    return dict(db.session.execute(query).all())


def test_programmes_share_nothing_unless_it_is_settled(closed):
    assert together_in(closed) == Together()
    assert take(closed).joint is None
    assert max(matches_of(finished_run(closed)).values()) > 1


def test_nobody_has_matches_for_more_hours_than_they_have(closed):
    run = finished_run(shared(closed))
    assert run.state is RunState.FINISHED, run.failure
    assert set(matches_of(run).values()) == {1}
    names = {row.key: row.name for row in closed.programmes}
    assert told_of(run, names) == [
        "Nobody has matches for more hours a month than they have, all programmes together."
    ]
    assert "Nobody has matches for more hours a month than they have" in run_queries.rules_kept(run)


def test_who_is_covered_is_told_with_the_result(closed):
    run = finished_run(shared(closed, hours=False, cover=closed.programmes[::-1]))
    names = {row.key: row.name for row in closed.programmes}
    assert told_of(run, names) == [
        "4 of 4 people who asked Peer coaching or Mentoring have a match in at least one of them."
    ]
    assert take(closed).joint == Joint(cover_by=tuple(row.key for row in closed.programmes[::-1]))


def test_hours_that_are_added_up_are_whole_hundredths(closed):
    person_called("Mentee 0").hours_a_month = 2.0049
    closed.programmes[0].hours_a_month = 1 / 3
    db.session.commit()
    problem = take(shared(closed))
    assert {row.hours_a_month for row in problem.people} == {2.0}
    assert problem.programmes[0].hours_a_month in (0.33, 2.0)


def test_the_certificate_goes_through_the_goals_in_their_one_order(closed):
    run = finished_run(shared(closed, cover=closed.programmes))
    names = {row.key: row.name for row in closed.programmes}
    told = [
        (row.words, row.programme) for row in certificates.proved(certifying.certificate_of(run), run, names)
    ]
    assert told[0][0].startswith("As many people as possible have a match in at least one of the programmes")
    assert [programme for _words, programme in told[1:4]] == ["Mentoring", "Peer coaching", "Peer coaching"]
    assert told[-1] == ("The best fit for everyone together", "")
    verified = certificates.verified(
        certifying.certificate_of(run), run, names, run_queries.pairs_by_kind(run)
    )
    assert verified[-1].on == "6 people"


def test_a_run_of_programmes_that_share_is_replayed_bit_for_bit(closed):
    run = finished_run(shared(closed, cover=closed.programmes))
    asked = replaying.request_replay(run, by=BY)
    db.session.commit()
    replay_tasks.carry_out(asked.id)
    db.session.refresh(asked)
    assert asked.is_same


def test_what_is_shared_is_part_of_the_problem_and_of_every_what_if(closed):
    run = finished_run(shared(closed, cover=closed.programmes))
    problem = Problem.from_json(document_of(run.id, DocumentKind.PROBLEM))
    assert problem.joint == Joint(hours_budget=True, cover_by=tuple(row.key for row in closed.programmes))
    tried = {key: dict(value) for key, value in run.settings.items()}
    tried[closed.programmes[0].key]["rules"] = {}
    what_if = what_ifs.request_what_if(run, tried, by=BY)
    assert what_ifs.problem_of(what_if).joint == problem.joint


def test_a_what_if_seeks_no_goals_that_cannot_be_sought_together(closed):
    run = finished_run(shared(closed))
    tried = {key: dict(value) for key, value in run.settings.items()}
    tried[closed.programmes[0].key]["goals"] = ["coverage", "worst_match", "points"]
    with pytest.raises(Invalid, match="Mentoring has the goal"):
        what_ifs.request_what_if(run, tried, by=BY)


@pytest.mark.parametrize(
    ("goals", "sentence"),
    [
        (["coverage", "worst_match"], "which cannot be sought where programmes share"),
        (["points", "coverage"], "the best fit comes before how many have a match"),
    ],
)
def test_goals_that_cannot_be_sought_together_are_refused_before_a_run(closed, goals, sentence):
    mentoring = shared(closed).programmes[0]
    mentoring.goals.clear()
    db.session.flush()
    mentoring.goals.extend(ProgrammeGoal(position=place, goal=goal) for place, goal in enumerate(goals, 1))
    db.session.commit()
    with pytest.raises(Conflict, match=sentence):
        asked_for_run(closed)
    shared(closed, hours=False)
    with pytest.raises(Invalid, match=sentence):
        shared(closed)


def test_nobody_goes_first_where_programmes_share(closed):
    about = {"programme_id": closed.programmes[0].id, "mentee_id": person_called("Mentee 0").id}
    row = deciding.require(closed, **about, by=BY)
    db.session.commit()
    with pytest.raises(Invalid, match="Mentee 0 goes before everybody else"):
        shared(closed)
    deciding.undo(closed, [row], by=BY)
    shared(closed)
    with pytest.raises(Conflict, match="nobody can go before everybody else"):
        deciding.require(closed, **about, by=BY)


def test_locks_for_more_hours_than_somebody_has_are_refused_before_a_run(closed):
    shared(closed)
    programme_id, mentor = closed.programmes[0].id, person_called("Mentor 0")
    for number in range(2):
        mentee = person_called(f"Mentee {number}")
        deciding.lock(closed, PairOf(programme_id, mentee.id, mentor.id), by=BY)
    db.session.commit()
    with pytest.raises(Conflict, match="What is locked for Mentor 0 takes 4 hours a month, and they have 2"):
        asked_for_run(closed)
    mentor.hours_a_month = 4.0
    db.session.commit()
    assert finished_run(closed).state is RunState.FINISHED


def test_a_plan_is_not_published_when_somebody_has_fewer_hours_now(closed):
    run = finished_run(shared(closed))
    assert changes.changed_pairs(run, changes.pairs_of(run)) == 0
    (person_id, _count) = next(iter(matches_of(run).items()))
    db.session.get_one(Person, person_id).hours_a_month = 1.0
    db.session.commit()
    assert changes.changed_pairs(run, changes.pairs_of(run)) == 1
    with pytest.raises(Conflict, match="changed since"):
        publishing.publish_run(run, by=BY)


def test_a_plan_made_by_itself_is_published_though_hours_are_shared_now(closed):
    run = finished_run(closed)
    shared(closed)
    assert changes.changed_pairs(run, changes.pairs_of(run)) == 0


def test_a_cover_is_of_two_programmes_or_more_each_once(closed):
    one, other = closed.programmes
    for cover in ([one], [one, one], [one, factories.programme()]):
        with pytest.raises(Invalid, match="at least two programmes"):
            shared(closed, cover=cover)
    shared(closed, cover=[one, other])
    assert together_in(shared(closed, cover=[other, one])).cover == (other, one)
    assert together_in(shared(closed, hours=False)) == Together()


def test_a_round_of_one_programme_has_nothing_to_share(app):
    with pytest.raises(Conflict, match="has one programme"):
        shared(factories.matching_round())


def test_what_is_shared_stays_once_a_round_is_published(closed):
    publishing.publish_run(finished_run(shared(closed)), by=BY)
    db.session.commit()
    with pytest.raises(Conflict, match="published, so what its programmes share stays"):
        shared(closed, hours=False)


def test_a_round_after_another_shares_the_same_as_far_as_it_can(closed):
    one, other = closed.programmes
    shared(closed, cover=[other, one])
    dates = {
        "opens_on": date(2027, 2, 1),
        "closes_on": date(2027, 2, 20),
        "starts_on": date(2027, 3, 1),
        "ends_on": date(2027, 6, 1),
    }
    following = service.create_round(name="Next", programmes=[one, other], **dates, by=BY, like=closed)
    assert together_in(following) == Together(True, (other, one))
    third = factories.programme()
    fewer = service.create_round(name="Fewer", programmes=[one, third], **dates, by=BY, like=closed)
    assert together_in(fewer) == Together(True, ())
    alone = service.create_round(name="Alone", programmes=[one], **dates, by=BY, like=closed)
    assert not alone.shares_hours


def test_hr_settles_what_is_shared_on_its_page(closed, hr, client_for):
    client, (one, other) = client_for(hr), closed.programmes
    address = f"/rounds/{closed.id}/together"
    both = {f"cover_{one.id}": "1", f"cover_{other.id}": "1"}
    answer = post(client, address, both)
    assert answer.status_code == 422
    assert "Two programmes cannot have the same place" in answer.text
    answer = post(client, address, {f"cover_{one.id}": "1", f"cover_{other.id}": "0"})
    assert answer.status_code == 422
    assert "Choose at least two programmes" in answer.text
    answer = post(client, address, {"shares_hours": "y", **both, f"cover_{other.id}": "2"})
    assert answer.status_code == 303
    db.session.expire_all()
    assert together_in(closed) == Together(True, (one, other))
    assert "They are matched together" in client.get(f"/rounds/{closed.id}").text
    assert "cover for one another, in this order" in client.get(f"/rounds/{closed.id}/settings").text
    closed.state = RoundState.CANCELLED
    db.session.commit()
    assert "is cancelled, so what its programmes share stays" in client.get(address).text


def test_the_page_of_a_round_with_one_programme_says_that_it_shares_nothing(hr, client_for):
    address = f"/rounds/{factories.matching_round().id}/together"
    assert "has one programme" in client_for(hr).get(address).text
    assert post(client_for(hr), address, {"shares_hours": "y"}).status_code in (409, 422)
