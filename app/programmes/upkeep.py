"""Commands about a programme as a whole: set it up in the browser, copy it, archive it, restore it."""

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.errors import Invalid
from app.programmes.checks import LONGEST_NAME
from app.programmes.models import Programme, ProgrammeKind, ProgrammeOpenTask
from app.programmes.parts import PARTS, read
from app.programmes.service import create_programme
from app.programmes.setup import TASKS, open_tasks_of
from app.words import listed

COPY_OF = "Copy of "
OWN = ("name", "hours_a_month")  # what is given to a copy when it is made


def start_programme(*, name: str, kind: ProgrammeKind, hours_a_month: float, by: audit.Actor) -> Programme:
    """Set up a programme of which somebody has yet to look at what only the company can know.

    Raises:
        Invalid: when the name is taken or the hours make no sense.
    """
    programme = create_programme(name=name, kind=kind, hours_a_month=hours_a_month, by=by)
    _leave_open(programme, [task.key for task in TASKS if task.needs_look and kind in task.kinds])
    return programme


def copy_programme(source: Programme, *, name: str, by: audit.Actor) -> Programme:
    """Set up a programme like another one, under a name of its own; what nobody has looked at stays to do.

    Raises:
        Invalid: when the name is taken.
    """
    copied = create_programme(
        name=name,
        kind=source.kind,
        hours_a_month=source.hours_a_month,
        others=read(source, [part for part in PARTS if part not in OWN]),
        by=by,
    )
    _leave_open(copied, open_tasks_of(source))
    _record("programme.copied", copied, by=by, source=source.key)
    return copied


def name_of_copy(source: Programme) -> str:
    """Return the name a copy has when nobody thinks of a better one."""
    return f"{COPY_OF}{source.name}"[:LONGEST_NAME].strip()


def check_may_have_rounds(programme: Programme) -> None:
    """Refuse a round of a programme that is archived, or not set up yet.

    Raises:
        Invalid: with what to do first.
    """
    if programme.archived_at is not None:
        raise Invalid(f"{programme.name} is archived. Restore it first.", field="programmes")
    open_ = open_tasks_of(programme)
    left = [task.words.lower() for task in TASKS if task.key in open_]
    if left:
        raise Invalid(f"{programme.name} is not set up yet: {listed(left)}.", field="programmes")


def archive_programme(programme: Programme, *, by: audit.Actor) -> None:
    """Let a programme have no new rounds; those it has go on."""
    db.session.refresh(programme, with_for_update=True)
    if programme.archived_at is None:
        programme.archived_at = clock.now()
        db.session.flush()
        _record("programme.archived", programme, by=by)


def restore_programme(programme: Programme, *, by: audit.Actor) -> None:
    """Take a programme out of the archive: it can have rounds again."""
    db.session.refresh(programme, with_for_update=True)
    if programme.archived_at is not None:
        programme.archived_at = None
        db.session.flush()
        _record("programme.restored", programme, by=by)


def _leave_open(programme: Programme, tasks: list[str] | frozenset[str]) -> None:
    rows = [{"programme_id": programme.id, "task": task} for task in sorted(tasks)]
    if rows:
        db.session.execute(sa.insert(ProgrammeOpenTask), rows)


def _record(action: str, programme: Programme, *, by: audit.Actor, **details: object) -> None:
    details = {"name": programme.name, **details}
    audit.record(audit.Entry(action, "programme", programme.id, details=details), by=by)
