"""Reads and writes `trellis-problem/1`: the file's shape; its values are checked as the problem is built."""

import dataclasses
import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from matching import problem as records
from matching.errors import ProblemError
from matching.json_text import check_keys, dumps, loads, rows_of
from matching.values import shown

Row = TypeVar("Row")
_PROGRAMMES: dict[str, type[records.Programme]] = {
    "mentoring": records.MentoringProgramme,
    "peer_coaching": records.PeerProgramme,
    "communities": records.CommunitiesProgramme,
    "group_mentoring": records.CommunitiesProgramme,
}


def read(text: str | bytes) -> records.Problem:
    """Build the problem a file describes; `ProblemError` says what is wrong with it and where."""
    content = loads(text)
    check_keys(content, "$", needed=("format",), allowed=("format", *_fields(records.Problem)[0]))
    if content["format"] != records.FORMAT:
        raise ProblemError("$.format", f"must be {shown(records.FORMAT)}, not {shown(content['format'])}.")
    given = {name: value for name, value in content.items() if name != "format"}
    check_keys(given, "$", needed=("round", "people", "programmes"), allowed=_fields(records.Problem)[0])
    for name in ("starts_on", "ends_on"):
        if given.get(name) is not None:
            given[name] = _date(given[name], f"$.{name}")
    if "skills" in given:
        given["skills"] = _skills(given["skills"])
    for name, build in _ROWS.items():
        if name in given:
            given[name] = _each(given[name], f"$.{name}", build)
    if given.get("joint") is not None:
        given["joint"] = _record(records.Joint, given["joint"], "$.joint", lists=("cover_by",))
    return records.Problem(**given)


def write(problem: records.Problem) -> str:
    """Return the canonical text; what is not known or as it would be anyway is left out."""
    content = _plain(problem)
    content |= {"format": records.FORMAT, "people": content.get("people", [])}
    content["programmes"] = [_written_programme(programme) for programme in problem.programmes]
    content["skills"] = {
        "nodes": [_plain(node) for node in problem.skills.nodes],
        "edges": [[edge.source, edge.kind, edge.target] for edge in problem.skills.edges],
    }
    if problem.skills.closeness is not None:
        content["skills"]["closeness"] = problem.skills.closeness
    for name in ("starts_on", "ends_on"):
        if name in content:
            content[name] = content[name].isoformat()
    return dumps(content)


def _written_programme(programme: records.Programme) -> dict[str, Any]:
    # Which goals come first is worth reading even when it is the usual order.
    return _plain(programme) | {"kind": programme.kind, "goals": list(programme.goals)}


def _plain(record: Any) -> dict[str, Any]:
    """Return a record as a dictionary of the fields that differ from their default."""
    made: dict[str, Any] = {}
    for name, usual in _usual(record.__class__):
        value = getattr(record, name)
        if value is None or value == usual:
            continue
        if type(value) is tuple and value and _is_record(value[0].__class__):
            made[name] = [_plain(row) for row in value]
        elif _is_record(value.__class__):
            made[name] = _plain(value)
        else:
            made[name] = value
    return made


@lru_cache(maxsize=64)
def _is_record(kind: Any) -> bool:
    return dataclasses.is_dataclass(kind)


@lru_cache(maxsize=64)
def _usual(kind: Any) -> tuple[tuple[str, Any], ...]:
    usual = []
    for item in dataclasses.fields(kind):
        factory = item.default_factory
        default = item.default if factory is dataclasses.MISSING else factory()
        usual.append((item.name, default))
    return tuple(usual)


