"""Surveys all pairs of a large market, each worker a thread; how many there are changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.alike import alike_of
from matching.candidates import Candidates, joined
from matching.figures import Figures
from matching.heaps import MIXED, Heaps
from matching.rules import Mask
from matching.selection import Choice, Lots, Offers, Span, choose_best, choose_gaining
from matching.sweep import Sums, score_rows
from matching.tally import tally_mentees, tally_mentors
from matching.threads import in_threads
from matching.views import Index
from matching.watch import Watch

# Mentees that one thread looks at before the watch is asked whether to go on.
STRETCH = 1_000
NO_LOTS: Lots = (np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint64))


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best pairs of every mentee and every mentor, and for each mentee the most points of a pair.

    `floor` is the most points of those that are not among the mentee's best.
    """

    pairs: Candidates
    most: Sums
    floor: Sums


class Survey:
    """Looks at every pair of a programme without explicit candidates."""

    def __init__(self, figures: Figures, watch: Watch) -> None:
        self._figures = figures
        self._alike = alike_of(figures)
        self._workers = watch.workers
        self._watch = watch
        self._mentors = len(figures.mentors.department)

    def points(self, mentees: Index) -> NDArray[np.int16]:
        """Return the points of some mentees with every mentor, `INELIGIBLE` where a rule forbids the pair."""
        found = np.empty((len(mentees), self._mentors), dtype=np.int16)
        halves = np.array_split(np.arange(len(mentees)), self._workers)
        parts = [slice(part[0], part[-1] + 1) for part in halves if len(part)]
        in_threads(lambda part: score_rows(self._figures, self._alike, mentees[part], found[part]), parts)
        return found

    def best(self, of_mentee: int, of_mentors: Sums) -> Best:
        """Return the best `of_mentee` pairs of each mentee and the best `of_mentors` of each mentor."""
        mentees = np.arange(len(self._figures.mentees.department))
        heaps = [_heaps(of_mentors, len(mentees)) for _worker in range(self._workers)]
        most, floor = np.zeros(len(mentees), dtype=np.int64), np.zeros(len(mentees), dtype=np.int64)

        def look(rows: Sums, worker: int) -> Candidates:
            choice = _room(len(rows), of_mentee)
            ends = most[rows[0] : rows[-1] + 1], floor[rows[0] : rows[-1] + 1]
            choose_best(self._figures, self._alike, rows, heaps[worker], choice, *ends)
            return _chosen(rows, choice)

        of_mentees = joined(list(self._each(mentees, look)))
        wanted = _of_mentors(heaps, of_mentors, len(mentees))
        return Best(of_mentees.merged(wanted, self._mentors), most, floor)

    def gaining(
        self, mentees: Sums, offers: Offers, span: Span, at_most: int, lots: Lots = NO_LOTS
    ) -> Candidates:
        """Return of each mentee the pairs whose gain lies in a span: the greatest gains, or the best lots."""

        def look(rows: Sums, _worker: int) -> Candidates:
            choice = _room(len(rows), at_most)
            choose_gaining(self._figures, self._alike, rows, offers, span, lots, choice)
            return _chosen(rows, choice)

        return joined(list(self._each(mentees, look)))

    def left_to_mentors(self, columns: Index) -> Sums:
        """Return how many mentees each of some mentors has left after each rule; shape (rules, mentors)."""
        rules = len(self._figures.rule_kind)
        parts = np.array_split(np.arange(len(self._figures.mentees.department)), self._workers)
        left = [np.zeros((rules, len(columns)), dtype=np.int64) for _part in parts]
        listed = columns.astype(np.int32)
        in_threads(lambda rows, found: tally_mentors(self._figures, rows, listed, found), parts, left)
        return np.asarray(sum(left), dtype=np.int64)

    def left_to_mentees(self, mentees: Index) -> tuple[Sums, Mask]:
        """Return how many mentors some mentees have left after each rule, and who is left in the end.

        Shapes (rules, mentees) and (mentees, mentors).
        """
        left = np.zeros((len(self._figures.rule_kind), len(mentees)), dtype=np.int64)
        eligible = np.zeros((len(mentees), self._mentors), dtype=np.bool_)
        halves = np.array_split(np.arange(len(mentees)), self._workers)
        parts = [slice(part[0], part[-1] + 1) for part in halves if len(part)]
        in_threads(
            lambda part: tally_mentees(self._figures, mentees[part], left[:, part], eligible[part]), parts
        )
        return left, eligible

    def _each(self, mentees: Sums, look: Callable[[Sums, int], Candidates]) -> Iterator[Candidates]:
        """Yield what is found, stretch after stretch; each worker has its own number."""
        step = STRETCH * self._workers
        for start in range(0, len(mentees), step):
            self._watch.reached(start, len(mentees))
            rows = mentees[start : start + step]
            parts = [part for part in np.array_split(rows, self._workers) if len(part)]
            yield from in_threads(look, parts, range(self._workers))


def _room(mentees: int, at_most: int) -> Choice:
    return Choice(
        np.empty((mentees, at_most), dtype=np.int32),
        np.empty((mentees, at_most), dtype=np.int32),
        np.zeros(mentees, dtype=np.int64),
    )


def _chosen(rows: Sums, choice: Choice) -> Candidates:
    """Return the pairs of a choice by mentee, then mentor."""
    kept = np.arange(choice.columns.shape[1]) < choice.chosen[:, None]
    mentees = np.repeat(rows, choice.chosen)
    columns, points = choice.columns[kept], choice.points[kept]
    order = np.lexsort((columns, mentees))
    return Candidates(mentees[order], columns[order].astype(np.intp), points[order].astype(np.int64))


def _heaps(of_mentors: Sums, mentees: int) -> Heaps:
    first = np.concatenate(([0], np.cumsum(of_mentors)))
    return Heaps(
        first,
        np.zeros(len(of_mentors), dtype=np.int64),
        np.empty(first[-1], dtype=np.int64),
        np.where(of_mentors > 0, -np.inf, np.inf).astype(np.float32),
        mentees,
    )


def _of_mentors(heaps: list[Heaps], of_mentors: Sums, mentees: int) -> Candidates:
    """Return the best pairs of each mentor, of those that each worker kept."""
    mentors = np.arange(len(of_mentors))
    within = [np.arange(len(part.keys)) - np.repeat(part.first[:-1], of_mentors) for part in heaps]
    filled = [place < np.repeat(part.size, of_mentors) for place, part in zip(within, heaps, strict=True)]
    keys = np.concatenate([part.keys[kept] for part, kept in zip(heaps, filled, strict=True)])
    columns = np.concatenate([np.repeat(mentors, part.size) for part in heaps])
    order = np.lexsort((-keys, columns))
    keys, columns = keys[order], columns[order]
    best = np.arange(len(keys)) - np.searchsorted(columns, columns) < of_mentors[columns]
    keys, columns = keys[best], columns[best]
    return Candidates(mentees - 1 - keys % mentees, columns, keys // mentees // MIXED)
