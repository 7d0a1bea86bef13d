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
    closeness.add_argument("-o", "--output", default="-", metavar="PROBLEM.json")
    closeness.set_defaults(run=_closeness)


def _closeness(options: argparse.Namespace) -> int:
    from matching.closeness import with_closeness

    problem = with_closeness(Problem.from_json(read(options.problem)))
    write(options.output, problem.to_json())
    print(f"{len(problem.skills.closeness or ()):,} pairs of skills are close.", file=sys.stderr)
    return DONE
