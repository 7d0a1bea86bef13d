"""The check-ins of an engagement: which are due, and that its people have talked about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from app import audit, clock
from app.db import db
from app.engagements.models import Engagement, EngagementCheckIn
from app.engagements.states import CAME_ABOUT, EngagementState
from app.errors import Conflict, Missing


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A check-in as one of the people of an engagement sees it."""

    position: int
    words: str
    due_on: date
    done_on: date | None
    """On the reader's calendar."""
    done_by: str
    may_mark: bool

    @property
    def is_due(self) -> bool:
        """Tell whether it waits for them today."""
        return self.done_on is None and self.due_on <= clock.today()


def check_ins_seen(engagement: Engagement, *, reader_id: int) -> list[CheckIn]:
    """Return the check-ins of an engagement that came about, the earliest first.

    Those that are due can be marked as done while it goes on, and the next one too.
    """
    if engagement.state not in CAME_ABOUT:
        return []
    names = {row.person_id: row.person.name for row in engagement.members}
    zone = next(row.person.time_zone for row in engagement.members if row.person_id == reader_id)
    open_ = [row for row in engagement.check_ins if row.done_at is None]
    markable = {row.position for row in open_[:1]} | {row.position for row in open_ if _is_due(row)}
    goes_on = engagement.state is EngagementState.ACTIVE
    return [
        CheckIn(
            position=row.position,
            words=row.words,
            due_on=row.due_on,
            done_on=row.done_at.astimezone(ZoneInfo(zone)).date() if row.done_at else None,
            done_by="you" if row.done_by_id == reader_id else names.get(row.done_by_id or 0, ""),
            may_mark=goes_on and row.position in markable,
        )
        for row in engagement.check_ins
        if goes_on or row.done_at is not None
    ]


def due_check_ins(engagement: Engagement) -> Sequence[EngagementCheckIn]:
    """Return the check-ins that wait for the people of an engagement today."""
    if engagement.state is not EngagementState.ACTIVE:
        return []
    return [row for row in engagement.check_ins if row.done_at is None and _is_due(row)]


def mark_talked(engagement: Engagement, *, position: int, person_id: int, by: audit.Actor) -> None:
    """Note that the people of an engagement have talked about a check-in; a second time changes nothing.

    Raises:
        Missing: when there is no such check-in.
        Conflict: when the engagement does not go on.
    """
    db.session.refresh(engagement, ["state"], with_for_update=True)
    db.session.refresh(engagement, ["check_ins"])
    row = next((row for row in engagement.check_ins if row.position == position), None)
    if engagement.state is not EngagementState.ACTIVE:
        raise Conflict("This match does not go on, so its check-ins stay as they are.")
    if row is None:
        raise Missing
    db.session.refresh(row)
    if row.done_at is not None:
        return
    row.done_at, row.done_by_id = clock.now(), person_id
    db.session.flush()
    details = {"check_in": position, "due_on": row.due_on.isoformat()}
    audit.record(
        audit.Entry("check_in.done", "engagement", engagement.id, person_id=person_id, details=details), by=by
    )


def _is_due(row: EngagementCheckIn) -> bool:
    return row.due_on <= clock.today()
