"""The task queue: huey, on SQLite by default, on PostgreSQL or Redis by configuration."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from huey import MemoryHuey
from huey.storage import BaseStorage, RedisStorage, SqliteStorage

from app.config import Config, ConfigError

NAME = "trellis"


class Queue(MemoryHuey):
    """One queue a process: tasks register on import, the storage comes with the application."""

    app: Flask | None = None

    def connect(self, app: Flask, url: str) -> None:
        """Serve `app` from the storage at `url`."""
        self.app = app
        self.storage = storage_at(url)


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
        return SqliteStorage(NAME, filename=str(path), journal_mode="truncate", fsync=True, timeout=15)
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
