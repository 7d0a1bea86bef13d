"""Commands about the parts of the settings of a programme that are changed each by itself."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app import audit
from app.db import db
from app.errors import Conflict
from app.programmes.models import Programme
from app.programmes.parts import read
from app.programmes.service import settings_of
from app.programmes.versions import change

RULES, CRITERIA, GOALS = "rules", "criteria", "goals"
AGENDA, CHECK_INS = "agenda", "check_ins"
PART_WORDS = {
    RULES: "rules",
    CRITERIA: "weights",
    GOALS: "goals",
    AGENDA: "agenda items",
    CHECK_INS: "check-ins",
}


def change_part(programme: Programme, part: str, value: Any, *, seen: str, by: audit.Actor) -> None:
    """Give a programme another value of a part; `seen` is the mark of the one that was looked at.

    Raises:
        Conflict: when somebody has changed them meanwhile, or the programme is archived.
        Invalid: when a word is unknown, or the weights do not add up.
    """
    db.session.refresh(programme, with_for_update=True)
    before = read(programme, [part])
    # Who sends the same form twice, or wants what somebody else has just saved, has got it.
    if before[part] != value and mark_of(before[part]) != seen:
        raise Conflict(
            f"Somebody has changed the {PART_WORDS[part]} of {programme.name} since you opened the page. "
            "Open it again to see them; nothing of theirs was changed."
        )
    change(programme, {part: value}, seen=before, by=by)


def with_part(programme: Programme, part: str, value: Any) -> Mapping[str, Any]:
    """Return the settings of a programme with other rules, weights or goals, which are not saved."""
    return {**settings_of(programme), part: value}


def mark_of(value: Any) -> str:
    """Return what tells these rules, weights or goals from any others."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