@lru_cache(maxsize=64)
def _fields(kind: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Return all fields of a record, and those it cannot do without."""
    rows = dataclasses.fields(kind)
    missing = dataclasses.MISSING
    needed = (row.name for row in rows if row.default is missing and row.default_factory is missing)
    return frozenset(row.name for row in rows), frozenset(needed)


def _record(kind: type[Row], row: Any, path: str, *, lists: tuple[str, ...] = ()) -> Row:
    """Build one record from an object; fields in `lists` are lists in the file and tuples in the record."""
    allowed, needed = _fields(kind)  # type: ignore[arg-type]
    if type(row) is not dict or not needed <= row.keys() <= allowed:
        check_keys(row, path, needed=sorted(needed), allowed=allowed)
    if not lists:
        return kind(**row)
    given = dict(row)
    for name in lists:
        if name in given:
            given[name] = tuple(rows_of(given[name], f"{path}.{name}"))
    return kind(**given)


def _each(value: Any, path: str, build: Callable[[Any, str], Row]) -> tuple[Row, ...]:
    made: list[Row] = []
    try:
        for row in rows_of(value, ""):
            made.append(build(row, ""))
    except ProblemError as error:
        index = f"[{len(made)}]" if type(value) is list else ""
        raise error.under(f"{path}{index}") from None
    return tuple(made)


def _skills(value: Any) -> records.SkillRows:
    check_keys(value, "$.skills", allowed=("nodes", "edges", "closeness"))
    close = value.get("closeness")
    return records.SkillRows(
        nodes=_each(value.get("nodes", []), "$.skills.nodes", _skill),
        edges=_each(value.get("edges", []), "$.skills.edges", _edge),
        closeness=None if close is None else _each(close, "$.skills.closeness", _pair),
    )


def _skill(row: Any, path: str) -> records.Skill:
    return _record(records.Skill, row, path, lists=("aliases",))


def _edge(row: Any, path: str) -> records.SkillEdge:
    if type(row) is not list or len(row) != 3:
        raise ProblemError(path, "an edge is a skill, a kind of edge and another skill.")
    return records.SkillEdge(row[0], _word(records.EdgeKind, row[1], f"{path}[1]", "kind of edge"), row[2])


def _person(row: Any, path: str) -> records.Person:
    if type(row) is not dict:
        check_keys(row, path, allowed=_fields(records.Person)[0])
    given = dict(row)
    for name, build in _PERSON_ROWS.items():
        if name in given:
            given[name] = _each(given[name], f"{path}.{name}", build)
    return _record(records.Person, given, path, lists=("languages",))


def _held(row: Any, path: str) -> records.Held:
    return _record(records.Held, row, path)


def _wanted(row: Any, path: str) -> records.Wanted:
    return _record(records.Wanted, row, path)


def _pair(row: Any, path: str) -> tuple[Any, ...]:
    return tuple(rows_of(row, path))


def _programme(row: Any, path: str) -> records.Programme:
    if type(row) is not dict:
        raise ProblemError(path, f"must be an object, not {shown(row)}.")
    kind = _word(records.Kind, row.get("kind"), f"{path}.kind", "kind of programme")
    given = dict(row, kind=kind)
    for name, build in _PROGRAMME_ROWS.items():
        if name in given and given[name] is not None:
            people = _member_of(kind) if name == "people" else build
            given[name] = _each(given[name], f"{path}.{name}", people)
    if "criteria" in given:
        criteria = given["criteria"]
        if type(criteria) is not dict:
            raise ProblemError(f"{path}.criteria", f"must be an object, not {shown(criteria)}.")
        where = f"{path}.criteria"
        given["criteria"] = {
            _word(records.Criterion, name, where, "criterion"): criteria[name] for name in criteria
        }
    if given.get("parity") is not None:
        given["parity"] = _record(records.Parity, given["parity"], f"{path}.parity")
    if kind == records.Kind.PEER_COACHING and type(given.get("group_sizes")) is list:
        given["group_sizes"] = tuple(given["group_sizes"])
    return _record(_PROGRAMMES[kind], given, path)


def _member_of(kind: str) -> Callable[[Any, str], Any]:
    member = records.Peer if kind == records.Kind.PEER_COACHING else records.CommunityMember
    return lambda row, path: _record(member, row, path, lists=("wishes",))


def _rule(row: Any, path: str) -> records.Rule:
    rule = _record(records.Rule, row, path)
    return dataclasses.replace(rule, rule=_word(records.RuleName, rule.rule, f"{path}.rule", "rule"))


def _goal(row: Any, path: str) -> records.GoalName:
    return _word(records.GoalName, row, path, "goal")


def _mentee(row: Any, path: str) -> records.Mentee:
    return _record(records.Mentee, row, path, lists=("wishes",))


def _mentor(row: Any, path: str) -> records.Mentor:
    return _record(records.Mentor, row, path)


def _community(row: Any, path: str) -> records.Community:
    community = _record(records.Community, row, path, lists=("skills",))
    if "mix" not in row:
        return community
    return dataclasses.replace(community, mix=_each(row["mix"], f"{path}.mix", _mix))


def _mix(row: Any, path: str) -> records.Mix:
    return _record(records.Mix, row, path)


def _history(row: Any, path: str) -> records.History:
    return _record(records.History, row, path, lists=("members",))


def _previous(row: Any, path: str) -> records.Previous:
    return _record(records.Previous, row, path, lists=("members",))


def _chat(row: Any, path: str) -> records.Chat:
    return _record(records.Chat, row, path, lists=("members", "ratings"))


def _lock(row: Any, path: str) -> records.Lock:
    return _record(records.Lock, row, path, lists=("members",))


def _ban(row: Any, path: str) -> records.Ban:
    return _record(records.Ban, row, path, lists=("members",))


Word = TypeVar("Word", records.Kind, records.RuleName, records.Criterion, records.GoalName, records.EdgeKind)


def _word(words: type[Word], value: Any, path: str, noun: str) -> Word:
    try:
        return words(value)
    except ValueError:
        choices = ", ".join(words)
        raise ProblemError(path, f"there is no {noun} {shown(value)}; it must be one of {choices}.") from None


def _date(value: Any, path: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ProblemError(path, f"must be a date such as 2026-10-01, not {shown(value)}.") from None


_ROWS: dict[str, Callable[[Any, str], Any]] = {
    "people": _person,
    "programmes": _programme,
    "blocks": _pair,
    "history": _history,
    "previous": _previous,
    "chats": _chat,
    "locks": _lock,
    "bans": _ban,
}
_PERSON_ROWS: dict[str, Callable[[Any, str], Any]] = {
    "working_hours": _pair,
    "holds": _held,
    "wants": _wanted,
}
_PROGRAMME_ROWS: dict[str, Callable[[Any, str], Any]] = {
    "rules": _rule,
    "goals": _goal,
    "mentees": _mentee,
    "mentors": _mentor,
    "communities": _community,
    "candidates": _pair,
    "people": _mentee,
}
