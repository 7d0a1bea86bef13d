"""What people of a plan would read once it is published: their match as each sees it, and the messages."""

from dataclasses import dataclass
from datetime import date

from app.engagements.reasons import Party, Told, told
from app.programmes import messages
from app.programmes.models import MessageKind
from app.rounds.models import Run
from app.rounds.run_queries import GROUPS, Match, first_match


@dataclass(frozen=True, slots=True)
class Side:
    """What one of those concerned reads."""

    reader: str
    other: str
    told: Told
    message: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One match of a plan as an example: both sides of a pair, or what a member of a group reads."""

    points: int
    sides: tuple[Side, ...]


def preview_of(run: Run) -> Preview | None:
    """Return what the first pair of a run, by the mentee's name, would read; of peers nothing."""
    match = first_match(run)
    if match is None or match.is_among_peers:
        return None
    # Whom a mentee has named is for their eyes alone, so this page leaves it out of their side too.
    reasons = [row for row in match.reasons if row["kind"] != "wish"]
    of_mentee = told(reasons, mentee=Party(match.mentee, is_reader=True), mentor=Party(match.mentor))
    of_mentor = told(reasons, mentee=Party(match.mentee), mentor=Party(match.mentor, is_reader=True))
    to_mentee, to_mentor = MessageKind.MATCHED_MENTEE, MessageKind.MATCHED_MENTOR
    first = Side(match.mentee, match.mentor, of_mentee, _message(run, match, to_mentee))
    if match.kind in GROUPS:
        # A community reads nothing, and a mentor reads of all who are in the group.
        return Preview(match.points, (first,))
    second = Side(match.mentor, match.mentee, of_mentor, _message(run, match, to_mentor))
    return Preview(match.points, (first, second))


def _message(run: Run, match: Match, kind: MessageKind) -> str:
    names = (match.mentee, match.mentor)
    name, other = names if kind is MessageKind.MATCHED_MENTEE else names[::-1]
    matching_round = run.matching_round
    programme = next(row for row in matching_round.programmes if row.key == match.programme)
    values: dict[str, str | date] = {
        "name": name,
        "other": other,
        "round": matching_round.name,
        "starts_on": matching_round.starts_on,
    }
    return messages.render(programme, kind, values)
