"""A plan made quickly: those who waited longest choose first."""

import numpy as np

from matching.goals import Amounts
from matching.peers.groups import Groups, groups_of
from matching.peers.market import PeerMarket
from matching.rules import Mask

NO_POINTS = np.int64(-(2**40))


def plan_in_order(market: PeerMarket, free: Mask) -> Groups:
    """Return a plan in which those who waited longest choose first, each the best partner still free.

    Those who must be matched come before all others.

    Where both sizes are allowed, who is left over joins the pair that gains most by it. It keeps every rule
    and proves nothing; it is what a stopped solve hands over.
    """
    left = free.copy()
    found: list[list[int]] = []
    for person in np.lexsort((np.arange(len(market)), -market.waiting, -market.required)).tolist():
        if not left[person]:
            continue
        group = _pair(market, person, left) if market.allows_pairs else _triad(market, person, left)
        if group:
            found.append(group)
            left[group] = False
    if market.allows_pairs and market.allows_triads:
        for person in np.flatnonzero(left).tolist():
            _join(market, person, found)
    return groups_of(found)


def _points(market: PeerMarket, person: int, left: Mask) -> Amounts:
    points = np.where(market.eligible[person] & left, market.points[person], NO_POINTS)
    points[person] = NO_POINTS
    return points.astype(np.int64)


def _pair(market: PeerMarket, person: int, left: Mask) -> list[int]:
    points = _points(market, person, left)
    best = int(points.argmax())
    return [person, best] if points[best] > NO_POINTS else []


def _triad(market: PeerMarket, person: int, left: Mask) -> list[int]:
    points = _points(market, person, left)
    for second in np.argsort(-points, kind="stable").tolist():
        if points[second] == NO_POINTS:
            return []
        third = np.minimum(points, _points(market, second, left)) > NO_POINTS
        together = np.where(third, points + market.points[second], NO_POINTS)
        for banned in market.banned_triads:
            if person in banned and second in banned:
                together[list(banned)] = NO_POINTS
        best = int(together.argmax())
        if together[best] > NO_POINTS:
            return [person, second, best]
    return []


def _join(market: PeerMarket, person: int, found: list[list[int]]) -> None:
    best, place = NO_POINTS, -1
    for number, group in enumerate(found):
        if len(group) != 2 or tuple(sorted((person, *group))) in market.banned_triads:
            continue
        if market.eligible[person, group].all():
            gain = market.points[person, group].sum() - market.points[group[0], group[1]]
            if gain > best:
                best, place = gain, number
    if place >= 0:
        found[place].append(person)
