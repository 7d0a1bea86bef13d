"""A proposal begins when both accept, and otherwise falls through without telling either what the other did."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.audit import AuditEvent
from app.db import db
from app.engagements import proposals, tasks
from app.engagements.models import Answer, DeclineReason, EngagementState, ProposalAnswer
from app.engagements.service import end_engagements_of
from app.errors import Conflict
from app.people.queries import profile_of
from app.people.service import change_mentoring
from tests import factories
from tests.conftest import NOW

BY = audit.COMMAND_LINE


@pytest.fixture
def ada(app):
    return factories.person(name="Ada")


@pytest.fixture
def bo(app):
    return factories.person(name="Bo", mentor_capacity=1)


@pytest.fixture
def proposal(ada, bo):
    return factories.proposal(ada, bo)


def accept(proposal, person) -> bool:
    return proposals.accept(proposal, person_id=person.id, by=BY)


def decline(proposal, person, *, words="", seeks_another=True) -> None:
    proposals.decline(
        proposal,
        person_id=person.id,
        reason=DeclineReason.NO_TIME,
        words=words,
        seeks_another=seeks_another,
        by=BY,
    )


def state_of(proposal) -> EngagementState:
    db.session.refresh(proposal)
    return proposal.state


def trail() -> list[tuple[str, int | None]]:
    told = db.session.execute(sa.select(AuditEvent.action, AuditEvent.person_id).order_by(AuditEvent.id))
    return [tuple(row) for row in told]


def test_it_begins_when_both_have_accepted_in_either_order(proposal, ada, bo):
    assert not accept(proposal, bo)
    assert proposal.state is EngagementState.PROPOSED
    assert accept(proposal, ada)
    assert (proposal.state, proposal.settled_at) == (EngagementState.ACTIVE, NOW)
    assert trail() == [
        ("proposal.accepted", bo.id),
        ("proposal.accepted", ada.id),
        ("mentorship.began", ada.id),
    ]


def test_a_second_yes_changes_nothing(proposal, ada, bo):
    for _ in range(2):
        assert not accept(proposal, ada)
    accept(proposal, bo)
    assert accept(proposal, bo)
    assert len(trail()) == 3


@pytest.mark.parametrize("has_accepted", [False, True])
def test_a_no_ends_it_and_only_the_answer_keeps_why(proposal, ada, bo, has_accepted):
    if has_accepted:
        accept(proposal, ada)
    decline(proposal, ada, words="I move to Lyon", seeks_another=False)
    decline(proposal, ada, words="Again")
    assert (proposal.state, proposal.ended_on) == (EngagementState.DECLINED, None)
    row = db.session.scalars(sa.select(ProposalAnswer)).one()
    assert (row.answer, row.reason, row.words, row.seeks_another) == (
        Answer.DECLINED,
        DeclineReason.NO_TIME,
        "I move to Lyon",
        False,
    )
    assert trail()[-1] == ("proposal.declined", ada.id)
    assert "Lyon" not in str(db.session.scalars(sa.select(AuditEvent.details)).all())
    with pytest.raises(Conflict, match="did not come about") as refusal:
        accept(proposal, bo)
    assert "decline" not in refusal.value.message


def test_nobody_declines_what_has_begun(proposal, ada, bo):
    accept(proposal, ada)
    accept(proposal, bo)
    with pytest.raises(Conflict, match="the mentorship has begun"):
        decline(proposal, ada)


def test_the_last_day_counts_whole_and_the_next_one_not(proposal, ada, frozen_clock):
    frozen_clock(NOW + timedelta(days=7))
    accept(proposal, ada)
    frozen_clock(NOW + timedelta(days=8))
    for answer in (accept, decline):
        with pytest.raises(Conflict, match="The last day to answer was 30 November 2026"):
            answer(factories.proposal(ada, factories.person(), answer_by=proposal.answer_by), ada)


def test_the_job_ends_what_nobody_answered_in_time_once(proposal, ada, frozen_clock):
    accept(proposal, ada)
    db.session.commit()
    tasks.end_overdue_proposals.call_local()
    assert state_of(proposal) is EngagementState.PROPOSED
    frozen_clock(NOW + timedelta(days=8))
    for _ in range(2):
        tasks.end_overdue_proposals.call_local()
    assert state_of(proposal) is EngagementState.LAPSED
    assert [action for action, _ in trail()] == ["proposal.accepted", "proposal.lapsed"]


def test_a_mentor_accepts_no_more_than_their_places(ada, bo):
    programme_id = factories.programme().id
    first, second, elsewhere = (
        factories.proposal(mentee, bo, programme_id=number)
        for mentee, number in (
            (ada, programme_id),
            (factories.person(), programme_id),
            (factories.person(), factories.programme().id),
        )
    )
    accept(first, bo)
    with pytest.raises(Conflict, match="you mentor 1 person, and you have accepted 1"):
        accept(second, bo)
    assert not accept(elsewhere, bo)


def test_a_mentor_who_takes_fewer_before_the_mentee_accepts_gets_nobody_more(proposal, ada, bo):
    accept(proposal, bo)
    change_mentoring(bo, seeks_mentor=False, mentor_capacity=0, by=BY)
    with pytest.raises(Conflict, match="Bo takes fewer people than before"):
        accept(proposal, ada)
    assert proposal.state is EngagementState.PROPOSED
    decline(proposal, ada)


def test_a_place_is_held_while_it_is_proposed_and_free_afterwards(proposal, ada, bo, frozen_clock):
    assert profile_of(bo).places.left == 0
    frozen_clock(NOW + timedelta(days=8))
    assert profile_of(bo).places.left == 1
    frozen_clock(NOW)
    decline(proposal, bo)
    assert profile_of(bo).places.left == 1


def test_a_proposal_of_somebody_who_leaves_is_taken_back(proposal, ada):
    end_engagements_of(ada, on=NOW.date(), by=BY)
    assert (proposal.state, proposal.ended_on) == (EngagementState.WITHDRAWN, None)
