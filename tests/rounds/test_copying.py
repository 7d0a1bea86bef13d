"""A new round from the last one: everything is suggested, so that five presses lead to a running run."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from app.db import db
from app.rounds.copying import draft_after, last_round, later, next_name
from app.rounds.models import MatchingRound
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW
from tests.forms import post

FIELDS = ("name", "opens_on", "closes_on", "starts_on", "ends_on")


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("2026-Q4", "2027-Q1"),
        ("2027 Q1", "2027 Q2"),
        ("Mentoring 2027-Q3, all sites", "Mentoring 2027-Q4, all sites"),
        ("Winter 2027", "Spring 2027"),
        ("Autumn 2027", "Winter 2028"),
        ("The first one", None),
    ],
)
def test_a_name_that_says_a_quarter_is_followed_by_the_next(name, following):
    assert next_name(name) == following


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 11, 23), date(2027, 2, 23)),
        (date(2026, 9, 30), date(2026, 12, 31)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2026, 12, 31), date(2027, 3, 31)),
        (date(2026, 11, 29), date(2027, 2, 28)),
        (date(9999, 11, 29), date(9999, 2, 28)),
    ],
)
def test_a_day_moves_by_a_quarter_and_the_end_of_a_month_stays_one(day, after):
    assert later(day, 3) == after


def test_a_draft_keeps_the_programmes_that_are_current_and_shifts_every_day(app):
    kept, gone = factories.programme(), factories.programme(archived_at=NOW)
    before = factories.matching_round(name="2026-Q4", programmes=[kept, gone])
    draft = draft_after(before)
    assert (draft.name, draft.programmes) == ("2027-Q1", [kept.id])
    assert (draft.opens_on, draft.closes_on) == (date(2027, 2, 1), date(2027, 2, 28))
    assert (draft.starts_on, draft.ends_on) == (date(2027, 3, 7), date(2027, 6, 5))


def test_a_round_of_long_ago_is_followed_by_one_that_people_can_still_join(app):
    before = factories.matching_round(
        name="2025-Q1",
        opens_on=date(2025, 1, 2),
        closes_on=date(2025, 1, 20),
        starts_on=date(2025, 2, 1),
        ends_on=date(2025, 4, 30),
    )
    draft = draft_after(before)
    assert (draft.name, draft.closes_on, draft.ends_on) == ("2027-Q1", date(2027, 1, 20), date(2027, 4, 30))


@pytest.mark.parametrize(
    ("names", "suggested"),
    [(["2026-Q4", "2027-Q1"], "2027-Q1 (2)"), (["Round 7"], "Round 8"), (["Our pilot"], "2027-Q1")],
)
def test_a_name_that_is_taken_is_not_suggested(app, names, suggested):
    rounds = [factories.matching_round(name=name) for name in names]
    assert draft_after(rounds[0]).name == suggested


def test_the_last_round_is_the_latest_that_was_not_given_up(app):
    assert last_round() is None
    first = factories.matching_round()
    factories.matching_round(state=RoundState.CANCELLED, starts_on=date(2027, 1, 4), ends_on=date(2027, 4, 1))
    assert last_round().id == first.id


def test_from_the_list_two_presses_make_the_round_that_was_suggested(as_hr):
    before = factories.matching_round(name="2026-Q4", state=RoundState.COMPLETED, published_at=NOW)
    listed = as_hr.get("/rounds").text
    address = re.search(r'href="([^"]+)">New round from the last one', listed)[1]
    page = as_hr.get(address)
    assert "Create a round after 2026-Q4" in page.text
    fields = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)[1] for name in FIELDS}
    chosen = re.findall(r'checked[^>]*name="programmes"[^>]*value="(\d+)"', page.text)
    made = post(as_hr, address, {**fields, "programmes": chosen}, page=address)
    assert made.status_code == 303
    created = db.session.scalars(sa.select(MatchingRound).filter_by(name="2027-Q1")).one()
    assert (created.state, created.programmes) == (RoundState.DRAFT, before.programmes)


def test_what_is_written_over_a_suggestion_counts(as_hr):
    before = factories.matching_round(name="2026-Q4")
    address = f"/rounds/new?after={before.id}"
    refused = post(as_hr, address, {"name": "", "programmes": str(before.programmes[0].id)}, page=address)
    assert refused.status_code == 422
    assert "Enter a name." in refused.text
    assert "2027-Q1" not in refused.text


@pytest.mark.parametrize(("after", "status"), [("987654", 404), ("0", 200), ("9" * 30, 200), ("x", 200)])
def test_what_is_no_round_is_followed_by_none(as_hr, after, status):
    assert as_hr.get(f"/rounds/new?after={after}").status_code == status
