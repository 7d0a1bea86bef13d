"""What people change of themselves and HR changes for them: accepted, refused in words, and recorded."""

from datetime import date

import pytest
import sqlalchemy as sa

from app import audit
from app.audit import AuditEvent
from app.db import db
from app.people.models import Department, Location, Person, PersonalBlock
from app.people.service import end_of_employment
from app.people.signals import person_left
from tests import factories
from tests.forms import post

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE person; --",
    "{{ 7 * 7 }}",
    "𝓔𝓶𝓸𝓳𝓲 👩🏽‍💻 🇫🇷",
    "مرحبا שלום",
    "e\u0301 and é",
)


@pytest.fixture
def amara(app):
    return factories.person(name="Amara Diallo", job_title="Analyst")


@pytest.fixture
def own(amara, client_for):
    return client_for(factories.account(of=amara))


@pytest.fixture
def hr_browser(hr, client_for):
    return client_for(hr)


def send(browser, person, topic, **values):
    url = f"/people/{person.id}/{topic}"
    return post(browser, url, values, page=url)


def events():
    return db.session.scalars(sa.select(AuditEvent)).all()


ABOUT = {
    "job_title": "Lead analyst",
    "department_id": "",
    "location_id": "",
    "spoken": ["en"],
    "bio": "Hello.",
}
HOURS = {
    "time_zone": "Asia/Kathmandu", "first_start": "09:30", "first_end": "17:00", "second_start": "", "second_end": "",
    "hours_a_month": "2.5",
}  # fmt: skip
MENTORING = {"seeks_mentor": "yes", "mentor_capacity": "3"}


def test_one_changes_what_one_says_about_oneself(amara, own):
    care = factories._saved(Department(name="Care"))
    paris = factories._saved(Location(name="Paris", time_zone="Europe/Paris"))
    places = {"department_id": care.id, "location_id": paris.id}
    response = send(
        own, amara, "about", **{**ABOUT, **places, "spoken": ["en", "fr"], "another_language": "ne"}
    )
    assert response.status_code == 422  # French is not offered yet: nobody here speaks it

    response = send(own, amara, "about", **{**ABOUT, **places, "another_language": "ne"})
    assert response.status_code == 303
    assert (amara.job_title, amara.bio, amara.department.name, amara.location.name) == (
        "Lead analyst", "Hello.", "Care", "Paris",
    )  # fmt: skip
    assert [language.language for language in amara.languages] == ["en", "ne"]
    assert events() == []


def test_hr_changes_work_details_and_the_trail_says_what(amara, hr, hr_browser):
    amara.bio = "Mine."
    db.session.commit()
    response = send(hr_browser, amara, "about", **{**ABOUT, "grade": "5", "bio": "Not mine."})
    assert response.status_code == 303
    assert (amara.bio, amara.grade) == ("Mine.", 5)
    (event,) = events()
    assert (event.action, event.person_id, event.account_id) == ("person.change_work", amara.id, hr.id)
    assert event.details == {"job_title": ["Analyst", "Lead analyst"], "grade": [3, 5]}


def test_one_cannot_raise_ones_own_grade(amara, own):
    assert send(own, amara, "about", **ABOUT, grade="20").status_code == 303
    assert amara.grade == 3


def test_saving_nothing_new_records_nothing(amara, hr_browser):
    same = {"job_title": "Analyst", "department_id": "", "location_id": "", "spoken": ["en"], "grade": "3"}
    assert send(hr_browser, amara, "about", **same).status_code == 303
    assert events() == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"spoken": []}, "Choose at least one language you can meet in."),
        ({"spoken": ["xx"]}, "Choose"),
        ({"department_id": "987654"}, "Choose one of the options."),
        ({"location_id": "<b>"}, "Choose one of the options."),
        ({"job_title": "x" * 201}, "Enter at most 200 characters."),
        ({"bio": "x" * 2001}, "Enter at most 2000 characters."),
        ({"another_language": "english"}, "Choose one of the options."),
    ],
)
def test_what_cannot_be_said_about_oneself_is_refused_beside_its_field(amara, own, changes, sentence):
    response = send(own, amara, "about", **{**ABOUT, **changes})
    assert response.status_code == 422
    (field,) = changes
    assert f'id="{field}-error"' in response.text
    assert sentence in response.text
    assert db.session.get(Person, amara.id).job_title == "Analyst"


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_as_text(amara, own, client_for, text):
    send(own, amara, "about", **{**ABOUT, "job_title": text, "bio": text})
    page = client_for(factories.account()).get(f"/people/{amara.id}")
    import unicodedata

    from bs4 import BeautifulSoup

    shown = BeautifulSoup(page.text, "html.parser")
    wanted = unicodedata.normalize("NFC", text)
    assert wanted in shown.select_one("#about .prose").text
    assert wanted in shown.select_one(".heading").text
    assert shown.select("main script, main img") == []


