"""Compare the engine with SciPy and OR-Tools on the same instances: `python benchmarks/matching.py`."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

# Run as a script, this file's own folder comes first on the path and `import matching` would find this file.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import numpy as np  # noqa: E402

from benchmarks.solvers import OTHERS, Instance, TooLargeError  # noqa: E402
from matching.generate import generate  # noqa: E402
from matching.problem import MentoringProgramme, Problem  # noqa: E402

Answer = TypeVar("Answer")

OURS, CHECK = "Trellis solve", "Trellis check"
PROBLEM, ARRAYS, SOLUTION = "problem.json", "instance.npz", "solution.json"


@dataclass(frozen=True, slots=True)
class Size:
    """An instance to generate: mentees, mentors, explicit candidates for each mentee."""

    mentees: int
    mentors: int
    each: int

    def __str__(self) -> str:
        return f"{self.mentees:,} mentees x {self.each} candidates, {self.mentors:,} mentors"


SIZES = (Size(1_000, 400, 50), Size(5_000, 2_000, 50), Size(10_000, 4_000, 50))


@dataclass(frozen=True, slots=True)
class Result:
    """What one solver did on one instance; ``failure`` says why when it did not finish."""

    solver: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mib: float = 0.0
    coverage: int = 0
    points: int = 0
    proved: str = ""
    failure: str = ""


def main() -> int:
    """Print a table for each instance; return 1 when finished solvers disagree or a check fails."""
    arguments = _arguments()
    if arguments.child:
        print(json.dumps(asdict(_measure(arguments.child, arguments.folder, arguments.repeats))))
        return 0
    good = True
    for size in SIZES[:1] if arguments.quick else SIZES:
        with tempfile.TemporaryDirectory(prefix="trellis-benchmark-") as name:
            folder = Path(name)
            candidates = _prepare(size, arguments.seed, folder)
            print(f"\n{size} ({candidates:,} candidates, seed {arguments.seed})")
            solvers = (OURS, CHECK, *OTHERS)
            results = [_in_child(solver, folder, arguments) for solver in solvers]
        _print_table(results, arguments.repeats)
        good = _print_verdict(results) and good
    return 0 if good else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the smallest instance")
    parser.add_argument("--repeats", type=int, default=3, help="runs whose median is shown (default 3)")
    parser.add_argument(
        "--limit", type=float, default=300.0, help="seconds for all runs of one solver (default 300)"
    )
    parser.add_argument("--seed", type=int, default=7, help="seed of the instances (default 7)")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _prepare(size: Size, seed: int, folder: Path) -> int:
    """Write the instance to ``folder``, as a problem and as arrays; return how many candidates it has."""
    problem = generate(mentees=size.mentees, mentors=size.mentors, seed=seed, candidates_each=size.each)
    (folder / PROBLEM).write_text(problem.to_json(), encoding="utf-8")
    instance = _instance_of(problem)
    instance.save(folder / ARRAYS)
    return len(instance.points)


def _instance_of(problem: Problem) -> Instance:
    programme = problem.programmes[0]
    if not isinstance(programme, MentoringProgramme) or programme.candidates is None:
        raise ValueError("The benchmark needs a mentoring programme with explicit candidates.")
    mentees = {mentee.person: index for index, mentee in enumerate(programme.mentees)}
    mentors = {mentor.person: index for index, mentor in enumerate(programme.mentors)}
    rows = [(mentees[a], mentors[b], points) for a, b, points in programme.candidates]
    mentee, mentor, points = np.array(rows, dtype=np.int64).T
    capacity = np.array([mentor.capacity for mentor in programme.mentors], dtype=np.int64)
    return Instance(len(mentees), capacity, mentee, mentor, points)


def _in_child(solver: str, folder: Path, arguments: argparse.Namespace) -> Result:
    """Run one solver in a process of its own, so that its peak of memory is its own."""
    command = [sys.executable, str(Path(__file__).resolve()), "--child", solver]
    command += ["--folder", str(folder), "--repeats", str(arguments.repeats)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=arguments.limit, check=False)
    except subprocess.TimeoutExpired:
        return Result(solver, failure=f"not finished in {arguments.limit:.0f} s")
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return Result(solver, failure=lines[-1] if lines else f"exit status {done.returncode}")
    return Result(**json.loads(done.stdout))


def _measure(solver: str, folder: Path, repeats: int) -> Result:
    if solver == OURS:
        return _measure_solve(folder, repeats)
    if solver == CHECK:
        return _measure_check(folder, repeats)
    instance = Instance.load(folder / ARRAYS)
    try:
        taken, chosen = _timed(lambda: OTHERS[solver](instance), repeats)
    except TooLargeError as reason:
        return Result(solver, failure=str(reason))
    points = int(instance.points[chosen].sum())
    return Result(solver, *taken, _peak_mib(), len(chosen), points, proved="by its algorithm")


def _measure_solve(folder: Path, repeats: int) -> Result:
    from matching.solve import solve

    problem = Problem.from_json((folder / PROBLEM).read_text(encoding="utf-8"))
    taken, solution = _timed(lambda: solve(problem), repeats)
    (folder / SOLUTION).write_text(solution.to_json(), encoding="utf-8")
    points = sum(assignment.points for assignment in solution.assignments)
    number = len(solution.assignments)
    return Result(OURS, *taken, _peak_mib(), number, points, proved=f"{solution.status}, prices")


def _measure_check(folder: Path, repeats: int) -> Result:
    from matching.check import check
    from matching.solution import Solution

    problem = Problem.from_json((folder / PROBLEM).read_text(encoding="utf-8"))
    solution = Solution.from_json((folder / SOLUTION).read_text(encoding="utf-8"))
    taken, report = _timed(lambda: check(problem, solution), repeats)
    if report.violations:
        return Result(CHECK, failure=report.summary)
    points = sum(assignment.points for assignment in solution.assignments)
    return Result(CHECK, *taken, _peak_mib(), len(solution.assignments), points, proved="prices verified")


def _timed(work: Callable[[], Answer], repeats: int) -> tuple[tuple[float, float], Answer]:
    """Return the medians of elapsed and of processor seconds of ``repeats`` runs, and the last answer."""
    elapsed, on_processor = [], []
    for _ in range(repeats):
        start, cpu_start = time.perf_counter(), time.process_time()
        answer = work()
        elapsed.append(time.perf_counter() - start)
        on_processor.append(time.process_time() - cpu_start)
    return (statistics.median(elapsed), statistics.median(on_processor)), answer


def _peak_mib() -> float:
    """Return this process's peak of resident memory.

    The kernel's own high-water mark is read, since `getrusage` in a child also counts its parent's peak.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return float("nan")


