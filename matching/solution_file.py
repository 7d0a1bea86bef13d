"""Reads and writes `trellis-solution/1`: shape and types only; `matching.check` says whether it is true."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, TypeVar

from matching import solution as records
from matching import values
from matching.errors import ProblemError
from matching.json_text import check_keys, dumps, loads, rows_of

Row = TypeVar("Row")
Word = TypeVar(
    "Word",
    records.Status,
    records.Role,
    records.CauseKind,
    records.CertificateKind,
    records.ClosedKind,
    records.ClashKind,
)
# Sums of weighted points over a whole company pass what other numbers of the format may be.
LARGEST_SUM = 2**63 - 1


def write(solution: records.Solution) -> str:
    """Return the canonical text of a solution."""
    content = {item.name: getattr(solution, item.name) for item in dataclasses.fields(solution)}
    content["format"] = records.FORMAT
    content["assignments"] = [_assignment_row(row) for row in solution.assignments]
    content["unmatched"] = [{**_plain(row), "cause": _cause_row(row.cause)} for row in solution.unmatched]
    for name in ("goals", "closed"):
        content[name] = [_plain(row) for row in content[name]]
    content["certificates"] = [_certificate_row(row) for row in solution.certificates]
    content["clashes"] = [_clash_row(row) for row in solution.clashes]
    content["joint"] = [_step_row(row) for row in solution.joint]
    content["statistics"] = _plain(solution.statistics)
    return dumps(content)


def _plain(record: Any) -> dict[str, Any]:
    return {item.name: getattr(record, item.name) for item in dataclasses.fields(record)}


def _cause_row(cause: records.Cause) -> dict[str, Any]:
    return _plain(cause) | {"lacks": [_plain(lack) for lack in cause.lacks]}


def _certificate_row(row: records.Certificate) -> dict[str, Any]:
    return _proof_row(row) | {"stages": [_proof_row(item) for item in row.stages]}


def _proof_row(row: records.Certificate | records.Stage) -> dict[str, Any]:
    made = _plain(row)
    for name in ("odd_sets", "meetings"):
        made[name] = [_plain(item) for item in made[name]]
    return made


def _clash_row(row: records.Clash) -> dict[str, Any]:
    return _plain(row) | {"members": [_plain(member) for member in row.members]}


def _step_row(row: records.JointStep) -> dict[str, Any]:
    made = _plain(row) | {"weights": list(row.weights)}
    made["hours"] = [_plain(item) for item in row.hours]
    made["certificates"] = [_certificate_row(item) for item in row.certificates]
    return made


def _assignment_row(row: records.Assignment) -> dict[str, Any]:
    made: dict[str, Any] = {
        "programme": row.programme,
        "points": row.points,
        "parts": row.parts,
        "locked": row.locked,
    }
    made["members"] = row.members if row.members else row.people
    if row.community is not None:
        made["community"] = row.community
    return made


def read(text: str | bytes) -> records.Solution:
    """Build the solution a file describes; `ProblemError` says what is wrong with it and where."""
    content = loads(text)
    names = [item.name for item in dataclasses.fields(records.Solution)]
    check_keys(content, "$", needed=("format", "status", "problem_sha256"), allowed=("format", *names))
    if content["format"] != records.FORMAT:
        format_found = values.shown(content["format"])
        raise ProblemError("$.format", f"must be {values.shown(records.FORMAT)}, not {format_found}.")
    given = {name: value for name, value in content.items() if name != "format"}
    values.check_id(given["problem_sha256"], "$.problem_sha256")
    given["status"] = _word(records.Status, given["status"], "$.status", "status")
    for name, build in _ROWS.items():
        if name in given:
            given[name] = _each(given[name], f"$.{name}", build)
    values.check_whole(given.get("seed", 0), "$.seed", 0, LARGEST_SUM)
    if "engine" in given:
        _check_texts(given["engine"], "$.engine")
    if "statistics" in given:
        given["statistics"] = _statistics(given["statistics"], "$.statistics")
    return records.Solution(**given)


def _each(value: Any, path: str, build: Callable[[Any, str], Row]) -> tuple[Row, ...]:
    return tuple(build(row, f"{path}[{index}]") for index, row in enumerate(rows_of(value, path)))


def _given(kind: type[Any], row: Any, path: str, *needed: str) -> dict[str, Any]:
    check_keys(row, path, needed=needed, allowed=[item.name for item in dataclasses.fields(kind)])
    return dict(row)


def _text(value: Any, path: str) -> str:
    values.check_id(value, path)
    return str(value)


def _goal(row: Any, path: str) -> records.GoalValue:
    given = _given(records.GoalValue, row, path, "programme", "goal", "value", "bound")
    for name in ("programme", "goal"):
        values.check_id(given[name], f"{path}.{name}")
    for name in ("value", "bound"):
        values.check_whole(given[name], f"{path}.{name}", -LARGEST_SUM, LARGEST_SUM)
    return records.GoalValue(**given)


def _assignment(row: Any, path: str) -> records.Assignment:
    given = _given(records.Assignment, row, path, "programme", "members", "points")
    values.check_id(given["programme"], f"{path}.programme")
    members = given["members"]
    if type(members) is list:
        given["people"] = _each(members, f"{path}.members", _text)
        given["members"] = {}
    else:
        _check_texts(members, f"{path}.members")
        given["members"] = {
            _word(records.Role, role, f"{path}.members", "role"): members[role] for role in members
        }
    values.check_optional_text(given.get("community"), f"{path}.community")
    values.check_whole(given["points"], f"{path}.points", -LARGEST_SUM, LARGEST_SUM)
    values.check_flag(given.get("locked", False), f"{path}.locked")
    _check_sums(given.get("parts", {}), f"{path}.parts")
    return records.Assignment(**given)


def _unmatched(row: Any, path: str) -> records.Unmatched:
    given = _given(records.Unmatched, row, path, "programme", "person", "role", "cause")
    for name in ("programme", "person"):
        values.check_id(given[name], f"{path}.{name}")
    given["role"] = _word(records.Role, given["role"], f"{path}.role", "role")
    cause = _given(records.Cause, given["cause"], f"{path}.cause", "kind")
    cause["kind"] = _word(records.CauseKind, cause["kind"], f"{path}.cause.kind", "cause")
    for name in ("considered", "eligible", "rival_count"):
        values.check_whole(cause.get(name, 0), f"{path}.cause.{name}", 0, LARGEST_SUM)
    _check_sums(cause.get("rules", {}), f"{path}.cause.rules")
    cause["rivals"] = _each(cause.get("rivals", []), f"{path}.cause.rivals", _text)
    cause["lacks"] = _each(cause.get("lacks", []), f"{path}.cause.lacks", _lack)
    return records.Unmatched(**(given | {"cause": records.Cause(**cause)}))


def _lack(row: Any, path: str) -> records.Lack:
    given = _given(records.Lack, row, path, "skill", "level", "best", "possible")
    values.check_id(given["skill"], f"{path}.skill")
    for name in ("level", "best", "possible"):
        values.check_whole(given[name], f"{path}.{name}", 0, 5)
    return records.Lack(**given)


def _certificate(row: Any, path: str) -> records.Certificate:
    given = _given(records.Certificate, row, path, "programme", "kind", "bound")
    values.check_id(given["programme"], f"{path}.programme")
    given["kind"] = _word(records.CertificateKind, given["kind"], f"{path}.kind", "kind of certificate")
    given["stages"] = _each(given.get("stages", []), f"{path}.stages", _stage)
    return records.Certificate(**_proof(given, path))


def _proof(given: dict[str, Any], path: str) -> dict[str, Any]:
    """Check what a certificate and a stage have in common, and build its rows."""
    values.check_whole(given["bound"], f"{path}.bound", -LARGEST_SUM, LARGEST_SUM)
    for name in ("weights", "mentees", "mentors", "people", "groups"):
        _check_sums(given.get(name, {}), f"{path}.{name}")
    for name in ("least_points", "rate", "searched"):
        if given.get(name) is not None:
            values.check_whole(given[name], f"{path}.{name}", -LARGEST_SUM, LARGEST_SUM)
    values.check_whole(given.get("scale", 1), f"{path}.scale", 1, LARGEST_SUM)
    odd_sets = _each(given.get("odd_sets", []), f"{path}.odd_sets", _odd_set)
    meetings = _each(given.get("meetings", []), f"{path}.meetings", _meeting)
    return given | {"odd_sets": odd_sets, "meetings": meetings}


def _stage(row: Any, path: str) -> records.Stage:
    given = _given(records.Stage, row, path, "goal", "bound")
    values.check_id(given["goal"], f"{path}.goal")
    return records.Stage(**_proof(given, path))


def _odd_set(row: Any, path: str) -> records.OddSet:
    given = _given(records.OddSet, row, path, "members", "price")
    given["members"] = _each(given["members"], f"{path}.members", _text)
    values.check_whole(given["price"], f"{path}.price", -LARGEST_SUM, LARGEST_SUM)
    values.check_whole(given.get("size", 2), f"{path}.size", 2, 3)
    return records.OddSet(**given)


def _meeting(row: Any, path: str) -> records.Meeting:
    given = _given(records.Meeting, row, path, "first", "second", "community", "price")
    for name in ("first", "second", "community"):
        values.check_id(given[name], f"{path}.{name}")
    values.check_whole(given["price"], f"{path}.price", -LARGEST_SUM, LARGEST_SUM)
    return records.Meeting(**given)


def _clash(row: Any, path: str) -> records.Clash:
    given = _given(records.Clash, row, path, "programme", "members")
    values.check_id(given["programme"], f"{path}.programme")
    given["members"] = _each(given["members"], f"{path}.members", _clash_member)
    values.check_flag(given.get("smallest", False), f"{path}.smallest")
    return records.Clash(**given)


def _clash_member(row: Any, path: str) -> records.ClashMember:
    given = _given(records.ClashMember, row, path, "kind")
    given["kind"] = _word(records.ClashKind, given["kind"], f"{path}.kind", "member of a clash")
    given["people"] = _each(given.get("people", []), f"{path}.people", _text)
    values.check_optional_text(given.get("rule"), f"{path}.rule")
    figures = given.get("figures", {})
    if type(figures) is not dict or any(type(value) not in (int, str) for value in figures.values()):
        raise ProblemError(f"{path}.figures", "must be an object of numbers and texts.")
    if given.get("places") is not None:
        values.check_whole(given["places"], f"{path}.places", 0, LARGEST_SUM)
    return records.ClashMember(**given)


def _closed(row: Any, path: str) -> records.Closed:
    given = _given(records.Closed, row, path, "programme", "community", "kind", "eligible", "needed")
    for name in ("programme", "community"):
        values.check_id(given[name], f"{path}.{name}")
    given["kind"] = _word(records.ClosedKind, given["kind"], f"{path}.kind", "reason to stay closed")
    for name in ("eligible", "needed", "values"):
        values.check_whole(given.get(name, 0), f"{path}.{name}", 0, LARGEST_SUM)
    return records.Closed(**given)


def _step(row: Any, path: str) -> records.JointStep:
    given = _given(records.JointStep, row, path, "goal", "value", "bound", "weights")
    values.check_id(given["goal"], f"{path}.goal")
    if given.get("programme") is not None:
        values.check_id(given["programme"], f"{path}.programme")
    for name in ("value", "bound"):
        values.check_whole(given[name], f"{path}.{name}", -LARGEST_SUM, LARGEST_SUM)
    given["weights"] = _each(given["weights"], f"{path}.weights", _sum)
    given["hours"] = _each(given.get("hours", []), f"{path}.hours", _hours_price)
    for name in ("cover", "turnout"):
        _check_sums(given.get(name, {}), f"{path}.{name}")
    given["certificates"] = _each(given.get("certificates", []), f"{path}.certificates", _certificate)
    values.check_flag(given.get("searched", False), f"{path}.searched")
    return records.JointStep(**given)


def _sum(value: Any, path: str) -> int:
    values.check_whole(value, path, -LARGEST_SUM, LARGEST_SUM)
    return int(value)


def _hours_price(row: Any, path: str) -> records.HoursPrice:
    given = _given(records.HoursPrice, row, path, "person", "price")
    values.check_id(given["person"], f"{path}.person")
    values.check_whole(given["price"], f"{path}.price", -LARGEST_SUM, LARGEST_SUM)
    for name in ("seeking", "giving"):
        _check_sums(given.get(name, {}), f"{path}.{name}")
    return records.HoursPrice(**given)


def _statistics(row: Any, path: str) -> records.Statistics:
    given = _given(records.Statistics, row, path)
    _check_sums(given.get("candidates", {}), f"{path}.candidates")
    seconds = given.get("seconds", {})
    if type(seconds) is not dict:
        raise ProblemError(f"{path}.seconds", f"must be an object, not {values.shown(seconds)}.")
    for name, value in seconds.items():
        _check_number(value, f"{path}.seconds.{name}")
    _check_number(given.get("peak_memory_mib", 0.0), f"{path}.peak_memory_mib")
    return records.Statistics(**given)


def _check_number(value: Any, path: str) -> None:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ProblemError(path, f"must be a number, not {values.shown(value)}.")


def _check_texts(value: Any, path: str) -> None:
    if type(value) is not dict:
        raise ProblemError(path, f"must be an object, not {values.shown(value)}.")
    for name, text in value.items():
        values.check_text(text, f"{path}.{name}")


def _check_sums(value: Any, path: str) -> None:
    if type(value) is not dict:
        raise ProblemError(path, f"must be an object, not {values.shown(value)}.")
    for name, number in value.items():
        values.check_whole(number, f"{path}.{name}", -LARGEST_SUM, LARGEST_SUM)


def _word(words: type[Word], value: Any, path: str, noun: str) -> Word:
    try:
        return words(value)
    except ValueError:
        choices = ", ".join(words)
        raise ProblemError(
            path, f"there is no {noun} {values.shown(value)}; it must be one of {choices}."
        ) from None


_ROWS: dict[str, Callable[[Any, str], Any]] = {
    "programmes": _text,
    "goals": _goal,
    "assignments": _assignment,
    "unmatched": _unmatched,
    "closed": _closed,
    "certificates": _certificate,
    "clashes": _clash,
    "joint": _step,
}
