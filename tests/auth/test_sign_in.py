"""Signing in and out, as a browser sees it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import session
from flask_login import current_user

from app.access import Role
from app.auth import passwords, service
from app.auth.models import Account, SignInSession
from app.db import db
from tests import factories
from tests.conftest import NOW, config_for
from tests.forms import post, token_of

PASSWORD = "four words that rhyme"
PAGE = "/auth/sign-in"
OWN_PAGE = "/auth/sessions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def account(app) -> Account:
    return factories.account(email="ada@example.test", password_hash=passwords.hashed(PASSWORD))


def sign_in(client, email="ada@example.test", password=PASSWORD, **more):
    return post(client, PAGE, {"email": email, "password": password, **more}, page=PAGE)


def is_signed_in(client) -> bool:
    return client.get(OWN_PAGE).status_code == 200


def open_sessions() -> list[SignInSession]:
    return list(db.session.scalars(sa.select(SignInSession)))


def test_the_right_password_opens_a_session(client, account):
    response = post(
        client,
        PAGE,
        {"email": account.email, "password": PASSWORD, "next": OWN_PAGE},
        page=PAGE,
        headers={"User-Agent": FIREFOX},
    )

    assert (response.status_code, response.location) == (303, OWN_PAGE)
    assert "Firefox on Linux" in client.get(OWN_PAGE).text


@pytest.mark.parametrize("typed", ["ADA@Example.Test", "  ada@example.test ", "ada@example.test\x00"])
def test_the_address_may_be_typed_carelessly(client, account, typed):
    assert sign_in(client, typed).status_code == 303


def test_the_wrong_half_is_not_named(client, account):
    unknown = sign_in(client, "nobody@example.test")
    wrong = sign_in(client, password="another password")

    assert unknown.status_code == wrong.status_code == 422
    assert "do not fit together" in wrong.text
    assert told(unknown) == told(wrong)
    assert not is_signed_in(client)


def told(response) -> str:
    start = response.text.index('role="alert"')
    return response.text[start : response.text.index("</div>", start)]


def test_a_refused_sign_in_keeps_the_address_and_forgets_the_password(client, account):
    page = sign_in(client, password="another password").text

    assert 'value="ada@example.test"' in page
    assert "another password" not in page


@pytest.mark.parametrize("email", ["ada@example.test", "nobody@example.test", "closed@example.test"])
def test_every_refusal_costs_one_comparison(client, account, email, monkeypatch):
    """The answer takes as long whether or not the account exists, because both compare with a hash."""
    closed = factories.account(
        email="closed@example.test", password_hash=passwords.hashed("another password")
    )
    service.disable_account(closed, by=closed)
    db.session.commit()
    compared = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, kept, password):
            compared.append(kept)
            return hasher.verify(kept, password)

        check_needs_rehash = staticmethod(hasher.check_needs_rehash)

    monkeypatch.setattr(passwords, "_hasher", Counting())

    assert sign_in(client, email, "another password").status_code == 422
    assert len(compared) == 1
    assert not hasher.check_needs_rehash(compared[0])


def test_nothing_typed_is_refused_beside_the_fields(client, account):
    response = post(client, PAGE, {"email": "", "password": ""}, page=PAGE)

    assert response.status_code == 422
    assert "Enter your e-mail address." in response.text
    assert "Enter your password." in response.text


def test_an_account_without_a_password_cannot_sign_in(client):
    factories.account(email="ada@example.test", password_hash=None)

    assert sign_in(client).status_code == 422


def test_a_closed_account_cannot_sign_in(client, account):
    service.disable_account(account, by=account)
    db.session.commit()

    assert sign_in(client).status_code == 422


def test_someone_who_has_left_cannot_sign_in(client, frozen_clock):
    leaver = factories.person(left_on=NOW.date() + timedelta(days=1))
    factories.account(of=leaver, email="ada@example.test", password_hash=passwords.hashed(PASSWORD))

    assert sign_in(client).status_code == 303
    frozen_clock(NOW + timedelta(hours=23))
    assert not is_signed_in(client)
    assert sign_in(client).status_code == 422


def test_each_sign_in_gets_a_new_token_and_a_new_cookie(client, account):
    with client.session_transaction() as cookie:
        cookie["planted"] = "by someone else"
        cookie["_user_id"] = "a token someone else knows"
    sign_in(client)
    with client.session_transaction() as cookie:
        first = cookie["_user_id"]
        assert "planted" not in cookie
    post(client, PAGE, {"email": account.email, "password": PASSWORD})
    with client.session_transaction() as cookie:
        second = cookie["_user_id"]

    assert len({first, second, "a token someone else knows"}) == 3
    assert len(open_sessions()) == 1, "the session of the former token is closed"


def test_the_database_does_not_know_the_token(client, account):
    sign_in(client)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]

    assert len(token) >= 43
    assert token not in {row.token_hash for row in open_sessions()}


def test_signing_out_removes_the_session_and_empties_the_cookie(client, account):
    sign_in(client)
    with client.session_transaction() as cookie:
        copy = dict(cookie)
    response = post(client, "/auth/sign-out", page=OWN_PAGE)

    assert (response.status_code, response.location) == (303, PAGE)
    assert "You are signed out." in client.get(PAGE).text
    assert open_sessions() == []
    with client.session_transaction() as cookie:
        assert "_user_id" not in cookie
        cookie.update(copy)
    assert not is_signed_in(client), "a copy of the cookie is worth nothing"


def test_signing_out_twice_does_no_harm(client, account):
    sign_in(client)
    post(client, "/auth/sign-out")

    assert post(client, "/auth/sign-out").status_code == 303


def test_whoever_is_signed_in_is_led_past_the_form(client, account):
    sign_in(client)

    assert client.get(f"{PAGE}?next={OWN_PAGE}").location == OWN_PAGE


def test_the_way_leads_back_to_the_page_that_asked(client, account):
    asked = client.get("/auth/password")
    assert asked.status_code == 303
    form = client.get(asked.location).text
    assert 'name="next" value="/auth/password"' in form

    assert sign_in(client, next="/auth/password").location == "/auth/password"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\x01//evil.example",
        "javascript:alert(1)",
        "data:text/html,hello",
        "http:evil.example",
        "evil.example",
        " //evil.example",
        "/%0d%0aSet-Cookie:x=1\r\nSet-Cookie: x=1",
    ],
)
def test_no_address_leads_astray(client, account, address):
    response = sign_in(client, next=address)

    assert response.status_code == 303
    assert response.location == "/"
    assert "evil" not in client.get(PAGE, query_string={"next": address}).text


def test_an_address_of_ours_may_have_foreign_letters(client, account):
    assert sign_in(client, next="/people?q=日本").location == "/people?q=%E6%97%A5%E6%9C%AC"


def test_a_form_without_its_token_is_refused(client, account):
    response = client.post(PAGE, data={"email": account.email, "password": PASSWORD})

    assert response.status_code == 400
    assert "This form is out of date" in response.text
    assert open_sessions() == []


def test_a_token_of_another_browser_is_refused(app, client, account):
    with app.test_client() as other:
        other.get(PAGE)
        with other.session_transaction() as cookie:
            cookie["csrf_token"] = "1" * 40
        stolen = token_of(other)
    data = {"email": account.email, "password": PASSWORD, "csrf_token": stolen}

    assert client.post(PAGE, data=data).status_code == 400


def test_an_old_hash_is_renewed_at_sign_in(client, account):
    from argon2 import PasswordHasher

    account.password_hash = old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    db.session.commit()

    assert sign_in(client).status_code == 303
    assert account.password_hash != old
    assert account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.is_right(PASSWORD, account.password_hash)


def test_a_demo_account_works_only_in_the_demo(app, client, account, monkeypatch):
    account.is_demo = True
    db.session.commit()
    config = app.extensions["trellis"]

    assert sign_in(client).status_code == 422
    monkeypatch.setitem(app.extensions, "trellis", config_for(config.database_url, demo=True))
    assert sign_in(client).status_code == 303
    assert is_signed_in(client)
    monkeypatch.setitem(app.extensions, "trellis", config)
    assert not is_signed_in(client)


def test_htmx_is_sent_to_sign_in_as_a_whole_page(client):
    response = client.get(
        OWN_PAGE, headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/people"}
    )

    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/auth/sign-in?next=/people"


def test_the_account_behind_a_request_has_its_roles_and_zone(client_for, app):
    zoned = factories.account(of=factories.person(name="Ada", time_zone="Asia/Kolkata"), roles={Role.HR})
    client = client_for(zoned)
    with client:
        client.get(OWN_PAGE)
        assert current_user.name == "Ada"
        assert current_user.time_zone == "Asia/Kolkata"
        assert current_user.roles == {Role.HR}
        assert "planted" not in session
