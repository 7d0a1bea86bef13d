"""Pages at `/`: what needs me today, and whether the site is well."""

import sqlalchemy as sa
from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, can, guard
from app.db import db
from app.home.queries import desk_of
from app.web import page

bp = Blueprint("home", __name__)


@bp.get("/")
@guard(Permission.HOME_SEE)
def show() -> ResponseReturnValue:
    """Show what waits for the reader."""
    return page(
        "home/show.html",
        desk=desk_of(current_user),
        may_see_rounds=can(Permission.ROUND_LIST),
        may_run_rounds=can(Permission.ROUND_RUN),
    )


@bp.get("/healthz")
@guard(Permission.ANYONE)
def healthz() -> ResponseReturnValue:
    """Answer that the web process and its database are well, or fail."""
    db.session.execute(sa.text("SELECT 1"))
    return {"status": "ok"}
