"""Time the question why not, beside solving anew with the pair locked: `python benchmarks/contrast.py`.

PEOPLE mentees and 29 mentors for each 100 of them are generated and solved. Then pairs drawn by lot from
those that the rules allow are asked for: from the problem and its solution alone (*first question*), with
what the question before has built (*next question*), and for the first few as whole solves with a lock, whose
goals must come out the same.
"""

import argparse
import dataclasses
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from matching.contrast.anew import Anew
from matching.contrast.question import Contrast
from matching.contrast.records import Difference, WhyNot
from matching.generate import generate
from matching.problem import Lock, MentoringProgramme, Problem
from matching.solution import Solution
from matching.solve import solve

PROGRAMME = "mentoring"


def main() -> None:
    """Print the median and the longest CPU seconds of each way to answer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=10_000, help="mentees; mentors come on top")
    parser.add_argument("--questions", type=int, default=15, help="pairs to ask for")
    parser.add_argument("--solves", type=int, default=2, help="pairs to solve anew as well")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    problem = generate(mentees=options.people, mentors=29 * options.people // 100, seed=options.seed)
    solution = solve(problem)
    pairs = _pairs(problem, solution, options.questions, options.seed)
    first, following, whole = [], [], []
    reused = Contrast(Anew(problem, solution), PROGRAMME)
    for number, pair in enumerate(pairs):
        seconds, found = _asked(Contrast(Anew(problem, solution), PROGRAMME), pair)
        first.append(seconds)
        following.append(_asked(reused, pair)[0])
        if number < options.solves:
            whole.append(_solved(problem, solution, pair, found.difference))
    print(f"{options.people:,} mentees, {len(pairs)} questions; CPU seconds   median  longest")
    for name, times in (
        ("first question", first),
        ("next question", following[1:]),
        (f"solved anew ({len(whole)})", whole),
    ):
        if times:
            print(f"{name:>46}{statistics.median(times):>9.2f}{max(times):>9.2f}")


def _pairs(problem: Problem, solution: Solution, count: int, seed: int) -> list[tuple[str, str]]:
    """Draw pairs that the rules allow and the plan does not have."""
    programme = problem.programme(PROGRAMME)
    if not isinstance(programme, MentoringProgramme):
        raise TypeError("the generated programme is one of mentoring")
    draw = random.Random(seed)
    contrast = Contrast(Anew(problem, solution), PROGRAMME)
    found: list[tuple[str, str]] = []
    while len(found) < count:
        pair = draw.choice(programme.mentees).person, draw.choice(programme.mentors).person
        if _asked(contrast, pair)[1].difference is not None:
            found.append(pair)
    return found


def _asked(contrast: Contrast, pair: tuple[str, str]) -> tuple[float, WhyNot]:
    started = time.process_time()
    found = next(row for row in contrast.why_not(*pair) if row.members == pair)
    return time.process_time() - started, found


def _solved(
    problem: Problem, solution: Solution, pair: tuple[str, str], difference: Difference | None
) -> float:
    lock = Lock(programme=PROGRAMME, members=pair)
    locked = dataclasses.replace(problem, locks=(*problem.locks, lock))
    started = time.process_time()
    anew = solve(locked)
    seconds = time.process_time() - started
    change = {goal.goal: goal.value - now.value for goal, now in zip(anew.goals, solution.goals, strict=True)}
    if difference is None or dict(difference.goals) != change:
        raise SystemExit(f"the answer for {pair} is not what solving anew finds")
    return seconds


if __name__ == "__main__":
    main()
