"""Verifies who is in no community and which communities stay closed, and that the causes given are true."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from matching.check.causes import OWN_CONDITIONS, RIVALS_NAMED, RULE_NAMES, false_fields
from matching.check.communities.board import Board
from matching.check.communities.plan import Gathered
from matching.check.report import Violation, ViolationKind
from matching.solution import Cause, CauseKind, Closed, ClosedKind, Role, Solution, Unmatched


def cause_violations(
    board: Board,
    groups: Sequence[Gathered],
    solution: Solution,
    *,
    proved: bool,
    spent: Collection[str] = (),
) -> Iterator[Violation]:
    """Yield people left out silently or wrongly listed, and causes that are not the true ones."""
    diagnosis = _Diagnosis(board, groups, spent, proved=proved)
    joined = {row for group in groups for row in group.rows}
    stated: dict[str, tuple[str, Unmatched]] = {}
    for index, row in enumerate(solution.unmatched):
        if row.programme != board.programme.id:
            continue
        where, name = f"unmatched[{index}]", board.name(row.person)
        if row.role is not Role.MEMBER or row.person not in board.row:
            sentence = f"{name} is listed as a {row.role} without a match, but did not enrol as one."
            yield Violation(ViolationKind.NOT_LISTED, where, sentence)
        elif board.row[row.person] in joined:
            sentence = f"{name} is listed as without a community, but is in one."
            yield Violation(ViolationKind.UNMATCHED_BUT_MATCHED, where, sentence)
        elif row.person in stated:
            sentence = f"{name} is listed twice as without a community."
            yield Violation(ViolationKind.UNMATCHED_TWICE, where, sentence)
        else:
            stated[row.person] = where, row
    for person, number in board.row.items():
        if number not in joined and person not in stated:
            sentence = f"{board.name(person)} is in no community and is not listed with a cause."
            yield Violation(ViolationKind.UNMATCHED_MISSING, "unmatched", sentence)
    for person, (where, row) in stated.items():
        right = diagnosis.cause(board.row[person])
        yield from false_fields(f"{board.name(person)} is in no community", right, row.cause, where)


def closed_violations(
    board: Board,
    groups: Sequence[Gathered],
    solution: Solution,
    *,
    proved: bool,
    spent: Collection[str] = (),
) -> Iterator[Violation]:
    """Yield communities that stay closed silently, or for another reason than is given."""
    opened = {group.column for group in groups}
    diagnosis = _Diagnosis(board, groups, spent, proved=proved)
    right = {name: diagnosis.closed(column) for name, column in board.column.items() if column not in opened}
    for index, row in enumerate(solution.closed):
        if row.programme == board.programme.id:
            expected = right.pop(row.community, None)
            if expected is None:
                sentence = f"The community {row.community} is not closed, or is listed twice."
                yield Violation(ViolationKind.WRONG_CLOSED, f"closed[{index}]", sentence)
            elif expected != row:
                sentence = (
                    f"The community {row.community} is closed for another reason: {expected.kind}, "
                    f"with {expected.eligible} people and {expected.values} values of {expected.needed}."
                )
                yield Violation(ViolationKind.WRONG_CLOSED, f"closed[{index}]", sentence)
    for name in right:
        sentence = f"The community {name} has no members and is not listed as closed."
        yield Violation(ViolationKind.WRONG_CLOSED, "closed", sentence)


class _Diagnosis:
    """Finds why somebody is in no community, or nobody in one, by looking at all they could have had."""

    def __init__(
        self, board: Board, groups: Sequence[Gathered], spent: Collection[str], *, proved: bool
    ) -> None:
        self.board, self.spent, self.proved = board, spent, proved
        self.members = {group.column: group.rows for group in groups}

    def cause(self, row: int) -> Cause:
        """Return the cause for somebody without a community."""
        board = self.board
        forbidden = board.forbidden(row)
        left = np.ones(len(board.column), dtype=bool)
        removed: dict[str, int] = {}
        for rule, mask in forbidden.items():
            if number := int((left & mask).sum()):
                removed[RULE_NAMES.get(rule, str(rule))] = number
            left &= ~mask
        led = removed.pop(str(ViolationKind.SELF), 0)
        others = [mask for rule, mask in forbidden.items() if rule not in OWN_CONDITIONS]
        rivals: list[int] = []
        if not board.programme.people[row].places:
            kind = CauseKind.NO_PLACES_ASKED
        elif not left.any():
            would = bool((~np.logical_or.reduce(others)).any())
            kind = CauseKind.OWN_CONDITIONS if would else CauseKind.NO_ELIGIBLE_PARTNER
        elif board.programme.people[row].person in self.spent:
            kind = CauseKind.OWN_HOURS
        else:
            kind, rivals = self._kept_out(row, np.flatnonzero(left).tolist())
        people = board.programme.people
        return Cause(
            kind=kind,
            considered=len(board.column) - led,
            eligible=int(left.sum()),
            rules=removed,
            rivals=tuple(people[rival].person for rival in rivals[:RIVALS_NAMED]),
            rival_count=len(rivals),
        )

    def _kept_out(self, row: int, eligible: Sequence[int]) -> tuple[CauseKind, list[int]]:
        """Return why none of these communities has somebody among its members, and who is there instead."""
        people, communities = self.board.programme.people, self.board.programme.communities
        foes = self.board.foes[people[row].person]
        rivals: set[int] = set()
        closed = False
        for column in eligible:
            members = self.members.get(column, ())
            if not members:
                closed = True
            elif len(members) >= communities[column].max:
                rivals.update(members)
            elif not any(people[member].person in foes for member in members):
                later = self.board.programme.goals[0] != "coverage"
                return (CauseKind.NO_GAIN if self.proved and later else CauseKind.NOT_SOLVED), []
        if rivals:
            return CauseKind.PLACES_RAN_OUT, sorted(rivals)
        if closed:
            return (CauseKind.NOT_OPENED if self.proved else CauseKind.NOT_SOLVED), []
        return CauseKind.OWN_CONDITIONS, []

    def closed(self, column: int) -> Closed:
        """Return why a community has no members."""
        board = self.board
        community = board.programme.communities[column]
        asking = [
            row.person
            for number, row in enumerate(board.programme.people)
            if row.places and board.eligible[number][column]
        ]
        kind, needed, values = ClosedKind.NOT_BEST, max(community.min, 1), 0
        if not self.proved:
            kind = ClosedKind.NOT_SOLVED
        if community.lead in self.spent:
            kind = ClosedKind.LEAD_HOURS
        for mix in reversed(community.mix):
            different = len({board.value(person, mix.attribute) for person in asking} - {None})
            if min(different, community.max) < mix.at_least:
                kind, needed, values = ClosedKind.TOO_ALIKE, mix.at_least, different
        if len(asking) < max(community.min, 1):
            kind, needed, values = ClosedKind.TOO_FEW, max(community.min, 1), 0
        if not community.max:
            kind, needed, values = ClosedKind.NO_ROOM, max(community.min, 1), 0
        return Closed(
            programme=board.programme.id,
            community=community.id,
            kind=kind,
            eligible=len(asking),
            needed=needed,
            values=values,
        )
