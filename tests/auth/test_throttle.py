"""Five guesses a minute at one address, whoever guesses and however many at once."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit import COMMAND_LINE
from app.auth import passwords, service
from app.auth.models import SignInAttempt, SignInSession
from app.auth.queries import account_of
from app.db import db
from tests import factories
from tests.conftest import NOW
from tests.forms import post

PAGE = "/auth/sign-in"
EMAIL = "ada@example.test"
PASSWORD = "four words that rhyme"


def guess(client, password="a wrong guess", email=EMAIL):
    return post(client, PAGE, {"email": email, "password": password})


@pytest.fixture
def account(app):
    return factories.account(email=EMAIL, password_hash=passwords.hashed(PASSWORD))


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.test"])
def test_the_sixth_guess_within_a_minute_waits(client, account, frozen_clock, email):
    for second in range(5):
        frozen_clock(NOW + timedelta(seconds=10 * second))
        assert guess(client, email=email).status_code == 422
    frozen_clock(NOW + timedelta(seconds=50))
    response = guess(client, email=email)

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "10"
    assert "Try again in 10 seconds." in response.text


def test_even_the_right_password_waits(client, account, frozen_clock):
    for _ in range(5):
        guess(client)
    assert guess(client, PASSWORD).status_code == 429
    frozen_clock(NOW + timedelta(seconds=60))

    assert guess(client, PASSWORD).status_code == 303


def test_the_minute_slides(client, account, frozen_clock):
    """Five guesses late in one minute and five early in the next would be ten within a minute."""
    counted = []
    for second in range(0, 180, 10):
        frozen_clock(NOW + timedelta(seconds=second))
        if guess(client).status_code == 422:
            counted.append(second)
    assert all(later - earlier >= 60 for earlier, later in zip(counted, counted[5:], strict=False))
    assert len(counted) == 15, "no lock-out: five each minute stay possible"


def test_refused_guesses_do_not_make_it_longer(client, account, frozen_clock):
    for _ in range(20):
        guess(client)
    frozen_clock(NOW + timedelta(seconds=60))

    assert guess(client, PASSWORD).status_code == 303


def test_other_addresses_are_free(client, account):
    other = factories.account(email="bo@example.test", password_hash=account.password_hash)
    for _ in range(6):
        guess(client)

    assert guess(client, PASSWORD, other.email).status_code == 303


def test_spelling_the_address_otherwise_gives_no_more_guesses(client, account):
    for email in ("ADA@example.test", " ada@example.test", "ada@EXAMPLE.test", EMAIL, "Ada@Example.Test"):
        assert guess(client, email=email).status_code == 422

    assert guess(client, email="aDA@example.test").status_code == 429


def test_right_passwords_are_no_guesses(client, account):
    for _ in range(12):
        assert guess(client, PASSWORD).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 0


def test_a_sign_in_does_not_give_wrong_guesses_back(client, account):
    """Else whoever knows one password of a shared address could go on for ever."""
    for _ in range(4):
        guess(client)
    assert guess(client, PASSWORD).status_code == 303
    assert guess(client).status_code == 422

    assert guess(client).status_code == 429


def test_the_log_tells_what_happened_without_secrets(client, account, caplog):
    caplog.set_level(logging.INFO, logger="app.auth")
    guess(client, PASSWORD)
    guess(client, email="nobody@example.test")
    for _ in range(6):
        guess(client, "hunter2 and more")
    told = caplog.text

    assert f"account {account.id} signed in" in told
    assert "unknown address" in told
    assert f"wrong password of account {account.id}" in told
    assert "too many guesses" in told
    assert not any(secret in told for secret in (PASSWORD, "hunter2", EMAIL, "nobody@example.test"))


def at_once(own_app, password, *, times):
    """Send one sign-in from each of `times` browsers at the same moment; return the statuses."""

    def browser(_number: int) -> int:
        with own_app.app_context():
            return guess(own_app.test_client(), password).status_code

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(browser, range(times)))


@pytest.fixture
def real_account(own_app):
    return factories.account(email=EMAIL, password_hash=passwords.hashed(PASSWORD))


@pytest.mark.parametrize("attempt", range(2))
def test_twenty_guesses_at_once_are_five(own_app, real_account, attempt):
    assert at_once(own_app, "a wrong guess", times=20) == [422] * 5 + [429] * 15
    assert at_once(own_app, PASSWORD, times=4) == [429] * 4


def test_twenty_right_passwords_at_once_open_no_more_sessions_than_answers(own_app, real_account):
    statuses = at_once(own_app, PASSWORD, times=20)
    opened = db.session.scalar(sa.select(sa.func.count()).select_from(SignInSession))

    assert set(statuses) <= {303, 429}
    assert opened == statuses.count(303) >= 5


def test_a_disabling_during_the_comparison_wins(own_app, real_account, monkeypatch):
    right = passwords.is_right

    def disabled_meanwhile(password, kept):
        answer = right(password, kept)
        with own_app.app_context():
            service.disable_account(account_of(EMAIL), by=COMMAND_LINE)
            db.session.commit()
        return answer

    monkeypatch.setattr(passwords, "is_right", disabled_meanwhile)
    assert guess(own_app.test_client(), PASSWORD).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInSession)) == 0


def test_at_most_two_passwords_are_computed_at_once(monkeypatch):
    from threading import Lock

    at_work, most, lock = 0, 0, Lock()
    hasher = passwords._hasher

    class Watched:
        def verify(self, kept, password):
            nonlocal at_work, most
            with lock:
                at_work += 1
                most = max(most, at_work)
            try:
                return hasher.verify(kept, password)
            finally:
                with lock:
                    at_work -= 1

    monkeypatch.setattr(passwords, "_hasher", Watched())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: passwords.is_right(PASSWORD, None), range(16)))

    assert answers == [False] * 16
    assert most == 2
