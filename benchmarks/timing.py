"""What one method did on one instance, measured in a process of its own and told as a line of JSON."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

Answer = TypeVar("Answer")

PROBLEM, ARRAYS, SOLUTION = "problem.json", "instance.npz", "solution.json"
# A method whose runs take longer than this together is not run again: its median is of fewer runs.
ENOUGH_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Result:
    """What one method did on one instance; ``failure`` says why when it did not finish."""

    solver: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    runs: int = 0
    peak_mib: float = 0.0
    coverage: int = 0
    points: int = 0
    blocking: int = 0
    claim: str = ""
    optimum: bool = False
    failure: str = ""

    def to_json(self) -> str:
        """Return the result as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Result":
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Taken:
    """Medians of elapsed and of processor seconds, and of how many runs."""

    seconds: float
    cpu_seconds: float
    runs: int


def timed(work: Callable[[], Answer], repeats: int) -> tuple[Taken, Answer]:
    """Run ``work`` up to ``repeats`` times, fewer when it is slow; return the medians and the last answer."""
    elapsed: list[float] = []
    on_processor: list[float] = []
    while True:
        start, cpu_start = time.perf_counter(), time.process_time()
        answer = work()
        elapsed.append(time.perf_counter() - start)
        on_processor.append(time.process_time() - cpu_start)
        if len(elapsed) >= repeats or sum(elapsed) > ENOUGH_SECONDS:
            return Taken(statistics.median(elapsed), statistics.median(on_processor), len(elapsed)), answer


def peak_mib() -> float:
    """Return this process's peak of resident memory.

    The kernel's own high-water mark is read, since `getrusage` in a child also counts its parent's peak.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return float("nan")
