"""Who is asking: the account behind a request, found by the random token in its cookie.

Flask-Login's "user id" is the token of a server-side session, so that a session can be revoked at once.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from flask_login import AnonymousUserMixin, LoginManager, UserMixin

from app import clock, web
from app.access import Role
from app.auth.models import Account, AccountRole, SignInSession
from app.db import db, write_aside
from app.people.models import Person

LONGEST_SESSION = timedelta(hours=12)
LONGEST_IDLE = timedelta(minutes=30)
IDLE_ROLES = frozenset({Role.HR, Role.ADMINISTRATOR})
NOTED_EVERY = timedelta(minutes=1)

login_manager = LoginManager()
login_manager.session_protection = None  # the token is random, revocable and never leaves its cookie


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The account that asks, as it stood when the request began."""

    id: int
    person_id: int | None
    name: str
    roles: frozenset[Role]
    session_id: int
    token: str

    @property
    def label(self) -> str:
        """A name for the audit trail."""
        return f"account {self.id}"

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the cookie."""
        return self.token


class Anonymous(AnonymousUserMixin):
    """Whoever asks without being signed in."""

    id: int | None = None
    person_id: int | None = None
    name = ""
    roles: frozenset[Role] = frozenset()
    label = "nobody"


login_manager.anonymous_user = Anonymous
login_manager.unauthorized_handler(web.unauthorised)


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is kept of a token: it has 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@login_manager.user_loader
def signed_in(token: str) -> SignedIn | None:
    """Return the account whose open session has this token."""
    row = db.session.execute(
        sa.select(
            SignInSession.id,
            SignInSession.last_seen_at,
            SignInSession.expires_at,
            Account.id.label("account_id"),
            Account.person_id,
            Account.is_demo,
            sa.func.coalesce(Person.name, Account.email).label("name"),
        )
        .join(Account, Account.id == SignInSession.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(SignInSession.token_hash == token_hash(token), Account.disabled_at.is_(None))
    ).first()
    if row is None or (row.is_demo and not current_app.extensions["trellis"].demo):
        return None
    roles = frozenset(db.session.scalars(sa.select(AccountRole.role).filter_by(account_id=row.account_id)))
    idle = clock.now() - row.last_seen_at
    if clock.now() >= row.expires_at or (roles & IDLE_ROLES and idle > LONGEST_IDLE):
        return None
    if idle > NOTED_EVERY:
        _note_seen(row.id)
    return SignedIn(row.account_id, row.person_id, row.name, roles, row.id, token)


def _note_seen(session_id: int) -> None:
    with write_aside() as session:
        session.execute(sa.update(SignInSession).filter_by(id=session_id).values(last_seen_at=clock.now()))
