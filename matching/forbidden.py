"""How many pairs of a mentoring programme each rule forbids by itself: of all of them, or of a sample."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import BLOCK_CELLS, Market
from matching.problem import MentoringProgramme, Problem
from matching.rules import SELF, HardRule, Mask
from matching.views import Block, Pairs, Sides, View
from matching.watch import Limits, Watch

# Up to here every pair is looked at; of more, a sample, whose shares are right to a tenth of a percent.
ALL_PAIRS = 4_000_000
SAMPLED_PAIRS = 1_000_000
SAMPLED_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """What rules forbid of the pairs that were looked at.

    `pairs` is the number of pairs of a mentee and a mentor who are two people. Of the `looked_at` among them,
    `by_rule` counts those that each rule forbids, whatever the others do, and `together` those that at least
    one of the rules in force forbids.
    """

    pairs: int
    looked_at: int
    by_rule: Mapping[str, int]
    together: int

    @property
    def is_sample(self) -> bool:
        """Whether only some of the pairs were looked at."""
        return self.looked_at < self.pairs


def forbidden_pairs(
    problem: Problem,
    programme: MentoringProgramme,
    in_force: Collection[str],
    *,
    all_pairs: int = ALL_PAIRS,
    sampled: int = SAMPLED_PAIRS,
    seed: int = 0,
) -> Forbidden:
    """Count the pairs that each rule of a programme forbids, and what the rules `in_force` forbid together.

    Personal blocks, bans and explicit candidates are left aside, so that no count tells of single people.
    Of more than `all_pairs` pairs, `sampled` ones are drawn by lot.

    References
    ----------
    A share s of n pairs drawn by lot is known to about sqrt(s (1 - s) / n): W. G. Cochran, Sampling
    Techniques, 3rd ed., 1977, section 3.2.
    """
    programme = replace(programme, candidates=None)
    others = tuple(programme if row.id == programme.id else row for row in problem.programmes)
    bare = replace(problem, programmes=others, blocks=(), bans=(), locks=())
    market = Market(bare, programme, Watch(Limits()))
    mentees, mentors = market.sides.shape
    pairs = mentees * mentors - len(np.intersect1d(market.sides.mentees, market.sides.mentors))
    views = _all(market.sides) if mentees * mentors <= all_pairs else _drawn(market.sides, sampled, seed)
    named = [rule for rule in market.rules if any(rule.name == row.rule.value for row in programme.rules)]
    is_pair = next(rule.keeps for rule in market.rules if rule.name == SELF)
    by_rule = {rule.name: 0 for rule in named}
    looked_at = together = 0
    for view in views:
        asked = np.asarray(is_pair(view))
        broken = _broken(named, view, asked)
        looked_at += int(asked.sum())
        together += int(_any([mask for name, mask in broken.items() if name in in_force], asked).sum())
        for name, mask in broken.items():
            by_rule[name] += int(mask.sum())
    return Forbidden(pairs=pairs, looked_at=looked_at, by_rule=by_rule, together=together)


def _broken(rules: list[HardRule], view: View, asked: Mask) -> dict[str, Mask]:
    """Return for each rule which of the pairs asked for it forbids."""
    return {rule.name: asked & ~np.asarray(rule.keeps(view), dtype=np.bool_) for rule in rules}


def _any(masks: list[Mask], like: Mask) -> Mask:
    found = np.zeros_like(like)
    for mask in masks:
        found |= mask
    return found


def _all(sides: Sides) -> Iterator[View]:
    mentees, mentors = sides.shape
    step = max(1, BLOCK_CELLS // max(1, mentors))
    for start in range(0, mentees if mentors else 0, step):
        yield Block(sides, np.arange(start, min(start + step, mentees)), np.arange(mentors))


def _drawn(sides: Sides, count: int, seed: int) -> Iterator[View]:
    mentees, mentors = sides.shape
    cells = np.random.default_rng(seed).integers(0, mentees * mentors, size=count)
    for start in range(0, count, SAMPLED_AT_ONCE):
        rows, columns = np.divmod(cells[start : start + SAMPLED_AT_ONCE], mentors)
        yield Pairs(sides, rows, columns)
