"""Two people answer a proposal on their pages; neither learns what the other said, and HR alone learns why."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.access import Role
from app.db import db
from app.engagements.models import Engagement, EngagementState, ProposalAnswer
from tests import factories
from tests.conftest import NOW, signed_in_client
from tests.counting import count_statements
from tests.forms import post
from tests.home.test_home import words

NO = {"reason": "no_time", "words": "I move to Lyon", "again": "no"}


@pytest.fixture
def pair(app):
    return factories.person(name="Ada"), factories.person(name="Bo", mentor_capacity=3)


@pytest.fixture
def proposal(pair) -> Engagement:
    return factories.proposal(*pair)


@pytest.fixture
def as_ada(pair):
    return signed_in_client(factories.account(of=pair[0]))


@pytest.fixture
def as_bo(pair):
    return signed_in_client(factories.account(of=pair[1]))


def state() -> EngagementState:
    return db.session.scalar(sa.select(Engagement.state))


def test_both_read_it_at_home_with_reasons_and_accept_there(proposal, as_ada, as_bo):
    address = f"/mentorships/{proposal.id}/accept"
    home = words(as_ada.get("/"))
    assert "1 match proposed to you" in home
    assert "Could be your mentor" in home
    assert "Bo has SQL at level 4; you want level 3" in home
    assert "Answer by the end of 30 November 2026 , in 7 days." in home
    answered = post(as_ada, address, page="/")
    assert answered.location == f"/mentorships/{proposal.id}"
    assert "You have accepted. It is settled once Bo accepts too" in words(as_ada.get(answered.location))

    assert "You have SQL at level 4; Ada wants level 3" in words(as_bo.get("/"))
    assert "accepted" not in words(as_bo.get(f"/mentorships/{proposal.id}"))
    answered = post(as_bo, address, page=f"/mentorships/{proposal.id}")
    assert "the mentorship with Ada is settled" in words(as_bo.get(answered.location))
    assert state() is EngagementState.ACTIVE
    assert "Your mentor" in words(as_ada.get("/"))


def test_who_declines_says_why_to_hr_alone(proposal, as_ada, as_bo):
    address = f"/mentorships/{proposal.id}/decline"
    post(as_bo, f"/mentorships/{proposal.id}/accept")
    refused = post(as_ada, address, {"reason": "no_time"}, page=address)
    assert refused.status_code == 422
    assert "Choose yes or no." in words(refused)
    assert state() is EngagementState.PROPOSED

    answered = post(as_ada, address, NO, page=address)
    assert "You have declined. Only HR reads why." in words(as_ada.get(answered.location))
    kept = db.session.scalars(sa.select(ProposalAnswer).filter_by(words="I move to Lyon")).one()
    assert not kept.seeks_another
    for page in ("/", f"/mentorships/{proposal.id}", "/mentorships"):
        told = words(as_bo.get(page))
        assert "id not come about" in told
        assert "Lyon" not in told
        assert "decline" not in told.casefold()
    assert "did not come about" not in words(as_ada.get("/"))


def test_a_lapsed_proposal_reads_so_before_the_job_has_come_by(proposal, as_ada, as_bo):
    post(as_ada, f"/mentorships/{proposal.id}/accept")
    proposal.answer_by = NOW.date() - timedelta(days=1)
    db.session.commit()
    assert "That says nothing about you" in words(as_ada.get(f"/mentorships/{proposal.id}"))
    assert "The last day to answer has passed" in words(as_bo.get(f"/mentorships/{proposal.id}"))
    assert post(as_bo, f"/mentorships/{proposal.id}/accept").status_code == 409
    assert as_bo.get(f"/mentorships/{proposal.id}/decline").status_code == 409


def test_a_new_match_takes_the_place_of_the_word_about_the_old(proposal, pair, as_ada, as_bo):
    post(as_bo, f"/mentorships/{proposal.id}/decline", NO)
    assert "You and Bo: This match did not come about." in words(as_ada.get("/"))
    factories.proposal(pair[0], factories.person(name="Cy"), programme_id=proposal.programme_id)
    assert "did not come about" not in words(as_ada.get("/"))


@pytest.mark.parametrize("roles", [{Role.EMPLOYEE}, {Role.EMPLOYEE, Role.HR}])
def test_nobody_else_answers(proposal, roles):
    other = signed_in_client(factories.account(roles=roles))
    assert post(other, f"/mentorships/{proposal.id}/accept").status_code == 404
    assert post(other, f"/mentorships/{proposal.id}/decline", NO).status_code == 404
    assert state() is EngagementState.PROPOSED


@pytest.mark.parametrize("count", [1, 9])
def test_pages_take_a_constant_few_statements(pair, as_bo, count):
    programme_id = factories.programme().id
    for _ in range(count):
        row = factories.proposal(factories.person(), pair[1], programme_id=programme_id)
    taken = []
    for address in ("/", "/mentorships", f"/mentorships/{row.id}", f"/mentorships/{row.id}/decline"):
        with count_statements() as sent:
            assert as_bo.get(address).status_code == 200
        taken.append(len(sent))
    assert taken == [8, 7, 7, 4]
