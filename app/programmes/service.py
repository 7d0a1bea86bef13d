"""Commands that set a programme up, and change what its rounds are matched by."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from app import audit
from app.db import db
from app.errors import Invalid
from app.programmes.check_ins import usual_check_ins
from app.programmes.checks import LONGEST_NAME as LONGEST_NAME
from app.programmes.checks import check_hours, check_name
from app.programmes.checks import check_settings as check_settings
from app.programmes.kinds import KINDS
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.parts import read, write
from app.programmes.versions import change, keep
from app.text import cleaned_line, folded

KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
LONGEST_KEY = 40
ADDRESSES = frozenset({"new"})  # what stands at the place of a key in addresses
MATCHED_BY = ("rules", "criteria", "goals")


def create_programme(
    *,
    name: str,
    by: audit.Actor,
    key: str | None = None,
    kind: ProgrammeKind = ProgrammeKind.MENTORING,
    hours_a_month: float | None = None,
    rules: Mapping[str, Mapping[str, Any]] | None = None,
    criteria: Mapping[str, int] | None = None,
    goals: Sequence[str] | None = None,
    others: Mapping[str, Any] = MappingProxyType({}),
) -> Programme:
    """Set up a programme; without hours, rules, criteria, goals and check-ins it gets the usual ones.

    Without a key it gets one made of its name. `others` are further parts of its settings.

    Raises:
        Invalid: when a name is taken, a word unknown, or the weights do not add up.
    """
    name = cleaned_line(name)
    key = key_for(name) if key is None else key
    _check_key(key)
    check_name(name)
    usual = KINDS[kind]
    hours_a_month = usual.hours_a_month if hours_a_month is None else hours_a_month
    check_hours(hours_a_month)
    settings = {
        "rules": usual.rules if rules is None else rules,
        "criteria": usual.criteria if criteria is None else criteria,
        "goals": usual.goals if goals is None else goals,
    }
    check_settings(kind, settings)
    programme = Programme(key=key, name=name, kind=kind, hours_a_month=hours_a_month)
    db.session.add(programme)
    write(programme, {**settings, "check_ins": usual_check_ins(kind), **others})
    audit.record(audit.Entry("programme.created", "programme", programme.id, details={"key": key}), by=by)
    keep(programme, by=by)
    return programme


def settings_of(programme: Programme) -> dict[str, Any]:
    """Return what rounds are matched by, as plain values, alike when they are the same."""
    return read(programme, MATCHED_BY)


def change_settings(
    programme: Programme, settings: Mapping[str, Any], *, seen: Mapping[str, Any], by: audit.Actor
) -> None:
    """Give a programme other rules, criteria and goals; `seen` are those that whoever decides has looked at.

    Raises:
        Conflict: when somebody has changed the programme since it was looked at, or it is archived.
        Invalid: when a word is unknown, or the weights do not add up.
    """
    change(programme, {part: settings[part] for part in MATCHED_BY}, seen=seen, by=by)


def key_for(name: str) -> str:
    """Return a key made of a name, which no other programme has."""
    words = re.sub(r"[^a-z0-9]+", "-", folded(name)).lstrip("-0123456789")
    stem = words[: LONGEST_KEY - 5].strip("-") or "programme"
    taken = (
        set(db.session.scalars(sa.select(Programme.key).where(Programme.key.startswith(stem)))) | ADDRESSES
    )
    endings = ("", *(f"-{number}" for number in range(2, len(taken) + 3)))
    return next(key for ending in endings if (key := f"{stem}{ending}") not in taken)


def _check_key(key: str) -> None:
    if not KEY.fullmatch(key) or key in ADDRESSES:
        raise Invalid(
            f"The key {key!r} must be small letters, digits and hyphens, at most {LONGEST_KEY}, "
            "beginning with a letter."
        )
    if db.session.scalar(sa.select(Programme.id).filter_by(key=key)):
        raise Invalid(f"There is already a programme with the key {key}.", field="name")
