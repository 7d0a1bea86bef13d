"""Commands about accounts and their sessions."""

import sqlalchemy as sa

from app import clock
from app.auth.login import LONGEST_SESSION, new_token, token_hash
from app.auth.models import Account, SignInSession
from app.db import db


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
    return token


def close_session(session_id: int, *, of_account_id: int) -> None:
    """Sign one browser of an account out."""
    db.session.execute(sa.delete(SignInSession).filter_by(id=session_id, account_id=of_account_id))


def close_all_sessions(account_id: int) -> None:
    """Sign an account out everywhere."""
    db.session.execute(sa.delete(SignInSession).filter_by(account_id=account_id))
