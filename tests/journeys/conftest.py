"""The demo company of a journey: served as in life, with a real clock, a queue on disk and a worker beside it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import clock, create_app
from app.config import PROJECT
from app.jobs import queue
from tests.browser import company
from tests.conftest import SECRET, config_for, dispose

Worker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture(autouse=True)
def frozen_clock() -> None:
    """Let time pass: a worker in a process of its own does not know of a clock that was stopped here."""


@pytest.fixture(scope="session")
def company_database(databases, migrated) -> str:
    """The name of a database that holds the demo company before its matching day."""
    url = databases.copy(migrated)
    app = create_app(config_for(url, demo=True))
    with app.app_context():
        company.load(clock.today())
    dispose(app)
    return databases.name_of(url)


@pytest.fixture
def own_app(databases, company_database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application of the company, whose jobs wait for a worker."""
    url = databases.copy(company_database)
    before = queue.app
    app = create_app(config_for(url, demo=True, jobs_url=f"sqlite:///{tmp_path}/jobs.db"))
    try:
        yield app
    finally:
        dispose(app)
        queue.immediate, queue.app = True, before
        databases.drop(url)


@pytest.fixture
def worker(own_app: Flask, tmp_path: Path) -> Iterator[Worker]:
    """Start a worker beside the site, as the embedded server does; it ends with the test."""
    environ = {
        **os.environ,
        "SECRET_KEY": SECRET,
        "DATABASE_URL": own_app.config["SQLALCHEMY_DATABASE_URI"],
        "JOBS_URL": f"sqlite:///{tmp_path}/jobs.db",
        "TRELLIS_DEMO": "1",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work", "--parent", str(os.getpid())]
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(command, cwd=PROJECT, env=environ))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=120)
