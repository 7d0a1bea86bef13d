"""Why somebody has no match: one cause each, found by looking at every partner they could have had."""

from collections.abc import Iterator

import numpy as np

from matching.candidates import BLOCK_CELLS, Candidates, Market
from matching.goals import Amounts
from matching.problem import GoalName, RuleName
from matching.rules import BLOCKED, SELF, Mask
from matching.solution import Cause, CauseKind, Role, Unmatched
from matching.views import Block, Index

# What people settle themselves; the other rules are the organisation's.
OWN_RULES = frozenset({BLOCKED, RuleName.SHARED_HOURS.value, RuleName.SHARED_LANGUAGE.value})
NOT_A_CANDIDATE = "candidate"
NAMED_RIVALS = 20


def causes_of(
    market: Market, locked: Candidates, chosen: Candidates, *, finished: bool
) -> tuple[Unmatched, ...]:
    """Return everybody without a match with the cause, mentees first, each by id.

    `finished` tells that the plan is proved: then nobody waits only because the solve was stopped.
    """
    diagnosis = _Diagnosis(market, locked, chosen, finished=finished)
    return tuple(diagnosis.mentees()) + tuple(diagnosis.mentors())


class _Diagnosis:
    def __init__(self, market: Market, locked: Candidates, chosen: Candidates, *, finished: bool) -> None:
        mentees, mentors = market.sides.shape
        self._market = market
        self._finished = finished
        self._matches = chosen.merged(locked, mentors)
        self._taken = np.bincount(self._matches.rows, minlength=mentees)
        self._given = np.bincount(self._matches.columns, minlength=mentors)
        self._capacity = np.array([row.capacity for row in market.programme.mentors], dtype=np.int64)
        # The matches in the order of their mentors: who holds each mentor's places.
        self._by_mentor = np.argsort(self._matches.columns, kind="stable")
        self._first = np.searchsorted(self._matches.columns[self._by_mentor], np.arange(mentors + 1))

    def mentees(self) -> Iterator[Unmatched]:
        """Yield the mentees without a mentor."""
        programme = self._market.programme
        left_out = np.flatnonzero(self._taken == 0)
        for rows in _chunks(left_out, len(programme.mentors)):
            block = Block(self._market.sides, rows, np.arange(len(programme.mentors)))
            eligible, kept_by_others, removed = _look(self._market, block, axis=1)
            for number, row in enumerate(rows.tolist()):
                counts = {name: int(count[number]) for name, count in removed.items() if count[number]}
                cause = self._mentee_cause(row, eligible[number], bool(kept_by_others[number]), counts)
                person = programme.mentees[row].person
                yield Unmatched(programme=programme.id, person=person, role=Role.MENTEE, cause=cause)

    def _mentee_cause(self, row: int, eligible: Mask, narrow: bool, removed: dict[str, int]) -> Cause:
        partners = np.flatnonzero(eligible)
        rivals: tuple[str, ...] = ()
        rival_count = 0
        if self._market.programme.mentees[row].places == 0:
            kind = CauseKind.NO_PLACES_ASKED
        elif not len(partners):
            kind = CauseKind.OWN_CONDITIONS if narrow else CauseKind.NO_ELIGIBLE_PARTNER
        elif (self._given[partners] >= self._capacity[partners]).all():
            kind = CauseKind.PLACES_RAN_OUT
            rivals, rival_count = self._rivals(partners)
        else:
            # With coverage first nobody is left out of a proved plan beside a free place.
            later = self._market.programme.goals[0] is not GoalName.COVERAGE
            kind = CauseKind.NO_GAIN if self._finished and later else CauseKind.NOT_SOLVED
        considered = len(self._market.programme.mentors)
        return _cause(kind, considered, len(partners), removed, rivals, rival_count)

    def _rivals(self, mentors: Index) -> tuple[tuple[str, ...], int]:
        """Return who holds the places of these mentors: the first few by id, and how many in all."""
        places = [
            self._by_mentor[self._first[mentor] : self._first[mentor + 1]] for mentor in mentors.tolist()
        ]
        rows = np.unique(self._matches.rows[np.concatenate(places)])
        named = tuple(self._market.programme.mentees[row].person for row in rows[:NAMED_RIVALS].tolist())
        return named, len(rows)

    def mentors(self) -> Iterator[Unmatched]:
        """Yield the mentors without a mentee."""
        programme = self._market.programme
        free = np.flatnonzero(self._given == 0)
        for columns in _chunks(free, len(programme.mentees)):
            block = Block(self._market.sides, np.arange(len(programme.mentees)), columns)
            eligible, kept_by_others, removed = _look(self._market, block, axis=0)
            for number, column in enumerate(columns.tolist()):
                counts = {name: int(count[number]) for name, count in removed.items() if count[number]}
                partners = int(eligible[:, number].sum())
                kind = self._mentor_kind(column, partners, bool(kept_by_others[number]))
                cause = _cause(kind, len(programme.mentees), partners, counts)
                person = programme.mentors[column].person
                yield Unmatched(programme=programme.id, person=person, role=Role.MENTOR, cause=cause)

    def _mentor_kind(self, column: int, partners: int, narrow: bool) -> CauseKind:
        if self._capacity[column] == 0:
            return CauseKind.NO_PLACES_ASKED
        if not partners:
            return CauseKind.OWN_CONDITIONS if narrow else CauseKind.NO_ELIGIBLE_PARTNER
        return CauseKind.NOT_NEEDED if self._finished else CauseKind.NOT_SOLVED


def _cause(
    kind: CauseKind,
    others: int,
    eligible: int,
    removed: dict[str, int],
    rivals: tuple[str, ...] = (),
    rival_count: int = 0,
) -> Cause:
    return Cause(
        kind=kind,
        # Nobody counts as a partner of their own.
        considered=others - removed.get(SELF, 0),
        eligible=eligible,
        rules={name: count for name, count in removed.items() if name != SELF},
        rivals=rivals,
        rival_count=rival_count,
    )


def _look(market: Market, block: Block, *, axis: int) -> tuple[Mask, Mask, dict[str, Amounts]]:
    """Return the eligible pairs of a block, who has some but for their own rules, and what each rule removed.

    Sums run along `axis`: 1 tells of mentees, 0 of mentors.
    """
    shape = np.broadcast_shapes(block.mentee.shape, block.mentor.shape)
    eligible: Mask = np.ones(shape, dtype=np.bool_)
    by_others: Mask = np.ones(shape, dtype=np.bool_)
    removed: dict[str, Amounts] = {}
    for rule in market.rules:
        kept = rule.keeps(block)
        removed[rule.name] = removed.get(rule.name, 0) + (eligible & ~kept).sum(axis=axis)
        eligible &= kept
        if rule.name not in OWN_RULES:
            by_others &= kept
    if market.explicit is not None:
        named = block.entries(market.named_pairs)
        removed[NOT_A_CANDIDATE] = (eligible & ~named).sum(axis=axis)
        eligible &= named
        by_others &= named
    return eligible, np.asarray(by_others.any(axis=axis)), removed


def _chunks(numbers: Index, others: int) -> Iterator[Index]:
    step = max(1, BLOCK_CELLS // max(1, others))
    for start in range(0, len(numbers), step):
        yield numbers[start : start + step]
