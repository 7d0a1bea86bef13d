"""What HR has settled, in words: for the list of decisions and the history of a match."""

from dataclasses import dataclass
from datetime import datetime

from app import clock
from app.rounds.models import Decision, DecisionKind
from app.words import long_date

SOMEBODY = "Somebody whose account is gone"


@dataclass(frozen=True, slots=True)
class Done:
    """One decision as a sentence, with when and what became of it."""

    id: int
    sentence: str
    at: datetime
    small: str
    is_standing: bool


def in_words(row: Decision, by: str | None, undone_by: str | None) -> Done:
    """Say what was settled, by whom and why, and who undid it."""
    who = by or SOMEBODY
    small = [f"Why: {row.reason}"] if row.reason else []
    expired = row.expires_on is not None and row.expires_on < clock.today()
    if row.expires_on is not None:
        small.append(f"Breaks a rule until {long_date(row.expires_on)}")
    if row.undone_at is not None:
        undone = f"Undone by {undone_by or SOMEBODY.lower()}" if row.undone_by_id else "Over"
        small.append(f"{undone} on {long_date(row.undone_at.date())}")
    elif expired:
        small.append("Over")
    return Done(
        row.id,
        _sentence(row, who),
        row.decided_at,
        ". ".join(small),
        row.undone_at is None and not expired,
    )


def _sentence(row: Decision, who: str) -> str:
    mentee, mentor = row.mentee.name, row.mentor.name if row.mentor else ""
    match row.kind:
        case DecisionKind.BAN:
            return f"{who} keeps {mentee} and {mentor} apart"
        case DecisionKind.REQUIRED:
            return f"{who} lets {mentee} go before everybody else"
        case _ if row.instead_of is not None:
            return f"{who} chose {mentor} for {mentee} instead of {row.instead_of.name}"
        case _:
            return f"{who} locked {mentee} with {mentor}"
