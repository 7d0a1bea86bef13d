"""Words for what would match somebody among peers, or with a community."""

from collections.abc import Callable
from dataclasses import replace

from matching.communities.sentences import sentence_of_community
from matching.contrast.records import ChangeKind, SmallestChange
from matching.counted import counted
from matching.peers.sentences import sentence_of_peers
from matching.problem import PeerProgramme, Programme, Rule, RuleName


def group_change_words(change: SmallestChange, programme: Programme, name: Callable[[str], str]) -> str:
    """Say what would match somebody, and whom else it would move."""
    person, other = name(change.person), name(change.mentor or "")
    among_peers = isinstance(programme, PeerProgramme)
    others = [move for move in change.moves if move.person != change.person]
    changed, new = sum(bool(move.before) for move in others), sum(not move.before for move in others)
    moved = f" {_count(changed)} would change group; nobody would have to lose theirs." if changed else ""
    moved += f" It would match {_count(new)} as well." if new else ""
    lock = f" Lock {person} in, or the place goes to somebody else." if change.needs_lock else ""
    match change.kind:
        case ChangeKind.PLACE:
            said = f"With one more place in {other}, {person} could be in a community."
        case ChangeKind.SIZE:
            members = "1 member" if change.figure == 1 else f"{change.figure:,} members"
            said = f"If {other} opened with {members}, {person} could be in a community."
        case ChangeKind.TRIADS:
            said = f"If groups of three were allowed, {person} could be in one."
        case ChangeKind.HOURS:
            whom = other if among_peers else f"the lead of {other}"
            minutes = f"{change.figure} more minutes of working time each day"
            said = f"If {person} shared {minutes} with {whom}, they could be matched."
        case _ if change.rule is not None:
            said = f"{_other_rule(change, change.rule, among_peers=among_peers)} {person} could be matched."
        case _:
            raise ValueError(f"{change.kind} is no change among peers or in communities")
    return f"{said}{lock}{moved}"


def _count(people: int) -> str:
    return counted(people, "other person", "other people")


def _other_rule(change: SmallestChange, rule: Rule, *, among_peers: bool) -> str:
    words = sentence_of_peers if among_peers else sentence_of_community
    if change.kind is ChangeKind.RULE_DROPPED:
        return f'Without the rule "{words(rule).rstrip(".")}"'
    return f'With the rule "{words(relaxed(rule, change.figure or 0)).rstrip(".")}"'


def relaxed(rule: Rule, figure: int) -> Rule:
    """Return a rule that asks only for so much: minutes, per cent, or grades as far as this one."""
    match rule.rule:
        case RuleName.SHARED_HOURS:
            return replace(rule, minutes=figure)
        case RuleName.COVERS_WANTS:
            return replace(rule, percent=figure)
        case _:
            below = rule.min is not None and figure < rule.min
            return replace(rule, min=figure) if below else replace(rule, max=figure)
