"""Commands about a programme as a whole: copy it, name it anew, archive it and take it out of the archive."""

from app import audit, clock
from app.db import db
from app.errors import Conflict
from app.programmes.models import Programme
from app.programmes.service import LONGEST_NAME, check_hours, check_name, create_programme, settings_of
from app.text import cleaned_line

COPY_OF = "Copy of "


def copy_programme(source: Programme, *, name: str, by: audit.Actor) -> Programme:
    """Set up a programme like another one, under a name of its own.

    Raises:
        Invalid: when the name is taken.
    """
    copied = create_programme(
        name=name, kind=source.kind, hours_a_month=source.hours_a_month, by=by, **settings_of(source)
    )
    _record("programme.copied", copied, by=by, source=source.key)
    return copied


def name_of_copy(source: Programme) -> str:
    """Return the name a copy has when nobody thinks of a better one."""
    return f"{COPY_OF}{source.name}"[:LONGEST_NAME].strip()


def describe_programme(programme: Programme, *, name: str, hours_a_month: float, by: audit.Actor) -> None:
    """Give a programme another name or other hours a month; its key stays, for addresses and files know it.

    Raises:
        Conflict: when the programme is archived.
        Invalid: when the name is taken or the hours make no sense.
    """
    _hold(programme)
    check_may_change(programme)
    name = cleaned_line(name)
    check_name(name, of=programme)
    check_hours(hours_a_month)
    before = _description(programme)
    programme.name, programme.hours_a_month = name, hours_a_month
    db.session.flush()
    after = _description(programme)
    if after != before:
        _record("programme.described", programme, by=by, before=before, after=after)


def check_may_change(programme: Programme) -> None:
    """Refuse to change what is archived.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if programme.archived_at is not None:
        raise Conflict(f"{programme.name} is archived. Restore it before you change it.")


def archive_programme(programme: Programme, *, by: audit.Actor) -> None:
    """Let a programme have no new rounds; those it has go on."""
    _hold(programme)
    if programme.archived_at is None:
        programme.archived_at = clock.now()
        db.session.flush()
        _record("programme.archived", programme, by=by)


def restore_programme(programme: Programme, *, by: audit.Actor) -> None:
    """Take a programme out of the archive: it can have rounds again."""
    _hold(programme)
    if programme.archived_at is not None:
        programme.archived_at = None
        db.session.flush()
        _record("programme.restored", programme, by=by)


def _hold(programme: Programme) -> None:
    db.session.refresh(programme, with_for_update=True)


def _description(programme: Programme) -> dict[str, object]:
    return {"name": programme.name, "hours_a_month": programme.hours_a_month}


def _record(action: str, programme: Programme, *, by: audit.Actor, **details: object) -> None:
    details = {"name": programme.name, **details}
    audit.record(audit.Entry(action, "programme", programme.id, details=details), by=by)
