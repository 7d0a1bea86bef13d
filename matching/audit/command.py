"""The audits among the questions of `python -m matching explain`."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from matching.console import Interrupt, tell, whole
from matching.problem import Problem, Programme
from matching.solution import Solution, Status
from matching.watch import Limits, Stopped, Watch

if TYPE_CHECKING:
    from matching.contrast.anew import Anew


def add_audits(explain: argparse.ArgumentParser, question: "argparse._MutuallyExclusiveGroup") -> None:
    """Add the audits to the questions, and the options that they alone have."""
    question.add_argument("--stability", action="store_true", help="who would both rather have each other")
    question.add_argument("--fairness", action="store_true", help="how groups of people fare")
    explain.add_argument("--by", metavar="ATTRIBUTE", help="with --fairness: by this attribute alone")
    question.add_argument(
        "--manipulation",
        nargs="?",
        const="",
        metavar="PERSON",
        help="what saying less than is true could gain",
    )
    explain.add_argument(
        "--sample", type=whole, default=10, metavar="N", help="with --manipulation of nobody in particular"
    )
    explain.add_argument("--progress", action="store_true", help="tell how far an audit is on standard error")


def is_audit(options: argparse.Namespace) -> bool:
    """Tell whether the question is an audit."""
    return bool(options.stability or options.fairness or options.manipulation is not None)


def audit_lines(problem: Problem, solution: Solution, options: argparse.Namespace) -> Iterator[str]:
    """Yield the answer to an audit, programme by programme."""
    # The solver's libraries take a while to load; other questions do without.
    from matching.contrast.anew import Anew

    with Interrupt() as interrupt:
        limits, progress = Limits(seconds=options.time_limit), tell if options.progress else None
        watch = Watch(limits, progress, interrupt.asked)
        anew = Anew(problem, solution, limits=limits, progress=progress, should_stop=interrupt.asked)
        try:
            if options.stability:
                yield from _stability(problem, solution, watch)
            elif options.fairness:
                yield from _fairness(anew, options.by, watch)
            else:
                yield from _manipulation(anew, options)
        except Stopped as stop:
            wanted = stop.status is Status.CANCELLED
            yield "The audit was stopped." if wanted else "The audit stopped at its time limit."


def _stability(problem: Problem, solution: Solution, watch: Watch) -> Iterator[str]:
    from matching.audit.sentences import stability_lines
    from matching.audit.stability import stability_of
    from matching.sentences import Sentences

    if solution.joint and problem.joint is not None and problem.joint.hours_budget:
        yield "Who would rather change is told of programmes that do not share people's hours; these do."
        return
    words = Sentences(problem)
    for programme in _solved(problem, solution):
        watch.begin(f"stability of {programme.id}")
        found = stability_of(problem, programme.id, solution, watch)
        yield from stability_lines(found, programme, words.name)


def _fairness(anew: "Anew", by: str | None, watch: Watch) -> Iterator[str]:
    from matching.audit.fairness import fairness_of
    from matching.audit.fairness_text import fairness_lines, parity_line
    from matching.audit.parity import price_of_parity

    for programme in _solved(anew.problem, anew.solution):
        watch.begin(f"fairness of {programme.id}")
        found = fairness_of(anew.problem, programme.id, anew.solution, by, watch)
        yield from fairness_lines(found)
        # A solve for each attribute would take long; it is asked for one by one.
        price = price_of_parity(anew, programme, found.tables[0]) if by is not None else None
        if price is not None:
            yield parity_line(price)


def _manipulation(anew: "Anew", options: argparse.Namespace) -> Iterator[str]:
    from matching.audit.manipulation import manipulations_of, sample_of
    from matching.audit.manipulation_text import ManipulationWords

    words = ManipulationWords(anew.problem)
    if options.manipulation:
        for found in manipulations_of(anew, options.manipulation):
            yield from words.of_person(found)
        return
    for programme in _solved(anew.problem, anew.solution):
        yield from words.of_sample(sample_of(anew, programme.id, options.sample))


def _solved(problem: Problem, solution: Solution) -> list[Programme]:
    return [programme for programme in problem.programmes if programme.id in solution.programmes]
