"""Commands that change the settings of a programme; each change makes a numbered version."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.errors import Conflict
from app.programmes.models import Programme, ProgrammeOpenTask, ProgrammeVersion
from app.programmes.parts import PARTS, read, write


def change(
    programme: Programme,
    changes: Mapping[str, Any],
    *,
    by: audit.Actor,
    seen: Mapping[str, Any] | None = None,
) -> None:
    """Give a programme other settings, some parts of them; `seen` are those whoever decides has looked at.

    What is saved as it was makes no version; but somebody has looked at it.

    Raises:
        Conflict: when somebody has changed the programme since it was looked at, or it is archived.
        Invalid: when a value makes no sense.
    """
    db.session.refresh(programme, with_for_update=True)
    check_may_change(programme)
    before = read(programme, changes)
    if seen is not None and before != seen:
        raise Conflict(f"{programme.name} has been changed meanwhile. Look at what would change now.")
    for name, value in changes.items():
        PARTS[name].check(programme, value)
    _note_looked_at(programme, {PARTS[name].task for name in changes})
    if not _latest_number(programme):
        keep(programme)
    write(programme, changes)
    after = read(programme, changes)
    if after == before:
        return
    number = keep(programme, by=by)
    details = {"version": number, "before": before, "after": after}
    audit.record(audit.Entry("programme.changed", "programme", programme.id, details=details), by=by)


def check_may_change(programme: Programme) -> None:
    """Refuse to change what is archived.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if programme.archived_at is not None:
        raise Conflict(f"{programme.name} is archived. Restore it before you change it.")


def keep(programme: Programme, *, by: audit.Actor | None = None) -> int:
    """Keep the settings of a programme as they are now, and return the number of this version."""
    version = ProgrammeVersion(
        programme_id=programme.id,
        number=_latest_number(programme) + 1,
        settings=read(programme, PARTS),
        made_at=clock.now(),
        made_by_id=by.id if by else None,
    )
    db.session.add(version)
    db.session.flush()
    return version.number


def go_back(programme: Programme, version: ProgrammeVersion, *, seen: int, by: audit.Actor) -> None:
    """Give a programme the settings it had in a version; `seen` is the latest one when this was decided.

    Raises:
        Conflict: when there is a later one, or the programme is archived.
        Invalid: when a setting is no longer possible, such as a name that another programme has now.
    """
    db.session.refresh(programme, with_for_update=True)
    if _latest_number(programme) != seen:
        raise Conflict(f"{programme.name} has been changed meanwhile. Look at what would change now.")
    change(programme, {name: value for name, value in version.settings.items() if name in PARTS}, by=by)


def _latest_number(programme: Programme) -> int:
    latest = sa.select(sa.func.max(ProgrammeVersion.number)).filter_by(programme_id=programme.id)
    return db.session.scalar(latest) or 0


def _note_looked_at(programme: Programme, tasks: set[str]) -> None:
    db.session.execute(
        sa.delete(ProgrammeOpenTask).where(
            ProgrammeOpenTask.programme_id == programme.id, ProgrammeOpenTask.task.in_(tasks)
        )
    )
