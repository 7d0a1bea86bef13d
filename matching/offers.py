"""How well what mentors hold answers what mentees want: each offer is spread over the graph once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.problem import Problem
from matching.skills import Closeness
from matching.views import Index, Matrix, Sides, View, matrix_of

LEVELS = range(1, 6)
# Where two figures of thousandths stand in one number.
_BESIDE = 1024
# A feature has a row over all mentors where more than one in so many offers it.
OFFERED_BY_MANY = 8
# The share of a mentor's level less the level wanted: below it, equal, then one to four steps above.
STEP_SHARES = {0: 500, 1: 1000, 2: 1000, 3: 600, 4: 600}


@dataclass(frozen=True, slots=True, eq=False)
class _Offers:
    """Everything a mentor's skills offer: closeness of `skill` to one the mentor holds at `level`."""

    skill: Index
    mentor: Index
    level: NDArray[np.int64]
    closeness: NDArray[np.int64]


class Skills(NamedTuple):
    """Wants of mentees as numbers of features (a skill at a level), and mentors' offers for each feature.

    A feature that many mentors offer has a row of `cover` and `step` over all of them: ``row[feature]``. The
    others have -1, and a list of who offers them, by mentor.
    """

    want_first: NDArray[np.int64]
    want_feature: NDArray[np.int32]
    want_importance: NDArray[np.int32]
    importance: NDArray[np.int32]
    offer_first: NDArray[np.int64]
    offer_mentor: NDArray[np.int32]
    offer_cover: NDArray[np.uint16]
    offer_step: NDArray[np.uint16]
    row: NDArray[np.int64]
    cover: NDArray[np.uint16]
    step: NDArray[np.uint16]


Worth = Callable[[_Offers, int], NDArray[np.int64]]


