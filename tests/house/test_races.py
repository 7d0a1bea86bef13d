"""Many at once: what only one may have, one gets, and everybody gets an answer."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app import audit
from app.access import Role
from app.communities.models import Community, CommunityMembership, CommunityRequest
from app.db import db
from app.people.models import Person, PersonalBlock
from app.programmes.models import Programme
from app.programmes.question_models import AskedQuestion
from app.rounds import count_tasks, replay_tasks, tasks
from app.rounds.certificate_models import Replay
from app.rounds.closing_models import ClosingCheck, ClosingDecision
from app.rounds.count_models import RuleCount
from app.rounds.models import Decision, Enrolment, EnrolmentRole, EnrolmentWish, MatchingRound, Run
from app.rounds.note_models import MatchNote
from app.rounds.question_models import Question
from app.rounds.states import RoundState
from app.skills.models import Claim, ClaimEvidence, Goal
from app.skills.service import MOST_CLAIMS
from tests import factories
from tests.conftest import signed_in_client
from tests.forms import post
from tests.house.form_samples import SAMPLES, sender
from tests.house.test_hostile_input import APP
from tests.rounds.conftest import company, person_called

ROWS = {
    "skills.add_claim": Claim,
    "skills.add_goal": Goal,
    "skills.add_evidence": ClaimEvidence,
    "people.blocks": PersonalBlock,
    "communities.create": Community,
    "rounds.note": MatchNote,
    "communities.join": CommunityMembership,
    "communities.ask": CommunityRequest,
    "communities.invite": CommunityRequest,
    "communities.accept_request": CommunityMembership,
    "communities.accept_invitation": CommunityMembership,
    "communities.leads": CommunityMembership,
    "programmes.create": Programme,
    "programmes.make_copy": Programme,
    "programmes.add_question": AskedQuestion,
    "programmes.ask_again": AskedQuestion,
    "rounds.create": MatchingRound,
    "rounds.take_part": Enrolment,
    "rounds.late_joiners": Enrolment,
    "rounds.wishes": EnrolmentWish,
    "rounds.run": Run,
    "rounds.try_out": Run,
    "rounds.replay": Replay,
    "rounds.decide": ClosingDecision,
    "rounds.save_check": ClosingCheck,
    "rounds.complete": ClosingCheck,
    "programmes.try_rules": Run,
    "programmes.count_rules": RuleCount,
    "rounds.ask_others": Question,
    "rounds.ask_why_not": Question,
    "rounds.choose": Decision,
}
TIMES = 20
MOST_SECONDS = 60  # to wait for the others: one who failed never comes


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """Let runs wait: carried out at once, they would make room for the next."""
    monkeypatch.setattr(tasks, "hand_over", lambda run_id: None)
    monkeypatch.setattr(count_tasks, "hand_over", lambda programme_id: None)
    monkeypatch.setattr(replay_tasks, "hand_over", lambda replay_id: None)


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def at_once(own_app, *acts) -> list[int]:
    """Carry out acts at the same moment, each in a thread and an application context of its own."""
    db.session.rollback()  # else this thread would keep SQLite's one place to write
    start = threading.Barrier(len(acts), timeout=MOST_SECONDS)

    def carry_out(act) -> int:
        with own_app.app_context():
            start.wait()
            return act().status_code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(carry_out, acts))


def sent(client, address, fields=None):
    return lambda: post(client, address, fields or {})


@pytest.mark.parametrize("endpoint", ROWS)
def test_twenty_double_submits_make_one_row(own_app, endpoint):
    account = sender()
    sample = SAMPLES[endpoint][0](account)
    address = APP.url_map.bind("localhost").build(endpoint, sample.address | sample.query, method="POST")
    before = count(ROWS[endpoint])
    clients = [signed_in_client(account) for _ in range(TIMES)]
    statuses = at_once(own_app, *(sent(client, address, sample.fields) for client in clients))
    assert count(ROWS[endpoint]) == before + 1
    assert 303 in statuses
    assert set(statuses) <= {303, 409, 422}
    assert audit.broken_link() is None


@pytest.mark.parametrize(
    "endpoint", ["skills.add_claim", "skills.add_goal", "skills.add_evidence", "rounds.take_part"]
)
def test_a_form_sent_twice_has_the_same_answer(own_app, endpoint):
    account = sender()
    sample = SAMPLES[endpoint][0](account)
    address = APP.url_map.bind("localhost").build(endpoint, sample.address, method="POST")
    client = signed_in_client(account)
    first, second = (post(client, address, sample.fields) for _ in range(2))
    assert (
        (second.status_code, second.location) == (first.status_code, first.location) == (303, first.location)
    )
    assert count(ROWS[endpoint]) == 1


def test_nobody_gets_past_a_limit_in_parallel(own_app):
    account = sender()
    person = db.session.get(Person, account.person_id)
    for _ in range(MOST_CLAIMS - 2):
        factories.claim(person, factories.skill())
    labels = [factories.skill().label for _ in range(8)]
    clients = [signed_in_client(account) for _ in labels]
    acts = [
        sent(client, "/skills/claims/add", {"skill": label, "level": "3"})
        for client, label in zip(clients, labels, strict=True)
    ]
    assert sorted(at_once(own_app, *acts)) == [303] * 2 + [422] * 6
    assert count(Claim) == MOST_CLAIMS


def hr_clients(number: int) -> list:
    return [signed_in_client(factories.account(roles={Role.EMPLOYEE, Role.HR})) for _ in range(number)]


def test_two_requests_for_a_run_make_one(own_app):
    matching_round = company()
    clients = hr_clients(6)
    statuses = at_once(own_app, *(sent(client, f"/rounds/{matching_round.id}/runs") for client in clients))
    assert sorted(statuses) == [303] + [409] * 5
    assert count(Run) == 1


def test_two_choices_for_one_mentee_leave_one(own_app):
    account = sender()
    sample = SAMPLES["rounds.choose"][0](account)
    address = APP.url_map.bind("localhost").build("rounds.choose", sample.address, method="POST")
    mentors = [person_called(f"Mentor {number}").id for number in (1, 2)]
    acts = [
        sent(client, address, {"mentor": str(mentor_id)})
        for client, mentor_id in zip(hr_clients(6), mentors * 3, strict=True)
    ]
    assert set(at_once(own_app, *acts)) == {303}
    db.session.rollback()
    standing = sa.select(Decision).where(Decision.undone_at.is_(None))
    assert len(db.session.scalars(standing).all()) == 1
    assert audit.broken_link() is None


@pytest.mark.parametrize("attempt", range(2))
def test_nobody_joins_or_leaves_after_the_round_has_closed(own_app, attempt):
    """Whoever got a yes is counted; whoever got a no is not: the closing waits for the ones before it."""
    matching_round = factories.matching_round()
    programme_id = matching_round.programmes[0].id
    accounts = [factories.account() for _ in range(12)]
    leaving = accounts[:6]
    rows = [
        factories.enrolment(db.session.get(Person, account.person_id), EnrolmentRole.MENTEE, matching_round)
        for account in leaving
    ]
    address = f"/rounds/{matching_round.id}/enrolment"
    fields = {f"programme-{programme_id}-role": "mentor", f"programme-{programme_id}-places": "2"}
    joins = [sent(signed_in_client(account), f"{address}/{programme_id}", fields) for account in accounts[6:]]
    leaves = [
        sent(signed_in_client(account), f"{address}/{row.id}/withdraw")
        for account, row in zip(leaving, rows, strict=True)
    ]
    closes = sent(hr_clients(1)[0], f"/rounds/{matching_round.id}/close")
    statuses = at_once(own_app, closes, *joins, *leaves)
    db.session.rollback()
    assert statuses[0] == 303
    assert set(statuses) <= {303, 409}
    offers = db.session.scalars(sa.select(Enrolment).filter_by(role=EnrolmentRole.MENTOR)).all()
    gone = db.session.scalars(sa.select(Enrolment).where(Enrolment.withdrawn_at.is_not(None))).all()
    assert len(offers) == statuses[1:7].count(303)
    assert len(gone) == statuses[7:].count(303)
    closing = db.session.scalar(sa.select(audit.AuditEvent.id).filter_by(action="round.closed"))
    later = sa.select(audit.AuditEvent.action).where(audit.AuditEvent.id > closing)
    assert db.session.scalars(later).all() == []
    assert db.session.scalar(sa.select(MatchingRound.state)) is RoundState.CLOSED


def test_eight_readers_and_writers_get_an_answer_each(own_app, caplog):
    """SQLite says "database is locked" here as soon as a writer begins as a reader."""
    accounts = [factories.account() for _ in range(8)]
    skills = [factories.skill().label for _ in range(8)]
    people = {account.id: account.person_id for account in accounts}
    clients = [(signed_in_client(account), people[account.id]) for account in accounts]

    def visit(part) -> list[int]:
        client, person_id = part
        seen = []
        with own_app.app_context():
            for label in skills:
                seen += [
                    client.get("/people").status_code,
                    post(client, "/skills/claims/add", {"skill": label, "level": "3"}).status_code,
                    post(
                        client,
                        f"/people/{person_id}/mentoring",
                        {"seeks_mentor": "yes", "mentor_capacity": "2"},
                    ).status_code,
                    client.get(f"/people/{person_id}").status_code,
                ]
        return seen

    db.session.rollback()
    with ThreadPoolExecutor(8) as pool:
        statuses = [status for seen in pool.map(visit, clients) for status in seen]
    assert sorted(set(statuses)) == [200, 303]
    assert count(Claim) == len(clients) * len(skills)
    assert "locked" not in caplog.text
    assert audit.broken_link() is None
