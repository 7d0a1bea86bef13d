"""How commands speak: a refusal is one sentence on standard error and exit status 2."""

from typing import Any

import click
from flask.cli import AppGroup

from app.errors import DomainError


class Refused(click.ClickException):
    """What was asked for cannot be done; nothing was changed."""

    exit_code = 2


class CommandGroup(AppGroup):
    """A group of commands that turns the refusals of services into sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except DomainError as refusal:
            raise Refused(refusal.message) from None