class SkillFit:
    """The shares of `skills` and `level_step` for any view: one sparse product each.

    The rule `covers_wants` and the criterion `skills` ask for the same figures of the same view, one after
    the other; the latest are therefore kept.
    """

    def __init__(self, problem: Problem, sides: Sides, closeness: Closeness) -> None:
        wants = _wants(problem, sides, closeness)
        features = np.unique(wants[:, 1:3], axis=0) if len(wants) else np.zeros((0, 2), dtype=np.int64)
        number = {(int(skill), int(level)): position for position, (skill, level) in enumerate(features)}
        cells = [number[int(skill), int(level)] for _row, skill, level, _importance in wants]
        shape = (len(sides.mentees), len(features))
        self._asked = matrix_of(wants[:, 3].astype(np.int32), wants[:, 0], cells, shape)
        asked = np.asarray(self._asked.sum(axis=1)).ravel()
        self._importance = np.maximum(asked, 1).astype(np.int32)
        self._asks_nothing = asked == 0
        offers = _offers(problem, sides, closeness)
        self._covered = _best(offers, features, len(sides.mentors), _cover)
        self._stepped = _best(offers, features, len(sides.mentors), _step)
        self._latest: tuple[View, NDArray[np.int32]] | None = None

    def cover(self, view: View) -> NDArray[np.int32]:
        """Return how far the mentors' skills cover the mentees' wants, in thousandths."""
        # Threads share this: between two looks at it the latest may have become another.
        latest = self._latest
        if latest is None or latest[0] is not view:
            self._latest = latest = view, self._average(view, self._covered)
        return latest[1]

    def covers(self, view: View, percent: int) -> NDArray[np.bool_]:
        """Tell where the mentor covers at least so much of the wants, or where nothing is wanted."""
        return np.asarray((self.cover(view) >= 10 * percent) | self._asks_nothing[view.rows])

    def step(self, view: View) -> NDArray[np.int32]:
        """Return how well the mentors' levels stand above the levels wanted, in thousandths."""
        return self._average(view, self._stepped)

    def postings(self) -> Skills:
        """Return wants and offers as lists: by mentee what they want, by feature what every mentor offers."""
        # A step up is only offered where something is covered, so one matrix holds both figures.
        both = (self._covered.astype(np.int64) * _BESIDE + self._stepped).tocsc()
        both.sort_indices()
        mentors = both.shape[0]
        many = np.diff(both.indptr) * OFFERED_BY_MANY > mentors
        row = np.where(many, np.cumsum(many) - 1, -1)
        every = np.zeros((int(many.sum()), mentors), dtype=np.int64)
        for feature in np.flatnonzero(many):
            of_feature = slice(both.indptr[feature], both.indptr[feature + 1])
            every[row[feature], both.indices[of_feature]] = both.data[of_feature]
        return Skills(
            want_first=self._asked.indptr.astype(np.int64),
            want_feature=self._asked.indices.astype(np.int32),
            want_importance=self._asked.data,
            importance=np.where(self._asks_nothing, 0, self._importance).astype(np.int32),
            offer_first=both.indptr.astype(np.int64),
            offer_mentor=both.indices.astype(np.int32),
            offer_cover=(both.data // _BESIDE).astype(np.uint16),
            offer_step=(both.data % _BESIDE).astype(np.uint16),
            row=row,
            cover=(every // _BESIDE).astype(np.uint16),
            step=(every % _BESIDE).astype(np.uint16),
        )

    def _average(self, view: View, offered: Matrix) -> NDArray[np.int32]:
        return np.asarray(view.products(self._asked, offered) // self._importance[view.rows], dtype=np.int32)


def _wants(problem: Problem, sides: Sides, closeness: Closeness) -> NDArray[np.int64]:
    """Return a row for each want: number of the mentee, skill, level, importance."""
    rows = [
        (row, closeness.index[want.skill], want.level, want.importance)
        for row, position in enumerate(sides.mentees)
        for want in problem.people[position].wants
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def _offers(problem: Problem, sides: Sides, closeness: Closeness) -> _Offers:
    held = np.array(
        [
            (column, closeness.index[row.skill], row.level)
            for column, position in enumerate(sides.mentors)
            for row in problem.people[position].holds
        ],
        dtype=np.int64,
    ).reshape(-1, 3)
    near = closeness.matrix.tocsc()
    counts = np.diff(near.indptr)[held[:, 1]]
    repeated = np.repeat(np.arange(len(held)), counts)
    within = np.arange(len(repeated)) - np.repeat(np.cumsum(counts) - counts, counts)
    place = near.indptr[held[repeated, 1]] + within
    skill, mentor = near.indices[place].astype(np.int64), held[repeated, 0]
    order = np.lexsort((mentor, skill))
    return _Offers(
        skill=skill[order],
        mentor=mentor[order],
        level=held[repeated, 2][order],
        closeness=near.data[place].astype(np.int64)[order],
    )


def _cover(offers: _Offers, level: int) -> NDArray[np.int64]:
    return offers.closeness * np.minimum(offers.level, level) // level


def _step(offers: _Offers, level: int) -> NDArray[np.int64]:
    shares = np.array([STEP_SHARES.get(step, 0) for step in range(6)], dtype=np.int64)
    above = offers.level - level
    return np.where(above >= 0, offers.closeness * shares[np.maximum(above, 0)] // 1000, 0)


def _best(offers: _Offers, features: NDArray[np.int64], mentors: int, worth: Worth) -> Matrix:
    """Return each mentor's best worth for each feature (a skill at a level); shape (mentors, features)."""
    change = (np.diff(offers.skill, prepend=-1) != 0) | (np.diff(offers.mentor, prepend=-1) != 0)
    first = np.flatnonzero(change)
    skills, who = offers.skill[first], offers.mentor[first]
    rows, cells, values = [], [], []
    for level in LEVELS:
        if not len(first) or not len(features):
            break
        best = np.maximum.reduceat(worth(offers, level), first)
        wanted = features[:, 1] == level
        asked, number = features[wanted, 0], np.flatnonzero(wanted)
        if not len(asked):
            continue
        place = np.minimum(np.searchsorted(asked, skills), len(asked) - 1)
        hit = (asked[place] == skills) & (best > 0)
        rows.append(who[hit])
        cells.append(number[place[hit]])
        values.append(best[hit])
    shape = (mentors, len(features))
    if not rows:
        return matrix_of(np.zeros(0, dtype=np.int32), [], [], shape)
    value = np.concatenate(values).astype(np.int32)
    return matrix_of(value, np.concatenate(rows), np.concatenate(cells), shape)
