"""When people of an engagement look at how it goes: check-ins, in days from its start or to its end."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.errors import Invalid
from app.programmes.models import CheckInMoment, Programme, ProgrammeCheckIn, ProgrammeKind
from app.words import plural

LONGEST_WORDS = 120
MOST_CHECK_INS = 6
MOST_DAYS = 730
ORDER = tuple(CheckInMoment)
AFTER_START, HALFWAY, BEFORE_END = CheckInMoment

CheckIn = dict[str, Any]
"""The moment, the days and the words of a check-in, as they are kept."""

_GOES = ("after_start", 30, "How is it going, and is this a good fit?")
_HALF = ("halfway", 0, "What have you reached, and what would you change?")
_ENDS = ("before_end", 7, "What have you learnt, and what comes next?")
_USUAL: Mapping[ProgrammeKind, Sequence[tuple[str, int, str]]] = {
    **dict.fromkeys(ProgrammeKind, (_GOES, _HALF, _ENDS)),
    ProgrammeKind.FLASH_MENTORING: (("after_start", 14, "Have you met, or is there a date?"), _ENDS),
    ProgrammeKind.COMMUNITIES: (),
}


def usual_check_ins(kind: ProgrammeKind) -> list[CheckIn]:
    """Return the check-ins that a new programme of a kind begins with."""
    return [{"moment": moment, "days": days, "words": words} for moment, days, words in _USUAL[kind]]


def check_ins_of(programme: Programme) -> list[CheckIn]:
    """Return the check-ins of a programme, the earliest first."""
    return check_ins_of_all([programme])[programme.id]


def check_ins_of_all(programmes: Sequence[Programme]) -> dict[int, list[CheckIn]]:
    """Return the check-ins of each of some programmes by its id, the earliest first."""
    found: dict[int, list[CheckIn]] = {row.id: [] for row in programmes}
    query = sa.select(ProgrammeCheckIn).where(ProgrammeCheckIn.programme_id.in_(found))
    for row in db.session.scalars(query.order_by(ProgrammeCheckIn.position)):
        found[row.programme_id].append({"moment": row.moment.value, "days": row.days, "words": row.words})
    return found


def in_time(check_ins: Sequence[CheckIn]) -> list[CheckIn]:
    """Return check-ins in the order in which they come in most engagements."""

    def place(row: CheckIn) -> tuple[int, int]:
        days = row["days"]
        return ORDER.index(row["moment"]), -days if row["moment"] == BEFORE_END else days

    return sorted(check_ins, key=place)


def when_in_words(check_in: CheckIn) -> str:
    """Say when a check-in is."""
    if check_in["moment"] == HALFWAY:
        return "Halfway"
    days = plural(check_in["days"], "day")
    return f"{days} after the start" if check_in["moment"] == AFTER_START else f"{days} before the end"


def days_of(check_ins: Sequence[CheckIn], starts_on: date, ends_on: date) -> list[tuple[date, str]]:
    """Return the days of check-ins from a first to a last day, with their words, the earliest first.

    What would come before the first day or after the last is left out.
    """
    found = [(_day(row, starts_on, ends_on), row["words"]) for row in check_ins]
    return sorted((row for row in found if starts_on <= row[0] <= ends_on), key=lambda row: row[0])


def check_check_ins(_programme: Programme, check_ins: Sequence[CheckIn]) -> None:
    """Refuse too many check-ins, and one without words or with days that make no sense.

    Raises:
        Invalid: with what is wrong.
    """
    if len(check_ins) > MOST_CHECK_INS:
        raise Invalid(f"A programme has at most {MOST_CHECK_INS} check-ins.", field="check_ins")
    for row in check_ins:
        if row["moment"] not in ORDER:
            raise Invalid("Choose when the check-in is.", field="check_ins")
        if (row["moment"] == HALFWAY) != (row["days"] == 0) or not 0 <= row["days"] <= MOST_DAYS:
            raise Invalid(f"Enter from 1 to {MOST_DAYS} days for each check-in.", field="check_ins")
        if not 1 <= len(row["words"]) <= LONGEST_WORDS:
            raise Invalid(f"Enter at most {LONGEST_WORDS} characters for each check-in.", field="check_ins")


def write_check_ins(programme: Programme, check_ins: Sequence[CheckIn]) -> None:
    """Put the check-ins of a programme in the place of those before."""
    db.session.execute(sa.delete(ProgrammeCheckIn).filter_by(programme_id=programme.id))
    rows = [
        {**row, "programme_id": programme.id, "position": position, "moment": CheckInMoment(row["moment"])}
        for position, row in enumerate(in_time(check_ins), start=1)
    ]
    if rows:
        db.session.execute(sa.insert(ProgrammeCheckIn), rows)


def differences(_before: Sequence[CheckIn], after: Sequence[CheckIn]) -> Iterator[str]:
    """Say which check-ins there are now."""
    said = "; ".join(f"{when_in_words(row)}, {row['words']}" for row in after)
    yield f"Check-ins: {said or 'none'}"


def _day(check_in: CheckIn, starts_on: date, ends_on: date) -> date:
    if check_in["moment"] == HALFWAY:
        return starts_on + (ends_on - starts_on) // 2
    days = timedelta(days=check_in["days"])
    return starts_on + days if check_in["moment"] == AFTER_START else ends_on - days
