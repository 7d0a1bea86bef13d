"""The answers of contrast, as the lines that `python -m matching explain` prints."""

from collections.abc import Iterator
from itertools import islice

from matching.contrast.anew import Anew
from matching.contrast.places import place_values
from matching.contrast.question import Contrast
from matching.contrast.records import WhyNot
from matching.contrast.recruits import recruits, usual_places
from matching.contrast.relaxed import lock_prices, rule_prices
from matching.contrast.sentences import ContrastSentences
from matching.contrast.standing import Standing
from matching.errors import ProblemError
from matching.values import shown
from matching.watch import Stopped, Watch

# How many recruits, and how many places, are told.
SHOWN = 5


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


def recruit_lines(anew: Anew, places: int) -> Iterator[str]:
    """Yield which recruits, and which further places of mentors, are worth most; 0 is the usual number."""
    words = ContrastSentences(anew.problem)
    asked = False
    for programme in anew.problem.programmes:
        standing = Contrast(anew, programme.id).standing if programme.id in anew.solution.programmes else None
        if standing is None:
            continue
        asked = True
        try:
            yield from _recruits_of(words, standing, places or usual_places(standing), anew.watch)
        except Stopped:
            yield f"{programme.id}: The search was stopped."
    if not asked:
        yield "Recruits are found for mentoring programmes whose plan is proved by prices; there is none."


def _recruits_of(words: ContrastSentences, standing: Standing, places: int, watch: Watch) -> Iterator[str]:
    programme, told = standing.market.programme.id, False
    watch.go_on_to(f"recruits for {programme}")
    for recruit in recruits(standing, places=places, shown=SHOWN, watch=watch):
        told = True
        yield from _indented(programme, words.recruit(recruit))
    watch.go_on_to(f"places in {programme}")
    for value in islice(place_values(standing), SHOWN):
        told = True
        yield from _indented(programme, words.place(value))
    if not told:
        yield f"{programme}: No recruit and no further place would make the plan better."


def _indented(programme: str, sentences: Iterator[str]) -> Iterator[str]:
    answer, *details = sentences
    yield f"{programme}: {answer}"
    yield from (f"    {line}" for line in details)
