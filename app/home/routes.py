"""Pages at `/`: what needs me today, and whether the site is well."""

import sqlalchemy as sa
from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.access import Permission, guard
from app.db import db

bp = Blueprint("home", __name__)


@bp.get("/healthz")
@guard(Permission.ANYONE)
def healthz() -> ResponseReturnValue:
    """Answer that the web process and its database are well, or fail."""
    db.session.execute(sa.text("SELECT 1"))
    return {"status": "ok"}
