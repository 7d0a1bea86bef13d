"""The database: one declarative base, its conventions, and what makes SQLite fit for several workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

from app import clock
from app.config import PROJECT, ConfigError

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
OLDEST_SAFE_WAL = (3, 51, 3)  # older ones can corrupt the file when the write-ahead log is reset
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse an instant without a time zone and store the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the instant its time zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={datetime: UtcDateTime, dict[str, Any]: sa.JSON, list[Any]: sa.JSON},
    )


class Stamped:
    """A row that remembers when it was made."""

    created_at: Mapped[datetime] = mapped_column(default=clock.now)


def enum_column(kind: type[StrEnum], *, name: str) -> sa.Enum:
    """Return a text type whose CHECK is derived from `kind`; `name` names the CHECK."""
    longest = max(len(member.value) for member in kind)
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
        length=max(longest, 20),
        validate_strings=True,
    )


db = SQLAlchemy(model_class=Base, session_options={"join_transaction_mode": "create_savepoint"})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
migrate = Migrate(directory=str(PROJECT / "migrations"), render_as_batch=True)


def engine_options(database_url: str) -> dict[str, Any]:
    """Return what `create_engine` needs for `database_url`; what people wrote stays out of its errors."""
    private = {"hide_parameters": True}
    if database_url.startswith("sqlite:"):
        if sqlite.sqlite_version_info < OLDEST_SAFE_WAL:
            raise ConfigError(f"SQLite {sqlite.sqlite_version} can lose data. Install the pinned pysqlite3.")
        return {**private, "module": sqlite, "connect_args": {"timeout": 15, "check_same_thread": False}}
    connect_args = {"connect_timeout": 10, "application_name": "trellis"}
    return {**private, "pool_pre_ping": True, "connect_args": connect_args}


@contextmanager
def write_aside() -> Iterator[Session]:
    """Open a short writing transaction of its own, committed at the end, beside the one of the request."""
    with Session(bind=db.engine, join_transaction_mode="create_savepoint") as session:
        session.connection(execution_options={"will_write": True})
        yield session
        session.commit()


@contextmanager
def read_at_one_instant() -> Iterator[None]:
    """Let everything the session reads inside show one state of the database; the transaction ends with it.

    Raises:
        RuntimeError: when a transaction is open already, which may have seen an earlier state.
    """
    if db.session().in_transaction():
        raise RuntimeError("End the open transaction before reading at one instant.")
    options: dict[str, Any] = {"will_write": False}  # SQLite shows a reader the state of its first statement
    if db.session.get_bind().dialect.name == "postgresql" and not _joins_outer_transaction():
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    db.session.connection(execution_options=options)
    try:
        yield
    finally:
        db.session.rollback()


def _joins_outer_transaction() -> bool:
    """Tell whether the session lives within a transaction that has begun, and can no longer be changed."""
    bind = db.session.get_bind()
    return isinstance(bind, sa.Connection) and bind.in_transaction()


def changed_rows(statement: sa.UpdateBase) -> int:
    """Carry out an insert, update or delete and return how many rows it touched."""
    kept = statement.execution_options(synchronize_session=False, preserve_rowcount=True)
    result = db.session.execute(kept)
    return int(result.rowcount)  # type: ignore[attr-defined]


def init_app(app: Flask) -> None:
    """Connect `app` to its database."""
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            make_sqlite_safe(db.engine)


def make_sqlite_safe(engine: sa.Engine) -> None:
    """Give each connection the settings without which SQLite loses acknowledged writes."""
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin)


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event says BEGIN, not the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "secure_delete=ON",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _only_reads(connection) else "BEGIN IMMEDIATE")


def _only_reads(connection: sa.Connection) -> bool:
    """A reader that turns writer half-way fails under load, so whoever may write says so from the start."""
    will_write = connection.get_execution_options().get("will_write")
    if will_write is not None:
        return not will_write
    return has_request_context() and request.method in SAFE_METHODS
