"""How many pairs each rule of a programme forbids: in all, first of all rules, and alone."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from matching.candidates import BLOCK_CELLS, Market
from matching.communities.market import Market as CommunitiesMarket
from matching.contrast.records import Forbidden
from matching.peers.market import PeerMarket
from matching.peers.rules import both_ways
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.rules import Mask
from matching.views import Block
from matching.watch import Limits, Watch

# For a block of pairs: which count, and one test a rule, in the order in which rules are applied.
Tests = tuple[Mask, Sequence[Callable[[], Mask]]]


def forbidden_by(problem: Problem, programme: Programme) -> tuple[Forbidden, ...]:
    """Return what each rule that the programme names forbids, in their order.

    Pairs of one person, and those that blocks and bans rule out, are forbidden before any named rule: they
    count for a rule in all, but neither first nor alone.
    """
    blocks = _blocks(problem, programme)
    counts = np.zeros((3, len(programme.rules)), dtype=np.int64)
    for pairs, tests in blocks:
        always = len(tests) - len(programme.rules)
        broken = np.zeros(pairs.shape, dtype=np.int16)
        alone = []
        for number, test in enumerate(tests):
            breaks = pairs & ~test()
            if number >= always:
                counts[0, number - always] += int(breaks.sum())
                counts[1, number - always] += int((breaks & (broken == 0)).sum())
                alone.append(breaks)
            broken += breaks
        for number, breaks in enumerate(alone):
            counts[2, number] += int((breaks & (broken == 1)).sum())
    return tuple(Forbidden(pairs=a, first=b, alone=c) for a, b, c in counts.T.tolist())


def _blocks(problem: Problem, programme: Programme) -> Iterator[Tests]:
    watch = Watch(Limits())
    if isinstance(programme, MentoringProgramme):
        return _of_mentoring(Market(problem, programme, watch))
    if isinstance(programme, PeerProgramme):
        return _of_peers(PeerMarket(problem, programme, watch))
    if isinstance(programme, CommunitiesProgramme):
        return _of_communities(CommunitiesMarket(problem, programme, watch))
    raise TypeError(f"no rules are known for {type(programme).__name__}")


def _of_mentoring(market: Market) -> Iterator[Tests]:
    mentees, mentors = market.sides.shape
    step = max(1, BLOCK_CELLS // max(1, mentors))
    for start in range(0, mentees, step):
        block = Block(market.sides, np.arange(start, min(start + step, mentees)), np.arange(mentors))
        pairs = np.asarray(block.mentee != block.mentor)
        yield pairs, [partial(rule.keeps, block) for rule in market.rules]


def _of_peers(market: PeerMarket) -> Iterator[Tests]:
    for rows in market.rows():
        there, back = market.block(rows), market.block(rows, turned=True)
        pairs = np.asarray(there.rows < there.columns)
        yield pairs, [partial(both_ways, rule, there, back) for rule in market.rules]


def _of_communities(market: CommunitiesMarket) -> Iterator[Tests]:
    for rows in market.blocks_of(np.arange(market.shape[0])):
        pairs: Mask = np.ones((len(rows), market.shape[1]), dtype=np.bool_)
        yield pairs, [partial(rule.keeps, rows) for rule in market.conditions]
