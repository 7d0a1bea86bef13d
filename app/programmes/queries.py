"""Reads about programmes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import selectinload

from app.db import db
from app.errors import Missing
from app.programmes.models import Programme
from app.programmes.service import KEY
from app.programmes.signals import Standing, standings
from app.web import page_number

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme in a list, with the round it is busy with, if any."""

    programme: Programme
    standing: Standing | None


def programmes_page() -> tuple[Pagination, list[ProgrammeRow]]:
    """Return a page of the programmes in use, by name, with how each stands."""
    return _page_of(Programme.archived_at.is_(None))


def archived_page() -> tuple[Pagination, list[ProgrammeRow]]:
    """Return a page of the archived programmes, by name, with how each stands."""
    return _page_of(Programme.archived_at.is_not(None))


def programme_keyed(key: str) -> Programme:
    """Return the programme of an address, with rules, criteria and goals.

    Raises:
        Missing: when there is none.
    """
    found = db.session.scalar(_whole().where(Programme.key == key)) if KEY.fullmatch(key) else None
    if found is None:
        raise Missing
    return found


def standing_of(programme: Programme) -> Standing | None:
    """Return how a programme stands in the round it is busy with, if any."""
    return _standings([programme.id]).get(programme.id)


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


def _page_of(condition: sa.ColumnElement[bool]) -> tuple[Pagination, list[ProgrammeRow]]:
    query = sa.select(Programme).where(condition).order_by(Programme.name, Programme.id)
    pages = db.paginate(query, page=page_number(), per_page=PER_PAGE, error_out=False)
    found = _standings([programme.id for programme in pages.items])
    return pages, [ProgrammeRow(programme, found.get(programme.id)) for programme in pages.items]


def _standings(programme_ids: Collection[int]) -> dict[int, Standing]:
    """Ask the packages above how programmes stand."""
    found: dict[int, Standing] = {}
    for _receiver, answer in standings.send(programme_ids):
        found.update(answer)
    return found


def _whole() -> sa.Select[Any]:
    return sa.select(Programme).options(
        selectinload(Programme.rules), selectinload(Programme.criteria), selectinload(Programme.goals)
    )
