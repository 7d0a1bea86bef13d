"""The answers of contrast, as the lines that `python -m matching explain` prints."""

from collections.abc import Iterable, Iterator
from itertools import islice

from matching.contrast.anew import Anew
from matching.contrast.places import place_values
from matching.contrast.question import Contrast
from matching.contrast.records import WhyNot
from matching.contrast.recruits import recruits, usual_places
from matching.contrast.relaxed import lock_prices, rule_prices
from matching.contrast.sentences import ContrastSentences
from matching.contrast.smallest import SmallestChanges
from matching.contrast.smallest_groups import GroupChanges
from matching.contrast.standing import Standing
from matching.errors import ProblemError
from matching.problem import CommunitiesProgramme, PeerProgramme
from matching.solution import CauseKind, Role, Unmatched
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
    told = ((row.programme, words.rule_price(row)) for row in rule_prices(anew))
    return _told(told, "No programme of the plan has a rule that could be left out.")


def lock_price_lines(anew: Anew) -> Iterator[str]:
    """Yield what each lock costs."""
    words = ContrastSentences(anew.problem)
    told = ((row.programme, words.lock_price(row)) for row in lock_prices(anew))
    return _told(told, "No programme of the plan has a lock.")


def _told(found: Iterable[tuple[str, Iterator[str]]], nothing: str) -> Iterator[str]:
    """Yield the words of each price as it is found, or that there is none."""
    none = True
    for programme, sentences in found:
        none = False
        yield from _indented(programme, sentences)
    if none:
        yield nothing


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


class ChangeLines:
    """Says what would match those without a mentor; a programme is looked at when it is first asked for."""

    def __init__(self, anew: Anew) -> None:
        self._anew = anew
        self._words = ContrastSentences(anew.problem)
        self._found: dict[str, SmallestChanges | GroupChanges | None] = {}

    def of(self, row: Unmatched) -> Iterator[str]:
        """Yield the smallest change that would match somebody, if there is one to tell."""
        if row.role is Role.MENTOR or row.cause.kind is CauseKind.NO_PLACES_ASKED:
            return
        if row.programme not in self._found:
            self._found[row.programme] = self._changes(row.programme)
        changes = self._found[row.programme]
        change = None if changes is None else changes.of(row.person)
        if change is None:
            return
        if isinstance(changes, GroupChanges):
            yield f"    {self._words.group_change(change)}"
        else:
            yield f"    {self._words.change(change)}"

    def _changes(self, programme_id: str) -> SmallestChanges | GroupChanges | None:
        programme = self._anew.problem.programme(programme_id)
        if isinstance(programme, PeerProgramme | CommunitiesProgramme):
            return GroupChanges(self._anew, programme)
        standing = Contrast(self._anew, programme_id).standing
        return None if standing is None else SmallestChanges(standing)


def _indented(programme: str, sentences: Iterator[str]) -> Iterator[str]:
    answer, *details = sentences
    yield f"{programme}: {answer}"
    yield from (f"    {line}" for line in details)
