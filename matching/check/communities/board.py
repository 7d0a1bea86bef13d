"""A programme of communities laid out for checking: a row for each person, a column for each community."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from matching.check.fit import Fit
from matching.check.hours import SharedHours
from matching.check.points import LATER_WISH, THOUSAND, WISH_RANKS, Points
from matching.check.report import ViolationKind
from matching.check.rules import Rules
from matching.check.sheet import Flags, Integers, Sheet, grouped_by
from matching.check.skills import closeness
from matching.problem import (
    CommunitiesProgramme,
    Criterion,
    Kind,
    Mentee,
    Mentor,
    MentoringProgramme,
    Person,
    Problem,
    Rule,
    RuleName,
)

Forbidden = dict[ViolationKind, Flags]
"""For one person: which communities each kind of restriction forbids."""

OWN = (Criterion.SKILLS, Criterion.WISHES, Criterion.CONTINUITY)
"""Criteria that are not, or not always, a matter of the lead."""


class Board:
    """The people, communities and restrictions of one programme.

    What holds between a member and a lead is that between mentee and mentor; `sheet` is the mentoring
    programme in which the leads are the mentors.
    """

    def __init__(self, problem: Problem, programme: CommunitiesProgramme) -> None:
        self.problem, self.programme = problem, programme
        leads = sorted({row.lead for row in programme.communities if row.lead is not None})
        twin = MentoringProgramme(
            id=programme.id,
            mentees=tuple(Mentee(person=row.person) for row in programme.people),
            mentors=tuple(Mentor(person=lead) for lead in leads),
            rules=programme.rules,
            criteria={name: weight for name, weight in programme.criteria.items() if name not in OWN},
        )
        self.sheet = Sheet(problem, twin)
        self.fit = Fit(self.sheet)
        hours = SharedHours(self.sheet)
        self.rules, self.points_with_lead = (
            Rules(self.sheet, hours, self.fit),
            Points(self.sheet, hours, self.fit),
        )
        self.row = {row.person: index for index, row in enumerate(programme.people)}
        self.column = {row.id: index for index, row in enumerate(programme.communities)}
        self.led = np.array([row.lead is not None for row in programme.communities], dtype=bool)
        self.lead = [leads.index(row.lead) if row.lead else len(leads) for row in programme.communities]
        self.weights = {name: weight for name, weight in programme.criteria.items() if weight > 0}
        locks = [lock for lock in problem.locks if lock.programme == programme.id]
        self.locked = {(self.row[lock.members[0]], self.column[lock.members[1]]): lock for lock in locks}
        self.previous = {
            (self.row[row.members[0]], self.column[row.members[1]])
            for row in problem.previous
            if row.programme == programme.id and row.members[0] in self.row and row.members[1] in self.column
        }
        # Whom, and what, a lock settles is matched already.
        settled, opened = {row for row, _column in self.locked}, {column for _row, column in self.locked}
        self.required_people = {self.row[row.person] for row in programme.people if row.required} - settled
        required = {self.column[row.id] for row in programme.communities if row.required}
        self.required_communities = required - opened
        seeking = [row.places > 0 for row in programme.people]
        self.groups = grouped_by(self.sheet.mentees, programme.parity, seeking)
        history = [row for row in problem.history if row.programme == programme.id]
        latest = max((row.round for row in history), default="")
        bans = [ban.members for ban in problem.bans if ban.programme == programme.id]
        self.banned = self._named(bans)
        self.before = self._named(row.members for row in history)
        self.stayed = self._named(row.members for row in history if row.round == latest)
        self.foes = self._foes((*problem.blocks, *bans))
        self.explicit: dict[str, dict[int, int]] = defaultdict(dict)
        for person, community, points in programme.candidates or ():
            self.explicit[person][self.column[community]] = points

    def name(self, person_id: str) -> str:
        """Return a person as sentences name them."""
        return self.sheet.name(person_id)

    def _named(self, groups: Iterable[tuple[str, ...]]) -> dict[str, set[int]]:
        """Return, for each person, the communities that a row names beside them."""
        found: dict[str, set[int]] = defaultdict(set)
        for members in groups:
            for person in members:
                others = (self.column[other] for other in members if other != person and other in self.column)
                found[person].update(others)
        return found

    def _foes(self, groups: Iterable[tuple[str, ...]]) -> dict[str, set[str]]:
        """Return whom each person of the programme is not to meet in a community."""
        found: dict[str, set[str]] = defaultdict(set)
        for members in groups:
            enrolled = [member for member in members if member in self.row]
            for person in enrolled:
                found[person].update(other for other in enrolled if other != person)
        return found

    def forbidden(self, row: int) -> Forbidden:
        """Return which communities each restriction forbids a person, in the order restrictions count."""
        person = self.sheet.mentees[row]
        found = {kind: self._by_lead(mask) for kind, mask in self.rules.always(row).items()}
        found[ViolationKind.BAN] |= self._flags(self.banned[person.id])
        if self.programme.candidates is not None:
            found[ViolationKind.NOT_A_CANDIDATE] = ~self._flags(self.explicit[person.id])
            return found
        for kind, mask in self.rules.named(row).items():
            found[kind] = self._by_lead(mask)
        if ViolationKind.PRIOR_PAIR in found:
            found[ViolationKind.PRIOR_PAIR] |= self._flags(self.before[person.id])
        if ViolationKind.COVERS_WANTS in found:
            found[ViolationKind.COVERS_WANTS] = self._too_little(person)
        return found

    def always_forbidden(self, row: int) -> Flags:
        """Tell which communities are forbidden a person by what is neither rule nor ban."""
        person = self.sheet.mentees[row]
        always = self.rules.always(row)
        shut = self._by_lead(always[ViolationKind.SELF] | always[ViolationKind.BLOCK])
        if self.programme.candidates is not None:
            shut = shut | ~self._flags(self.explicit[person.id])
        return shut

    def broken_by(self, rule: Rule, row: int) -> Flags:
        """Tell with which communities a person breaks one rule of the programme."""
        person = self.sheet.mentees[row]
        if rule.rule == RuleName.COVERS_WANTS:
            return self._too_little(person)
        broken = self._by_lead(self.rules.forbidden_by(rule, row))
        if rule.rule == RuleName.NO_PRIOR_PAIR:
            broken = broken | self._flags(self.before[person.id])
        return broken

    def _too_little(self, person: Person) -> Flags:
        (percent,) = {rule.percent for rule in self.programme.rules if rule.rule == RuleName.COVERS_WANTS}
        return (self.covered(person) * 100 < (percent or 0) * THOUSAND) & bool(person.wants)

    def _by_lead(self, mask: Flags) -> Flags:
        return np.append(mask, False)[self.lead]

    def _flags(self, columns: Iterable[int]) -> Flags:
        mask = np.zeros(len(self.column), dtype=bool)
        mask[list(columns)] = True
        return mask

    def parts(self, row: int) -> dict[str, Integers]:
        """Return, for one person, the points of each criterion with every community."""
        person = self.sheet.mentees[row]
        with_lead = self.points_with_lead.parts(row)
        found: dict[str, Integers] = {}
        for name, weight in self.weights.items():
            if name in with_lead:
                found[name.value] = np.append(with_lead[name], 0)[self.lead]
            else:
                found[name.value] = (weight * self._own_share(name, person, row) + 500) // THOUSAND
        return found

    def _own_share(self, name: Criterion, person: Person, row: int) -> Integers:
        if name is Criterion.SKILLS:
            return self.covered(person)
        if name is Criterion.CONTINUITY:
            return THOUSAND * self._flags(self.stayed[person.id]).astype(np.int64)
        share = np.zeros(len(self.column), dtype=np.int64)
        for rank, wished in enumerate(self.programme.people[row].wishes):
            share[self.column[wished]] = WISH_RANKS[rank] if rank < len(WISH_RANKS) else LATER_WISH
        return share

    def points(self, row: int) -> Integers:
        """Return, for one person, the points with every community; what is no candidate earns nothing."""
        found = sum(self.parts(row).values(), np.zeros(len(self.column), dtype=np.int64))
        for column, points in self.explicit[self.sheet.mentees[row].id].items():
            found[column] = points
        return found

    def covered(self, person: Person) -> Integers:
        """Return how far communities, or the mentors of mentored groups, answer what a person wants."""
        share = self._near_topic(person)
        if self.programme.kind is Kind.GROUP_MENTORING:
            share = np.where(
                self.led, np.append(self.fit.covered(self.sheet.row[person.id]), 0)[self.lead], share
            )
        return share

    def _near_topic(self, person: Person) -> Integers:
        asked = {want.skill: want.importance for want in person.wants} or {h.skill: 1 for h in person.holds}
        total = np.zeros(len(self.column), dtype=np.int64)
        for skill, importance in asked.items():
            total += importance * self._nearest(skill)
        return total // max(1, sum(asked.values()))

    def _nearest(self, skill: str) -> Integers:
        """Return how close a skill is to the nearest skill of each community."""
        if skill not in self._nearest_of:
            near = self._near.get(skill, {})
            best = [
                max((near.get(topic, 0) for topic in community.skills), default=0)
                for community in self.programme.communities
            ]
            self._nearest_of[skill] = np.array(best, dtype=np.int64)
        return self._nearest_of[skill]

    @cached_property
    def _near(self) -> dict[str, dict[str, int]]:
        return closeness(self.problem)

    @cached_property
    def _nearest_of(self) -> dict[str, Integers]:
        return {}

    def value(self, person_id: str, attribute: str) -> str | None:
        """Return what a mix counts: somebody's department, location or attribute; nothing when not known."""
        person = self.sheet.people[person_id]
        places = {"department": person.department, "location": person.location}
        return (places[attribute] if attribute in places else person.attributes.get(attribute)) or None

    @cached_property
    def eligible(self) -> list[Flags]:
        """Which communities each person may join, by row."""
        return [~np.logical_or.reduce(list(self.forbidden(row).values())) for row in range(len(self.row))]

    @cached_property
    def may_join(self) -> list[Flags]:
        """Which communities each person may join beside locks: with a place left on both sides."""
        inside: dict[int, list[int]] = defaultdict(list)
        left = [row.places for row in self.programme.people]
        for row, column in self.locked:
            inside[column].append(row)
            left[row] -= 1
        communities = enumerate(self.programme.communities)
        sizes = [(len(inside.get(column, ())), row.max) for column, row in communities]
        has_room = np.array([size < most for size, most in sizes], dtype=bool)
        found = []
        for row, places in enumerate(left):
            mask = self.eligible[row] & has_room & (places > 0)
            foes = self.foes[self.programme.people[row].person]
            for column, locked in inside.items():
                met = any(self.programme.people[other].person in foes for other in locked)
                mask[column] &= row not in locked and not met
            found.append(mask)
        return found

    @cached_property
    def most_points(self) -> int:
        """The most points of a membership that may be made beside locks; 0 where there is none."""
        rows = enumerate(self.may_join)
        return max((int(self.points(row)[mask].max()) for row, mask in rows if mask.any()), default=0)
