"""Verifies the assignments of a mentoring programme: who is with whom, by which rules, for what points."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from matching.check.claims import point_violations
from matching.check.grid import Grid
from matching.check.overrides import breach
from matching.check.report import Violation, ViolationKind
from matching.check.sheet import Integers, Sheet
from matching.solution import Assignment, Role

SENTENCES = {
    ViolationKind.SELF: "{mentee} is their own mentor.",
    ViolationKind.BLOCK: "{mentee} and {mentor} are matched, but one of them has blocked the other.",
    ViolationKind.BAN: "{mentee} and {mentor} are matched, but the pair is banned.",
    ViolationKind.NOT_A_CANDIDATE: "{mentor} is no candidate of {mentee}.",
    ViolationKind.REPORTING_LINE: "{mentee} and {mentor} are in one reporting line.",
    ViolationKind.SHARED_HOURS: "{mentee} and {mentor} share too few working hours.",
    ViolationKind.SHARED_LANGUAGE: "{mentee} and {mentor} have no language in common.",
    ViolationKind.PRIOR_PAIR: "{mentee} and {mentor} were matched before in this programme.",
    ViolationKind.GRADE_DISTANCE: "The grades of {mentee} and {mentor} are not as far apart as they must.",
    ViolationKind.OTHER_DEPARTMENT: "{mentee} and {mentor} are not known to be in different departments.",
    ViolationKind.SAME_ATTRIBUTE: "{mentee} and {mentor} do not have the attribute in common.",
    ViolationKind.COVERS_WANTS: "{mentor} covers too little of what {mentee} wants to learn.",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """An assignment of listed people: place in the file, row and column, true points and parts."""

    where: str
    row: int
    column: int
    assignment: Assignment
    points: int
    parts: Mapping[str, int]


def placed(
    sheet: Sheet, grid: Grid, assignments: Iterable[tuple[str, Assignment]], violations: list[Violation]
) -> list[Placed]:
    """Return the assignments of a listed mentee to a listed mentor, each pair once; report the others."""
    found: dict[tuple[int, int], tuple[str, Assignment]] = {}
    for where, assignment in assignments:
        fault = _member_fault(sheet, assignment)
        if fault:
            violations.append(Violation(fault[0], f"{where}.members", fault[1]))
            continue
        mentee, mentor = assignment.members[Role.MENTEE], assignment.members[Role.MENTOR]
        key = sheet.row[mentee], sheet.column[mentor]
        if key in found:
            sentence = f"{sheet.name(mentee)} and {sheet.name(mentor)} are matched twice."
            violations.append(Violation(ViolationKind.DUPLICATE, where, sentence))
            continue
        found[key] = where, assignment
    rows, columns = _places(found)
    return [
        Placed(where, *key, assignment, points, parts)
        for (key, (where, assignment)), (points, parts) in zip(
            found.items(), grid.worths(rows, columns), strict=True
        )
    ]


def _places(keys: Iterable[tuple[int, int]]) -> tuple[Integers, Integers]:
    table = np.array(list(keys), dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _member_fault(sheet: Sheet, assignment: Assignment) -> tuple[ViolationKind, str] | None:
    members = assignment.members
    if set(members) != {Role.MENTEE, Role.MENTOR} or assignment.people or assignment.community is not None:
        return ViolationKind.WRONG_MEMBERS, "A mentorship has one mentee and one mentor, and nothing else."
    for role, listed in ((Role.MENTEE, sheet.row), (Role.MENTOR, sheet.column)):
        person = members[role]
        if person not in sheet.people:
            return ViolationKind.UNKNOWN_PERSON, f"There is no person {person} in the problem."
        if person not in listed:
            return ViolationKind.NOT_LISTED, f"{sheet.name(person)} did not enrol as a {role}."
    return None


def plan_violations(sheet: Sheet, grid: Grid, pairs: list[Placed]) -> Iterator[Violation]:
    """Yield every breach of a restriction, of a place or capacity, of a lock, and every wrong point."""
    yield from _crowded(sheet, pairs)
    yield from _locks_not_kept(sheet, pairs)
    forbidden = grid.forbidden(*_places((pair.row, pair.column) for pair in pairs))
    broken = {kind: mask.tolist() for kind, mask in forbidden.items()}
    for place, pair in enumerate(pairs):
        yield from _broken(sheet, pair, [kind for kind, mask in broken.items() if mask[place]])
        yield from _miscounted(sheet, pair)


def _crowded(sheet: Sheet, pairs: list[Placed]) -> Iterator[Violation]:
    """Yield mentees with more mentors than places, and mentors with more mentees than capacity."""
    for people, most, used, kind, noun in (
        (sheet.mentees, sheet.places, Counter(pair.row for pair in pairs), ViolationKind.PLACES, "place"),
        (sheet.mentors, sheet.capacity, Counter(p.column for p in pairs), ViolationKind.CAPACITY, "capacity"),
    ):
        for index, number in sorted(used.items()):
            if number > most[index]:
                person = people[index].id
                word = "places for" if noun == "place" else "a capacity of"
                sentence = f"{sheet.name(person)} has {word} {most[index]}, but {number} mentorships."
                yield Violation(kind, f"people.{person}", sentence)


def _locks_not_kept(sheet: Sheet, pairs: list[Placed]) -> Iterator[Violation]:
    kept = {(pair.row, pair.column) for pair in pairs}
    for (row, column), lock in sheet.locked.items():
        if (row, column) not in kept:
            names = " and ".join(sheet.name(member) for member in lock.members)
            sentence = f"{names} are locked together, but not matched."
            yield Violation(ViolationKind.LOCK_NOT_KEPT, f"locks.{'.'.join(lock.members)}", sentence)


def _broken(sheet: Sheet, pair: Placed, kinds: Iterable[ViolationKind]) -> Iterator[Violation]:
    """Yield each restriction that a pair breaks and that no lock with a reason overrides."""
    lock = sheet.locked.get((pair.row, pair.column))
    mentee, mentor = _names(sheet, pair)
    if pair.assignment.locked != (lock is not None):
        word = (
            "is said to be locked, but no lock asks for it"
            if lock is None
            else "is locked, but not said to be"
        )
        sentence = f"The pair of {mentee} and {mentor} {word}."
        yield Violation(ViolationKind.FALSE_LOCK, f"{pair.where}.locked", sentence)
    for kind in kinds:
        sentence = SENTENCES[kind].format(mentee=mentee, mentor=mentor)
        yield from breach(kind, lock, pair.where, sentence, f"{mentee} and {mentor}")


def _miscounted(sheet: Sheet, pair: Placed) -> Iterator[Violation]:
    names = " and ".join(_names(sheet, pair))
    yield from point_violations(pair.assignment, pair.where, names, pair.points, pair.parts)


def _names(sheet: Sheet, pair: Placed) -> tuple[str, str]:
    return sheet.name(sheet.mentees[pair.row].id), sheet.name(sheet.mentors[pair.column].id)
