"""Commands about accounts: signing in, sessions, passwords, roles."""

import logging
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from app import audit, clock
from app.access import Role
from app.auth import passwords, throttle
from app.auth.login import LONGEST_SESSION, is_usable, new_token, token_hash
from app.auth.models import Account, AccountRole, SignInSession
from app.db import db, write_aside
from app.errors import Conflict, Invalid, Missing, NotAllowed
from app.people.models import Person
from app.text import cleaned_line

MOST_SESSIONS = 20
LONGEST_ADDRESS = 254
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proof:
    """A password that was right when it was compared."""

    account_id: int
    password_hash: str
    guess: throttle.Guess


def folded_address(address: str) -> str:
    """Return an e-mail address as it is kept and compared."""
    return cleaned_line(address).lower()


def sign_in(address: str, password: str, *, browser: str) -> str:
    """Open a session for whoever knows the password, and return its token.

    Raises:
        Invalid: when they do not fit together or the account is closed; it does not tell which.
        TooManyGuesses: when the address was guessed at too often.
    """
    refusal = Invalid("This e-mail address and password do not fit together. Check both and try again.")
    proof = _prove(folded_address(address), password, refusal=refusal)
    outdated = passwords.is_outdated(proof.password_hash)
    kept = passwords.hashed(password) if outdated else proof.password_hash
    account = _proved_account(proof, refusal=refusal)
    account.password_hash = kept
    throttle.forgive(proof.guess)
    log.info("account %s signed in", account.id)
    return open_session(account, browser=browser)


def _prove(address: str, password: str, *, refusal: Invalid) -> Proof:
    """Compare a password, counting the guess.

    SQLite has one place to write. It is given up first: nobody should wait for it while a password is
    compared, and the guess is counted in a transaction of its own.
    """
    db.session.rollback()
    with write_aside() as aside:
        guess = _counted_guess(address, aside)
        known = aside.execute(sa.select(Account.id, Account.password_hash).filter_by(email=address)).first()
    right = passwords.is_right(password, known.password_hash if known else None)
    if known is None:
        log.warning("sign-in refused: unknown address")
        raise refusal
    if not right:
        log.warning("sign-in refused: wrong password of account %s", known.id)
        raise refusal
    return Proof(known.id, known.password_hash, guess)


def _counted_guess(address: str, aside: Session) -> throttle.Guess:
    try:
        return throttle.count_guess(address, aside=aside)
    except throttle.TooManyGuesses as refusal:
        log.warning("sign-in refused: too many guesses at one address, free in %s s", refusal.seconds)
        raise


def _proved_account(proof: Proof, *, refusal: Invalid) -> Account:
    """Return the account when it may be used and its password is still the one that was proved."""
    account: Account | None = db.session.scalar(
        sa.select(Account)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id == proof.account_id, Account.password_hash == proof.password_hash, is_usable())
        .with_for_update(of=Account)
    )
    if account is None:
        log.warning("sign-in refused: account %s is closed", proof.account_id)
        raise refusal
    return account


def open_session(account: Account, *, browser: str) -> str:
    """Open a session for `account` and return its token, which is nowhere else."""
    token = new_token()
    db.session.add(
        SignInSession(
            token_hash=token_hash(token),
            account_id=account.id,
            last_seen_at=clock.now(),
            expires_at=clock.now() + LONGEST_SESSION,
            browser=browser[:120],
        )
    )
    db.session.flush()
    _close_oldest_sessions(account.id)
    return token


def _close_oldest_sessions(account_id: int) -> None:
    oldest = (
        sa.select(SignInSession.id)
        .filter_by(account_id=account_id)
        .order_by(SignInSession.expires_at.desc(), SignInSession.id.desc())
        .limit(1000)
        .offset(MOST_SESSIONS)
    )
    db.session.execute(sa.delete(SignInSession).where(SignInSession.id.in_(oldest)))


def close_session(session_id: int, *, of_account_id: int) -> None:
    """Sign one browser of an account out.

    Raises:
        Missing: when the account has no such session.
    """
    closed = sa.delete(SignInSession).filter_by(id=session_id, account_id=of_account_id)
    if db.session.execute(closed.returning(SignInSession.id)).first() is None:
        raise Missing


def close_session_with(token: str) -> None:
    """Sign out the browser that holds this token."""
    db.session.execute(sa.delete(SignInSession).filter_by(token_hash=token_hash(token)))


def close_other_sessions(account_id: int, *, but_session_id: int) -> None:
    """Sign an account out everywhere but in one browser."""
    others = sa.delete(SignInSession).filter_by(account_id=account_id)
    db.session.execute(others.where(SignInSession.id != but_session_id))


