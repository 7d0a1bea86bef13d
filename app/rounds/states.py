"""The states of a matching round and of a run, and which may follow which."""

from enum import StrEnum


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
    RoundState.PUBLISHED: frozenset({RoundState.COMPLETED}),
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
