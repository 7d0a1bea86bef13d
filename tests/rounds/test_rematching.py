"""What fell through is matched again with what is free; everything that stands stays as it is."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.db import db
from app.engagements import proposals
from app.engagements.models import DeclineReason, Engagement, EngagementRole, EngagementState
from app.errors import Conflict, Invalid
from app.people.models import Person
from app.rounds import changes, publishing, queries, rematching, tasks
from app.rounds.documents import document_of
from app.rounds.models import DocumentKind, MatchingRound, Run
from app.rounds.snapshot import take
from app.rounds.snapshot_free import free_part
from app.rounds.states import RoundState, RunState
from matching.problem import Problem
from tests.conftest import NOW, signed_in_client
from tests.counting import count_statements
from tests.forms import post
from tests.home.test_home import words
from tests.rounds.conftest import company, finished_run, person_called

BY = audit.COMMAND_LINE
TODAY = NOW.date()
IN_A_WEEK, LATER = TODAY + timedelta(days=7), TODAY + timedelta(days=10)


@pytest.fixture
def asked(app) -> MatchingRound:
    """Four mentees are asked about three mentors who have two places each."""
    matching_round = company(mentees=4, mentors=3)
    publishing.publish_run(finished_run(matching_round), by=BY, answer_by=IN_A_WEEK)
    db.session.commit()
    return matching_round


def proposal_of(name: str) -> Engagement:
    rows = db.session.scalars(sa.select(Engagement).order_by(Engagement.id.desc())).all()
    return next(row for row in rows if row.members[0].person.name == name)


def decline(row: Engagement, role: EngagementRole, *, seeks_another: bool = True) -> None:
    person_id = next(member.person_id for member in row.members if member.role is role)
    proposals.decline(
        row,
        person_id=person_id,
        reason=DeclineReason.OTHER_EXPERIENCE,
        words="Somebody from Sales",
        seeks_another=seeks_another,
        by=BY,
    )
    db.session.commit()


def accept(row: Engagement) -> None:
    for member in row.members:
        proposals.accept(row, person_id=member.person_id, by=BY)
    db.session.commit()


def matched_again(matching_round: MatchingRound) -> Run:
    run = rematching.request_rematch(matching_round, by=BY)
    db.session.commit()
    tasks.carry_out(run.id)
    db.session.expire_all()
    return run


def free(matching_round: MatchingRound) -> tuple[dict[str, int], dict[str, int]]:
    """Return who seeks and who offers how many places in what is matched again."""
    problem = free_part(take(matching_round), matching_round)
    names = {row.id: row.name for row in problem.people}
    (programme,) = problem.programmes
    return (
        {names[row.person]: row.places for row in programme.mentees},
        {names[row.person]: row.capacity for row in programme.mentors},
    )


def test_only_who_is_free_again_is_matched_and_nothing_else_changes(asked):
    accept(proposal_of("Mentee 1"))
    declined = proposal_of("Mentee 0")
    decline(declined, EngagementRole.MENTOR)
    before = {row.id: row.state for row in db.session.scalars(sa.select(Engagement))}
    run = matched_again(asked)
    assert (run.state, run.mentees, run.mentees_matched) == (RunState.FINISHED, 1, 1)
    assert asked.state is RoundState.PUBLISHED
    assert publishing.publish_run(run, by=BY, answer_by=LATER) == 1
    db.session.commit()
    after = {row.id: row.state for row in db.session.scalars(sa.select(Engagement))}
    assert before.items() <= after.items()
    further = proposal_of("Mentee 0")
    assert (further.state, further.answer_by) == (EngagementState.PROPOSED, LATER)
    assert further.members[1].person_id != declined.members[1].person_id
    assert asked.answer_by == IN_A_WEEK


def test_the_proof_is_of_the_problem_of_the_free_alone(asked):
    decline(proposal_of("Mentee 0"), EngagementRole.MENTEE)
    run = matched_again(asked)
    problem = Problem.from_json(document_of(run.id, DocumentKind.PROBLEM))
    assert [row.person for row in problem.programmes[0].mentees] == [f"p{person_called('Mentee 0').id}"]
    assert all(row.capacity <= 2 for row in problem.programmes[0].mentors)


def test_places_are_free_unless_their_owner_wants_nobody_or_said_nothing(asked):
    """Of four: one is accepted, one declined by the mentor for good, one not answered by the mentor, one waits."""
    taken = [proposal_of(f"Mentee {number}") for number in range(4)]
    mentors = [row.members[1].person for row in taken]
    accept(taken[0])
    decline(taken[1], EngagementRole.MENTOR, seeks_another=False)
    proposals.accept(taken[2], person_id=taken[2].members[0].person_id, by=BY)
    taken[2].answer_by = TODAY - timedelta(days=1)
    db.session.commit()
    seeking, offering = free(asked)
    assert seeking == {"Mentee 1": 1, "Mentee 2": 1}
    left = dict.fromkeys((row.name for row in mentors), 2) | {"Mentor 2": 2}
    for mentor in mentors:
        left[mentor.name] -= 1
    assert offering == {name: places for name, places in left.items() if places}


@pytest.mark.parametrize("seeks_another", [True, False])
def test_who_declines_is_matched_again_only_if_they_wish(asked, seeks_another):
    decline(proposal_of("Mentee 0"), EngagementRole.MENTEE, seeks_another=seeks_another)
    assert ("Mentee 0" in free(asked)[0]) is seeks_another


def test_nobody_is_asked_about_the_same_person_twice(app):
    """There is one mentor alone: whoever turned them down finds nobody."""
    matching_round = company(mentees=1, mentors=1)
    publishing.publish_run(finished_run(matching_round), by=BY, answer_by=IN_A_WEEK)
    decline(proposal_of("Mentee 0"), EngagementRole.MENTEE)
    run = matched_again(matching_round)
    assert (run.mentees, run.mentees_matched) == (1, 0)
    with pytest.raises(Conflict, match="matched nobody"):
        publishing.publish_run(run, by=BY, answer_by=LATER)


def test_where_nothing_fell_through_there_is_nothing_to_match(asked):
    with pytest.raises(Conflict, match="No match has fallen through"):
        rematching.request_rematch(asked, by=BY)


def test_further_matches_are_proposals_made_for_the_round_as_it_is(asked):
    decline(proposal_of("Mentee 0"), EngagementRole.MENTOR)
    first, second = matched_again(asked), matched_again(asked)
    with pytest.raises(Invalid, match="Further matches are always proposals"):
        publishing.publish_run(second, by=BY)
    publishing.publish_run(second, by=BY, answer_by=LATER)
    db.session.commit()
    with pytest.raises(Conflict, match="Other matches were published since this run"):
        publishing.publish_run(first, by=BY, answer_by=LATER)
    with pytest.raises(Conflict, match="published already"):
        publishing.publish_run(second, by=BY, answer_by=LATER)


def test_a_place_given_away_since_the_run_stops_the_publication(asked):
    decline(proposal_of("Mentee 0"), EngagementRole.MENTOR)
    run = matched_again(asked)
    (pair,) = changes.pairs_of(run)
    mentor = db.session.get_one(Person, pair.ids[1])
    mentor.mentor_capacity = 0
    db.session.commit()
    with pytest.raises(Conflict, match="1 match of this run has changed since"):
        publishing.publish_run(run, by=BY, answer_by=LATER)


def test_hr_reads_the_answers_and_matches_again_from_the_page_of_the_round(asked, hr, monkeypatch):
    as_hr, address = signed_in_client(hr), f"/rounds/{asked.id}"
    assert "Answers come in 0 of 4 matches are settled, and 4 matches wait" in words(as_hr.get(address))
    decline(proposal_of("Mentee 0"), EngagementRole.MENTOR)
    page = words(as_hr.get(address))
    assert "Both accepted 0 Waiting 3 Declined 1 No answer in time 0" in page
    told = words(as_hr.get(f"{address}/answers"))
    assert "hoped for other experience. “Somebody from Sales” Would like somebody else" in told
    monkeypatch.setattr(tasks, "hand_over", tasks.carry_out)
    run_address = post(as_hr, f"{address}/match-again", page=address).location
    assert "This run matches only those who were free again." in words(as_hr.get(run_address))
    assert "Review the further matches" in words(as_hr.get(address))
    published = post(
        as_hr,
        f"{run_address}/publish",
        {"how": "ask", "answer_by": LATER.isoformat()},
        page=f"{run_address}/publish",
    )
    assert "1 match published." in words(as_hr.get(published.location))


def test_the_architect_reads_how_many_answered_and_not_why(asked, client_for):
    from app.access import Role
    from tests import factories

    decline(proposal_of("Mentee 0"), EngagementRole.MENTOR)
    as_architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    assert "Declined 1" in words(as_architect.get(f"/rounds/{asked.id}"))
    assert as_architect.get(f"/rounds/{asked.id}/answers").status_code == 403


@pytest.mark.parametrize("mentees", [2, 6])
def test_the_pages_cost_the_same_however_many_fell_through(app, hr, mentees):
    matching_round = company(mentees=mentees)
    publishing.publish_run(finished_run(matching_round), by=BY, answer_by=IN_A_WEEK)
    for number in range(mentees):
        decline(proposal_of(f"Mentee {number}"), EngagementRole.MENTOR)
    as_hr, taken = signed_in_client(hr), []
    for path in ("", "/answers"):
        with count_statements() as sent:
            assert as_hr.get(f"/rounds/{matching_round.id}{path}").status_code == 200
        taken.append(len(sent))
    assert taken == [11, 5]
    assert queries.runs_of(matching_round.id)
