"""Addresses, headers and bodies that no browser of ours sends: refused with a page, never an accident."""

import io

import pytest
from werkzeug.routing import IntegerConverter

from app.access import Role
from app.db import db
from app.rounds.models import MatchingRound
from tests import factories
from tests.conftest import signed_in_client
from tests.forms import post, token_of
from tests.house.form_samples import proposed_run, sender
from tests.house.hostile import dangers_in
from tests.house.test_hostile_input import APP, CASES, FORMS, Desk, undone

PAGES = [rule for rule in APP.url_map.iter_rules() if "GET" in rule.methods]
NUMBERED = [rule for rule in APP.url_map.iter_rules() if rule.arguments - {"fingerprint", "name", "filename"}]
NUMBERS = (
    "0",
    "-1",
    "2147483647",
    "2147483648",
    "9" * 30,
    "9" * 5_000,
    "seven",
    "%00",
    "1e3",
    "%F0%9F%98%80",
)
NEED_NOT_EXIST = {"other_id", "evidence_id"}  # what is to be removed may be gone already
QUERIES = (
    "page=-1",
    "page=0",
    "page=" + "9" * 30,
    "page=" + "9" * 5_000,
    "page=2147483648&page=x",
    "page=%00",
    "endpoint=home.show&page=2",
    "_scheme=javascript&_external=1&page=2",
    "_anchor=x&_method=POST&_external=yes&_scheme=",
    "round_id=7&run_id=7&person_id=7&self=1&values=1",
    "q=%00&name=%00&skill=%00&fit=%00&language=%00&as=%00&next=%00",
    "q=%ED%B0%80&name=%FF&skill=%FF&found=%FF&level=%FF",
    "q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&name=%22%3E%3Cscript%3E&skill=%22%3E%3Cscript%3E&fit=%22%3E",
    "department_id=-1&location_id=" + "9" * 30 + "&language=xx&has_place=maybe",
    "department_id=x&location_id=%00",
    "found=-1&level=" + "9" * 30,
    "found=" + "9" * 30,
    "found=" + "9" * 5_000,
    "next=//elsewhere.example&as=others",
    "next=javascript:alert(1)",
    "=&&=x&%=%&[]=1&page[]=2",
    "q=" + "a%CC%80%CC%96" * 1_000 + "&skill=" + "a%CC%80%CC%96" * 1_000,
    "name=" + "+".join(["x"] * 100),
    "name=%25_%5C&q=%25_%5C&skill=%25_%5C",
)
HEADERS = {
    "Referer": [
        "http://[",
        "javascript:alert(1)",
        "http://localhost/\udcff",
        "http://localhost/%00",
        "x" * 5_000,
    ],
    "HX-Current-URL": ["http://[", "javascript:alert(1)", "//elsewhere.example", "http://localhost/\u00e9"],
    "User-Agent": ["", "\u00ff\u00fe", "<script>alert(1)</script>" * 100],
    "Cookie": ["trellis=.", "trellis=\u00ff; theme=\u00ff", "theme=%00; " + "a=b; " * 500],
    "Accept-Encoding": ["x;q=x, *;q=-1", "x;q=9e999"],
    "Accept-Language": ["\u00ff" * 100],
    "Range": ["bytes=-1", "bytes=9-1,,"],
    "If-None-Match": ['"', "W/"],
    "If-Modified-Since": ["yesterday"],
    "X-Forwarded-For": ["' OR 1=1"],
    "Content-Length": ["-1", "x"],
}


def name(rule) -> str:
    return f"{rule.endpoint}"


@pytest.fixture
def site(app):
    """A browser of HR, and the numbers of a finished run to put into addresses."""
    account = sender()
    client = signed_in_client(account)
    numbers = {"person_id": account.person_id, "fingerprint": "x", "name": "x", "filename": "x"}
    round_of_it = proposed_run(account).address
    key = db.session.get_one(MatchingRound, round_of_it["round_id"]).programmes[0].key
    return client, numbers | round_of_it | {"key": key, "slug": factories.community().slug}


def addresses_of(rule, numbers) -> str:
    known = {argument: numbers.get(argument, 1) for argument in rule.arguments}
    return APP.url_map.bind("localhost").build(
        rule.endpoint, known, method="GET" if "GET" in rule.methods else "POST"
    )


@pytest.mark.parametrize("rule", PAGES, ids=name)
def test_no_query_breaks_a_page(site, rule):
    client, numbers = site
    address = addresses_of(rule, numbers)
    for query in QUERIES:
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(f"{address}?{query}", headers=headers)
            assert answer.status_code < 500, f"{query}: {answer.status}"
            if answer.mimetype == "text/html":
                assert dangers_in(answer.text) == [], query


