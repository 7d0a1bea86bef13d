"""How well mentors' skills answer mentees' wants, once more."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.check.sheet import ALL, Flags, Integers, Sheet, Some
from matching.check.skills import closeness

THOUSAND = 1000
HIGHEST_LEVEL = 5
LEVEL_STEPS = ((0, 500), (1, 1000), (2, 1000), (3, 600), (4, 600))

FEW = 32
"""As many times a thousand is a number of 16 bits."""

MEMORY = 2**28
"""Bytes that worths of wants may take; what is dropped for others is counted again when it is asked for."""

Share = Callable[[Any, Any, Any], Any]
"""From closeness, level held and level wanted to what is earned, in thousandths."""


class Fit:
    """The skills of a programme's mentors against what its mentees want."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        # Few wants are nobody else's, so each is counted once: what every mentor has for it.
        self._worth = lru_cache(MEMORY // (2 * max(1, len(sheet.mentors))))(self._count_worth)
        # Rules and points ask for the same figures of one mentee after the other.
        self._latest: dict[Share, tuple[int, NDArray[Any]]] = {}
        self._asked = np.array(
            [sum(w.importance for w in person.wants) for person in sheet.mentees], np.int64
        )

    def covered(self, rows: Some, columns: Some = ALL) -> Integers:
        """Return how far mentors cover what mentees want, in thousandths; nothing where nothing is."""
        return self._average(_covered, rows, columns)

    def stepped(self, rows: Some, columns: Some = ALL) -> Integers:
        """Return how well mentors' levels stand above those that mentees want, in thousandths."""
        return self._average(_stepped, rows, columns)

    def too_little(self, rows: Some, columns: Some, percent: int) -> Flags:
        """Tell which mentors cover less than so much of what is wanted; none where nothing is wanted."""
        return (self._asked[rows] > 0) & (self.covered(rows, columns) < percent * THOUSAND // 100)

    def _average(self, share: Share, rows: Some, columns: Some) -> Integers:
        """Return what mentors have for wants, the average by importance."""
        if isinstance(rows, int):
            if share not in self._latest or self._latest[share][0] != rows:
                self._latest[share] = rows, self._of_mentee(share, rows)
            return self._latest[share][1][columns]
        if isinstance(columns, int):
            total = self._of_mentor(share, columns)[rows]
        else:
            everybody = np.arange(len(self.sheet.mentees)), np.arange(len(self.sheet.mentors))
            total = self._of_pairs(share, everybody[0][rows], everybody[1][columns])
        return total // np.maximum(self._asked[rows], 1)

    def _of_mentee(self, share: Share, row: int) -> NDArray[Any]:
        """Return the average for every mentor; numbers of 16 bits, where they suffice, take far less time."""
        asked = int(self._asked[row])
        total: NDArray[Any] = np.zeros(len(self.sheet.mentors), dtype=np.int16 if asked <= FEW else np.int64)
        for want in self.sheet.mentees[row].wants:
            total += self._worth(share, want.skill, want.level, want.importance)
        return total // max(1, asked)

    def _of_mentor(self, share: Share, column: int) -> Integers:
        """Return the sum for every mentee: what a mentor holds is held against every want near it."""
        number, wants = self._wants
        best = np.zeros(len(number), dtype=np.int64)
        for held in self.sheet.mentors[column].holds:
            numbers, levels, near = self._wanted_near(held.skill)
            best[numbers] = np.maximum(best[numbers], share(near, held.level, levels))
        total = self.sheet.nothing(ALL, column)
        np.add.at(total, wants[:, 0], wants[:, 2] * best[wants[:, 1]])
        return total

    def _of_pairs(self, share: Share, rows: Integers, columns: Integers) -> Integers:
        """Return the sum for pairs, a want after the other."""
        number, wants = self._wants
        first = np.searchsorted(wants[:, 0], np.arange(len(self.sheet.mentees) + 1))
        many = first[rows + 1] - first[rows]
        pair = np.repeat(np.arange(len(rows)), many)
        asked = wants[np.arange(len(pair)) + np.repeat(first[rows + 1] - np.cumsum(many), many)]
        order = np.argsort(asked[:, 1], kind="stable")
        starts = np.searchsorted(asked[order, 1], np.arange(len(number) + 1)).tolist()
        total = np.zeros(len(rows), dtype=np.int64)
        for (skill, level), place in number.items():
            same = order[starts[place] : starts[place + 1]]
            if len(same):
                worth = self._worth(share, skill, level, 1)[columns[pair[same]]]
                np.add.at(total, pair[same], worth * asked[same, 2])
        return total

    def _count_worth(self, share: Share, skill: str, level: int, importance: int) -> NDArray[np.int16]:
        """Return what each mentor's best skill is worth for a want, times its importance."""
        best = np.zeros(len(self.sheet.mentors), dtype=np.int64)
        columns, levels, near = self._held_near(skill)
        np.maximum.at(best, columns, share(near, levels, level))
        return (importance * best).astype(np.int16)

    @cached_property
    def _near(self) -> dict[str, dict[str, int]]:
        return closeness(self.sheet.problem)

    def _held_near(self, skill: str) -> tuple[Integers, Integers, Integers]:
        """Return who holds a skill near this one: column and level, and how near the skill is."""
        return _near_rows(self._near.get(skill, {}), self._holders)

    def _wanted_near(self, skill: str) -> tuple[Integers, Integers, Integers]:
        """Return the wants near a skill: number and level, and how near the skill is."""
        return _near_rows(self._near.get(skill, {}), self._levels)

    @cached_property
    def _holders(self) -> dict[str, Integers]:
        """Who holds each skill: rows of a mentor's column and level."""
        mentors = enumerate(self.sheet.mentors)
        return _by_skill(
            (held.skill, column, held.level) for column, mentor in mentors for held in mentor.holds
        )

    @cached_property
    def _levels(self) -> dict[str, Integers]:
        """At which levels each skill is wanted: rows of the number and the level."""
        return _by_skill((skill, number, level) for (skill, level), number in self._wants[0].items())

    @cached_property
    def _wants(self) -> tuple[dict[tuple[str, int], int], Integers]:
        """The number of each skill at a level that is wanted; and rows of mentee, number and importance."""
        number: dict[tuple[str, int], int] = {}
        rows = [
            (row, number.setdefault((want.skill, want.level), len(number)), want.importance)
            for row, mentee in enumerate(self.sheet.mentees)
            for want in mentee.wants
        ]
        return number, np.array(rows, dtype=np.int64).reshape(-1, 3)


def _by_skill(rows: Iterable[tuple[str, int, int]]) -> dict[str, Integers]:
    """Return the last two of each row, by the skill that comes first."""
    listed: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for skill, *row in rows:
        listed[skill].append((row[0], row[1]))
    return {skill: np.array(found, dtype=np.int64) for skill, found in listed.items()}


def _near_rows(
    near: Mapping[str, int], by_skill: Mapping[str, Integers]
) -> tuple[Integers, Integers, Integers]:
    """Return both columns of the rows of all skills that are near, and how near each row's is."""
    found = [(by_skill[skill], close) for skill, close in near.items() if skill in by_skill]
    nothing = np.zeros((0, 2), dtype=np.int64)
    rows = np.concatenate([nothing, *(rows for rows, _close in found)])
    table = np.array([(close, len(rows)) for rows, close in found], dtype=np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1], np.repeat(table[:, 0], table[:, 1])


def _covered(near: Any, held: Any, wanted: Any) -> Any:
    return near * np.minimum(held, wanted) // wanted


def _stepped(near: Any, held: Any, wanted: Any) -> Any:
    return near * _STEP_RATES[held, wanted] // THOUSAND


def _step_rates() -> Integers:
    """Return the rate of each level held (row) for each level wanted (column)."""
    apart = np.arange(HIGHEST_LEVEL + 1)[:, None] - np.arange(HIGHEST_LEVEL + 1)
    rates = np.zeros_like(apart)
    for step, rate in LEVEL_STEPS:
        rates[apart == step] = rate
    return rates


_STEP_RATES = _step_rates()
