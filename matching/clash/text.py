"""What clashes, and what to relax: the answer of `python -m matching explain --clash`, as lines."""

from collections.abc import Iterator

from matching.clash.relaxations import relaxations
from matching.clash.sentences import ClashSentences
from matching.contrast.anew import Anew
from matching.watch import Stopped


def clash_lines(anew: Anew) -> Iterator[str]:
    """Yield the members of each clash in words, and what relaxing each would cost, the cheapest first."""
    words = ClashSentences(anew.problem)
    if not anew.solution.clashes:
        yield "Nothing is known to clash."
    for clash in anew.solution.clashes:
        yield f"{clash.programme}:"
        yield from (f"  {sentence}" for sentence in words.clash(clash))
        try:
            found = relaxations(anew, clash)
        except Stopped:
            yield "  Stopped before every relaxation was tried."
            return
        yield "  Each of these alone resolves it, the cheapest first:"
        yield from (f"  - {words.relaxation(row)}" for row in found)
