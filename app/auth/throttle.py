"""At most five guesses a minute at the password of one address, over all workers and all browsers.

Each guess takes one of the address's five rows for a minute, before the password is compared. One statement
does it, which the database runs alone: guesses in parallel cannot slip through together.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from app import clock
from app.auth.models import MOST_GUESSES, SignInAttempt
from app.db import db
from app.errors import DomainError
from app.words import plural

WINDOW = timedelta(minutes=1)


class TooManyGuesses(DomainError):
    """The address was guessed at too often within the last minute; the right password is refused as well."""

    status = 429
    title = "Too many tries"

    def __init__(self, *, seconds: int) -> None:
        super().__init__(
            f"For your safety, sign-in to this account waits. Try again in {plural(seconds, 'second')}."
        )
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess that was counted."""

    email_hash: str
    slot: int
    at: datetime


def count_guess(address: str, *, aside: Session) -> Guess:
    """Count one guess in a transaction of its own, which stays whatever becomes of the request.

    Raises:
        TooManyGuesses: when the address has no guess left; the refused one does not count.
    """
    now = clock.now()
    email_hash = hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()
    for slot in range(1, MOST_GUESSES + 1):
        guess = Guess(email_hash, slot, now)
        if aside.execute(_take(guess)).first() is not None:
            return guess
    oldest = aside.scalar(sa.select(sa.func.min(SignInAttempt.at)).filter_by(email_hash=email_hash))
    free_at = (oldest or now) + WINDOW
    raise TooManyGuesses(seconds=max(1, math.ceil((free_at - now).total_seconds())))


def forgive(guess: Guess) -> None:
    """Take a guess back that turned out right."""
    db.session.execute(
        sa.delete(SignInAttempt).filter_by(email_hash=guess.email_hash, slot=guess.slot, at=guess.at)
    )


def forget_old_guesses() -> None:
    """Remove the guesses that no longer count."""
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at <= clock.now() - WINDOW))


def _take(guess: Guess) -> ReturningInsert[tuple[int]]:
    """Return the statement that fills a slot, and names it, when it is empty or its guess is a minute old."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    values = {"email_hash": guess.email_hash, "slot": guess.slot, "at": guess.at}
    return (
        insert(SignInAttempt)
        .values(values)
        .on_conflict_do_update(
            index_elements=[SignInAttempt.email_hash, SignInAttempt.slot],
            set_={"at": guess.at},
            where=SignInAttempt.at <= guess.at - WINDOW,
        )
        .returning(SignInAttempt.slot)
    )
