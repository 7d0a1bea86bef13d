"""How well mentors' skills answer a mentee's wants, once more: for one mentee, an array over all mentors."""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property

import numpy as np

from matching.check.sheet import Flags, Integers, Sheet
from matching.check.skills import closeness
from matching.problem import Person

THOUSAND = 1000
LEVEL_STEPS = ((0, 500), (1, 1000), (2, 1000), (3, 600), (4, 600))

Worth = tuple[Integers, Integers]
"""Columns of mentors, each once, and a number for each, such as a level; the other mentors have none."""
Share = Callable[[int, Integers, int], Integers]
_NOBODY: Worth = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


class Fit:
    """The skills of a programme's mentors against what its mentees want.

    How close skills are is taken from ``like``, the fit of the same problem, when that is given.
    """

    def __init__(self, sheet: Sheet, like: "Fit | None" = None) -> None:
        self.sheet = sheet
        self._like = like
        self._worths: dict[tuple[Share, str, int], Worth] = {}
        # Rules and points ask for the same figures of one mentee after the other.
        self._latest: dict[Share, tuple[str, Integers]] = {}

    def covered(self, mentee: Person) -> Integers:
        """Return how far each mentor covers what a mentee wants, in thousandths; nothing where nothing is."""
        return self._average(mentee, _covered)

    def stepped(self, mentee: Person) -> Integers:
        """Return how well each mentor's levels stand above those a mentee wants, in thousandths."""
        return self._average(mentee, _stepped)

    def too_little(self, mentee: Person, percent: int) -> Flags:
        """Tell which mentors cover less than so much of what a mentee wants; none where nothing is wanted."""
        if not mentee.wants:
            return np.zeros(len(self.sheet.mentors), dtype=bool)
        return self.covered(mentee) * 100 < percent * THOUSAND

    def _average(self, mentee: Person, share: Share) -> Integers:
        if share not in self._latest or self._latest[share][0] != mentee.id:
            self._latest[share] = mentee.id, self._weighed(mentee, share)
        return self._latest[share][1]

    def _weighed(self, mentee: Person, share: Share) -> Integers:
        total = np.zeros(len(self.sheet.mentors), dtype=np.int64)
        for want in mentee.wants:
            columns, worth = self._worth(share, want.skill, want.level)
            total[columns] += want.importance * worth
        return total // max(1, sum(want.importance for want in mentee.wants))

    def _worth(self, share: Share, skill: str, level: int) -> Worth:
        """Return what each mentor's best skill is worth to somebody who wants ``skill`` at ``level``."""
        key = (share, skill, level)
        if key not in self._worths:
            best = np.zeros(len(self.sheet.mentors), dtype=np.int64)
            for held, near in self._near.get(skill, {}).items():
                columns, levels = self._holders.get(held, _NOBODY)
                best[columns] = np.maximum(best[columns], share(near, levels, level))
            columns = np.flatnonzero(best)
            self._worths[key] = columns, best[columns]
        return self._worths[key]

    @cached_property
    def _near(self) -> dict[str, dict[str, int]]:
        return closeness(self.sheet.problem) if self._like is None else self._like._near

    @cached_property
    def _holders(self) -> dict[str, Worth]:
        listed: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for column, mentor in enumerate(self.sheet.mentors):
            for held in mentor.holds:
                listed[held.skill].append((column, held.level))
        tables = {skill: np.array(rows, dtype=np.int64) for skill, rows in listed.items()}
        return {skill: (table[:, 0], table[:, 1]) for skill, table in tables.items()}


def _covered(near: int, levels: Integers, wanted: int) -> Integers:
    return near * np.minimum(levels, wanted) // wanted


def _stepped(near: int, levels: Integers, wanted: int) -> Integers:
    share = np.zeros(len(levels), dtype=np.int64)
    for step, worth in LEVEL_STEPS:
        share[levels == wanted + step] = near * worth // THOUSAND
    return share
