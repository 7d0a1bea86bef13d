"""Verifies the groups of a peer programme: who is together, by which rules, for what points."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from matching.check.claims import point_violations
from matching.check.overrides import breach
from matching.check.peers.circle import Circle
from matching.check.report import Violation, ViolationKind
from matching.solution import Assignment

SENTENCES = {
    ViolationKind.SELF: "{a} is grouped with themselves.",
    ViolationKind.BLOCK: "{a} and {b} are together, but one of them has blocked the other.",
    ViolationKind.BAN: "{a} and {b} are together, but that is banned.",
    ViolationKind.NOT_A_CANDIDATE: "{a} and {b} are no candidate.",
    ViolationKind.REPORTING_LINE: "{a} and {b} are in one reporting line.",
    ViolationKind.SHARED_HOURS: "{a} and {b} share too few working hours.",
    ViolationKind.SHARED_LANGUAGE: "{a} and {b} have no language in common.",
    ViolationKind.PRIOR_PAIR: "{a} and {b} were together before, and one of them has somebody new to meet.",
    ViolationKind.GRADE_DISTANCE: "The grades of {a} and {b} are not as far apart as they must.",
    ViolationKind.OTHER_DEPARTMENT: "{a} and {b} are not known to be in different departments.",
    ViolationKind.SAME_ATTRIBUTE: "{a} and {b} do not have the attribute in common.",
    ViolationKind.COVERS_WANTS: "{a} or {b} covers too little of what the other wants to learn.",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A group of listed people: place in the file, members, true points and parts."""

    where: str
    members: tuple[str, ...]
    assignment: Assignment
    points: int
    parts: Mapping[str, int]


def placed(
    circle: Circle, assignments: Iterable[tuple[str, Assignment]], violations: list[Violation]
) -> list[Placed]:
    """Return the groups of listed people, each once; report the others."""
    found: dict[frozenset[str], Placed] = {}
    for where, assignment in assignments:
        fault = _member_fault(circle, assignment)
        if fault:
            violations.append(Violation(fault[0], f"{where}.members", fault[1]))
            continue
        members = assignment.people
        if frozenset(members) in found:
            sentence = f"{_names(circle, members)} are grouped twice."
            violations.append(Violation(ViolationKind.DUPLICATE, where, sentence))
            continue
        found[frozenset(members)] = Placed(where, members, assignment, *circle.worth(members))
    return list(found.values())


def _member_fault(circle: Circle, assignment: Assignment) -> tuple[ViolationKind, str] | None:
    members = assignment.people
    if assignment.members or assignment.community is not None or list(members) != sorted(members):
        sentence = "A peer group is a list of its members in order of their ids, and nothing else."
        return ViolationKind.WRONG_MEMBERS, sentence
    for person in members:
        if person not in circle.sheet.people:
            return ViolationKind.UNKNOWN_PERSON, f"There is no person {person} in the problem."
        if person not in circle.number:
            return ViolationKind.NOT_LISTED, f"{circle.name(person)} did not enrol as a peer."
    if len(set(members)) < len(members):
        return ViolationKind.SELF, f"{_names(circle, members)}: somebody is grouped with themselves."
    if len(members) not in circle.programme.group_sizes:
        sizes = " or ".join(map(str, circle.programme.group_sizes))
        return ViolationKind.WRONG_SIZE, f"A group of {circle.programme.id} has {sizes}, not {len(members)}."
    return None


def plan_violations(circle: Circle, groups: Sequence[Placed]) -> Iterator[Violation]:
    """Yield every breach of a restriction or a lock, everybody in two groups, and every wrong point."""
    in_groups: dict[str, list[Placed]] = defaultdict(list)
    for group in groups:
        for member in group.members:
            in_groups[member].append(group)
    for member, found in in_groups.items():
        if len(found) > 1:
            sentence = f"{circle.name(member)} is in {len(found)} groups; one is the most."
            yield Violation(ViolationKind.PLACES, f"people.{member}", sentence)
    kept = {frozenset(group.members) for group in groups}
    for members, lock in circle.locked.items():
        if members not in kept:
            sentence = f"{_names(circle, lock.members)} are locked together, but not grouped."
            yield Violation(ViolationKind.LOCK_NOT_KEPT, f"locks.{'.'.join(lock.members)}", sentence)
    for group in groups:
        yield from _broken(circle, group)
        yield from _miscounted(circle, group)


def _broken(circle: Circle, group: Placed) -> Iterator[Violation]:
    """Yield each restriction that a group breaks and that no lock with a reason overrides."""
    lock = circle.locked.get(frozenset(group.members))
    names = _names(circle, group.members)
    if group.assignment.locked != (lock is not None):
        word = "is said to be locked, but no lock asks for it"
        sentence = f"The group of {names} {word if lock is None else 'is locked, but not said to be'}."
        yield Violation(ViolationKind.FALSE_LOCK, f"{group.where}.locked", sentence)
    if frozenset(group.members) in circle.banned_triads:
        yield Violation(ViolationKind.BAN, group.where, f"{names} are together, but that is banned.")
    for a, b in combinations(group.members, 2):
        for kind, mask in circle.forbidden.items():
            if mask[circle.number[a], circle.number[b]]:
                sentence = SENTENCES[kind].format(a=circle.name(a), b=circle.name(b))
                yield from breach(kind, lock, group.where, sentence, names)


def _miscounted(circle: Circle, group: Placed) -> Iterator[Violation]:
    names = _names(circle, group.members)
    yield from point_violations(group.assignment, group.where, names, group.points, group.parts)


def _names(circle: Circle, members: Iterable[str]) -> str:
    return " and ".join(circle.name(member) for member in members)
