"""Accounts by service and by command: who gets one, who may use it, and what the trail tells of it."""

import pytest
import sqlalchemy as sa

from app.access import Role
from app.audit import COMMAND_LINE, AuditEvent
from app.auth import passwords, service
from app.auth.models import Account, SignInSession
from app.auth.queries import account_of, demo_accounts_outside_demo
from app.db import db
from app.errors import Conflict, Invalid, Missing, NotAllowed
from tests import factories
from tests.conftest import config_for

EMAIL = "ada@example.test"
PASSWORD = "four words that rhyme"


def trail() -> list[tuple[str, dict]]:
    return [
        (event.action, event.details)
        for event in db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))
    ]


def count(table) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table))


@pytest.fixture
def demo_mode(app, monkeypatch):
    config = config_for(app.extensions["trellis"].database_url, demo=True)
    monkeypatch.setitem(app.extensions, "trellis", config)


def test_an_account_belongs_to_a_person_and_is_recorded(app):
    person = factories.person()
    account = service.create_account(
        " Ada@Example.Test", person_id=person.id, password=PASSWORD, roles=[Role.HR], by=COMMAND_LINE
    )

    assert account.email == EMAIL
    assert account.roles == {Role.HR}
    assert passwords.is_right(PASSWORD, account.password_hash)
    event = db.session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.subject_id, event.person_id) == ("account.created", account.id, person.id)
    assert event.actor == "command line"
    assert PASSWORD not in str(event.details)


@pytest.mark.parametrize(
    "address", ["", "ada", "@example.test", "ada@", "a b@example.test", "a@b@c", "x" * 250 + "@y.zz"]
)
def test_an_address_that_is_none_is_refused(app, address):
    with pytest.raises(Invalid):
        service.create_account(address, by=COMMAND_LINE)


def test_an_address_and_a_person_have_one_account(app):
    person = factories.person()
    service.create_account(EMAIL, person_id=person.id, by=COMMAND_LINE)

    with pytest.raises(Conflict, match=r"for ada@example\.test already"):
        service.create_account("ADA@example.test", by=COMMAND_LINE)
    with pytest.raises(Conflict, match="person has an account"):
        service.create_account("other@example.test", person_id=person.id, by=COMMAND_LINE)
    with pytest.raises(Missing):
        service.create_account("third@example.test", person_id=987654, by=COMMAND_LINE)


def test_every_change_of_an_account_is_recorded_once(app):
    account = factories.account()
    for _ in range(2):  # the second time there is nothing to change
        service.grant_role(account, Role.HR, by=COMMAND_LINE)
    for _ in range(2):
        service.revoke_role(account, Role.HR, by=COMMAND_LINE)
    for _ in range(2):
        service.disable_account(account, by=COMMAND_LINE)
    for _ in range(2):
        service.enable_account(account, by=COMMAND_LINE)
    service.set_password(account, PASSWORD, by=COMMAND_LINE)
    service.sign_out_everywhere(account, by=COMMAND_LINE)
    db.session.commit()

    assert trail() == [
        ("account.role_granted", {"role": "hr"}),
        ("account.role_revoked", {"role": "hr"}),
        ("account.disabled", {}),
        ("account.enabled", {}),
        ("account.password_set", {}),
        ("account.signed_out", {}),
    ]


def test_a_password_given_by_others_ends_every_session(app):
    account = factories.account()
    service.open_session(account, browser="Edge")
    service.set_password(account, PASSWORD, by=COMMAND_LINE)

    assert count(SignInSession) == 0


def test_a_demo_account_is_made_only_in_the_demo(app):
    with pytest.raises(NotAllowed):
        service.create_account(EMAIL, is_demo=True, by=COMMAND_LINE)
    assert count(Account) == 0


def test_a_demo_account_is_made_in_the_demo(app, demo_mode):
    assert service.create_account(EMAIL, is_demo=True, by=COMMAND_LINE).is_demo


def test_a_database_with_demo_accounts_is_not_served_in_earnest(app):
    factories.account()
    assert demo_accounts_outside_demo() is None
    factories.account(is_demo=True)

    assert "flask demo remove" in demo_accounts_outside_demo()
    result = app.test_cli_runner().invoke(args=["serve", "--port", "1"])
    assert result.exit_code == 2
    assert "1 demo account" in result.output


