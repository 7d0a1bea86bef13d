"""Reads about programmes."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.db import db
from app.errors import Missing
from app.programmes.models import Programme


def current_programmes() -> Sequence[Programme]:
    """Return the programmes that are not archived, by name, with rules, criteria and goals."""
    return db.session.scalars(_whole().where(Programme.archived_at.is_(None)).order_by(Programme.name)).all()


def programme_called(name: str) -> Programme:
    """Return the programme with this key, name or id.

    Raises:
        Missing: when there is none.
    """
    by_name = (Programme.key == name) | (Programme.name == name)
    found = db.session.scalars(_whole().where(by_name)).first()
    if found is None and name.isdecimal():
        found = db.session.scalars(_whole().where(Programme.id == int(name))).first()
    if found is None:
        raise Missing(f"There is no programme {name}. List them with: flask programmes list")
    return found


def _whole() -> sa.Select[Any]:
    return sa.select(Programme).options(
        selectinload(Programme.rules), selectinload(Programme.criteria), selectinload(Programme.goals)
    )
