"""Why somebody has no peer: one cause each, found by looking at everybody they could have been with."""

from collections.abc import Iterator

import numpy as np

from matching.causes import NAMED_RIVALS, NOT_A_CANDIDATE, OWN_RULES
from matching.peers.groups import Groups
from matching.peers.market import PeerMarket
from matching.peers.rules import both_ways
from matching.problem import GoalName
from matching.rules import SELF, Mask
from matching.solution import Cause, CauseKind, Role, Unmatched
from matching.views import Index

# Counted under this are those who may be with somebody, but not in a group of three.
NO_THIRD = "third_person"


def causes_of(
    market: PeerMarket, locked: Groups, plan: Groups, *, finished: bool, spent: Mask | None = None
) -> tuple[Unmatched, ...]:
    """Return everybody without a peer with the cause, by id.

    `finished` tells that the plan is the best: then nobody waits only because the solve was stopped. Who is
    `spent`, by place among the problem's people, has no hours left for a group.
    """
    diagnosis = _Diagnosis(market, locked, plan, finished=finished, spent=spent)
    return tuple(diagnosis.everybody())


class _Diagnosis:
    def __init__(
        self, market: PeerMarket, locked: Groups, plan: Groups, *, finished: bool, spent: Mask | None
    ) -> None:
        nobody = np.zeros(len(market), dtype=np.bool_)
        self._spent = nobody if spent is None else spent[market.positions]
        self._market = market
        self._finished = finished
        self._plan = plan
        self._left = np.ones(len(market), dtype=np.bool_)
        self._group_of: dict[int, list[int]] = {}
        for members in plan.and_also(locked).members.tolist():
            group = [member for member in members if member >= 0]
            self._left[group] = False
            self._group_of |= dict.fromkeys(group, group)

    def everybody(self) -> Iterator[Unmatched]:
        """Yield the people without a peer."""
        for person in np.flatnonzero(self._left).tolist():
            yield Unmatched(
                programme=self._market.programme.id,
                person=self._market.ids[person],
                role=Role.PEER,
                cause=self._cause(person),
            )

    def _cause(self, person: int) -> Cause:
        removed, eligible, but_for_own = self._look(person)
        partners = np.flatnonzero(eligible)
        rivals: list[str] = []
        if not len(partners):
            possible = self._possible(person, but_for_own, own_rules=False).any()
            kind = CauseKind.OWN_CONDITIONS if possible else CauseKind.NO_ELIGIBLE_PARTNER
        elif self._spent[person]:
            kind = CauseKind.OWN_HOURS
        elif self._could_join(person, partners, self._left & ~self._spent):
            later = self._market.programme.goals[0] is not GoalName.COVERAGE
            kind = CauseKind.NO_GAIN if self._finished and later else CauseKind.NOT_SOLVED
        else:
            tired = self._could_join(person, partners, self._left)
            kind = CauseKind.HOURS_RAN_OUT if tired else CauseKind.PLACES_RAN_OUT
            rivals = self._rivals(partners)
        return Cause(
            kind=kind,
            considered=len(self._market) - 1,
            eligible=len(partners),
            rules={name: count for name, count in removed.items() if count},
            rivals=tuple(rivals[:NAMED_RIVALS]),
            rival_count=len(rivals),
        )

    def _look(self, person: int) -> tuple[dict[str, int], Mask, Mask]:
        """Return whom each rule removes, who is left, and who would be but for people's own rules."""
        eligible = np.ones(len(self._market), dtype=np.bool_)
        by_others = eligible.copy()
        removed: dict[str, int] = {}
        for name, kept in self._rules_kept(np.array([person])):
            removed[name] = removed.get(name, 0) + int((eligible & ~kept[0]).sum())
            eligible &= kept[0]
            if name not in OWN_RULES:
                by_others &= kept[0]
        removed.pop(SELF)
        if not self._market.allows_pairs:
            possible = self._possible(person, eligible, own_rules=True)
            removed[NO_THIRD] = int((eligible & ~possible).sum())
            eligible = possible
        return removed, eligible, by_others

    def _rules_kept(self, people: Index) -> Iterator[tuple[str, Mask]]:
        """Yield each rule's name and with whom of everybody some people keep it."""
        there, back = self._market.block(people), self._market.block(people, turned=True)
        for rule in self._market.rules:
            yield rule.name, both_ways(rule, there, back)
        if self._market.listed is not None:
            yield NOT_A_CANDIDATE, self._market.listed[people].toarray()

    def _possible(self, person: int, partners: Mask, *, own_rules: bool) -> Mask:
        """Return which of these partners could be in a group with somebody: triads need a third."""
        if self._market.allows_pairs or not partners.any():
            return partners
        others = np.flatnonzero(partners)
        together = self._market.eligible[np.ix_(others, others)].copy()
        if not own_rules:
            together[:] = True
            for name, kept in self._rules_kept(others):
                if name not in OWN_RULES:
                    together &= kept[:, others]
        possible = partners.copy()
        possible[others] = self._unless_banned(person, others, together).any(axis=1)
        return possible

    def _unless_banned(self, person: int, others: Index, together: Mask) -> Mask:
        place = {other: number for number, other in enumerate(others.tolist())}
        for triad in self._market.banned_triads:
            pair = [place[member] for member in triad if member in place]
            if person in triad and len(pair) == 2:
                together[pair[0], pair[1]] = together[pair[1], pair[0]] = False
        return together

    def _could_join(self, person: int, partners: Index, left: Mask) -> bool:
        """Tell whether there is a group of people who are left, or a pair, that this person could be in."""
        market = self._market
        free = partners[left[partners]]
        if market.allows_pairs and len(free):
            return True
        if not market.allows_triads:
            return False
        together = self._unless_banned(person, free, market.eligible[np.ix_(free, free)].copy())
        if together.any():
            return True
        if not market.allows_pairs:
            return False
        pairs = self._plan.only(~self._plan.are_triads).members[:, :2]
        suits = market.eligible[person]
        return any(
            suits[a] and suits[b] and tuple(sorted((a, b, person))) not in market.banned_triads
            for a, b in pairs.tolist()
        )

    def _rivals(self, partners: Index) -> list[str]:
        """Return who is together with these partners, by id."""
        groups = {
            partner: self._group_of[partner] for partner in partners.tolist() if not self._left[partner]
        }
        rivals = {member for partner, group in groups.items() for member in group if member != partner}
        return [self._market.ids[member] for member in sorted(rivals)]
