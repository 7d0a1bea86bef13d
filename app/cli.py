"""Commands of the house: `flask --app wsgi ...`."""

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import audit, backup, serving
from app.auth.cli import accounts
from app.auth.queries import demo_accounts_outside_demo
from app.demo.cli import group as demo
from app.people.cli import group as people
from app.programmes.cli import group as programmes
from app.rounds.cli import group as rounds
from app.skills.cli import group as skills
from app.terminal import CommandGroup, Refused

jobs = AppGroup("jobs", help="Background work.")
trail = AppGroup("audit", help="The audit trail.")
store = CommandGroup("store", help="Backups of the embedded database.")


def init_app(app: Flask) -> None:
    """Add every group of commands to `flask`."""
    app.cli.add_command(serve)
    app.cli.add_command(store)
    app.cli.add_command(jobs)
    app.cli.add_command(trail)
    app.cli.add_command(skills)
    app.cli.add_command(people)
    app.cli.add_command(programmes)
    app.cli.add_command(rounds)
    app.cli.add_command(demo)
    app.cli.add_command(accounts)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the site with an embedded worker, until interrupted."""
    refusal = demo_accounts_outside_demo()
    if refusal is not None:
        raise Refused(refusal)
    click.echo(
        f"Trellis is at http://{'localhost' if host == '127.0.0.1' else host}:{port}/  (Ctrl-C stops it)"
    )
    serving.serve(current_app._get_current_object(), host=host, port=port)  # type: ignore[attr-defined]


@jobs.command("work")
@click.option("--parent", type=int, hidden=True)
def work(parent: int | None) -> None:
    """Run background tasks, until interrupted."""
    serving.work(parent=parent)


@trail.command("verify")
def verify() -> None:
    """Check that no recorded event was changed or removed from the middle of the trail."""
    broken = audit.broken_link()
    if broken is not None:
        raise click.ClickException(f"Event {broken} does not follow from the one before it.")
    click.echo("Every event follows from the one before it.")


@store.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def back_up(file: Path) -> None:
    """Write a consistent copy of the database to FILE, also while the site runs."""
    size = backup.back_up(current_app.config["SQLALCHEMY_DATABASE_URI"], file)
    click.echo(f"{file} holds the whole database ({size / 1_000_000:.1f} MB).")


@store.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="Everything now in the database will be replaced. Go on?")
def restore(file: Path) -> None:
    """Put the content of FILE in the place of the database's."""
    backup.restore(current_app.config["SQLALCHEMY_DATABASE_URI"], file)
    click.echo(f"The database is now as {file} has it. Run 'flask db upgrade' if Trellis is newer.")
