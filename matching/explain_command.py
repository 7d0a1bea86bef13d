"""The command `python -m matching explain`: one question about a solution, and its answer as lines."""

import argparse
from collections.abc import Iterable, Iterator

from matching.audit.command import add_audits, audit_lines, is_audit
from matching.command_files import read
from matching.console import DONE, Interrupt
from matching.contrast.command import add_contrasts, contrast_lines, is_contrast
from matching.errors import ProblemError
from matching.problem import Problem
from matching.solution import Solution
from matching.watch import Limits, Stopped, Watch


def add_explain(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command with its questions, of which each call asks one."""
    explain = commands.add_parser("explain", help="say why people are matched, or not")
    explain.add_argument("problem", metavar="PROBLEM.json")
    explain.add_argument("solution", metavar="SOLUTION.json")
    question = explain.add_mutually_exclusive_group(required=True)
    question.add_argument("--why", metavar="PERSON", help="why somebody is matched as they are")
    question.add_argument("--unmatched", action="store_true", help="who has no match, and why")
    question.add_argument("--alternatives", action="store_true", help="what other goals would cost")
    add_contrasts(explain, question)
    add_audits(explain, question)
    explain.set_defaults(run=_explain)


def _explain(options: argparse.Namespace) -> int:
    problem = Problem.from_json(read(options.problem))
    solution = Solution.from_json(read(options.solution))
    if solution.problem_sha256 != problem.sha256:
        raise ProblemError("$.problem_sha256", "the solution answers another problem.")
    line = None
    for line in _answer(problem, solution, options):
        print(line)
    if line is None:
        print("There is nothing to tell: no programme of this solution answers the question.")
    return DONE


def _answer(problem: Problem, solution: Solution, options: argparse.Namespace) -> Iterable[str]:
    # Each answer loads what it needs and no more: most do without the solver's libraries.
    if is_audit(options):
        return audit_lines(problem, solution, options)
    if is_contrast(options):
        return contrast_lines(problem, solution, options)

    if options.alternatives:
        return _alternative_lines(problem, solution)

    from matching.explain_text import unmatched_lines, why_lines

    if options.unmatched:
        return unmatched_lines(problem, solution)
    return why_lines(problem, solution, options.why)


def _alternative_lines(problem: Problem, solution: Solution) -> Iterator[str]:
    """Yield what other goals would cost each programme that was solved."""
    from matching.alternatives import alternatives_of
    from matching.alternatives_text import alternative_lines

    if solution.joint:
        yield "Other goals are priced for programmes that are solved alone; these share one round."
        return
    with Interrupt() as interrupt:
        watch = Watch(Limits(), None, interrupt.asked)
        for programme in solution.programmes:
            found = []
            try:
                for alternative in alternatives_of(problem, programme, solution, watch):
                    found.append(alternative)
            except Stopped:
                yield "Stopped before all were compared."
            if found:
                yield from alternative_lines(programme, found)
