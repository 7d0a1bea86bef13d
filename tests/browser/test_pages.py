"""Every page of the site as its readers meet it: accessible, light, sealed off, and fit for any window."""

import html
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import APIResponse, expect
from pytest_socket import enable_socket

from app import clock, create_app
from app.web import SECURITY_HEADERS
from tests.browser import company
from tests.browser.company import Ids
from tests.browser.kit import (
    THEMES,
    Reader,
    assert_clean,
    keep_picture,
    reading,
    scrolls_sideways,
    served,
)
from tests.browser.views import REFUSALS, ROLES, VIEWS, View, of
from tests.conftest import NOW, config_for

LIGHTEST, HEAVIEST = 20_000, 60_000  # bytes on their way
NARROWEST = 320
UNGUARD = """
    for (const form of document.forms) form.noValidate = true;
    for (const field of document.querySelectorAll("[maxlength]")) field.removeAttribute("maxlength");
"""
WEIGHT = """
    ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
      .reduce((sum, entry) => sum + entry.encodedBodySize, 0)
"""
NO_PAGE = {
    "assets.vendor_file",
    "home.healthz",
    "mentorships.dates",
    "mentorships.dates_of_group",
    "peers.dates",
    "rounds.pairs_file",
    "rounds.problems_file",
    "rounds.suggest_mentors",
    "skills.suggest",
    "static",
}


@dataclass(frozen=True, eq=False)
class Town:
    """The company, served, with a window for each role."""

    ids: Ids
    readers: dict[str, Reader]

    def open(self, view: View) -> Reader:
        """Open a page as whoever it is for."""
        reader = self.readers[view.role]
        reader.complaints.clear()
        reader.page.set_viewport_size({"width": 1280, "height": 900})
        reader.choose_theme("light")
        address = reader.site.url + view.address(self.ids)
        answer = reader.page.goto(address)
        assert (answer.status, reader.page.url) == (200, address)
        return reader

    def answer(self, role: str, path: str) -> APIResponse:
        """Ask for an address without drawing it."""
        reader = self.readers[role]
        return reader.context.request.get(reader.site.url + path)


@pytest.fixture(scope="module")
def built_town(chromium, databases, migrated) -> Iterator[Town]:
    """The demo company with a round in every state, loaded once for all pages."""
    enable_socket()  # the test before may have shut the network
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_read", lambda: NOW)
        app = create_app(config_for(databases.copy(migrated), demo=True))
        with app.app_context():
            ids = company.load_with_rounds()
        with served(app) as site, ExitStack() as windows:
            readers = {role: windows.enter_context(reading(chromium, site)) for role in (*ROLES, "nobody")}
            for role in ROLES:
                with app.app_context():
                    readers[role].sign_in(company.account(role))
            yield Town(ids, readers)


@pytest.fixture
def town(built_town) -> Town:
    """The company, with the network of this machine let in again."""
    enable_socket()
    return built_town


def page_routes() -> Iterator[str]:
    app = create_app(config_for("sqlite:///:memory:"))
    for route in app.url_map.iter_rules():
        if "GET" in route.methods and route.endpoint not in NO_PAGE:
            yield route.endpoint


def test_every_page_has_a_view():
    assert set(page_routes()) == {view.endpoint for view in VIEWS}


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_the_page_is_clean_in_every_view(town, view):
    reader = town.open(view)

    assert reader.page.locator("h1").count() == 1
    assert LIGHTEST < reader.page.evaluate(WEIGHT) <= HEAVIEST
    assert_clean_in_every_theme(reader, str(view))


def test_every_page_is_sealed_off_and_never_stored(town):
    for view in VIEWS:
        assert_sealed(town.answer(view.role, view.address(town.ids)))


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("hr", of("published", "/pairs.csv"), 200),
        ("hr", of("published", "/publish"), 409),
        ("employee", lambda ids: f"/mentorships/{ids.mentorship}/dates.ics", 200),
        ("hr", lambda ids: f"/mentorships/{ids.mentorship}/dates.ics", 404),
        ("hr", lambda ids: "/rounds/987654", 404),
        ("employee", of("published"), 404),
        ("employee", lambda ids: "/nowhere", 404),
        ("employee", lambda ids: "/people?skill=no+such+skill", 422),
        ("nobody", lambda ids: "/skills/suggest?q=data", 200),
        ("nobody", lambda ids: "/healthz", 200),
    ],
)
def test_files_and_refusals_are_sealed_off_and_never_stored(town, role, path, status):
    answer = town.answer(role, path(town.ids))

    assert answer.status == status
    assert_sealed(answer)


def test_the_session_is_kept_from_scripts_and_from_other_sites(town):
    for reader in town.readers.values():
        for cookie in reader.context.cookies():
            if cookie["name"] != "theme":
                assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")


def test_two_pages_never_share_a_title(town):
    titles = {}
    for view in VIEWS:
        title = re.search("<title>(.+)</title>", town.answer(view.role, view.address(town.ids)).text())[1]
        titles.setdefault(html.unescape(title), set()).add(view.endpoint)

    assert {title: pages for title, pages in titles.items() if len(pages) > 1} == {}


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_a_refused_form_is_clean_and_takes_the_focus_to_the_problem(town, refusal):
    reader = town.open(refusal.view)
    page = reader.page
    page.evaluate(UNGUARD)
    for name, value in refusal.answers.items():
        page.locator(f"[name$={name}]").fill(value)
    page.get_by_role("button", name=refusal.button).click()

    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.get_by_role("alert").get_by_role("link").count() >= 1
    assert_clean_in_every_theme(reader, f"refused {refusal}")


def test_what_opens_on_the_result_is_clean(town):
    reader = town.open(View("rounds.show_run", "hr", of("proposed")))
    reader.page.locator("details.menu:not(.nav-menu) > summary").click()
    reader.page.evaluate("for (const part of document.querySelectorAll('main details')) part.open = true")

    assert_clean_in_every_theme(reader, "opened result")


@pytest.mark.parametrize("medium", ["screen", "print"])
def test_the_way_from_a_near_skill_is_seen_on_screen_and_on_paper(town, medium):
    page = town.open(View("rounds.show_run", "hr", of("proposed"))).page
    page.emulate_media(media=medium)
    ways = page.locator(".match .reasons small")
    expect(ways.first).to_be_visible()
    for way in ways.all():
        expect(way).to_contain_text(re.compile(r"The way between them: .+→.+, [a-z]+"))
    page.emulate_media(media="screen")


def test_the_menu_of_a_small_window_is_clean(town):
    reader = town.open(View("home.show", "hr", lambda ids: "/"))
    reader.page.set_viewport_size({"width": NARROWEST, "height": 700})
    reader.page.locator("details.nav-menu > summary").click()
    expect(reader.page.get_by_role("link", name="Rounds", exact=True)).to_be_visible()

    assert_clean(reader)


def assert_sealed(answer) -> None:
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name.lower()] == value
    assert answer.headers["cache-control"] == "no-store"


def assert_clean_in_every_theme(reader: Reader, name: str) -> None:
    """The page as it stands is clean in both themes; the narrowest window only has to hold it."""
    page = reader.page
    for theme in THEMES:
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            keep_picture(page, name, width, theme)
            assert_clean(reader)
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert not scrolls_sideways(page), "the page scrolls sideways at its narrowest"
