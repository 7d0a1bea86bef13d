"""The words a programme is set up with: rules, criteria and goals, and how each is said to people.

They are those of the matching engine, which this package may not import; a test keeps both alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engagements.reasons import CRITERIA as CRITERIA
from app.programmes.models import AudienceRole, MessageKind, ProgrammeKind
from app.words import duration, signed

LONGEST_MEETING = 1440
FURTHEST_GRADES = 20
ALL_POINTS = 100
ATTRIBUTES = {"department": "department", "location": "place of work"}


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A hard rule: its name, its sentence, its parameters with their ranges, and which of them it needs."""

    name: str
    sentence: Callable[[Mapping[str, Any]], str]
    numbers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()


def _always(sentence: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda _parameters: sentence


def _shared_hours(parameters: Mapping[str, Any]) -> str:
    return f"At least {duration(parameters['minutes'])} of shared working hours on every day"


def _grade_distance(parameters: Mapping[str, Any]) -> str:
    least, most = parameters.get("min"), parameters.get("max")
    if least is None and most is not None:
        return f"The mentor's grade is at most {signed(most)} from the mentee's"
    if most is None and least is not None:
        return f"The mentor's grade is at least {signed(least)} from the mentee's"
    return (
        f"The mentor's grade is {signed(parameters['min'])} to {signed(parameters['max'])} from the mentee's"
    )


def _covers_wants(parameters: Mapping[str, Any]) -> str:
    return f"The mentor can help with at least {parameters['percent']}% of what the mentee wants to learn"


def _same_attribute(parameters: Mapping[str, Any]) -> str:
    return f"Both have the same {ATTRIBUTES[parameters['name']]}"


RULES: dict[str, RuleWords] = {
    "covers_wants": RuleWords(
        "Help with what the mentee wants",
        _covers_wants,
        numbers={"percent": (1, 100)},
        needs=frozenset({"percent"}),
    ),
    "not_in_reporting_line": RuleWords(
        "Not in the same reporting line", _always("Not in the same reporting line")
    ),
    "shared_hours": RuleWords(
        "Shared working hours on every day",
        _shared_hours,
        numbers={"minutes": (1, LONGEST_MEETING)},
        needs=frozenset({"minutes"}),
    ),
    "shared_language": RuleWords("A language in common", _always("A language in common")),
    "no_prior_pair": RuleWords(
        "Not together in an earlier round", _always("Not together in an earlier round")
    ),
    "grade_distance": RuleWords(
        "The mentor's grade beside the mentee's",
        _grade_distance,
        numbers={"min": (-FURTHEST_GRADES, FURTHEST_GRADES), "max": (-FURTHEST_GRADES, FURTHEST_GRADES)},
    ),
    "other_department": RuleWords("From different departments", _always("From different departments")),
    "same_attribute": RuleWords(
        "The same for both", _same_attribute, choices={"name": ATTRIBUTES}, needs=frozenset({"name"})
    ),
}

PARAMETERS: dict[str, str] = {
    "minutes": "Least minutes",
    "percent": "Least percent",
    "min": "Least steps above",
    "max": "Most steps above",
    "name": "What is the same",
}

GOALS: dict[str, str] = {
    "coverage": "As many people as possible have a mentor, those who waited longest first",
    "points": "The best fit for everyone together",
    "worst_match": "The weakest match as good as possible",
    "stable": "No two people who would both rather have each other",
    "parity": "As many matched as possible in the group that is worst off",
    "same_partners": "Partners from the earlier plan of the round stay together",
}

KIND_WORDS: dict[ProgrammeKind, str] = {
    ProgrammeKind.MENTORING: "Mentoring",
    ProgrammeKind.REVERSE_MENTORING: "Reverse mentoring",
    ProgrammeKind.FLASH_MENTORING: "Flash mentoring",
    ProgrammeKind.PEER_COACHING: "Peer coaching",
    ProgrammeKind.GROUP_MENTORING: "Group mentoring",
    ProgrammeKind.COMMUNITIES: "Communities",
}
KIND_MEANINGS: dict[ProgrammeKind, str] = {
    ProgrammeKind.MENTORING: "Each mentee gets a mentor who can help with what they want to learn.",
    ProgrammeKind.REVERSE_MENTORING: "Each mentee gets a mentor of a lower grade.",
    ProgrammeKind.FLASH_MENTORING: "One or two meetings, so that a mentor has time for more mentees.",
    ProgrammeKind.PEER_COACHING: "People coach each other in pairs; of an odd number, three stay together.",
    ProgrammeKind.GROUP_MENTORING: "A mentor meets several mentees together; a group opens with two or more.",
    ProgrammeKind.COMMUNITIES: "People become members of communities about what they want to learn.",
}

AUDIENCE_WORDS: dict[AudienceRole, str] = {
    AudienceRole.MENTEE: "Mentees",
    AudienceRole.MENTOR: "Mentors",
    AudienceRole.PEER: "Peers",
    AudienceRole.MEMBER: "Members",
}

MESSAGE_WORDS: dict[MessageKind, str] = {
    MessageKind.INVITATION: "Invitation to join",
    MessageKind.MATCHED_MENTEE: "To a mentee who has a mentor",
    MessageKind.MATCHED_MENTOR: "To a mentor who has a mentee",
    MessageKind.LEFT_OUT: "To somebody without a mentor",
}
# What they are called where nobody is a mentor to another, or a mentor has several at once. Kinds with a text
# less have no such message.
_MESSAGE_WORDS_OF: dict[ProgrammeKind, dict[MessageKind, str]] = {
    ProgrammeKind.PEER_COACHING: {
        MessageKind.INVITATION: MESSAGE_WORDS[MessageKind.INVITATION],
        MessageKind.MATCHED_MENTEE: "To somebody who has a peer coach",
        MessageKind.LEFT_OUT: "To somebody without a peer coach",
    },
    ProgrammeKind.COMMUNITIES: {
        MessageKind.INVITATION: MESSAGE_WORDS[MessageKind.INVITATION],
        MessageKind.MATCHED_MENTEE: "To somebody who comes into a community",
        MessageKind.LEFT_OUT: "To somebody without a community",
    },
    ProgrammeKind.GROUP_MENTORING: {
        **MESSAGE_WORDS,
        MessageKind.MATCHED_MENTOR: "To a mentor who has a group",
    },
}

SHORT_GOALS: dict[str, str] = {
    "coverage": "as many people as possible",
    "points": "the best fit together",
    "worst_match": "the weakest match as good as possible",
    "stable": "no two who would rather have each other",
    "parity": "the group worst off",
    "same_partners": "partners stay together",
}

DEFAULT_RULES: dict[str, dict[str, Any]] = {
    "covers_wants": {"percent": 20},
    "not_in_reporting_line": {},
    "shared_hours": {"minutes": 120},
    "shared_language": {},
    "no_prior_pair": {},
}
# What stands beside the switch of a rule that is off, so that switching it on is enough.
SUGGESTED: dict[str, dict[str, Any]] = {
    **DEFAULT_RULES,
    "grade_distance": {"min": 1},
    "other_department": {},
    "same_attribute": {"name": "department"},
}
DEFAULT_CRITERIA: dict[str, int] = {
    "skills": 45,
    "level_step": 20,
    "hours": 10,
    "variety": 15,
    "grade_step": 10,
}
DEFAULT_GOALS: tuple[str, ...] = ("coverage", "points")


# What is said otherwise among peers, of whom neither is the mentor.
_AMONG_PEERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "covers_wants": lambda parameters: (
        f"Each can help with at least {parameters['percent']}% of what the other wants to learn"
    ),
    "no_prior_pair": _always("Not together in an earlier round, unless both have met everybody else"),
    "grade_distance": lambda parameters: f"Their grades differ by {_steps(parameters)}",
}

