"""Why somebody has no match: one cause each, found by looking at every partner they could have had."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from matching.candidates import BLOCK_CELLS, Candidates, Market
from matching.goals import Amounts
from matching.problem import GoalName, RuleName, Wanted
from matching.rules import BLOCKED, SELF, Mask
from matching.solution import Cause, CauseKind, Lack, Role, Unmatched
from matching.threads import in_threads
from matching.views import Block, Index

# What people settle themselves; the other rules are the organisation's.
OWN_RULES = frozenset({BLOCKED, RuleName.SHARED_HOURS.value, RuleName.SHARED_LANGUAGE.value})
NOT_A_CANDIDATE = "candidate"
NAMED_RIVALS = 20
# People of a large market whose partners are counted at a time.
COUNTED_AT_ONCE = 500
_NO_MARKS: Mask = np.zeros((0, 0), dtype=np.bool_)
COVERS_WANTS = RuleName.COVERS_WANTS.value
# Every level divides it, so that shares of levels stay whole numbers.
ALL_LEVELS = 60


def causes_of(
    market: Market, locked: Candidates, chosen: Candidates, *, finished: bool, spent: Mask | None = None
) -> tuple[Unmatched, ...]:
    """Return everybody without a match with the cause, mentees first, each by id.

    `finished` tells that the plan is proved: then nobody waits only because the solve was stopped. Who is
    `spent`, by place among the problem's people, has no hours left for one mentorship more.
    """
    diagnosis = _Diagnosis(market, locked, chosen, finished=finished, spent=spent)
    return tuple(diagnosis.mentees()) + tuple(diagnosis.mentors())


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What a look at the partners of some people found.

    `partners` counts for each those who are left by every rule, `removed` those whom each rule removed.
    `eligible` marks the former, `reachable` those whom every rule leaves but the one about skills. `narrow`
    marks who would have a partner but for people's own rules. Of mentors the marks are by mentee.
    """

    partners: Amounts
    eligible: Mask
    reachable: Mask
    narrow: Mask
    removed: dict[str, Amounts]

    def removed_of(self, number: int) -> dict[str, int]:
        """Return how many partners each rule removed for one person."""
        return {name: int(count[number]) for name, count in self.removed.items() if count[number]}


_LookAt = Callable[[Index], _Look]
# The number of a person, a look, and which of those looked at the person is.
_Seen = tuple[int, _Look, int]


