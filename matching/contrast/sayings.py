"""What pairs are worth and who may be together: as the market has it, or as people say it instead."""

from copy import copy
from dataclasses import dataclass

import numpy as np

from matching.candidates import Market
from matching.goals import Amounts
from matching.rules import Mask
from matching.views import Index, Pairs


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What somebody says, or would, instead of the truth: points with the other side, and who is allowed.

    `number` is that of a mentee (`side` 0) or a mentor (1); a recruit has the number after the last mentor.
    """

    side: int
    number: int
    points: Amounts
    allowed: Mask


class Sayings:
    """The points of a market's pairs beside what people say of theirs; who speaks last is heard."""

    def __init__(self, market: Market) -> None:
        self.told: tuple[Said, ...] = ()
        self._market = market
        self._named = _points_named(market)

    def and_also(self, said: Said) -> "Sayings":
        """Return the same where somebody says one thing more."""
        made = copy(self)
        made.told = (*self.told, said)
        return made

    def points_of(self, rows: Index, columns: Index) -> Amounts:
        """Return the points of pairs, whatever rules they break; 0 for no candidate of a list."""
        points, of_market = np.zeros(len(rows), dtype=np.int64), np.ones(len(rows), dtype=np.bool_)
        for said in self.told:
            own, others = (rows, columns) if said.side == 0 else (columns, rows)
            here = own == said.number
            points[here] = said.points[others[here]]
            of_market &= ~here
        points[of_market] = self._points_with(rows[of_market], columns[of_market])
        return points

    def _points_with(self, rows: Index, columns: Index) -> Amounts:
        """Return the points of pairs with mentors of the programme."""
        if self._market.explicit is None:
            return self._market.scorer.points(Pairs(self._market.sides, rows, columns)).astype(np.int64)
        found = [self._named.get(pair, 0) for pair in zip(rows.tolist(), columns.tolist(), strict=True)]
        return np.array(found, dtype=np.int64)

    def seen(self, rows: Index, points: Amounts, allowed: Mask) -> tuple[Amounts, Mask]:
        """Return the points of some mentees, and whom they may be with, as it is said.

        Both have shape (rows, mentors).
        """
        for said in self.told:
            if said.side == 1 and said.number == points.shape[1]:
                points = np.column_stack((points, said.points[rows]))
                allowed = np.column_stack((allowed, said.allowed[rows]))
            elif said.side == 1:
                points[:, said.number] = said.points[rows]
                allowed[:, said.number] = said.allowed[rows]
            else:
                here = rows == said.number
                points[here], allowed[here] = said.points, said.allowed
        return points, allowed


def _points_named(market: Market) -> dict[tuple[int, int], int]:
    if market.explicit is None:
        return {}
    listed = market.explicit
    keys = zip(listed.rows.tolist(), listed.columns.tolist(), strict=True)
    return dict(zip(keys, listed.points.tolist(), strict=True))
