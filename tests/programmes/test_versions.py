"""Each change of a programme's settings makes a version; nothing is lost, and one can go back."""

import pytest
import sqlalchemy as sa

from app.db import db
from app.errors import Conflict, Invalid
from app.programmes import service, versions
from app.programmes.models import Programme, ProgrammeVersion
from app.programmes.parts import PARTS, differences, read
from app.programmes.vocabulary import DEFAULT_RULES
from tests import factories
from tests.counting import count_statements
from tests.forms import post
from tests.programmes.test_pages import actions, words
from tests.rounds.conftest import BY


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def programme(app) -> Programme:
    return service.create_programme(name="Mentoring", key="mentoring", by=BY)


def version(programme: Programme, number: int) -> ProgrammeVersion:
    return db.session.scalars(
        sa.select(ProgrammeVersion).filter_by(programme_id=programme.id, number=number)
    ).one()


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(ProgrammeVersion))


def other_rules(programme: Programme, rules: dict) -> None:
    before = service.settings_of(programme)
    service.change_settings(programme, {**before, "rules": rules}, seen=before, by=BY)


def test_a_new_programme_is_its_version_one(programme):
    assert version(programme, 1).settings == read(programme, PARTS)


def test_every_way_of_changing_a_programme_makes_a_version(programme):
    other_rules(programme, {"other_department": {}})
    versions.change(programme, {"name": "Mentoring for all"}, by=BY)
    versions.change(programme, {"messages": {"left_out": "Next time, {name}."}}, by=BY)
    assert count() == 4
    assert version(programme, 4).settings == read(programme, PARTS)
    assert version(programme, 1).settings["rules"] == DEFAULT_RULES


def test_a_programme_from_before_versions_keeps_what_it_was(app):
    programme = factories.programme()
    was = read(programme, PARTS)
    versions.change(programme, {"hours_a_month": 5.0}, by=BY)
    assert version(programme, 1).settings == was
    assert version(programme, 2).settings == {**was, "hours_a_month": 5.0}


def test_what_is_saved_as_it_was_makes_no_version(programme):
    versions.change(programme, read(programme, PARTS), by=BY)
    assert count() == 1
    assert actions() == ["programme.created"]


def test_going_back_brings_every_setting_back(programme):
    was = read(programme, PARTS)
    other_rules(programme, {})
    versions.change(programme, {"name": "Other", "messages": {"invitation": "Come."}}, by=BY)
    versions.go_back(programme, version(programme, 1), seen=3, by=BY)
    assert read(programme, PARTS) == was
    assert count() == 4
    versions.go_back(programme, version(programme, 3), seen=4, by=BY)
    assert programme.name == "Other", "going back can be undone"


def test_going_back_is_refused_when_somebody_was_faster(programme):
    versions.change(programme, {"name": "Other"}, by=BY)
    with pytest.raises(Conflict, match="changed meanwhile"):
        versions.go_back(programme, version(programme, 1), seen=1, by=BY)
    assert programme.name == "Other"


def test_going_back_to_a_name_that_is_taken_is_refused(programme):
    versions.change(programme, {"name": "Other"}, by=BY)
    service.create_programme(name="Mentoring", key="second", by=BY)
    with pytest.raises(Invalid, match="already a programme called Mentoring"):
        versions.go_back(programme, version(programme, 1), seen=2, by=BY)


def test_two_programmes_with_the_same_settings_are_not_different(programme):
    settings = read(programme, PARTS)
    assert differences(settings, settings) == []


def test_each_part_is_told_apart(programme):
    before = read(programme, PARTS)
    after = {
        "name": "Other",
        "hours_a_month": 1.5,
        "rules": {"other_department": {}},
        "criteria": {"skills": 100},
        "goals": ["points"],
        "messages": {"invitation": "Come."},
        "audience": {"mentor": {"lowest_grade": 3}},
        "communities": ["Analysts"],
        "check_ins": [{"moment": "halfway", "days": 0, "words": "How is it going?"}],
        "agenda": [{"words": "Hello", "minutes": 5}],
        "questions": [
            {
                "key": "remote",
                "words": "Remote?",
                "type": "yes_no",
                "options": [],
                "asked_of": "mentee",
                "required": True,
            }
        ],
    }
    assert set(after) == set(PARTS)
    for part, value in after.items():
        assert differences(before, {**before, part: value}), part
    assert differences({"name": "A"}, {"hours_a_month": 1.0}) == [], "what only one of them has is left out"
    told = differences(before, after)
    assert "Called Other instead of Mentoring" in told
    assert "1.5 hours a month instead of 2" in told
    assert "With the rule: From different departments" in told
    assert "Invitation to join: another text" in told
    assert "Mentors: people of grade 3 or higher" in told
    assert "Communities: Analysts" in told
    assert "Check-ins: Halfway, How is it going?" in told
    assert "Agenda: Hello (5 minutes)" in told
    assert "Asks “Remote?”" in told


def test_the_versions_by_pages_and_the_way_back(as_hr, programme):
    post(as_hr, "/programmes/mentoring/details", {"name": "Mentoring for all", "hours_a_month": "2"})
    listed = words(as_hr.get("/programmes/mentoring/versions"))
    assert "2 versions" in listed
    assert "Called Mentoring for all instead of Mentoring" in listed
    assert "As it was set up" in listed
    page = words(as_hr.get("/programmes/mentoring/versions/1"))
    assert "Go back to version 1?" in page
    assert "Called Mentoring instead of Mentoring for all" in page
    address = "/programmes/mentoring/versions/1"
    assert post(as_hr, address, {"seen": "1"}).status_code == 409
    assert post(as_hr, address, {}).status_code == 409
    assert post(as_hr, address, {"seen": "2"}, page=address).location == "/programmes/mentoring"
    assert programme.name == "Mentoring"
    assert "The programme has these settings now" in words(as_hr.get(address))
    assert as_hr.get("/programmes/mentoring/versions/4").status_code == 404


def test_the_list_of_versions_is_paged_and_costs_the_same(as_hr, programme):
    def cost() -> int:
        with count_statements() as statements:
            assert as_hr.get("/programmes/mentoring/versions").status_code == 200
        return len(statements)

    versions.change(programme, {"hours_a_month": 100.0}, by=BY)
    db.session.commit()
    before = cost()
    for hours in range(1, 30):
        versions.change(programme, {"hours_a_month": float(hours)}, by=BY)
    db.session.commit()
    assert cost() - before <= 1, "one more for the version before the page's last"
    assert "31 versions" in words(as_hr.get("/programmes/mentoring/versions"))
    last = words(as_hr.get("/programmes/mentoring/versions?page=2"))
    assert "As it was set up" in last
    assert "100 hours a month instead of 2" in last
