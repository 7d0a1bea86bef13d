"""What every page shares: fragments, forms, messages, navigation, and the way to sign-in."""

import re

import pytest
from flask import Flask, get_flashed_messages, url_for
from jinja2 import UndefinedError

from app import web
from app.access import Permission, Role
from app.errors import Invalid
from tests import factories
from tests.conftest import signed_in_client
from tests.forms import post
from tests.house.conftest import NameForm, refuse

HTMX = {"HX-Request": "true"}


def test_htmx_gets_the_block_and_a_browser_the_page(probe_client):
    """Trap 3: the block alone reaches the widgets."""
    page, part = probe_client.get("/probe/"), probe_client.get("/probe/", headers=HTMX)

    assert page.text.lstrip().startswith("<!doctype html>")
    assert part.text.lstrip().startswith('<form id="name-form"')
    assert "As on your badge" in part.text
    assert "<h1>" not in part.text


def test_going_back_gets_the_whole_page(probe_client):
    """Trap 4."""
    page = probe_client.get("/probe/", headers={**HTMX, "HX-History-Restore-Request": "true"})

    assert "<h1>Probe</h1>" in page.text


def test_a_message_shows_under_the_heading_once(probe_client):
    answer = post(probe_client, "/probe/name", {"name": "Ada"}, page="/probe/")

    assert answer.status_code == 303
    assert answer.location == "/probe/#name-form"
    assert '<p class="note good">Your name is saved.</p>' in probe_client.get("/probe/").text
    assert "Your name is saved." not in probe_client.get("/probe/").text


def test_a_message_is_spoken_with_a_fragment(probe_client):
    post(probe_client, "/probe/name", {"name": "Ada"}, page="/probe/")

    assert (
        '<div id="status" hx-swap-oob="innerHTML">Your name is saved.</div>'
        in probe_client.get("/probe/", headers=HTMX).text
    )


def test_a_refusal_stands_beside_its_field_and_in_the_summary(probe_client):
    answer = post(probe_client, "/probe/name", {"name": "A"}, page="/probe/")

    assert answer.status_code == 422
    assert "<title>Error: Probe – Trellis</title>" in answer.text
    assert '<a href="#name">Enter a name of at least 2 letters</a>' in answer.text
    assert 'aria-describedby="name-hint name-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_refused_fragment_is_the_form_alone(probe_client):
    answer = post(probe_client, "/probe/name", {"name": "A"}, page="/probe/", headers=HTMX)

    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<form id="name-form"')
    assert 'id="name-error"' in answer.text


def test_a_refusal_without_a_field_stands_over_the_form(probe_app):
    with probe_app.test_request_context(method="POST"):
        form = NameForm()

        assert not web.accepted(form, lambda: refuse(field=None))
        assert not web.accepted(form, lambda: refuse(field="no_such_field"))
        assert form.form_errors == ["Enter a name of at least 2 letters"] * 2
        assert web.accepted(form, lambda: None)


def test_a_form_without_its_token_changes_nothing(probe_client):
    answer = probe_client.post("/probe/name", data={"name": "Ada"})

    assert answer.status_code == 400
    assert "This form is out of date" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "//elsewhere.example",
        "https://elsewhere.example",
        "/\\elsewhere.example",
        "/a\\..\\b",
        "a",
        "",
        "/a b",
        "/a\n//b",
    ],
)
def test_an_address_that_could_lead_astray_is_refused(probe_app, address):
    with probe_app.test_request_context(query_string={"next": address}):
        assert web.safe_next() is None
        assert web.see_next("probe.show").location == "/probe/"


def test_a_page_of_ours_is_returned_to(probe_app):
    with probe_app.test_request_context(query_string={"next": "/rounds/3?show=locked"}):
        assert web.see_next("probe.show", message="Done").location == "/rounds/3?show=locked"
        assert get_flashed_messages() == ["Done"]


def sign_in_then(probe_app: Flask, address: str | None) -> str:
    with probe_app.test_request_context():
        return url_for("auth.sign_in", next=address)


def test_whoever_is_signed_out_is_led_to_sign_in_and_back(probe_app, probe_client):
    answer = probe_client.get("/probe/mine?tab=2")

    assert answer.status_code == 303
    assert answer.location == sign_in_then(probe_app, "/probe/mine?tab=2")


def test_sign_in_is_never_put_into_a_card(probe_app, probe_client):
    here = {**HTMX, "HX-Current-URL": "http://localhost/probe/?tab=2"}
    elsewhere = {**HTMX, "HX-Current-URL": "http://elsewhere.example/probe/"}

    answer = probe_client.get("/probe/mine", headers=here)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == sign_in_then(probe_app, "/probe/?tab=2")
    assert probe_client.get("/probe/mine", headers=elsewhere).headers["HX-Redirect"] == sign_in_then(
        probe_app, None
    )


