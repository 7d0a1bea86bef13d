"""Commands about the skill graph: `flask --app wsgi skills ...`."""

from pathlib import Path

import click

from app import audit
from app.db import db
from app.skills import esco_report
from app.skills.esco import ATTRIBUTION, read_release
from app.skills.esco_import import apply_difference, compare, count
from app.skills.starter import load_starter_taxonomy
from app.terminal import CommandGroup
from app.words import plural

group = CommandGroup("skills", help="Load and renew the skill graph.")


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


@group.command("import-esco")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
def import_esco(folder: Path, dry_run: bool) -> None:
    """Import the skills of an ESCO release, or bring them in line with a newer one.

    FOLDER holds its CSV files in English. Skills that left ESCO are deprecated; claims and goals stay.
    """
    release = read_release(folder)
    for line in esco_report.release_lines(release):
        click.echo(line)
    difference = compare(release)
    counts = count(difference)
    if not dry_run:
        apply_difference(difference, by=audit.COMMAND_LINE)
        db.session.commit()
    click.echo(esco_report.difference_line(counts, would=dry_run))
    click.echo("This was a dry run: nothing was changed." if dry_run else ATTRIBUTION)
