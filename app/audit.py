"""The audit trail: who changed what of whom, in an append-only chain of hashes."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from flask import g, has_request_context
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, db

FIRST_LINK = "0" * 64
# Made once: `json.dumps` would make an encoder anew for each link.
_canonical_json = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode
CHAIN_LOCK = 7_135_355  # any constant of our own: PostgreSQL's name for the lock on the end of the chain


class AuditEvent(Model):
    """One recorded change. Rows are added, never changed or removed (a trigger sees to it).

    It has no foreign keys: what it tells outlives the rows it tells of.
    """

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(sa.String(120))
    action: Mapped[str] = mapped_column(sa.String(64))
    subject_type: Mapped[str] = mapped_column(sa.String(64))
    subject_id: Mapped[int | None]
    person_id: Mapped[int | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]]
    request_id: Mapped[str] = mapped_column(sa.String(32))
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)


class Actor(Protocol):
    """Whoever acts: an account, or `COMMAND_LINE`."""

    @property
    def id(self) -> int | None:
        """The account's id, if it is one."""

    @property
    def label(self) -> str:
        """A name for the trail."""


@dataclass(frozen=True, slots=True)
class System:
    """An actor that is no account."""

    label: str
    id: int | None = None


COMMAND_LINE = System("command line")
WORKER = System("worker")


@dataclass(frozen=True, slots=True)
class Entry:
    """One change to record: `action` as resource.verb, on `subject_type` `subject_id`, about `person_id`."""

    action: str
    subject_type: str
    subject_id: int | None = None
    person_id: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


def record(entry: Entry, *, by: Actor) -> None:
    """Add one change to the trail, in the transaction of the change itself."""
    record_all([entry], by=by)


def record_all(entries: Iterable[Entry], *, by: Actor) -> None:
    """Add many changes to the trail, in their order, in the transaction of the changes themselves."""
    rows = list(_linked(entries, by=by))
    if rows:
        table: Any = AuditEvent.__table__
        db.session.execute(sa.insert(table), rows)


def _linked(entries: Iterable[Entry], *, by: Actor) -> Iterator[dict[str, Any]]:
    last = _last_hash()
    request_id = g.get("request_id", "") if has_request_context() else ""
    at = clock.now()
    for entry in entries:
        row = {
            "at": at,
            "account_id": by.id,
            "actor": by.label,
            "action": entry.action,
            "subject_type": entry.subject_type,
            "subject_id": entry.subject_id,
            "person_id": entry.person_id,
            "details": entry.details,
            "request_id": request_id,
            "previous_hash": last,
        }
        row["hash"] = last = _hash(row)
        yield row


def _last_hash() -> str:
    """Return the end of the chain, held against other writers until this transaction ends."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(CHAIN_LOCK)))
    db.session.flush()
    latest = sa.select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)
    return db.session.scalar(latest) or FIRST_LINK


def _hash(row: dict[str, Any]) -> str:
    told = {**row, "at": row["at"].isoformat()}
    told.pop("hash", None)
    return hashlib.sha256(_canonical_json(told).encode()).hexdigest()


def broken_link() -> int | None:
    """Return the id of the first event that does not follow from the one before it, if any."""
    last = FIRST_LINK
    columns = [column for column in AuditEvent.__table__.columns if column.name != "id"]
    query = sa.select(AuditEvent.id, *columns).order_by(AuditEvent.id).execution_options(yield_per=1000)
    with db.session.execute(query) as events:
        for event in events:
            row = {column.name: getattr(event, column.name) for column in columns}
            if row["previous_hash"] != last or row["hash"] != _hash(row):
                return int(event.id)
            last = row["hash"]
    return None
