"""Pairs that rules forbid: counted by a job for the people of a round, kept, and shown beside each rule."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.access import Role
from app.db import db
from app.people.models import PersonalBlock
from app.programmes.vocabulary import SUGGESTED
from app.rounds import count_tasks, counting
from app.rounds.count_models import CountState, RuleCount
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.rounds.states import RoundState
from matching.forbidden import Forbidden
from tests import factories
from tests.conftest import NOW
from tests.forms import post
from tests.rounds.conftest import MENTEES, MENTORS, person_called

PAIRS = MENTEES * MENTORS
RULES = {"other_department": {}, "shared_hours": {"minutes": 60}, "not_in_reporting_line": {}}
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def waiting(monkeypatch):
    """Let counts wait, as they do while every worker is busy."""
    monkeypatch.setattr(count_tasks, "hand_over", lambda programme_id: None)


def programme_of(matching_round: MatchingRound):
    return matching_round.programmes[0]


def asked(matching_round: MatchingRound, rules=RULES, in_force=("other_department",)) -> RuleCount | None:
    count = counting.request_count(programme_of(matching_round), rules=rules, in_force=in_force)
    db.session.commit()
    return count


def counted(matching_round: MatchingRound, **options) -> RuleCount:
    count = asked(matching_round, **options)
    count_tasks.carry_out(count.programme_id)
    db.session.expire_all()
    return count


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def fields(**changes: str) -> dict[str, str]:
    shown = {f"{rule}-{name}": str(value) for rule, of in SUGGESTED.items() for name, value in of.items()}
    return {**shown, "not_in_reporting_line": "y", "shared_language": "y", **changes}


def address(matching_round: MatchingRound) -> str:
    return f"/programmes/{programme_of(matching_round).key}/rules"


def test_every_pair_of_the_round_is_counted_for_each_rule(closed_round):
    person_called("Mentee 0").department_id = person_called("Mentor 0").department_id
    person_called("Mentee 1").manager_id = person_called("Mentor 1").id
    db.session.commit()
    count = counted(closed_round, in_force=("other_department", "not_in_reporting_line"))
    assert count.state is CountState.FINISHED
    assert (count.pairs, count.looked_at) == (PAIRS, PAIRS)
    assert count.forbidden["other_department"] == MENTORS
    assert count.forbidden["not_in_reporting_line"] == 1
    assert count.together == MENTORS + 1
    assert count.counted_at == NOW


def test_a_personal_block_changes_no_count(closed_round):
    before = counted(closed_round)
    figures = (before.pairs, before.forbidden, before.together)
    blocked = [person_called(f"Mentee {number}").id for number in range(3)]
    db.session.add_all(
        PersonalBlock(person_id=person_id, blocked_person_id=person_called("Mentor 0").id)
        for person_id in blocked
    )
    db.session.commit()
    after = counted(closed_round)
    assert (after.pairs, after.forbidden, after.together) == figures


def test_the_latest_round_in_which_anybody_takes_part_is_counted(closed_round):
    programme = programme_of(closed_round)
    later = factories.matching_round(
        programmes=[programme], starts_on=closed_round.starts_on + timedelta(days=90),
        ends_on=closed_round.ends_on + timedelta(days=90),
    )  # fmt: skip
    assert counting.round_counted(programme) == closed_round
    factories.enrolment(factories.person(), EnrolmentRole.MENTEE, later)
    assert counting.round_counted(programme) == later
    later.state = RoundState.CANCELLED
    db.session.commit()
    assert counting.round_counted(programme) == closed_round
    db.session.execute(sa.update(Enrolment).values(withdrawn_at=NOW))
    assert asked(closed_round) is None


def test_who_asks_for_what_is_being_counted_gets_that_and_who_asks_for_something_else_begins_anew(
    closed_round,
):
    first = asked(closed_round).number
    assert asked(closed_round).number == first
    assert asked(closed_round, in_force=()).number == first + 1


def test_a_count_that_was_asked_anew_keeps_nothing_of_the_one_before(closed_round):
    programme_id = asked(closed_round).programme_id
    held = counting.take_up(programme_id)
    again = asked(closed_round, rules={"shared_language": {}})
    counting.settle(held, Forbidden(pairs=9, looked_at=9, by_rule={"shared_hours": 9}, together=9))
    counting.fail(held, "Too late.")
    db.session.expire_all()
    assert again.state is CountState.QUEUED
    assert again.forbidden == {}
    assert again.failure == ""


def test_only_one_worker_takes_a_count_up(closed_round):
    programme_id = asked(closed_round).programme_id
    assert counting.take_up(programme_id) is not None
    assert counting.take_up(programme_id) is None


def test_a_count_whose_worker_died_is_taken_up_again_and_given_up_after_three_times(
    closed_round, frozen_clock
):
    programme_id = asked(closed_round).programme_id
    for _ in range(counting.MOST_ATTEMPTS):
        assert counting.recover_silent_counts() in ([], [programme_id])
        counting.take_up(programme_id)
        frozen_clock(clock.now() + timedelta(minutes=2))
    assert counting.recover_silent_counts() == []
    db.session.expire_all()
    assert db.session.get(RuleCount, programme_id).failure == counting.GAVE_UP


def test_a_live_worker_keeps_its_count(own_app, frozen_clock):
    from tests.rounds.conftest import company

    programme_id = asked(company()).programme_id
    held = counting.take_up(programme_id)
    db.session.commit()
    frozen_clock(clock.now() + timedelta(minutes=2))
    assert counting.report(held, stage="", done=0, total=1)
    assert counting.recover_silent_counts() == []


def test_what_breaks_down_says_so_and_can_be_asked_again(closed_round, as_hr, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("on purpose")

    with monkeypatch.context() as patched:
        patched.setattr(count_tasks, "forbidden_pairs", broken)
        assert counted(closed_round).state is CountState.FAILED
    assert "could not be counted" in words(as_hr.get(address(closed_round)))
    assert counted(closed_round).state is CountState.FINISHED


def test_each_rule_says_what_it_forbids_or_would_forbid_with_the_figures_entered(closed_round, as_hr):
    page = as_hr.get(address(closed_round))
    assert "are not counted yet" in words(page)
    led = post(as_hr, f"{address(closed_round)}/count", fields(**{"shared_hours-minutes": "1440"}))
    assert led.status_code == 303
    page = as_hr.get(led.location)
    told = words(page)
    assert f"Forbids 0 of {PAIRS} pairs" in told
    assert f"Would forbid {PAIRS} of {PAIRS} pairs" in told
    assert f"Together the rules forbid 0 of {PAIRS} pairs." in told
    assert 'value="1440"' in page.text, "what was entered is still there"
    saved = words(as_hr.get(address(closed_round)))
    assert "Not counted with this figure yet" in saved, "120 minutes are another figure than 1440"


def test_saving_rules_has_them_counted(closed_round, as_hr):
    page = as_hr.get(address(closed_round))
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page.text)[1]
    post(as_hr, address(closed_round), {**fields(other_department="y"), "seen": seen})
    assert "other_department" in db.session.scalars(sa.select(RuleCount)).one().in_force


def test_the_page_asks_again_until_the_pairs_are_counted_and_then_fills_in_each_rule(
    closed_round, as_hr, waiting
):
    led = post(as_hr, f"{address(closed_round)}/count", fields())
    page = as_hr.get(led.location)
    source = re.search(r'id="counts" class="stack-s" hx-get="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert "Being counted" in words(page)
    assert "<noscript>" in page.text
    count_tasks.carry_out(programme_of(closed_round).id)
    db.session.expire_all()
    ended = as_hr.get(source, headers=FRAGMENT).text
    assert ended.lstrip().startswith('<div id="counts"')
    assert "hx-trigger" not in ended
    filled = re.search(r'<small id="shared_language-hint" hx-swap-oob="true">([^<]+)</small>', ended)[1]
    assert filled == f"Forbids 0 of {PAIRS} pairs"
    assert 'id="shared_language-hint"' in page.text, "there is a place for it"


def test_an_estimate_is_called_one(closed_round, as_hr):
    count = counted(closed_round, rules={"shared_language": {}}, in_force=("shared_language",))
    found = {"pairs": 2_000_000_000, "looked_at": 1_000_000, "together": 40}
    db.session.execute(sa.update(RuleCount).values(**found, forbidden={"shared_language": 40}))
    db.session.commit()
    told = words(as_hr.get(address(closed_round)))
    assert "Forbids fewer than 0.01% of 2,000,000,000 pairs" in told
    assert "estimates from 1,000,000 pairs drawn by lot" in told
    db.session.execute(sa.update(RuleCount).values(forbidden={"shared_language": 41_000}))
    db.session.commit()
    assert "Forbids about 4.1% of 2,000,000,000 pairs" in words(as_hr.get(address(closed_round)))
    assert count.programme_id


def test_the_architect_has_pairs_counted_and_an_employee_does_not_know_of_them(closed_round, client_for):
    architect = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
    assert post(architect, f"{address(closed_round)}/count", fields()).status_code == 303
    assert (
        post(client_for(factories.account()), f"{address(closed_round)}/count", fields()).status_code == 404
    )
