"""Verifies who is in which community: sizes, mixes, places, restrictions, locks and points."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from matching.check.claims import point_violations
from matching.check.communities.board import Board
from matching.check.overrides import breach
from matching.check.report import Violation, ViolationKind
from matching.problem import Community
from matching.solution import Assignment, Solution

REASONS = {
    ViolationKind.SELF: "leads it",
    ViolationKind.BLOCK: "and its lead are kept apart by a block",
    ViolationKind.BAN: "is banned from it, or from being with its lead",
    ViolationKind.NOT_A_CANDIDATE: "is no candidate of it",
    ViolationKind.REPORTING_LINE: "and its lead are in one reporting line",
    ViolationKind.SHARED_HOURS: "and its lead share too few working hours",
    ViolationKind.SHARED_LANGUAGE: "and its lead have no language in common",
    ViolationKind.PRIOR_PAIR: "was there, or with its lead, before",
    ViolationKind.GRADE_DISTANCE: "and its lead are not as far apart in grade as they must",
    ViolationKind.OTHER_DEPARTMENT: "and its lead are not known to be in different departments",
    ViolationKind.SAME_ATTRIBUTE: "and its lead do not have the attribute in common",
    ViolationKind.COVERS_WANTS: "wants what it covers too little of",
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """A community with its members: place in the file, column, rows, and the assignment."""

    where: str
    column: int
    rows: tuple[int, ...]
    assignment: Assignment


def gathered(board: Board, solution: Solution, violations: list[Violation]) -> list[Gathered]:
    """Return the communities with listed people, each community once; report the others."""
    found: dict[int, Gathered] = {}
    for index, row in enumerate(solution.assignments):
        if row.programme != board.programme.id:
            continue
        where = f"assignments[{index}]"
        fault = _fault(board, row)
        if fault:
            violations.append(Violation(fault[0], f"{where}.members", fault[1]))
        elif (column := board.column[row.community or ""]) in found:
            sentence = f"The community {row.community} stands here twice."
            violations.append(Violation(ViolationKind.DUPLICATE, where, sentence))
        else:
            found[column] = Gathered(where, column, tuple(board.row[p] for p in row.people), row)
    return list(found.values())


def _fault(board: Board, row: Assignment) -> tuple[ViolationKind, str] | None:
    if row.members or row.community is None or not row.people:
        return ViolationKind.WRONG_MEMBERS, "A community has its id and a list of members, and nothing else."
    if row.community not in board.column:
        return ViolationKind.UNKNOWN_COMMUNITY, f"There is no community {row.community} in the programme."
    if list(row.people) != sorted(row.people):
        return (
            ViolationKind.WRONG_MEMBERS,
            f"The members of {row.community} are not in the order of their ids.",
        )
    for first, second in zip(row.people, row.people[1:], strict=False):
        if first == second:
            return ViolationKind.DUPLICATE, f"{board.name(first)} is in {row.community} twice."
    for person in row.people:
        if person not in board.sheet.people:
            return ViolationKind.UNKNOWN_PERSON, f"There is no person {person} in the problem."
        if person not in board.row:
            return ViolationKind.NOT_LISTED, f"{board.name(person)} did not enrol."
    return None


def plan_violations(board: Board, groups: list[Gathered]) -> Iterator[Violation]:
    """Yield every breach of a size, mix, place, restriction or lock, and every wrong point."""
    joined = Counter(row for group in groups for row in group.rows)
    for row, number in sorted(joined.items()):
        member = board.programme.people[row]
        if number > member.places:
            sentence = f"{board.name(member.person)} has places for {member.places}, but is in {number}."
            yield Violation(ViolationKind.PLACES, f"people.{member.person}", sentence)
    kept = {(row, group.column) for group in groups for row in group.rows}
    for cell, lock in board.locked.items():
        if cell not in kept:
            sentence = f"{board.name(lock.members[0])} is locked in {lock.members[1]}, but is not there."
            yield Violation(ViolationKind.LOCK_NOT_KEPT, f"locks.{'.'.join(lock.members)}", sentence)
    for group in groups:
        yield from _size_and_mix(board, group)
        yield from _met(board, group)
        yield from _broken(board, group)
        yield from _miscounted(board, group)


def _size_and_mix(board: Board, group: Gathered) -> Iterator[Violation]:
    community, size = board.programme.communities[group.column], len(group.rows)
    if size < community.min:
        sentence = f"The community {community.id} opens with {community.min} members; it has {size}."
        yield Violation(ViolationKind.TOO_FEW_MEMBERS, group.where, sentence)
    if size > community.max:
        sentence = f"The community {community.id} has room for {community.max} members; it has {size}."
        yield Violation(ViolationKind.TOO_MANY_MEMBERS, group.where, sentence)
    for mix in community.mix:
        values = {board.value(person, mix.attribute) for person in group.assignment.people} - {None}
        if len(values) < mix.at_least:
            sentence = (
                f"The members of {community.id} have {len(values)} different values of {mix.attribute}; "
                f"they need {mix.at_least}."
            )
            yield Violation(ViolationKind.MIX, group.where, sentence)


def _met(board: Board, group: Gathered) -> Iterator[Violation]:
    for first, second in combinations(group.assignment.people, 2):
        if second in board.foes[first]:
            sentence = (
                f"{board.name(first)} and {board.name(second)} are both in {group.assignment.community}, "
                "but are kept apart by a block or ban."
            )
            yield Violation(ViolationKind.KEPT_APART, group.where, sentence)


def _broken(board: Board, group: Gathered) -> Iterator[Violation]:
    """Yield each restriction that a member breaks and that no lock with a reason overrides."""
    community: Community = board.programme.communities[group.column]
    has_lock = any((row, group.column) in board.locked for row in group.rows)
    if group.assignment.locked != has_lock:
        word = "has a locked member, but does not say so" if has_lock else "has no locked member, but says so"
        yield Violation(
            ViolationKind.FALSE_LOCK, f"{group.where}.locked", f"The community {community.id} {word}."
        )
    for row in group.rows:
        lock = board.locked.get((row, group.column))
        name = board.name(board.programme.people[row].person)
        for kind, mask in board.forbidden(row).items():
            if mask[group.column]:
                sentence = f"{name} is in {community.id}, but {REASONS[kind]}."
                yield from breach(kind, lock, group.where, sentence, f"{name} in {community.id}")


def _miscounted(board: Board, group: Gathered) -> Iterator[Violation]:
    points = sum(int(board.points(row)[group.column]) for row in group.rows)
    parts: Counter[str] = Counter()
    for row in group.rows:
        parts.update({part: int(column[group.column]) for part, column in board.parts(row).items()})
    names = f"the members of {group.assignment.community}"
    yield from point_violations(group.assignment, group.where, names, points, parts)
