"""A programme of peer coaching of a joint round, as the check sees it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from matching.check.claims import field_violations, goal_violations
from matching.check.joint.part import Counts, Terms, price_violations
from matching.check.peers.causes import cause_violations
from matching.check.peers.circle import Circle
from matching.check.peers.plan import placed, plan_violations
from matching.check.peers.prices import GroupPrices
from matching.check.report import Violation, ViolationKind
from matching.problem import PeerProgramme, Problem
from matching.solution import Certificate, Solution


class PeerPart:
    """Everybody in a group seeks; nobody only gives."""

    def __init__(
        self, problem: Problem, programme: PeerProgramme, solution: Solution, violations: list[Violation]
    ) -> None:
        self.programme = programme
        self._circle = circle = Circle(problem, programme)
        rows = (
            (f"assignments[{index}]", row)
            for index, row in enumerate(solution.assignments)
            if row.programme == programme.id
        )
        self._groups = placed(circle, rows, violations)
        violations.extend(plan_violations(circle, self._groups))
        free = [group for group in self._groups if frozenset(group.members) not in circle.locked]
        self.seeking: Counts = Counter(person for group in self._groups for person in group.members)
        self.locked_seeking: Counts = Counter(person for group in circle.locked for person in group)
        self.most_seeking: Counts = {
            person: int(circle.free[number]) for person, number in circle.number.items()
        }
        self.giving: Counts = {}
        self.locked_giving: Counts = {}
        self.most_giving: Counts = {}
        self.settled = set(self.locked_seeking)
        self.covered = set(self.seeking)
        self.coverage = sum(self._priority(person) for group in free for person in group.members)
        self.triads = sum(len(group.members) == 3 for group in free)
        self.points = sum(group.points for group in free)

    def _priority(self, person: str) -> int:
        return int(self._circle.priority[self._circle.number[person]])

    def shape_violations(self, certificate: Certificate, where: str) -> list[Violation]:
        """Return prices of whom is not there or below zero, and odd sets that are none."""
        found = list(field_violations(certificate, where, used=("people", "odd_sets")))
        found += price_violations(certificate.people, self._circle.number, where, "people")
        for index, row in enumerate(certificate.odd_sets):
            people = set(row.members)
            known = len(people) == len(row.members) and people <= self._circle.number.keys()
            if not known or row.price < 0 or row.size not in (2, 3):
                sentence = (
                    "An odd set has people who enrolled, each once, parts of 2 or 3, and no price below 0."
                )
                found.append(Violation(ViolationKind.WRONG_PRICE, f"{where}.odd_sets[{index}]", sentence))
        return found

    def bound(self, certificate: Certificate, terms: Terms) -> int:
        """Return the sum of the certificate's formula.

        The price of a group is asked of its people by halves; a triad has a third half to be given back.
        """
        half = terms.group // 2
        weights = {"coverage": 0, "points": terms.points, "triads": terms.triads - half}
        brings = [
            terms.coverage * self._priority(person) * bool(self._circle.free[number])
            + terms.cover.get(person, 0)
            - terms.toll.get(person, 0)
            - half
            for person, number in self._circle.number.items()
        ]
        return GroupPrices(self._circle, replace(certificate, weights=weights), brings).bound()

    def alike(self) -> int | None:
        """Return what everybody who is free counts for, where that is one number."""
        counts = set(self._circle.priority[self._circle.free].tolist())
        return int(counts.pop()) if len(counts) == 1 else None

    def claim_violations(
        self, solution: Solution, *, proved: bool, spent: Collection[str]
    ) -> list[Violation]:
        """Return goals and causes that are not as the solution says."""
        reached = {
            "coverage": sum(self._priority(person) for group in self._groups for person in group.members),
            "points": sum(group.points for group in self._groups),
        }
        found = list(goal_violations(self.programme, reached, solution, proved=proved))
        causes = cause_violations(self._circle, self._groups, solution, proved=proved, spent=spent)
        return found + list(causes)
