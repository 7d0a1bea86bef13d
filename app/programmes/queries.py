"""Reads about programmes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import selectinload

from app.auth.models import Account
from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.programmes.models import Programme, ProgrammeOpenTask, ProgrammeVersion
from app.programmes.parts import differences
from app.programmes.service import KEY
from app.programmes.signals import Standing, standings
from app.web import page_number

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme in a list, with the round it is busy with, if any."""

    programme: Programme
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in a list: who made it, if it was an account, and what changed with it."""

    version: ProgrammeVersion
    made_by: str | None
    changes: list[str]


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


def programmes_for_rounds() -> Sequence[Programme]:
    """Return the programmes that can have a round, by name: in use, and with nothing left to look at."""
    unfinished = sa.select(ProgrammeOpenTask.programme_id)
    query = sa.select(Programme).where(Programme.archived_at.is_(None), Programme.id.not_in(unfinished))
    return db.session.scalars(query.order_by(Programme.name)).all()


def versions_page(programme: Programme) -> tuple[Pagination, list[VersionRow]]:
    """Return a page of the versions of a programme, the latest first, each with what changed in words."""
    own = sa.select(ProgrammeVersion).filter_by(programme_id=programme.id)
    pages = db.paginate(
        own.order_by(ProgrammeVersion.number.desc()), page=page_number(), per_page=PER_PAGE, error_out=False
    )
    shown: Sequence[ProgrammeVersion] = pages.items
    if not shown:
        return pages, []
    last = db.session.scalars(own.where(ProgrammeVersion.number == shown[-1].number - 1)).all()
    names = _names_of({version.made_by_id for version in shown if version.made_by_id is not None})
    rows = [
        VersionRow(version, names.get(version.made_by_id or 0), _changed(before, version))
        for version, before in zip_longest(shown, [*shown[1:], *last])
    ]
    return pages, rows


def latest_version_number(programme: Programme) -> int:
    """Return the number of the latest version; 0 when none is kept yet."""
    latest = sa.select(sa.func.max(ProgrammeVersion.number)).filter_by(programme_id=programme.id)
    return db.session.scalar(latest) or 0


def version_numbered(programme: Programme, number: int) -> ProgrammeVersion:
    """Return a version of a programme.

    Raises:
        Missing: when there is none.
    """
    query = sa.select(ProgrammeVersion).filter_by(programme_id=programme.id, number=number)
    found = db.session.scalar(query)
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


def _changed(before: ProgrammeVersion | None, version: ProgrammeVersion) -> list[str]:
    return [] if before is None else differences(before.settings, version.settings)


def _names_of(account_ids: Collection[int]) -> dict[int, str]:
    """Return the names people know accounts by."""
    query = (
        sa.select(Account.id, sa.func.coalesce(Person.name, Account.name, Account.email))
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id.in_(account_ids))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


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