def _print_table(results: list[Result], repeats: int) -> None:
    """Print a row for each solver; the ratio is of processor seconds, which a busy machine changes least."""
    ours = next(result.cpu_seconds for result in results if result.solver == OURS)
    print(f"medians of {repeats}:")
    print(f"{'':<28}{'seconds':>9}{'CPU s':>9}{'ratio':>8}{'peak MiB':>10}{'coverage':>10}{'points':>12}")
    for row in results:
        if row.failure:
            print(f"{row.solver:<28}{'-':>9}{'-':>9}{'-':>8}{'-':>10}{'-':>10}{'-':>12}  {row.failure}")
            continue
        ratio = f"{row.cpu_seconds / ours:.2f}" if ours else "-"
        print(
            f"{row.solver:<28}{row.seconds:>9.3f}{row.cpu_seconds:>9.3f}{ratio:>8}{row.peak_mib:>10.0f}"
            f"{row.coverage:>10,}{row.points:>12,}  {row.proved}"
        )


def _print_verdict(results: list[Result]) -> bool:
    """Say whether all who finished found the same optimum; ours and its check must have finished."""
    finished = [result for result in results if not result.failure]
    optima = {(result.coverage, result.points) for result in finished}
    complete = {OURS, CHECK} <= {result.solver for result in finished}
    if len(optima) == 1 and complete:
        coverage, points = optima.pop()
        print(f"All {len(finished)} that finished agree: coverage {coverage:,}, points {points:,}.")
        return True
    print("DISAGREEMENT: " + "; ".join(f"{r.solver}: {r.coverage:,}, {r.points:,}" for r in finished))
    for result in results:
        if result.failure and result.solver in (OURS, CHECK):
            print(f"{result.solver} did not finish: {result.failure}")
    return False


if __name__ == "__main__":
    sys.exit(main())
