"""Measure what pages cost: `python benchmarks/pages.py --people 5000`.

A company is made up in a database of its own, its round is matched and waits for review. Then every page of
the list is asked for as whoever needs it, through the whole application with a client in this process.
Processor seconds count, since they change least on a busy machine: their median, without the first answer,
which compiles templates and statements. The exit status is 1 when a page of the review is too dear.
"""

import argparse
import gzip
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import sqlalchemy as sa

# Run as a script, this file's own folder comes first, where modules may be called like others.
if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from app import audit, clock, create_app
from app.auth.models import Account
from app.auth.service import open_session
from app.config import Config
from app.db import db
from app.demo import accounts, loading, people
from app.programmes.queries import current_programmes
from app.rounds import queries, running, service, tasks
from app.rounds.models import Assignment

BY = audit.COMMAND_LINE
DAYS_OF_A_QUARTER = 91
REVIEW = "/rounds/{round}/runs/{run}"
# What a page of the review may cost, whatever the number of matches.
MOST_STATEMENTS, MOST_CPU_MS, MOST_KIB = 8, 60.0, 60.0
REVIEW_PAGES = (
    ("hr", REVIEW),
    ("hr", REVIEW + "?page=9"),
    ("hr", REVIEW + "?show=look"),
    ("hr", REVIEW + "?q=an"),
    ("hr", REVIEW + "/matches/{match}"),
    ("hr", REVIEW + "/left-out"),
)
PAGES = (
    *REVIEW_PAGES,
    ("hr", REVIEW + "/publish"),
    ("hr", REVIEW + "/certificate"),
    ("hr", "/programmes"),
    ("hr", "/programmes/mentoring"),
    ("hr", "/programmes/mentoring/rules"),
    ("hr", "/rounds/{round}"),
    ("hr", "/rounds/{round}/snapshot"),
    ("hr", "/rounds/{round}/readiness"),
    ("hr", "/rounds/{round}/data-quality"),
    ("hr", "/rounds/{round}/decisions"),
    ("hr", "/rounds"),
    ("hr", "/"),
    ("employee", "/"),
    ("employee", "/rounds/{round}/enrolment"),
    ("employee", "/people"),
    ("employee", "/people?name=an"),
    ("employee", "/skills?q=data"),
    ("mentor", "/mentorships"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page cost: SQL statements, milliseconds of processor (median), KiB compressed."""

    statements: int
    cpu_ms: float
    kib: float

    @property
    def is_allowed(self) -> bool:
        """Tell whether a page of the review may cost this."""
        return self.statements <= MOST_STATEMENTS and self.cpu_ms <= MOST_CPU_MS and self.kib <= MOST_KIB


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit status 1 when a page that was asked for costs more than is allowed."""
    parser = argparse.ArgumentParser(description="Measure what pages cost.")
    parser.add_argument("--people", type=int, default=5000, metavar="N")
    parser.add_argument("--seed", type=int, default=7, metavar="S")
    parser.add_argument("--repeats", type=int, default=15, metavar="N")
    parser.add_argument("--database", metavar="URL", help="An empty database instead of SQLite in a folder.")
    parser.add_argument("--only", default="", metavar="TEXT", help="Only pages whose address has this in it.")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="trellis-pages-") as folder:
        app = _application(options.database or f"sqlite:///{Path(folder) / 'pages.db'}")
        with app.app_context():
            upgrade()
            places = _company(options.people, options.seed)
            asked = {role: _signed_in(app, role) for role in {role for role, _ in PAGES}}
        db_is = "PostgreSQL" if options.database else "SQLite"
        print(f"{options.people:,} people, seed {options.seed}, {db_is}")
        print(f"{'page':44} {'as':9} {'statements':>10} {'CPU ms':>8} {'KiB':>6}")
        dear = 0
        for role, page in PAGES:
            address = page.format(**places)
            if options.only in address:
                cost = _cost(app, asked[role], address, options.repeats)
                is_dear = (role, page) in REVIEW_PAGES and not cost.is_allowed
                dear += is_dear
                mark = "  too much" if is_dear else ""
                print(f"{address:44} {role:9} {cost.statements:10} {cost.cpu_ms:8.1f} {cost.kib:6.1f}{mark}")
    return int(dear > 0)


def _application(url: str) -> Flask:
    secret = "a secret for a benchmark that nobody keeps"
    config = Config(
        secret_key=secret, database_url=url, jobs_url="", demo=True, testing=True, secure_cookies=False
    )
    return create_app(config)


def _company(size: int, seed: int) -> dict[str, int]:
    """Make a company up, match its round, and return what the addresses of pages name."""
    today = clock.today()
    made_up = people.company(size, seed, today)
    loading.load(made_up)
    accounts.create_accounts(made_up, "three herons over water")
    matching_round = service.create_round(
        name="Measured", programmes=current_programmes(), opens_on=today, closes_on=today,
        starts_on=today, ends_on=today + timedelta(days=DAYS_OF_A_QUARTER), by=BY,
    )  # fmt: skip
    service.open_round(matching_round, by=BY)
    service.close_round(matching_round, by=BY)
    counts = queries.enrolment_counts(matching_round.id)
    run = running.request_run(matching_round, mentees=counts.mentees, mentors=counts.mentors, by=BY)
    names = {"round": matching_round.id, "run": run.id}
    db.session.commit()
    tasks.carry_out(run.id)
    first = sa.select(sa.func.min(Assignment.id)).where(Assignment.run_id == run.id)
    return {**names, "match": db.session.scalars(first).one()}


def _signed_in(app: Flask, role: str) -> FlaskClient:
    account = db.session.scalars(sa.select(Account).filter_by(email=f"{role}@demo.test")).one()
    client, token = app.test_client(), open_session(account, browser="a benchmark")
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def _cost(app: Flask, client: FlaskClient, address: str, repeats: int) -> Cost:
    _answer(app, client, address)
    with _statements() as sent:
        body = _answer(app, client, address)
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        _answer(app, client, address)
        taken.append(1000 * (time.process_time() - began))
    return Cost(len(sent), statistics.median(taken), len(gzip.compress(body)) / 1024)


def _answer(app: Flask, client: FlaskClient, address: str) -> bytes:
    """Ask as in life: with an application context of its own, and nothing loaded before."""
    with app.app_context():
        response = client.get(address)
    if response.status_code != HTTPStatus.OK:
        raise SystemExit(f"{address} answered {response.status_code}.")
    return response.data


@contextmanager
def _statements() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":  # SQLite is told so, PostgreSQL's driver sees to it
            sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    raise SystemExit(main())
