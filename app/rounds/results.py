"""What a run found, in words: how many have a mentor, how good the plan is, why somebody has none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.programmes.models import ProgrammeKind
from app.rounds.models import EnrolmentRole, Run
from app.words import listed, number, plural
from matching.solution import CauseKind, Status


def headline(run: Run) -> str:
    """Say how many people got what they asked for."""
    matched = run.mentees_matched or 0
    have = "has" if matched == 1 else "have"
    return f"{number(matched)} of {plural(run.mentees or 0, 'person', 'people')} {have} a {partner_in(run)}"


def partner_in(run: Run) -> str:
    """Return what people got or missed in a run: a mentor, a peer coach, a community, or one of them."""
    programmes = run.matching_round.programmes if run.matching_round else []
    found = {_PARTNER_OF.get(row.kind, "mentor") for row in programmes} or {"mentor"}
    return " or ".join(sorted(found, key=_IN_ORDER.index))


def summary(run: Run) -> str:
    """Say that the rules are kept, how good the plan is and how long it took."""
    return f"All {run.rules_checked} rules are kept. {quality(run)} It took {_seconds(run)}."


def quality(run: Run) -> str:
    """Say how near the plan of a run is to the best possible."""
    if run.status == Status.OPTIMAL:
        return "The plan is the best possible."
    if run.status in (Status.CANCELLED, Status.TIMED_OUT):
        return "The run was stopped early, so a better plan may exist."
    points, bound = run.points or 0, run.bound or 0
    behind = 100 * (bound - points) / bound if bound else 0.0
    return f"The plan is within {behind:.1f}% of the best possible."


def _seconds(run: Run) -> str:
    if run.started_at is None or run.finished_at is None:
        return "no time"
    seconds = round((run.finished_at - run.started_at).total_seconds())
    if seconds < 1:
        return "less than a second"
    if seconds < 120:
        return plural(seconds, "second")
    return plural(round(seconds / 60), "minute")


PEER_COACH, COMMUNITY = "peer coach", "community"
_PARTNER_OF = {ProgrammeKind.PEER_COACHING: PEER_COACH, ProgrammeKind.COMMUNITIES: COMMUNITY}
_IN_ORDER = ("mentor", PEER_COACH, COMMUNITY)
# Whom somebody lacks who was left out in a part.
PARTNERS = {
    EnrolmentRole.MENTEE: "mentor",
    EnrolmentRole.MENTOR: "mentee",
    EnrolmentRole.PEER: PEER_COACH,
    EnrolmentRole.MEMBER: COMMUNITY,
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody has no mentor, and the one thing HR can do."""

    why: str
    to_do: str


# Of each rule: what is said of the mentors it removed, and whom to invite instead.
_RULE_WORDS: dict[str, tuple[str, str]] = {
    "not_in_reporting_line": (
        "in the same reporting line",
        "Invite a mentor from another part of the company",
    ),
    "shared_hours": ("with too few shared working hours", "Invite a mentor in a nearer time zone"),
    "shared_language": ("without a language in common", "Invite a mentor who speaks one of their languages"),
    "no_prior_pair": ("they were with before", "Invite a mentor who is new to them"),
    "grade_distance": ("whose grade is not in range", "Invite a mentor of a grade in range"),
    "covers_wants": ("who cannot help with what they want", "Invite a mentor for what they want to learn"),
    "other_department": ("from the same department", "Invite a mentor from another department"),
    "same_attribute": ("from elsewhere", "Invite a mentor from the same place or department"),
}
_OTHER_WORDS = ("who cannot be considered", "Invite another mentor")


def explain_cause(cause: str, details: Mapping[str, Any], *, partner: str = "mentor") -> Explanation:
    """Say why somebody has no `partner`. Who never wants to meet whom is not told."""
    if partner == COMMUNITY:
        return _without_community(cause, details)
    if partner != PEER_COACH:
        return _explained(cause, details, partner)
    if cause == CauseKind.PLACES_RAN_OUT:
        eligible = details.get("eligible", 0)
        return Explanation(
            f"{plural(eligible, PEER_COACH, 'peer coaches')} would be possible, each in another group.",
            "Invite one more person to take part",
        )
    found = _explained(cause, details, "mentor")
    return Explanation(*(text.replace("mentor", "peer") for text in (found.why, found.to_do)))


