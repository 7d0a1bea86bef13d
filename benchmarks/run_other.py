"""Measure somebody else's solver on the arrays in a folder: `run_other.py NAME FOLDER REPEATS`.

Trellis comes last on the path, so that a package which is also called `matching` is found before the engine.
"""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

sys.path[0:1] = []
sys.path.append(str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402

from benchmarks.assignment import Instance, blocking_pairs, check_plan  # noqa: E402
from benchmarks.flows import TooLargeError  # noqa: E402
from benchmarks.solvers import OTHERS, Solver  # noqa: E402
from benchmarks.timing import ARRAYS, Result, peak_mib, timed  # noqa: E402


def main() -> int:
    """Print the result as JSON."""
    name, folder, repeats = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    solver = next(solver for solver in OTHERS if solver.name == name)
    print(_measure(solver, Instance.load(folder / ARRAYS), repeats).to_json())
    return 0


def _measure(solver: Solver, instance: Instance, repeats: int) -> Result:
    if solver.apart:
        sys.path.insert(0, str(Path(sys.prefix) / solver.package))
    try:
        title = f"{solver.name} {version(solver.package)}"
    except PackageNotFoundError:
        return Result(solver.name, failure=f"not installed: {solver.package}")
    try:
        solver.solve(_tiny())  # what is loaded at the first call is not timed
        taken, found = timed(lambda: solver.solve(instance), repeats)
    except TooLargeError as reason:
        return Result(title, failure=str(reason))
    peak = peak_mib()
    check_plan(instance, found.chosen)
    return Result(
        title,
        taken.seconds,
        taken.cpu_seconds,
        taken.runs,
        peak,
        len(found.chosen),
        int(instance.points[found.chosen].sum()),
        blocking_pairs(instance, found.chosen),
        found.claim,
        found.claim.is_optimum,
    )


def _tiny() -> Instance:
    ones = np.ones(1, dtype=np.int64)
    return Instance.by_points(1, ones, 0 * ones, 0 * ones, ones)


if __name__ == "__main__":
    sys.exit(main())