def test_a_database_with_demo_accounts_is_served_in_the_demo(app, demo_mode):
    factories.account(is_demo=True)

    assert demo_accounts_outside_demo() is None


def test_an_account_without_a_person_has_its_own_name(app, client_for):
    service.create_account(EMAIL, name="  Ada\u202e  Lovelace ", roles=[Role.ADMINISTRATOR], by=COMMAND_LINE)
    db.session.commit()

    assert "Ada Lovelace" in client_for(account_of(EMAIL)).get("/auth/sessions").text


class TestCommands:
    @pytest.fixture
    def run(self, app):
        def run(*arguments: str, typed: str = ""):
            return app.test_cli_runner().invoke(args=["accounts", *arguments], input=typed)

        return run

    def test_the_first_administrator_can_sign_in(self, run):
        result = run("create-administrator", EMAIL, "--name", "Ada Lovelace", typed=f"{PASSWORD}\n")
        account = account_of(EMAIL)

        assert result.exit_code == 0, result.output
        assert account.roles == {Role.ADMINISTRATOR}
        assert account.name == "Ada Lovelace"
        assert passwords.is_right(PASSWORD, account.password_hash)
        assert PASSWORD not in result.output

    def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(self, run, monkeypatch):
        monkeypatch.setattr("app.auth.cli._is_terminal", lambda: True)
        result = run("create-administrator", EMAIL, typed=f"{PASSWORD}\n{PASSWORD}\n")

        assert result.exit_code == 0, result.output
        assert "The same again" in result.output
        assert PASSWORD not in result.output
        assert passwords.is_right(PASSWORD, account_of(EMAIL).password_hash)

    @pytest.mark.parametrize(
        ("arguments", "typed", "sentence"),
        [
            (["create-administrator", "ada"], PASSWORD, "Enter an e-mail address"),
            (["create-administrator", EMAIL], "short", "at least 12 characters"),
            (["create-administrator", EMAIL], "", "at least 12 characters"),
            (["create", EMAIL, "--employee-id", "X1"], "", "nobody with the employee ID X1"),
            (["set-password", EMAIL], PASSWORD, f"There is no account for {EMAIL}."),
            (["disable", EMAIL], "", "There is no account"),
            (["enable", EMAIL], "", "There is no account"),
            (["sign-out", EMAIL], "", "There is no account"),
            (["grant", EMAIL, "--role", "hr"], "", "There is no account"),
            (["revoke", EMAIL, "--role", "hr"], "", "There is no account"),
            (["grant", EMAIL, "--role", "king"], "", "'king' is not one of"),
        ],
    )
    def test_what_cannot_be_done_is_said_and_changes_nothing(self, run, arguments, typed, sentence):
        result = run(*arguments, typed=typed)

        assert result.exit_code == 2
        assert sentence in result.output
        assert "Traceback" not in result.output
        assert (count(Account), trail()) == (0, [])

    def test_an_account_lives_by_commands(self, run, client_for):
        person = factories.person(employee_id="E7")
        assert (
            run("create", EMAIL, "--role", "employee", "--role", "hr", "--employee-id", "E7").exit_code == 0
        )
        account = account_of(EMAIL)
        assert (account.person_id, account.roles) == (person.id, {Role.EMPLOYEE, Role.HR})
        assert "no password yet" in run("list").output
        assert run("set-password", EMAIL, typed=PASSWORD).exit_code == 0
        assert run("revoke", EMAIL, "--role", "hr").exit_code == 0
        assert run("grant", EMAIL, "--role", "community_lead").exit_code == 0
        assert run("list").output == f"{EMAIL}\tcommunity_lead, employee\topen\n"
        assert run("list", "--role", "hr").output == ""

        browser = client_for(account)
        assert browser.get("/auth/sessions").status_code == 200
        assert run("sign-out", EMAIL).exit_code == 0
        assert browser.get("/auth/sessions").status_code == 303
        assert run("disable", EMAIL).exit_code == 0
        assert "disabled" in run("list").output
        assert run("enable", EMAIL).exit_code == 0
        assert "disabled" not in run("list").output
        assert len(trail()) == 7
