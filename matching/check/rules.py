"""The hard rules once more, with code of their own: which mentors a mentee may not have, by which rule."""

from collections.abc import Callable, Iterable

import numpy as np

from matching.check.fit import Fit
from matching.check.hours import SharedHours
from matching.check.report import ViolationKind
from matching.check.sheet import Flags, Sheet, Texts, grouped
from matching.problem import Person, Rule, RuleName


class Rules:
    """What holds between mentees and mentors of one programme: blocks, bans and the rules it names."""

    def __init__(self, sheet: Sheet, hours: SharedHours, fit: Fit) -> None:
        self.sheet = sheet
        self.hours = hours
        self.fit = fit
        self._nobody = np.zeros(len(sheet.mentors), dtype=bool)
        self._nobody.flags.writeable = False
        problem, programme = sheet.problem, sheet.programme
        self.blocked = _together(problem.blocks)
        self.banned = _together(ban.members for ban in problem.bans if ban.programme == programme.id)
        self.met = _together(row.members for row in problem.history if row.programme == programme.id)
        self.below = grouped((boss, mentor.id) for mentor in sheet.mentors for boss in sheet.above(mentor.id))
        self.grade = np.array([np.nan if m.grade is None else m.grade for m in sheet.mentors], dtype=float)
        self.departments = Texts(mentor.department for mentor in sheet.mentors)
        languages = sorted({language for mentor in sheet.mentors for language in mentor.languages})
        self.speaks = {
            language: np.array([language in mentor.languages for mentor in sheet.mentors], dtype=bool)
            for language in languages
        }
        self.attributes = {
            rule.name: Texts(mentor.attributes.get(rule.name or "") for mentor in sheet.mentors)
            for rule in programme.rules
            if rule.rule == RuleName.SAME_ATTRIBUTE
        }

    def always(self, row: int) -> dict[ViolationKind, Flags]:
        """Return which mentors what always holds forbids to one mentee: themselves, blocks and bans."""
        return {kind: self._among(people) for kind, people in self._always(row).items()}

    def columns_always_forbidden(self, row: int) -> set[int]:
        """Return the columns of the mentors that `always` forbids."""
        return {column for people in self._always(row).values() for column in self.sheet.columns(people)}

    def _always(self, row: int) -> dict[ViolationKind, set[str]]:
        mentee = self.sheet.mentees[row].id
        return {
            ViolationKind.SELF: {mentee},
            ViolationKind.BLOCK: self.blocked.get(mentee, set()),
            ViolationKind.BAN: self.banned.get(mentee, set()),
        }

    def named(self, row: int) -> dict[ViolationKind, Flags]:
        """Return which mentors each rule of the programme forbids to one mentee, in the programme's order."""
        mentee = self.sheet.mentees[row]
        found: dict[ViolationKind, Flags] = {}
        for rule in self.sheet.programme.rules:
            kind = ViolationKind(rule.rule.value)
            mask = _FORBIDS[rule.rule](self, mentee, rule)
            found[kind] = found[kind] | mask if kind in found else mask
        return found

    def forbidden_by(self, rule: Rule, row: int) -> Flags:
        """Tell which mentors one rule forbids to one mentee."""
        return _FORBIDS[rule.rule](self, self.sheet.mentees[row], rule)

    def _among(self, people: set[str]) -> Flags:
        columns = self.sheet.columns(people)
        if not columns:
            return self._nobody
        mask = np.zeros(len(self.sheet.mentors), dtype=bool)
        mask[columns] = True
        return mask

    def _reporting_line(self, mentee: Person, _rule: Rule) -> Flags:
        return self._among({*self.sheet.above(mentee.id), *self.below.get(mentee.id, set())})

    def _shared_hours(self, mentee: Person, rule: Rule) -> Flags:
        return self.hours.row(mentee) < (rule.minutes or 0)

    def _shared_language(self, mentee: Person, _rule: Rule) -> Flags:
        shared = [self.speaks[language] for language in mentee.languages if language in self.speaks]
        return ~np.logical_or.reduce(shared) if shared else np.ones(len(self.sheet.mentors), dtype=bool)

    def _prior_pair(self, mentee: Person, _rule: Rule) -> Flags:
        return self._among(self.met.get(mentee.id, set()))

    def _grade_distance(self, mentee: Person, rule: Rule) -> Flags:
        distance = self.grade - (np.nan if mentee.grade is None else mentee.grade)
        least = -np.inf if rule.min is None else rule.min
        most = np.inf if rule.max is None else rule.max
        return ~((distance >= least) & (distance <= most))

    def _other_department(self, mentee: Person, _rule: Rule) -> Flags:
        return ~self.departments.other(mentee.department)

    def _same_attribute(self, mentee: Person, rule: Rule) -> Flags:
        return ~self.attributes[rule.name].same(mentee.attributes.get(rule.name or ""))

    def _covers_wants(self, mentee: Person, rule: Rule) -> Flags:
        return self.fit.too_little(mentee, rule.percent or 0)


def _together(groups: Iterable[tuple[str, ...]]) -> dict[str, set[str]]:
    """Return, for each person of the groups, the people they share a group with."""
    return grouped((a, b) for members in groups for a in members for b in members if a != b)


_FORBIDS: dict[RuleName, Callable[[Rules, Person, Rule], Flags]] = {
    RuleName.NOT_IN_REPORTING_LINE: Rules._reporting_line,
    RuleName.SHARED_HOURS: Rules._shared_hours,
    RuleName.SHARED_LANGUAGE: Rules._shared_language,
    RuleName.NO_PRIOR_PAIR: Rules._prior_pair,
    RuleName.GRADE_DISTANCE: Rules._grade_distance,
    RuleName.OTHER_DEPARTMENT: Rules._other_department,
    RuleName.SAME_ATTRIBUTE: Rules._same_attribute,
    RuleName.COVERS_WANTS: Rules._covers_wants,
}
