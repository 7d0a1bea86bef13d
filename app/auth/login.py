"""Who is asking: the account behind a request, found by the random token in its cookie.

Flask-Login's "user id" is the token of a server-side session, so that a session can be revoked at once.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app, request, session
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, login_user

from app import clock, web
from app.access import Role
from app.auth.models import Account, AccountRole, SignInSession
from app.db import SAFE_METHODS, db, write_aside
from app.notifications.queries import unread_of
from app.people.models import Person

LONGEST_SESSION = timedelta(hours=12)
LONGEST_IDLE = timedelta(minutes=30)
IDLE_ROLES = frozenset({Role.HR, Role.ADMINISTRATOR})
NOTED_EVERY = timedelta(minutes=1)
TOKEN_KEY = "_user_id"  # noqa: S105 - where Flask-Login keeps it in the cookie

log = logging.getLogger(__name__)
login_manager = LoginManager()
login_manager.session_protection = None  # the token is random, revocable and never leaves its cookie


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The account that asks, as it stood when the request began."""

    id: int
    person_id: int | None
    name: str
    time_zone: str
    roles: frozenset[Role]
    session_id: int
    token: str
    unread: int
    """How many notifications are new."""

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
    time_zone = "UTC"
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


def give_cookie(token: str) -> None:
    """Give the browser a new cookie that holds nothing but the token of its new session."""
    session.clear()
    login_user(signed_in(token))


def take_cookie() -> str | None:
    """Empty the browser's cookie and return the token it held, if any."""
    token = session.get(TOKEN_KEY)
    session.clear()
    return token


def is_usable() -> sa.ColumnElement[bool]:
    """Return the condition under which an account may be used: open, of nobody who left, of no past demo."""
    usable = sa.and_(
        Account.disabled_at.is_(None), sa.or_(Person.left_on.is_(None), Person.left_on > clock.today())
    )
    return usable if current_app.extensions["trellis"].demo else sa.and_(usable, Account.is_demo.is_(False))


def ends_when_idle(roles: frozenset[Role]) -> bool:
    """Tell whether a session with these roles ends when it is left alone: of those who see much of others."""
    return not roles.isdisjoint(IDLE_ROLES)


def is_over(roles: frozenset[Role], *, last_seen_at: datetime, expires_at: datetime) -> bool:
    """Tell whether a session has ended by itself."""
    now = clock.now()
    return now >= expires_at or (ends_when_idle(roles) and now - last_seen_at > LONGEST_IDLE)


@login_manager.user_loader
def signed_in(token: str) -> SignedIn | None:
    """Return the account whose open session has this token."""
    rows = db.session.execute(
        sa.select(
            SignInSession.id,
            SignInSession.last_seen_at,
            SignInSession.expires_at,
            Account.id.label("account_id"),
            Account.person_id,
            sa.func.coalesce(Person.name, Account.name, Account.email).label("name"),
            sa.func.coalesce(Person.time_zone, "UTC").label("time_zone"),
            AccountRole.role,
            unread_of(Account.person_id).label("unread"),
        )
        .join(Account, Account.id == SignInSession.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(AccountRole, AccountRole.account_id == Account.id)
        .where(SignInSession.token_hash == token_hash(token), is_usable())
    ).all()
    if not rows:
        return None
    row = rows[0]
    roles = frozenset(one.role for one in rows if one.role is not None)
    if is_over(roles, last_seen_at=row.last_seen_at, expires_at=row.expires_at):
        return None
    if clock.now() - row.last_seen_at > NOTED_EVERY:
        _note_seen(row.id)
    return SignedIn(row.account_id, row.person_id, row.name, row.time_zone, roles, row.id, token, row.unread)


def _note_seen(session_id: int) -> None:
    seen = sa.update(SignInSession).filter_by(id=session_id).values(last_seen_at=clock.now())
    if request.method in SAFE_METHODS:
        try:
            with write_aside() as aside:
                aside.execute(seen)
        except sa.exc.OperationalError:  # reading goes on when a full disk lets nobody write
            log.exception("session %s was not noted as seen", session_id)
    else:
        # This request holds SQLite's one place to write: beside it, it would wait for itself.
        db.session.execute(seen)
