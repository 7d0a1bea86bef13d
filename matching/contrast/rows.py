"""The points of a mentoring programme's pairs, a mentee's row at a time, each found once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matching.candidates import BLOCK_CELLS, INELIGIBLE, Market
from matching.goals import Amounts
from matching.rules import Mask
from matching.views import Index

# Up to here the points of all pairs are kept, in two bytes each.
KEPT_CELLS = 150_000_000
# Looking at a few rows takes nearly as long as at a block of them: after so many looks all are found.
FEW_LOOKS = 12


class Rows:
    """Finds and keeps the points of mentees with every mentor, for questions that come back to them."""

    def __init__(self, market: Market) -> None:
        self._market = market
        mentees, mentors = market.sides.shape
        self._keeps = market.explicit is None and mentees * mentors <= KEPT_CELLS
        # The system gives the memory only as rows are written.
        self._kept: NDArray[np.int16] = np.empty(
            (mentees, mentors) if self._keeps else (0, 0), dtype=np.int16
        )
        self._known: Mask = np.zeros(mentees, dtype=np.bool_)
        self._looks = 0

    def of(self, rows: Index) -> Iterator[tuple[Index, Amounts, Mask]]:
        """Yield mentees, who ascend, in blocks: their points with each mentor, and whom they may be with."""
        if self._market.explicit is not None:
            yield from self._listed(rows)
            return
        if self._keeps:
            self._look(rows[~self._known[rows]])
        step = max(1, BLOCK_CELLS // max(1, self._market.sides.shape[1]))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            for found_rows, found in [(part, self._kept[part])] if self._keeps else self._found(part):
                yield found_rows, found.astype(np.int64), found != INELIGIBLE

    def every(self) -> NDArray[np.int16] | None:
        """Return the points of all pairs, shape (mentees, mentors); `None` where they are too many."""
        if not self._keeps:
            return None
        self._looks = FEW_LOOKS
        self._look(np.flatnonzero(~self._known))
        return self._kept

    def _look(self, rows: Index) -> None:
        if not len(rows):
            return
        self._looks += 1
        if self._looks > FEW_LOOKS:
            rows = np.flatnonzero(~self._known)
        for part, found in self._found(rows):
            self._kept[part] = found
            self._known[part] = True

    def _found(self, rows: Index) -> Iterator[tuple[Index, NDArray[np.int16]]]:
        for block, points in self._market.blocks(rows):
            yield block.rows[:, 0], points

    def _listed(self, rows: Index) -> Iterator[tuple[Index, Amounts, Mask]]:
        """Yield explicit candidates, which are few and kept as a list."""
        listed = self._market.explicit
        mentors = self._market.sides.shape[1]
        step = max(1, BLOCK_CELLS // max(1, mentors))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            points = np.zeros((len(part), mentors), dtype=np.int64)
            allowed: Mask = np.zeros(points.shape, dtype=np.bool_)
            if listed is not None:
                here = np.isin(listed.rows, part)
                place = np.searchsorted(part, listed.rows[here]), listed.columns[here]
                points[place] = listed.points[here]
                allowed[place] = True
            yield part, points, allowed
