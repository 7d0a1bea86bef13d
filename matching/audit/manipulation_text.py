"""What people could gain by saying less than is true, in words: what was found, and what is proved."""

from collections.abc import Iterator

from matching.audit.manipulation import Attempt, Manipulation, Sample
from matching.audit.narrowings import NarrowingKind
from matching.audit.sentences import points
from matching.counted import counted
from matching.problem import Problem

# Ways that gain, told of one person.
TOLD = 5
_WAYS = {
    NarrowingKind.ONE_WISH_FEWER: "leaving out the wish for {}",
    NarrowingKind.FIRST_WISH_ALONE: "wishing for {} alone",
    NarrowingKind.ONE_WANT_FEWER: "not saying that they want {}",
    NarrowingKind.FIRST_WANT_ALONE: "saying that they want {} alone",
    NarrowingKind.ONE_LANGUAGE_FEWER: "not saying that they speak {}",
    NarrowingKind.FEWER_HOURS: "not saying that they work {}",
    NarrowingKind.FEWER_PLACES: "asking for no more than {}",
    NarrowingKind.BEST_PARTNERS_ALONE: "refusing all but the best {}",
}


class ManipulationWords:
    """Words what was found for the people of one problem."""

    def __init__(self, problem: Problem) -> None:
        self._names = {person.id: person.name or person.id for person in problem.people}
        self._labels = {node.id: node.label or node.id for node in problem.skills.nodes}

    def of_person(self, found: Manipulation) -> Iterator[str]:
        """Yield what somebody has, the best ways that were found, and what prices prove."""
        name = self._name(found.person)
        tried = counted(len(found.attempts), "way")
        others = f"; of {counted(found.ruled_out, 'other')} prices prove that they gain nothing"
        yield (
            f"{found.programme}: {name} has {points(found.points, found.scale)} now. {tried} to say less "
            f"{'was' if len(found.attempts) == 1 else 'were'} tried{others if found.ruled_out else ''}."
        )
        gaining = sorted((row for row in found.attempts if row.gain > 0), key=lambda row: -row.gain)
        for row in gaining[:TOLD]:
            yield f"  Found: {points(row.gain, found.scale)} more by {self._way(row)}."
        if len(gaining) > TOLD:
            yield f"  And {counted(len(gaining) - TOLD, 'way')} more that gain no more than the last."
        if found.attempts and not gaining:
            yield "  Found: no gain."
        if found.at_most is not None:
            yield f"  Proved: {_LOWERING} brings at most {points(found.at_most, found.scale)} more."
        if not found.finished:
            yield "  The search was stopped; other ways may gain more."

    def of_sample(self, found: Sample) -> Iterator[str]:
        """Yield how many of those drawn would gain, the greatest gain, and each with their best way."""
        asked, gaining = len(found.people), found.gaining
        drawn = f"{found.programme}: of {counted(asked, 'person')} drawn from {found.enrolled:,}"
        if not gaining:
            yield f"{drawn}, nobody would gain by any way that was tried."
        else:
            yield f"{drawn}, {len(gaining):,} would gain by saying less. Found, the greatest gain first:"
        for row, best in gaining:
            yield f"  {self._name(row.person)}: {points(best.gain, row.scale)} by {self._way(best)}."
        bounds = [row.at_most for row in found.people if row.at_most is not None]
        if bounds:
            of_all = "" if len(bounds) == asked else f" of {len(bounds):,} of them"
            yield f"  Proved{of_all}: {_LOWERING} brings nobody more than {points(max(bounds))}."
        if any(not row.finished for row in found.people):
            yield "  The search was stopped; other ways may gain more."

    def _way(self, attempt: Attempt) -> str:
        what = attempt.what
        match attempt.kind:
            case NarrowingKind.ONE_WISH_FEWER | NarrowingKind.FIRST_WISH_ALONE:
                what = self._name(what)
            case NarrowingKind.ONE_WANT_FEWER | NarrowingKind.FIRST_WANT_ALONE:
                what = self._labels.get(what, what)
            case NarrowingKind.FEWER_PLACES:
                what = counted(int(what), "match")
        return _WAYS[attempt.kind].format(what)

    def _name(self, person: str) -> str:
        return self._names.get(person, person)


_LOWERING = "hiding partners, hours, languages, places or all wishes but the first"
