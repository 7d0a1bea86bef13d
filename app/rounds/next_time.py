"""What was decided at the end of the round before, held against the programmes of today, and put to use."""

from collections.abc import Sequence
from dataclasses import dataclass

from app import audit
from app.errors import Conflict
from app.programmes.models import Programme
from app.programmes.service import change_settings, settings_of
from app.rounds.closing import decisions_of, with_decisions
from app.rounds.closing_models import ClosingDecision
from app.rounds.last_time import round_before
from app.rounds.models import MatchingRound
from app.rounds.states import RoundState
from app.rounds.what_ifs import Change, mark_of

PREPARED = (RoundState.DRAFT, RoundState.OPEN, RoundState.CLOSED)


@dataclass(frozen=True, slots=True)
class Decided:
    """The round before, what was decided at its end, and what its programmes would become by it."""

    round_id: int
    name: str
    decisions: Sequence[ClosingDecision]
    changes: Sequence[Change]


def decided_before(matching_round: MatchingRound) -> Decided | None:
    """Return what was decided for a round that is being prepared; None when nothing was."""
    before = round_before(matching_round) if matching_round.state in PREPARED else None
    return None if before is None else decided_in(*before, matching_round.programmes)


def decided_in(round_id: int, name: str, programmes: Sequence[Programme]) -> Decided | None:
    """Return what was decided at the end of a round about some programmes; None when nothing was."""
    rows = decisions_of(round_id)
    if not rows:
        return None
    return Decided(round_id, name, rows, changes_by(rows, programmes))


def changes_by(rows: Sequence[ClosingDecision], programmes: Sequence[Programme]) -> list[Change]:
    """Return the programmes that would be otherwise with some decisions, as they are today."""
    changes = []
    for programme in programmes:
        about = [row for row in rows if row.programme_id == programme.id]
        before = settings_of(programme)
        after = with_decisions(before, about)
        if about and after != before:
            changes.append(Change(programme, before, after))
    return changes


def use_decisions(changes: Sequence[Change], *, seen: str, by: audit.Actor) -> None:
    """Give programmes the settings that were decided; runs to come are asked with them.

    `seen` is the mark of the changes that whoever decides has looked at.

    Raises:
        Conflict: when the programmes are no longer as they were then.
    """
    if not changes or mark_of(changes) != seen:
        raise Conflict("The programme has been changed meanwhile. Look at what would change now.")
    for change in changes:
        change_settings(change.programme, change.after, seen=change.before, by=by)
