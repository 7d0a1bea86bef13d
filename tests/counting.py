"""Counts the SQL statements of a piece of code, or SQLite's steps, so that a test can say how they grow."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import sqlalchemy as sa

from app.db import db

STEPS_AT_ONCE = 100


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """Collect every statement sent to the database meanwhile; savepoints of the test itself are left out."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


@contextmanager
def count_steps() -> Iterator[count]:
    """Count how many hundred steps SQLite takes meanwhile: work that no clock and no other process disturbs.

    The next number of the counter is how many there were.
    """
    hundreds = count()
    connection = db.session.connection().connection.driver_connection

    def note() -> None:
        next(hundreds)

    connection.set_progress_handler(note, STEPS_AT_ONCE)
    try:
        yield hundreds
    finally:
        connection.set_progress_handler(None, 0)
