"""Words for peer coaching: its rules, who is left out and why, and what came of a solve."""

from collections.abc import Mapping

from matching.counted import counted
from matching.problem import PeerProgramme, Rule, RuleName
from matching.rules import sentence_of
from matching.solution import Cause, CauseKind, Solution, Unmatched

# What an assignment's points are called when they are said for each person.
GROUP_NAMES = {2: "pair", 3: "triad"}


def sentence_of_peers(rule: Rule) -> str:
    """Say a rule among peers in words."""
    match rule.rule:
        case RuleName.GRADE_DISTANCE:
            return f"Their grades differ by {_steps(rule)}."
        case RuleName.NO_PRIOR_PAIR:
            return (
                "They have not been together in this programme before, unless both have met everybody else."
            )
        case RuleName.COVERS_WANTS:
            return (
                f"Each can help with what the other wants to learn (covers at least {rule.percent} % of it)."
            )
        case _:
            return sentence_of(rule)


def _steps(rule: Rule) -> str:
    if rule.max is None:
        return f"at least {rule.min}"
    if rule.min is None:
        return f"at most {rule.max}"
    return f"{rule.min} to {rule.max}" if rule.min != rule.max else f"{rule.min}"


def rule_sentences(programme: PeerProgramme) -> dict[str, str]:
    """Return what each name in a cause's `rules` means, in words."""
    always = {
        "not_blocked": "Neither person has blocked the other.",
        "not_banned": "HR has not ruled the pair out.",
        "candidate": "The pair is on the list of candidates.",
        "third_person": "There is a third person who may be with both of them.",
    }
    return always | {rule.rule.value: sentence_of_peers(rule) for rule in programme.rules}


def cause_of_peer(row: Unmatched, name: str, rules: Mapping[str, str]) -> str:
    """Say why somebody has no peer; `rules` are those of `rule_sentences`."""
    cause = row.cause
    match cause.kind:
        case CauseKind.NO_ELIGIBLE_PARTNER:
            nobody = f"None of {_peers(cause.considered)} may be matched with {name}."
            return f"{nobody} {_most_removed(cause, rules)}"
        case CauseKind.OWN_CONDITIONS:
            nobody = f"{name}'s own conditions leave none of {_peers(cause.considered)}."
            return f"{nobody} {_most_removed(cause, rules)}"
        case CauseKind.PLACES_RAN_OUT:
            return f"{_peers(cause.eligible)} would suit, but each of them is in a group with somebody else."
        case CauseKind.OWN_HOURS:
            return f"{name}'s hours for this round do not leave enough for a group."
        case CauseKind.HOURS_RAN_OUT:
            suit = f"{_peers(cause.eligible)} would suit"
            return f"{suit}, but each of them is in a group with somebody else or has no hours left."
        case CauseKind.NO_GAIN:
            return f"No group with {name} would add points, and points come first in this programme."
        case _:
            return "The matching was stopped before it came to this person."


def _most_removed(cause: Cause, rules: Mapping[str, str]) -> str:
    removed = sorted(cause.rules.items(), key=lambda item: (-item[1], item[0]))
    if not removed:
        return "Nobody else has enrolled."
    name, count = removed[0]
    return f'{count} of them do not fit the rule "{rules.get(name, name).rstrip(".")}".'


def result_of_peers(programme: PeerProgramme, solution: Solution) -> str:
    """Say how many people of a programme have a peer, in how many pairs and triads."""
    groups = [row.people for row in solution.assignments if row.programme == programme.id]
    matched = sum(len(people) for people in groups)
    counts = [(sum(len(people) == size for people in groups), noun) for size, noun in GROUP_NAMES.items()]
    told = " and ".join(counted(number, noun) for number, noun in counts if number)
    everybody = len(programme.people)
    have = "has" if matched == 1 else "have"
    return f"{matched:,} of {counted(everybody, 'person')} {have} a peer{f', in {told}' if told else ''}."


def _peers(number: int) -> str:
    return counted(number, "peer")
