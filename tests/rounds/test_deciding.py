"""What HR settles before a run is kept by every run to come, and can be undone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import PersonalBlock
from app.programmes.models import ProgrammeRule
from app.rounds import deciding, publishing
from app.rounds.deciding import Override, PairOf
from app.rounds.models import Assignment, Decision, DecisionKind, RunState, UnmatchedPerson
from app.rounds.snapshot import take
from app.rounds.states import RoundState
from tests.conftest import NOW
from tests.rounds.conftest import BY, company, finished_run, person_called


def pair(matching_round, mentee: int, mentor: int) -> PairOf:
    return PairOf(
        matching_round.programmes[0].id,
        person_called(f"Mentee {mentee}").id,
        person_called(f"Mentor {mentor}").id,
    )


def pairs_found(run) -> set[tuple[str, str]]:
    rows = db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id))
    return {tuple(sorted(member.person.name for member in row.members)) for row in rows}


def rule_out_everybody(matching_round) -> None:
    """Mentors work in one department here, mentees in another."""
    about = {"programme_id": matching_round.programmes[0].id, "parameters": {"name": "department"}}
    db.session.add(ProgrammeRule(rule="same_attribute", **about))
    db.session.commit()


def test_a_lock_is_kept_by_the_next_run(closed_round):
    run = finished_run(closed_round)
    assert ("Mentee 0", "Mentor 0") in pairs_found(run)
    deciding.lock(closed_round, pair(closed_round, 0, 1), by=BY)
    db.session.commit()
    assert ("Mentee 0", "Mentor 1") in pairs_found(finished_run(closed_round))


def test_a_lock_that_breaks_a_rule_ends_the_run_with_the_names(closed_round):
    rule_out_everybody(closed_round)
    deciding.lock(closed_round, pair(closed_round, 0, 1), by=BY)
    db.session.commit()
    run = finished_run(closed_round)
    assert run.state is RunState.FAILED
    assert "Mentee 0 and Mentor 1 are locked" in run.failure
    assert "override" not in run.failure
    assert '"p' not in run.failure


def test_an_override_breaks_a_rule_until_it_expires_and_is_published(closed_round, frozen_clock):
    rule_out_everybody(closed_round)
    override = Override(reason="They work on one product", expires_on=NOW.date())
    deciding.lock(closed_round, pair(closed_round, 0, 1), by=BY, override=override)
    db.session.commit()
    run = finished_run(closed_round)
    assert pairs_found(run) == {("Mentee 0", "Mentor 1")}
    frozen_clock(NOW + timedelta(days=1))
    assert take(closed_round).locks == ()
    frozen_clock(NOW)
    assert publishing.publish_run(run, by=BY) == 1


@pytest.mark.parametrize(("reason", "days", "field"), [(" ", 1, "reason"), ("Why", -1, "expires_on")])
def test_an_override_needs_a_reason_and_a_day_to_come(closed_round, reason, days, field):
    override = Override(reason=reason, expires_on=NOW.date() + timedelta(days=days))
    with pytest.raises(Invalid) as refusal:
        deciding.lock(closed_round, pair(closed_round, 0, 1), by=BY, override=override)
    assert refusal.value.field == field


def test_a_ban_keeps_two_apart_and_a_run_with_them_is_not_published(closed_round):
    run = finished_run(closed_round)
    deciding.lock(closed_round, pair(closed_round, 0, 0), by=BY)
    deciding.ban(closed_round, pair(closed_round, 0, 0), reason="They asked for it", by=BY)
    db.session.commit()
    with pytest.raises(Conflict, match="1 match of this run has changed since"):
        publishing.publish_run(run, by=BY)
    db.session.rollback()
    assert ("Mentee 0", "Mentor 0") not in pairs_found(finished_run(closed_round))


def test_what_is_kept_apart_cannot_be_locked_before_that_is_undone(closed_round):
    apart = deciding.ban(closed_round, pair(closed_round, 0, 0), reason="They asked", by=BY)
    with pytest.raises(Invalid, match="Mentee 0 and Mentor 0 are kept apart: They asked"):
        deciding.lock(closed_round, pair(closed_round, 0, 0), by=BY)
    assert deciding.lock_all(closed_round, [pair(closed_round, 0, 0)], by=BY) == 0
    deciding.undo(closed_round, [apart], by=BY)
    assert deciding.lock(closed_round, pair(closed_round, 0, 0), by=BY).kind is DecisionKind.LOCK


def test_locks_never_take_more_places_than_there_are(app):
    matching_round = company(mentees=4, mentors=1)
    wanted = [pair(matching_round, number, 0) for number in range(4)]
    assert deciding.lock_all(matching_round, wanted, by=BY) == 2
    with pytest.raises(Invalid, match="Mentor 0 has 2 places, locked for somebody else"):
        deciding.lock(matching_round, wanted[3], by=BY)
    person_called("Mentor 0").mentor_capacity = 1
    db.session.commit()
    assert len(take(matching_round).locks) == 1


def test_choosing_another_mentor_gives_up_the_lock_with_the_one_before(closed_round):
    first = deciding.lock(closed_round, pair(closed_round, 0, 0), by=BY)
    other = pair(closed_round, 0, 1)
    chosen = deciding.lock(closed_round, other, by=BY, instead_of_id=first.mentor_id)
    assert first.undone_at is not None
    assert chosen.instead_of_id == first.mentor_id
    assert [lock.members for lock in take(closed_round).locks] == [(f"p{other[1]}", f"p{other[2]}")]


def test_who_must_have_a_mentor_goes_first(app):
    matching_round = company(mentees=4, mentors=1)
    run = finished_run(matching_round)
    left = db.session.scalars(sa.select(UnmatchedPerson).filter_by(run_id=run.id)).first()
    name = left.person.name
    row = deciding.require(matching_round, programme_id=left.programme_id, mentee_id=left.person_id, by=BY)
    assert (
        deciding.require(matching_round, programme_id=left.programme_id, mentee_id=left.person_id, by=BY)
        is row
    )
    db.session.commit()
    assert (name, "Mentor 0") in pairs_found(finished_run(matching_round))


def test_a_block_made_after_a_lock_is_told_to_nobody(closed_round):
    one = deciding.lock(closed_round, pair(closed_round, 0, 0), by=BY)
    db.session.add(PersonalBlock(person_id=one.mentee_id, blocked_person_id=one.mentor_id))
    db.session.commit()
    run = finished_run(closed_round)
    assert run.state is RunState.FINISHED
    assert ("Mentee 0", "Mentor 0") not in pairs_found(run)


def test_whoever_has_left_the_round_takes_their_lock_along(closed_round):
    one = deciding.lock(closed_round, pair(closed_round, 0, 0), by=BY)
    person_called("Mentor 0").left_on = NOW.date()
    db.session.commit()
    assert take(closed_round).locks == ()
    assert one.undone_at is None


def test_a_decision_is_undone_once_and_kept(closed_round):
    row = deciding.lock(closed_round, pair(closed_round, 0, 0), by=BY)
    assert deciding.undo(closed_round, [row], by=BY) == 1
    assert deciding.undo(closed_round, [row], by=BY) == 0
    assert db.session.scalar(sa.select(sa.func.count(Decision.id))) == 1
    actions = db.session.scalars(sa.select(audit.AuditEvent.action).filter_by(subject_type="decision"))
    assert list(actions) == ["decision.lock", "decision.lock_undone"]


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.SOLVING, RoundState.COMPLETED])
def test_nothing_is_settled_at_another_time(closed_round, state):
    about = pair(closed_round, 0, 0)
    closed_round.state = state
    closed_round.published_at = NOW if state is RoundState.COMPLETED else None
    db.session.commit()
    with pytest.raises(Conflict, match="cannot be changed"):
        deciding.lock(closed_round, about, by=BY)
