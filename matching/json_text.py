"""JSON as problem and solution files use it: strict when read, canonical when written."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from matching.errors import ProblemError
from matching.values import shown


def loads(text: str | bytes) -> dict[str, Any]:
    """Return the object a file holds; `ProblemError` when it is not UTF-8, not JSON or no object."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ProblemError("$", f"the file is not UTF-8 text (byte {error.start}).") from None
    if not text.strip():
        raise ProblemError("$", "the file is empty.")
    try:
        loaded = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
        if "\\u" in text:
            json.dumps(loaded, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ProblemError("$", f"the file is not JSON: {error.msg} at {place}.") from None
    except UnicodeEncodeError:
        raise ProblemError("$", "the file holds half of a surrogate pair, which is no character.") from None
    except RecursionError:
        raise ProblemError("$", "the file is nested too deeply.") from None
    except ProblemError:
        raise
    except ValueError:
        raise ProblemError("$", "the file holds a number that is too long.") from None
    if not isinstance(loaded, dict):
        raise ProblemError("$", f"the file must hold an object, not {shown(loaded)}.")
    return loaded


def dumps(content: Mapping[str, Any]) -> str:
    """Return the canonical text: keys sorted, no spaces, one line, and no number that is not finite."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text + "\n"


def check_keys(row: object, path: str, *, needed: Collection[str] = (), allowed: Collection[str]) -> None:
    """Raise unless `row` is an object with the needed fields and no unknown one."""
    if type(row) is not dict:
        raise ProblemError(path, f"must be an object, not {shown(row)}.")
    if not row.keys() <= set(allowed):
        unknown = next(key for key in row if key not in allowed)
        raise ProblemError(
            path, f"there is no field {shown(unknown)} here; the fields are {', '.join(sorted(allowed))}."
        )
    for name in needed:
        if name not in row:
            raise ProblemError(path, f"needs the field {shown(name)}.")


def rows_of(value: object, path: str) -> list[Any]:
    """Return `value` when it is a list."""
    if type(value) is not list:
        raise ProblemError(path, f"must be a list, not {shown(value)}.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ProblemError("$", f"the field {shown(twice)} stands twice in one object.")
    return made


def _refuse_constant(name: str) -> float:
    raise ProblemError("$", f"the file holds {name}, which is not a number.")
