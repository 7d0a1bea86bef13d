"""HR reviews a run by pages: locks by one press, filters, bulk locks, bans, and the way back from each."""

import re

import pytest
import sqlalchemy as sa

from app.access import Role
from app.audit import AuditEvent
from app.db import db
from app.people.models import Person
from app.rounds import deciding
from app.rounds.models import Assignment, Decision, DecisionKind, EnrolmentRole
from app.rounds.note_models import MatchNote
from app.rounds.review_queries import pair_of
from tests import factories
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import BY, MENTEES, company, finished_run

HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def run(closed_round):
    return finished_run(closed_round)


@pytest.fixture
def address(run) -> str:
    return f"/rounds/{run.matching_round_id}/runs/{run.id}"


@pytest.fixture
def match(run) -> Assignment:
    return db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id).order_by(Assignment.id)).first()


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def by_role(match: Assignment, role: EnrolmentRole) -> Person:
    return db.session.get_one(Person, next(row.person_id for row in match.members if row.role is role))


def standing() -> list[Decision]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Decision).where(Decision.undone_at.is_(None))))


def test_a_match_is_locked_and_unlocked_by_one_press_each(as_hr, address, match):
    back = f"{address}?show=all#match-{match.id}"
    locked = post(as_hr, f"{address}/matches/{match.id}/lock", {"next": back}, page=address)
    assert (locked.status_code, locked.location) == (303, back)
    page = as_hr.get(address)
    assert page.text.count("data-locked") == 1
    assert "Run again, keep locked pairs" in words(page)
    post(as_hr, f"{address}/matches/{match.id}/unlock", {"next": back}, page=address)
    assert standing() == []


def test_htmx_gets_the_lock_alone_and_a_line_for_the_live_region(as_hr, address, match):
    there = f"{address}/matches/{match.id}"
    answer = post(as_hr, f"{there}/lock", page=address, headers=HTMX)
    assert (answer.status_code, answer.location) == (303, there)
    part = as_hr.get(there, headers=HTMX)
    assert part.text.lstrip().startswith(f'<form id="lock-{match.id}" data-locked')
    assert "are locked." in part.text.split('id="status"')[1]
    assert "<html" not in part.text


def test_a_lock_pressed_twice_is_one_lock(as_hr, address, match):
    for _ in range(2):
        assert post(as_hr, f"{address}/matches/{match.id}/lock").status_code == 303
    assert len(standing()) == 1


def test_segments_and_search_are_combined_and_everything_shown_is_locked(as_hr, run, address):
    assert f"All ({MENTEES})" in words(as_hr.get(address))
    page = as_hr.get(f"{address}?q=mentor+0")
    assert "Lock 2 matches" in words(page)
    form = re.search(r'action="([^"]+/lock\?[^"]+)"', page.text)[1]
    post(as_hr, form, page=address)
    assert len(standing()) == 2
    locked = as_hr.get(f"{address}?show=locked")
    assert locked.text.count("<article") == 2
    assert as_hr.get(f"{address}?show=locked&q=mentor+1").text.count("<article") == 0
    assert "Locked (2)" in words(locked)
    post(as_hr, f"{address}/unlock?show=locked", page=f"{address}?show=locked")
    assert standing() == []


def test_weakest_fits_come_first_when_asked(as_hr, run, address):
    last = db.session.scalars(sa.select(Assignment).order_by(Assignment.id.desc())).first()
    last.points = 3
    db.session.commit()
    page = as_hr.get(f"{address}?sort=fit").text
    assert page.index(f'id="match-{last.id}"') == page.index('id="match-')


def test_two_are_kept_apart_with_a_reason_and_the_page_says_so(as_hr, address, match):
    there = f"{address}/matches/{match.id}"
    refused = post(as_hr, f"{there}/ban", {"reason": " "}, page=there)
    assert refused.status_code == 422
    assert "Enter a reason." in words(refused)
    assert post(as_hr, f"{there}/ban", {"reason": "They asked"}, page=there).status_code == 303
    assert [row.kind for row in standing()] == [DecisionKind.BAN]
    page = words(as_hr.get(address))
    assert "They are kept apart from the next run on." in page
    assert "1 match of this run is not what you decided." in page
    assert "keeps" in words(as_hr.get(there))


def test_a_chosen_mentor_stands_under_changed_by_you(as_hr, run, address, match):
    about = pair_of(run, match.id)
    others = db.session.scalars(sa.select(Assignment).filter_by(run_id=run.id)).all()
    other_id = next(
        pair_of(run, row.id).mentor_id for row in others if pair_of(run, row.id).mentor_id != about.mentor_id
    )
    deciding.lock(
        run.matching_round, about._replace(mentor_id=other_id), by=BY, instead_of_id=about.mentor_id
    )
    db.session.commit()
    changed = as_hr.get(f"{address}?show=changed")
    assert changed.text.count("<article") == 1
    assert "The next run has it." in words(changed)


