"""What workers do about accounts: forget what is over."""

from huey import crontab

from app.auth import service, throttle
from app.db import db
from app.jobs import periodic


@periodic(crontab(minute="*/10"))
def forget_what_is_over() -> None:
    """Remove ended sessions, and guesses that no longer count."""
    service.forget_ended_sessions()
    throttle.forget_old_guesses()
    db.session.commit()
