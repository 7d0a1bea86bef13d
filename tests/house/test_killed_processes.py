"""`kill -9` for real: of a worker in the middle of a run, and of the server that keeps a worker."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from pytest_socket import enable_socket

from app import create_app
from app.config import PROJECT
from app.db import db
from tests.conftest import SECRET, config_for, dispose
from tests.rounds.conftest import asked_for_run, company

PATIENCE_SECONDS = 60
# A worker that takes a run up, tells how far it is, and never comes further.
STUCK = """
import time
from app.rounds import tasks
def stay(*arguments, progress, **named):
    progress("plan", 1, 2)
    time.sleep(600)
tasks.solve = stay
from app import create_app, serving
with create_app().app_context():
    serving.work()
"""
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


class Watched:
    """A database seen from outside: each look is a transaction of its own."""

    def __init__(self, url: str) -> None:
        driver = url.replace("postgresql://", "postgresql+psycopg://")
        self.engine = sa.create_engine(driver, isolation_level="AUTOCOMMIT")

    def one(self, statement: str) -> object:
        with self.engine.connect() as connection:
            return connection.scalar(sa.text(statement))

    def change(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(sa.text(statement))

    def wait_for(self, statement: str, value: object) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.one(statement) != value:
            assert time.monotonic() < deadline, f"{statement} did not become {value}"
            time.sleep(0.1)


@pytest.fixture
def environ(own_database, tmp_path):
    queue = f"sqlite:///{tmp_path / 'jobs.db'}"
    return {**os.environ, "SECRET_KEY": SECRET, "DATABASE_URL": own_database, "JOBS_URL": queue}


@pytest.fixture
def asked(own_database, environ):
    """A database in which somebody has asked for a run, seen from outside."""
    app = create_app(config_for(own_database))
    with app.app_context():
        asked_for_run(company())
        db.session.remove()
    dispose(app)
    watched = Watched(own_database)
    # Nobody has handed the run to a queue, and long ago: the first sweep of a worker finds it.
    watched.change("UPDATE run SET queued_at = '2026-01-01 00:00:00'")
    yield watched
    watched.engine.dispose()


@contextmanager
def process(command: list[str], environ: dict[str, str], log: Path):
    """Run a command until the block ends."""
    with log.open("wb") as output:
        started = subprocess.Popen(
            command, cwd=PROJECT, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            yield started
        finally:
            started.kill()
            started.wait()


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_run_whose_worker_was_killed_is_taken_up_by_the_next(asked, environ, tmp_path):
    with process([sys.executable, "-c", STUCK], environ, tmp_path / "first.log") as stuck:
        asked.wait_for(
            "SELECT stage FROM run WHERE state = 'running' AND done > 10", "Looking for the best plan"
        )
        stuck.send_signal(signal.SIGKILL)
        stuck.wait()
    asked.change("UPDATE run SET heartbeat_at = '2026-01-01 00:00:00'")  # as if half a minute had passed

    with process([*FLASK, "jobs", "work"], environ, tmp_path / "second.log"):
        asked.wait_for("SELECT state FROM run", "finished")
    assert asked.one("SELECT attempts FROM run") == 2
    assert asked.one("SELECT state FROM matching_round") == "proposed"


def test_a_server_that_is_killed_takes_its_worker_along_and_keeps_one_while_it_lives(
    asked, environ, tmp_path
):
    port = free_port()
    with process([*FLASK, "serve", "--port", str(port)], environ, tmp_path / "server.log") as server:
        asked.wait_for("SELECT state FROM run", "finished")
        first = worker_of(server.pid)
        os.kill(first, signal.SIGKILL)
        second = worker_of(server.pid, but=first)
        server.send_signal(signal.SIGKILL)
        server.wait()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while is_running(second):
            assert time.monotonic() < deadline, "the worker outlived its server"
            time.sleep(0.1)


def free_port() -> int:
    enable_socket()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def worker_of(server: int, *, but: int = 0) -> int:
    """Return the process id of the server's worker, waiting until there is one."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        for thread in Path(f"/proc/{server}/task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                if child != but and is_running(child):
                    return child
        assert time.monotonic() < deadline, "there is no worker"
        time.sleep(0.1)
