"""What a session of a programme can look like: its agenda, item by item, each with its minutes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.engagements.agenda import AgendaItem
from app.engagements.signals import agenda_wanted
from app.errors import Invalid
from app.programmes.models import Programme, ProgrammeAgendaItem, ProgrammeKind
from app.words import duration

LONGEST_ITEM = 120
MOST_ITEMS = 12
MOST_MINUTES = 240
AT_THE_END = "What each of you does next, and when you meet again"
_MENTORING = (
    ("How have you been since you last met?", 5),
    ("What the mentee wants from today", 5),
    ("The topic of today", 40),
    (AT_THE_END, 10),
)
_USUAL: Mapping[ProgrammeKind, Sequence[tuple[str, int]]] = {
    ProgrammeKind.MENTORING: _MENTORING,
    ProgrammeKind.REVERSE_MENTORING: (
        ("How have you been since you last met?", 5),
        ("What the mentee wants to understand", 5),
        ("Look at it and try it together", 40),
        (AT_THE_END, 10),
    ),
    ProgrammeKind.FLASH_MENTORING: (
        ("Who you are, in two minutes each", 5),
        ("The question the mentee brings", 5),
        ("What the mentor has seen work", 15),
        ("What the mentee tries first", 5),
    ),
    ProgrammeKind.PEER_COACHING: (
        ("How has each of you been?", 5),
        ("One is coached: the other asks, and gives no advice", 25),
        ("Change turns", 25),
        (AT_THE_END, 5),
    ),
    ProgrammeKind.GROUP_MENTORING: (
        ("How has each of you been?", 10),
        ("The topic of today", 25),
        ("A question that somebody brings, looked at by all", 20),
        (AT_THE_END, 5),
    ),
}

Item = dict[str, Any]
"""The words of an item and its minutes, as they are kept."""


def has_sessions(kind: ProgrammeKind) -> bool:
    """Tell whether people of a kind of programme meet in sessions; communities have none."""
    return kind in _USUAL


def usual_agenda(kind: ProgrammeKind) -> list[Item]:
    """Return the agenda of programmes of a kind as long as they have none of their own."""
    return [{"words": words, "minutes": minutes} for words, minutes in _USUAL.get(kind, ())]


def own_agenda(kind: ProgrammeKind, items: Sequence[Item]) -> list[Item]:
    """Return an agenda as it is kept: nothing when it is the usual one."""
    return [] if list(items) == usual_agenda(kind) else list(items)


def agenda_kept(programme: Programme) -> list[Item]:
    """Return the items a programme has of its own; none means that it has the usual ones."""
    query = sa.select(ProgrammeAgendaItem).filter_by(programme_id=programme.id)
    rows = db.session.scalars(query.order_by(ProgrammeAgendaItem.position))
    return [{"words": row.words, "minutes": row.minutes} for row in rows]


def agenda_of(programme: Programme) -> list[Item]:
    """Return the agenda of a programme: its own, or the usual one."""
    return agenda_kept(programme) or usual_agenda(programme.kind)


def check_agenda(_programme: Programme, items: Sequence[Item]) -> None:
    """Refuse an agenda that is too long, or an item without words or minutes.

    Raises:
        Invalid: with what is wrong.
    """
    if len(items) > MOST_ITEMS:
        raise Invalid(f"An agenda has at most {MOST_ITEMS} items.", field="agenda")
    for item in items:
        if not 1 <= len(item["words"]) <= LONGEST_ITEM:
            raise Invalid(f"Enter at most {LONGEST_ITEM} characters for each item.", field="agenda")
        if not 1 <= item["minutes"] <= MOST_MINUTES:
            raise Invalid(f"Each item takes from 1 to {MOST_MINUTES} minutes.", field="agenda")


def write_agenda(programme: Programme, items: Sequence[Item]) -> None:
    """Put the agenda of a programme in the place of the one before."""
    db.session.execute(sa.delete(ProgrammeAgendaItem).filter_by(programme_id=programme.id))
    rows = [{"programme_id": programme.id, "position": n, **item} for n, item in enumerate(items, start=1)]
    if rows:
        db.session.execute(sa.insert(ProgrammeAgendaItem), rows)


def differences(_before: Sequence[Item], after: Sequence[Item]) -> Iterator[str]:
    """Say what an agenda is now."""
    said = "; then ".join(f"{item['words']} ({duration(item['minutes'])})" for item in after)
    yield f"Agenda: {said or 'the usual one'}"


@agenda_wanted.connect
def _agenda_of_sessions(programme_id: int) -> list[AgendaItem]:
    """Answer what a session of a programme can look like, in one statement."""
    query = (
        sa.select(Programme.kind, ProgrammeAgendaItem.words, ProgrammeAgendaItem.minutes)
        .outerjoin(ProgrammeAgendaItem, ProgrammeAgendaItem.programme_id == Programme.id)
        .where(Programme.id == programme_id)
        .order_by(ProgrammeAgendaItem.position)
    )
    rows = db.session.execute(query).all()
    own = [AgendaItem(words, minutes) for _kind, words, minutes in rows if words is not None]
    return own or [AgendaItem(**item) for row in rows for item in usual_agenda(row.kind)]
