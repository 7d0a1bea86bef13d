"""The canonical order of a problem's rows: the same content always stands in the same order."""

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.problem import Person, Problem, Programme

_BY_ID = attrgetter("id")
_BY_SKILL = attrgetter("skill")
_BY_PERSON = attrgetter("person")


def in_order(problem: "Problem") -> dict[str, Any]:
    """Return each field of the problem that has rows, with its rows sorted and repeated rows dropped."""
    skills = problem.skills
    return {
        "skills": replace(
            skills,
            nodes=tuple(
                replace(node, aliases=tuple(sorted(set(node.aliases)))) if node.aliases else node
                for node in sorted(skills.nodes, key=_BY_ID)
            ),
            edges=tuple(
                sorted({_edge(edge) for edge in skills.edges}, key=attrgetter("source", "kind", "target"))
            ),
            closeness=None
            if skills.closeness is None
            else tuple(sorted((min(a, b), max(a, b), value) for a, b, value in skills.closeness)),
        ),
        "people": tuple(_person(person) for person in sorted(problem.people, key=_BY_ID)),
        "programmes": tuple(_programme(programme) for programme in sorted(problem.programmes, key=_BY_ID)),
        "blocks": tuple(sorted({(min(pair), max(pair)) for pair in problem.blocks})),
        "history": tuple(sorted(set(problem.history), key=attrgetter("programme", "members", "round"))),
        "previous": _previous(problem),
        "chats": tuple(sorted(map(_chat, problem.chats), key=attrgetter("programme", "members"))),
        "locks": tuple(sorted(problem.locks, key=attrgetter("programme", "members"))),
        "bans": tuple(sorted(set(problem.bans), key=attrgetter("programme", "members", "reason"))),
    }


def _chat(chat: Any) -> Any:
    """Return a chat with its two in the order of their ids."""
    if chat.members == tuple(sorted(chat.members)):
        return chat
    return replace(chat, members=chat.members[::-1], ratings=chat.ratings[::-1])


def _previous(problem: "Problem") -> tuple[Any, ...]:
    peers = {programme.id for programme in problem.programmes if programme.kind == "peer_coaching"}
    rows = {
        replace(row, members=tuple(sorted(row.members))) if row.programme in peers else row
        for row in problem.previous
    }
    return tuple(sorted(rows, key=attrgetter("programme", "members")))


def _edge(edge: Any) -> Any:
    if edge.kind == "related" and edge.target < edge.source:
        return replace(edge, source=edge.target, target=edge.source)
    return edge


def _person(person: "Person") -> "Person":
    hours_a_month = None if person.hours_a_month is None else float(person.hours_a_month)
    changes: dict[str, Any] = {
        "working_hours": tuple(sorted(person.working_hours)),
        "languages": tuple(sorted(set(person.languages))),
        "holds": _by_skill(person.holds),
        "wants": _by_skill(person.wants),
    }
    # Most rows come in order; making them again would cost more than all else here.
    changed = {name: rows for name, rows in changes.items() if rows != getattr(person, name)}
    if changed or hours_a_month is not person.hours_a_month:
        return replace(person, hours_a_month=hours_a_month, **changed)
    return person


def _by_skill(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    skills = [row.skill for row in rows]
    return rows if sorted(skills) == skills else tuple(sorted(rows, key=_BY_SKILL))


def _programme(programme: "Programme") -> "Programme":
    changes: dict[str, Any] = {
        "hours_a_month": None if programme.hours_a_month is None else float(programme.hours_a_month),
        "rules": tuple(sorted(programme.rules, key=lambda row: (row.rule, row.name or ""))),
        "criteria": dict(sorted(programme.criteria.items())),
    }
    for name in ("mentees", "mentors", "people"):
        if hasattr(programme, name):
            changes[name] = tuple(sorted(getattr(programme, name), key=_BY_PERSON))
    if hasattr(programme, "group_sizes"):
        changes["group_sizes"] = tuple(sorted(set(programme.group_sizes)))
    if hasattr(programme, "communities"):
        changes["communities"] = tuple(_community(row) for row in sorted(programme.communities, key=_BY_ID))
    if programme.candidates is not None:
        candidates = programme.candidates
        if programme.kind == "peer_coaching":
            candidates = tuple((min(a, b), max(a, b), points) for a, b, points in candidates)
        changes["candidates"] = tuple(sorted(candidates))
    return replace(programme, **changes)


def _community(community: Any) -> Any:
    return replace(
        community,
        skills=tuple(sorted(set(community.skills))),
        mix=tuple(sorted(set(community.mix), key=attrgetter("attribute", "at_least"))),
    )