# What rules and their figures are called on forms about peers, by the names of the fields.
NAMES_AMONG_PEERS: dict[str, str] = {
    "covers_wants": "Help with what the other wants",
    "grade_distance": "How far their grades are apart",
    "grade_distance-min": "Least steps apart",
    "grade_distance-max": "Most steps apart",
}


# What is said otherwise of communities: rules hold between each member and whoever leads.
_IN_COMMUNITIES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "covers_wants": lambda parameters: (
        f"The community is about at least {parameters['percent']}% of what the member wants to learn"
    ),
    "not_in_reporting_line": _always("Member and lead are not in the same reporting line"),
    "shared_hours": lambda parameters: (
        f"Member and lead share at least {duration(parameters['minutes'])} of working hours on every day"
    ),
    "shared_language": _always("Member and lead have a language in common"),
    "no_prior_pair": _always("Not in the same community, or with its lead, in an earlier round"),
    "grade_distance": lambda parameters: (
        _grade_distance(parameters).replace("mentor", "lead").replace("mentee", "member")
    ),
    "other_department": _always("Member and lead are from different departments"),
    "same_attribute": lambda parameters: f"Member and lead have the same {ATTRIBUTES[parameters['name']]}",
}

# What rules and their figures are called on forms about communities, by the names of the fields.
NAMES_IN_COMMUNITIES: dict[str, str] = {
    "covers_wants": "About what the member wants",
    "not_in_reporting_line": "Member and lead not in the same reporting line",
    "shared_hours": "Working hours that member and lead share",
    "shared_language": "A language that member and lead have in common",
    "no_prior_pair": "Not there, or with its lead, in an earlier round",
    "grade_distance": "The lead's grade beside the member's",
    "other_department": "Member and lead from different departments",
    "same_attribute": "The same for member and lead",
}
OTHER_NAMES: dict[ProgrammeKind, dict[str, str]] = {
    ProgrammeKind.PEER_COACHING: NAMES_AMONG_PEERS,
    ProgrammeKind.COMMUNITIES: NAMES_IN_COMMUNITIES,
}
_OTHER_SENTENCES: dict[ProgrammeKind, dict[str, Callable[[Mapping[str, Any]], str]]] = {
    ProgrammeKind.PEER_COACHING: _AMONG_PEERS,
    ProgrammeKind.COMMUNITIES: _IN_COMMUNITIES,
}


def rule_sentence(
    rule: str, parameters: Mapping[str, Any], kind: ProgrammeKind = ProgrammeKind.MENTORING
) -> str:
    """Say a rule with its parameters as people read it in a programme of a kind."""
    said = _OTHER_SENTENCES.get(kind, {}).get(rule, RULES[rule].sentence)
    return said(parameters)


def _steps(parameters: Mapping[str, Any]) -> str:
    least, most = parameters.get("min"), parameters.get("max")
    if least is None:
        return f"at most {most}"
    return f"at least {least}" if most is None else f"{least} to {most}"


def message_words(kind: ProgrammeKind) -> dict[MessageKind, str]:
    """Return the messages that a programme of a kind writes, with what they are called."""
    return _MESSAGE_WORDS_OF.get(kind, MESSAGE_WORDS)