def close_all_sessions(account_id: int) -> None:
    """Sign an account out everywhere."""
    db.session.execute(sa.delete(SignInSession).filter_by(account_id=account_id))


def forget_ended_sessions() -> None:
    """Remove the sessions whose time is over."""
    db.session.execute(sa.delete(SignInSession).where(SignInSession.expires_at <= clock.now()))


def change_password(account_id: int, *, current: str, new: str, in_session_id: int) -> None:
    """Let the owner of an account choose another password, and sign out every other browser.

    Raises:
        Invalid: when the current password is wrong or the new one is easily guessed.
        TooManyGuesses: when the current one was guessed at too often.
    """
    refusal = Invalid("This is not your current password.", field="current")
    email = db.session.scalars(sa.select(Account.email).filter_by(id=account_id)).one()
    passwords.check_choice(new, email=email)
    proof = _prove(email, current, refusal=refusal)
    kept = passwords.hashed(new)
    account = _proved_account(proof, refusal=refusal)
    account.password_hash = kept
    throttle.forgive(proof.guess)
    close_other_sessions(account_id, but_session_id=in_session_id)
    _record("account.password_changed", account, by=account)


def create_account(
    email: str,
    *,
    by: audit.Actor,
    person_id: int | None = None,
    name: str | None = None,
    password: str | None = None,
    roles: Collection[Role] = (Role.EMPLOYEE,),
    is_demo: bool = False,
) -> Account:
    """Give someone the right to sign in; without a password they cannot yet.

    Raises:
        Invalid: when the address or the password cannot be used.
        Conflict: when the address or the person has an account.
        NotAllowed: when it is a demo account and this is no demo.
    """
    if is_demo and not current_app.extensions["trellis"].demo:
        raise NotAllowed("Demo accounts exist only in demo mode.")
    address = folded_address(email)
    _check_new_account(address, person_id)
    if password is not None:
        passwords.check_choice(password, email=address)
    account = Account(
        email=address,
        person_id=person_id,
        name=cleaned_line(name)[:200] or None,
        password_hash=None if password is None else passwords.hashed(password),
        is_demo=is_demo,
        granted=[AccountRole(role=role) for role in sorted(set(roles))],
    )
    db.session.add(account)
    db.session.flush()
    _record("account.created", account, by=by, roles=sorted(set(roles)))
    return account


def _check_new_account(address: str, person_id: int | None) -> None:
    if not ADDRESS.fullmatch(address) or len(address) > LONGEST_ADDRESS:
        raise Invalid("Enter an e-mail address, like name@example.com.", field="email")
    if db.session.scalar(sa.select(Account.id).filter_by(email=address)) is not None:
        raise Conflict(f"There is an account for {address} already.")
    if person_id is None:
        return
    if db.session.get(Person, person_id) is None:
        raise Missing("There is no such person.")
    if db.session.scalar(sa.select(Account.id).filter_by(person_id=person_id)) is not None:
        raise Conflict("This person has an account already.")


def set_password(account: Account, password: str, *, by: audit.Actor) -> None:
    """Give an account another password and sign it out everywhere.

    Raises:
        Invalid: when the password is easily guessed.
    """
    passwords.check_choice(password, email=account.email)
    account.password_hash = passwords.hashed(password)
    close_all_sessions(account.id)
    _record("account.password_set", account, by=by)


def grant_role(account: Account, role: Role, *, by: audit.Actor) -> None:
    """Entrust an account with a role, from its next request on."""
    if role not in account.roles:
        account.granted.append(AccountRole(role=role))
        _record("account.role_granted", account, by=by, role=role)


def revoke_role(account: Account, role: Role, *, by: audit.Actor) -> None:
    """Take a role from an account, from its next request on."""
    if role in account.roles:
        account.granted = [grant for grant in account.granted if grant.role is not role]
        _record("account.role_revoked", account, by=by, role=role)


def disable_account(account: Account, *, by: audit.Actor) -> None:
    """Close an account and sign it out everywhere."""
    if account.disabled_at is None:
        account.disabled_at = clock.now()
        close_all_sessions(account.id)
        _record("account.disabled", account, by=by)


def enable_account(account: Account, *, by: audit.Actor) -> None:
    """Open a closed account again, with the password it had."""
    if account.disabled_at is not None:
        account.disabled_at = None
        _record("account.enabled", account, by=by)


def sign_out_everywhere(account: Account, *, by: audit.Actor) -> None:
    """End every session of someone's account."""
    close_all_sessions(account.id)
    _record("account.signed_out", account, by=by)


def _record(action: str, account: Account, *, by: audit.Actor, **details: Any) -> None:
    audit.record(audit.Entry(action, "account", account.id, account.person_id, details), by=by)
