"""Commands about people: `flask --app wsgi people ...`."""

import csv
import io
from pathlib import Path

import click

from app import audit
from app.db import db
from app.people.importing import leavers, report
from app.people.importing.apply import apply_plan
from app.people.importing.fields import FIELDS
from app.people.importing.plan import Plan, read_plan
from app.terminal import CommandGroup, Refused
from app.words import plural

group = CommandGroup("people", help="Import people from a file of HR.")
READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)
FIRST_EXAMPLE = {"employee_id": "E1000", "name": "Jonas Weber"}
WRITABLE = click.Path(dir_okay=False, writable=True, path_type=Path)


@group.command("import")
@click.argument("file", type=READABLE)
@click.option("--mapping", type=READABLE, help="TOML file that says which column holds what.")
@click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
@click.option("--errors", type=WRITABLE, help="Write every problem to this CSV file.")
@click.option("--leavers-missing", is_flag=True, help="Whoever is not in the file left today.")
@click.option("--many-leavers", is_flag=True, help="Allow more than a fifth of all to leave so.")
def import_people(
    file: Path,
    mapping: Path | None,
    dry_run: bool,
    errors: Path | None,
    leavers_missing: bool,
    many_leavers: bool,
) -> None:
    """Import people from FILE, a CSV or XLSX file: all of it, or nothing when a line has a problem.

    Importing again applies what differs. An absent column leaves a field as it is; an empty cell clears it.
    """
    plan = read_plan(file, mapping)
    if errors is not None:
        _write_problems(plan, errors)
    if plan.problems:
        raise Refused("\n".join(report.problem_lines(plan)))
    if leavers_missing and not many_leavers:
        leavers.check_leavers(plan)
    if dry_run:
        _show(plan)
        return
    outcome = apply_plan(plan, by=audit.COMMAND_LINE)
    left = leavers.let_missing_leave(plan, by=audit.COMMAND_LINE) if leavers_missing else 0
    db.session.commit()
    click.echo(report.summary(plan, outcome))
    _tell_of_missing(plan, left)


@group.command("import-template")
def print_template() -> None:
    """Print a CSV file with our own column names and two people as an example."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerow(FIRST_EXAMPLE.get(name, "") for name in FIELDS)
    writer.writerow(field.example for field in FIELDS.values())
    click.echo(text.getvalue(), nl=False)


@group.command("import-fields")
def print_fields() -> None:
    """Print what each column may hold."""
    for field in FIELDS.values():
        needed = " (needed)" if field.required else ""
        click.echo(f"{field.name:16} {'; '.join(filter(None, (field.explanation, field.example)))}{needed}")


def _write_problems(plan: Plan, path: Path) -> None:
    try:
        plan.problems.write(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None


def _show(plan: Plan) -> None:
    for line in report.difference_lines(plan):
        click.echo(line)
    click.echo("This was a dry run: nothing was changed.")


def _tell_of_missing(plan: Plan, left: int) -> None:
    if left:
        click.echo(f"{plural(left, 'person', 'people')} not in the file left today.")
    elif missing := plan.missing():
        click.echo(
            f"Not in the file, and left as they are: {plural(len(missing), 'person', 'people')}. "
            "--dry-run names them; --leavers-missing lets them leave."
        )
