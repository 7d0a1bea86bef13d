"""What the pages of programmes ask the packages above."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Asked:
    """Work that has been asked for; `hand_over` tells the workers, once the transaction has ended."""

    number: int
    hand_over: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """What would come of other settings in a round: how far the work is, and whom it would concern."""

    round_id: int
    round_name: str
    run_id: int
    base_run_id: int
    stage: str
    percent: int
    seconds: int
    is_active: bool
    failure: str
    mentees: int = 0
    differing: int = 0
    """How many of the mentees would have someone else, or nobody."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What rules forbid: `forbidden` pairs by rule, of those looked at, with the parameters they had then."""

    round_name: str
    is_active: bool = False
    seconds: int = 1
    failure: str = ""
    counted_at: datetime | None = None
    pairs: int = 0
    looked_at: int = 0
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    in_force: Sequence[str] = ()
    forbidden: Mapping[str, int] = field(default_factory=dict)
    together: int = 0


# On which round other settings of a programme can be tried. The sender is the programme; an answer is the
# name of the round, or None when there is no such round.
trial_round = Signal()

# Settings of a programme are to be tried out. The sender is the programme; `settings` are all of its
# settings, `by` says who asks. An answer is what has been `Asked`.
trial_wanted = Signal()

# How far a trial is. The sender is the programme, `run_id` the trial; an answer is a `Trial` or None.
trial_shown = Signal()

# What the rules of a programme forbid. The sender is the programme; an answer is what was `Counted` last, or
# None when it has no round with people in it.
counts_shown = Signal()

# What rules forbid is to be counted. The sender is the programme; `rules` are those to count with their
# parameters, `in_force` the names of those that are switched on. An answer is what has been `Asked`, or None.
counts_wanted = Signal()

# Which questions have been answered. The sender is the collection of their ids; an answer is the set of those
# that somebody has answered.
answered_questions = Signal()


def answer(signal: Signal, programme: Any, **question: Any) -> Any:
    """Ask the packages above, of which at most one knows; None when none does."""
    found = (told for _receiver, told in signal.send(programme, **question) if told is not None)
    return next(found, None)
