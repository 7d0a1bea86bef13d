"""The command `python -m matching closeness`: write a problem with the closeness of its skills."""

import argparse
import sys

from matching.command_files import read, write
from matching.console import DONE
from matching.problem import Problem


def add_closeness(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    closeness = commands.add_parser("closeness", help="write how close skills are into a problem")
    closeness.add_argument("problem", metavar="PROBLEM.json")
    closeness.add_argument(
        "--labels", action="store_true", help="let alike labels count, too (`make labels` first)"
    )
    closeness.add_argument("-o", "--output", default="-", metavar="PROBLEM.json")
    closeness.set_defaults(run=_closeness)


def _closeness(options: argparse.Namespace) -> int:
    problem = Problem.from_json(read(options.problem))
    problem = _labelled(problem) if options.labels else _walked(problem)
    write(options.output, problem.to_json())
    print(f"{len(problem.skills.closeness or ()):,} pairs of skills are close.", file=sys.stderr)
    return DONE


def _walked(problem: Problem) -> Problem:
    from matching.closeness import with_closeness

    return with_closeness(problem)


def _labelled(problem: Problem) -> Problem:
    from matching.labels import read_words, with_labels

    return with_labels(problem, read_words())
