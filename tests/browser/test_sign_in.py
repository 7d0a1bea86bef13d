"""Signing in, as people do it: with a keyboard, with a password manager, and without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.auth.passwords import hashed
from tests import factories
from tests.browser.kit import assert_clean, assert_clean_in_every_view, keep_picture

PASSWORD = "three herons over water"
SESSIONS = re.compile("/auth/sessions$")


@pytest.fixture
def account(own_app):
    return factories.account(of=factories.person(name="Amara Diallo"), password_hash=hashed(PASSWORD))


def fill_in(page: Page, address: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")


def test_the_page_is_clean_in_every_view(reader):
    assert_clean_in_every_view(reader, "/auth/sign-in")


@pytest.mark.parametrize("kind", ["reader", "reader_without_script"])
def test_signing_in_leads_to_the_page_one_wanted(request, kind, account):
    page = request.getfixturevalue(kind).open("/auth/sessions")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    fill_in(page, account.email, PASSWORD)

    page.wait_for_url(SESSIONS)
    expect(page.locator(".tag")).to_have_text("This browser")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_wrong_password_is_refused_on_a_clean_page(reader, account, width):
    reader.page.set_viewport_size({"width": width, "height": 900})
    page = reader.open("/auth/sign-in")
    fill_in(page, account.email, "three herons over land")

    expect(page).to_have_title(re.compile("^Error: Sign in"))
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value(account.email)
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
    keep_picture(page, "sign-in-refused", width, "auto")
    assert_clean(reader)


def test_a_password_can_be_shown(reader):
    page = reader.open("/auth/sign-in")
    password = page.get_by_label("Password", exact=True)
    page.get_by_label("Show the password").check()
    expect(password).to_have_attribute("type", "text")
    page.get_by_label("Show the password").uncheck()
    expect(password).to_have_attribute("type", "password")


def test_the_appearance_one_chooses_is_there_at_once(reader_without_script):
    page = reader_without_script.open("/auth/sign-in")
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("/auth/sign-in")
