"""Reads about accounts and their sessions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from app.access import Role
from app.auth.login import SignedIn, is_over
from app.auth.models import Account, SignInSession
from app.auth.service import MOST_SESSIONS, folded_address
from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.words import plural


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One browser in which an account is signed in."""

    id: int
    browser: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_this: bool


def open_sessions_of(visitor: SignedIn) -> list[OpenSession]:
    """Return where the visitor is signed in: this browser first, then the one used last."""
    rows = db.session.execute(
        sa.select(SignInSession)
        .filter_by(account_id=visitor.id)
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
        .limit(MOST_SESSIONS)
    ).scalars()
    opened = [
        OpenSession(row.id, row.browser, row.created_at, row.last_seen_at, row.id == visitor.session_id)
        for row in rows
        if not is_over(visitor.roles, last_seen_at=row.last_seen_at, expires_at=row.expires_at)
    ]
    return sorted(opened, key=lambda session: not session.is_this)


def account_of(email: str) -> Account:
    """Return the account that signs in with this address.

    Raises:
        Missing: when there is none.
    """
    account: Account | None = db.session.scalar(sa.select(Account).filter_by(email=folded_address(email)))
    if account is None:
        raise Missing(f"There is no account for {email}.")
    return account


def named() -> sa.ColumnElement[str]:
    """Return what an account is called, in a query that joins it with its person if it has one."""
    return sa.func.coalesce(Person.name, Account.name, Account.email)


def accounts(*, role: Role | None = None) -> Iterator[Account]:
    """Return every account, or those with a role, in the order of their addresses."""
    wanted = sa.select(Account).order_by(Account.email)
    if role is not None:
        wanted = wanted.where(Account.granted.any(role=role))
    return iter(db.session.scalars(wanted.execution_options(yield_per=500)))


def state_of(account: Account) -> str:
    """Say whether an account can sign in."""
    if account.disabled_at is not None:
        return "disabled"
    return "open" if account.password_hash else "no password yet"


def demo_accounts_outside_demo() -> str | None:
    """Return why this database must not be served: it holds demo accounts and this is no demo."""
    if current_app.extensions["trellis"].demo:
        return None
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Account).filter_by(is_demo=True))
    if not count:
        return None
    return (
        f"The database holds {plural(count, 'demo account')}, whose password anyone can know. "
        "Remove them with: TRELLIS_DEMO=1 flask demo remove"
    )
