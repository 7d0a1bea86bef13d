"""Times the audits of a solved round, whose every pair is looked at: `python benchmarks/audits.py`."""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from matching.audit.stability import stability_of
from matching.generate import generate
from matching.solve import solve


def main() -> None:
    """Print the blocking pairs of a generated mentoring round, and the CPU seconds that finding them took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentees", type=int, default=10_000)
    parser.add_argument("--mentors", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    problem = generate(mentees=options.mentees, mentors=options.mentors, seed=options.seed)
    solution = solve(problem)
    started = time.process_time()
    found = stability_of(problem, "mentoring", solution)
    seconds = time.process_time() - started
    size = f"{options.mentees:,} mentees, {options.mentors:,} mentors"
    print(f"{size}: {found.count:,} blocking pairs of {found.people:,} people, {seconds:.1f} CPU s")


if __name__ == "__main__":
    main()
