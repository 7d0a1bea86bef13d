"""Tells how far a solve has come, and stops it when the time is up or somebody wants it stopped."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from matching.solution import Status

# stage, done, total, and how many mentees the best plan so far matches (None before there is one)
Progress = Callable[[str, int, int, int | None], None]


# In how many parts a gap is told.
MILLIONTHS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a solve may take, and how little is left to gain when it may end without a proved optimum.

    `seconds` are from its start; without them it may take as long as it takes. `gap` is in millionths: of
    what is reached in the last goal of a mentoring programme, no plan may have more than so much above it.
    """

    seconds: float | None = None
    gap: int = 0

    def __post_init__(self) -> None:
        if self.seconds is not None and not self.seconds >= 0:
            raise ValueError("A time limit is a number of seconds, 0 or more.")
        if not 0 <= self.gap <= MILLIONTHS:
            raise ValueError(f"A gap is a whole number of millionths, from 0 to {MILLIONTHS:,}.")


class Stopped(Exception):
    """The solve is to end now, with the best plan there is."""

    def __init__(self, status: Status) -> None:
        self.status = status
        super().__init__(status.value)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Watch:
    """Follows one solve through its stages."""

    def __init__(
        self,
        limits: Limits,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
        workers: int | None = None,
    ) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"A solve needs at least one worker, not {workers}.")
        # How many threads share the work; their number changes no result.
        self.workers = workers or cores()
        self._progress = progress
        self._should_stop = should_stop
        self._started = self._stage_started = time.perf_counter()
        self._seconds = limits.seconds
        # How much of the last goal may stay open, in millionths.
        self.gap = limits.gap
        self._stage = ""
        self.best: int | None = None
        # Why the solve is to end, once it is.
        self.stopped: Status | None = None
        self.seconds: dict[str, float] = {}
        self._calls: dict[str, Callable[[], object]] = {}

    def of_part(self, progress: Progress) -> "Watch":
        """Return a watch for a part of this solve: it ends when this one does, and tells somebody else."""
        return Watch(Limits(seconds=self.seconds_left), progress, self._should_stop, self.workers)

    def at(self, stage: str, call: Callable[[], object]) -> None:
        """Have something called when a stage begins for the first time."""
        self._calls[stage] = call

    def begin(self, stage: str) -> None:
        """Begin a stage that is done even by a solve that is to stop."""
        self.finish()
        self._stage = stage
        if stage in self._calls:
            self._calls.pop(stage)()
        self.tell(0, 1)

    def go_on_to(self, stage: str) -> None:
        """Begin a stage; raises `Stopped` when the solve is to end."""
        self.begin(stage)
        self._check()

    @property
    def seconds_left(self) -> float | None:
        """How long the solve may still take; `None` when it may take as long as it takes."""
        if self._seconds is None:
            return None
        return max(0.0, self._seconds - (time.perf_counter() - self._started))

    def finish(self) -> None:
        """Note how long the stage took that ends here."""
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = round(
                self.seconds.get(self._stage, 0.0) + now - self._stage_started, 4
            )
        self._stage, self._stage_started = "", now

    def reached(self, done: int, total: int) -> None:
        """Tell how much of the stage is done; raises `Stopped` when the solve is to end."""
        self.tell(done, total)
        self._check()

    def tell(self, done: int, total: int) -> None:
        """Tell how much of the stage is done, whether or not the solve is to end."""
        if self._progress is not None:
            self._progress(self._stage, done, total, self.best)

    def _check(self) -> None:
        if self._should_stop is not None and self._should_stop():
            self.stopped = Status.CANCELLED
        elif self._seconds is not None and time.perf_counter() - self._started > self._seconds:
            self.stopped = Status.TIMED_OUT
        if self.stopped is not None:
            raise Stopped(self.stopped)
