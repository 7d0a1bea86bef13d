"""Locks among peers: whole groups that stand before anything is decided, each checked against the rules."""

from itertools import combinations

import numpy as np

from matching.errors import ProblemError
from matching.peers.groups import Groups, groups_of
from matching.peers.market import PeerMarket
from matching.peers.rules import both_ways
from matching.problem import Lock
from matching.rules import BANNED, BLOCKED, SELF
from matching.values import shown

ALWAYS = (SELF, BLOCKED, BANNED)
MAY_OVERRIDE = ' A lock may carry "override": true and a reason.'


def locked_groups(market: PeerMarket) -> Groups:
    """Return the locked groups of a programme.

    Raises
    ------
    ProblemError
        For a lock that breaks a rule and may not, by the names of its people.
    """
    locks = [lock for lock in market.problem.locks if lock.programme == market.programme.id]
    for lock in locks:
        _check_lock(market, lock)
    return groups_of([market.number[member] for member in lock.members] for lock in locks)


def _check_lock(market: PeerMarket, lock: Lock) -> None:
    numbers = sorted(market.number[member] for member in lock.members)
    if tuple(numbers) in market.banned_triads:
        raise ProblemError("$.locks", f"{shown(lock.members)} are both locked and banned.")
    for pair in combinations(numbers, 2):
        first, second = (np.array([number], dtype=np.intp) for number in pair)
        there, back = market.pairs(first, second)
        named = (
            f"{shown(tuple(market.ids[number] for number in pair))} are locked in programme {lock.programme}"
        )
        for rule in market.rules:
            if both_ways(rule, there, back).all() or (lock.override and rule.name not in ALWAYS):
                continue
            hint = "" if rule.name in ALWAYS else MAY_OVERRIDE
            raise ProblemError("$.locks", f"{named}, but that breaks a rule: {rule.sentence}{hint}")
        if market.listed is not None and not market.listed[pair] and not lock.override:
            raise ProblemError("$.locks", f"{named}, but are no candidate.")
