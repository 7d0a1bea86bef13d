"""The hard rules among peers: a pair keeps a rule when it is kept in both directions."""

from collections.abc import Callable, Sequence

import numpy as np

from matching.candidates import BLOCK_CELLS, Market
from matching.peers.sentences import sentence_of_peers
from matching.problem import PeerProgramme, Rule, RuleName
from matching.rules import BANNED, BLOCKED, SELF, HardRule, Mask, Positions, grades_above
from matching.views import Block, Matrix, View, matrix_of

_ALWAYS = {
    SELF: "Nobody is their own peer.",
    BLOCKED: "Neither person has blocked the other.",
    BANNED: "HR has not ruled this pair out.",
}
# Views of the same pairs from either side: the second person's view is the first's turned round.
Keeps = Callable[[View, View], Mask]


def both_ways(rule: HardRule, there: View, back: View) -> Mask:
    """Tell which pairs keep a rule in both directions; `back` is `there` with rows and columns exchanged."""
    return np.asarray(rule.keeps(there) & rule.keeps(back).T)


def rules_of_peers(market: Market, programme: PeerProgramme) -> tuple[HardRule, ...]:
    """Return every rule of a peer programme in the order they are applied: those that always hold first.

    `market` is that of everybody against everybody. What mentoring asks of a direction is asked here of the
    two people: the distance of grades has no sign, and who has met whom is a matter of both.
    """
    position = Positions(market.columns, market.sides)
    bans = [row.members for row in market.problem.bans if row.programme == programme.id]
    banned = position.matrix([members for members in bans if len(members) == 2])
    found = [
        HardRule(rule.name, _ALWAYS[rule.name], rule.keeps) if rule.name in _ALWAYS else rule
        for rule in market.rules
    ]
    found[2] = HardRule(BANNED, _ALWAYS[BANNED], lambda view: ~view.entries(banned))
    for number, rule in enumerate(
        programme.rules if programme.candidates is None else (), start=len(_ALWAYS)
    ):
        keeps = found[number].keeps
        if rule.rule is RuleName.GRADE_DISTANCE:
            keeps = _within(market, rule)
        found[number] = HardRule(rule.rule.value, sentence_of_peers(rule), keeps)
    for number, prior in enumerate(found):
        if prior.name == RuleName.NO_PRIOR_PAIR:
            others = found[:number] + found[number + 1 :]
            refused = _refused(market, programme, position, others)
            found[number] = HardRule(prior.name, prior.sentence, _not_among(refused))
    return tuple(found)


def _not_among(refused: Matrix) -> Callable[[View], Mask]:
    return lambda view: ~view.entries(refused)


def _within(market: Market, rule: Rule) -> Callable[[View], Mask]:
    low = 0 if rule.min is None else rule.min
    high = 1000 if rule.max is None else rule.max

    def keeps(view: View) -> Mask:
        above, known = grades_above(view, market.columns)
        return np.asarray(known & (abs(above) >= low) & (abs(above) <= high))

    return keeps


def _refused(
    market: Market, programme: PeerProgramme, position: Positions, others: Sequence[HardRule]
) -> Matrix:
    """Return the pairs who have met and of whom one has not yet met everybody the other rules allow."""
    rows = [row.members for row in market.problem.history if row.programme == programme.id]
    met = position.matrix(rows)
    first, second = (numbers.astype(np.intp) for numbers in met.nonzero())
    waits = np.zeros(met.shape[0], dtype=np.bool_)
    everybody, have_met = np.arange(met.shape[0]), np.unique(first)
    step = max(1, BLOCK_CELLS // max(1, len(everybody)))
    for start in range(0, len(have_met), step):
        people = have_met[start : start + step]
        there = Block(market.sides, people, everybody)
        back = Block(market.sides, everybody, people)
        new = ~met[people].toarray()
        for rule in others:
            new &= both_ways(rule, there, back)
        waits[people] = new.any(axis=1)
    kept = waits[first] | waits[second]
    ones = np.ones(int(kept.sum()), dtype=np.bool_)
    return matrix_of(ones, first[kept], second[kept], met.shape)
