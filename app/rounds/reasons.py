"""Facts for and against each pair of a solution, and about each person left out, as records to keep."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

from app.engagements.reasons import AGAINST, FOR
from app.rounds.group_matches import reasons_in_communities, reasons_in_groups
from app.rounds.peer_reasons import reasons_among
from matching.explain import Explainer, PairReasons
from matching.facts import (
    Comparison,
    Cover,
    Fact,
    GradeStep,
    LastRound,
    LevelStep,
    Place,
    SharedTime,
    Shortfall,
    Variety,
    Wish,
    near_skill,
    skill_of,
)
from matching.problem import CommunitiesProgramme, Held, Kind, PeerProgramme, Problem, Wanted
from matching.skill_paths import SkillPaths, Step
from matching.solution import Cause, CauseKind, Solution

Reasons = list[dict[str, Any]]
Way = Callable[[str, str], tuple[Step, ...]]
BLOCKED = "not_blocked"
# Of communities also who is kept from one: because they are in it, or because of somebody in it.
UNTOLD_OF_COMMUNITIES = (BLOCKED, "not_banned")
# What people settle themselves and may be told of; whom they block is theirs alone.
OWN_RULES = frozenset({"shared_hours", "shared_language"})


def reasons_of(problem: Problem, solution: Solution) -> list[Reasons]:
    """Return for each assignment its strongest reason for, and the strongest against when there is one.

    Groups stand in `solution` as the memberships they consist of.
    """
    labels, way = labels_of(problem), cache(SkillPaths(problem).path)

    def record(reasons: PairReasons) -> Reasons:
        return _records(reasons, labels, way)

    def explained_in(name: str) -> Iterator[Reasons]:
        match problem.programme(name):
            case PeerProgramme() as programme:
                return reasons_among(problem, programme, solution, record)
            case CommunitiesProgramme(kind=Kind.GROUP_MENTORING) as programme:
                return reasons_in_groups(problem, programme, solution, record)
            case CommunitiesProgramme() as programme:
                return reasons_in_communities(problem, programme, solution, labels, way)
            case _:
                return map(record, Explainer(problem, name).why_all(solution))

    explained = {
        name: explained_in(name) for name in dict.fromkeys(row.programme for row in solution.assignments)
    }
    return [next(explained[row.programme]) for row in solution.assignments]


def cause_details(
    cause: Cause, labels: Mapping[str, str], untold: Collection[str] = (BLOCKED,)
) -> dict[str, Any]:
    """Return what is kept of a cause: nothing from which one could tell who blocked whom.

    Each partner is counted once, so those who are blocked leave the total, too. `labels` are of the skills.
    """
    return {
        "considered": cause.considered - sum(cause.rules.get(rule, 0) for rule in untold),
        "eligible": cause.eligible,
        "rules": {rule: count for rule, count in cause.rules.items() if rule not in untold},
        "lacks": [
            {"skill": labels[row.skill], "level": row.level, "best": row.best, "possible": row.possible}
            for row in cause.lacks
        ],
    }


def cause_kind(cause: Cause) -> CauseKind:
    """Return the kind of a cause as it is kept: own conditions that were blocks alone are not told."""
    if cause.kind is CauseKind.OWN_CONDITIONS and OWN_RULES.isdisjoint(cause.rules):
        return CauseKind.NO_ELIGIBLE_PARTNER
    return cause.kind


def labels_of(problem: Problem) -> dict[str, str]:
    """Return what the skills of a problem are called."""
    return {skill.id: skill.label or skill.id for skill in problem.skills.nodes}


def _records(reasons: PairReasons, labels: Mapping[str, str], way: Way) -> Reasons:
    """Return the records of a pair: what speaks for it, then what speaks against it."""
    sides = ((FOR, reasons.best), (AGAINST, reasons.worst))
    return [
        {
            "side": side,
            "criterion": str(reason.criterion),
            **_record(reason.fact, labels),
            **_near(reason.fact, labels, way),
        }
        for side, reason in sides
        if reason is not None
    ]


def _record(fact: Fact, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return a fact as it is kept; its kind says how `app.engagements.reasons` words it."""
    match fact:
        case Cover():
            return _cover(fact, labels)
        case Shortfall():
            return _shortfall(fact, labels)
        case LevelStep():
            return _levels("level_step", fact.want, fact.held, labels)
        case SharedTime():
            return {"kind": "hours", "minutes": fact.minutes, "known": fact.known}
        case Variety():
            different = Comparison.DIFFERENT
            return {
                "kind": "variety",
                "department": fact.department is different,
                "place": fact.location is different,
            }
        case Wish():
            return {"kind": "wish", "rank": fact.rank}
        case LastRound():
            return {"kind": "together"}
        case Place():
            return {"kind": "location", "same": _same(fact)}
        case GradeStep():
            return {"kind": "grades", "above": fact.above}


def _cover(cover: Cover, labels: Mapping[str, str]) -> dict[str, Any]:
    if cover.held.skill == cover.want.skill:
        return _levels("has_skill", cover.want, cover.held, labels)
    return {"kind": "near_skill", "skill": labels[cover.want.skill]}


def _near(fact: Fact, labels: Mapping[str, str], way: Way) -> dict[str, Any]:
    """Return the near skill a fact is about, with the way to the wanted one; nothing for other facts."""
    held, wanted = near_skill(fact), skill_of(fact)
    if held is None or wanted is None:
        return {}
    steps = [
        {"skill": labels[step.skill], "relation": step.relation.name.lower()}
        for step in way(held.skill, wanted)
    ]
    return {"near": labels[held.skill], "way": steps}


def _shortfall(short: Shortfall, labels: Mapping[str, str]) -> dict[str, Any]:
    if short.own is None:
        return {"kind": "lacks_skill", "skill": labels[short.want.skill]}
    return _levels("below", short.want, short.own, labels)


def _levels(kind: str, want: Wanted, held: Held, labels: Mapping[str, str]) -> dict[str, Any]:
    return {"kind": kind, "skill": labels[want.skill], "level": held.level, "wanted": want.level}


def _same(place: Place) -> str:
    if place.location is Comparison.SAME:
        return "location"
    return "time_zone" if place.same_time_zone else ""
