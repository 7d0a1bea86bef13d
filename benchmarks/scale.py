"""Time a large mentoring round from people to reasons and check: `python benchmarks/scale.py`.

People are generated, then solved, explained and checked in this one process. A stage's CPU seconds are of all
threads; *peak* is the most memory the process has had by then. What a first run compiles is part of its time:
`--warm` solves a market just large enough before. The gap is what the certificate's bound leaves above the
plan, over all pairs; `matching check` computes that bound again.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

# Run as a script, this file's own folder comes first and `import matching` would find a benchmark.
if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from matching.check import check
from matching.explain import Explainer
from matching.generate import generate
from matching.solution import Solution
from matching.solve import Limits, solve
from matching.watch import MILLIONTHS

Result = TypeVar("Result")
# Mentees up to which the limit holds; seconds and MiB from people to reasons on two free cores.
LIMITS = ((1_000, 1, 300), (10_000, 6, 600), (100_000, 60, 3072))
LARGE_ENOUGH = 2_000, 1_600
# Mentees up to which the best plan is asked for.
ALL_PROVED = 10_000


def main() -> int:
    """Print each stage with its time and memory; 1 when the check finds anything wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mentees", type=int, default=10_000)
    parser.add_argument("--mentors", type=int, default=2_900)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, help="threads; as many as there are processors when not given")
    parser.add_argument("--warm", action="store_true", help="compile before, on another market")
    parser.add_argument("--gap", type=float, help="allowed share of the points; 1e-5 beyond 10,000 mentees")
    parser.add_argument("--no-check", action="store_true", help="leave out the check")
    options = parser.parse_args()
    gap = options.gap
    if gap is None:
        gap = 0.0 if options.mentees <= ALL_PROVED else 1e-5
    limits = Limits(gap=round(gap * MILLIONTHS))
    if options.warm:
        solve(generate(mentees=LARGE_ENOUGH[0], mentors=LARGE_ENOUGH[1], seed=1))
    print(f"{'stage':<22}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}")
    problem = _timed(
        "generate", lambda: generate(mentees=options.mentees, mentors=options.mentors, seed=options.seed)
    )
    before = time.perf_counter(), time.process_time()
    solution = _timed("solve, with causes", lambda: solve(problem, limits=limits, workers=options.workers))
    _timed("reasons for everyone", lambda: sum(1 for _ in Explainer(problem, "mentoring").why_all(solution)))
    _print("people to reasons", *before)
    for most, seconds, memory in LIMITS:
        if options.mentees <= most:
            print(f"{'limit':<22}{seconds:>9}{'':>9}{memory:>10}")
            break
    gaps = f"gap {_gap(solution):.1e} (allowed {gap:.1e})"
    print(f"{solution.status.value}, {gaps}, {len(solution.assignments):,} matches")
    if options.no_check:
        return 0
    report = _timed("check", lambda: check(problem, solution))
    print(report.summary)
    return 0 if report.ok else 1


def _gap(solution: Solution) -> float:
    """Return the most by which a bound is above what its goal reaches, as a share of the bound."""
    return max((row.bound - row.value) / max(1, row.bound) for row in solution.goals)


def _timed(name: str, work: Callable[[], Result]) -> Result:
    before = time.perf_counter(), time.process_time()
    result = work()
    _print(name, *before)
    return result


def _print(name: str, wall: float, cpu: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:<22}{wall:>9.2f}{cpu:>9.2f}{peak:>10.0f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