def _without_community(cause: str, details: Mapping[str, Any]) -> Explanation:
    considered, eligible = details.get("considered", 0), details.get("eligible", 0)
    suit = f"{plural(eligible, 'community', 'communities')} would suit them"
    match cause:
        case CauseKind.PLACES_RAN_OUT:
            return Explanation(
                f"{suit}, and every place in those that open went to others.",
                "Give one of these communities more places",
            )
        case CauseKind.NOT_OPENED:
            return Explanation(
                f"{suit}, and none of them opens.", "Invite more people, or let one open with fewer"
            )
        case CauseKind.NO_PLACES_ASKED | CauseKind.OWN_HOURS | CauseKind.NOT_SOLVED:
            return _PLAIN[cause]
        case _ if not considered:
            return Explanation("There is no community for them to join.", "Found one about what they want")
    rules = sorted(details.get("rules", {}).items(), key=lambda item: (-item[1], item[0]))
    told = [f"{number(count)} {_COMMUNITY_WORDS.get(rule, _OTHER_WORDS[0])}" for rule, count in rules]
    because = f": {listed(told)}" if told else ""
    return Explanation(
        f"None of {plural(considered, 'community', 'communities')} suits them{because}.",
        "Ask what they want to learn, or found a community about it",
    )


# What is said of the communities that a rule ruled out.
_COMMUNITY_WORDS = {
    "covers_wants": "about other things than they want",
    "not_in_reporting_line": "with a lead in their reporting line",
    "shared_hours": "whose lead works at other hours",
    "shared_language": "whose lead has no language in common with them",
    "no_prior_pair": "they were in before",
    "grade_distance": "whose lead has a grade out of range",
    "other_department": "with a lead of their department",
    "same_attribute": "with a lead from elsewhere",
}


def _explained(cause: str, details: Mapping[str, Any], partner: str) -> Explanation:
    rules = sorted(details.get("rules", {}).items(), key=lambda item: (-item[1], item[0]))
    considered, eligible = details.get("considered", 0), details.get("eligible", 0)
    if cause == CauseKind.PLACES_RAN_OUT:
        return Explanation(
            f"{plural(eligible, partner)} would be possible, and every place went to others.",
            "Invite one more mentor, or ask one of them for another place",
        )
    if cause == CauseKind.HOURS_RAN_OUT:
        return Explanation(
            f"{plural(eligible, partner)} would be possible, and none of them has a place and hours left.",
            "Invite one more mentor, or ask one of them for more hours",
        )
    if cause in (CauseKind.NO_ELIGIBLE_PARTNER, CauseKind.OWN_CONDITIONS):
        if details.get("lacks"):
            return _lacking(details["lacks"][0], [row for row in rules if row[0] != "covers_wants"])
        if not rules:
            return Explanation(f"There is no {partner} to consider.", f"Invite a {partner}")
        told = _counted(rules)
        if cause == CauseKind.OWN_CONDITIONS:
            return Explanation(
                f"Their own conditions leave none of {plural(considered, partner)}: {told}.",
                "Ask whether their working hours and languages are complete",
            )
        return Explanation(
            f"None of {plural(considered, partner)} is possible: {told}.",
            _RULE_WORDS.get(rules[0][0], _OTHER_WORDS)[1],
        )
    return _PLAIN[cause]


def _lacking(lack: Mapping[str, Any], others: Sequence[tuple[str, int]]) -> Explanation:
    """Say which wanted skill nobody has at the level wanted, and which `others` rules keep helpers away."""
    asked = f"They ask for {lack['skill']} at level {lack['level']}."
    if not lack["best"]:
        nobody = "No mentor offers it."
    elif lack["best"] < lack["level"]:
        nobody = f"No mentor offers it above level {lack['best']}."
    else:
        nobody = "No mentor who is possible offers it."
    helpers = f" Who could help is ruled out: {_counted(others)}." if others else ""
    return Explanation(f"{asked} {nobody}{helpers}", f"Invite a mentor for {lack['skill']}")


def _counted(rules: Sequence[tuple[str, int]]) -> str:
    return listed([f"{number(count)} {_RULE_WORDS.get(rule, _OTHER_WORDS)[0]}" for rule, count in rules])


_PLAIN: dict[str, Explanation] = {
    CauseKind.NO_PLACES_ASKED: Explanation("They asked for no place.", "Ask them how many mentors they want"),
    CauseKind.NO_GAIN: Explanation(
        "No possible mentor has anything they asked for.", "Invite a mentor with the skills they want"
    ),
    CauseKind.OWN_HOURS: Explanation(
        "Their hours a month leave none for one more.", "Ask them whether they have more hours a month"
    ),
    CauseKind.NOT_OPENED: Explanation(
        "No community that suits them opens this round.", "Ask more people to join one of these"
    ),
    CauseKind.NOT_NEEDED: Explanation("Nobody needed their places.", "Keep them for the next round"),
    CauseKind.NOT_SOLVED: Explanation("The run was stopped before their turn.", "Run the matching again"),
}
