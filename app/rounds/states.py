"""The states of a matching round and of a run, and which may follow which."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.engagements.states import ENGAGEMENT_TRANSITIONS
from app.errors import Conflict


class RoundState(StrEnum):
    """Where a matching round stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    SOLVING = "solving"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


ROUND_TRANSITIONS: dict[RoundState, frozenset[RoundState]] = {
    RoundState.DRAFT: frozenset({RoundState.OPEN, RoundState.CANCELLED}),
    RoundState.OPEN: frozenset({RoundState.CLOSED, RoundState.CANCELLED}),
    RoundState.CLOSED: frozenset({RoundState.OPEN, RoundState.SOLVING, RoundState.CANCELLED}),
    RoundState.SOLVING: frozenset({RoundState.CLOSED, RoundState.PROPOSED, RoundState.CANCELLED}),
    RoundState.PROPOSED: frozenset(
        {RoundState.OPEN, RoundState.SOLVING, RoundState.PUBLISHED, RoundState.CANCELLED}
    ),
    RoundState.PUBLISHED: frozenset({RoundState.PROPOSED, RoundState.COMPLETED}),
    RoundState.COMPLETED: frozenset(),
    RoundState.CANCELLED: frozenset(),
}

RUN_TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.CANCELLED, RunState.FAILED}),
    RunState.RUNNING: frozenset({RunState.QUEUED, RunState.FINISHED, RunState.FAILED, RunState.CANCELLED}),
    RunState.FINISHED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.CANCELLED: frozenset(),
}

STATE_WORDS: dict[RoundState, str] = {
    RoundState.DRAFT: "being prepared",
    RoundState.OPEN: "open for enrolment",
    RoundState.CLOSED: "closed for enrolment",
    RoundState.SOLVING: "being matched",
    RoundState.PROPOSED: "waiting for review",
    RoundState.PUBLISHED: "published",
    RoundState.COMPLETED: "completed",
    RoundState.CANCELLED: "cancelled",
}

RUN_STATE_WORDS: dict[RunState, str] = {
    RunState.QUEUED: "waiting for a worker",
    RunState.RUNNING: "running",
    RunState.FINISHED: "finished",
    RunState.FAILED: "failed",
    RunState.CANCELLED: "stopped",
}

_VERBS: dict[RoundState, str] = {
    RoundState.OPEN: "be opened",
    RoundState.CLOSED: "be closed",
    RoundState.SOLVING: "be matched",
    RoundState.PROPOSED: "be proposed",
    RoundState.PUBLISHED: "be published",
    RoundState.COMPLETED: "be completed",
    RoundState.CANCELLED: "be cancelled",
}


def check_may_follow(name: str, state: RoundState, following: RoundState) -> None:
    """Refuse to move the round `name` from `state` to one that may not follow it.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if following not in ROUND_TRANSITIONS[state]:
        raise Conflict(f"{name} is {STATE_WORDS[state]}, so it cannot {_VERBS[following]}.")


def diagrams() -> str:
    """Return docs/states.md: both tables of transitions drawn as diagrams."""
    parts = [
        "# States",
        "Drawn from the tables of `app/rounds/states.py` and `app/engagements/states.py` by "
        "`flask --app wsgi rounds states`; a test keeps it current.",
        "## Matching round",
        _diagram(ROUND_TRANSITIONS),
        "## Run",
        _diagram(RUN_TRANSITIONS),
        "## Engagement",
        "It begins as `proposed` when both accept first, and as `active` when people start at once.",
        _diagram(ENGAGEMENT_TRANSITIONS),
    ]
    return "\n\n".join(parts) + "\n"


def _diagram(transitions: Mapping[Any, frozenset[Any]]) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {next(iter(transitions))}"]
    for state, following in transitions.items():
        lines += [f"    {state} --> {other}" for other in transitions if other in following]
        if not following:
            lines.append(f"    {state} --> [*]")
    return "\n".join([*lines, "```"])
