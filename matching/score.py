"""Points: what each criterion says for a pair, in whole numbers, with the parts kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.columns import Columns
from matching.offers import SkillFit
from matching.problem import Criterion, MentoringProgramme, Problem
from matching.rules import Positions, differ, grades_above, same, shared_minutes
from matching.views import Matrix, Sides, View, matrix_of

FULL = 1000
FULL_SHARED_MINUTES = 240
WISH_SHARES = (1000, 800, 600, 400, 200)
RATING_SHARES = {None: 500, 1: 0, 2: 250, 3: 500, 4: 750, 5: 1000}
GRADE_STEP_SHARES = {0: 600, 1: 1000, 2: 1000, 3: 600, 4: 300}
Shares = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """Gives points to a programme's pairs: `weights` in thousandths' shares of each criterion."""

    weights: Mapping[Criterion, int]
    shares: Mapping[Criterion, Callable[[View], Shares]]

    def parts(self, view: View) -> dict[Criterion, Shares]:
        """Return the points of each criterion, integer 0 to its weight, in the shape of the view's pairs."""
        return {
            name: (weight * self.shares[name](view) + 500) // FULL for name, weight in self.weights.items()
        }

    def points(self, view: View) -> Shares:
        """Return the points of the view's pairs: the sum of their parts."""
        shape = np.broadcast_shapes(view.mentee.shape, view.mentor.shape)
        total = np.zeros(shape, dtype=np.int32)
        for part in self.parts(view).values():
            total += part
        return total


def scorer_of(
    problem: Problem,
    programme: MentoringProgramme,
    columns: Columns,
    sides: Sides,
    fit: Callable[[], SkillFit],
) -> Scorer:
    """Return the scorer of a programme; criteria without weight are left out.

    `fit` is only called when a criterion is about skills.
    """
    weights = {name: weight for name, weight in programme.criteria.items() if weight > 0}
    position = Positions(columns, sides)
    wishes = wishes_of(programme, position)
    ratings = ratings_of(problem, programme, position)
    latest = position.matrix(latest_pairs(problem, programme))
    known: dict[Criterion, Callable[[View], Shares]] = {
        Criterion.HOURS: lambda view: _hours(view, columns),
        Criterion.VARIETY: lambda view: (
            500 * (differ(view, columns.department).astype(np.int32) + differ(view, columns.location))
        ),
        Criterion.WISHES: lambda view: view.entries(wishes),
        Criterion.CONTINUITY: lambda view: FULL * view.entries(latest).astype(np.int32),
        Criterion.RATINGS: lambda view: view.entries(ratings),
        Criterion.LOCATION: lambda view: _location(view, columns),
        Criterion.GRADE_STEP: lambda view: _grade_step(view, columns),
    }
    if {Criterion.SKILLS, Criterion.LEVEL_STEP} & set(weights):
        known |= {Criterion.SKILLS: fit().cover, Criterion.LEVEL_STEP: fit().step}
    return Scorer(weights, {name: known[name] for name in weights})


def _hours(view: View, columns: Columns) -> Shares:
    return np.minimum(shared_minutes(view, columns), FULL_SHARED_MINUTES) * FULL // FULL_SHARED_MINUTES


def _location(view: View, columns: Columns) -> Shares:
    together = same(view, columns.location).astype(np.int32)
    return np.asarray(np.maximum(FULL * together, 500 * same(view, columns.time_zone)), dtype=np.int32)


def _grade_step(view: View, columns: Columns) -> Shares:
    above, known = grades_above(view, columns)
    table = np.array([GRADE_STEP_SHARES.get(step, 0) for step in range(6)], dtype=np.int32)
    return np.where(known & (above >= 0), table[np.clip(above, 0, 5)], 0).astype(np.int32)


def wishes_of(programme: MentoringProgramme, position: Positions) -> Matrix:
    """Return the share each wish earns, as a matrix of (mentees, mentors)."""
    rows, cells, shares = [], [], []
    for mentee in programme.mentees:
        for rank, wished in enumerate(mentee.wishes):
            column = position.mentor_row.get(wished)
            if column is not None:
                rows.append(position.mentee_row[mentee.person])
                cells.append(column)
                shares.append(WISH_SHARES[min(rank, len(WISH_SHARES) - 1)])
    return matrix_of(np.array(shares, dtype=np.int32), rows, cells, position.shape)


def ratings_of(problem: Problem, programme: MentoringProgramme, position: Positions) -> Matrix:
    """Return the mean of both ratings of each chat, whoever is the mentor; no rating counts as 3."""
    rows, cells, shares = [], [], []
    for chat in problem.chats:
        if chat.programme == programme.id:
            share = sum(RATING_SHARES[rating] for rating in chat.ratings) // 2
            for mentee, mentor in (chat.members, chat.members[::-1]):
                row, column = position.mentee_row.get(mentee), position.mentor_row.get(mentor)
                if row is not None and column is not None:
                    rows.append(row)
                    cells.append(column)
                    shares.append(share)
    return matrix_of(np.array(shares, dtype=np.int32), rows, cells, position.shape)


def latest_pairs(problem: Problem, programme: MentoringProgramme) -> list[tuple[str, ...]]:
    """Return who was together in the latest round of the programme."""
    rows = [row for row in problem.history if row.programme == programme.id]
    latest = max((row.round for row in rows), default="")
    return [row.members for row in rows if row.round == latest]