def test_a_form_sent_after_signing_out_leads_back_to_its_page(probe_app, probe_client):
    token = {"csrf_token": re.search(r'value="([^"]+)"', probe_client.get("/probe/").text).group(1)}

    answer = probe_client.post("/probe/mine", data=token, headers={"Referer": "http://localhost/probe/"})
    assert answer.location == sign_in_then(probe_app, "/probe/")


def links_of(page: str) -> list[str]:
    navigation = re.search(r'<nav class="nav".*?</nav>', page, re.DOTALL)
    return re.findall(r">([^<>]+)</a>", navigation.group()) if navigation else []


@pytest.mark.parametrize(
    ("roles", "labels"),
    [
        ({Role.EMPLOYEE}, ["Home", "Mentoring", "People", "Communities", "Skills"]),
        ({Role.EMPLOYEE, Role.COMMUNITY_LEAD}, ["Home", "Mentoring", "People", "Communities", "Skills"]),
        (
            {Role.EMPLOYEE, Role.HR},
            ["Home", "Mentoring", "People", "Communities", "Skills", "Programmes", "Rounds"],
        ),
        (
            {Role.EMPLOYEE, Role.TRAINING_ARCHITECT},
            ["Home", "Mentoring", "People", "Communities", "Skills", "Programmes", "Rounds"],
        ),
    ],
)
def test_navigation_only_grows_with_roles(probe_app, roles, labels):
    client = signed_in_client(factories.account(roles=roles))
    existing = [item.label for item in web.NAV if item.endpoint in probe_app.view_functions]

    assert links_of(client.get("/probe/").text) == [label for label in labels if label in existing]


def test_a_wrong_address_still_has_the_navigation(probe_app):
    client = signed_in_client(factories.account())
    lost = client.get("/nowhere?at=all")

    assert lost.status_code == 404
    assert links_of(lost.text) == links_of(client.get("/probe/").text)
    assert 'name="next" value="/nowhere?at=all"' in lost.text


def test_after_a_refusal_the_account_menu_leads_back_to_the_page(probe_app):
    """The address a form is sent to cannot be opened."""
    client = signed_in_client(factories.account())
    refused = post(
        client, "/probe/name", {"name": "A"}, page="/probe/", headers={"Referer": "http://localhost/probe/"}
    )

    assert refused.status_code == 422
    assert 'name="next" value="/probe/"' in refused.text


def test_visitors_get_no_navigation(probe_client):
    assert links_of(probe_client.get("/probe/").text) == []


def test_where_one_is_shows_in_the_navigation(probe_app):
    with probe_app.test_request_context("/probe/"):
        here = web.NavItem("probe.show", "Probe", Permission.ANYONE)
        assert web._currency(here) == "page"
    with probe_app.test_request_context("/probe/name", method="POST"):
        assert web._currency(here) == "true"
        assert web._currency(web.NAV[0]) is None


def test_the_address_of_a_page_keeps_what_is_not_changed(probe_app):
    with probe_app.test_request_context("/probe/?show=locked&page=2&skill=1&skill=2"):
        assert web.here(page=3) == "/probe/?show=locked&page=3&skill=1&skill=2"
        assert web.here(show=None, page=None) == "/probe/?skill=1&skill=2"


def test_the_theme_is_there_from_the_first_paint(probe_client):
    probe_client.set_cookie(web.THEME_COOKIE, "dark")
    assert '<html lang="en-GB" data-theme="dark">' in probe_client.get("/probe/").text
    probe_client.set_cookie(web.THEME_COOKIE, '"><script>')
    assert 'data-theme="auto"' in probe_client.get("/probe/").text


def test_only_a_known_theme_is_remembered(probe_app):
    with probe_app.test_request_context():
        answer = web.remember_theme(web.see_other("probe.show"), "dark")
        assert "theme=dark;" in answer.headers["Set-Cookie"]
        with pytest.raises(Invalid):
            web.remember_theme(answer, "purple")


def test_names_are_text_and_never_markup(probe_app):
    client = signed_in_client(factories.account(of=factories.person(name="<b>Ada</b>")))

    assert "&lt;b&gt;Ada&lt;/b&gt;" in client.get("/probe/").text


def test_templates_refuse_unknown_names(probe_app):
    with probe_app.test_request_context(), pytest.raises(UndefinedError, match="no_such_name"):
        probe_app.jinja_env.from_string("{{ no_such_name }}").render()
