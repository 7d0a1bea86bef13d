"""Every answer carries the security headers, and the browser's files are small, pinned and kept."""

import gzip
import hashlib
import re

import pytest
from flask import Flask

from app import assets, create_app, web
from app.config import PROJECT
from tests.conftest import config_for, dispose

HTMX = {"HX-Request": "true"}


def test_every_kind_of_answer_is_sealed(probe_client):
    static = re.search(r"/static/app\.css\?v=\w+", probe_client.get("/probe/").text).group()
    vendor = re.search(r"/vendor/\w+/htmx\.min\.js", probe_client.get("/probe/").text).group()
    answers = [
        probe_client.get("/probe/"),
        probe_client.get("/probe/", headers=HTMX),
        probe_client.get("/nowhere"),
        probe_client.get("/probe/500"),
        probe_client.get("/probe/mine"),
        probe_client.get(static, buffered=True),
        probe_client.get(vendor),
        probe_client.get("/healthz"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 404, 500, 303, 200, 200, 200]
    for answer in answers:
        for name, value in web.SECURITY_HEADERS.items():
            assert answer.headers.getlist(name) == [value]


def test_content_policy_names_only_ourselves():
    sources = dict(part.split(maxsplit=1) for part in web.CONTENT_SECURITY_POLICY.split("; "))

    assert sources.pop("default-src") == "'none'"
    assert set(sources) == {
        "script-src", "style-src", "img-src", "font-src", "connect-src", "form-action", "base-uri", "frame-ancestors",
    }  # fmt: skip
    assert {word for value in sources.values() for word in value.split()} == {"'self'", "'none'", "data:"}


def test_browsers_are_held_to_https_only_where_cookies_are(probe_client, tmp_path):
    secure = create_app(config_for(f"sqlite:///{tmp_path}/unused.db", secure_cookies=True))

    assert "Strict-Transport-Security" not in probe_client.get("/probe/").headers
    assert (
        secure.test_client()
        .get("/nowhere")
        .headers["Strict-Transport-Security"]
        .startswith("max-age=63072000")
    )


def test_cookies_are_kept_from_scripts_from_other_sites_and_from_open_networks(own_database):
    app = create_app(config_for(own_database, secure_cookies=True))
    client = app.test_client()
    page = client.get("/auth/sign-in", base_url="https://localhost")
    token = re.search('name="csrf_token" value="([^"]+)"', page.text)[1]
    chosen = client.post(
        "/auth/appearance",
        data={"csrf_token": token, "theme": "dark"},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/auth/sign-in"},
    )
    dispose(app)
    cookies = page.headers.getlist("Set-Cookie") + chosen.headers.getlist("Set-Cookie")

    assert len(cookies) >= 2
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_pages_are_never_stored_and_vary_by_who_asks_and_how(probe_client):
    page = probe_client.get("/probe/")

    assert page.headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "Cookie"} <= set(page.vary.as_set(preserve_casing=True))
    assert probe_client.get("/healthz").headers["Cache-Control"] == "no-store"


def test_files_are_kept_for_a_year_under_a_name_of_their_content(probe_client):
    def caching(address: str) -> str:
        return probe_client.get(address, buffered=True).headers["Cache-Control"]

    addresses = re.findall(r'(?:href|src)="(/(?:static|vendor)/[^"]+)"', probe_client.get("/probe/").text)
    assert [caching(address) for address in addresses] == [assets.FOREVER] * 3
    assert caching("/static/app.css") == "no-cache"
    assert caching("/static/app.css?v=0123456789abcdef") == "no-cache"
    assert caching("/static/absent.css") == "no-store"
    assert probe_client.get("/vendor/0123456789abcdef/htmx.min.js").status_code == 404


def test_htmx_is_the_file_we_examined(probe_app, probe_client):
    with probe_app.test_request_context():
        address = assets.vendor("htmx.min.js")

    assert hashlib.sha256(probe_client.get(address).data).hexdigest().startswith("491955cd1810747d")


def test_a_missing_wheel_stops_the_start(monkeypatch):
    monkeypatch.setitem(assets.VENDOR, "htmx.min.js", ("no_such_wheel", "htmx.min.js"))

    with pytest.raises(RuntimeError, match="no_such_wheel"):
        assets.init_app(Flask("bare"))


def test_styles_and_scripts_stay_small():
    static = PROJECT / "app/static"
    script = (static / "app.js").read_bytes() + assets._read_vendor("htmx.min.js").content

    assert len(gzip.compress((static / "app.css").read_bytes())) <= 12_000
    assert len(gzip.compress(script)) <= 25_000


def test_text_is_compressed(probe_client):
    page = probe_client.get("/probe/", headers={"Accept-Encoding": "gzip"})

    assert page.headers["Content-Encoding"] == "gzip"
    assert b"<h1>Probe</h1>" in gzip.decompress(page.data)
