"""How a worker tells how far a run is, shows that it is alive, and learns that it should stop."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from app import clock

TOLD_EVERY_SECONDS = 0.5
BEATS_EVERY_SECONDS = 5.0
PERCENT = 100
POLLED_AFTER_SECONDS = 1
POLLED_SLOWER = ((300, 5), (30, 2))


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the work: what people read, and where on the way to the end it begins, in percent."""

    words: str
    begins: int


STEPS = {
    "people": Step("Reading who takes part", 5),
    "candidates": Step("Finding who fits whom", 10),
    "plan": Step("Looking for the best plan", 40),
    "prices": Step("Proving that no plan is better", 55),
    "pricing": Step("Proving that no plan is better", 60),
    "tie-break": Step("Drawing lots between equal plans", 70),
    "reasons": Step("Finding out why some have nobody", 73),
    "check": Step("Checking every rule again", 75),
    "explain": Step("Writing down why", 85),
    "store": Step("Keeping the plan", 95),
}
ORDER = tuple(STEPS)


def polled_after(began_at: datetime) -> int:
    """Return after how many seconds to look again: the longer the work takes, the less often."""
    lasted = (clock.now() - began_at).total_seconds()
    return next((wait for longer, wait in POLLED_SLOWER if lasted > longer), POLLED_AFTER_SECONDS)


class Reporter:
    """Writes at most twice a second, in transactions of its own, and only as long as the run is its own."""

    def __init__(self, report: Callable[..., bool], tell: Callable[[str, int], None]) -> None:
        self._report = report
        self._tell = tell
        self._written = 0.0
        self._words, self._percent = "Taking the snapshot", 0
        self._wanted = True
        self._lock = threading.Lock()

    def progress(self, step: str, done: int, total: int, _best: int | None = None) -> None:
        """Note how far a step is; one that has no words here goes by under those of the step before."""
        known = STEPS.get(step)
        if known is not None:
            percent = known.begins + (self._end_of(step) - known.begins) * min(done, total) // max(total, 1)
            # Steps may come again; a bar that runs backwards would only worry people.
            self._words, self._percent = known.words, max(self._percent, percent)
        self._tell(self._words, self._percent)
        self._write()

    def should_stop(self) -> bool:
        """Tell whether the run is no longer wanted, as of the last half second."""
        self._write()
        return not self._wanted

    def beating(self, app: Flask) -> AbstractContextManager[None]:
        """Show that the worker is alive even while one step takes long."""
        return beating(app, self._write)

    def _write(self) -> None:
        with self._lock:
            if time.monotonic() - self._written < TOLD_EVERY_SECONDS:
                return
            self._wanted = self._report(stage=self._words, done=self._percent, total=PERCENT)
            self._written = time.monotonic()

    @staticmethod
    def _end_of(step: str) -> int:
        place = ORDER.index(step) + 1
        return STEPS[ORDER[place]].begins if place < len(ORDER) else PERCENT


@contextmanager
def beating(app: Flask, beat: Callable[[], object]) -> Iterator[None]:
    """Let a heart beat every few seconds, in a thread of its own, as long as the work lasts."""
    ended = threading.Event()

    def beat_on() -> None:
        with app.app_context():
            while not ended.wait(BEATS_EVERY_SECONDS):
                beat()

    heart = threading.Thread(target=beat_on, daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()
