"""Publishing makes the whole plan come true, once, and only while it is still true."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit, create_app
from app.audit import AuditEvent
from app.db import db
from app.engagements.models import Engagement, EngagementMember, EngagementRole, EngagementState
from app.errors import Conflict
from app.people.models import PersonalBlock
from app.programmes.models import ProgrammeRule
from app.rounds import publishing, service
from app.rounds.models import Assignment, AssignmentMember, EnrolmentRole, Run
from app.rounds.snapshot import take
from app.rounds.states import RoundState, RunState
from app.skills.models import Claim, Goal
from tests import factories
from tests.conftest import NOW, config_for, dispose
from tests.counting import count_statements
from tests.rounds.conftest import MENTEES, asked_for_run, company, finished_run, person_called

BY = audit.COMMAND_LINE


@pytest.fixture
def run(closed_round) -> Run:
    """A finished run of six mentees, for whom a mentor must be of some help."""
    rule = ProgrammeRule(rule="covers_wants", parameters={"percent": 30})
    closed_round.programmes[0].rules.append(rule)
    db.session.commit()
    return finished_run(closed_round)


def mentor_of(run: Run, name: str) -> int:
    mentee, mentor = sa.orm.aliased(AssignmentMember), sa.orm.aliased(AssignmentMember)
    return db.session.scalars(
        sa.select(mentor.person_id)
        .join(Assignment, Assignment.id == mentor.assignment_id)
        .join(mentee, mentee.assignment_id == Assignment.id)
        .where(
            Assignment.run_id == run.id,
            mentee.person_id == person_called(name).id,
            mentor.role == EnrolmentRole.MENTOR,
        )
    ).one()


def test_every_pair_becomes_a_mentorship_with_its_fit_and_reasons(run):
    pairs = {
        (
            frozenset((member.person_id, member.role.value) for member in row.members),
            row.points,
            str(row.reasons),
        )
        for row in db.session.scalars(sa.select(Assignment))
    }
    assert publishing.publish_run(run, by=BY) == MENTEES
    db.session.expire_all()
    engagements = db.session.scalars(sa.select(Engagement)).all()
    assert pairs == {
        (
            frozenset((member.person_id, member.role.value) for member in row.members),
            row.points,
            str(row.reasons),
        )
        for row in engagements
    }
    for row in engagements:
        assert (row.state, row.starts_on, row.ends_on) == (
            EngagementState.ACTIVE,
            run.matching_round.starts_on,
            run.matching_round.ends_on,
        )
        assert row.parts
    assert run.published_at == run.matching_round.published_at == NOW
    assert run.matching_round.state is RoundState.PUBLISHED


def test_the_trail_tells_of_the_round_and_of_each_mentee(run):
    publishing.publish_run(run, by=BY)
    told = db.session.execute(sa.select(AuditEvent.action, AuditEvent.person_id)).all()
    assert sum(action == "round.published" for action, _ in told) == 1
    mentees = {person_id for action, person_id in told if action == "mentorship.began"}
    assert len(mentees) == MENTEES
    assert audit.broken_link() is None


def test_publishing_many_pairs_takes_no_more_statements_than_publishing_few(app):
    counts = []
    for mentees in (2, MENTEES):
        run = finished_run(company(mentees=mentees))
        with count_statements() as statements:
            assert publishing.publish_run(run, by=BY) == mentees
        db.session.commit()
        counts.append(len(statements))
    assert counts[0] == counts[1]


def leaves(run):
    person_called("Mentee 0").left_on = NOW.date()


def pauses(run):
    person_called("Mentee 0").paused_from = NOW.date()


def is_blocked(run):
    db.session.add(
        PersonalBlock(person_id=person_called("Mentee 0").id, blocked_person_id=mentor_of(run, "Mentee 0"))
    )


def reports_to_the_mentor(run):
    person_called("Mentee 0").manager_id = mentor_of(run, "Mentee 0")


def speaks_nothing_the_mentor_speaks(run):
    person_called("Mentee 0").languages = []


def wants_what_the_mentor_does_not_have(run):
    db.session.execute(sa.delete(Goal).filter_by(person_id=person_called("Mentee 0").id))
    factories.goal(person_called("Mentee 0"), factories.skill("Beekeeping"), level=3)


CHANGES = [
    leaves,
    pauses,
    is_blocked,
    reports_to_the_mentor,
    speaks_nothing_the_mentor_speaks,
    wants_what_the_mentor_does_not_have,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_pair_that_has_changed_since_stops_the_publication(run, change):
    change(run)
    db.session.commit()
    with pytest.raises(Conflict) as refusal:
        publishing.publish_run(run, by=BY)
    db.session.rollback()
    assert refusal.value.message.startswith("1 match of this run has changed since: ")
    assert "block" not in refusal.value.message
    assert run.matching_round.state is RoundState.PROPOSED
    assert db.session.scalar(sa.select(sa.func.count(Engagement.id))) == 0


def test_a_mentor_who_takes_fewer_stops_the_publication_of_all_their_pairs(run):
    person_called("Mentor 0").mentor_capacity = 1
    db.session.commit()
    with pytest.raises(Conflict, match="2 matches of this run have changed since"):
        publishing.publish_run(run, by=BY)


def test_mentors_who_can_help_no_longer_stop_the_publication_of_their_pairs(run):
    db.session.execute(sa.delete(Claim).filter_by(person_id=person_called("Mentor 0").id))
    db.session.commit()
    with pytest.raises(Conflict, match="2 matches of this run have changed since"):
        publishing.publish_run(run, by=BY)


def test_a_change_that_touches_no_rule_does_not_matter(run):
    mentee = person_called("Mentee 0")
    mentee.name = "Renamed"
    factories.claim(mentee, factories.skill("Beekeeping"))
    db.session.execute(sa.delete(Goal).filter_by(person_id=person_called("Mentee 1").id))
    db.session.commit()
    assert publishing.publish_run(run, by=BY) == MENTEES


def test_a_plan_is_published_once(run):
    publishing.publish_run(run, by=BY)
    db.session.commit()
    with pytest.raises(Conflict, match="is published, so it cannot be published"):
        publishing.publish_run(run, by=BY)


def test_a_run_that_has_not_finished_is_not_published(closed_round):
    run = asked_for_run(closed_round)
    with pytest.raises(Conflict, match="being matched, so it cannot be published"):
        publishing.publish_run(run, by=BY)


def test_a_failed_run_of_a_proposed_round_is_not_published(run):
    failed = Run(matching_round_id=run.matching_round_id, state=RunState.FAILED)
    db.session.add(failed)
    db.session.commit()
    with pytest.raises(Conflict, match="This run found no plan, so there is nothing to publish"):
        publishing.publish_run(failed, by=BY)


def test_a_run_that_matched_nobody_is_not_published(app):
    matching_round = company(mentees=1, mentors=1)
    person_called("Mentee 0").languages = []
    db.session.commit()
    run = finished_run(matching_round)
    with pytest.raises(Conflict, match="matched nobody"):
        publishing.publish_run(run, by=BY)


def test_of_two_who_publish_at_once_one_wins(own_app, own_database):
    run_id = finished_run(company()).id
    db.session.rollback()  # whoever reads outside a request holds the writers up
    apps = [create_app(config_for(own_database)) for _ in range(2)]
    together = threading.Barrier(len(apps), timeout=60)

    def publish(app) -> str:
        with app.app_context():
            together.wait()
            try:
                publishing.publish_run(db.session.get_one(Run, run_id), by=BY)
                db.session.commit()
            except Conflict as refusal:
                return refusal.message
            return "published"

    try:
        with ThreadPoolExecutor(len(apps)) as pool:
            answers = list(pool.map(publish, apps))
    finally:
        for app in apps:
            dispose(app)
    db.session.expire_all()
    assert sorted(answers)[-1] == "published"
    assert "is published, so it cannot be published" in sorted(answers)[0]
    assert db.session.scalar(sa.select(sa.func.count(Engagement.id))) == MENTEES
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EngagementMember)) == 2 * MENTEES


def test_whoever_is_left_out_now_waits_longer_and_is_enrolled_again(app):
    run = finished_run(company(mentees=3, mentors=1, places=1))
    publishing.publish_run(run, by=BY)
    matched = set(
        db.session.scalars(sa.select(EngagementMember.person_id).filter_by(role=EngagementRole.MENTEE))
    )
    first = run.matching_round
    for number in range(3):
        person_called(f"Mentee {number}").seeks_mentor = True
    following = service.create_round(
        name="Next",
        programmes=first.programmes,
        opens_on=first.ends_on,
        closes_on=first.ends_on,
        starts_on=first.ends_on + timedelta(days=1),
        ends_on=first.ends_on + timedelta(days=90),
        by=BY,
    )
    service.open_round(following, by=BY)
    waited = {row.person: row.rounds_waited for row in take(following).programmes[0].mentees}
    assert sorted(waited.values()) == [0, 1, 1]
    assert {person for person, rounds in waited.items() if not rounds} == {f"p{row}" for row in matched}
