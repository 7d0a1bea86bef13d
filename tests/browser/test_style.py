"""Every widget of the kit, driven as a person would: by mouse, by keyboard, and without script."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.kit import assert_clean, assert_clean_in_every_view, focus_is_on, keep_picture
from tests.browser.style import bp


@pytest.fixture
def own_app(own_app):
    own_app.register_blueprint(bp)
    return own_app


@pytest.fixture
def account(own_app):
    return factories.account(of=factories.person(name="Amara Diallo"))


@pytest.fixture
def signed_in(reader, account):
    reader.sign_in(account)
    return reader


@pytest.fixture
def page(signed_in):
    return signed_in.open("/style/")


def suggestions_on(page):
    return page.locator("#skill-options [role=option]")


def test_every_widget_is_clean_in_every_view(signed_in):
    assert_clean_in_every_view(signed_in, "/style/")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_refused_form_with_an_open_menu_is_clean(signed_in, theme, width):
    signed_in.choose_theme(theme)
    signed_in.page.set_viewport_size({"width": width, "height": 900})
    page = signed_in.open("/style/")
    page.locator("#add-skill").click()
    page.locator("#skill-error").wait_for()
    page.locator("details.menu:not(.nav-menu) > summary").click()
    keep_picture(page, "refused", width, theme)

    assert_clean(signed_in)


def test_a_refused_form_takes_the_focus_to_the_problem(page):
    page.locator("#add-skill").press("Enter")
    page.locator("#skill-error").wait_for()

    assert focus_is_on(page) == "skill-error"
    expect(page.locator("#skill")).to_have_attribute("aria-invalid", "true")


def test_without_script_a_refused_form_has_a_summary_with_links(reader_without_script):
    page = reader_without_script.open("/style/")
    page.locator("#add-skill").click()

    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_text(["Enter a skill", "Choose a level", "Choose to be told"])
    summary.get_by_role("link", name="Choose a level").click()
    assert page.url.endswith("#level-0")


def test_skills_are_chosen_by_keyboard_alone(page):
    field = page.locator("#skill")
    field.focus()
    page.keyboard.type("ne")
    expect(suggestions_on(page)).to_have_count(3)
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", "skill-options-3")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(field).to_have_value("Network design")
    expect(suggestions_on(page)).to_have_count(0)
    expect(page.locator("#status")).to_have_text("Network design chosen")
    assert focus_is_on(page) == "skill"


def test_suggestions_are_counted_aloud_and_closed_by_escape(page):
    page.locator("#skill").focus()
    page.keyboard.type("p")
    expect(page.locator("#status")).to_have_text("1 suggestion")
    page.keyboard.press("Escape")

    expect(suggestions_on(page)).to_have_count(0)
    expect(page.locator("#skill")).to_have_value("p")


def test_a_skill_is_chosen_by_mouse(page):
    page.locator("#skill").press_sequentially("ne")
    suggestions_on(page).filter(has_text="Needlework").click()

    expect(page.locator("#skill")).to_have_value("Needlework")


def test_suggestions_that_come_late_do_not_open_again(page):
    """On a slow line the answer to the last letter comes after the choice, over the next field."""
    held = []
    skill = page.locator("#skill")
    skill.press_sequentially("neg")
    suggestions_on(page).first.wait_for()
    page.route("**/style/suggest*", lambda route: held.append(route))
    with page.expect_request("**/style/suggest*"):
        skill.press("o")
    suggestions_on(page).first.click()
    with page.expect_response("**/style/suggest*"):
        held[0].continue_()
    page.wait_for_function("!document.querySelector('#skill-options').ariaBusy")

    expect(suggestions_on(page)).to_have_count(0)
    expect(skill).to_have_attribute("aria-expanded", "false")


def test_nobody_is_asked_for_suggestions_after_the_choice(page):
    asked = []
    skill = page.locator("#skill")
    skill.press_sequentially("neg")
    suggestions_on(page).first.wait_for()
    page.route("**/style/suggest*", lambda route: asked.append(route.request.url))
    # The letter and the choice in one go, before the pause after which htmx asks.
    page.evaluate("""
        const input = document.querySelector("#skill");
        input.value += "o";
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
        document.querySelector("#skill-options [role=option]").click();
    """)
    page.wait_for_timeout(400)  # twice that pause

    assert asked == []
    expect(suggestions_on(page)).to_have_count(0)


def test_open_suggestions_are_clean(signed_in, page):
    page.locator("#skill").press_sequentially("ne")
    suggestions_on(page).first.wait_for()
    page.keyboard.press("ArrowDown")

    assert_clean(signed_in)


def test_progress_asks_for_itself_and_speaks_when_done(page):
    expect(page.locator("#run-progress")).to_have_text("The run is finished.", timeout=15_000)
    expect(page.locator("#status")).to_have_text("The run is finished")


def test_a_failure_is_shown_where_one_acted_and_said_aloud(page):
    lock = page.get_by_role("button", name="Lock Jonas Berg with Mei Tanaka")
    lock.click()

    expect(page.locator("[data-failure]")).to_have_text("This round is already published.")
    expect(page.locator("#status")).to_have_text("This round is already published.")
    assert focus_is_on(page) == "lock-2"


def test_a_lost_connection_is_shown_where_one_acted(signed_in, page):
    signed_in.context.set_offline(True)
    page.get_by_role("button", name="Lock Jonas Berg with Mei Tanaka").click()

    expect(page.locator("[data-failure]")).to_have_text("No connection. Your change is not saved.")


def test_escape_closes_a_menu_and_gives_the_focus_back(page):
    summary = page.locator("details.menu:not(.nav-menu) > summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(page.locator("details.menu[open]")).to_have_count(0)
    assert page.evaluate("document.activeElement.textContent").startswith("Amara Diallo")


def test_the_skip_link_leads_to_the_page(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert focus_is_on(page) == "main"


def test_a_session_that_ended_leads_to_sign_in_and_not_into_the_form(signed_in, page, account):
    """The part htmx asked for is guarded; the answer must not be swapped into the form."""
    signed_in.context.clear_cookies(name=signed_in.site.app.config["SESSION_COOKIE_NAME"])
    page.evaluate("htmx.ajax('GET', '/auth/sessions', '#skill-form')")
    page.wait_for_url(re.compile("/auth/sign-in"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_first_view_is_light(signed_in):
    sizes, requests = [], []
    signed_in.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    signed_in.page.on("request", lambda request: requests.append(request.url))
    signed_in.open("/style/")
    signed_in.page.wait_for_load_state("networkidle")

    loaded = [url for url in requests if not url.startswith("data:") and "/progress" not in url]
    assert len(loaded) <= 6
    assert sum(sizes) <= 60_000
