"""The commands `python -m matching rematch | compare`: what happened to a plan, and what changes."""

import argparse
import sys
from pathlib import Path

from matching.command_files import read, write
from matching.console import DONE
from matching.errors import ProblemError
from matching.problem import Problem
from matching.solution import Solution


def add_rematch(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands."""
    again = commands.add_parser("rematch", help="write the problem of changing a plan least")
    again.add_argument("problem", metavar="PROBLEM.json")
    again.add_argument("solution", metavar="SOLUTION.json")
    again.add_argument("--left", action="append", default=[], metavar="PERSON", help="takes part no more")
    for name, told in (
        ("--declined", "two (or more) who are matched and do not want it"),
        ("--accepted", "two (or more) whose match stands, or a file with such a pair on each line"),
        ("--ban", "two who are not to be together from now on"),
    ):
        again.add_argument(name, action="append", default=[], nargs="+", metavar="PERSON", help=told)
    again.add_argument("-o", "--output", default="-", metavar="NEW_PROBLEM.json")
    again.set_defaults(run=_rematch)
    compare = commands.add_parser("compare", help="say what a second plan changes, and for whom")
    compare.add_argument("problem", metavar="PROBLEM.json", help="the problem of the second solution")
    compare.add_argument("first", metavar="SOLUTION1.json")
    compare.add_argument("second", metavar="SOLUTION2.json")
    compare.set_defaults(run=_compare)


def _rematch(options: argparse.Namespace) -> int:
    from matching.rematch import rematch

    problem = Problem.from_json(read(options.problem))
    made = rematch(
        problem,
        Solution.from_json(read(options.solution)),
        left=options.left,
        declined=[tuple(members) for members in options.declined],
        accepted=[members for given in options.accepted for members in _matches(given)],
        bans=[tuple(members) for members in options.ban],
    )
    write(options.output, made.to_json())
    fixed = sum(row.accepted for row in made.previous)
    print(f"Of {len(made.previous):,} matches {fixed:,} stand in any case.", file=sys.stderr)
    return DONE


def _matches(given: list[str]) -> list[tuple[str, ...]]:
    """Return the matches an option names: its words, or the lines of the one file it names."""
    if len(given) > 1:
        return [tuple(given)]
    lines = [line.split(",") for line in read(given[0]).decode("utf-8-sig").splitlines() if line.strip()]
    for number, members in enumerate(lines, start=1):
        if len(members) < 2:
            raise ProblemError(
                f"{Path(given[0]).name}:{number}", "needs two ids or more, with commas between."
            )
    return [tuple(member.strip() for member in members) for members in lines]


def _compare(options: argparse.Namespace) -> int:
    from matching.difference import compare
    from matching.difference_text import difference_lines

    problem = Problem.from_json(read(options.problem))
    first, second = (Solution.from_json(read(name)) for name in (options.first, options.second))
    for line in difference_lines(problem, compare(problem, first, second)):
        print(line)
    return DONE