@pytest.mark.parametrize("rule", NUMBERED, ids=name)
def test_no_number_breaks_an_address(site, rule):
    client, numbers = site
    converted = [
        argument
        for argument in rule.arguments
        if argument in ("key", "slug") or isinstance(rule._converters[argument], IntegerConverter)
    ]
    assert converted
    for argument in converted:
        for number in NUMBERS:
            address = addresses_of(rule, numbers | {argument: 987_654}).replace("987654", number)
            answer = client.get(address) if "GET" in rule.methods else post(client, address)
            wanted = (303, 404, 405) if argument in NEED_NOT_EXIST else (404, 405)
            assert answer.status_code in wanted, f"{address[:80]}: {answer.status}"


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_breaks_a_page(site, header):
    client, _ = site
    for value in HEADERS[header]:
        sent = [(header, value.encode("utf-8", "surrogateescape").decode("latin-1"))]
        for scheme in ("http", "https"):
            seen = [
                client.get("/people?page=2", headers=sent, base_url=f"{scheme}://localhost"),
                client.get(
                    "/people/1", headers=[*sent, ("HX-Request", "true")], base_url=f"{scheme}://localhost"
                ),
                client.application.test_client().get("/people", headers=[*sent, ("HX-Request", "true")]),
                client.post("/rounds/new", data={"csrf_token": token_of(client)}, headers=sent),
                client.application.test_client().post(
                    "/auth/sign-in", headers=sent, base_url=f"{scheme}://localhost"
                ),
            ]
            for answer in seen:
                assert answer.status_code < 500, f"{value[:40]}: {answer.status}"
                assert answer.mimetype != "text/html" or dangers_in(answer.text) == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "OPTIONS", "HEAD"])
def test_no_method_breaks_a_page(site, method):
    client, numbers = site
    for rule in PAGES:
        answer = client.open(addresses_of(rule, numbers), method=method)
        assert answer.status_code < 500


def bodies(fields: dict) -> list[dict]:
    """Return ways to send a form that are none."""
    files = {name: (io.BytesIO(b"x"), "x.txt") for name in fields} or {"x": (io.BytesIO(b"x"), "x.txt")}
    twice = {name: [value, "<b>again</b>"] for name, value in fields.items()}
    return [
        {"json": [1, 2]},
        {"json": dict.fromkeys(fields, 7)},
        {"data": b"{", "content_type": "application/json"},
        {"data": b"\xff\x00=&=&;%", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"--x\r\n", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"", "content_type": "multipart/form-data"},
        {"data": b"<a/>", "content_type": "text/xml; charset=no-such"},
        {"data": files},
        {"data": {**fields, "id": "1", "role": "administrator", "state": "published", "_method": "DELETE"}},
        {"data": twice},
        {"data": {name.upper(): value for name, value in fields.items()}},
        {"data": {}},
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_no_body_breaks_a_form(app, case):
    desk = Desk(*case)
    for body in bodies(desk.sample.fields):
        with undone():
            answer = desk.client.post(desk.address, headers={"X-CSRFToken": token_of(desk.client)}, **body)
            assert answer.status_code < 500, f"{body}: {answer.status}"
            assert dangers_in(answer.text) == [], body


@pytest.mark.parametrize("rule", FORMS.values(), ids=name)
def test_five_megabytes_are_too_much_for_any_form(site, rule):
    client, numbers = site
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        body = b"csrf_token=x&name=" + b"a" * 5_000_000
        answer = client.post(addresses_of(rule, numbers), data=body, content_type=content_type)
        assert answer.status_code in (404, 413)
        assert "too large" in answer.text or "not found" in answer.text


@pytest.mark.parametrize("rule", FORMS.values(), ids=name)
def test_a_forged_form_changes_nothing(site, rule):
    client, numbers = site
    other = client.application.test_client()
    with other.session_transaction() as cookie:
        cookie["csrf_token"] = "1" * 40
    token_of(client)
    for token in ("", "x", token_of(other), token_of(client)[:-1] + "\x00"):
        answer = client.post(addresses_of(rule, numbers), data={"csrf_token": token})
        assert answer.status_code in (400, 404)


def test_the_links_of_a_list_stay_on_the_site(app):
    for number in range(30):
        factories.person(name=f"Person {number}")
    client = signed_in_client(factories.account(roles={Role.EMPLOYEE}))
    page = client.get("/people?_scheme=javascript&_external=1&_anchor=x&endpoint=auth.sign_in").text
    assert (
        'href="/people?_scheme=javascript&amp;_external=1&amp;_anchor=x&amp;endpoint=auth.sign_in&amp;page=2"'
        in page
    )
