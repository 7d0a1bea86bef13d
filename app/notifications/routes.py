"""Pages at `/notifications`: what the reader was told."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.notifications import queries, service
from app.notifications.models import Notification
from app.web import page, page_number, see_other
from app.words import plural

bp = Blueprint("notifications", __name__, url_prefix="/notifications")


@bp.get("")
@guard(Permission.NOTIFICATION_LIST)
def index() -> ResponseReturnValue:
    """List what the reader was told, the latest first."""
    return page("notifications/index.html", pages=queries.inbox(current_user.person_id, page=page_number()))


@bp.post("/<int:notification_id>/read")
@guard(Permission.NOTIFICATION_OWN, load=queries.notification_numbered)
def read(notification: Notification) -> ResponseReturnValue:
    """Note that the reader has read something."""
    service.mark_read(notification)
    message = f"Read: {notification.subject}"
    db.session.commit()
    return see_other("notifications.index", message=message)


@bp.post("/read")
@guard(Permission.NOTIFICATION_LIST)
def read_all() -> ResponseReturnValue:
    """Note that the reader has read everything."""
    marked = service.mark_all_read(current_user.person_id)
    db.session.commit()
    return see_other("notifications.index", message=f"{plural(marked, 'notification')} marked as read.")
