"""Candidates: the eligible pairs of a programme with their points, and what removed the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.columns import Columns
from matching.figures import INELIGIBLE as INELIGIBLE
from matching.figures import figures_of
from matching.kept import kept
from matching.offers import SkillFit
from matching.problem import MentoringProgramme, Problem
from matching.rules import HardRule, Mask, rules_of
from matching.score import Scorer, scorer_of
from matching.skills import Closeness, closeness_of
from matching.views import Block, Index, Matrix, Pairs, Sides, View, matrix_of
from matching.watch import Watch

if TYPE_CHECKING:
    from matching.survey import Survey

# Pairs looked at together: the columns of a block stay in the processor's cache.
BLOCK_CELLS = 1_000_000
# Up to here every eligible pair is kept; beyond, compiled loops look at all pairs as often as needed.
ALL_CELLS = 3_000_000
Points = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Eligible pairs by mentee, then mentor: the numbers of both in the programme, and points."""

    rows: Index
    columns: Index
    points: Points

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, kept: Mask | Index) -> "Candidates":
        """Return those of the candidates that `kept` marks or numbers."""
        return Candidates(self.rows[kept], self.columns[kept], self.points[kept])

    def merged(self, other: "Candidates", mentors: int) -> "Candidates":
        """Return the candidates of both, each once and in order: soonest where these are, and many."""
        keys = self.rows * mentors + self.columns
        if (keys[1:] <= keys[:-1]).any():
            return NONE.merged(self, mentors).merged(other, mentors)
        others, first = np.unique(other.rows * mentors + other.columns, return_index=True)
        place = np.asarray(np.searchsorted(keys, others))
        new = np.append(keys, -1)[place] != others
        place, first = place[new], first[new]
        return Candidates(
            np.insert(self.rows, place, other.rows[first]),
            np.insert(self.columns, place, other.columns[first]),
            np.insert(self.points, place, other.points[first]),
        )

    def by_mentor(self) -> Index:
        """Return the numbers of the candidates by mentor, then mentee."""
        # Short numbers are sorted digit by digit, several times faster.
        few = int(self.columns.max(initial=0)) <= np.iinfo(np.uint16).max
        return np.argsort(self.columns.astype(np.uint16) if few else self.columns, kind="stable")


NONE = Candidates(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64))


def joined(parts: Sequence[Candidates]) -> Candidates:
    """Return the candidates of all parts, one part after another."""
    if not parts:
        return NONE
    return Candidates(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.columns for part in parts]),
        np.concatenate([part.points for part in parts]),
    )


class Blocks(Protocol):
    """What pricing asks of a market: the points of all pairs of some mentees."""

    def blocks(self, rows: Index) -> Iterator[tuple[Block, NDArray[np.int16]]]:
        """Yield the pairs of some mentees, in blocks, with points: `INELIGIBLE` for no candidate."""
        ...


class Market:
    """A mentoring programme's people, rules and points, ready to look at any of its pairs."""

    def __init__(self, problem: Problem, programme: MentoringProgramme, watch: Watch) -> None:
        self._watch = watch
        self.problem = problem
        self.programme = programme
        self.columns = kept(problem, Columns, lambda: Columns.of(problem))
        self.sides = Sides(
            np.array([self.columns.index[row.person] for row in programme.mentees], dtype=np.intp),
            np.array([self.columns.index[row.person] for row in programme.mentors], dtype=np.intp),
        )
        self._asked = problem, programme, self.columns, self.sides
        self.rules: tuple[HardRule, ...] = rules_of(*self._asked, lambda: self.fit)
        self.scorer: Scorer = scorer_of(*self._asked, lambda: self.fit)
        self.explicit = None if programme.candidates is None else self._eligible(_explicit(programme))

    @cached_property
    def closeness(self) -> Closeness:
        """How close the skills of the problem's people are; found when first asked for."""
        return kept(self.problem, Closeness, lambda: closeness_of(self.problem))

    @cached_property
    def fit(self) -> SkillFit:
        """How well the mentors' skills answer the mentees' wants; found when first asked for."""
        key = SkillFit, self.sides.mentees.tobytes(), self.sides.mentors.tobytes()
        return kept(self.problem, key, lambda: SkillFit(self.problem, self.sides, self.closeness))

    @property
    def workers(self) -> int:
        """How many threads may share the work."""
        return self._watch.workers

    @property
    def is_large(self) -> bool:
        """Whether there are more pairs than are kept, judged by rules and criteria."""
        return self.explicit is None and self.cells > ALL_CELLS

    @cached_property
    def survey(self) -> "Survey":
        """What looks at all pairs of a large market, compiled."""
        # Loaded only here: small markets do without a compiler.
        from matching.survey import Survey

        return Survey(figures_of(*self._asked, lambda: self.fit), self._watch)

    @property
    def cells(self) -> int:
        """Number of pairs of a mentee and a mentor."""
        return len(self.sides.mentees) * len(self.sides.mentors)

    def blocks(self, rows: Index) -> Iterator[tuple[Block, NDArray[np.int16]]]:
        """Yield the pairs of some mentees, in blocks, with points: `INELIGIBLE` where a rule forbids one."""
        columns = np.arange(len(self.sides.mentors))
        step = max(1, BLOCK_CELLS // max(1, len(columns)))
        for start in range(0, len(rows), step):
            self._watch.reached(start, len(rows))
            block = Block(self.sides, rows[start : start + step], columns)
            yield block, self._points(block)

    def _points(self, block: Block) -> NDArray[np.int16]:
        if self.is_large:
            return self.survey.points(block.rows[:, 0])
        return np.where(self.eligible(block), self.scorer.points(block), INELIGIBLE).astype(np.int16)

    @cached_property
    def named_pairs(self) -> Matrix:
        """The explicit candidates as a matrix of (mentees, mentors), whatever blocks and bans remove."""
        named = _explicit(self.programme)
        ones = np.ones(len(named), dtype=np.bool_)
        return matrix_of(ones, named.rows, named.columns, self.sides.shape)

    def _eligible(self, found: Candidates) -> Candidates:
        return found.only(self.eligible(Pairs(self.sides, found.rows, found.columns)))

    def eligible(self, view: View) -> Mask:
        """Tell which of a view's pairs keep every rule."""
        eligible = self.rules[0].keeps(view)
        for rule in self.rules[1:]:
            eligible &= rule.keeps(view)
        return eligible


def _explicit(programme: MentoringProgramme) -> Candidates:
    """Return the candidates a programme names; its rows are in order, and so are they."""
    mentee_row = {row.person: number for number, row in enumerate(programme.mentees)}
    mentor_row = {row.person: number for number, row in enumerate(programme.mentors)}
    named = programme.candidates or ()
    return Candidates(
        np.array([mentee_row[mentee] for mentee, _mentor, _points in named], dtype=np.intp),
        np.array([mentor_row[mentor] for _mentee, mentor, _points in named], dtype=np.intp),
        np.array([points for _mentee, _mentor, points in named], dtype=np.int64),
    )
