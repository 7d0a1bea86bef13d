"""The hours of a joint round once more: what people have, what a plan takes, what rows of hours allow."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from matching.check.joint.part import Part
from matching.check.report import Violation, ViolationKind
from matching.problem import Problem
from matching.solution import HoursPrice

HUNDREDTHS = 100


class Budget:
    """What people have and programmes take, in hundredths of an hour a month.

    Attributes
    ----------
    has
        Only of people whose hours count.
    """

    def __init__(self, problem: Problem, parts: Sequence[Part]) -> None:
        self._parts = parts
        counted = problem.joint is not None and problem.joint.hours_budget
        self.has: dict[str, int] = {
            person.id: _hundredths(person.hours_a_month)
            for person in problem.people
            if counted and person.hours_a_month is not None
        }
        self._takes = {row.id: _hundredths(row.hours_a_month or 0.0) for row in problem.programmes}

    def violations(self) -> Iterator[Violation]:
        """Yield everybody who is asked for more hours than they have."""
        for person, has in self.has.items():
            asked = self._asked(person)
            if asked > has:
                has_hours, asks = (f"{amount / HUNDREDTHS:g}" for amount in (has, asked))
                sentence = f"{person} has {has_hours} hours a month; the plan asks for {asks}."
                yield Violation(ViolationKind.HOURS, f"people.{person}", sentence)

    def _asked(self, person: str) -> int:
        return sum(
            self._takes[part.programme.id] * (part.seeking.get(person, 0) + part.giving.get(person, 0))
            for part in self._parts
        )

    def spent(self, programme: str) -> set[str]:
        """Return who has too few hours left for one engagement more in a programme."""
        takes = self._takes[programme]
        return {person for person, has in self.has.items() if has - self._asked(person) < takes}

    def limit(self, row: HoursPrice) -> int:
        """Return the most that the sum of a row comes to in whole engagements that hours and places allow."""
        left = self.has[row.person]
        kinds: list[tuple[int, int, int]] = []
        for part in self._parts:
            name, takes = part.programme.id, self._takes[part.programme.id]
            locked = part.locked_seeking.get(row.person, 0) + part.locked_giving.get(row.person, 0)
            left -= takes * locked
            kinds.append((row.seeking.get(name, 0), takes, part.most_seeking.get(row.person, 0)))
            kinds.append((row.giving.get(name, 0), takes, part.most_giving.get(row.person, 0)))
        # Locks may ask for more than there is: then nothing more fits.
        left = max(left, 0)
        # The greatest sum for each number of hundredths that are used up.
        best: Mapping[int, int] = {0: 0}
        for share, takes, most in kinds:
            if share and most > 0:
                best = _with(best, share, takes, most, left)
        return max(best.values())


def _with(best: Mapping[int, int], share: int, takes: int, most: int, left: int) -> dict[int, int]:
    if not takes:
        return {used: worth + most * share for used, worth in best.items()}
    found: dict[int, int] = {}
    for used, worth in best.items():
        for count in range(min(most, (left - used) // takes) + 1):
            now = used + count * takes
            found[now] = max(found.get(now, 0), worth + count * share)
    return found


def _hundredths(hours: float) -> int:
    return int(Fraction(str(hours)) * HUNDREDTHS)
