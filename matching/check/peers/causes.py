"""Verifies who is said to be without a peer, and that the cause given for each is the true one."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import numpy as np

from matching.check.causes import OWN_CONDITIONS, RIVALS_NAMED, RULE_NAMES, false_fields
from matching.check.peers.circle import Circle
from matching.check.peers.plan import Placed
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Flags
from matching.solution import Cause, CauseKind, Role, Solution, Unmatched

NO_THIRD = "third_person"


def cause_violations(
    circle: Circle,
    groups: Sequence[Placed],
    solution: Solution,
    *,
    proved: bool,
    spent: Collection[str] = (),
) -> Iterator[Violation]:
    """Yield people who are left out silently or wrongly listed, and causes that are not the true ones.

    Who is ``spent`` has no hours left for a group.
    """
    grouped = {member for group in groups for member in group.members}
    stated: dict[str, tuple[str, Unmatched]] = {}
    for index, row in enumerate(solution.unmatched):
        if row.programme != circle.programme.id:
            continue
        where, name = f"unmatched[{index}]", circle.name(row.person)
        if row.role is not Role.PEER or row.person not in circle.number:
            sentence = f"{name} is listed as a {row.role} without a match, but did not enrol as one."
            yield Violation(ViolationKind.NOT_LISTED, where, sentence)
        elif row.person in grouped:
            sentence = f"{name} is listed as without a peer, but has one."
            yield Violation(ViolationKind.UNMATCHED_BUT_MATCHED, where, sentence)
        elif row.person in stated:
            yield Violation(ViolationKind.UNMATCHED_TWICE, where, f"{name} is listed twice without a peer.")
        else:
            stated[row.person] = where, row
    for person in circle.people:
        if person not in grouped and person not in stated:
            sentence = f"{circle.name(person)} has no peer and is not listed with a cause."
            yield Violation(ViolationKind.UNMATCHED_MISSING, "unmatched", sentence)
    diagnosis = _Diagnosis(circle, groups, spent, proved=proved)
    for person, (where, row) in stated.items():
        right = diagnosis.cause(circle.number[person])
        yield from false_fields(f"{circle.name(person)} has no peer", right, row.cause, where)


class _Diagnosis:
    """Finds the cause of anybody without a peer by looking at everybody they could have been with."""

    def __init__(
        self, circle: Circle, groups: Sequence[Placed], spent: Collection[str], *, proved: bool
    ) -> None:
        self.circle = circle
        self.spent = {circle.number[person] for person in spent if person in circle.number}
        self.proved = proved
        self.group_of: dict[int, tuple[int, ...]] = {}
        self.open_pairs: list[tuple[int, ...]] = []
        for group in groups:
            numbers = tuple(circle.number[member] for member in group.members)
            self.group_of |= dict.fromkeys(numbers, numbers)
            if len(numbers) == 2 and frozenset(group.members) not in circle.locked:
                self.open_pairs.append(numbers)
        self.pairs, self.triads = 2 in circle.programme.group_sizes, 3 in circle.programme.group_sizes

    def cause(self, person: int) -> Cause:
        """Return the cause for somebody without a peer."""
        removed, eligible = self._tally(person)
        partners = np.flatnonzero(eligible).tolist()
        rivals: list[str] = []
        if not partners:
            kind = CauseKind.NO_ELIGIBLE_PARTNER
            if self._possible(person, self._but_for_own).any():
                kind = CauseKind.OWN_CONDITIONS
        elif person in self.spent:
            kind = CauseKind.OWN_HOURS
        elif self._could_be_in_a_group(person, [p for p in partners if p not in self._tired]):
            later = self.circle.programme.goals[0] != "coverage"
            kind = CauseKind.NO_GAIN if self.proved and later else CauseKind.NOT_SOLVED
        else:
            kind = CauseKind.PLACES_RAN_OUT
            if self._could_be_in_a_group(person, partners):
                kind = CauseKind.HOURS_RAN_OUT
            holding = {m for p in partners for m in self.group_of.get(p, ()) if m != p}
            rivals = [self.circle.people[member] for member in sorted(holding)]
        return Cause(
            kind=kind,
            considered=len(self.circle.people) - 1,
            eligible=len(partners),
            rules={name: count for name, count in removed.items() if count},
            rivals=tuple(rivals[:RIVALS_NAMED]),
            rival_count=len(rivals),
        )

    @cached_property
    def _tired(self) -> set[int]:
        """Who is in no group and has no hours for one."""
        return self.spent - self.group_of.keys()

    def _tally(self, person: int) -> tuple[dict[str, int], Flags]:
        """Return how many each restriction removes first, and who is left."""
        left = np.ones(len(self.circle.people), dtype=bool)
        removed: dict[str, int] = {}
        for kind, mask in self.circle.forbidden.items():
            if kind is not ViolationKind.SELF:
                removed[RULE_NAMES.get(kind, str(kind))] = int((left & mask[person]).sum())
            left &= ~mask[person]
        if not self.pairs:
            possible = self._possible(person, self.circle.eligible)
            removed[NO_THIRD] = int((left & ~possible).sum())
            left = possible
        return removed, left

    @cached_property
    def _but_for_own(self) -> Flags:
        """Which pairs only people's own conditions forbid, or nothing."""
        others = [mask for kind, mask in self.circle.forbidden.items() if kind not in OWN_CONDITIONS]
        allowed: Flags = np.logical_and.reduce([~mask for mask in others])
        return allowed

    def _possible(self, person: int, allowed: Flags) -> Flags:
        """Return with whom somebody could be in a group of a size asked for, were these pairs allowed."""
        own: Flags = allowed[person].copy()
        if self.pairs:
            return own
        both = allowed & own & own[:, None]
        self._take_banned(person, both)
        possible: Flags = np.asarray(both.any(axis=1))
        return possible

    def _take_banned(self, person: int, pairs: Flags) -> None:
        name = self.circle.people[person]
        for triad in self.circle.banned_triads:
            others = [self.circle.number[m] for m in triad if m != name and m in self.circle.number]
            if name in triad and len(others) == 2:
                a, b = others
                pairs[a, b] = pairs[b, a] = False

    def _could_be_in_a_group(self, person: int, partners: list[int]) -> bool:
        """Tell whether people left over, or an open pair, could take somebody in."""
        free = [partner for partner in partners if partner not in self.group_of]
        if self.pairs and free:
            return True
        if not self.triads:
            return False
        eligible = self.circle.eligible.copy()
        self._take_banned(person, eligible)
        if eligible[np.ix_(free, free)].any():
            return True
        own = self.circle.eligible[person]
        return self.pairs and any(own[a] and own[b] and eligible[a, b] for a, b in self.open_pairs)