def test_nul_and_direction_overrides_are_taken_out(amara, own):
    send(
        own,
        amara,
        "about",
        **{**ABOUT, "job_title": "Ana\0lyst \u202etxt.exe\u202c", "bio": "a\0b\r\n\u2066c"},
    )
    assert (amara.job_title, amara.bio) == ("Analyst txt.exe", "ab\nc")


def test_one_changes_when_one_works(amara, own):
    second = {"second_start": "18:00", "second_end": "00:00"}
    assert send(own, amara, "availability", **{**HOURS, **second}).status_code == 303
    assert (amara.time_zone, amara.hours_a_month) == ("Asia/Kathmandu", 2.5)
    assert [(one.starts_minute, one.ends_minute) for one in amara.working_hours] == [
        (570, 1020),
        (1080, 1440),
    ]

    assert (
        send(
            own, amara, "availability", **{**HOURS, "first_start": "18:00", "first_end": "20:00"}
        ).status_code
        == 303
    )
    assert [(one.starts_minute, one.ends_minute) for one in amara.working_hours] == [(1080, 1200)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"first_start": ""}, "first_start"),
        ({"first_start": "25:00"}, "first_start"),
        ({"first_start": "18:00"}, "first_end"),
        ({"second_start": "18:00"}, "second_end"),
        ({"second_start": "16:00", "second_end": "19:00"}, "second_start"),
        ({"second_start": "20:00", "second_end": "19:00"}, "second_end"),
        ({"hours_a_month": "many"}, "hours_a_month"),
        ({"hours_a_month": "-1"}, "hours_a_month"),
        ({"hours_a_month": "201"}, "hours_a_month"),
        ({"hours_a_month": "NaN"}, "hours_a_month"),
        ({"hours_a_month": "sNaN"}, "hours_a_month"),
        ({"hours_a_month": "1e99"}, "hours_a_month"),
    ],
)
def test_hours_that_cannot_be_are_refused_beside_their_field(amara, own, changes, field):
    response = send(own, amara, "availability", **{**HOURS, **changes})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert amara.time_zone == "Europe/Paris"


def test_a_zone_of_the_past_stays_choosable_for_who_has_it(app, client_for):
    person = factories.person(time_zone="Asia/Calcutta")
    browser = client_for(factories.account(of=person))
    page = browser.get(f"/people/{person.id}/availability").text
    assert '<option selected value="Asia/Calcutta">Kolkata (UTC+5:30)</option>' in page
    assert "US/Eastern" not in page


def test_one_changes_what_one_offers_and_wishes(amara, own):
    assert send(own, amara, "mentoring", **MENTORING).status_code == 303
    assert (amara.seeks_mentor, amara.mentor_capacity) == (True, 3)


@pytest.mark.parametrize("places", ["", "-1", "21", "1.5", "99999999999999999999", "x"])
def test_places_that_cannot_be_are_refused(amara, own, places):
    response = send(own, amara, "mentoring", **{**MENTORING, "mentor_capacity": places})
    assert response.status_code == 422
    assert 'id="mentor_capacity-error"' in response.text


