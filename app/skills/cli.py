"""Commands about the skill graph: `flask --app wsgi skills ...`."""

import click
from flask.cli import AppGroup

from app import audit
from app.db import db
from app.skills.starter import load_starter_taxonomy
from app.words import plural

group = AppGroup("skills", help="Load and renew the skill graph.")


@group.command("load-starter")
def load_starter() -> None:
    """Load the starter taxonomy, or bring it up to date."""
    counts = load_starter_taxonomy(by=audit.COMMAND_LINE)
    db.session.commit()
    click.echo(
        f"{plural(counts.skills, 'skill')} in the starter taxonomy: {counts.added} added, "
        f"{counts.changed} changed, {counts.deprecated} deprecated; "
        f"{plural(counts.edges_added, 'edge')} added, {counts.edges_removed} removed."
    )
