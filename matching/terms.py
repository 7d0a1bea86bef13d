"""Terms: what the plans of a stage keep besides the rules, so that an earlier goal stays where it is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.candidates import INELIGIBLE, Blocks
from matching.pool import Pool
from matching.views import Block, Index


@dataclass(frozen=True, slots=True)
class Terms:
    """No pair has fewer than `least_points`, and of no group are fewer matched than `rate` in a thousand."""

    least_points: int | None = None
    rate: int | None = None

    def of(self, pool: Pool) -> Pool:
        """Return what is left of a pool."""
        if self.least_points is None:
            return pool
        least = self.least_points
        every = None if pool.every is None else pool.every.only(pool.every.points >= least)
        return replace(pool, candidates=pool.candidates.only(pool.candidates.points >= least), every=every)

    def shown(self, market: Blocks) -> Blocks:
        """Return a market in which every pair keeps the terms."""
        return market if self.least_points is None else _AtLeast(market, self.least_points)


@dataclass(frozen=True, slots=True)
class _AtLeast:
    market: Blocks
    least: int

    def blocks(self, rows: Index) -> Iterator[tuple[Block, NDArray[np.int16]]]:
        for block, points in self.market.blocks(rows):
            yield block, np.where(points < self.least, np.int16(INELIGIBLE), points)
