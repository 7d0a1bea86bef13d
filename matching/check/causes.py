"""Verifies who is said to be without a match, and that the cause given for each is the true one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from matching.check.grid import Forbidden, Grid
from matching.check.plan import Placed
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import ALL, Flags, Integers, Sheet
from matching.problem import Person
from matching.solution import Cause, CauseKind, Lack, Role, Solution, Unmatched

OWN_CONDITIONS = (ViolationKind.BLOCK, ViolationKind.SHARED_HOURS, ViolationKind.SHARED_LANGUAGE)
"""What people settle themselves; all other restrictions are the organisation's."""

RULE_NAMES = {
    ViolationKind.BLOCK: "not_blocked",
    ViolationKind.BAN: "not_banned",
    ViolationKind.NOT_A_CANDIDATE: "candidate",
}
"""How causes name the restrictions that are no rules; the others have the name of their rule."""

RIVALS_NAMED = 20
FIELDS = ("kind", "considered", "eligible", "rules", "rivals", "rival_count", "lacks")


def cause_violations(
    sheet: Sheet,
    grid: Grid,
    pairs: Sequence[Placed],
    solution: Solution,
    *,
    proved: bool,
    spent: Collection[str] = (),
) -> Iterator[Violation]:
    """Yield people who are left out silently or wrongly listed, and causes that are not the true ones.

    Who is ``spent`` has no hours left for one mentorship more.
    """
    matched = {
        Role.MENTEE: {sheet.mentees[pair.row].id for pair in pairs},
        Role.MENTOR: {sheet.mentors[pair.column].id for pair in pairs},
    }
    enrolled = {Role.MENTEE: sheet.row, Role.MENTOR: sheet.column}
    stated: dict[tuple[Role, str], tuple[str, Unmatched]] = {}
    for index, row in enumerate(solution.unmatched):
        if row.programme != sheet.programme.id:
            continue
        where, name = f"unmatched[{index}]", sheet.name(row.person)
        if row.person not in enrolled.get(row.role, {}):
            sentence = f"{name} is listed as a {row.role} without a match, but did not enrol as one."
            yield Violation(ViolationKind.NOT_LISTED, where, sentence)
        elif row.person in matched[row.role]:
            sentence = f"{name} is listed as a {row.role} without a match, but has one."
            yield Violation(ViolationKind.UNMATCHED_BUT_MATCHED, where, sentence)
        elif (row.role, row.person) in stated:
            sentence = f"{name} is listed twice as a {row.role} without a match."
            yield Violation(ViolationKind.UNMATCHED_TWICE, where, sentence)
        else:
            stated[row.role, row.person] = where, row
    for role, people in enrolled.items():
        for person in people:
            if person not in matched[role] and (role, person) not in stated:
                sentence = f"{sheet.name(person)} has no match as a {role} and is not listed with a cause."
                yield Violation(ViolationKind.UNMATCHED_MISSING, "unmatched", sentence)
    yield from _false_causes(sheet, _Diagnosis(sheet, grid, pairs, spent, proved=proved), stated)


def _false_causes(
    sheet: Sheet, diagnosis: "_Diagnosis", stated: dict[tuple[Role, str], tuple[str, Unmatched]]
) -> Iterator[Violation]:
    for (role, person), (where, row) in stated.items():
        if role is Role.MENTEE:
            right = diagnosis.of_mentee(sheet.row[person])
        else:
            right = diagnosis.of_mentor(sheet.column[person])
        yield from false_fields(f"{sheet.name(person)} has no match", right, row.cause, where)


def false_fields(subject: str, right: Cause, given: Cause, where: str) -> Iterator[Violation]:
    """Yield each field of a cause that is not as it must be."""
    for field in FIELDS:
        expected, stated = getattr(right, field), getattr(given, field)
        if expected != stated:
            sentence = f"{subject}: {field} is {_shown(expected)}, not {_shown(stated)}."
            yield Violation(ViolationKind.WRONG_CAUSE, f"{where}.cause.{field}", sentence)


def _shown(value: object) -> str:
    """Return what a field of a cause says, as a sentence can hold it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{count} by {name}" for name, count in value.items()) or "nobody"
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value)) or "nobody"
    if isinstance(value, Lack):
        return f"{value.skill} at {value.level} (known at {value.best}, possible at {value.possible})"
    return str(value)


@dataclass(slots=True)
class _Tally:
    """Of one person's possible partners: how many there are, are left, and went by each restriction."""

    considered: int
    eligible: int
    removed: dict[str, int]
    own_conditions: bool


