"""A programme of communities of a joint round, as the check sees it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from matching.check.claims import field_violations, goal_violations
from matching.check.communities.board import Board
from matching.check.communities.causes import cause_violations, closed_violations
from matching.check.communities.plan import gathered, plan_violations
from matching.check.communities.prices import Priced, Share
from matching.check.communities.proof import reached
from matching.check.joint.part import Counts, Terms, price_violations
from matching.check.report import Violation, ViolationKind
from matching.problem import CommunitiesProgramme, Problem
from matching.solution import Certificate, Solution


class CommunitiesPart:
    """Members seek; the lead of a community gives when it opens."""

    triads = 0

    def __init__(
        self,
        problem: Problem,
        programme: CommunitiesProgramme,
        solution: Solution,
        violations: list[Violation],
    ) -> None:
        self.programme = programme
        self._board = board = Board(problem, programme)
        self._groups = gathered(board, solution, violations)
        violations.extend(plan_violations(board, self._groups))
        held_open = {column for _row, column in board.locked}
        leads = [row.lead for row in programme.communities]
        locked_in = Counter(row for row, _column in board.locked)
        self.seeking: Counts = Counter(p for group in self._groups for p in group.assignment.people)
        self.giving: Counts = Counter(leads[group.column] or "" for group in self._groups)
        self.locked_seeking: Counts = Counter(
            {programme.people[row].person: number for row, number in locked_in.items()}
        )
        self.locked_giving: Counts = Counter(leads[column] or "" for column in held_open)
        self.most_seeking: Counts = {
            row.person: min(row.places - locked_in[number], len(programme.communities))
            for number, row in enumerate(programme.people)
        }
        self.most_giving: Counts = Counter(
            row.lead or ""
            for column, row in enumerate(programme.communities)
            if column not in held_open and min(row.max, len(programme.people)) > 0
        )
        self._leads, self._settled = leads, {programme.people[row].person for row in locked_in}
        self.settled = set(self._settled)
        self.covered = set(self.seeking)
        self._reached = reached(board, self._groups)
        self.coverage = self._reached.free_coverage
        self.points = self._reached.free_points

    def shape_violations(self, certificate: Certificate, where: str) -> list[Violation]:
        """Return prices of whom is not there or below zero, and meetings of people who may meet."""
        found = list(field_violations(certificate, where, used=("people", "meetings")))
        found += price_violations(certificate.people, self._board.row, where, "people")
        for index, row in enumerate(certificate.meetings):
            foes = self._board.foes.get(row.first, set())
            if row.community not in self._board.column or row.second not in foes or row.price < 0:
                sentence = f"{row.first} and {row.second} in {row.community} have the price {row.price}."
                found.append(Violation(ViolationKind.WRONG_PRICE, f"{where}.meetings[{index}]", sentence))
        return found

    def bound(self, certificate: Certificate, terms: Terms) -> int:
        """Return the sum of the certificate's formula."""
        people = self.programme.people
        share = Share(
            bonus=[
                terms.coverage * (1 + row.rounds_waited) * (row.person not in self._settled)
                + terms.cover.get(row.person, 0)
                for row in people
            ],
            toll=[terms.toll.get(row.person, 0) for row in people],
            fee=[terms.fee.get(lead or "", 0) for lead in self._leads],
        )
        weights = {"coverage": 0, "points": terms.points}
        return Priced(self._board, replace(certificate, weights=weights), share).bound()

    def alike(self) -> int | None:
        """Return nothing: coverage tells no number of groups."""
        return None

    def claim_violations(
        self, solution: Solution, *, proved: bool, spent: Collection[str]
    ) -> list[Violation]:
        """Return goals, causes and closed communities that are not as the solution says."""
        board, groups = self._board, self._groups
        found = list(goal_violations(self.programme, self._reached.goals, solution, proved=proved))
        found += cause_violations(board, groups, solution, proved=proved, spent=spent)
        return found + list(closed_violations(board, groups, solution, proved=proved, spent=spent))
