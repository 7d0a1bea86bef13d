"""The hard rules once more, with code of their own: which pairs of mentee and mentor each of them forbids."""

from collections.abc import Callable, Collection, Iterator
from functools import reduce
from operator import or_

import numpy as np

from matching.check.fit import Fit
from matching.check.hours import SharedHours
from matching.check.listed import Listed, pairs_in
from matching.check.report import ViolationKind
from matching.check.sheet import ALL, Flags, Integers, Sheet, Some, Table, Texts
from matching.problem import Person, Rule, RuleName

PAIR_BY_PAIR = (RuleName.NOT_IN_REPORTING_LINE, RuleName.NO_PRIOR_PAIR)
"""Rules that forbid pairs which can be listed."""
OF_WANTS = (RuleName.COVERS_WANTS,)
"""Rules about what mentees want; all others are the same for people who are alike (`Sheet.alike`)."""
OF_LIKENESS = tuple(name for name in RuleName if name not in (*PAIR_BY_PAIR, *OF_WANTS))


class Rules:
    """What holds between mentees and mentors of one programme: blocks, bans and the rules it names."""

    def __init__(self, sheet: Sheet, hours: SharedHours, fit: Fit) -> None:
        self.sheet = sheet
        self.hours = hours
        self.fit = fit
        problem, programme = sheet.problem, sheet.programme
        bans = (ban.members for ban in problem.bans if ban.programme == programme.id)
        met = (row.members for row in problem.history if row.programme == programme.id)
        self._always = {
            ViolationKind.SELF: Listed.of(sheet, zip(sheet.row, sheet.row, strict=True)),
            ViolationKind.BLOCK: Listed.of(sheet, pairs_in(problem.blocks)),
            ViolationKind.BAN: Listed.of(sheet, pairs_in(bans)),
        }
        self._listed = {
            RuleName.NOT_IN_REPORTING_LINE: Listed.of(sheet, _lines(sheet)),
            RuleName.NO_PRIOR_PAIR: Listed.of(sheet, pairs_in(met)),
        }
        self._mentee_grade, self._mentor_grade = (
            np.array([np.nan if person.grade is None else person.grade for person in people], dtype=float)
            for people in (sheet.mentees, sheet.mentors)
        )
        self._departments = Texts(sheet, lambda person: person.department)
        self._attributes = {
            name: Texts(sheet, _attribute(name))
            for rule in programme.rules
            if rule.rule == RuleName.SAME_ATTRIBUTE and (name := rule.name) is not None
        }
        self._languages = Table(sheet, lambda person: frozenset(person.languages), _in_common)

    def always(self, rows: Some, columns: Some = ALL) -> dict[ViolationKind, Flags]:
        """Return which pairs what always holds forbids: who is their own mentor, blocks and bans."""
        return {kind: listed.flags(rows, columns) for kind, listed in self._always.items()}

    def named(self, rows: Some, columns: Some = ALL) -> dict[ViolationKind, Flags]:
        """Return which pairs each rule of the programme forbids, in the programme's order."""
        found: dict[ViolationKind, Flags] = {}
        for rule in self.sheet.programme.rules:
            kind = ViolationKind(rule.rule.value)
            mask = self.forbidden_by(rule, rows, columns)
            found[kind] = found[kind] | mask if kind in found else mask
        return found

    def forbidden_by(self, rule: Rule, rows: Some, columns: Some = ALL) -> Flags:
        """Tell which pairs one rule forbids."""
        return _FORBIDS[rule.rule](self, rule, rows, columns)

    def kept(self, names: Collection[RuleName], rows: Some, columns: Some = ALL) -> Flags:
        """Tell which pairs keep those rules of the programme that have one of these names."""
        chosen = [rule for rule in self.sheet.programme.rules if rule.rule in names]
        broken = [self.forbidden_by(rule, rows, columns) for rule in chosen]
        kept: Flags = ~reduce(or_, broken) if broken else self.sheet.nothing(rows, columns) == 0
        return kept

    def barred(self, names: Collection[RuleName]) -> Integers:
        """Return the pairs that what always holds forbids, and rules of these names pair by pair.

        As ``row * mentors + column`` of each, in order, some more than once.
        """
        listed = [*self._always.values(), *(self._listed[name] for name in names)]
        return np.sort(np.concatenate([pairs.keys for pairs in listed]))

    def _pair_by_pair(self, rule: Rule, rows: Some, columns: Some) -> Flags:
        return self._listed[rule.rule].flags(rows, columns)

    def _shared_hours(self, rule: Rule, rows: Some, columns: Some) -> Flags:
        return self.hours.minutes(rows, columns) < (rule.minutes or 0)

    def _shared_language(self, _rule: Rule, rows: Some, columns: Some) -> Flags:
        apart: Flags = self._languages.of(rows, columns) == 0
        return apart

    def _grade_distance(self, rule: Rule, rows: Some, columns: Some) -> Flags:
        distance = self._mentor_grade[columns] - self._mentee_grade[rows]
        least = -np.inf if rule.min is None else rule.min
        most = np.inf if rule.max is None else rule.max
        forbidden: Flags = ~((distance >= least) & (distance <= most))
        return forbidden

    def _other_department(self, _rule: Rule, rows: Some, columns: Some) -> Flags:
        return ~self._departments.other(rows, columns)

    def _same_attribute(self, rule: Rule, rows: Some, columns: Some) -> Flags:
        return ~self._attributes[rule.name or ""].same(rows, columns)

    def _covers_wants(self, rule: Rule, rows: Some, columns: Some) -> Flags:
        return self.fit.too_little(rows, columns, rule.percent or 0)


def _lines(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Yield mentees with the mentors above them and below them, at any distance."""
    for mentee in sheet.row:
        yield from ((mentee, boss) for boss in sheet.above(mentee) if boss in sheet.column)
    for mentor in sheet.column:
        yield from ((boss, mentor) for boss in sheet.above(mentor) if boss in sheet.row)


def _in_common(own: frozenset[str], other: frozenset[str]) -> int:
    return len(own & other)


def _attribute(name: str) -> Callable[[Person], str | None]:
    return lambda person: person.attributes.get(name)


_FORBIDS: dict[RuleName, Callable[[Rules, Rule, Some, Some], Flags]] = {
    RuleName.NOT_IN_REPORTING_LINE: Rules._pair_by_pair,
    RuleName.SHARED_HOURS: Rules._shared_hours,
    RuleName.SHARED_LANGUAGE: Rules._shared_language,
    RuleName.NO_PRIOR_PAIR: Rules._pair_by_pair,
    RuleName.GRADE_DISTANCE: Rules._grade_distance,
    RuleName.OTHER_DEPARTMENT: Rules._other_department,
    RuleName.SAME_ATTRIBUTE: Rules._same_attribute,
    RuleName.COVERS_WANTS: Rules._covers_wants,
}
