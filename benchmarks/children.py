"""Runs each method in a process of its own, so that its memory, its crash and its time-out are its own."""

import subprocess
import sys
from pathlib import Path

from benchmarks.solvers import Solver
from benchmarks.timing import Result

HERE = Path(__file__).resolve().parent


def beyond(solver: Solver, mentees: int) -> Result | None:
    """Return the row of a solver that so many mentees are too many for."""
    if mentees <= solver.largest:
        return None
    return Result(solver.name, failure=f"not run beyond {solver.largest:,} mentees: would take minutes")


def in_child(script: str, method: str, name: str, folder: Path, *, repeats: int, limit: float) -> Result:
    """Return what a method did on the instance in ``folder`` within ``limit`` seconds, or why it did not."""
    command = [sys.executable, str(HERE / script), method, str(folder), str(repeats)]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return Result(name, failure=f"not finished in {limit:g} s")
    if done.returncode < 0:
        return Result(name, failure=f"ended by signal {-done.returncode}")
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return Result(name, failure=lines[-1] if lines else f"exit status {done.returncode}")
    # Some packages print on their way; the last line is ours.
    return Result.from_json(done.stdout.splitlines()[-1])
