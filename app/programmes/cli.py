"""Commands about programmes: `flask --app wsgi programmes ...`."""

from typing import Any

import click

from app import audit
from app.db import db
from app.errors import Invalid
from app.programmes import queries, service
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.vocabulary import CRITERIA, GOALS, KIND_WORDS, rule_sentence
from app.terminal import CommandGroup
from app.words import hours_a_month, plural

group = CommandGroup("programmes", help="Standing schemes: what a round matches, and by which rules.")


@group.command("create")
@click.argument("name")
@click.option("--key", default="mentoring", show_default=True, help="Its id in files.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in ProgrammeKind]),
    default=ProgrammeKind.MENTORING.value,
    show_default=True,
    help="What it brings together.",
)
@click.option("--hours", type=float, help="Hours a month it takes, other than is usual.")
@click.option(
    "--rule", "rules", multiple=True, help="NAME or NAME:PARAMETER=VALUE,... Replaces the usual rules."
)
@click.option("--criterion", "criteria", multiple=True, help="NAME=WEIGHT; the weights add up to 100.")
@click.option("--goal", "goals", multiple=True, help="NAME, the most important first.")
def create(
    name: str,
    key: str,
    kind: str,
    hours: float | None,
    rules: tuple[str, ...],
    criteria: tuple[str, ...],
    goals: tuple[str, ...],
) -> None:
    """Set up a programme called NAME, with the usual rules unless others are given."""
    programme = service.create_programme(
        key=key,
        name=name,
        hours_a_month=hours,
        kind=ProgrammeKind(kind),
        rules=dict(map(_rule, rules)) or None,
        criteria=dict(map(_criterion, criteria)) or None,
        goals=goals or None,
        by=audit.COMMAND_LINE,
    )
    db.session.commit()
    _describe(programme)


@group.command("list")
def list_all() -> None:
    """List the programmes."""
    programmes = queries.current_programmes()
    for programme in programmes:
        click.echo(
            f"{programme.id}  {programme.key}  {programme.name}  {plural(len(programme.rules), 'rule')}"
        )
    if not programmes:
        click.echo("There is no programme yet. Create one with: flask programmes create NAME")


@group.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show one programme, by name, key or id."""
    _describe(queries.programme_called(name))


def _describe(programme: Programme) -> None:
    kind = KIND_WORDS[programme.kind].lower()
    click.echo(f"{programme.name} ({programme.key}): {kind}, {hours_a_month(programme.hours_a_month)}")
    click.echo("Rules")
    for rule in programme.rules:
        click.echo(f"  {rule_sentence(rule.rule, rule.parameters)}")
    click.echo("What matters")
    for criterion in sorted(programme.criteria, key=lambda row: -row.weight):
        click.echo(f"  {criterion.weight:>3}  {CRITERIA[criterion.criterion]}")
    click.echo("Goals, in this order")
    for goal in programme.goals:
        click.echo(f"  {goal.position}. {GOALS[goal.goal]}")


def _rule(text: str) -> tuple[str, dict[str, Any]]:
    rule, _, rest = text.partition(":")
    parameters = [part.partition("=") for part in rest.split(",") if part]
    return rule, {name: _number(value) for name, _, value in parameters}


def _criterion(text: str) -> tuple[str, int]:
    criterion, _, weight = text.partition("=")
    if not weight.isdecimal():
        raise Invalid(f"Write a criterion as NAME=WEIGHT, not {text}.")
    return criterion, int(weight)


def _number(value: str) -> int | str:
    return int(value) if value.removeprefix("-").isdecimal() else value
