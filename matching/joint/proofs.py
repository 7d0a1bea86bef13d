"""Proofs of a joint round's aims: prices of what is shared, under which the programmes fall apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.goals import Amounts
from matching.joint.aims import Aim, AimName
from matching.joint.piece import Terms
from matching.joint.shared import Shared
from matching.watch import Limits, Watch

# Prices are whole in units of 1 / SCALE, or in coarser ones where points are very large.
SCALE, LARGEST_AMOUNT = 1_000_000, 2**50


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """Prices under which no plan has a greater sum of `weights` times what it reaches than `total`.

    `hours` has a price for each row of hours, `cover` what covering each person brings all programmes that
    cover for one another; `of_pieces` are prices, and `bounds` what they bound, by programme.
    """

    weights: tuple[int, ...]
    hours: Amounts
    cover: Amounts
    of_pieces: Mapping[str, Any]
    bounds: Mapping[str, int]
    total: int

    def most(self, before: Sequence[int]) -> int:
        """Return the most that a plan can reach which reaches so much in each aim before."""
        settled = sum(weight * value for weight, value in zip(self.weights, before, strict=False))
        return (self.total - settled) // self.weights[-1]


class Proofs:
    """Makes proofs of prices, for the plans of what a round shares."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    @property
    def scale(self) -> int:
        """The finest unit in which prices of the largest amounts stay exact."""
        return max(1, min(SCALE, LARGEST_AMOUNT // self._shared.beyond**2))

    def number(self, name: AimName, programme: str | None) -> int | None:
        """Return the place of an aim in their order, where it is one."""
        aims, aim = self._shared.aims, Aim(name, programme)
        return aims.index(aim) if aim in aims else None

    def cover_weight(self, weights: Sequence[int]) -> int:
        """Return what these weights give to covering somebody who has not waited."""
        return weights[0] if self._shared.aims[0].name is AimName.COVER else 0

    def bounded(
        self,
        weights: tuple[int, ...],
        hours: Amounts,
        cover: Amounts,
        of_pieces: Mapping[str, Any],
        watch: Watch,
    ) -> Proof:
        """Return the proof that prices of what is shared and of each programme give; raises `Stopped`."""
        shared, terms = self._shared, self.terms(weights, hours, cover)
        bounds = {
            name: piece.bound(terms[name], of_pieces[name], watch) for name, piece in shared.pieces.items()
        }
        left = self.cover_weight(weights) * shared.counts - cover
        total = shared.rows.total(hours) + int(left.sum()) + sum(bounds.values())
        return Proof(weights, hours, cover, of_pieces, bounds, total)

    def terms(self, weights: tuple[int, ...], hours: Amounts, cover: Amounts) -> dict[str, Terms]:
        """Return what each programme's choices are worth under some prices."""
        shared, found = self._shared, {}

        def weight(name: AimName, programme: str | None) -> int:
            number = self.number(name, programme)
            return weights[number] if number is not None and number < len(weights) else 0

        for piece in shared.pieces.values():
            bonus = weight(AimName.COVERAGE, piece.id) * piece.waiting
            if piece.id in shared.cover_by:
                bonus = bonus + cover[piece.seekers]
            found[piece.id] = Terms(
                points=weight(AimName.POINTS, None) if piece.id in shared.counts_points else 0,
                triads=weight(AimName.TRIADS, piece.id),
                bonus=bonus,
                toll=shared.rows.toll((piece.id, True), hours, len(shared.counts)),
                fee=shared.rows.toll((piece.id, False), hours, len(shared.counts)),
            )
        return found

    def evident(self, number: int) -> Proof:
        """Return what single people tell: nobody gets more than the best they could have alone."""
        shared = self._shared
        weights = (*([0] * number), 1)
        # A row without any hours left costs nothing, whatever its price.
        hours = np.where(shared.rows.limits == 0, shared.beyond, 0)
        cover = np.where(shared.has_choice, 0, self.cover_weight(weights) * shared.counts)
        terms = self.terms(weights, hours, cover)
        of_pieces = {name: piece.covering(terms[name]) for name, piece in shared.pieces.items()}
        # Nothing gains at these prices, which is soon seen; a solve that is to stop needs its bounds as well.
        return self.bounded(weights, hours, cover, of_pieces, Watch(Limits()))
