"""Compare a joint round with its programmes one after another: `python benchmarks/joint.py --people 400`.

Mentoring, peer coaching and communities of a generated company share everybody's hours and cover for one
another. *One after another* solves each programme exactly with the hours that those before it leave, which is
also the plan that the joint round starts from. Seconds are of the processor. The check's own code verifies
the joint plan and its proof.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

# Run as a script, this file's own folder comes first and `import matching` would find a benchmark.
if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from matching.check import check
from matching.generate import generate
from matching.joint.shared import Shared
from matching.problem import Problem
from matching.solution import Solution, Status
from matching.solve import solve
from matching.watch import Limits, Watch

KINDS = ("mentoring", "peers", "communities")
# Of the generated company so many in a hundred are mentees, and so many mentors; a few are both.
MENTEES, MENTORS = 75, 28.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both plans side by side; exit status 1 when the joint plan is not proved, or is no better."""
    parser = argparse.ArgumentParser(description="Measure a joint round beside its programmes one by one.")
    parser.add_argument("--people", type=int, default=400, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    options = parser.parse_args(arguments)
    problem = generate(
        mentees=round(options.people * MENTEES / 100),
        mentors=round(options.people * MENTORS / 100),
        seed=options.seed,
        kinds=KINDS,
        joint=True,
    )
    started = time.process_time()
    shared = Shared(problem, Watch(Limits()))
    alone = shared.values(shared.start(Watch(Limits())))
    between = time.process_time()
    solution = solve(problem)
    ended = time.process_time()
    report = check(problem, solution)
    print(f"{len(problem.people)} people, seed {options.seed}")
    _print_table(solution, alone)
    print(f"one after another: {between - started:.1f} s; joint: {ended - between:.1f} s, {solution.status}")
    print(f"check: {time.process_time() - ended:.1f} s. {report.summary}")
    return int(not _is_well(problem, solution, alone) or not report.ok)


def _is_well(problem: Problem, solution: Solution, alone: Sequence[int]) -> bool:
    joint = tuple(step.value for step in solution.joint)
    return solution.status is Status.OPTIMAL and joint >= tuple(alone) and joint[0] >= alone[0]


def _print_table(solution: Solution, alone: Sequence[int]) -> None:
    print(f"{'goal':28}{'one by one':>12}{'joint':>12}{'most':>12}  proof")
    for step, before in zip(solution.joint, alone, strict=True):
        name = f"{step.goal} {step.programme or ''}".strip()
        proof = "prices" if step.bound == step.value else "branch and bound" if step.searched else "none"
        print(f"{name:28}{before:12,}{step.value:12,}{step.bound:12,}  {proof}")


if __name__ == "__main__":
    sys.exit(main())