class _Diagnosis:
    def __init__(
        self, market: Market, locked: Candidates, chosen: Candidates, *, finished: bool, spent: Mask | None
    ) -> None:
        mentees, mentors = market.sides.shape
        spent = np.zeros(len(market.problem.people), dtype=np.bool_) if spent is None else spent
        self._spent_mentees, self._spent_mentors = spent[market.sides.mentees], spent[market.sides.mentors]
        self._market = market
        self._finished = finished
        self._matches = chosen.merged(locked, mentors)
        self._taken = np.bincount(self._matches.rows, minlength=mentees)
        self._given = np.bincount(self._matches.columns, minlength=mentors)
        self._capacity = np.array([row.capacity for row in market.programme.mentors], dtype=np.int64)
        self._full: Mask = self._given >= self._capacity
        # The matches in the order of their mentors: who holds each mentor's places.
        self._by_mentor = np.argsort(self._matches.columns, kind="stable")
        self._first = np.searchsorted(self._matches.columns[self._by_mentor], np.arange(mentors + 1))

    def mentees(self) -> Iterator[Unmatched]:
        """Yield the mentees without a mentor."""
        market, programme = self._market, self._market.programme
        everybody = np.arange(len(programme.mentors))

        def look(rows: Index) -> _Look:
            return _look(market, Block(market.sides, rows, everybody), axis=1)

        def count(rows: Index) -> _Look:
            left, eligible = market.survey.left_to_mentees(rows)
            return _counted(market, left, len(everybody), eligible)

        left_out = np.flatnonzero(self._taken == 0)
        for row, seen, number in self._looks(left_out, look, count, len(everybody)):
            cause = self._mentee_cause(row, seen, number)
            person = programme.mentees[row].person
            yield Unmatched(programme=programme.id, person=person, role=Role.MENTEE, cause=cause)

    def _looks(self, people: Index, look: _LookAt, count: _LookAt, others: int) -> Iterator[_Seen]:
        """Yield each person with what was seen of them; in large markets partners are only counted.

        Who has none there is looked at all the same, for who would be a partner under fewer rules.
        """
        if not self._market.is_large:
            yield from self._looked_at(people, look, others)
            return
        for start in range(0, len(people), COUNTED_AT_ONCE):
            some = people[start : start + COUNTED_AT_ONCE]
            seen = count(some)
            alone = self._looked_at(some[seen.partners == 0], look, others)
            found = {row: (other, number) for row, other, number in alone}
            for number, row in enumerate(some.tolist()):
                yield row, *found.get(row, (seen, number))

    def _looked_at(self, people: Index, look: _LookAt, others: int) -> Iterator[_Seen]:
        """Yield each person with what was seen of them; the market's workers look side by side."""
        chunks = _chunks(people, others)
        while together := list(islice(chunks, self._market.workers)):
            for rows, seen in zip(together, in_threads(look, together), strict=True):
                yield from ((row, seen, number) for number, row in enumerate(rows.tolist()))

    def _mentee_cause(self, row: int, seen: "_Look", number: int) -> Cause:
        partners, removed = np.flatnonzero(seen.eligible[number]), seen.removed_of(number)
        rivals: tuple[str, ...] = ()
        rival_count = 0
        lacks: tuple[Lack, ...] = ()
        if self._market.programme.mentees[row].places == 0:
            kind = CauseKind.NO_PLACES_ASKED
        elif not len(partners):
            kind = CauseKind.OWN_CONDITIONS if seen.narrow[number] else CauseKind.NO_ELIGIBLE_PARTNER
            lacks = self._lacks(row, seen.reachable[number]) if COVERS_WANTS in removed else ()
        elif self._spent_mentees[row]:
            kind = CauseKind.OWN_HOURS
        elif (self._full | self._spent_mentors)[partners].all():
            full = self._full[partners].all()
            kind = CauseKind.PLACES_RAN_OUT if full else CauseKind.HOURS_RAN_OUT
            rivals, rival_count = self._rivals(partners)
        else:
            # With coverage first nobody is left out of a proved plan beside a free place.
            later = self._market.programme.goals[0] is not GoalName.COVERAGE
            kind = CauseKind.NO_GAIN if self._finished and later else CauseKind.NOT_SOLVED
        considered = len(self._market.programme.mentors)
        return _cause(kind, considered, len(partners), removed, rivals, rival_count, lacks)

    def _lacks(self, row: int, others: Mask) -> tuple[Lack, ...]:
        """Return the skills that none of the `others` has at the level wanted, the most missed first."""
        market = self._market
        own = market.sides.mentees[row]
        found: list[tuple[int, Lack]] = []
        for want in market.problem.people[own].wants:
            columns, levels = self._holders.get(want.skill, _NOBODY)
            best = int(levels[market.sides.mentors[columns] != own].max(initial=0))
            possible = int(levels[others[columns]].max(initial=0))
            if possible < want.level:
                lack = Lack(skill=want.skill, level=want.level, best=best, possible=possible)
                found.append((_missed(want, possible), lack))
        return tuple(lack for _missed, lack in sorted(found, key=lambda item: (-item[0], item[1].skill)))

    @cached_property
    def _holders(self) -> dict[str, tuple[Index, Index]]:
        """The mentors who have each skill, and at what level."""
        listed: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for column, position in enumerate(self._market.sides.mentors):
            for held in self._market.problem.people[position].holds:
                listed[held.skill].append((column, held.level))
        tables = {skill: np.array(rows, dtype=np.intp) for skill, rows in listed.items()}
        return {skill: (table[:, 0], table[:, 1]) for skill, table in tables.items()}

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
        market, programme = self._market, self._market.programme
        everybody = np.arange(len(programme.mentees))

        def look(columns: Index) -> _Look:
            return _look(market, Block(market.sides, everybody, columns), axis=0)

        def count(columns: Index) -> _Look:
            return _counted(market, market.survey.left_to_mentors(columns), len(everybody))

        free = np.flatnonzero(self._given == 0)
        for column, seen, number in self._looks(free, look, count, len(everybody)):
            partners = int(seen.partners[number])
            kind = self._mentor_kind(column, partners, bool(seen.narrow[number]))
            cause = _cause(kind, len(everybody), partners, seen.removed_of(number))
            person = programme.mentors[column].person
            yield Unmatched(programme=programme.id, person=person, role=Role.MENTOR, cause=cause)

    def _mentor_kind(self, column: int, partners: int, narrow: bool) -> CauseKind:
        if self._capacity[column] == 0:
            return CauseKind.NO_PLACES_ASKED
        if not partners:
            return CauseKind.OWN_CONDITIONS if narrow else CauseKind.NO_ELIGIBLE_PARTNER
        if self._spent_mentors[column]:
            return CauseKind.OWN_HOURS
        return CauseKind.NOT_NEEDED if self._finished else CauseKind.NOT_SOLVED


