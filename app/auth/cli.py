"""Commands about accounts: `flask --app wsgi accounts ...`."""

import sys
from collections.abc import Callable
from typing import Any

import click
import sqlalchemy as sa

from app.access import Role
from app.audit import COMMAND_LINE
from app.auth import queries, service
from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.terminal import CommandGroup

accounts = CommandGroup("accounts", help="Who may sign in, and with which roles.")

ROLE = click.Choice([role.value for role in Role])
email_argument = click.argument("email")


def role_option(**more: Any) -> Callable[..., Any]:
    """Return the option that names a role."""
    return click.option("--role", type=ROLE, **more)


@accounts.command("create-administrator")
@email_argument
@click.option("--name", help="What the site calls them.")
def create_administrator(email: str, name: str | None) -> None:
    """Create an account with the administrator role, such as the first of all.

    The password is asked for, or read as one line from standard input.
    """
    password = _read_password()
    service.create_account(email, name=name, password=password, roles=[Role.ADMINISTRATOR], by=COMMAND_LINE)
    db.session.commit()
    click.echo(f"{email} can sign in as an administrator.")


@accounts.command("create")
@email_argument
@role_option(multiple=True, default=[Role.EMPLOYEE.value], show_default=True)
@click.option("--employee-id", help="The person the account belongs to.")
@click.option("--name", help="What the site calls them, when the account belongs to nobody.")
def create(email: str, role: tuple[str, ...], employee_id: str | None, name: str | None) -> None:
    """Create an account. Its password is given afterwards with set-password."""
    person_id = None if employee_id is None else _person_id(employee_id)
    roles = [Role(value) for value in role]
    service.create_account(email, person_id=person_id, name=name, roles=roles, by=COMMAND_LINE)
    db.session.commit()
    click.echo(f"{email} has an account. Give it a password with: flask accounts set-password {email}")


@accounts.command("set-password")
@email_argument
def set_password(email: str) -> None:
    """Give an account another password and sign it out everywhere."""
    account = queries.account_of(email)
    service.set_password(account, _read_password(), by=COMMAND_LINE)
    db.session.commit()
    click.echo(f"{email} has a new password and is signed out everywhere.")


@accounts.command("disable")
@email_argument
def disable(email: str) -> None:
    """Close an account at once, in every browser."""
    service.disable_account(queries.account_of(email), by=COMMAND_LINE)
    db.session.commit()
    click.echo(f"{email} cannot sign in any more.")


@accounts.command("enable")
@email_argument
def enable(email: str) -> None:
    """Open a closed account again."""
    service.enable_account(queries.account_of(email), by=COMMAND_LINE)
    db.session.commit()
    click.echo(f"{email} can sign in again.")


@accounts.command("grant")
@email_argument
@role_option(required=True)
def grant(email: str, role: str) -> None:
    """Entrust an account with a role."""
    service.grant_role(queries.account_of(email), Role(role), by=COMMAND_LINE)
    db.session.commit()
    click.echo(f"{email} has the role {role}.")


@accounts.command("revoke")
@email_argument
@role_option(required=True)
def revoke(email: str, role: str) -> None:
    """Take a role from an account."""
    service.revoke_role(queries.account_of(email), Role(role), by=COMMAND_LINE)
    db.session.commit()
    click.echo(f"{email} does not have the role {role} any more.")


@accounts.command("sign-out")
@email_argument
def sign_out(email: str) -> None:
    """End every session of an account."""
    service.sign_out_everywhere(queries.account_of(email), by=COMMAND_LINE)
    db.session.commit()
    click.echo(f"{email} is signed out everywhere.")


@accounts.command("list")
@role_option(help="Only accounts with this role.")
def list_accounts(role: str | None) -> None:
    """List accounts with their roles and whether they can sign in."""
    for account in queries.accounts(role=Role(role) if role else None):
        roles = ", ".join(sorted(account.roles)) or "no role"
        click.echo(f"{account.email}\t{roles}\t{queries.state_of(account)}")


def _read_password() -> str:
    if _is_terminal():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt="The same again"))
    return sys.stdin.readline().rstrip("\r\n")


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _person_id(employee_id: str) -> int:
    person_id = db.session.scalar(sa.select(Person.id).filter_by(employee_id=employee_id))
    if person_id is None:
        raise Missing(f"There is nobody with the employee ID {employee_id}.")
    return person_id
