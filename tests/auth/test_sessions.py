"""Sessions: seen, closed, left alone, outlived; and what acts on the next request of each."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.access import Role
from app.auth import login, passwords, service, throttle
from app.auth.models import Account, SignInAttempt, SignInSession
from app.auth.tasks import forget_what_is_over
from app.db import db
from tests import factories
from tests.conftest import NOW
from tests.counting import count_statements
from tests.forms import post

OWN_PAGE = "/auth/sessions"
OFFICE = {Role.HR, Role.ADMINISTRATOR}


def is_signed_in(client) -> bool:
    return client.get(OWN_PAGE).status_code == 200


def session_ids(account: Account) -> list[int]:
    found = sa.select(SignInSession.id).filter_by(account_id=account.id).order_by(SignInSession.id)
    return list(db.session.scalars(found))


def test_the_page_shows_this_browser_first(app, client_for, frozen_clock):
    account = factories.account(of=factories.person(time_zone="Asia/Kolkata"))
    client = client_for(account)
    frozen_clock(NOW + timedelta(hours=2))
    service.open_session(account, browser="Safari on iPhone")
    db.session.commit()
    page = client.get(OWN_PAGE).text

    assert page.index("Firefox on a test") < page.index("Safari on iPhone")
    assert page.count("This browser") == 1
    assert "23 November 2026, 14:30 (Kolkata)" in page
    assert "Last used 2 hours ago" not in page, "opening the page is a use"


def test_the_page_costs_the_same_with_one_session_and_with_twenty(app, client_for):
    account = factories.account()
    client = client_for(account)
    with count_statements() as alone:
        client.get(OWN_PAGE)
    for _ in range(19):
        service.open_session(account, browser="Edge on Windows")
    db.session.commit()
    with count_statements() as among_many:
        page = client.get(OWN_PAGE).text

    assert page.count("Edge on Windows</strong>") == 19
    assert len(alone) == len(among_many) <= 4


def test_an_account_keeps_at_most_twenty_sessions(app, frozen_clock):
    account, other = factories.account(), factories.account()
    service.open_session(other, browser="Edge")
    for minute in range(25):
        frozen_clock(NOW + timedelta(minutes=minute))
        service.open_session(account, browser=f"Browser {minute}")
    kept = set(db.session.scalars(sa.select(SignInSession.browser).filter_by(account_id=account.id)))

    assert kept == {f"Browser {minute}" for minute in range(5, 25)}
    assert len(session_ids(other)) == 1


def test_one_browser_can_be_signed_out_from_another(app, client_for):
    account = factories.account()
    here, there = client_for(account), client_for(account)
    response = post(here, f"/auth/sessions/{session_ids(account)[1]}/close", page=OWN_PAGE)

    assert (response.status_code, response.location) == (303, OWN_PAGE)
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_a_session_of_someone_else_does_not_exist(app, client_for):
    account, other = factories.account(roles={Role.ADMINISTRATOR}), factories.account()
    here, there = client_for(account), client_for(other)

    assert post(here, f"/auth/sessions/{session_ids(other)[0]}/close").status_code == 404
    assert post(here, "/auth/sessions/987654/close").status_code == 404
    assert is_signed_in(there)


def test_every_other_browser_can_be_signed_out_at_once(app, client_for):
    account, other = factories.account(), factories.account()
    here, there, elsewhere, stranger = (client_for(who) for who in (account, account, account, other))
    response = post(here, "/auth/sessions/close-others", page=OWN_PAGE)

    assert response.status_code == 303
    assert is_signed_in(here)
    assert is_signed_in(stranger)
    assert not is_signed_in(there)
    assert not is_signed_in(elsewhere)
    assert "Sign out everywhere else" not in here.get(OWN_PAGE).text


@pytest.mark.parametrize("role", sorted(Role))
def test_a_session_left_alone_ends_for_those_who_see_much_of_others(app, client_for, frozen_clock, role):
    client = client_for(factories.account(roles={role}))
    frozen_clock(NOW + timedelta(minutes=30))
    assert is_signed_in(client)
    frozen_clock(NOW + timedelta(minutes=60, seconds=1))

    assert is_signed_in(client) is (role not in OFFICE)


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.HR])
def test_a_session_ends_after_twelve_hours_of_use(own_app, client_for, frozen_clock, role):
    client = client_for(factories.account(roles={role}))
    for minutes in range(29, 12 * 60, 29):
        frozen_clock(NOW + timedelta(minutes=minutes))
        assert is_signed_in(client)
    frozen_clock(NOW + timedelta(hours=12))

    assert not is_signed_in(client)


def test_a_post_is_a_use_of_the_session_too(own_app, client_for, frozen_clock):
    """On SQLite a request that may write holds the lock, so noting the use must not wait for it."""
    client = client_for(factories.account(roles={Role.HR}))
    frozen_clock(NOW + timedelta(minutes=20))
    assert post(client, "/auth/sessions/close-others").status_code == 303
    frozen_clock(NOW + timedelta(minutes=45))

    assert is_signed_in(client)


def test_a_role_taken_acts_on_the_next_request(app, client_for):
    account = factories.account(roles={Role.EMPLOYEE, Role.HR})
    client = client_for(account)
    client.get(OWN_PAGE)
    assert "HR" in roles_seen_by(client)
    service.revoke_role(account, Role.HR, by=account)
    db.session.commit()

    assert roles_seen_by(client) == {"EMPLOYEE"}
    service.grant_role(account, Role.TRAINING_ARCHITECT, by=account)
    db.session.commit()
    assert roles_seen_by(client) == {"EMPLOYEE", "TRAINING_ARCHITECT"}


def roles_seen_by(client) -> set[str]:
    from flask_login import current_user

    with client:
        client.get(OWN_PAGE)
        return {role.name for role in current_user.roles}


def test_closing_an_account_acts_on_the_next_request(app, client_for):
    account = factories.account()
    client = client_for(account)
    service.disable_account(account, by=account)
    db.session.commit()
    assert not is_signed_in(client)
    service.enable_account(account, by=account)
    db.session.commit()

    assert not is_signed_in(client), "the session is gone for good"


def test_a_closed_account_is_out_even_while_its_session_is_kept(app, client_for):
    account = factories.account()
    client = client_for(account)
    account.disabled_at = NOW
    db.session.commit()

    assert not is_signed_in(client)


def test_what_is_over_is_forgotten(own_app, frozen_clock):
    account = factories.account()
    service.open_session(account, browser="Edge")
    db.session.add(SignInAttempt(email_hash="a", slot=1, at=NOW))
    db.session.commit()

    assert left_at(NOW + timedelta(seconds=59), frozen_clock) == (1, 1)
    assert left_at(NOW + throttle.WINDOW, frozen_clock) == (1, 0)
    assert left_at(NOW + login.LONGEST_SESSION - timedelta(seconds=1), frozen_clock) == (1, 0)
    assert left_at(NOW + login.LONGEST_SESSION, frozen_clock) == (0, 0)


def left_at(instant, frozen_clock) -> tuple[int, int]:
    """Run the task at an instant; return how many sessions and guesses are left."""
    frozen_clock(instant)
    forget_what_is_over()
    tables = (SignInSession, SignInAttempt)
    left = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
    db.session.commit()
    return left[0], left[1]


class TestChangingOnesPassword:
    CURRENT = "four words that rhyme"
    NEW = "another four odd words"
    PAGE = "/auth/password"

    @pytest.fixture
    def account(self, app) -> Account:
        return factories.account(email="ada@example.test", password_hash=passwords.hashed(self.CURRENT))

    def change(self, client, **changed):
        data = {"current": self.CURRENT, "new": self.NEW, "again": self.NEW, **changed}
        return post(client, self.PAGE, data, page=self.PAGE)

    def test_it_closes_every_other_session(self, account, client_for):
        here, there = client_for(account), client_for(account)
        response = self.change(here)

        assert (response.status_code, response.location) == (303, OWN_PAGE)
        assert "Your password is changed." in here.get(OWN_PAGE).text
        assert not is_signed_in(there)
        assert passwords.is_right(self.NEW, account.password_hash)

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"current": "not the current one"}, "This is not your current password."),
            ({"new": "elevenchars", "again": "elevenchars"}, "at least 12 characters"),
            ({"new": "x" * 1001, "again": "x" * 1001}, "at most 1,000 characters"),
            ({"new": "Ada@Example.test", "again": "Ada@Example.test"}, "not your e-mail address"),
            ({"again": "something else here"}, "a second time"),
            ({"current": ""}, "Enter your current password."),
            ({"new": "", "again": ""}, "Enter a new password."),
        ],
    )
    def test_what_is_wrong_is_said_and_changes_nothing(self, account, client_for, changed, sentence):
        here, there = client_for(account), client_for(account)
        kept = account.password_hash
        response = self.change(here, **changed)

        assert response.status_code == 422
        assert sentence in response.text
        assert account.password_hash == kept
        assert is_signed_in(there)

    def test_the_current_one_cannot_be_guessed_either(self, account, client_for):
        client = client_for(account)
        for _ in range(5):
            assert self.change(client, current="a wrong guess").status_code == 422

        assert self.change(client).status_code == 429
        assert passwords.is_right(self.CURRENT, account.password_hash)