class _Diagnosis:
    """Finds the cause of anybody without a match by looking at every partner they could have had."""

    def __init__(
        self, sheet: Sheet, grid: Grid, pairs: Sequence[Placed], spent: Collection[str], *, proved: bool
    ) -> None:
        self.spent = spent
        self.tired: Flags = np.array([mentor.id in spent for mentor in sheet.mentors], dtype=bool)
        self.sheet, self.grid = sheet, grid
        self.proved = proved
        self.mentees_of: dict[int, list[int]] = {}
        for pair in pairs:
            self.mentees_of.setdefault(pair.column, []).append(pair.row)
        given = Counter(pair.column for pair in pairs)
        taken = np.array([given[column] for column in range(len(sheet.mentors))], dtype=np.int64)
        self.full: Flags = taken >= sheet.capacity
        self._levels: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for column, mentor in enumerate(sheet.mentors):
            for held in mentor.holds:
                self._levels[held.skill].append((column, held.level))

    def of_mentee(self, row: int) -> Cause:
        """Return the cause for a mentee without a mentor."""
        forbidden = self.grid.forbidden(row)
        eligible = ~np.logical_or.reduce(list(forbidden.values()))
        tally = _tally(forbidden)
        rivals: list[str] = []
        lacks: list[Lack] = []
        if not self.sheet.places[row]:
            kind = CauseKind.NO_PLACES_ASKED
        elif not tally.eligible:
            kind = _nobody(tally)
            if ViolationKind.COVERS_WANTS in tally.removed:
                lacks = self._lacks(self.sheet.mentees[row], forbidden)
        elif self.sheet.mentees[row].id in self.spent:
            kind = CauseKind.OWN_HOURS
        elif (self.full | self.tired)[eligible].all():
            kind = CauseKind.PLACES_RAN_OUT if self.full[eligible].all() else CauseKind.HOURS_RAN_OUT
            rivals = self._holders_of(np.flatnonzero(eligible))
        else:
            # With coverage as the first goal nobody is left out of a proved plan beside a free place.
            later = self.sheet.programme.goals[0] != "coverage"
            kind = CauseKind.NO_GAIN if self.proved and later else CauseKind.NOT_SOLVED
        return _cause(kind, tally, rivals, lacks)

    def _lacks(self, mentee: Person, forbidden: Forbidden) -> list[Lack]:
        """Return what no mentor has whom only the skills wanted rule out, the greatest loss first."""
        others = [mask for kind, mask in forbidden.items() if kind is not ViolationKind.COVERS_WANTS]
        ruled_out = np.logical_or.reduce(others)
        own = self.sheet.column.get(mentee.id)
        found: list[tuple[Fraction, str, Lack]] = []
        for want in mentee.wants:
            levels = {mentor: level for mentor, level in self._levels[want.skill] if mentor != own}
            best = max(levels.values(), default=0)
            possible = max((level for mentor, level in levels.items() if not ruled_out[mentor]), default=0)
            if possible < want.level:
                loss = want.importance * (1 - Fraction(possible, want.level))
                lack = Lack(skill=want.skill, level=want.level, best=best, possible=possible)
                found.append((-loss, want.skill, lack))
        return [lack for _, _, lack in sorted(found, key=lambda row: row[:2])]

    def of_mentor(self, column: int) -> Cause:
        """Return the cause for a mentor without a mentee."""
        tally = _tally(self.grid.forbidden(ALL, column))
        if not self.sheet.capacity[column]:
            kind = CauseKind.NO_PLACES_ASKED
        elif not tally.eligible:
            kind = _nobody(tally)
        elif self.tired[column]:
            kind = CauseKind.OWN_HOURS
        else:
            kind = CauseKind.NOT_NEEDED if self.proved else CauseKind.NOT_SOLVED
        return _cause(kind, tally)

    def _holders_of(self, columns: Integers) -> list[str]:
        """Return who holds the places of these mentors, in the order of the programme's mentees."""
        rows = {row for column in columns.tolist() for row in self.mentees_of.get(column, ())}
        return [self.sheet.mentees[row].id for row in sorted(rows)]


def _tally(forbidden: Forbidden) -> _Tally:
    """Return the tally of one person's partners, each of whom goes by the first restriction that they break.

    Nobody is considered as their own partner.
    """
    removed: dict[str, int] = {}
    left = np.logical_not(forbidden[ViolationKind.SELF])
    considered = int(left.sum())
    for kind, mask in forbidden.items():
        count = int((left & mask).sum())
        if count:
            removed[RULE_NAMES.get(kind, str(kind))] = count
        left &= ~mask
    others = [mask for kind, mask in forbidden.items() if kind not in OWN_CONDITIONS]
    only_own = ~np.logical_or.reduce(others)
    return _Tally(considered, int(left.sum()), removed, bool(only_own.any()))


def _nobody(tally: _Tally) -> CauseKind:
    return CauseKind.OWN_CONDITIONS if tally.own_conditions else CauseKind.NO_ELIGIBLE_PARTNER


def _cause(kind: CauseKind, tally: _Tally, rivals: Sequence[str] = (), lacks: Sequence[Lack] = ()) -> Cause:
    return Cause(
        kind=kind,
        considered=tally.considered,
        eligible=tally.eligible,
        rules=tally.removed,
        rivals=tuple(rivals[:RIVALS_NAMED]),
        rival_count=len(rivals),
        lacks=tuple(lacks),
    )
