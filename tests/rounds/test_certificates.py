"""The certificate of a run: what was verified of its plan, in words and hashes that anyone can compare."""

import hashlib
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.access import Role
from app.db import db
from app.people.models import PersonalBlock
from app.rounds import certifying, deciding, tasks, what_ifs
from app.rounds.certificate_models import RunCertificate
from app.rounds.deciding import Override
from app.rounds.documents import document_of
from app.rounds.models import Assignment, DocumentKind, Run
from app.rounds.review_queries import pair_of
from matching.solution import Solution
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.rounds.conftest import MENTEES, asked_for_run, company, finished_run, person_called

BY = audit.COMMAND_LINE


@pytest.fixture
def run(closed_round) -> Run:
    return finished_run(closed_round)


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


def address(run: Run) -> str:
    return f"/rounds/{run.matching_round_id}/runs/{run.id}/certificate"


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def test_it_says_each_rule_with_the_matches_it_was_verified_on_and_how_far_the_proof_reaches(run, as_hr):
    page = words(as_hr.get(address(run)))
    assert f"Not in the same reporting line (kept) {MENTEES} matches" in page
    assert "No mentor has more mentees than places (kept) 3 mentors" in page
    assert f"{run.rules_checked} rules kept" in page
    assert "The plan is the best possible." in page
    assert f"{run.points} points of fit. No plan does better: prices over all pairs prove it." in page
    assert f"rounds export {run.matching_round_id} FOLDER --run {run.id}" in page


def test_its_hashes_are_those_of_the_files_that_the_export_writes(run, as_hr):
    page = as_hr.get(address(run)).text
    for kind in DocumentKind:
        assert hashlib.sha256(document_of(run.id, kind)).hexdigest() in page


def test_the_answer_is_told_apart_from_its_times_and_versions(run):
    solution = Solution.from_json(document_of(run.id, DocumentKind.SOLUTION))
    kept = db.session.get_one(RunCertificate, run.id)
    assert kept.answer_sha256 == certifying.answer_sha256(solution)
    assert kept.answer_sha256 != kept.solution_sha256
    assert kept.engine == solution.engine


def test_a_run_from_before_certificates_has_one_all_the_same(run, as_hr):
    before = words(as_hr.get(address(run)))
    db.session.execute(sa.delete(RunCertificate))
    db.session.commit()
    assert words(as_hr.get(address(run))) == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RunCertificate)) == 0


def test_a_match_that_hr_locked_against_a_rule_is_not_counted_as_keeping_it(run, as_hr):
    match_id = db.session.scalar(sa.select(sa.func.min(Assignment.id)).filter_by(run_id=run.id))
    against_a_rule = Override(reason="They know each other", expires_on=NOW.date() + timedelta(30))
    deciding.lock(run.matching_round, pair_of(run, match_id), by=BY, override=against_a_rule)
    db.session.commit()
    again = finished_run(run.matching_round)
    page = words(as_hr.get(address(again)))
    assert f"{MENTEES - 1} matches; 1 more may break it, which HR locked with a reason" in page


def test_a_personal_block_changes_no_word_of_it(app, as_hr):
    matching_round = company(mentees=1, mentors=2)
    before = finished_run(matching_round)
    mentee, unwanted = person_called("Mentee 0"), person_called("Mentor 1")
    db.session.add(PersonalBlock(person_id=mentee.id, blocked_person_id=unwanted.id))
    db.session.commit()
    told = {
        without_what_differs(words(as_hr.get(address(run)))) for run in (before, finished_run(matching_round))
    }
    assert len(told) == 1


def without_what_differs(page: str) -> str:
    """Return a page without its hashes and the number of its run."""
    return re.sub(r"[0-9a-f]{64}|Run \d+|--run \d+", "", page)


def test_a_run_without_a_plan_has_none(closed_round, as_hr):
    refused = as_hr.get(address(asked_for_run(closed_round)))
    assert refused.status_code == 409
    assert "found no plan" in words(refused)


def test_a_what_if_has_one_of_its_own_settings(run, as_hr):
    settings = {key: {**programme, "rules": {}} for key, programme in run.settings.items()}
    tried = what_ifs.request_what_if(run, settings, by=BY)
    db.session.commit()
    tasks.carry_out(tried.id)
    db.session.expire_all()
    page = words(as_hr.get(address(tried)))
    assert "Not in the same reporting line" not in page
    assert "Both asked to take part" in page


def test_the_review_leads_to_it_and_the_architect_reads_it(run, client_for):
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    assert address(run) in architect.get(f"/rounds/{run.matching_round_id}/runs/{run.id}").text
    assert architect.get(address(run)).status_code == 200


def test_the_page_takes_as_many_statements_however_many_matches(app, as_hr):
    sent = []
    for mentees in (2, 6):
        run = finished_run(company(mentees=mentees))
        with count_statements() as statements:
            assert as_hr.get(address(run)).status_code == 200
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 9
