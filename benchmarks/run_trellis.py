"""Measure the engine on the problem in a folder: `run_trellis.py solve|check FOLDER REPEATS`."""

import sys
from pathlib import Path

# Run as a script, this file's own folder comes first on the path, and `matching` is a file there.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import numpy as np  # noqa: E402

from benchmarks.assignment import Instance, blocking_pairs, check_plan  # noqa: E402
from benchmarks.timing import ARRAYS, PROBLEM, SOLUTION, Result, Taken, peak_mib, timed  # noqa: E402
from matching.problem import MentoringProgramme, Problem  # noqa: E402
from matching.solution import Role, Solution  # noqa: E402

TINY = '{"format":"trellis-problem/1","round":"2026-Q4","people":[],"programmes":[]}'


def main() -> int:
    """Print the result as JSON."""
    method, folder, repeats = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    problem = Problem.from_json((folder / PROBLEM).read_text(encoding="utf-8"))
    measure = {"solve": _measure_solve, "check": _measure_check}[method]
    print(measure(problem, folder, repeats).to_json())
    return 0


def _measure_solve(problem: Problem, folder: Path, repeats: int) -> Result:
    from matching.solve import solve

    solve(Problem.from_json(TINY))  # what is loaded at the first call is not timed, here as with the others
    taken, solution = timed(lambda: solve(problem), repeats)
    (folder / SOLUTION).write_text(solution.to_json(), encoding="utf-8")
    proved = solution.status == "optimal"
    claim = "optimum, proved by prices" if proved else f"{solution.status}, no proof"
    return _result("Trellis solve", taken, problem, solution, folder, claim, proved)


def _measure_check(problem: Problem, folder: Path, repeats: int) -> Result:
    from matching.check import check

    solution = Solution.from_json((folder / SOLUTION).read_text(encoding="utf-8"))
    taken, report = timed(lambda: check(problem, solution), repeats)
    if report.violations:
        return Result("Trellis check", failure=report.summary)
    return _result("Trellis check", taken, problem, solution, folder, "proof verified, by other code", True)


def _result(
    name: str, taken: Taken, problem: Problem, solution: Solution, folder: Path, claim: str, optimum: bool
) -> Result:
    peak = peak_mib()
    instance = Instance.load(folder / ARRAYS)
    chosen = _positions(problem, solution, instance)
    check_plan(instance, chosen)
    return Result(
        name,
        taken.seconds,
        taken.cpu_seconds,
        taken.runs,
        peak,
        len(chosen),
        sum(row.points for row in solution.assignments),
        blocking_pairs(instance, chosen),
        claim,
        optimum,
    )


def _positions(problem: Problem, solution: Solution, instance: Instance) -> np.ndarray:
    programme = problem.programmes[0]
    if not isinstance(programme, MentoringProgramme):
        raise ValueError("The benchmark needs a mentoring programme.")
    mentees = {mentee.person: index for index, mentee in enumerate(programme.mentees)}
    mentors = {mentor.person: index for index, mentor in enumerate(programme.mentors)}
    members = [row.members for row in solution.assignments]
    mentee = np.array([mentees[row[Role.MENTEE]] for row in members], dtype=np.int64)
    mentor = np.array([mentors[row[Role.MENTOR]] for row in members], dtype=np.int64)
    return instance.positions(mentee, mentor)


if __name__ == "__main__":
    sys.exit(main())
