"""A programme of peer coaching laid out for checking: everybody against everybody, judged anew."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import combinations

import numpy as np

from matching.check.fit import Fit
from matching.check.hours import SharedHours
from matching.check.points import GRADE_STEPS, THOUSAND, Points
from matching.check.report import ViolationKind
from matching.check.rules import Rules
from matching.check.sheet import Flags, Integers, Sheet, grouped_by
from matching.problem import (
    Criterion,
    Lock,
    Mentee,
    Mentor,
    MentoringProgramme,
    PeerProgramme,
    Problem,
    Rule,
    RuleName,
)

Forbidden = dict[ViolationKind, Flags]
"""Which pairs each restriction forbids: arrays of shape (people, people), the same both ways."""


class Circle:
    """The people of one peer programme, numbered in its order, with what holds between any two of them.

    Everything is counted in both directions by the code that checks mentoring, and then put together: a pair
    is forbidden when either direction is, and earns the mean of both. Only what has no direction among peers
    is counted here: the distance of grades, and who has met whom.

    Attributes
    ----------
    people : tuple of str
        The ids; ``number`` leads back from them.
    priority : array of int
        Each person's worth for coverage, ``1 + rounds_waited``.
    required : array of int
        1 for each person who must be in a group.
    locked : dict
        From the members of a locked group, as a set of ids, to its lock.
    free : array of bool
        Who is in no locked group.
    groups : dict
        From each value of the attribute of `parity` to the numbers of those who have it.
    """

    def __init__(self, problem: Problem, programme: PeerProgramme) -> None:
        self.problem, self.programme = problem, programme
        self.sheet = Sheet(problem, _one_direction(programme))
        self.people = tuple(row.person for row in programme.people)
        self.number = {person: number for number, person in enumerate(self.people)}
        self.priority: Integers = np.array(
            [1 + row.rounds_waited for row in programme.people], dtype=np.int64
        )
        self.grades = np.array([_grade(person.grade) for person in self.sheet.mentees], dtype=float)
        self.required: Integers = np.array([row.required for row in programme.people], dtype=np.int64)
        locks = [lock for lock in problem.locks if lock.programme == programme.id]
        self.locked: dict[frozenset[str], Lock] = {frozenset(lock.members): lock for lock in locks}
        settled = {member for members in self.locked for member in members}
        self.free: Flags = np.array([person not in settled for person in self.people], dtype=bool)
        bans = [ban.members for ban in problem.bans if ban.programme == programme.id]
        self.banned_triads = {frozenset(members) for members in bans if len(members) == 3}
        self._banned_pairs = [members for members in bans if len(members) == 2]
        hours, fit = SharedHours(self.sheet), Fit(self.sheet)
        self._rules = Rules(self.sheet, hours, fit)
        self._scores = Points(self.sheet, hours, fit)
        self.groups: dict[str, list[int]] = grouped_by(self.sheet.mentees, programme.parity)
        self._listed = {frozenset(row[:2]): row[2] for row in programme.candidates or ()}

    def name(self, person: str) -> str:
        """Return a person as sentences name them."""
        return self.sheet.name(person)

    @cached_property
    def forbidden(self) -> Forbidden:
        """Which pairs each restriction forbids, in the order in which restrictions count."""
        found = self._both_ways([self._rules.always(row) for row in range(len(self.people))])
        found[ViolationKind.BAN] = self._among(self._banned_pairs)
        if self.programme.candidates is not None:
            return found | {ViolationKind.NOT_A_CANDIDATE: ~self._among(tuple(pair) for pair in self._listed)}
        named = self._both_ways([self._rules.named(row) for row in range(len(self.people))])
        for rule in self.programme.rules:
            if rule.rule == RuleName.GRADE_DISTANCE:
                named[ViolationKind.GRADE_DISTANCE] = self._too_far_or_near(rule)
        if ViolationKind.PRIOR_PAIR in named:
            others = [mask for kind, mask in (found | named).items() if kind is not ViolationKind.PRIOR_PAIR]
            named[ViolationKind.PRIOR_PAIR] = self._met_too_early(np.logical_or.reduce(others))
        return found | named

    @cached_property
    def eligible(self) -> Flags:
        """Which pairs no restriction forbids."""
        eligible: Flags = ~np.logical_or.reduce(list(self.forbidden.values()))
        return eligible

    def broken_by(self, rule: Rule) -> Flags:
        """Tell which pairs break one rule of the programme; who has met whom counts beside all of them."""
        if rule.rule == RuleName.GRADE_DISTANCE:
            return self._too_far_or_near(rule)
        if rule.rule == RuleName.NO_PRIOR_PAIR:
            return self.forbidden[ViolationKind.PRIOR_PAIR]
        one_way = np.array(
            [self._rules.forbidden_by(rule, row) for row in range(len(self.people))], dtype=bool
        )
        return np.asarray(one_way | one_way.T)

    def _both_ways(self, rows: list[dict[ViolationKind, Flags]]) -> Forbidden:
        if not rows:
            return {}
        masks = {kind: np.array([row[kind] for row in rows], dtype=bool) for kind in rows[0]}
        return {kind: mask | mask.T for kind, mask in masks.items()}

    @cached_property
    def previous(self) -> Integers:
        """1 for the pairs that were together in the earlier plan."""
        rows = (row.members for row in self.problem.previous if row.programme == self.programme.id)
        return self._among(rows).astype(np.int64)

    def kept(self, members: Iterable[str]) -> int:
        """Return what a group keeps of the earlier plan: counted as points are."""
        numbers = [self.number[member] for member in members]
        found = sum(int(self.previous[pair]) for pair in combinations(numbers, 2))
        return 2 * found if len(numbers) == 2 else found

    def _among(self, groups: Iterable[tuple[str, ...]]) -> Flags:
        """Tell which pairs are together in one of these groups."""
        mask = np.zeros((len(self.people), len(self.people)), dtype=bool)
        for members in groups:
            numbers = [self.number[member] for member in members if member in self.number]
            for a, b in combinations(numbers, 2):
                mask[a, b] = mask[b, a] = True
        return mask

    def _too_far_or_near(self, rule: Rule) -> Flags:
        apart = np.abs(self.grades - self.grades[:, None])
        least = -np.inf if rule.min is None else rule.min
        most = np.inf if rule.max is None else rule.max
        forbidden: Flags = ~((apart >= least) & (apart <= most))
        return forbidden

    def _met_too_early(self, otherwise_forbidden: Flags) -> Flags:
        """Tell which pairs have met of whom one has somebody new to meet whom the other rules allow."""
        history = [row.members for row in self.problem.history if row.programme == self.programme.id]
        met = self._among(history)
        somebody_new = np.asarray((~met & ~otherwise_forbidden).any(axis=1))
        early: Flags = met & (somebody_new | somebody_new[:, None])
        return early

    @cached_property
    def _shares(self) -> dict[Criterion, Integers]:
        """Each criterion's share of each pair, the mean of both directions rounded down."""
        rows = [self._scores.shares(row) for row in range(len(self.people))]
        found: dict[Criterion, Integers] = {}
        for name in self._scores.weights if rows else ():
            one_way = np.array([row[name] for row in rows], dtype=np.int32)
            found[name] = (one_way + one_way.T) // 2
        if Criterion.GRADE_STEP in found:
            found[Criterion.GRADE_STEP] = self._grade_steps()
        return found

    def _grade_steps(self) -> Integers:
        apart = np.abs(self.grades - self.grades[:, None])
        share = np.zeros(apart.shape, dtype=np.int32)
        for step, worth in GRADE_STEPS:
            share[apart == step] = worth
        return share

    @cached_property
    def points(self) -> Integers:
        """The points of each pair, eligible or not."""
        total = np.zeros((len(self.people), len(self.people)), dtype=np.int64)
        for pair, points in self._listed.items():
            a, b = (self.number[person] for person in pair)
            total[a, b] = total[b, a] = points
        for name, share in self._shares.items():
            total += (self._scores.weights[name] * share.astype(np.int64) + THOUSAND // 2) // THOUSAND
        return total

    def worth(self, members: Iterable[str]) -> tuple[int, Mapping[str, int]]:
        """Return a group's points, whatever it breaks, and their parts: none when pairs come with points."""
        numbers = [self.number[member] for member in members]
        times = 2 if len(numbers) == 2 else 1
        pairs = list(combinations(numbers, 2))
        if self.programme.candidates is not None:
            return times * sum(int(self.points[pair]) for pair in pairs), {}
        parts = {
            str(name): times * sum(self._part(name, int(share[pair])) for pair in pairs)
            for name, share in self._shares.items()
        }
        return sum(parts.values()), parts

    def _part(self, name: Criterion, share: int) -> int:
        return (self._scores.weights[name] * share + THOUSAND // 2) // THOUSAND


def _one_direction(programme: PeerProgramme) -> MentoringProgramme:
    """Return the mentoring programme in which everybody is both mentee and mentor."""
    return MentoringProgramme(
        id=programme.id,
        mentees=tuple(Mentee(person=row.person, wishes=row.wishes) for row in programme.people),
        mentors=tuple(Mentor(person=row.person) for row in programme.people),
        rules=programme.rules,
        criteria=programme.criteria,
    )


def _grade(grade: int | None) -> float:
    return float("nan") if grade is None else float(grade)
