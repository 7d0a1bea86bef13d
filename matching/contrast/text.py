"""The answers of contrast, as the lines that `python -m matching explain` prints."""

from collections.abc import Iterator

from matching.contrast.anew import Anew
from matching.contrast.question import Contrast
from matching.contrast.records import WhyNot
from matching.contrast.relaxed import lock_prices, rule_prices
from matching.contrast.sentences import ContrastSentences
from matching.errors import ProblemError
from matching.values import shown


def why_not_lines(anew: Anew, first: str, second: str) -> Iterator[str]:
    """Yield why a solution does not have two together, in each programme that could.

    Raises
    ------
    ProblemError
        When no programme of the solution could have them together.
    """
    words = ContrastSentences(anew.problem)
    found: list[WhyNot] = []
    for programme in anew.solution.programmes:
        contrast = Contrast(anew, programme)
        if contrast.concerns(first, second):
            found.extend(contrast.why_not(first, second))
    if not found:
        raise ProblemError("$.programmes", f"no programme could have {shown((first, second))} together.")
    for row in found:
        yield from _indented(row.programme, words.why_not(row))


def rule_price_lines(anew: Anew) -> Iterator[str]:
    """Yield what each rule costs."""
    words = ContrastSentences(anew.problem)
    told = False
    for price in rule_prices(anew):
        told = True
        yield from _indented(price.programme, words.rule_price(price))
    if not told:
        yield "No programme of the plan has a rule that could be left out."


def lock_price_lines(anew: Anew) -> Iterator[str]:
    """Yield what each lock costs."""
    words = ContrastSentences(anew.problem)
    told = False
    for price in lock_prices(anew):
        told = True
        yield from _indented(price.programme, words.lock_price(price))
    if not told:
        yield "No programme of the plan has a lock."


def _indented(programme: str, sentences: Iterator[str]) -> Iterator[str]:
    answer, *details = sentences
    yield f"{programme}: {answer}"
    yield from (f"    {line}" for line in details)
