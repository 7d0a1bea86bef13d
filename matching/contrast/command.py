"""The contrasts among the questions of `python -m matching explain`."""

import argparse
from collections.abc import Iterator

from matching.console import Interrupt, seconds, tell, whole
from matching.problem import Problem
from matching.solution import Solution
from matching.watch import Limits


def add_contrasts(explain: argparse.ArgumentParser, question: "argparse._MutuallyExclusiveGroup") -> None:
    """Add the contrasts to the questions, and the option that they alone have."""
    question.add_argument(
        "--why-not", nargs=2, metavar=("PERSON", "OTHER"), help="why two are not together, and what it costs"
    )
    question.add_argument("--rule-prices", action="store_true", help="what each hard rule costs")
    question.add_argument("--lock-prices", action="store_true", help="what each lock costs")
    question.add_argument("--clash", action="store_true", help="what clashes, and what to relax")
    question.add_argument(
        "--recruit",
        nargs="?",
        type=whole,
        const=0,
        metavar="PLACES",
        help="what one more mentor with so many places (or the usual number) is worth, and one more place",
    )
    explain.add_argument("--time-limit", type=seconds, metavar="S", help="stop solving anew after so long")


def is_contrast(options: argparse.Namespace) -> bool:
    """Tell whether the question is a contrast."""
    asked = options.why_not, options.recruit
    flags = options.rule_prices, options.lock_prices, options.clash
    return any(value is not None for value in asked) or any(flags)


def contrast_lines(problem: Problem, solution: Solution, options: argparse.Namespace) -> Iterator[str]:
    """Yield the answer to a contrast."""
    # The solver's libraries take a while to load; other questions do without.
    from matching.clash.text import clash_lines
    from matching.contrast.anew import Anew
    from matching.contrast.text import lock_price_lines, recruit_lines, rule_price_lines, why_not_lines

    with Interrupt() as interrupt:
        anew = Anew(
            problem,
            solution,
            limits=Limits(seconds=options.time_limit),
            progress=tell if options.progress else None,
            should_stop=interrupt.asked,
        )
        if options.why_not is not None:
            yield from why_not_lines(anew, *options.why_not)
        elif options.recruit is not None:
            yield from recruit_lines(anew, options.recruit)
        elif options.clash:
            yield from clash_lines(anew)
        elif options.rule_prices:
            yield from rule_price_lines(anew)
        else:
            yield from lock_price_lines(anew)
