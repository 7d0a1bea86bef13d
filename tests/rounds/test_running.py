"""A run: asked for once, carried out once, stopped, lost, found again, or given up with a sentence."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.db import db, write_aside
from app.errors import Conflict
from app.rounds import running, tasks
from app.rounds.documents import document_of
from app.rounds.models import (
    Assignment,
    DocumentKind,
    Enrolment,
    EnrolmentRole,
    Run,
    RunDocument,
    UnmatchedPerson,
)
from app.rounds.states import RoundState, RunState
from matching.check import Report, Violation, ViolationKind
from matching.problem import Problem
from matching.solution import Solution
from tests import factories
from tests.conftest import NOW
from tests.rounds.conftest import MENTEES, asked_for_run, company, finished_run, person_called

BY = audit.COMMAND_LINE
LATER = NOW + timedelta(seconds=31)


def states_of(run: Run) -> tuple[RunState, RoundState]:
    db.session.expire_all()
    return run.state, run.matching_round.state


def test_a_run_matches_everyone_and_proposes_the_round(closed_round):
    run = finished_run(closed_round)
    assert states_of(run) == (RunState.FINISHED, RoundState.PROPOSED)
    assert (run.status, run.mentees, run.mentees_matched, run.mentors) == ("optimal", MENTEES, MENTEES, 3)
    assert run.rules_checked == 5  # two of the programme, and three that always hold
    assert run.points == run.bound == sum(db.session.scalars(sa.select(Assignment.points)))


def test_a_snapshot_is_of_one_instant_whoever_writes_meanwhile(own_app):
    run = asked_for_run(company())
    mentee_id = person_called("Mentee 0").id
    db.session.rollback()
    withdrawn: list[int] = []

    def withdraw_once(_connection, _cursor, statement, *_rest) -> None:
        """Withdraw a mentee as soon as the snapshot has read the claims, its first statement about people."""
        if "FROM claim" in statement and not withdrawn:
            withdrawn.append(mentee_id)
            with write_aside() as other:
                other.execute(
                    sa.update(Enrolment).where(Enrolment.person_id == mentee_id).values(withdrawn_at=NOW)
                )

    sa.event.listen(db.engine, "after_cursor_execute", withdraw_once)
    tasks.carry_out(run.id)
    db.session.expire_all()
    assert withdrawn
    problem = Problem.from_json(document_of(run.id, DocumentKind.PROBLEM))
    assert f"p{mentee_id}" in {mentee.person for mentee in problem.programmes[0].mentees}
    assert states_of(run) == (RunState.FINISHED, RoundState.PROPOSED)


def test_what_was_asked_and_found_is_kept_word_for_word(closed_round):
    run = finished_run(closed_round)
    problem = Problem.from_json(document_of(run.id, DocumentKind.PROBLEM))
    solution = Solution.from_json(document_of(run.id, DocumentKind.SOLUTION))
    assert problem.sha256 == run.problem_sha256 == solution.problem_sha256


def test_each_pair_has_parts_that_add_up_and_a_reason_on_each_side(closed_round):
    finished_run(closed_round)
    for row in db.session.scalars(sa.select(Assignment)):
        assert sum(part["points"] for part in row.parts) == row.points
        assert sum(part["weight"] for part in row.parts) == 100
        assert [reason["side"] for reason in row.reasons] == ["for", "against"]
        assert {member.role for member in row.members} == {EnrolmentRole.MENTEE, EnrolmentRole.MENTOR}


def test_whoever_is_left_out_is_kept_with_the_cause(app):
    run = finished_run(company(mentees=4, mentors=1))
    left_out = db.session.scalars(sa.select(UnmatchedPerson)).all()
    assert [(row.role, row.cause) for row in left_out] == [(EnrolmentRole.MENTEE, "places_ran_out")] * 2
    assert run.mentees_matched == 2


def test_a_round_has_one_run_at_a_time(closed_round):
    asked_for_run(closed_round)
    with pytest.raises(Conflict, match="being matched"):
        running.request_run(closed_round, mentees=1, mentors=1, by=BY)


@pytest.mark.parametrize(
    ("mentees", "mentors", "sentence"),
    [(0, 3, "seeks a mentor"), (3, 0, "offers to be a mentor")],
)
def test_a_round_without_one_side_is_not_run(app, mentees, mentors, sentence):
    matching_round = factories.matching_round(state=RoundState.CLOSED)
    with pytest.raises(Conflict, match=sentence):
        running.request_run(matching_round, mentees=mentees, mentors=mentors, by=BY)


def test_a_job_that_is_delivered_twice_is_carried_out_once(closed_round):
    run = finished_run(closed_round)
    before = db.session.scalar(sa.select(sa.func.count(Assignment.id)))
    tasks.solve_run(run.id)
    assert db.session.scalar(sa.select(sa.func.count(Assignment.id))) == before == MENTEES


def test_running_again_keeps_the_earlier_run_and_gives_the_same_pairs(closed_round):
    first, second = finished_run(closed_round), finished_run(closed_round)
    pairs = [
        sorted(
            tuple(member.person_id for member in row.members)
            for row in db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id))
        )
        for run in (first, second)
    ]
    assert pairs[0] == pairs[1]
    assert first.problem_sha256 == second.problem_sha256


def test_a_waiting_run_stops_at_once(closed_round):
    run = asked_for_run(closed_round)
    running.stop_run(run, by=BY)
    db.session.commit()
    assert states_of(run) == (RunState.CANCELLED, RoundState.CLOSED)
    tasks.carry_out(run.id)
    assert states_of(run) == (RunState.CANCELLED, RoundState.CLOSED)


def test_a_run_that_works_stops_when_it_next_looks_up(closed_round):
    run = asked_for_run(closed_round)
    attempt = running.take_up(run.id)
    assert running.report(attempt, stage="Working", done=1, total=2)
    db.session.refresh(run)
    running.stop_run(run, by=BY)
    assert not running.report(attempt, stage="Working", done=2, total=2)
    running.abandon(attempt)
    assert states_of(run) == (RunState.CANCELLED, RoundState.CLOSED)


def test_a_run_stopped_in_its_middle_keeps_the_best_plan_so_far(closed_round, monkeypatch):
    run = asked_for_run(closed_round)
    seen: list[str] = []

    def stop_at_the_proof(self, step, done, total, best=None):
        seen.append(step)

    monkeypatch.setattr(tasks.Reporter, "progress", stop_at_the_proof)
    monkeypatch.setattr(tasks.Reporter, "should_stop", lambda self: "plan" in seen)
    tasks.carry_out(run.id)
    assert states_of(run) == (RunState.FINISHED, RoundState.PROPOSED)
    assert (run.status, run.mentees_matched) == ("cancelled", MENTEES)


def test_what_has_ended_cannot_be_stopped(closed_round):
    run = finished_run(closed_round)
    with pytest.raises(Conflict, match="has ended already"):
        running.stop_run(run, by=BY)


def test_a_silent_run_goes_back_to_the_queue_and_is_carried_out(closed_round, frozen_clock):
    run = asked_for_run(closed_round)
    running.take_up(run.id)
    db.session.commit()
    frozen_clock(LATER)
    tasks.recover()
    assert states_of(run) == (RunState.FINISHED, RoundState.PROPOSED)
    assert run.attempts == 2


def test_a_run_that_still_beats_is_left_alone(closed_round, frozen_clock):
    run = asked_for_run(closed_round)
    attempt = running.take_up(run.id)
    frozen_clock(LATER)
    running.report(attempt, stage="Working", done=1, total=2)
    assert running.recover_silent_runs() == []
    assert states_of(run) == (RunState.RUNNING, RoundState.SOLVING)


def test_a_run_whose_worker_dies_three_times_is_given_up_with_a_sentence(closed_round, frozen_clock):
    run = asked_for_run(closed_round)
    instant = NOW
    for _ in range(3):
        running.take_up(run.id)
        instant += timedelta(seconds=31)
        frozen_clock(instant)
        running.recover_silent_runs()
    assert states_of(run) == (RunState.FAILED, RoundState.CLOSED)
    assert run.failure.startswith("The worker stopped 3 times")


def test_a_run_nobody_took_up_is_enqueued_again(closed_round, frozen_clock):
    run = asked_for_run(closed_round)
    assert running.recover_silent_runs() == []
    frozen_clock(LATER)
    assert running.recover_silent_runs() == [run.id]


def test_a_worker_that_wakes_up_too_late_writes_nothing(closed_round, frozen_clock):
    """The run has been given to another worker meanwhile."""
    run = asked_for_run(closed_round)
    late = running.take_up(run.id)
    frozen_clock(LATER)
    running.recover_silent_runs()
    running.take_up(run.id)
    assert not running.report(late, stage="Working", done=1, total=2)
    assert not running.settle_finished(late)
    running.fail(late, "too late")
    running.abandon(late)
    assert states_of(run) == (RunState.RUNNING, RoundState.SOLVING)


def test_a_problem_the_engine_refuses_fails_with_its_sentence(closed_round):
    one, other = person_called("Mentor 0"), person_called("Mentor 1")
    one.manager_id, other.manager_id = other.id, one.id
    db.session.commit()
    run = finished_run(closed_round)
    assert states_of(run) == (RunState.FAILED, RoundState.CLOSED)
    assert "circle" in run.failure


def test_a_plan_the_check_refuses_is_not_kept(closed_round, monkeypatch):
    wrong = Violation(ViolationKind.CAPACITY, "people.p1", "One has too many.")
    monkeypatch.setattr(tasks, "check", lambda problem, solution: Report((wrong,), "1 violation"))
    run = finished_run(closed_round)
    assert states_of(run) == (RunState.FAILED, RoundState.CLOSED)
    assert run.failure.startswith("The check found 1 mistake in the plan, so it was not kept.")
    assert db.session.scalar(sa.select(sa.func.count(Assignment.id))) == 0
    assert set(db.session.scalars(sa.select(RunDocument.kind))) == {DocumentKind.PROBLEM}


def test_an_accident_fails_the_run_and_frees_the_round(closed_round, monkeypatch):
    def break_down(*arguments, **named):
        raise RuntimeError("no memory")

    monkeypatch.setattr(tasks, "solve", break_down)
    run = finished_run(closed_round)
    assert states_of(run) == (RunState.FAILED, RoundState.CLOSED)
    assert "no memory" not in run.failure
