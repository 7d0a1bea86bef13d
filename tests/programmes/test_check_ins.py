"""The check-ins of a programme: put together by pages, kept in versions, and turned into days."""

import re
from datetime import date

import pytest

from app.access import Role
from app.db import db
from app.errors import Invalid
from app.programmes import check_ins, service, settings, upkeep, versions
from app.programmes.models import Programme, ProgrammeKind
from tests import factories
from tests.forms import post
from tests.rounds.conftest import BY

AT = "/programmes/mentoring/check-ins"
OWN = [
    {"moment": "after_start", "days": 30, "words": "How is it going?"},
    {"moment": "before_end", "days": 7, "words": "What next?"},
]
LINES = ["after_start 30 How is it going?", "before_end 7 What next?"]


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def programme(app) -> Programme:
    return factories.programme(key="mentoring", name="Mentoring")


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def lines(response) -> list[str]:
    form = response.text.split('method="post" action="/programmes')[1].split("</form>")[0]
    return re.findall(r'name="check_ins" value="([^"]*)"', form)


def give(programme: Programme, rows=OWN) -> None:
    versions.change(programme, {"check_ins": rows}, by=BY)
    db.session.commit()


def row(moment: str, days: int = 0) -> dict:
    return {"moment": moment, "days": days, "words": "x"}


@pytest.mark.parametrize("kind", ProgrammeKind)
def test_a_new_programme_has_the_usual_ones_of_its_kind_in_order(app, kind):
    made = service.create_programme(name="New", kind=kind, by=BY)
    usual = check_ins.usual_check_ins(kind)
    assert check_ins.check_ins_of(made) == usual == check_ins.in_time(usual)
    check_ins.check_check_ins(made, usual)
    assert bool(usual) is (kind is not ProgrammeKind.COMMUNITIES)


@pytest.mark.parametrize(
    ("rows", "days"),
    [
        ([row("after_start", 30)], [date(2027, 1, 31)]),
        ([row("halfway")], [date(2027, 2, 14)]),
        ([row("before_end", 7)], [date(2027, 3, 24)]),
        ([row("before_end", 80), row("after_start", 30)], [date(2027, 1, 10), date(2027, 1, 31)]),
        ([row("after_start", 90)], []),
        ([row("before_end", 91)], []),
        ([row("after_start", 89)], [date(2027, 3, 31)]),
    ],
)
def test_days_are_counted_from_the_first_and_to_the_last_and_never_fall_outside(rows, days):
    found = check_ins.days_of(rows, date(2027, 1, 1), date(2027, 3, 31))
    assert [day for day, _words in found] == days


class TestPage:
    """HR puts the check-ins together; nothing is kept before it is saved."""

    def test_what_is_saved_is_shown_and_told_in_the_order_of_time(self, as_hr, programme):
        sent = {"check_ins": LINES[::-1], "seen": settings.mark_of([])}
        assert post(as_hr, AT, sent).status_code == 303
        assert check_ins.check_ins_of(programme) == OWN
        assert lines(as_hr.get(AT)) == LINES
        assert "2 check-ins" in words(as_hr.get("/programmes/mentoring"))
        said = "Check-ins: 30 days after the start, How is it going?; 7 days before the end, What next?"
        assert said in words(as_hr.get("/programmes/mentoring/versions"))

    def test_one_is_added_in_its_place_changed_and_taken_away(self, as_hr, programme):
        draft = {"draft": "yes", "check_ins": LINES}
        typed = {"words": " Halfway  there? ", "moment": "halfway", "days": "12"}
        added = as_hr.get(AT, query_string=draft | typed)
        assert lines(added) == [LINES[0], "halfway 0 Halfway there?", LINES[1]]
        assert "What you changed is not saved yet" in words(added)
        changed = as_hr.get(AT, query_string=draft | typed | {"change": "2"})
        assert lines(changed) == [LINES[0], "halfway 0 Halfway there?"]
        assert 'value="What next?"' in as_hr.get(AT, query_string=draft | {"change": "2"}).text
        give(programme, OWN[:1])
        page = as_hr.get(AT)
        without = re.search(r'id="remove-1" href="([^"]*)"', page.text)[1].replace("&amp;", "&")
        assert lines(as_hr.get(without)) == []
        assert post(as_hr, AT, {"seen": settings.mark_of(OWN[:1])}).status_code == 303
        assert check_ins.check_ins_of(programme) == []

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"words": "", "moment": "halfway"}, "Enter what to talk about."),
            ({"words": "Hello", "days": "3"}, "Choose when it is."),
            ({"words": "Hello", "moment": "soon", "days": "3"}, "Choose one of the options."),
            ({"words": "Hello", "moment": "after_start", "days": ""}, "Enter days from 1 to 730."),
            ({"words": "Hello", "moment": "before_end", "days": "731"}, "Enter days from 1 to 730."),
            ({"words": "Hello", "moment": "before_end", "days": "x"}, "Enter a whole number."),
        ],
    )
    def test_one_that_says_nothing_is_refused_beside_its_field(self, as_hr, programme, typed, sentence):
        page = as_hr.get(AT, query_string={"draft": "yes", "check_ins": LINES, **typed})
        assert page.status_code == 422
        assert sentence in words(page)
        assert lines(page) == LINES

    @pytest.mark.parametrize(
        ("sent", "sentence"),
        [
            (["soon 3 Hello"], "Choose when the check-in is."),
            (["halfway 3 Hello"], "Enter from 1 to 730 days for each check-in."),
            (["after_start ³ Hello"], "Enter from 1 to 730 days for each check-in."),
            (["after_start 3"], "Enter at most 120 characters for each check-in."),
            (LINES * 4, "A programme has at most 6 check-ins."),
        ],
    )
    def test_what_makes_no_sense_is_neither_shown_as_right_nor_saved(self, as_hr, programme, sent, sentence):
        refused = post(as_hr, AT, {"check_ins": sent, "seen": settings.mark_of([])})
        shown = as_hr.get(AT, query_string={"draft": "yes", "check_ins": sent})
        assert [refused.status_code, shown.status_code] == [422, 422]
        assert sentence in words(refused)
        assert sentence in words(shown)
        assert check_ins.check_ins_of(programme) == []

    def test_who_was_slower_is_told_and_changes_nothing(self, as_hr, programme):
        give(programme)
        response = post(as_hr, AT, {"check_ins": LINES[:1], "seen": settings.mark_of([])})
        assert response.status_code == 409
        assert "Somebody has changed the check-ins of Mentoring" in words(response)
        assert check_ins.check_ins_of(programme) == OWN

    def test_a_training_architect_reads_and_changes_nothing(self, client_for, programme):
        give(programme)
        client = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
        page = words(client.get(AT))
        assert "30 days after the start How is it going?" in page
        assert "Remove" not in page
        assert post(client, AT, {"check_ins": LINES, "seen": ""}).status_code == 403

    def test_communities_have_none(self, as_hr):
        factories.programme(key="circles", kind=ProgrammeKind.COMMUNITIES)
        assert as_hr.get("/programmes/circles/check-ins").status_code == 409


def test_a_copy_has_those_of_its_source(programme):
    give(programme, OWN[:1])
    assert check_ins.check_ins_of(upkeep.copy_programme(programme, name="Other", by=BY)) == OWN[:1]


def test_the_command_refuses_what_the_page_refuses(programme):
    with pytest.raises(Invalid):
        give(programme, [row("after_start")])