def test_a_pause_is_set_shown_and_ended(amara, own):
    assert send(own, amara, "pause", starts_on="2026-12-01", ends_on="2027-01-12").status_code == 303
    page = own.get(f"/people/{amara.id}").text
    assert "Takes a pause from 1 December 2026 until 12 January 2027." in page
    assert post(own, f"/people/{amara.id}/pause/end", page=f"/people/{amara.id}").status_code == 303
    assert (amara.paused_from, amara.paused_until) == (None, None)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        ("", "", "starts_on"),
        ("2026-02-30", "", "starts_on"),
        ("2026-12-02", "2026-12-01", "ends_on"),
        ("2026-11-01", "2026-11-22", "ends_on"),
        ("2026-12-02", "soon", "ends_on"),
    ],
)
def test_a_pause_that_cannot_be_is_refused(amara, own, starts_on, ends_on, field):
    response = send(own, amara, "pause", starts_on=starts_on, ends_on=ends_on)
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text


def test_a_pause_entered_by_hr_is_recorded(amara, hr_browser):
    send(hr_browser, amara, "pause", starts_on="2026-12-01", ends_on="")
    assert [(event.action, event.details) for event in events()] == [
        ("person.pause", {"paused_from": [None, "2026-12-01"]})
    ]


def test_whom_one_never_wants_to_meet_is_found_added_and_removed(amara, own):
    other = factories.person(name="Jonas Weber")
    url = f"/people/{amara.id}/blocks"
    search = f"{url}?name=jonas"
    assert "Add to your list" in own.get(search).text
    assert post(own, search, {"other_id": other.id}).status_code == 303
    assert "Jonas Weber" in own.get(url).text
    assert post(own, f"{url}/{other.id}/remove", page=url).status_code == 303
    assert "Your list is empty." in own.get(url).text


def test_the_trail_never_names_whom_one_blocks(amara, own):
    other = factories.person(name="Jonas Weber")
    post(own, f"/people/{amara.id}/blocks?name=jonas", {"other_id": other.id})
    (event,) = events()
    assert (event.action, event.subject_type, event.subject_id, event.person_id, event.details) == (
        "block.add", "person", amara.id, amara.id, {},
    )  # fmt: skip


def test_the_blocked_person_sees_no_trace(amara, client_for):
    other = factories.person(name="Jonas Weber")
    factories._saved(PersonalBlock(person_id=amara.id, blocked_person_id=other.id))
    browser = client_for(factories.account(of=other))
    for url in ("/people", f"/people/{amara.id}", f"/people/{other.id}"):
        page = browser.get(url).text
        assert "Amara Diallo" in page or url.endswith(str(other.id))
    assert "Nobody" in browser.get(f"/people/{other.id}").text
    assert "Your list is empty." in browser.get(f"/people/{other.id}/blocks").text


def test_one_cannot_block_oneself_or_someone_twice_or_nobody(amara, own):
    other = factories.person(name="Jonas Weber")
    factories._saved(PersonalBlock(person_id=amara.id, blocked_person_id=other.id))
    url = f"/people/{amara.id}/blocks"
    again = post(own, f"{url}?name=jonas", {"other_id": other.id})
    assert again.status_code == 422
    assert "Jonas Weber is on your list already." in again.text
    assert post(own, f"{url}?name=amara", {"other_id": amara.id}).status_code == 422
    assert post(own, f"{url}?name=jonas", {"other_id": "987654"}).status_code == 422
    assert post(own, url, {}).status_code == 422


def test_leaving_is_recorded_told_to_others_and_happens_once(amara):
    told = []

    def listen(person, *, on, by):
        told.append((person.id, on, by))

    with person_left.connected_to(listen):
        end_of_employment(amara, on=date(2026, 11, 30), by=audit.COMMAND_LINE)
        end_of_employment(amara, on=date(2026, 11, 30), by=audit.COMMAND_LINE)
    assert told == [(amara.id, date(2026, 11, 30), audit.COMMAND_LINE)]
    assert [(event.action, event.details) for event in events()] == [
        ("person.leave", {"left_on": [None, "2026-11-30"]})
    ]


def test_a_form_without_its_token_changes_nothing(amara, own):
    response = own.post(f"/people/{amara.id}/mentoring", data=MENTORING)
    assert response.status_code == 400
    assert amara.mentor_capacity == 0
