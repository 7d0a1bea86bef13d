"""What the pages of programmes ask the packages above."""

from dataclasses import dataclass
from datetime import date

from blinker import Signal


@dataclass(frozen=True, slots=True)
class Standing:
    """How a programme stands in the round it is busy with: who takes part, what comes next and what waits."""

    round_id: int
    round_name: str
    state: str
    people: int
    next_words: str
    next_on: date
    waits_for: str | None = None


# How programmes stand now. The sender is the collection of their ids; an answer is a `Standing` by id, for
# those that have a round.
standings = Signal()
