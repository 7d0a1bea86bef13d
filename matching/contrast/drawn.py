"""The plan of a proved solution with the lots in its prices: then it is the only best plan."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

import numpy as np

from matching.contrast.standing import Standing
from matching.goals import Amounts
from matching.lots import LOT_BITS, Lots
from matching.views import Index

# Prices stay below this, so that sums along ways stay below what stands for no way.
LARGEST = 2**58


def drawn(standing: Standing, seed: int) -> Standing | None:
    """Return the plan with prices that count the lots drawn by a seed as well.

    Returns
    -------
    Standing or None
        `None` where the lots would decide on another plan, and where the numbers are too large.

    Notes
    -----
    A unit of the goals is made larger than any sum of lots along a way. Beside it stand prices of lots alone:
    the shortest ways over the steps that cost nothing by the goals, where a pair that comes is as long as
    minus its lot. They settle just when no other best plan has more luck.
    """
    programme = standing.market.programme
    lots = Lots(programme.id, standing.mentee_ids, standing.mentor_ids, seed)
    ways = _settled(_free_steps(standing, lots), sum(standing.shape) + 1)
    if ways is None:
        return None
    unit = 1 << (2 * int(np.abs(ways).max()) + 2**LOT_BITS).bit_length()
    prices = standing.bonus, standing.way_out, standing.price
    if unit * max(int(np.abs(part).max(initial=0)) for part in prices) > LARGEST:
        return None
    made = copy(standing)
    mentees = standing.shape[0]
    made.lots = lots
    made.points_weight = standing.points_weight * unit
    made.bonus = standing.bonus * unit
    made.way_out = standing.way_out * unit - ways[:mentees]
    made.price = standing.price * unit - ways[mentees:-1]
    return made


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """Steps from node to node, as in `matching.contrast.ways`, and how long each is."""

    tails: Index
    heads: Index
    lengths: Amounts


def _free_steps(standing: Standing, lots: Lots) -> _Steps:
    """Return the steps that cost nothing by the prices of the goals, as long as the lots that they lose."""
    mentees = standing.shape[0]
    tails, heads, lengths = [], [], []

    def lay(some_tails: Index, some_heads: Index, some_lengths: Amounts) -> None:
        tails.append(some_tails)
        heads.append(some_heads)
        lengths.append(some_lengths)

    for part, losses in standing.losses(np.flatnonzero(standing.room.places > 0)):
        row, columns = np.nonzero(losses == 0)
        lay(part[row], columns + mentees, -lots.of(part[row], columns))
    kept = standing.chosen.only(standing.gains_of(standing.chosen) == 0)
    lay(kept.columns + mentees, kept.rows, lots.of(kept.rows, kept.columns))
    nowhere = np.zeros(sum(standing.shape), dtype=np.int64)
    for some_tails, some_heads in _past_pairs(standing):
        lay(some_tails, some_heads, nowhere[: len(some_tails)])
    return _Steps(np.concatenate(tails), np.concatenate(heads), np.concatenate(lengths))


def _past_pairs(standing: Standing) -> Iterator[tuple[Index, Index]]:
    """Yield the free steps between people and the end: places left or taken at no cost."""
    mentees, mentors = standing.shape
    taken, given, room = standing.taken, standing.given, standing.room
    unpriced = standing.price == 0
    emptied = np.flatnonzero(unpriced & (given < room.capacity)) + mentees
    filled = np.flatnonzero(unpriced & (given > 0)) + mentees
    left = np.flatnonzero((taken > 0) & (standing.way_out == np.where(taken == 1, standing.bonus, 0)))
    come = (taken < room.places) & (standing.way_out == np.where(taken == 0, standing.bonus, 0))
    for nodes in (emptied, left):
        yield nodes, np.full_like(nodes, mentees + mentors)
    for nodes in (filled, np.flatnonzero(come)):
        yield np.full_like(nodes, mentees + mentors), nodes


def _settled(steps: _Steps, nodes: int) -> Amounts | None:
    """Return lengths of ways from the last node that no step shortens; `None` where some never settle."""
    found = np.zeros(nodes, dtype=np.int64)
    for _round in range(nodes + 1):
        shorter = found.copy()
        np.minimum.at(shorter, steps.heads, found[steps.tails] + steps.lengths)
        if np.array_equal(shorter, found):
            return np.asarray(found - found[-1])
        found = shorter
    return None