_NOBODY: tuple[Index, Index] = np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)


def _missed(want: Wanted, level: int) -> int:
    return want.importance * (want.level - level) * (ALL_LEVELS // want.level)


def _cause(
    kind: CauseKind,
    others: int,
    eligible: int,
    removed: dict[str, int],
    rivals: tuple[str, ...] = (),
    rival_count: int = 0,
    lacks: tuple[Lack, ...] = (),
) -> Cause:
    return Cause(
        kind=kind,
        # Nobody counts as a partner of their own.
        considered=others - removed.get(SELF, 0),
        eligible=eligible,
        rules={name: count for name, count in removed.items() if name != SELF},
        rivals=rivals,
        rival_count=rival_count,
        lacks=lacks,
    )


def _look(market: Market, block: Block, *, axis: int) -> _Look:
    """Hold a block of pairs against the rules; sums run along `axis`: 1 tells of mentees, 0 of mentors."""
    shape = np.broadcast_shapes(block.mentee.shape, block.mentor.shape)
    eligible: Mask = np.ones(shape, dtype=np.bool_)
    by_others: Mask = np.ones(shape, dtype=np.bool_)
    reachable: Mask = np.ones(shape, dtype=np.bool_)
    removed: dict[str, Amounts] = {}
    left = eligible.sum(axis=axis)
    for rule in market.rules:
        kept = rule.keeps(block)
        eligible &= kept
        before, left = left, eligible.sum(axis=axis)
        removed[rule.name] = removed.get(rule.name, 0) + before - left
        if rule.name not in OWN_RULES:
            by_others &= kept
        if rule.name != COVERS_WANTS:
            reachable &= kept
    if market.explicit is not None:
        named = block.entries(market.named_pairs)
        eligible &= named
        removed[NOT_A_CANDIDATE] = left - eligible.sum(axis=axis)
        by_others &= named
    return _Look(eligible.sum(axis=axis), eligible, reachable, np.asarray(by_others.any(axis=axis)), removed)


def _counted(market: Market, left: Amounts, others: int, eligible: Mask = _NO_MARKS) -> _Look:
    """Return how many partners people have, of so many others, from those `left` after each rule.

    Only who has some is told apart; what others would have without some rules is not looked at.
    """
    removed: dict[str, Amounts] = {}
    before = np.full(left.shape[1], others, dtype=np.int64)
    for rule, after in zip(market.rules, left, strict=True):
        removed[rule.name] = removed.get(rule.name, 0) + before - after
        before = after
    return _Look(before, eligible, _NO_MARKS, before > 0, removed)


def _chunks(numbers: Index, others: int) -> Iterator[Index]:
    step = max(1, BLOCK_CELLS // max(1, others))
    for start in range(0, len(numbers), step):
        yield numbers[start : start + step]
