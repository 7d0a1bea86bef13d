"""The audits among the questions of `python -m matching explain`."""

import argparse
from collections.abc import Iterator

from matching.console import Interrupt, tell, whole
from matching.problem import Problem, Programme
from matching.solution import Solution, Status
from matching.watch import Limits, Stopped, Watch


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
    with Interrupt() as interrupt:
        watch = Watch(Limits(), tell if options.progress else None, interrupt.asked)
        try:
            if options.stability:
                yield from _stability(problem, solution, watch)
            if options.fairness:
                yield from _fairness(problem, solution, options.by, watch)
            if options.manipulation is not None:
                yield from _manipulation(problem, solution, options, interrupt)
        except Stopped as stop:
            wanted = stop.status is Status.CANCELLED
            yield "The audit was stopped." if wanted else "The audit stopped at its time limit."


def _stability(problem: Problem, solution: Solution, watch: Watch) -> Iterator[str]:
    # The solver's libraries take a while to load; other questions do without.
    from matching.audit.sentences import stability_lines
    from matching.audit.stability import stability_of
    from matching.sentences import Sentences

    words = Sentences(problem)
    for programme in _solved(problem, solution):
        watch.begin(f"stability of {programme.id}")
        found = stability_of(problem, programme.id, solution, watch)
        yield from stability_lines(found, programme, words.name)


def _fairness(problem: Problem, solution: Solution, by: str | None, watch: Watch) -> Iterator[str]:
    from matching.audit.fairness import fairness_of
    from matching.audit.fairness_text import fairness_lines

    for programme in _solved(problem, solution):
        watch.begin(f"fairness of {programme.id}")
        yield from fairness_lines(fairness_of(problem, programme.id, solution, by, watch))


def _manipulation(
    problem: Problem, solution: Solution, options: argparse.Namespace, interrupt: Interrupt
) -> Iterator[str]:
    from matching.audit.manipulation import manipulations_of, sample_of
    from matching.audit.manipulation_text import ManipulationWords
    from matching.contrast.anew import Anew

    words = ManipulationWords(problem)
    anew = Anew(
        problem,
        solution,
        limits=Limits(seconds=options.time_limit),
        progress=tell if options.progress else None,
        should_stop=interrupt.asked,
    )
    if options.manipulation:
        for found in manipulations_of(anew, options.manipulation):
            yield from words.of_person(found)
        return
    for programme in _solved(problem, solution):
        yield from words.of_sample(sample_of(anew, programme.id, options.sample))


def _solved(problem: Problem, solution: Solution) -> list[Programme]:
    return [programme for programme in problem.programmes if programme.id in solution.programmes]