def test_a_pair_that_is_new_since_the_last_run_says_so(as_hr, run, match):
    before = pair_of(run, match.id)
    deciding.ban(run.matching_round, before, reason="They asked", by=BY)
    db.session.commit()
    for rule in list(run.matching_round.programmes[0].rules):
        db.session.delete(rule)
    db.session.commit()
    again = finished_run(run.matching_round)
    page = words(as_hr.get(f"/rounds/{run.matching_round_id}/runs/{again.id}"))
    assert "in the run before" in page


def test_somebody_left_out_is_let_first_and_that_is_undone(as_hr):
    run = finished_run(company(mentees=4, mentors=1))
    address = f"/rounds/{run.matching_round_id}"
    page = as_hr.get(f"{address}/runs/{run.id}")
    form = re.search(r'action="([^"]+/must-have/[^"]+)"', page.text)[1]
    post(as_hr, form, page=f"{address}/runs/{run.id}")
    assert [row.kind for row in standing()] == [DecisionKind.REQUIRED]
    assert "Goes first in the next run" in words(as_hr.get(f"{address}/runs/{run.id}"))
    assert "go before everybody else" in words(as_hr.get(f"{address}/decisions"))
    post(as_hr, f"{address}/decisions/{standing()[0].id}/undo", page=f"{address}/decisions")
    assert standing() == []
    assert "Undone by" in words(as_hr.get(f"{address}/decisions"))


def test_an_architect_reads_the_review_and_changes_nothing(client_for, address, match):
    client = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    for path in ("", f"/matches/{match.id}"):
        page = client.get(f"{address}{path}")
        main = page.text[page.text.index("<main") : page.text.index("</main")]
        sent_to = re.findall(r'method="post" action="([^"]+)"', main)
        assert {action.rsplit("/", 1)[1] for action in sent_to} == {"others"}, "asking changes nothing"
    assert post(client, f"{address}/matches/{match.id}/lock").status_code == 403


def test_a_decision_of_another_round_is_not_found(as_hr, run, match):
    row = deciding.lock(run.matching_round, pair_of(run, match.id), by=BY)
    db.session.commit()
    other = factories.matching_round()
    assert post(as_hr, f"/rounds/{other.id}/decisions/{row.id}/undo").status_code == 404


def test_the_review_takes_a_constant_few_statements_with_locks(as_hr):
    taken = []
    for mentees in (2, 40):
        run = finished_run(company(mentees=mentees, mentors=mentees // 2))
        rows = db.session.scalars(sa.select(Assignment.id).filter_by(run_id=run.id)).all()
        deciding.lock_all(run.matching_round, [pair_of(run, row) for row in rows], by=BY)
        db.session.commit()
        for path in ("", f"/matches/{rows[0]}"):
            address = f"/rounds/{run.matching_round_id}/runs/{run.id}{path}"
            with count_statements() as sent:
                assert as_hr.get(address).status_code == 200
            taken.append(len(sent))
    assert taken[:2] == taken[2:]
    assert max(taken) <= 8


def test_the_people_of_a_match_stand_side_by_side(as_hr, address, match):
    mentee, mentor = (by_role(match, role) for role in (EnrolmentRole.MENTEE, EnrolmentRole.MENTOR))
    wanted, other = factories.skill(label="Cartography"), factories.skill(label="Archery")
    factories.goal(mentee, wanted, level=4)
    factories.claim(mentor, other, level=5)
    factories.claim(mentor, wanted, level=3)
    page = words(as_hr.get(f"{address}/matches/{match.id}"))
    assert "Wants to learn" in page and "Cartography, to level 4" in page
    held = page.index("Can do")
    assert held < page.index("Cartography, level 3", held) < page.index("Archery, level 5", held), (
        "wanted first"
    )


def test_what_is_wanted_is_told_to_hr_alone(client_for, address, match):
    factories.goal(by_role(match, EnrolmentRole.MENTEE), factories.skill(label="Cartography"))
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    page = architect.get(f"{address}/matches/{match.id}").text
    assert "Side by side" in page and "Can do" in page
    assert "Wants to learn" not in page and "Cartography, to level" not in page and "Manager" not in page


def test_a_note_stays_with_a_match_through_later_runs(as_hr, client_for, run, address, match):
    there = f"{address}/matches/{match.id}"
    assert post(as_hr, f"{there}/note", {"words": " "}, page=there).status_code == 422
    for _press in range(2):
        post(as_hr, f"{there}/note", {"words": "Both asked for it"}, page=there)
    assert db.session.scalar(sa.select(sa.func.count(MatchNote.id))) == 1
    event = db.session.scalars(sa.select(AuditEvent).filter_by(action="match.noted")).one()
    assert "asked" not in str(event.details), "the trail says that, not what"
    assert "noted: Both asked for it" in words(as_hr.get(there))
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    assert "asked for it" not in architect.get(there).text
    assert post(architect, f"{there}/note", {"words": "Me too"}).status_code == 403


def test_a_note_is_of_a_match_of_its_round(as_hr, run, match):
    other = finished_run(company(mentees=2, mentors=1))
    there = f"/rounds/{other.matching_round_id}/runs/{other.id}/matches/{match.id}"
    assert post(as_hr, f"{there}/note", {"words": "Elsewhere"}).status_code == 404
