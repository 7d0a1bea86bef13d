"""Tables of accounts, their roles, their open sessions and the guesses at their passwords."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access import Role
from app.db import Model, Stamped, enum_column

MOST_GUESSES = 5


class Account(Stamped, Model):
    """The right to sign in. Most belong to a person, whose name counts before the account's own."""

    __tablename__ = "account"
    __table_args__ = (sa.CheckConstraint("email = lower(email)", name="email_in_lower_case"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str | None] = mapped_column(sa.String(200))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    is_demo: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]

    granted: Mapped[list["AccountRole"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """What the account is entrusted with."""
        return frozenset(grant.role for grant in self.granted)

    @property
    def label(self) -> str:
        """A name for the audit trail."""
        return f"account {self.id}"


class AccountRole(Model):
    """A role given to an account."""

    __tablename__ = "account_role"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_column(Role, name="role"), primary_key=True)


class SignInSession(Stamped, Model):
    """One browser in which an account is signed in; only the hash of its token is kept."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    browser: Mapped[str] = mapped_column(sa.String(120))

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class SignInAttempt(Model):
    """A guess at a password, by the hash of the address that was typed.

    An address has five rows and no more, whatever happens at once: that is the limit of guesses a minute.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (sa.CheckConstraint(f"slot BETWEEN 1 AND {MOST_GUESSES}", name="slot_in_range"),)

    email_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
