"""Commands of the demo: load the company, match it, serve it."""

import sys
import time
from collections.abc import Callable

import click
import sqlalchemy as sa
from flask import current_app
from flask_migrate import upgrade

from app import clock, serving
from app.auth.models import Account
from app.db import db
from app.demo import accounts, loading, matching_day
from app.demo.people import MOST_PEOPLE, company
from app.errors import NotAllowed
from app.terminal import CommandGroup

group = CommandGroup("demo", help="A fictional company to try Trellis with.")

how_many = click.option("--people", default=400, show_default=True, type=click.IntRange(12, MOST_PEOPLE))
which = click.option("--seed", default=7, show_default=True, type=click.IntRange(0, 2**32 - 1))


@group.command("load")
@how_many
@which
def load(people: int, seed: int) -> None:
    """Load the company into an empty database."""
    _refuse_outside_demo()
    _load(people, seed)
    _show_accounts()


@group.command("start")
@how_many
@which
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def start(people: int, seed: int, host: str, port: int) -> None:
    """Do whatever is still to do: create the database, load the company, match it, publish; then serve it."""
    _refuse_outside_demo()
    upgrade()
    if loading.is_loaded():
        click.echo("The demo company is there already; nothing of it is changed.")
    else:
        _load(people, seed)
    for sentence in matching_day.hold(_progress_line()):
        db.session.commit()
        click.echo(sentence)
    _show_accounts()
    click.echo(
        f"Trellis is at http://{'localhost' if host == '127.0.0.1' else host}:{port}/  (Ctrl-C stops it)"
    )
    serving.serve(current_app._get_current_object(), host=host, port=port)  # type: ignore[attr-defined]


@group.command("remove")
def remove() -> None:
    """Remove the demo accounts, so that this database can serve a real company."""
    removed = db.session.execute(sa.delete(Account).filter_by(is_demo=True)).rowcount  # type: ignore[attr-defined]
    db.session.commit()
    click.echo(f"{removed} demo accounts removed.")


def _load(people: int, seed: int) -> None:
    began = time.monotonic()
    click.echo(f"Making up a company of {people:,} people (seed {seed}) ...")
    made_up = company(people, seed, clock.today())
    loading.load(made_up, tell=lambda sentence: click.echo(f"  {sentence}"))
    accounts.create_accounts(made_up, _password())
    db.session.commit()
    click.echo(f"  loaded in {time.monotonic() - began:.1f} seconds")


def _show_accounts() -> None:
    there = db.session.scalars(sa.select(Account.email).filter_by(is_demo=True).order_by(Account.id))
    click.echo(f"\nSign in as any of these, with the password {_password()}")
    for email in there:
        click.echo(f"  {email}")
    click.echo()


def _progress_line() -> Callable[[str, int], None]:
    """Return what shows a run's progress: one line that rewrites itself, or in a log a line a stage."""
    shown = ""
    rewrites = sys.stdout.isatty()

    def show(words: str, percent: int) -> None:
        nonlocal shown
        if rewrites:
            click.echo(f"\r\x1b[K  {percent:3d}%  {words}", nl=percent == 100)
        elif words != shown:
            click.echo(f"  {words}")
        shown = words

    return show


def _password() -> str:
    return accounts.password_of(str(current_app.config["SECRET_KEY"]))


def _refuse_outside_demo() -> None:
    if not current_app.extensions["trellis"].demo:
        raise NotAllowed("The demo company exists only in demo mode. Set TRELLIS_DEMO=1 to try it.")
