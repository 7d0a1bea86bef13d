"""The task queue: huey, on SQLite by default, on PostgreSQL or Redis by configuration."""

import functools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import redis
from flask import Flask
from huey import MemoryHuey
from huey.storage import BaseStorage, RedisStorage, SqliteStorage

from app.config import Config, ConfigError

NAME = "trellis"
OUT_OF_ORDER = (sqlite3.Error, psycopg.Error, redis.RedisError, OSError)


class Queue(MemoryHuey):
    """One queue a process: tasks register on import, the storage comes with the application."""

    app: Flask | None = None

    def connect(self, app: Flask, url: str) -> None:
        """Serve `app` from the storage at `url`."""
        self.app = app
        self.storage = storage_at(url)


class QueueFile(SqliteStorage):
    """A queue in a file of its own, which begins anew when the file was deleted or replaced."""

    _conn: sqlite3.Connection | None
    _opened: int | None = None

    @property
    def conn(self) -> sqlite3.Connection:
        """Return the connection to the file that bears the name now."""
        if self._conn is not None and self._file() != self._opened:
            self._conn.close()
            self._conn = None
        if self._conn is None:
            self._conn = self._create_connection()
            for statement in self.ddl:
                self._conn.execute(statement)
            self._opened = self._file()
        return self._conn

    def _file(self) -> int | None:
        path = Path(self.filename)
        return path.stat().st_ino if path.exists() else None


queue = Queue(NAME, utc=True, results=False)


def init_app(app: Flask, config: Config) -> None:
    """Connect the queue; tests run their tasks at once, in memory."""
    if config.testing and not config.jobs_url:
        queue.app = app
        queue.immediate = True
    else:
        queue.immediate = False
        queue.connect(app, config.jobs_url)


def storage_at(url: str) -> BaseStorage:
    """Return the storage that `url` names.

    Raises:
        ConfigError: when it names neither SQLite, PostgreSQL nor Redis.
    """
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        # Huey uses the standard library's SQLite, whose write-ahead log may be one that can be corrupted.
        return QueueFile(NAME, filename=str(path), journal_mode="truncate", fsync=True, timeout=15)
    if url.startswith(("postgresql+psycopg://", "postgresql://", "postgres://")):
        from huey.contrib.sql_huey import SqlStorage

        return SqlStorage(NAME, database="psycopg3://" + url.split("://", 1)[1])
    if url.startswith(("redis://", "rediss://")):
        return RedisStorage(NAME, url=url)
    raise ConfigError("JOBS_URL must begin with sqlite:///, postgresql:// or redis://.")


def task(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Register a function as a task that runs in an application context of its own."""
    return lambda function: queue.task(**options)(_in_app_context(function))


def periodic(when: Callable[..., bool], **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Register a function that workers run whenever `when` (a huey crontab) holds."""
    return lambda function: queue.periodic_task(when, **options)(_in_app_context(function))


def _in_app_context(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(*arguments: Any, **named: Any) -> Any:
        if queue.app is None:
            raise RuntimeError("the queue has no application; call create_app first")
        with queue.app.app_context():
            return function(*arguments, **named)

    return run
