"""Compare a joint round with its programmes one after another: `python benchmarks/joint.py --people 400`.

Mentoring, peer coaching and communities of a generated company share everybody's hours and cover for one
another. *One after another* solves each programme exactly with the hours that those before it leave, which is
also the plan that the joint round starts from. The check's own code verifies
the joint plan and its proof.

With `--sites N` everybody is at one of N sites and matched there alone, so that the round falls into parts:
`--workers` says how many processes decide about them side by side.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# Run as a script, this file's own folder comes first and `import matching` would find a benchmark.
if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from matching.check import check
from matching.generate import generate
from matching.joint.shared import entered
from matching.problem import Problem, Rule, RuleName
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
    parser.add_argument("--sites", type=int, default=1, metavar="N")
    parser.add_argument("--workers", type=int, metavar="N")
    parser.add_argument("--time-limit", type=float, metavar="S")
    options = parser.parse_args(arguments)
    problem = generate(
        mentees=round(options.people * MENTEES / 100),
        mentors=round(options.people * MENTORS / 100),
        seed=options.seed,
        kinds=KINDS,
        joint=True,
    )
    if options.sites > 1:
        problem = _apart(problem, options.sites)
    started = _seconds()
    _entries, shared = entered(problem)
    alone = shared.values(shared.start(Watch(Limits())))
    between = _seconds()
    solution = solve(problem, workers=options.workers, limits=Limits(seconds=options.time_limit))
    ended = _seconds()
    report = check(problem, solution)
    checked = _seconds()
    print(f"{len(problem.people)} people, seed {options.seed}")
    _print_table(solution, alone)
    for name, (processor, wall) in (
        ("one after another", between - started),
        (f"joint, {solution.status}", ended - between),
        ("check", checked - ended),
    ):
        print(f"{name}: {processor:.1f} s of processors, {wall:.1f} s by the clock")
    print(report.summary)
    return int(not _is_well(problem, solution, alone) or not report.ok)


def _seconds() -> NDArray[np.float64]:
    """Return seconds so far: of processors, with those of processes that have ended, and by the clock."""
    return np.array((sum(os.times()[:4]), time.perf_counter()))


def _apart(problem: Problem, sites: int) -> Problem:
    """Return the same company at so many sites, with programmes that match nobody across them."""
    rule = Rule(rule=RuleName.SAME_ATTRIBUTE, name="site")
    return replace(
        problem,
        people=tuple(
            replace(person, attributes={**person.attributes, "site": str(number % sites)})
            for number, person in enumerate(problem.people)
        ),
        programmes=tuple(replace(row, rules=(*row.rules, rule)) for row in problem.programmes),
    )


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
