"""Points among peers: of each criterion the mean of both directions."""

from collections.abc import Callable

import numpy as np

from matching.candidates import Market
from matching.problem import Criterion
from matching.rules import grades_above
from matching.score import FULL, GRADE_STEP_SHARES, Shares
from matching.views import View


class PairScorer:
    """Gives points to unordered pairs of a peer programme."""

    def __init__(self, market: Market) -> None:
        self._weights = market.scorer.weights
        self._shares: dict[Criterion, Callable[[View], Shares]] = dict(market.scorer.shares)
        if Criterion.GRADE_STEP in self._shares:
            # A step between peers has no direction: it counts whoever of the two stands higher.
            self._shares[Criterion.GRADE_STEP] = lambda view: _grade_step(market, view)

    def parts(self, there: View, back: View) -> dict[Criterion, Shares]:
        """Return the points of each criterion, integer 0 to its weight, in the shape of the pairs.

        `back` is `there` with rows and columns exchanged.
        """
        found = {}
        for name, weight in self._weights.items():
            share = self._shares[name]
            found[name] = (weight * ((share(there) + share(back).T) // 2) + 500) // FULL
        return found

    def points(self, there: View, back: View) -> Shares:
        """Return the points of the pairs: the sum of their parts."""
        total = np.zeros(np.broadcast_shapes(there.mentee.shape, there.mentor.shape), dtype=np.int32)
        for part in self.parts(there, back).values():
            total += part
        return total


def _grade_step(market: Market, view: View) -> Shares:
    above, known = grades_above(view, market.columns)
    table = np.array([GRADE_STEP_SHARES.get(step, 0) for step in range(6)], dtype=np.int32)
    return np.where(known, table[np.minimum(abs(above), 5)], 0).astype(np.int32)
