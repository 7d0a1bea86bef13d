"""Words for communities: who is in none and why, why one stays closed, and what came of a solve."""

from collections.abc import Mapping

from matching.counted import counted
from matching.problem import CommunitiesProgramme, Rule, RuleName
from matching.rules import sentence_of
from matching.solution import Cause, CauseKind, Closed, ClosedKind, Solution, Unmatched


def sentence_of_community(rule: Rule) -> str:
    """Say a rule between a member and a community, or its lead, in words."""
    match rule.rule:
        case RuleName.NO_PRIOR_PAIR:
            return "They have not been in this community, or with its lead, before."
        case RuleName.COVERS_WANTS:
            return f"The community is about what they want to learn (covers at least {rule.percent} % of it)."
        case RuleName.GRADE_DISTANCE:
            return sentence_of(rule).replace("mentor", "lead").replace("mentee", "member")
        case _:
            return sentence_of(rule)


def rule_sentences(programme: CommunitiesProgramme) -> dict[str, str]:
    """Return what each name in a cause's `rules` means, in words."""
    always = {
        "not_blocked": "Neither they nor the lead has blocked the other.",
        "not_banned": "HR has not ruled this community, or its lead, out.",
        "candidate": "The community is on their list of candidates.",
    }
    return always | {rule.rule.value: sentence_of_community(rule) for rule in programme.rules}


def cause_of_member(row: Unmatched, name: str, rules: Mapping[str, str]) -> str:
    """Say why somebody is in no community; `rules` are those of `rule_sentences`."""
    cause = row.cause
    match cause.kind:
        case CauseKind.NO_PLACES_ASKED:
            return f"{name} has set the number of places to 0 for this round."
        case CauseKind.NO_ELIGIBLE_PARTNER:
            return f"None of {_communities(cause.considered)} may take {name}. {_most_removed(cause, rules)}"
        case CauseKind.OWN_CONDITIONS if cause.eligible:
            return (
                f"{_communities(cause.eligible)} would suit, but {name} is kept apart from a member of each."
            )
        case CauseKind.OWN_CONDITIONS:
            nobody = f"{name}'s own conditions leave none of {_communities(cause.considered)}."
            return f"{nobody} {_most_removed(cause, rules)}"
        case CauseKind.PLACES_RAN_OUT:
            return (
                f"{_communities(cause.eligible)} would suit, but every place in those that open is taken by "
                f"{counted(cause.rival_count, 'other person', 'other people')}."
            )
        case CauseKind.OWN_HOURS:
            return f"{name}'s hours for this round do not leave enough for a community."
        case CauseKind.NOT_OPENED:
            return f"{_communities(cause.eligible)} would suit, but none of them opens this round."
        case CauseKind.NO_GAIN:
            return f"No community of {name} would add points, and points come first in this programme."
        case _:
            return f"The matching stopped before a community was found for {name}."


def closed_sentence(row: Closed) -> str:
    """Say why a community stays closed."""
    people = counted(row.eligible, "person")
    match row.kind:
        case ClosedKind.NO_ROOM:
            return f"{row.community} stays closed: it has no room for any member."
        case ClosedKind.LEAD_HOURS:
            return f"{row.community} stays closed: its lead has no hours left for it."
        case ClosedKind.TOO_FEW:
            return f"{row.community} stays closed: it needs {row.needed}, and {people} could join it."
        case ClosedKind.TOO_ALIKE:
            return (
                f"{row.community} stays closed: it needs members of {row.needed} kinds, and the {people} who "
                f"could join it are of {row.values}."
            )
        case ClosedKind.NOT_BEST:
            return f"{row.community} stays closed: {people} could join it, but do more good elsewhere."
        case _:
            return f"{row.community} stays closed: the matching stopped before it could open."


def result_of_communities(programme: CommunitiesProgramme, solution: Solution) -> str:
    """Say what came of one programme: people in communities, and communities that open."""
    groups = [row for row in solution.assignments if row.programme == programme.id]
    joined = {person for row in groups for person in row.people}
    sought = sum(row.places > 0 for row in programme.people)
    have = "is" if len(joined) == 1 else "are"
    opened = counted(len(groups), "community opens", "communities open")
    of_all = counted(sought, "person")
    return f"{len(joined)} of {of_all} {have} in a community; {opened} of {len(programme.communities)}."


def _most_removed(cause: Cause, rules: Mapping[str, str]) -> str:
    if not cause.rules:
        return "There is no community that they do not lead."
    name, count = min(cause.rules.items(), key=lambda item: (-item[1], item[0]))
    return f'{count} of them do not fit the rule "{rules.get(name, name).rstrip(".")}".'


def _communities(number: int) -> str:
    return counted(number, "community")
