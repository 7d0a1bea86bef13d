"""HR sets programmes up by pages alone; training architects read them."""

import html
import re
from datetime import date

import pytest
import sqlalchemy as sa

from app.access import Role
from app.audit import AuditEvent
from app.db import db
from app.errors import Conflict, Invalid
from app.programmes import service, versions
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.vocabulary import DEFAULT_CRITERIA, DEFAULT_GOALS, KIND_MEANINGS, KIND_WORDS
from app.rounds.models import EnrolmentRole, MatchingRound
from app.rounds.service import create_round
from app.rounds.states import RoundState
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import BY


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def as_architect(app, client_for):
    return client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))


def words(response) -> str:
    """The text of a page as a reader gets it, blanks folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def look_at(as_hr, address: str) -> None:
    """Open a page of settings and save it as it stands."""
    form = as_hr.get(address).text.partition("<main")[2]
    fields = {
        html.unescape(name): html.unescape(text).removeprefix("\r\n").strip()
        for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    }
    assert post(as_hr, address, fields, page=address).status_code == 303


def create(as_hr, **fields):
    defaults = {"name": "Mentoring for managers", "kind": "mentoring", "hours_a_month": "2"}
    return post(as_hr, "/programmes/new", {**defaults, **fields}, page="/programmes/new")


def test_a_programme_by_pages_from_its_creation_to_a_round(as_hr):
    created = create(as_hr)
    assert created.location == "/programmes/mentoring-for-managers"
    page = as_hr.get(created.location)
    assert "Mentoring, 2 hours a month" in words(page)
    assert "Open registration" not in words(page)
    assert "Mentoring for managers" not in as_hr.get("/rounds/new").text
    for task in ("people", "messages"):
        assert f'href="{created.location}/{task}"' in page.text
        look_at(as_hr, f"{created.location}/{task}")
    page = as_hr.get(created.location)
    assert "To do" not in words(page)
    assert "Open registration" in words(page)
    to_round = re.search(r'href="(/rounds/new\?programme=\d+)"', page.text)[1]
    factories.programme()  # so that there is something to choose from
    form = as_hr.get(to_round).text
    assert re.search(r"<input checked[^>]*>\s*<label[^>]*>\s*Mentoring for managers", form)
    assert actions() == ["programme.created"], "to look at the usual texts and leave them is no change"


def test_a_new_programme_has_the_settings_that_suit_most_companies(as_hr):
    create(as_hr)
    settings = service.settings_of(db.session.scalars(sa.select(Programme)).one())
    assert settings["criteria"] == DEFAULT_CRITERIA
    assert settings["goals"] == list(DEFAULT_GOALS)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Mentoring 2027", "mentoring-2027"),
        ("  Élan & Co.  ", "elan-co"),
        ("2nd careers", "nd-careers"),
        ("導師計劃", "programme"),
        ("New", "new-2"),
        ("x" * 120, "x" * 35),
    ],
)
def test_a_key_is_made_of_the_name(app, name, key):
    assert service.create_programme(name=name, by=BY).key == key


def test_two_names_never_share_a_key(app):
    made = [service.create_programme(name=name, by=BY).key for name in ("Élan", "Elan", "elan")]
    assert made == ["elan", "elan-2", "elan-3"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"name": "x" * 121}, "Enter a name of at most 120 characters."),
        ({"name": "Mentoring"}, "There is already a programme called Mentoring."),
        ({"kind": "dancing"}, "Choose one of the options."),
        ({"hours_a_month": ""}, "Enter the hours a month."),
        ({"hours_a_month": "0"}, "The hours a month must be above 0 and at most 200."),
        ({"hours_a_month": "many"}, "Enter a number."),
    ],
)
def test_a_programme_nobody_can_run_is_refused_beside_its_field(as_hr, fields, sentence):
    factories.programme(name="Mentoring")
    refused = create(as_hr, **fields)
    assert refused.status_code == 422
    assert words(refused).count(sentence) == 2, "in the summary and at the field"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Programme)) == 1


def test_every_kind_has_words():
    assert set(KIND_WORDS) == set(KIND_MEANINGS) == set(ProgrammeKind)


def test_a_copy_has_the_settings_and_a_life_of_its_own(as_hr):
    source = factories.programme(name="Mentoring", key="mentoring", hours_a_month=3.5)
    page = as_hr.get("/programmes/mentoring/copy")
    assert 'value="Copy of Mentoring"' in page.text
    copied = post(as_hr, "/programmes/mentoring/copy", {"name": "Copy of Mentoring"})
    assert copied.location == "/programmes/copy-of-mentoring"
    copy = db.session.scalars(sa.select(Programme).filter_by(key="copy-of-mentoring")).one()
    assert service.settings_of(copy) == service.settings_of(source)
    assert copy.hours_a_month == 3.5
    post(as_hr, f"{copied.location}/details", {"name": "For engineers", "hours_a_month": "1"})
    assert (source.name, source.hours_a_month) == ("Mentoring", 3.5)
    assert actions() == ["programme.created", "programme.copied", "programme.changed"]


def test_a_copy_under_a_name_that_is_taken_is_refused(as_hr):
    factories.programme(name="Mentoring", key="mentoring")
    assert post(as_hr, "/programmes/mentoring/copy", {"name": "Mentoring"}).status_code == 422


def test_a_programme_gets_another_name_and_keeps_its_address(as_hr):
    factories.programme(name="Mentoring", key="mentoring")
    saved = post(
        as_hr,
        "/programmes/mentoring/details",
        {"name": "Mentoring for all", "hours_a_month": "1.5"},
        page="/programmes/mentoring/details",
    )
    assert saved.location == "/programmes/mentoring"
    assert "Name and hours are saved." in words(as_hr.get("/programmes/mentoring"))
    event = db.session.scalars(sa.select(AuditEvent)).one()
    assert event.details == {
        "version": 2,
        "before": {"name": "Mentoring", "hours_a_month": 2.0},
        "after": {"name": "Mentoring for all", "hours_a_month": 1.5},
    }


def test_a_name_that_stays_is_no_change(as_hr):
    factories.programme(name="Mentoring", key="mentoring")
    post(as_hr, "/programmes/mentoring/details", {"name": "Mentoring", "hours_a_month": "2"})
    assert actions() == []


def test_an_archived_programme_gets_no_rounds_until_it_is_restored(as_hr):
    programme = factories.programme(name="Mentoring", key="mentoring")
    archived = post(as_hr, "/programmes/mentoring/archive", page="/programmes/mentoring")
    assert archived.location == "/programmes/mentoring"
    as_hr.get(archived.location)
    assert 'name="programmes"' not in as_hr.get("/rounds/new").text
    days = dict.fromkeys(("opens_on", "closes_on", "starts_on"), date(2026, 12, 1))
    with pytest.raises(Invalid, match=r"Mentoring is archived\. Restore it first\."):
        create_round(name="Winter", programmes=[programme], ends_on=date(2027, 3, 1), **days, by=BY)
    with pytest.raises(Conflict, match="Restore it before you change it"):
        versions.change(programme, {"name": "Other"}, by=BY)
    assert "0 programmes in use" in words(as_hr.get("/programmes"))
    assert "1 programme in the archive" in words(as_hr.get("/programmes?show=archived"))
    post(as_hr, "/programmes/mentoring/restore", page="/programmes/mentoring")
    assert "1 programme in use" in words(as_hr.get("/programmes"))
    assert create_round(name="Winter", programmes=[programme], ends_on=date(2027, 3, 1), **days, by=BY)
    assert actions() == ["programme.archived", "programme.restored", "round.created"]


def test_archiving_twice_is_archiving_once(as_hr):
    factories.programme(key="mentoring")
    for _ in range(2):
        assert post(as_hr, "/programmes/mentoring/archive").status_code == 303
    assert actions() == ["programme.archived"]


@pytest.mark.parametrize(
    ("state", "day", "told"),
    [
        (RoundState.DRAFT, "2026-11-25", ["Open enrolment", "enrolment opens on 1 November 2026"]),
        (RoundState.OPEN, "2026-11-25", ["Nothing to do", "enrolment closes on 30 November 2026"]),
        (RoundState.OPEN, "2026-12-01", ["Close enrolment", "enrolment closes on 30 November 2026"]),
        (RoundState.CLOSED, "2026-12-01", ["Run the matching", "the matches start on 7 December 2026"]),
        (RoundState.PROPOSED, "2026-12-01", ["Review the matches"]),
        (RoundState.PUBLISHED, "2026-12-08", ["Nothing to do", "the matches end on 5 March 2027"]),
        (RoundState.PUBLISHED, "2027-03-06", ["Complete the round"]),
        (RoundState.COMPLETED, "2027-03-06", ["No round", "no round now"]),
        (RoundState.CANCELLED, "2026-12-01", ["No round", "no round now"]),
    ],
)
def test_the_list_says_what_comes_next_and_what_waits(hr, client_for, frozen_clock, state, day, told):
    done = {"published_at": NOW} if state in (RoundState.PUBLISHED, RoundState.COMPLETED) else {}
    matching_round = factories.matching_round(state=state, **done)
    mentor, mentee = factories.person(), factories.person()
    factories.enrolment(mentor, EnrolmentRole.MENTOR, matching_round)
    factories.enrolment(mentor, EnrolmentRole.MENTEE, matching_round)
    factories.enrolment(mentee, EnrolmentRole.MENTEE, matching_round).withdrawn_at = NOW
    db.session.commit()
    frozen_clock(NOW.fromisoformat(f"{day}T09:00:00+00:00"))
    listed = words(client_for(hr).get("/programmes"))
    assert all(text in listed for text in told)
    if state not in (RoundState.COMPLETED, RoundState.CANCELLED):
        assert "1 person in Round" in listed, (
            "somebody with two parts counts once, who has withdrawn not at all"
        )


def test_a_round_in_preparation_comes_before_the_one_under_way(as_hr):
    programme = factories.programme(key="mentoring")
    for name, state, day in [
        ("Autumn", RoundState.PUBLISHED, date(2026, 9, 1)),
        ("Summer", RoundState.DRAFT, date(2027, 6, 1)),
        ("Spring", RoundState.DRAFT, date(2027, 3, 6)),
    ]:
        published = {"published_at": NOW} if state is RoundState.PUBLISHED else {}
        factories.matching_round(
            name=name,
            state=state,
            programmes=[programme],
            starts_on=day,
            ends_on=date(2027, 9, 1),
            **published,
        )
    assert "See Spring" in words(as_hr.get("/programmes/mentoring"))


def test_the_list_costs_as_many_statements_for_thirty_programmes_as_for_one(as_hr):
    def cost() -> int:
        with count_statements() as statements:
            assert as_hr.get("/programmes").status_code == 200
        return len(statements)

    factories.matching_round()
    before = cost()
    for _ in range(30):
        factories.matching_round()
    assert cost() == before <= 8
    assert "1 to 25 of 31 programmes" in words(as_hr.get("/programmes"))
    assert "26 to 31 of 31 programmes" in words(as_hr.get("/programmes?page=2"))


def test_the_page_of_a_programme_costs_few_statements(as_hr):
    programme = factories.matching_round().programmes[0]
    with count_statements() as statements:
        assert as_hr.get(f"/programmes/{programme.key}").status_code == 200
    assert len(statements) <= 16


def test_a_training_architect_reads_and_changes_nothing(as_architect):
    factories.programme(name="Mentoring", key="mentoring")
    for address in ("/programmes", "/programmes/mentoring", "/programmes/mentoring/details"):
        page = as_architect.get(address)
        assert page.status_code == 200
        main = page.text.partition("<main")[2]
        assert "<form" not in main
        assert not re.search("Create|Copy the|Archive the|Prepare a round", words(page))
    assert post(as_architect, "/programmes/mentoring/archive").status_code == 403
    assert db.session.scalars(sa.select(Programme.archived_at)).one() is None


def test_a_round_is_prepared_for_the_programme_one_comes_from(as_hr):
    first, second = factories.programme(name="First"), factories.programme(name="Second")
    form = as_hr.get(f"/rounds/new?programme={second.id}").text
    checked = re.findall(r'<input checked[^>]*value="(\d+)"', form)
    assert checked == [str(second.id)]
    assert re.findall(r'<input checked[^>]*value="(\d+)"', as_hr.get("/rounds/new?programme=x").text) == []
    assert first.archived_at is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MatchingRound)) == 0
