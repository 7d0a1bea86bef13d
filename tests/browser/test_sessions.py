"""From sign-in to sign-out: the sessions and the password of an account, as people see and use them."""

import pytest

from app.access import Role
from app.auth import passwords, service
from app.db import db
from tests import factories
from tests.browser.kit import assert_clean_in_every_view, focus_is_on

EMAIL = "amara@example.test"
PASSWORD = "four words that rhyme"
SIGN_IN = "/auth/sign-in"
SESSIONS = "/auth/sessions"


@pytest.fixture
def account(own_app):
    person = factories.person(name="Amara Diallo", email=EMAIL)
    account = factories.account(of=person, roles={Role.EMPLOYEE}, password_hash=passwords.hashed(PASSWORD))
    service.open_session(account, browser="Safari on iPhone")
    db.session.commit()
    return account


def sign_in(page, password: str) -> None:
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").press("Enter")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_someone_signs_in_looks_at_their_sessions_and_signs_out(request, account, script):
    reader = request.getfixturevalue("reader" if script else "reader_without_script")
    page = reader.open(SESSIONS)
    sign_in(page, "not the password")
    assert page.title().startswith("Error: ")
    assert page.get_by_role("alert").is_visible()
    assert page.get_by_label("E-mail address").input_value() == EMAIL
    sign_in(page, PASSWORD)

    assert page.url.endswith(SESSIONS), "back to the page that asked"
    page.get_by_role("button", name="Sign out Safari on iPhone").press("Enter")
    page.get_by_text("That browser is signed out.").wait_for()
    assert page.get_by_text("Safari on iPhone").count() == 0
    page.get_by_text("Amara Diallo").first.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_text("You are signed out.").wait_for()
    assert reader.complaints == []


def test_without_script_no_box_promises_to_show_the_password(reader_without_script, account):
    page = reader_without_script.open(SIGN_IN)

    assert not page.get_by_label("Show the password").is_visible()


def test_the_form_is_filled_by_keyboard_in_its_order(reader, account):
    page = reader.open(SIGN_IN)
    visited = []
    for _ in range(6):
        page.keyboard.press("Tab")
        visited.append(focus_is_on(page))

    assert visited[2:5] == ["email", "password", "show-password"]


@pytest.mark.parametrize("path", [SESSIONS, "/auth/password"])
def test_the_page_is_clean_in_every_view(reader, account, path):
    reader.sign_in(account)
    assert_clean_in_every_view(reader, path)
